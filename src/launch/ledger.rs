//! The ledger: an entry for each launch, on disk before the first worker starts or the first array
//! is submitted.

use std::io::ErrorKind;

use sweep_config::fs::{self, FsError};
use sweep_config::records::{FORMAT_VERSION, JobArray, SubmissionRecord};
use sweep_config::{JobId, SubmissionId, Sweep, SweepDir};

use crate::app::{VERSION, host_name, now, ranges};
use crate::runtime::Site;

/// What an entry says beside the sweep that it is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draft<'a> {
    /// `local` or `slurm`.
    pub(super) executor: &'static str,
    pub(super) jobs: &'a [JobId],
    pub(super) workers: usize,
    /// Whether jobs that are appended later are its own too.
    pub(super) takes_new: bool,
    pub(super) parts: &'a [JobArray],
}

/// Writes the entry of a launch.
pub(super) fn enter(
    sweep: &Sweep,
    site: &Site,
    launch: SubmissionId,
    draft: Draft<'_>,
) -> Result<(), FsError> {
    fs::write_atomic(&site.dir.submission_cfg(launch), sweep.text.as_bytes())?;
    let submission = SubmissionRecord {
        format_version: FORMAT_VERSION,
        tool_version: VERSION.to_owned(),
        executor: draft.executor.to_owned(),
        submitted: now(),
        host: host_name(),
        command: site.command.text().to_owned(),
        code_dir: site.code_dir.clone(),
        workers: draft.workers,
        jobs: ranges(draft.jobs.iter().map(|job| job.0)),
        takes_new: draft.takes_new,
        parts: draft.parts.to_vec(),
        overrides: sweep.overrides.clone(),
    };
    let text = serde_json::to_vec_pretty(&submission).expect("a record is plain data");
    fs::write_atomic(&site.dir.submission_record(launch), &text)
}

/// Makes the folder of the next number; two launches at once get different ones.
pub(super) fn next(dir: &SweepDir) -> Result<SubmissionId, FsError> {
    // That `logs/` exists means "launched": setup keeps its hands off from here on.
    fs::create_dir_all(&dir.logs())?;
    fs::create_dir_all(&dir.submissions())?;
    let mut launch = SubmissionId(dir.submission_ids()?.last().map_or(1, |last| last.0 + 1));
    loop {
        let path = dir.submission_dir(launch);
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(launch),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => launch.0 += 1,
            Err(e) => return Err(FsError::new("create the directory", &path, e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launches_that_start_at_once_get_numbers_of_their_own() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let mut numbers: Vec<u32> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| next(&dir).unwrap().0)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    }
}
