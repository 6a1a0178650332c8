//! Passes on the number of jobs that a task was to settle and did not: tasks with a quota of their own
//! take what others leave, one at a time, and never more.

use std::path::PathBuf;

use sweep_config::fs::{self, FsError};
use sweep_config::{SubmissionId, SweepDir};

/// The jobs that tasks of a submission left to others, a file for each; not which ones they were, since
/// any task takes any job.
#[derive(Debug)]
pub(in crate::worker) struct LeftJobs {
    folder: Option<PathBuf>,
    /// The begin of the names of the files that this worker makes.
    me: String,
}

impl LeftJobs {
    /// Returns what was left in a submission; without one nothing ever is. `me` differs between
    /// workers.
    pub(in crate::worker) fn new(
        dir: &SweepDir,
        submission: Option<SubmissionId>,
        me: &str,
    ) -> Self {
        Self { folder: submission.map(|id| dir.left_jobs(id)), me: me.to_owned() }
    }

    /// Leaves so many jobs to others.
    ///
    /// # Errors
    ///
    /// When that cannot be written.
    pub(in crate::worker) fn leave(&self, jobs: u32) -> Result<(), FsError> {
        let Some(folder) = self.folder.as_ref().filter(|_| jobs > 0) else { return Ok(()) };
        fs::create_dir_all(folder)?;
        (0..jobs).try_for_each(|n| fs::write_staged(&folder.join(format!("{}-{n}", self.me)), b""))
    }

    /// Takes one of the jobs that others left; false if there is none.
    ///
    /// # Errors
    ///
    /// When the notes are there and cannot be read or removed.
    pub(in crate::worker) fn take(&self) -> Result<bool, FsError> {
        let Some(folder) = &self.folder else { return Ok(false) };
        let names = match fs::list(folder) {
            Err(e) if e.is_not_found() => return Ok(false),
            names => names?,
        };
        for name in names.iter().filter(|name| !name.starts_with(&self.me)) {
            if fs::remove_once(&folder.join(name))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_task_leaves_others_take_once() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let of = |me| LeftJobs::new(&dir, Some(SubmissionId(1)), me);
        let (one, other) = (of("one"), of("other"));
        assert!(!other.take().unwrap());
        one.leave(2).unwrap();
        assert!(!one.take().unwrap(), "its own");
        assert!(other.take().unwrap() && other.take().unwrap() && !other.take().unwrap());
        assert!(!LeftJobs::new(&dir, None, "x").take().unwrap());
    }
}
