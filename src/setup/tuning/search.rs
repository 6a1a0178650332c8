//! Chooses a config by what is known of others.

use std::collections::HashSet;
use std::sync::OnceLock;

use rayon::prelude::*;
use sweep_config::{SetupConfig, Value};

use super::picks::BestPicks;
use super::prior::{PriorGuidance, PriorKnowledge};
use super::record::{SuggestionKind, SuggestionRecord};
use super::results::{KnownResults, value_of};
use crate::app::Failure;
use crate::app::num::unit;
use crate::setup::candidate::Candidate;
use crate::setup::drawing::{AdmittedJob, DesignSpace, SMALL_SPACE};
use crate::setup::identity::JobFingerprint;
use crate::setup::sampler::{CandidateRng, hash};
use crate::suggest::{
    BlendedTuner, DrawTrace, GaussianProcess, ObservedCandidate, ParzenTuner, SearchRng,
};

/// The number of times that candidates are drawn around good observations before random draws take their place.
const BATCHES: u64 = 8;

/// A hash's part that decides whether a config belongs to the control group.
const CONTROL: u64 = 0x7475_6e65;

/// A config that was found.
#[derive(Debug, Clone)]
pub(super) struct FoundConfig {
    /// The number of its first job.
    pub(super) job: u64,
    pub(super) kind: SuggestionKind,
    pub(super) candidate: Candidate,
}

/// The search for the next configs.
pub(super) struct ConfigSearch<'a> {
    space: &'a DesignSpace<'a>,
    setup: &'a SetupConfig,
    results: KnownResults,
    observations: Vec<ObservedCandidate>,
    tuner: BlendedTuner,
    /// Learned when it is first asked for.
    process: OnceLock<Option<GaussianProcess>>,
    priors: PriorGuidance,
    /// The number of the next candidate of the random draws.
    next: u64,
    /// The jobs that were found here.
    found: HashSet<JobFingerprint>,
}

impl<'a> ConfigSearch<'a> {
    /// Prepares the search; `next` is the number of the next candidate of the random draws. Some configs
    /// are to be the best of past sweeps.
    pub(super) fn new(
        space: &'a DesignSpace<'a>,
        setup: &'a SetupConfig,
        results: KnownResults,
        next: u64,
        (priors, picks): (&PriorKnowledge, &BestPicks),
    ) -> Self {
        let observed = |(config, outcome): &(u64, _)| {
            let sampled = results.sampled.get(config).map_or(&[][..], Vec::as_slice);
            ObservedCandidate { trace: trace(space, sampled), outcome: Clone::clone(outcome) }
        };
        let observations: Vec<ObservedCandidate> =
            results.outcomes.par_iter().map(observed).collect();
        let left = picks.left_by(&results.outcomes, &observations);
        let own = (&observations[..], ParzenTuner::new(&observations));
        let (priors, tuner) = PriorGuidance::join(priors, space, own, left);
        let (process, found) = (OnceLock::new(), HashSet::new());
        Self { space, setup, results, observations, tuner, process, priors, next, found }
    }

    /// Returns the results that it learned from.
    pub(super) fn results(&self) -> &KnownResults {
        &self.results
    }

    /// Returns what past sweeps add to it.
    pub(super) fn priors(&self) -> &PriorGuidance {
        &self.priors
    }

    /// Returns the number of the next candidate of the random draws.
    pub(super) fn next_candidate(&self) -> u64 {
        self.next
    }

    /// Returns the record of all that the config of a number follows from, as things stand.
    pub(super) fn record(&self, (config, job): (u64, u64)) -> SuggestionRecord {
        SuggestionRecord::new(
            (config, job),
            self.kind(config),
            self.setup.rng_seed,
            self.next,
            &self.results.outcomes,
        )
        .with_priors(self.priors.in_use())
    }

    /// Finds the config of a number, whose first job has another one; `None` if no other one meets the constraints.
    ///
    /// # Errors
    ///
    /// When the user's program fails.
    pub(super) fn find(
        &mut self,
        (config, job): (u64, u64),
    ) -> Result<Option<FoundConfig>, Failure> {
        let mut kind = self.kind(config);
        if kind == SuggestionKind::Prior {
            let candidate = self.best_of_priors(config)?;
            self.priors.took(candidate.is_some());
            if let Some(candidate) = candidate {
                return Ok(Some(FoundConfig { job, kind, candidate }));
            }
            kind = self.kind(config);
        }
        let tuned = if kind == SuggestionKind::Tuned { self.tuned(config)? } else { None };
        let candidate = if tuned.is_some() {
            tuned
        } else {
            // Where no candidate around good ones is left, a random draw is what it is.
            kind = if kind == SuggestionKind::Tuned { SuggestionKind::Control } else { kind };
            self.drawn()?
        };
        Ok(candidate.map(|candidate| FoundConfig { job, kind, candidate }))
    }

