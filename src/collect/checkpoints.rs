//! Removes checkpoints that nobody will resume from: `COLLECT.CHECKPOINTS_KEEP`.
//!
//! pycls does so for every job whenever one looks at the status. Here only a job that is *done*
//! loses any: whatever else may go on from its last one.

use std::path::PathBuf;

use sweep_config::claim::{self, SlurmEvidence};
use sweep_config::fs::{self, FsError};
use sweep_config::records::{JobState, read_attempts};
use sweep_config::{CheckpointsKeep, JobId, SweepDir};
use walkdir::WalkDir;

use super::diagnostic::{DiagnosticKind, DiagnosticPlace};
use super::job::JobStatus;

/// The beginning of the names of pycls's checkpoints: `model_epoch_0012.pyth`.
const PREFIX: &str = "model_epoch";

/// A checkpoint that may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckpointFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// The checkpoints that were removed or, in a dry run, would be.
#[derive(Debug, Default)]
pub(crate) struct CheckpointCleanup {
    pub(crate) files: Vec<CheckpointFile>,
    /// The number of jobs that they belong to.
    pub(crate) jobs: usize,
    pub(crate) is_dry_run: bool,
}

/// Removes (or, in a dry run, finds) the checkpoints of the jobs that are done.
pub(super) fn clean(
    dir: &SweepDir,
    job_statuses: &mut [JobStatus],
    keep: CheckpointsKeep,
    is_dry_run: bool,
) -> CheckpointCleanup {
    let mut cleaned = CheckpointCleanup { is_dry_run, ..CheckpointCleanup::default() };
    let done = job_statuses.iter_mut().filter(|job_status| job_status.state == JobState::Done);
    for job_status in done {
        let before = cleaned.files.len();
        if let Err(e) = clean_job(dir, job_status.job, keep, &mut cleaned) {
            let message = format!("{e}: {}", e.source);
            job_status
                .diagnostics
                .add(DiagnosticKind::Checkpoints, DiagnosticPlace::Message(message));
        }
        cleaned.jobs += usize::from(cleaned.files.len() > before);
    }
    cleaned
}

fn clean_job(
    dir: &SweepDir,
    job: JobId,
    keep: CheckpointsKeep,
    cleaned: &mut CheckpointCleanup,
) -> Result<(), FsError> {
    let found = superfluous(dir, job, keep)?;
    if found.is_empty() || was_started_again(dir, job)? {
        return Ok(());
    }
    for checkpoint in found {
        if !cleaned.is_dry_run {
            remove(&checkpoint)?;
        }
        cleaned.files.push(checkpoint);
    }
    Ok(())
}

/// True if a job that was done has been started again meanwhile: a large sweep takes its time to collect.
fn was_started_again(dir: &SweepDir, job: JobId) -> Result<bool, FsError> {
    let attempts = read_attempts(&dir.attempts(job))?;
    Ok(!attempts.is_empty()
        && claim::job_state(dir, job, &attempts, &SlurmEvidence::none())? != JobState::Done)
}

/// Finds the checkpoints of a job that may go, oldest first.
fn superfluous(
    dir: &SweepDir,
    job: JobId,
    keep: CheckpointsKeep,
) -> Result<Vec<CheckpointFile>, FsError> {
    // A link leads to the results of another sweep, whose checkpoints are not ours to remove.
    if keep == CheckpointsKeep::All || dir.out_dir(job).is_symlink() {
        return Ok(Vec::new());
    }
    let folder = dir.checkpoints(job);
    let mut found = Vec::new();
    for entry in WalkDir::new(&folder).min_depth(1).max_depth(1) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => match e.into_io_error() {
                Some(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Some(e) => return Err(FsError::new("list", &folder, e)),
                None => continue,
            },
        };
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        if name.starts_with(PREFIX) && entry.file_type().is_file() {
            let bytes = entry.metadata().map_or(0, |meta| meta.len());
            found.push((age(&name), CheckpointFile { path: entry.into_path(), bytes }));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    if keep == CheckpointsKeep::Last {
        found.pop();
    }
    Ok(found.into_iter().map(|(_, checkpoint)| checkpoint).collect())
}

/// Removes a checkpoint; one that is gone already is fine.
fn remove(checkpoint: &CheckpointFile) -> Result<(), FsError> {
    fs::remove_file(&checkpoint.path)
}

/// Orders the names by their epoch, `9999` before `10000`, and those without one by name.
fn age(name: &str) -> (Option<u64>, String) {
    let rest = name[PREFIX.len()..].trim_start_matches('_');
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (rest[..digits].parse().ok(), name.to_owned())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]
mod tests {
    use super::*;

    fn names(keep: CheckpointsKeep) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let folder = dir.checkpoints(JobId(3));
        std::fs::create_dir_all(folder.join("model_epoch_dir")).unwrap();
        for name in ["model_epoch_10000.pyth", "model_epoch_9999.pyth", "model.pyth", "x"] {
            std::fs::write(folder.join(name), "abc").unwrap();
        }
        let found = superfluous(&dir, JobId(3), keep).unwrap();
        assert!(found.iter().all(|checkpoint| checkpoint.bytes == 3));
        let name = |c: &CheckpointFile| c.path.file_name().unwrap().to_str().unwrap().to_owned();
        found.iter().map(name).collect()
    }

    #[test]
    fn the_last_checkpoint_is_the_one_of_the_greatest_epoch() {
        assert_eq!(names(CheckpointsKeep::Last), ["model_epoch_9999.pyth"]);
    }

    #[test]
    fn only_checkpoints_ever_go() {
        assert_eq!(
            names(CheckpointsKeep::None),
            ["model_epoch_9999.pyth", "model_epoch_10000.pyth"]
        );
        assert_eq!(names(CheckpointsKeep::All), [""; 0]);
    }

    #[test]
    fn a_job_without_checkpoints_has_none_to_remove() {
        let dir = SweepDir::new("/nonexistent");
        assert_eq!(superfluous(&dir, JobId(0), CheckpointsKeep::None).unwrap(), []);
    }
}
