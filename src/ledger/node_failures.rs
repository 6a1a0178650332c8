//! Counts the failures of nodes: noted by the workers that find out, read by the next launch.

use std::path::Path;

use sweep_config::fs::{self, FsError};
use sweep_config::{JobId, SubmissionId, SweepDir};

/// The number of failures from which on a node gets no more tasks.
const MAX_FAILURES: usize = 2;

/// The seconds within which failures count as one: a node that fails ends all its jobs at once, and
/// their workers' successors find out within minutes.
const SAME_FAILURE: u64 = 600;

/// Notes that a node ended an attempt by failing, at a time in seconds since 1970. Returns true if and
/// only if the node has failed so often that no more tasks should run on it.
///
/// # Errors
///
/// When the note cannot be written.
pub fn note_node_failure(
    dir: &SweepDir,
    submission: SubmissionId,
    node: &str,
    (job, attempt): (JobId, u32),
    at: u64,
) -> Result<bool, FsError> {
    let of_node = dir.node_failures(submission, node);
    fs::create_dir_all(&of_node)?;
    fs::write_staged(&of_node.join(format!("{at}-{job}-{attempt}")), b"")?;
    is_bad(&of_node)
}

/// Returns the nodes that have failed too often during a submission.
///
/// # Errors
///
/// When the notes are there and cannot be read.
pub(super) fn bad_nodes(dir: &SweepDir, submission: SubmissionId) -> Result<Vec<String>, FsError> {
    let all = dir.nodes(submission);
    let names = match fs::list(&all) {
        Err(e) if e.is_not_found() => Vec::new(),
        names => names?,
    };
    let mut bad = Vec::new();
    for name in names {
        if is_bad(&all.join(&name))? {
            bad.push(name);
        }
    }
    Ok(bad)
}

fn is_bad(of_node: &Path) -> Result<bool, FsError> {
    let names = fs::list(of_node)?;
    let times = names.iter().filter_map(|name| name.split('-').next()?.parse().ok());
    Ok(count_failures(times.collect()) >= MAX_FAILURES)
}

/// Returns the number of failures, by the times at which they were noted.
fn count_failures(mut times: Vec<u64>) -> usize {
    times.sort_unstable();
    let again = times.windows(2).filter(|pair| pair[1] - pair[0] > SAME_FAILURE).count();
    if times.is_empty() { 0 } else { again + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_takes_many_jobs_with_it_at_once_has_failed_once() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let submission = SubmissionId(1);
        let note = |node: &str, job: u32, at: u64| {
            note_node_failure(&dir, submission, node, (JobId(job), 1), at).unwrap()
        };
        assert!(!note("n1", 0, 1_000));
        assert!(!note("n1", 1, 1_100));
        assert!(!note("n2", 2, 5_000));
        assert_eq!(bad_nodes(&dir, submission).unwrap(), [] as [&str; 0]);
        assert!(note("n1", 3, 9_000));
        assert_eq!(bad_nodes(&dir, submission).unwrap(), ["n1"]);
        assert_eq!(bad_nodes(&dir, SubmissionId(2)).unwrap(), [] as [&str; 0]);
    }
}
