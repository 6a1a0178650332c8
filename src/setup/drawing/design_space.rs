//! The design space of a sweep: the candidates that its samplers draw and its constraints admit.

use sweep_config::{ClosedInterval, SetupConfig, Value};

use super::admission::{AdmittedJob, CandidateAdmission};
use super::source::CandidateSource;
use crate::app::Failure;
use crate::models::Complexity;
use crate::setup::candidate::Candidate;
use crate::setup::constraint::Rejection;
use crate::setup::given::GivenValues;
use crate::setup::identity::{ContentDigest, ExistingJobs, JudgedCandidate, fingerprint};
use crate::setup::param_list::ParamList;
use crate::setup::population::DrawnPopulation;
use crate::setup::sampler::{CandidateRng, MissingValue};
use crate::suggest::DrawTrace;

/// The number of candidates that the digest of a space covers.
const PROBES: u64 = 64;

/// A candidate of which everything that speaks against it is known.
#[derive(Debug)]
pub(crate) struct ExaminedCandidate {
    /// All reasons to reject it, but for what the user's program would say.
    pub(crate) against: Vec<Rejection>,
    /// Its complexity, where a constraint asks for it.
    pub(crate) complexity: Option<Complexity>,
    /// The branch that it has of each choice; `None` where it has none.
    pub(crate) branches: Vec<Option<Value>>,
}

/// The design space of a sweep, ready to be drawn from.
pub(crate) struct DesignSpace<'a> {
    pub(super) setup: &'a SetupConfig,
    pub(super) source: CandidateSource<'a>,
    pub(super) admission: CandidateAdmission<'a>,
}

impl<'a> DesignSpace<'a> {
    /// Prepares the samplers and constraints of a setup beside the given values.
    ///
    /// # Errors
    ///
    /// When a sampler cannot be drawn from, or a constraint cannot be checked.
    pub(crate) fn new(setup: &'a SetupConfig, given: &'a GivenValues) -> Result<Self, Failure> {
        let source = CandidateSource::new(setup, given)?;
        let admission = CandidateAdmission::new(setup, source.params(), source.is_complete())?;
        Ok(Self { setup, source, admission })
    }

    /// Counts candidates that are one of the `existing` jobs as repeats.
    pub(crate) fn without(self, existing: Option<&'a ExistingJobs>) -> Self {
        Self { admission: self.admission.without(existing), ..self }
    }

    /// Returns the number of candidates that may be tried.
    pub(crate) fn candidates(&self) -> u64 {
        self.source.candidates()
    }

    /// Returns the number of configs that are asked for: `NUM_CONFIGS`, or all that meet the constraints. Where not
    /// all candidates were tried, all of them count.
    pub(crate) fn requested(&self, population: &DrawnPopulation) -> u64 {
        let all = || match population.tally.exhausted {
            Some(_) => population.kept.len() as u64,
            None => self.source.total().unwrap_or(u64::MAX),
        };
        self.setup.num_configs.unwrap_or_else(all)
    }

    /// Returns the number of candidates, if they are not drawn at random.
    pub(crate) fn total(&self) -> Option<u64> {
        self.source.total()
    }

    /// Returns the parameter, or what else, that makes most of the combinations, with the number of its values.
    pub(crate) fn largest_factor(&self) -> Option<(String, u64)> {
        self.source.largest_factor()
    }

    /// Returns the number of different configs that can be drawn at random, if that is known.
    pub(crate) fn support(&self) -> Option<u128> {
        self.source.support()
    }

    /// Returns the number of candidates that there are, or of different ones that can be drawn at random, where that
    /// is known and small.
    pub(crate) fn possible(&self) -> Option<u64> {
        const SMALL: u64 = 1 << 20;
        let drawn = || self.support().and_then(|support| u64::try_from(support).ok());
        self.total().or_else(|| drawn().filter(|support| *support <= SMALL))
    }

    /// Returns the parameters of a candidate, in the order of its values.
    pub(crate) fn params(&self) -> &ParamList {
        self.admission.params()
    }

    /// Draws the values of candidate number `number`, derived ones too, in place of what `values` hold.
    ///
    /// # Errors
    ///
    /// When a parameter has no value.
    pub(crate) fn draw(
        &self,
        number: u64,
        values: &mut Vec<Option<Value>>,
    ) -> Result<(), MissingValue> {
        self.source.draw(number, values)?;
        self.admission.complete(values)
    }

    /// Draws the values of a candidate by other numbers than its own; `None` if a parameter has no value.
    pub(crate) fn draw_guided(&self, rng: &mut CandidateRng) -> Option<Vec<Option<Value>>> {
        self.source.draw_guided(rng).ok()
    }

    /// Returns the draws that give some values.
    pub(crate) fn trace(&self, values: &[Option<Value>]) -> DrawTrace {
        self.source.trace(values)
    }

