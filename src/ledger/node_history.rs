//! Remembers over all submissions on which nodes open jobs died at once, and decides which nodes the next
//! launch leaves out (pure, but for the reading of the journals).
//!
//! What happens within one submission is counted by `node_crashes`: there a node must be accused by several
//! jobs. Here one job suffices, which is tried again and again: it is to be tried elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, read_attempts};
use sweep_config::{JobId, SubmissionId, SweepDir};

use super::quick_death::{died_at_once, has_lived};

/// The number of submissions in which a job must have died on a node at once.
const ENOUGH: usize = 2;

/// The lives and deaths of jobs on the nodes of a cluster, by submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NodeHistory {
    /// The newest submission of which a worker started on a node.
    started: BTreeMap<String, SubmissionId>,
    /// The newest submission in which any job lived on a node.
    lived: BTreeMap<String, SubmissionId>,
    /// The submissions in which a job that is to run died on a node at once.
    died: BTreeMap<(JobId, String), BTreeSet<SubmissionId>>,
}

impl NodeHistory {
    /// Notes the attempts at a job; only those in SLURM's tasks name nodes. `is_open` says whether the job is
    /// to run.
    pub(super) fn note(&mut self, job: JobId, attempts: &[Attempt], is_open: bool) {
        for Attempt { start, end } in attempts.iter().filter(|it| it.start.slurm.is_some()) {
            let Ok(submission) = start.submission.parse() else { continue };
            self.note_start(&start.host, submission);
            let Some(end) = end else { continue };
            if has_lived(end.outcome, end.seconds) {
                note_newest(&mut self.lived, &start.host, submission);
            } else if is_open && died_at_once(end) {
                self.died.entry((job, start.host.clone())).or_default().insert(submission);
            }
        }
    }

    /// Notes that a worker of a submission has started on a node.
    pub(super) fn note_start(&mut self, node: &str, submission: SubmissionId) {
        note_newest(&mut self.started, node, submission);
    }

    /// Returns the newest submission of which a worker started on a node.
    pub(super) fn last_start(&self, node: &str) -> Option<SubmissionId> {
        self.started.get(node).copied()
    }

    /// Returns the nodes on which workers started, each with the newest submission.
    pub(super) fn starts(&self) -> impl Iterator<Item = (&str, SubmissionId)> {
        self.started.iter().map(|(node, submission)| (node.as_str(), *submission))
    }

    /// Returns the newest submission in which any job lived on a node.
    fn last_life(&self, node: &str) -> Option<SubmissionId> {
        self.lived.get(node).copied()
    }

    /// Returns true if and only if deaths are noted that could accuse a node.
    fn has_suspects(&self) -> bool {
        self.died.values().any(|submissions| submissions.len() >= ENOUGH)
    }

    /// Returns the number of submissions in which a job died on a node since any job lived there.
    fn deaths(&self, job: JobId, node: &str) -> usize {
        let Some(all) = self.died.get(&(job, node.to_owned())) else { return 0 };
        let life = self.last_life(node);
        all.iter().filter(|submission| life.is_none_or(|life| **submission > life)).count()
    }

    /// Returns the nodes to leave out beside those that are out already: on each, a job that is to run died at
    /// once in two submissions, with no life there since, and in fewer on a node where jobs have lived.
    ///
    /// One such node is always left, the one with the fewest deaths, and of these the one with the newest life.
    pub(super) fn accused(&self, out: &[String]) -> Vec<String> {
        let trusted: Vec<&String> = self.lived.keys().filter(|node| !out.contains(node)).collect();
        let mut accused: BTreeMap<&String, usize> = BTreeMap::new();
        for (job, node) in self.died.keys().filter(|(_, node)| !out.contains(node)) {
            let deaths = self.deaths(*job, node);
            let does_better =
                |other: &&&String| **other != node && self.deaths(*job, other) < deaths;
            if deaths >= ENOUGH && trusted.iter().any(|other| does_better(&other)) {
                let most = accused.entry(node).or_default();
                *most = deaths.max(*most);
            }
        }
        if trusted.iter().all(|node| accused.contains_key(node)) {
            let order =
                |node: &&&String| (accused.get(**node), std::cmp::Reverse(self.last_life(node)));
            trusted.iter().min_by_key(order).map(|kept| accused.remove(*kept));
        }
        accused.into_keys().cloned().collect()
    }
}

fn note_newest(of: &mut BTreeMap<String, SubmissionId>, node: &str, submission: SubmissionId) {
    let newest = of.entry(node.to_owned()).or_insert(submission);
    *newest = submission.max(*newest);
}

