//! Candidates by number, before anything is asked of them.

use sweep_config::{SetupConfig, Value};

use crate::app::Failure;
use crate::setup::given::GivenValues;
use crate::setup::identity::ContentDigest;
use crate::setup::param_list::ParamList;
use crate::setup::sampler::{CandidateRng, MissingValue, SamplerTree};
use crate::setup::strategy::DrawMode;
use crate::suggest::DrawTrace;

/// Draws the candidates of a sweep, each by its number.
///
/// Candidate *i* depends on the seed and on *i* alone, so that threads may draw them in any portions,
/// and a longer sweep begins with the shorter one.
pub(super) struct CandidateSource<'a> {
    setup: &'a SetupConfig,
    /// The values that are given, in all combinations.
    given: &'a GivenValues,
    samplers: SamplerTree<'a>,
    mode: DrawMode,
}

impl<'a> CandidateSource<'a> {
    /// Prepares the samplers of a setup beside the given values.
    ///
    /// # Errors
    ///
    /// When a sampler cannot be drawn from.
    pub(super) fn new(setup: &'a SetupConfig, given: &'a GivenValues) -> Result<Self, Failure> {
        let samplers = SamplerTree::new(setup, given)?;
        let mode = DrawMode::new(setup, &samplers, given.len())?;
        Ok(Self { setup, given, samplers, mode })
    }

    /// Returns the parameters that are drawn, the given ones first.
    pub(super) fn params(&self) -> &ParamList {
        self.samplers.params()
    }

    /// Returns the places of the choices.
    pub(super) fn choices(&self) -> Vec<usize> {
        self.samplers.choices()
    }

    /// Returns true if every candidate has a value for each parameter.
    pub(super) fn is_complete(&self) -> bool {
        self.given.are_complete() && self.samplers.is_complete()
    }

    /// Returns the number of candidates, if they are not drawn at random.
    pub(super) fn total(&self) -> Option<u64> {
        match self.mode {
            DrawMode::Points(points) => Some(points.saturating_mul(self.given.len())),
            DrawMode::Random | DrawMode::Even(_) => None,
        }
    }

    /// Returns the parameter, or what else, that makes most of the combinations, with the number of its values.
    pub(super) fn largest_factor(&self) -> Option<(String, u64)> {
        let replicates = ("SETUP.REPLICATES".to_owned(), self.setup.replicates.into());
        let factors = [Some(replicates), self.samplers.largest(), self.given.largest().cloned()];
        factors
            .into_iter()
            .flatten()
            .filter(|(_, values)| *values > 1)
            .max_by_key(|(_, values)| *values)
    }

    /// Returns the number of candidates that may be tried.
    pub(super) fn candidates(&self) -> u64 {
        self.total().unwrap_or(u64::MAX).min(self.setup.num_samples)
    }

    /// Draws the values of candidate number `number` into `values`, in place of what they hold.
    ///
    /// # Errors
    ///
    /// When a parameter has no value.
    pub(super) fn draw(
        &self,
        number: u64,
        values: &mut Vec<Option<Value>>,
    ) -> Result<(), MissingValue> {
        let params = self.params().names().len();
        values.truncate(params);
        for value in values.iter_mut() {
            *value = None;
        }
        values.resize(params, None);
        let (combination, draw) = self.split(number);
        let fixed = self.given.set(combination, values);
        let seed = self.setup.rng_seed;
        let mut rng = match self.mode {
            DrawMode::Points(_) => {
                return self.samplers.point(draw, values, fixed);
            }
            DrawMode::Random => CandidateRng::new(seed, draw),
            DrawMode::Even(sequence) => CandidateRng::even(sequence, seed, draw),
        };
        self.samplers.draw(&mut rng, values, fixed)
    }

    /// Draws values by other numbers than those of a candidate; nothing is given.
    ///
    /// # Errors
    ///
    /// When a parameter has no value.
    pub(super) fn draw_guided(
        &self,
        rng: &mut CandidateRng,
    ) -> Result<Vec<Option<Value>>, MissingValue> {
        let mut values = vec![None; self.params().names().len()];
        self.samplers.draw(rng, &mut values, &[])?;
        Ok(values)
    }

    /// Returns the draws that give some values.
    pub(super) fn trace(&self, values: &[Option<Value>]) -> DrawTrace {
        self.samplers.trace(values)
    }

    /// Returns the values of another design space that parameters here may have by their names and kinds, and the places of
    /// those that no draw gives.
    pub(super) fn translate(
        &self,
        value: impl Fn(&str) -> Option<Value>,
    ) -> (Vec<Option<Value>>, Vec<usize>) {
        let names = self.params().names().iter().enumerate();
        let taken = names
            .map(|(place, name)| value(name).filter(|value| self.samplers.takes(place, value)));
        let values: Vec<Option<Value>> = taken.collect();
        let outside = self.samplers.outside(&values);
        (values, outside)
    }

    /// Splits a candidate's number into that of its given combination and that of its draw. Where draws
    /// can be counted a combination has all of them before the next one comes, otherwise a draw has all
    /// combinations.
    fn split(&self, number: u64) -> (u64, u64) {
        match self.mode {
            DrawMode::Points(points) => (number / points, number % points),
            // Divisions are dear where millions of candidates are drawn in a second.
            _ if self.given.len() == 1 => (0, number),
            _ => (number % self.given.len(), number / self.given.len()),
        }
    }

    /// Returns the number of different configs that can be drawn at random, if that is known.
    ///
    /// It is not where several combinations are given, since each counts as a draw.
    pub(super) fn support(&self) -> Option<u128> {
        let is_random = self.total().is_none() && self.given.len() == 1;
        if is_random { self.samplers.support() } else { None }
    }

    /// Returns what tells jobs apart that are otherwise the same: 0, or where repeats are wanted the
    /// number of the given combination.
    pub(super) fn salt(&self, number: u64) -> u64 {
        if self.setup.remove_duplicates { 0 } else { self.split(number).0 }
    }

    /// Adds the given values to a digest.
    pub(super) fn describe(&self, digest: &mut ContentDigest) {
        self.given.describe(digest);
    }
}
