//! Enters a new submission: takes a number, and writes what was confirmed before the first worker starts
//! or the first array is submitted.

use std::io::ErrorKind;

use sweep_config::fs::{self, FsError};
use sweep_config::records::{FORMAT_VERSION, JobArray, SubmissionRecord};
use sweep_config::{JobId, SubmissionId, Sweep, SweepDir};

use crate::app::{VERSION, host_name, now, ranges};
use crate::runtime::JobContext;

/// A new submission: what its record says besides what the sweep config says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewSubmission<'a> {
    /// `local` or `slurm`.
    pub(crate) executor: &'static str,
    /// The jobs that it is to run.
    pub(crate) jobs: &'a [JobId],
    /// How many workers run at once.
    pub(crate) workers: usize,
    /// True if jobs that are appended to the sweep later belong to it too.
    pub(crate) takes_new: bool,
    /// The job arrays that it is submitted as; none on this machine.
    pub(crate) arrays: &'a [JobArray],
    /// The cluster, if it has a name, and the user as SLURM knows them; none on this machine.
    pub(crate) cluster: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
}

impl NewSubmission<'_> {
    /// Writes the sweep config and the record of this submission under its number.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub(crate) fn write(
        self,
        sweep: &Sweep,
        context: &JobContext,
        id: SubmissionId,
    ) -> Result<(), FsError> {
        let cfg = context.dir.submission_cfg(id);
        for file in &sweep.included {
            fs::write_atomic(&file.key.copy_beside(&cfg), file.copy().as_bytes())?;
        }
        fs::write_atomic_for(&cfg, sweep.text.as_bytes(), sweep.file_access())?;
        let record = SubmissionRecord {
            format_version: FORMAT_VERSION,
            tool_version: VERSION.to_owned(),
            executor: self.executor.to_owned(),
            submitted: now(),
            host: host_name(),
            cluster: self.cluster.map(str::to_owned),
            user: self.user.map(str::to_owned),
            sweep_dir: Some(context.dir.path().to_string_lossy().into_owned()),
            command: context.command.text().to_owned(),
            code_dir: context.code_dir.clone(),
            workers: self.workers,
            jobs: ranges(self.jobs.iter().map(|job| job.0)),
            takes_new: self.takes_new,
            arrays: self.arrays.to_vec(),
            overrides: sweep.overrides.clone(),
        };
        let text = serde_json::to_vec_pretty(&record).expect("a record is plain data");
        let readers = sweep.record_access(&record.overrides);
        fs::write_atomic_for(&context.dir.submission_record(id), &text, readers)
    }
}

/// Creates the folder of the next number and returns that; launches that start at once get different
/// numbers.
///
/// # Errors
///
/// When a folder cannot be created.
pub(crate) fn reserve_number(dir: &SweepDir) -> Result<SubmissionId, FsError> {
    // That `logs/` exists means "launched": setup keeps its hands off from here on.
    fs::create_dir_all(&dir.logs())?;
    fs::create_dir_all(&dir.submissions())?;
    let mut id = SubmissionId(dir.submission_ids()?.last().map_or(1, |last| last.0 + 1));
    loop {
        let path = dir.submission_dir(id);
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(id),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => id.0 += 1,
            Err(e) => return Err(FsError::new("create the directory", &path, e)),
        }
    }
}

/// Removes a submission of which nothing was submitted, and the folders that say "launched" if they hold nothing
/// else.
///
/// # Errors
///
/// When its folder cannot be removed.
pub(crate) fn withdraw(dir: &SweepDir, id: SubmissionId) -> Result<(), FsError> {
    fs::remove_dir_all(&dir.submission_dir(id))?;
    for folder in [dir.submissions(), dir.sbatch_logs(), dir.logs()] {
        // One that holds something belongs to another launch, or to jobs.
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launches_that_start_at_once_get_numbers_of_their_own() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let mut numbers: Vec<u32> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| reserve_number(&dir).unwrap().0)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    }
}