    /// Says how the config of a number is found.
    fn kind(&self, number: u64) -> SuggestionKind {
        let tune = &self.setup.tune;
        let share = unit(hash(self.setup.rng_seed ^ CONTROL, number));
        let is_early = number < u64::from(tune.startup);
        let is_control = !is_early && share < tune.control;
        if self.priors.is_next() && !is_control {
            SuggestionKind::Prior
        } else if is_early {
            SuggestionKind::Startup
        } else if is_control {
            SuggestionKind::Control
        } else if self.results.outcomes.is_empty() && !self.tuner.has_priors() {
            SuggestionKind::Startup
        } else {
            SuggestionKind::Tuned
        }
    }

    /// Takes the first of the best configs of past sweeps that is new and meets the constraints.
    fn best_of_priors(&mut self, number: u64) -> Result<Option<Candidate>, Failure> {
        let priors = std::mem::take(&mut self.priors);
        let mut found = Ok(None);
        for values in priors.best(self.space, self.setup.rng_seed, number) {
            found = self.take(self.space.admit(values));
            if !matches!(found, Ok(None)) {
                break;
            }
        }
        self.priors = priors;
        found
    }

    /// Draws candidates around good observations, and takes the first that is new and meets the constraints, from the one
    /// that is most worth trying on.
    fn tuned(&mut self, number: u64) -> Result<Option<Candidate>, Failure> {
        for batch in 0..BATCHES {
            let first = (number * BATCHES + batch) * u64::from(self.setup.tune.candidates);
            let draw = |i: u32| {
                let rng = SearchRng::new(self.setup.rng_seed, first + u64::from(i));
                let mut rng = CandidateRng::guided(self.tuner.guide(rng));
                let values = self.space.draw_guided(&mut rng)?;
                Some((self.score(number, &self.space.trace(&values)), values))
            };
            let drawn = (0..self.setup.tune.candidates).into_par_iter().filter_map(draw);
            let mut drawn: Vec<(f64, Vec<Option<Value>>)> = drawn.collect();
            drawn.sort_by(|(a, _), (b, _)| b.total_cmp(a));
            for (_, values) in drawn {
                let admitted = self.space.admit(values);
                if let Some(candidate) = self.take(admitted)? {
                    return Ok(Some(candidate));
                }
            }
        }
        Ok(None)
    }

    /// Returns how much a candidate is worth trying as the config of a number: every other one is judged by the Gaussian process,
    /// where there is one. It knows nothing of past sweeps, around whose good configs candidates are drawn for it, too.
    fn score(&self, number: u64, trace: &DrawTrace) -> f64 {
        let learned = || GaussianProcess::new(&self.observations);
        let turn = (number % 2 == 1).then(|| self.process.get_or_init(learned).as_ref());
        turn.flatten().map_or_else(|| self.tuner.score(trace), |process| process.score(trace))
    }

    /// Takes the next random draw that is new and meets the constraints.
    fn drawn(&mut self) -> Result<Option<Candidate>, Failure> {
        let support = self.space.support().filter(|support| *support <= SMALL_SPACE);
        let last = self.next.saturating_add(self.space.candidates());
        // In a small space, all draws that there are may have been seen.
        let mut seen = HashSet::new();
        let mut values = Vec::new();
        while self.next < last && support.is_none_or(|support| (seen.len() as u128) < support) {
            let judged = self.space.judge(self.next, support.is_some(), &mut values);
            self.next += 1;
            seen.extend(judged.draw);
            if let Some(candidate) = self.take(judged.outcome.ok().flatten())? {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// Takes a job that nothing speaks against, if it is new here.
    fn take(&mut self, admitted: Option<AdmittedJob>) -> Result<Option<Candidate>, Failure> {
        if let Some(failure) = self.space.failure() {
            return Err(failure);
        }
        Ok(admitted.filter(|(job, _)| self.found.insert(*job)).map(|(_, candidate)| *candidate))
    }
}

/// Returns the draws that give sampled values.
fn trace(space: &DesignSpace<'_>, sampled: &[(String, Value)]) -> DrawTrace {
    let names = space.params().names().iter();
    let values: Vec<Option<Value>> = names.map(|name| value_of(sampled, name)).collect();
    space.trace(&values)
}
