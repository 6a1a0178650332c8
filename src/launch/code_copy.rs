//! The copy of `LAUNCH.CODE_DIR`: kept, made, or made anew.

use sweep_config::lock::FileLock;
use sweep_config::records::{CodeRecord, JobState};
use sweep_config::{Sweep, SweepDir};

use super::plan::LaunchPlan;
use super::snapshot;
use crate::app::{Failure, count};

/// The copy of the code, and what a launch does with it.
#[derive(Debug)]
pub(super) enum CodeCopy {
    /// No copy is wanted: the jobs run in the directory of the call.
    None,
    /// The existing copy stays.
    Kept(Option<CodeRecord>),
    /// A new copy is made.
    New(snapshot::SnapshotPlan, Option<snapshot::SnapshotChanges>),
}

impl CodeCopy {
    /// Plans the copy.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read or is too large, or a copy would be replaced that jobs
    /// run from.
    pub(super) fn plan(sweep: &Sweep, refresh: bool, plan: &LaunchPlan) -> Result<Self, Failure> {
        let (launch, dir) = (&sweep.launch, sweep.dir());
        if launch.code_dir.as_os_str().is_empty() {
            return if refresh { Err(nothing_to_refresh()) } else { Ok(Self::None) };
        }
        let is_there = dir.code().is_dir();
        if is_there && !refresh {
            return Ok(Self::Kept(record(&dir)));
        }
        let running = plan.in_state(&JobState::Running);
        if is_there && running > 0 {
            let message = format!("--refresh-code: {} from the existing copy", runs(running));
            let hint = "wait until they end, or cancel them (`sweep_launch --cancel`)";
            return Err(Failure::usage(message, hint));
        }
        let files = snapshot::SnapshotPlan::new(&launch.code_dir, &dir, launch.code_max_mb)?;
        let changes = if is_there { Some(files.changes(&dir)?) } else { None };
        Ok(Self::New(files, changes))
    }

    /// Returns its line of the preview.
    pub(super) fn line(&self) -> Option<(&'static str, String)> {
        let text = match self {
            Self::None => return None,
            Self::Kept(None) => "the existing copy (use --refresh-code to replace it)".to_owned(),
            Self::Kept(Some(record)) => format!(
                "the copy of {}{} (use --refresh-code to replace it)",
                record.copied,
                record
                    .git
                    .as_ref()
                    .map(|git| format!(", commit {:.8}", git.commit))
                    .unwrap_or_default()
            ),
            Self::New(files, None) => format!("a copy of {}", files.size()),
            Self::New(files, Some(changes)) => format!("a new copy of {}: {changes}", files.size()),
        };
        Some(("code", text))
    }

    /// Makes the copy if one is planned.
    ///
    /// # Errors
    ///
    /// When a file cannot be copied.
    pub(super) fn run(&self, dir: &SweepDir) -> Result<(), Failure> {
        match self {
            Self::None | Self::Kept(_) => Ok(()),
            Self::New(files, _) => {
                let Some(_lock) = FileLock::try_take(&dir.code_lock())? else {
                    let message = "another launch of this sweep is copying the code";
                    return Err(Failure::usage(message, "try again in a moment"));
                };
                Ok(files.run(dir).map(drop)?)
            }
        }
    }
}

/// Reads the record of the copy; a missing or damaged one is no reason not to launch.
fn record(dir: &SweepDir) -> Option<CodeRecord> {
    CodeRecord::read(&dir.code_record()).ok().flatten()
}

fn runs(jobs: usize) -> String {
    if jobs == 1 { "1 job runs".to_owned() } else { format!("{} run", count(jobs, "job")) }
}

fn nothing_to_refresh() -> Failure {
    let hint = "set LAUNCH.CODE_DIR to the directory of your code";
    Failure::usage("--refresh-code: LAUNCH.CODE_DIR is not set, so there is no copy", hint)
}
