//! Nodes that fail: noted by the workers that find out, read by the next launch.

use std::path::Path;

use sweep_config::fs::{self, FsError};
use sweep_config::{JobId, SubmissionId, SweepDir};

/// How often a node may fail before no more tasks are to get it.
const FAILURES: usize = 2;

/// Failures within so many seconds are one: a node takes all its jobs with it at once, and who finds
/// out does so within minutes.
const ONE: u64 = 600;

/// Notes that a node took an attempt with it, at a time in seconds since 1970; true if and only if it
/// has failed so often that it is better left alone.
///
/// # Errors
///
/// When the note cannot be written.
pub fn note_failure(
    dir: &SweepDir,
    launch: SubmissionId,
    node: &str,
    (job, attempt): (JobId, u32),
    at: u64,
) -> Result<bool, FsError> {
    let of_node = dir.node_failures(launch, node);
    fs::create_dir_all(&of_node)?;
    fs::write_staged(&of_node.join(format!("{at}-{job}-{attempt}")), b"")?;
    is_bad(&of_node)
}

/// The nodes that a submission is better without.
///
/// # Errors
///
/// When the notes are there and cannot be read.
pub fn bad_nodes(dir: &SweepDir, launch: SubmissionId) -> Result<Vec<String>, FsError> {
    let all = dir.nodes(launch);
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
    Ok(failures(times.collect()) >= FAILURES)
}

/// How many failures there were, by the times at which they were noted.
fn failures(mut times: Vec<u64>) -> usize {
    times.sort_unstable();
    let again = times.windows(2).filter(|pair| pair[1] - pair[0] > ONE).count();
    if times.is_empty() { 0 } else { again + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_takes_many_jobs_with_it_at_once_has_failed_once() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let launch = SubmissionId(1);
        let note = |node: &str, job: u32, at: u64| {
            note_failure(&dir, launch, node, (JobId(job), 1), at).unwrap()
        };
        assert!(!note("n1", 0, 1_000));
        assert!(!note("n1", 1, 1_100));
        assert!(!note("n2", 2, 5_000));
        assert_eq!(bad_nodes(&dir, launch).unwrap(), [] as [&str; 0]);
        assert!(note("n1", 3, 9_000));
        assert_eq!(bad_nodes(&dir, launch).unwrap(), ["n1"]);
        assert_eq!(bad_nodes(&dir, SubmissionId(2)).unwrap(), [] as [&str; 0]);
    }
}