    /// Returns the values of another design space that parameters here may have by their names and kinds, and the places of
    /// those that no draw gives.
    pub(crate) fn translate(
        &self,
        value: impl Fn(&str) -> Option<Value>,
    ) -> (Vec<Option<Value>>, Vec<usize>) {
        self.source.translate(value)
    }

    /// Admits the candidate of drawn values: returns its job, unless it exists already or something speaks
    /// against it.
    pub(crate) fn admit(&self, mut values: Vec<Option<Value>>) -> Option<AdmittedJob> {
        self.admission.admit(Ok(()), &mut values, 0).ok().flatten()
    }

    /// Returns why the user's program can be asked no more, if it failed.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.admission.failure()
    }

    /// Finds everything that speaks against candidate number `number`, each constraint on its own. The
    /// choices are those of [`DesignSpace::choices`].
    pub(crate) fn examine(&self, number: u64, choices: &[usize]) -> ExaminedCandidate {
        let mut values = Vec::new();
        let drawn = self.source.draw(number, &mut values);
        let branches = choices.iter().map(|place| values[*place].clone()).collect();
        let (against, complexity) = self.admission.examine(drawn, &mut values);
        ExaminedCandidate { against, complexity, branches }
    }

    /// Returns the places of the choices among the parameters.
    pub(crate) fn choices(&self) -> Vec<usize> {
        self.source.choices()
    }

    /// Says why candidate number `number` cannot be judged, in words.
    pub(crate) fn explain(&self, number: u64, rejection: Rejection) -> Option<String> {
        let mut values = Vec::new();
        let drawn = self.source.draw(number, &mut values);
        self.admission.explain(drawn, values, rejection)
    }

    /// Returns the key under which a rejection is counted.
    pub(crate) fn key(&self, rejection: Rejection) -> String {
        self.admission.key(rejection)
    }

    /// Returns the text of the expression that a rejection is about.
    pub(crate) fn text(&self, rejection: Rejection) -> Option<&str> {
        self.admission.text(rejection)
    }

    /// Returns the limits on complexity that are set, each with its number and range.
    pub(crate) fn limits(&self) -> impl Iterator<Item = (usize, ClosedInterval)> {
        self.admission.checker().limits()
    }

    /// Returns true if a program of the user's reports numbers that candidates are judged by.
    pub(crate) fn asks_program(&self) -> bool {
        self.admission.asks_program()
    }

    /// Returns the digest of all that the population follows from but the number of its configs: of the
    /// `settings`, the base config, the given values, and the first candidates, which change where a
    /// later version of the toolkit draws or judges otherwise.
    ///
    /// `None` where a user's program judges candidates, since it may do so differently the next time.
    pub(crate) fn digest(&self, settings: &[(String, &Value)]) -> Option<String> {
        if self.asks_program() {
            return None;
        }
        let mut digest = ContentDigest::default();
        for (path, value) in settings {
            digest.text(path);
            digest.value(Some(value));
        }
        digest.value(Some(&self.setup.base_cfg));
        self.source.describe(&mut digest);
        let mut values = Vec::new();
        for number in 0..self.candidates().min(PROBES) {
            let drawn = self.source.draw(number, &mut values);
            for value in &values {
                digest.value(value.as_ref());
            }
            match self.admission.admit(drawn, &mut values, 0) {
                Ok(job) => digest.text(&job.map_or(String::new(), |(_, job)| job.summary())),
                Err(rejection) => digest.text(&self.key(rejection)),
            }
        }
        Some(digest.finish())
    }

    /// Takes candidate number `number` whatever the constraints say, with those that it does not meet, in words.
    ///
    /// # Errors
    ///
    /// Says in words why it is no config.
    pub(crate) fn take(&self, number: u64) -> Result<(Box<Candidate>, Vec<String>), String> {
        let mut values = Vec::new();
        let drawn = self.source.draw(number, &mut values);
        let (candidate, against) = self.admission.take(drawn, values)?;
        let words = |rejection: &Rejection| match self.text(*rejection) {
            Some(text) => format!("{} ({text})", self.key(*rejection)),
            None => self.key(*rejection),
        };
        Ok((candidate, against.iter().map(words).collect()))
    }

    /// Draws and judges candidate number `number` on its own. The fingerprint of the draw is taken only
    /// where the space `is_small`.
    pub(crate) fn judge(
        &self,
        number: u64,
        is_small: bool,
        values: &mut Vec<Option<Value>>,
    ) -> JudgedCandidate {
        let drawn = self.source.draw(number, values);
        let draw = is_small.then(|| fingerprint::of_values(values));
        let outcome = self.admission.admit(drawn, values, self.source.salt(number));
        JudgedCandidate { draw, outcome }
    }
}
