//! Counts the jobs that die on a node at once: noted by the workers, read by them and the next launch.
//!
//! It does not judge jobs: one that dies at once on two nodes is at fault itself, and counts against
//! neither.

use std::collections::BTreeSet;

use sweep_config::fs::{self, FsError};
use sweep_config::{JobId, SubmissionId, SweepDir};

use super::silent_tasks::SilentTasks;

/// The begin of the name of the file for a job that died at once.
const DIED: &str = "died-";
/// The begin of the name of the file for such a job that then lived on another node.
const SAVED: &str = "saved-";
/// The file that is there once a job lived on the node.
const LIVED: &str = "lived";
/// The file that is there once the node is left out.
const LEFT_OUT: &str = "left-out";

/// The jobs in a row that must have died at once before a node is left out, if others of them lived
/// elsewhere: on a node where none ever lived, and on any other.
const SOME: (usize, usize) = (3, 8);
/// The jobs in a row, likewise, where none of them has been tried elsewhere yet.
const MANY: (usize, usize) = (6, 16);
/// The number of jobs that must have lived elsewhere to accuse a node.
const WITNESSES: usize = 2;

/// The crashes on the nodes of one submission.
#[derive(Debug, Clone, Copy)]
pub struct NodeCrashes<'a> {
    dir: &'a SweepDir,
    submission: SubmissionId,
}

/// The standing of one node in a submission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NodeStanding {
    /// The jobs that died at once since one last lived.
    pub died: usize,
    /// Those of them that lived elsewhere since.
    pub saved: usize,
    /// True if any job has lived on it.
    pub lived: bool,
    /// True if jobs live on another node, which is not left out.
    pub others_live: bool,
    /// True if it was left out already.
    pub left_out: bool,
}

impl NodeStanding {
    /// Returns true if and only if the node is to be left out: its jobs die where others live, and it
    /// is not the jobs' own fault as far as that can be known.
    #[must_use]
    pub fn is_bad(self) -> bool {
        let enough = |(never, ever)| self.died >= if self.lived { ever } else { never };
        let accused = enough(MANY) || (self.saved >= WITNESSES && enough(SOME));
        self.left_out || (self.others_live && accused)
    }
}

impl<'a> NodeCrashes<'a> {
    /// Returns the crashes of a submission.
    #[must_use]
    pub fn new(dir: &'a SweepDir, submission: SubmissionId) -> Self {
        Self { dir, submission }
    }

    /// Notes that a job died on a node at once, and on which others it had done so before.
    ///
    /// # Errors
    ///
    /// When the note cannot be written.
    pub fn note_death(self, node: &str, job: JobId, before: &[&str]) -> Result<(), FsError> {
        let elsewhere: Vec<&&str> = before.iter().filter(|other| **other != node).collect();
        if elsewhere.is_empty() {
            return self.create(node, &format!("{DIED}{job}"));
        }
        for other in elsewhere {
            self.remove(other, &format!("{DIED}{job}"))?;
        }
        Ok(())
    }

    /// Notes that a job lived on a node, and on which others it had died at once before.
    ///
    /// # Errors
    ///
    /// When the note cannot be written.
    pub fn note_life(self, node: &str, job: JobId, before: &[&str]) -> Result<(), FsError> {
        let names = self.names(node)?;
        for name in names.iter().filter(|name| name.starts_with(DIED) || name.starts_with(SAVED)) {
            self.remove(node, name)?;
        }
        if !names.contains(LIVED) {
            self.create(node, LIVED)?;
        }
        for other in before.iter().filter(|other| **other != node) {
            if self.names(other)?.contains(&format!("{DIED}{job}")) {
                self.create(other, &format!("{SAVED}{job}"))?;
            }
        }
        Ok(())
    }

    /// Returns the standing of a node.
    ///
    /// # Errors
    ///
    /// When the notes are there and cannot be read.
    pub fn standing(self, node: &str) -> Result<NodeStanding, FsError> {
        let names = self.names(node)?;
        let count = |of: &str| names.iter().filter(|name| name.starts_with(of)).count();
        let mut others_live = false;
        for other in self.nodes()?.iter().filter(|other| *other != node) {
            let names = self.names(other)?;
            others_live |= names.contains(LIVED) && !names.contains(LEFT_OUT);
        }
        Ok(NodeStanding {
            died: count(DIED),
            saved: count(SAVED),
            lived: names.contains(LIVED),
            others_live,
            left_out: names.contains(LEFT_OUT),
        })
    }

