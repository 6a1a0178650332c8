//! `sweep_setup --reuse OTHER_SWEEP`: jobs that another sweep has done are not run again.
//!
//! A job is the same if its program gets the same config (but for the description) by the same command.
//! Its log directory becomes a link to that of the other sweep, so that every later stage finds it done,
//! with its results. Whether the program has changed since is not known.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use sweep_config::claim::{SlurmEvidence, job_state};
use sweep_config::records::{JobState, ReusedSweep, SetupRecord, decisive_attempt, read_attempts};
use sweep_config::{JobFormat, JobId, LaunchConfig, SubmissionId, Sweep, SweepDir, fs};

use super::fingerprint::{self, JobFingerprint};
use crate::app::{Failure, count};
use crate::ledger::read_submission;
use crate::setup::job_set::{JobSet, job_id};

/// The results of jobs that other sweeps have done.
#[derive(Debug, Default)]
pub(crate) struct ReusableResults {
    /// The log directory of each job, and the number of its sweep.
    jobs: HashMap<JobFingerprint, (PathBuf, usize)>,
    sweeps: Vec<PathBuf>,
    /// The number of jobs that were done by another command.
    otherwise: usize,
}

impl ReusableResults {
    /// Finds the jobs that sweeps have done; each is the path of a sweep directory, or a name under the
    /// same `ROOT_DIR`.
    ///
    /// # Errors
    ///
    /// When one is no sweep, or cannot be read.
    pub(crate) fn find(sweep: &Sweep, others: &[PathBuf]) -> Result<Self, Failure> {
        let mut done = Self::default();
        for other in others {
            let dir = resolve(sweep, other)?;
            done.gather(&dir, &sweep.launch)?;
            done.sweeps.push(dir.path().to_owned());
        }
        Ok(done)
    }

    fn gather(&mut self, dir: &SweepDir, ours: &LaunchConfig) -> Result<(), Failure> {
        let mut commands = SubmissionCommands { dir, known: HashMap::new() };
        let params = SetupRecord::read(&dir.setup_json())?.map(|record| record.params);
        let params = params.unwrap_or_default();
        for job in dir.started_jobs()? {
            let attempts = read_attempts(&dir.attempts(job))?;
            let Some(last) = decisive_attempt(&attempts) else { continue };
            if job_state(dir, job, &attempts, &SlurmEvidence::none())? != JobState::Done {
                continue;
            }
            if commands.of(&last.start.submission)? != (ours.mode.clone(), ours.command.clone()) {
                self.otherwise += 1;
                continue;
            }
            let config = JobFormat::read_file(&dir.cfg(job))?;
            let logs = fs::canonicalize(&dir.out_dir(job))?;
            let sweep = self.sweeps.len();
            let job = fingerprint::of_config(&config, &params, None);
            self.jobs.entry(job).or_insert((logs, sweep));
        }
        Ok(())
    }

    /// Finds the jobs of a set that are done, each with its log directory and the number of its sweep.
    pub(crate) fn among(&self, set: &JobSet<'_>) -> Vec<(JobId, &Path, usize)> {
        if self.jobs.is_empty() {
            return Vec::new();
        }
        let found = (0..set.len()).filter_map(|index| {
            let config = set.config(index);
            let job = fingerprint::of_config(&config, set.params.names(), None);
            let (logs, sweep) = self.jobs.get(&job)?;
            Some((job_id(set.first + index), logs.as_path(), *sweep))
        });
        found.collect()
    }

    /// Returns how many jobs each sweep gives, for the record.
    pub(crate) fn record(&self, found: &[(JobId, &Path, usize)]) -> Vec<ReusedSweep> {
        let jobs = |number: usize| found.iter().filter(|(_, _, sweep)| *sweep == number).count();
        let sweeps = self.sweeps.iter().enumerate();
        let reused = sweeps.map(|(number, path)| ReusedSweep {
            sweep: path.display().to_string(),
            jobs: jobs(number) as u64,
        });
        reused.collect()
    }

    /// Returns the note for the user.
    pub(crate) fn note(&self, found: &[(JobId, &Path, usize)]) -> String {
        let from: Vec<String> =
            self.sweeps.iter().map(|path| format!("`{}`", path.display())).collect();
        let mut note =
            format!("Reused           {} done in {}", count(found.len(), "job"), from.join(", "));
        if self.otherwise > 0 {
            let _ = write!(
                note,
                "; {} skipped, since they ran with another LAUNCH.COMMAND or MODE",
                count(self.otherwise, "job")
            );
        }
        note
    }
}

/// Finds the directory of another sweep.
///
/// # Errors
///
/// When it is no sweep, or this one.
fn resolve(sweep: &Sweep, other: &Path) -> Result<SweepDir, Failure> {
    let is_sweep = |path: &Path| SweepDir::new(path).setup_json().is_file();
    let named = sweep.root_dir.join(other);
    let found = [other, &named].into_iter().find(|path| is_sweep(path));
    let Some(found) = found else {
        return Err(Failure::usage(
            format!("--reuse {}: no sweep found there", other.display()),
            "give a sweep directory, or the NAME of a sweep under the same ROOT_DIR",
        ));
    };
    let path = fs::canonicalize(found)?;
    if fs::canonicalize(sweep.dir().path()).is_ok_and(|own| own == path) {
        return Err(Failure::usage(
            format!("--reuse {}: this is the sweep itself", other.display()),
            "to add configs to this sweep, use `--extend`; it runs no job again",
        ));
    }
    Ok(SweepDir::new(path))
}

/// The commands by which the submissions of a sweep ran their jobs.
struct SubmissionCommands<'a> {
    dir: &'a SweepDir,
    known: HashMap<String, (String, String)>,
}

impl SubmissionCommands<'_> {
    /// Returns the `MODE` and `COMMAND` of a submission; of the sweep itself for a worker that was started
    /// by hand.
    fn of(&mut self, launch: &str) -> Result<(String, String), Failure> {
        if let Some(known) = self.known.get(launch) {
            return Ok(known.clone());
        }
        let (path, overrides) = match launch.parse::<SubmissionId>() {
            Ok(launch) => {
                let submission = read_submission(self.dir, launch, None)?;
                (self.dir.submission_cfg(launch), submission.overrides)
            }
            Err(_) => (self.dir.sweep_cfg(), Vec::new()),
        };
        let LaunchConfig { mode, command, .. } = Sweep::load(&path, &overrides)?.launch;
        self.known.insert(launch.to_owned(), (mode.clone(), command.clone()));
        Ok((mode, command))
    }
}