/// Reads what became of the jobs on each node. The journals of the jobs that are done are read only if those of
/// the jobs that are to run could accuse a node, or `all` are wanted.
///
/// # Errors
///
/// When a journal is there and cannot be read.
pub(super) fn read_history(
    dir: &SweepDir,
    open: &[JobId],
    all: bool,
) -> Result<NodeHistory, FsError> {
    let started = dir.started_jobs()?;
    let open: BTreeSet<JobId> = open.iter().copied().collect();
    let (to_run, others): (Vec<JobId>, Vec<JobId>) =
        started.into_iter().partition(|job| open.contains(job));
    let mut history = NodeHistory::default();
    let mut note = |jobs: &[JobId], is_open| {
        let read = |job: &JobId| Ok((*job, read_attempts(&dir.attempts(*job))?));
        let journals: Vec<(JobId, Vec<Attempt>)> =
            jobs.par_iter().map(read).collect::<Result<_, FsError>>()?;
        for (job, attempts) in &journals {
            history.note(*job, attempts, is_open);
        }
        Ok::<_, FsError>(history.has_suspects())
    };
    if note(&to_run, true)? || all {
        note(&others, false)?;
    }
    Ok(history)
}

#[cfg(test)]
mod tests {
    use sweep_config::records::{AttemptEnd, AttemptStart, Outcome};

    use super::*;

    /// An attempt: the submission, the node, and `+` for a job that lives or `-` for one that dies at once.
    fn attempt((submission, node, sign): (u32, &str, char)) -> Attempt {
        let (outcome, seconds) =
            if sign == '+' { (Outcome::Done, 30.0) } else { (Outcome::Failed, 0.1) };
        let start = AttemptStart {
            submission: SubmissionId(submission).to_string(),
            host: node.to_owned(),
            slurm: Some("7_1".to_owned()),
            ..AttemptStart::default()
        };
        let (ended, reason) = (String::new(), String::new());
        let end = AttemptEnd {
            attempt: 1,
            ended,
            seconds,
            outcome,
            exit_code: None,
            signal: None,
            reason,
            cause: None,
            progress: None,
        };
        Attempt { start, end: Some(end) }
    }

    type Row<'a> = (&'a [(u32, &'a str, char)], &'a [(u32, &'a str, char)], &'a [&'a str]);

    #[test]
    fn a_node_is_left_out_where_an_open_job_dies_again_and_others_live_elsewhere() {
        // The attempts at the open jobs 0 and 1 (one list each), those at a job that is done, the nodes in question.
        let lives = [(1, "good", '+')];
        let rows: [(Row<'_>, &[&str]); 10] = [
            ((&[(1, "bad", '-')], &[], &["good"]), &[]),
            ((&[(1, "bad", '-'), (1, "bad", '-')], &[], &["good"]), &[]),
            ((&[(1, "bad", '-'), (2, "bad", '-')], &[], &["good"]), &["bad"]),
            ((&[(1, "bad", '-'), (2, "bad", '-')], &[], &[]), &[]),
            ((&[(1, "bad", '-'), (2, "bad", '-'), (2, "bad", '+')], &[], &["good"]), &[]),
            ((&[(1, "bad", '-'), (3, "bad", '-'), (2, "bad", '+')], &[], &["good"]), &[]),
            ((&[(2, "bad", '-'), (3, "bad", '-'), (1, "bad", '+')], &[], &["good"]), &["bad"]),
            // It dies everywhere as often: nobody is at fault but itself.
            (
                (
                    &[(2, "bad", '-'), (3, "bad", '-'), (4, "good", '-'), (5, "good", '-')],
                    &[],
                    &["good"],
                ),
                &[],
            ),
            // The other job's own fault does not hide the bad node.
            (
                (
                    &[(2, "bad", '-'), (3, "bad", '-')],
                    &[(2, "good", '-'), (3, "good", '-')],
                    &["good"],
                ),
                &["bad"],
            ),
            ((&[(1, "worse", '-'), (2, "bad", '-')], &[], &["good"]), &[]),
        ];
        for ((one, other, witnesses), out) in rows {
            let mut history = NodeHistory::default();
            let of =
                |list: &[(u32, &str, char)]| list.iter().copied().map(attempt).collect::<Vec<_>>();
            history.note(JobId(0), &of(one), true);
            history.note(JobId(1), &of(other), true);
            if !witnesses.is_empty() {
                history.note(JobId(2), &of(&lives), false);
            }
            assert_eq!(history.accused(&[]), out, "{one:?} {other:?} {witnesses:?}");
        }
    }

    #[test]
    fn one_node_where_jobs_have_lived_is_never_left_out() {
        let mut history = NodeHistory::default();
        let list =
            |list: &[(u32, &str, char)]| list.iter().copied().map(attempt).collect::<Vec<_>>();
        history.note(JobId(9), &list(&[(1, "a", '+'), (2, "b", '+')]), false);
        history.note(JobId(0), &list(&[(3, "a", '-'), (4, "a", '-')]), true);
        history.note(JobId(1), &list(&[(3, "b", '-'), (4, "b", '-')]), true);
        assert_eq!(history.accused(&[]), ["a"], "b has the newer life");
        history.note(JobId(1), &list(&[(5, "b", '-')]), true);
        assert_eq!(history.accused(&[]), ["b"], "it has more deaths by now");
        assert_eq!(history.accused(&["a".to_owned()]), [""; 0], "it is the last one");
    }
}