    /// Notes tasks that ended before their worker started, each with its node. Returns the nodes that are left
    /// out for it from now on.
    ///
    /// # Errors
    ///
    /// When a note cannot be written.
    pub fn note_silent(self, tasks: &[(String, String)]) -> Result<Vec<String>, FsError> {
        let mut silent = SilentTasks::default();
        silent.add_all(self.submission, tasks);
        silent.write(self.dir)?;
        let mut out = Vec::new();
        for node in silent.nodes_in(self.submission) {
            if self.leave_out(node)? {
                out.push(node.to_owned());
            }
        }
        Ok(out)
    }

    /// Marks a node as left out; true for the one of several workers that did so.
    ///
    /// # Errors
    ///
    /// When the mark cannot be written.
    pub fn leave_out(self, node: &str) -> Result<bool, FsError> {
        let folder = self.dir.crashes(self.submission).join(node);
        fs::create_dir_all(&folder)?;
        fs::create_once(&folder.join(LEFT_OUT))
    }

    /// Returns the nodes that are left out, by name.
    ///
    /// # Errors
    ///
    /// When the notes are there and cannot be read.
    pub fn left_out(self) -> Result<Vec<String>, FsError> {
        let mut bad = Vec::new();
        for node in self.nodes()? {
            if self.names(&node)?.contains(LEFT_OUT) {
                bad.push(node);
            }
        }
        Ok(bad)
    }

    fn nodes(self) -> Result<Vec<String>, FsError> {
        fs::list_or_empty(&self.dir.crashes(self.submission))
    }

    fn names(self, node: &str) -> Result<BTreeSet<String>, FsError> {
        let names = fs::list_or_empty(&self.dir.crashes(self.submission).join(node))?;
        Ok(names.into_iter().collect())
    }

    fn create(self, node: &str, name: &str) -> Result<(), FsError> {
        let folder = self.dir.crashes(self.submission).join(node);
        fs::create_dir_all(&folder)?;
        fs::write_staged(&folder.join(name), b"")
    }

    fn remove(self, node: &str, name: &str) -> Result<(), FsError> {
        fs::remove_file(&self.dir.crashes(self.submission).join(node).join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(test: impl Fn(NodeCrashes<'_>)) {
        let root = tempfile::tempdir().unwrap();
        test(NodeCrashes::new(&SweepDir::new(root.path()), SubmissionId(1)));
    }

    #[test]
    fn a_node_is_bad_by_what_others_do_with_its_jobs() {
        let standing = |died, saved, lived, others_live| NodeStanding {
            died,
            saved,
            lived,
            others_live,
            left_out: false,
        };
        for (died, saved, lived, others_live, bad) in [
            (3, 2, false, true, true),
            (3, 1, false, true, false),
            (2, 2, false, true, false),
            (5, 0, false, true, false),
            (6, 0, false, true, true),
            (7, 2, true, true, false),
            (8, 2, true, true, true),
            (15, 0, true, true, false),
            (16, 0, true, true, true),
            (99, 9, false, false, false),
            (0, 0, false, true, false),
        ] {
            let judged = standing(died, saved, lived, others_live).is_bad();
            assert_eq!(judged, bad, "{died} {saved} {lived} {others_live}");
        }
    }

    #[test]
    fn jobs_that_lived_elsewhere_accuse_the_node_that_they_died_on() {
        with(|crashes| {
            for job in [1, 2, 3] {
                crashes.note_death("bad", JobId(job), &[]).unwrap();
            }
            assert!(!crashes.standing("bad").unwrap().is_bad(), "nobody does better");
            crashes.note_life("good", JobId(1), &["bad"]).unwrap();
            crashes.note_life("good", JobId(2), &["bad", "good"]).unwrap();
            let standing = crashes.standing("bad").unwrap();
            assert_eq!((standing.died, standing.saved, standing.others_live), (3, 2, true));
            assert!(standing.is_bad() && !crashes.standing("good").unwrap().is_bad());
            assert!(crashes.leave_out("bad").unwrap() && !crashes.leave_out("bad").unwrap());
            assert_eq!(crashes.left_out().unwrap(), ["bad"]);
            assert!(!crashes.standing("good").unwrap().others_live, "it is the last one");
        });
    }

    #[test]
    fn a_job_that_dies_everywhere_accuses_no_node_and_one_that_lives_ends_the_row() {
        with(|crashes| {
            crashes.note_death("one", JobId(1), &[]).unwrap();
            crashes.note_death("other", JobId(1), &["one"]).unwrap();
            crashes.note_death("one", JobId(2), &["one"]).unwrap();
            assert_eq!(crashes.standing("one").unwrap().died, 1);
            assert_eq!(crashes.standing("other").unwrap().died, 0);
            crashes.note_life("one", JobId(3), &[]).unwrap();
            let standing = crashes.standing("one").unwrap();
            assert_eq!((standing.died, standing.lived), (0, true));
        });
    }
}
