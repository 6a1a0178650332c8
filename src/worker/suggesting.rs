//! Has the workers of a sweep that is tuned note the results of their jobs, and suggest the next config where nothing waits.

use std::time::Instant;

use sweep_config::JobId;
use sweep_config::fs::{self, FsError};

use super::process::inbox::InboxMessage;
use super::tuning::{PATIENCE, SuggestStep, SweepTuning, WAITS};
use super::work::Worker;
use crate::app::Failure;
use crate::setup::{ConfigSuggester, SuggestEnd, SuggestOutcome};

impl Worker<'_> {
    /// Notes the result of a job whose attempt has ended, for whoever suggests the next config. If it cannot be noted, the
    /// next suggestion reads the logs themselves.
    pub(super) fn note_result(&self, job: JobId) {
        let Some(tuning) = &self.tuning else { return };
        let dir = &self.runner.context.dir;
        let noted = tuning.reader.read(job, None).and_then(|line| {
            let Some(line) = line else { return Ok(()) };
            if let Some(why) = &line.unreadable {
                self.runner.reporter.warn(format_args!(
                    "the result of job {job} is unknown, since its logs could not be read: {why}"
                ));
            }
            line.append(dir, self.claimant.id())
        });
        if let Err(error) = noted {
            let why = &error.source;
            self.runner
                .reporter
                .warn(format_args!("the result of job {job} was not noted: {error}: {why}"));
        }
    }

    /// Returns the number of jobs that are yet to be suggested.
    ///
    /// # Errors
    ///
    /// When the record of the setup cannot be read.
    pub(super) fn jobs_to_come(&self) -> Result<usize, FsError> {
        self.tuning.as_ref().map_or(Ok(0), SweepTuning::jobs_to_come)
    }

    /// Suggests the next config, if any is left to suggest and no other process does so.
    ///
    /// # Errors
    ///
    /// When the disk fails for too long.
    pub(super) fn suggest(&mut self) -> Result<SuggestStep, Failure> {
        let left = self.runner.patience.insist(None, || self.jobs_to_come())?;
        let Some(tuning) = self.tuning.as_mut().filter(|_| left > 0) else {
            return Ok(SuggestStep::Nothing);
        };
        let (runner, claimant) = (&self.runner, &mut self.claimant);
        let suggested = runner.patience.insist_on_work(|| {
            if tuning.suggester.is_none() {
                tuning.suggester = Some(ConfigSuggester::new(tuning.sweep.clone())?);
            }
            let patience = tuning.sweep.setup.tune.startup.max(PATIENCE) as usize;
            let suggester = tuning.suggester.as_ref();
            suggester.map_or(Ok(SuggestOutcome::Held), |it| it.suggest(claimant, 1, patience))
        });
        let wait = std::mem::replace(&mut tuning.wait, WAITS.0);
        match suggested {
            Ok(SuggestOutcome::Made(made)) => {
                for warning in &made.warnings {
                    if tuning.warned.insert(warning.clone()) {
                        runner.reporter.warn(warning);
                    }
                }
                runner.reporter.note(made.sentence());
                Ok(SuggestStep::LookAgain)
            }
            Ok(SuggestOutcome::Held) => {
                tuning.wait = (wait * 2).min(WAITS.1);
                let message = runner.inbox.next(None, Instant::now() + wait);
                let stops = message == Some(InboxMessage::Stop);
                Ok(if stops { SuggestStep::Stop } else { SuggestStep::LookAgain })
            }
            Ok(SuggestOutcome::Over(end)) => {
                tuning.suggests = false;
                runner.reporter.note(format_args!("nothing more is suggested: {}", end.sentence()));
                if let Some(submission) = runner.submission.filter(|_| end == SuggestEnd::Exhausted)
                {
                    let mark = runner.context.dir.exhausted(submission);
                    runner.patience.insist(None, || fs::create_once(&mark))?;
                }
                Ok(SuggestStep::Nothing)
            }
            Err(Failure::Files(error)) if error.may_pass() => Err(Failure::Files(error)),
            Err(failure) => {
                tuning.suggests = false;
                runner.reporter.warn(format_args!("cannot choose the next config: {failure}"));
                Ok(SuggestStep::Stop)
            }
        }
    }
}
