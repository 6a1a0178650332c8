//! Weighs past sweeps beside the sweep's own results, and names their best configs.

use sweep_config::Value;
use sweep_config::records::{PriorJob, PriorSweep, PriorUse, PriorWeight};

use super::PriorKnowledge;
use crate::app::num::float;
use crate::setup::drawing::DesignSpace;
use crate::setup::sampler::CandidateRng;
use crate::setup::tuning::results::value_of;
use crate::suggest::{
    BlendedTuner, DrawGuide, DrawTrace, ObservedCandidate, ObservedOutcome, ParzenTuner, SearchRng,
    prior_weight,
};
use crate::trials::TypedPairs;

/// The number of times that what the best config of a past sweep lacks is drawn, until it meets the constraints.
const TRIES: u64 = 8;

/// The first of the random streams that these draws have.
const STREAMS: u64 = 1 << 60;

/// Values that differ by no more, as a share, are one that was rounded.
const ROUNDING: f64 = 1e-6;

/// A config of a past sweep, as far as this design space has it.
#[derive(Debug, Clone)]
struct PriorConfig {
    trace: DrawTrace,
    values: Vec<Option<Value>>,
}

/// Past sweeps in a search.
#[derive(Debug, Clone, Default)]
pub(in crate::setup::tuning) struct PriorGuidance {
    snapshot: Option<String>,
    weights: Vec<PriorWeight>,
    /// The best configs of the sweeps that have a weight, the best of each first.
    best: Vec<PriorConfig>,
    /// The number of configs that are still to be some of the best.
    left: u64,
}

impl PriorGuidance {
    /// Joins what past sweeps say with a tuner that has learned from `own` results. So many configs as are `left` are to be some
    /// of their best.
    pub(in crate::setup::tuning) fn join(
        knowledge: &PriorKnowledge,
        space: &DesignSpace<'_>,
        (own, tuner): (&[ObservedCandidate], ParzenTuner),
        left: u64,
    ) -> (Self, BlendedTuner) {
        let mut priors = Vec::new();
        let mut weighted = Vec::new();
        let mut weights = Vec::new();
        for prior in knowledge.of_use() {
            let (configs, observed) = configs(prior, space);
            let learned = ParzenTuner::new(&observed);
            let weight = prior_weight(&learned, own);
            weights.push(PriorWeight { sweep: prior.sweep.clone(), weight });
            weighted.push((weight, configs));
            priors.push((learned, weight));
        }
        // Of two that agree as well, the one that comes first by name.
        weighted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        weighted.retain(|(weight, _)| *weight > 0.0);
        let longest = weighted.iter().map(|(_, configs)| configs.len()).max().unwrap_or(0);
        let of_rank = |rank: usize| weighted.iter().filter_map(move |(_, all)| all.get(rank));
        let best: Vec<PriorConfig> = (0..longest).flat_map(of_rank).cloned().collect();
        let left = if best.is_empty() { 0 } else { left };
        let snapshot = knowledge.snapshot.as_ref().map(|(digest, _)| digest.clone());
        (Self { snapshot, weights, best, left }, BlendedTuner::new(tuner, priors))
    }

    /// Returns true if the next config is to be one of the best of past sweeps.
    pub(in crate::setup::tuning) fn is_next(&self) -> bool {
        self.left > 0
    }

    /// Returns the best configs of past sweeps as values of this space, for the suggestion of a number. What they lack is
    /// drawn at random, several times.
    pub(in crate::setup::tuning) fn best<'s>(
        &'s self,
        space: &'s DesignSpace<'_>,
        seed: u64,
        number: u64,
    ) -> impl Iterator<Item = Vec<Option<Value>>> + 's {
        self.best.iter().flat_map(move |config| {
            (0..TRIES).filter_map(move |tried| {
                let rng = SearchRng::new(seed, STREAMS + number * TRIES + tried);
                let guide = DrawGuide::along(&config.trace, rng);
                let drawn = space.draw_guided(&mut CandidateRng::guided(guide))?;
                Some(drawn.into_iter().zip(&config.values).map(unrounded).collect())
            })
        })
    }

    /// Notes that one of the best configs became a job, or that there is none that could.
    pub(in crate::setup::tuning) fn took(&mut self, is_found: bool) {
        self.left = if is_found { self.left.saturating_sub(1) } else { 0 };
    }

    /// Returns what a suggestion takes from past sweeps, if any are named.
    pub(in crate::setup::tuning) fn in_use(&self) -> Option<PriorUse> {
        let snapshot = self.snapshot.clone()?;
        Some(PriorUse { snapshot, weights: self.weights.clone() })
    }
}

/// Returns the configs of a past sweep that did not fail, the best first, and all as observations.
fn configs(
    prior: &PriorSweep<TypedPairs>,
    space: &DesignSpace<'_>,
) -> (Vec<PriorConfig>, Vec<ObservedCandidate>) {
    let mut configs = Vec::new();
    let mut observed = Vec::new();
    for PriorJob { rank, values: TypedPairs(values), .. } in &prior.jobs {
        let (values, _) = space.translate(|name| value_of(values, name));
        let trace = space.trace(&values);
        let outcome = match rank {
            Some(rank) => ObservedOutcome::Values(vec![float(*rank)]),
            None => ObservedOutcome::Failed,
        };
        if rank.is_some() {
            configs.push(PriorConfig { trace: trace.clone(), values });
        }
        observed.push(ObservedCandidate { trace, outcome });
    }
    (configs, observed)
}

/// Returns the number that a past sweep had where the one that was drawn differs by rounding.
fn unrounded((drawn, prior): (Option<Value>, &Option<Value>)) -> Option<Value> {
    let (Some(Value::Float(drawn)), Some(prior)) = (&drawn, prior) else { return drawn };
    let number = prior.as_f64().filter(|prior| (drawn - prior).abs() <= ROUNDING * prior.abs());
    Some(Value::Float(number.unwrap_or(*drawn)))
}
