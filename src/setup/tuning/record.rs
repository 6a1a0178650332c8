//! The record of a suggestion: all that it follows from beside the sweep config.

use serde::{Deserialize, Serialize};
use sweep_config::fs;
use sweep_config::records::{FORMAT_VERSION, PriorUse, SetupRecord, stamped};
use sweep_config::{SetupConfig, Sweep, SweepDir};

use super::prior::PriorKnowledge;
use super::results::KnownResults;
use crate::app::Failure;
use crate::suggest::ObservedOutcome;

/// How a config was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SuggestionKind {
    /// Drawn at random, before anything was learned.
    Startup,
    /// Drawn at random, as one of the control group.
    Control,
    /// Chosen by the results.
    Tuned,
    /// One of the best configs of past sweeps.
    Prior,
}

impl SuggestionKind {
    /// Returns true if it was drawn by the laws of the samplers alone.
    pub(super) fn is_drawn(self) -> bool {
        matches!(self, Self::Startup | Self::Control)
    }

    /// Returns its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Control => "control",
            Self::Tuned => "tuned",
            Self::Prior => "prior",
        }
    }
}

/// `suggestions/000007.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SuggestionRecord {
    /// The number of the config.
    config: u64,
    /// The number of its first job.
    job: u64,
    kind: SuggestionKind,
    seed: u64,
    /// The number of the next candidate of the random draws.
    first_candidate: u64,
    /// The results by config: the values of the objectives, all to be small, or nothing of one that failed.
    observed: Vec<(u64, Option<Vec<f64>>)>,
    /// The part of past sweeps, where any are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    priors: Option<PriorUse>,
}

impl SuggestionRecord {
    /// Makes the record of a config, given its number and that of its first job.
    pub(super) fn new(
        (config, job): (u64, u64),
        kind: SuggestionKind,
        seed: u64,
        first_candidate: u64,
        outcomes: &[(u64, ObservedOutcome)],
    ) -> Self {
        let observed = |(config, outcome): &(u64, ObservedOutcome)| match outcome {
            ObservedOutcome::Values(values) => (*config, Some(values.clone())),
            ObservedOutcome::Failed => (*config, None),
        };
        let observed = outcomes.iter().map(observed).collect();
        Self { config, job, kind, seed, first_candidate, observed, priors: None }
    }

    /// Returns the record of a config that was found in this way.
    pub(super) fn of_kind(self, kind: SuggestionKind) -> Self {
        Self { kind, ..self }
    }

    /// Returns the record of a config that past sweeps had this part in.
    pub(super) fn with_priors(self, priors: Option<PriorUse>) -> Self {
        Self { priors, ..self }
    }

    /// Reads what past sweeps said.
    pub(super) fn priors(&self, dir: &SweepDir) -> Result<PriorKnowledge, Failure> {
        match &self.priors {
            Some(priors) => PriorKnowledge::restored(dir, &priors.snapshot),
            None => Ok(PriorKnowledge::default()),
        }
    }

    /// Reads the record of the next config, whose numbers these are, if somebody decided on it and did not append it.
    ///
    /// # Errors
    ///
    /// When the record is there and cannot be read.
    pub(super) fn decided(
        dir: &SweepDir,
        numbers: (u64, u64),
        setup: &SetupConfig,
    ) -> Result<Option<Self>, Failure> {
        if !dir.suggestion(numbers.1).exists() {
            return Ok(None);
        }
        let known = Self::read(dir, numbers.1)?;
        if known.numbers() == numbers && known.seed == setup.rng_seed {
            return Ok(Some(known));
        }
        // It was to follow another config, or draws of another seed.
        fs::remove_file(&dir.suggestion(numbers.1))?;
        Ok(None)
    }

    /// Writes it, which decides on the config; returns false if another process has decided on another one.
    pub(super) fn write(&self, dir: &SweepDir) -> Result<bool, Failure> {
        Ok(fs::write_once(&dir.suggestion(self.job), &stamped(self))?)
    }

    /// Reads the record of the config whose first job has a number.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub(super) fn read(dir: &SweepDir, job: u64) -> Result<Self, Failure> {
        let path = dir.suggestion(job);
        let bytes = match fs::read(&path) {
            Err(error) if error.is_not_found() => {
                return Err(Failure::usage(
                    format!("there is no suggestion {job}: `{}` does not exist", path.display()),
                    "the first configs of a sweep are drawn by `sweep_setup` itself",
                ));
            }
            other => other?,
        };
        serde_json::from_slice(&bytes).map_err(|error| Failure::Damaged {
            message: format!("`{}`, of format {FORMAT_VERSION} or older: {error}", path.display()),
            hint: None,
        })
    }

    /// Returns how the config was found.
    pub(super) fn kind(&self) -> SuggestionKind {
        self.kind
    }

    /// Returns the number of the config, and that of its first job.
    pub(super) fn numbers(&self) -> (u64, u64) {
        (self.config, self.job)
    }

    /// Returns the number of the next candidate of the random draws.
    pub(super) fn first_candidate(&self) -> u64 {
        self.first_candidate
    }

    /// Returns the results that it followed from.
    pub(super) fn results(
        &self,
        sweep: &Sweep,
        setup: &SetupRecord,
    ) -> Result<KnownResults, Failure> {
        let outcome = |(config, values): &(u64, Option<Vec<f64>>)| {
            let outcome = values.clone().map_or(ObservedOutcome::Failed, ObservedOutcome::Values);
            (*config, outcome)
        };
        KnownResults::restored(sweep, setup, self.observed.iter().map(outcome).collect())
    }
}
