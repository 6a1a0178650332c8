//! Holds what a worker of a sweep that is tuned needs to note the results of its jobs and to suggest the next config.

use std::collections::BTreeSet;
use std::time::Duration;

use sweep_config::fs::FsError;
use sweep_config::records::JobOrigins;
use sweep_config::{Strategy, Sweep};

use crate::app::num::saturated;
use crate::collect::JobResultReader;
use crate::setup::ConfigSuggester;

/// The times between looks whether another process has made its suggestion: the first, and the longest.
pub(super) const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// The least number of jobs that are done without a value of the objective before that counts as a wrong one.
pub(super) const PATIENCE: u32 = 3;

/// The part of one worker in the tuning of its sweep.
pub(super) struct SweepTuning<'a> {
    pub(super) sweep: &'a Sweep,
    pub(super) reader: JobResultReader,
    /// Made when it is first needed.
    pub(super) suggester: Option<ConfigSuggester>,
    /// False if it is for some jobs alone, or nothing is left to suggest.
    pub(super) suggests: bool,
    pub(super) wait: Duration,
    /// The warnings that were printed.
    pub(super) warned: BTreeSet<String>,
}

/// The step that follows a look for the next suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SuggestStep {
    /// There may be a job to run.
    LookAgain,
    /// There is nothing to suggest.
    Nothing,
    /// The worker is to stop, or the next config cannot be chosen.
    Stop,
}

impl<'a> SweepTuning<'a> {
    /// Returns the part of a worker, if its sweep is tuned. It suggests configs if those that are appended belong to it.
    pub(super) fn new(sweep: &'a Sweep, grows: bool) -> Option<Self> {
        (sweep.setup.strategy == Strategy::Tpe).then(|| Self {
            sweep,
            reader: JobResultReader::new(sweep),
            suggester: None,
            suggests: grows,
            wait: WAITS.0,
            warned: BTreeSet::new(),
        })
    }

    /// Returns the number of jobs that are yet to be suggested.
    ///
    /// # Errors
    ///
    /// When the record of the setup cannot be read.
    pub(super) fn jobs_to_come(&self) -> Result<usize, FsError> {
        if !self.suggests {
            return Ok(0);
        }
        let origins = JobOrigins::read(&self.sweep.dir())?;
        Ok(origins.map_or(0, |origins| saturated(origins.jobs_to_come(&self.sweep.setup))))
    }
}
