//! Past sweeps: what their results say of a candidate, in proportion to how well that agrees with the sweep's own.

use std::cmp::Ordering;

use super::random::SearchRng;
use super::ranking::{ObservedCandidate, fronts};
use super::trace::DrawTrace;
use super::tuner::{DrawGuide, ParzenTuner};
use crate::app::num::float;

/// The agreement that is expected of a past sweep before there are own results.
const START: f64 = 0.5;

/// The number of own results that say as much of the agreement as what was expected.
const EXPECTED: f64 = 6.0;

/// The number of own results up to which a past sweep that agrees fully has the weight 1.
const FADES: f64 = 30.0;

/// Returns the weight of a past sweep, whose jobs `prior` learned from, beside own results: how it agrees with them, drawn
/// towards what was expected while they are few.
pub(crate) fn prior_weight(prior: &ParzenTuner, own: &[ObservedCandidate]) -> f64 {
    let (fronts, count) = (fronts(own), float(own.len()));
    let scores: Vec<f64> = own.iter().map(|one| prior.score(&one.trace)).collect();
    let agreement = (EXPECTED * START + count * agreement(&fronts, &scores)) / (EXPECTED + count);
    agreement.max(0.0) * (FADES / count).min(1.0)
}

/// Returns the share of the pairs of one observation of each kind in which the first is better, a tie counting half; `None` where
/// there is no pair.
pub(crate) fn share_won(
    own: &[ObservedCandidate],
    firsts: &[usize],
    others: &[usize],
) -> Option<f64> {
    let fronts = fronts(own);
    let won = |first: usize, other: usize| 0.5 * (1.0 + sign(fronts[other].cmp(&fronts[first])));
    let all = firsts.iter().flat_map(|first| others.iter().map(|other| won(*first, *other)));
    let pairs = firsts.len() * others.len();
    (pairs > 0).then(|| all.sum::<f64>() / float(pairs))
}

/// Returns Kendall's tau-b between places, of which small ones are good, and scores, of which large ones are; 0 where
/// either is the same for all.
fn agreement(places: &[usize], scores: &[f64]) -> f64 {
    let (mut sum, mut places_differ, mut scores_differ) = (0.0, 0.0, 0.0);
    for (at, (place, score)) in places.iter().zip(scores).enumerate() {
        for (other_place, other_score) in places.iter().zip(scores).skip(at + 1) {
            let by_place = sign(other_place.cmp(place));
            let by_score = sign(score.total_cmp(other_score));
            sum += by_place * by_score;
            places_differ += by_place.abs();
            scores_differ += by_score.abs();
        }
    }
    let pairs: f64 = places_differ * scores_differ;
    if pairs > 0.0 { sum / pairs.sqrt() } else { 0.0 }
}

fn sign(order: Ordering) -> f64 {
    match order {
        Ordering::Less => -1.0,
        Ordering::Equal => 0.0,
        Ordering::Greater => 1.0,
    }
}

/// A tuner and those of past sweeps, each with its weight.
#[derive(Debug, Clone)]
pub(crate) struct BlendedTuner {
    own: ParzenTuner,
    /// Those that have a weight. All of them together count no more than the own results.
    priors: Vec<(ParzenTuner, f64)>,
}

impl BlendedTuner {
    /// Joins a tuner with those of past sweeps and their weights.
    pub(crate) fn new(own: ParzenTuner, priors: Vec<(ParzenTuner, f64)>) -> Self {
        let sum: f64 = priors.iter().map(|(_, weight)| weight).sum();
        let scaled = priors.into_iter().filter(|(_, weight)| *weight > 0.0);
        let scaled = scaled.map(|(tuner, weight)| (tuner, weight / sum.max(1.0)));
        Self { own, priors: scaled.collect() }
    }

    /// Returns true if any past sweep counts.
    pub(crate) fn has_priors(&self) -> bool {
        !self.priors.is_empty()
    }

    /// Returns a guide that draws a candidate around a good observation, or one of a past sweep, or by the samplers' laws.
    pub(crate) fn guide(&self, mut rng: SearchRng) -> DrawGuide {
        if self.priors.is_empty() {
            return self.own.guide(rng);
        }
        let total: f64 = 1.0 + self.priors.iter().map(|(_, weight)| weight).sum::<f64>();
        let mut left = rng.unit() * total - 1.0;
        if left >= 0.0 {
            for (tuner, weight) in &self.priors {
                left -= weight;
                if left < 0.0 {
                    return tuner.guide(rng);
                }
            }
        }
        self.own.guide(rng)
    }

    /// Returns how much a candidate is worth trying, to be large.
    pub(crate) fn score(&self, trace: &DrawTrace) -> f64 {
        let weighted = self.priors.iter().map(|(tuner, weight)| weight * tuner.score(trace));
        self.own.score(trace) + weighted.sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::ranking::ObservedOutcome;
    use super::super::trace::QuantileCell;
    use super::*;

    /// Observations of one ordered draw, with values that a function has there.
    fn observed(count: u32, value: impl Fn(f64) -> f64) -> Vec<ObservedCandidate> {
        let at = |number: u32| {
            // Spread in an order of no meaning.
            let middle = (f64::from(number * 7 % count) + 0.5) / f64::from(count);
            let mut trace = DrawTrace::default();
            trace.push(0, [QuantileCell { low: middle, high: middle, is_ordered: true }]);
            ObservedCandidate { trace, outcome: ObservedOutcome::Values(vec![value(middle)]) }
        };
        (0..count).map(at).collect()
    }

    fn near(least: f64) -> impl Fn(f64) -> f64 {
        move |at| (at - least).abs()
    }

    #[test]
    fn a_sweep_counts_by_how_it_agrees_and_less_the_more_is_known() {
        let same = ParzenTuner::new(&observed(60, near(0.3)));
        let opposite = ParzenTuner::new(&observed(60, |at| -(at - 0.3).abs()));
        let own = |count| observed(count, |at| near(0.3)(at).exp());
        assert!((prior_weight(&same, &[]) - START).abs() < 1e-12);
        let few = [prior_weight(&opposite, &own(3)), prior_weight(&same, &own(3))];
        assert!(few[0] < START && START < few[1], "{few:?}");
        assert!(prior_weight(&same, &own(20)) > 0.6);
        assert!(prior_weight(&opposite, &own(20)).abs() < 1e-12);
        assert!(prior_weight(&same, &own(100)) < 0.3);
    }

    #[test]
    fn a_pair_is_won_by_the_better_result_and_halved_by_equal_ones() {
        let mut own = observed(4, near(0.0));
        own[3].outcome = ObservedOutcome::Failed;
        own[2].outcome = own[0].outcome.clone();
        assert_eq!(share_won(&own, &[0], &[1, 2, 3]), Some(2.5 / 3.0));
        assert_eq!(share_won(&own, &[3], &[0, 1, 2]), Some(0.0));
        assert_eq!(share_won(&own, &[], &[0]), None);
    }

    #[test]
    fn kendalls_tau_is_that_of_scipy() {
        // scipy.stats.kendalltau([1, 2, 2, 3, 5, 4], [-x for x in (0.1, 0.4, 0.2, 0.2, -0.3, 0.0)])
        let tau = agreement(&[1, 2, 2, 3, 5, 4], &[0.1, 0.4, 0.2, 0.2, -0.3, 0.0]);
        assert!((tau - TAU).abs() < 1e-12, "{tau}");
        assert!(agreement(&[1, 1], &[0.0, 1.0]).abs() < 1e-12);
    }

    const TAU: f64 = 0.5;

    #[test]
    fn candidates_are_drawn_around_what_past_sweeps_found() {
        let prior = ParzenTuner::new(&observed(60, near(0.9)));
        let blended = BlendedTuner::new(ParzenTuner::new(&[]), vec![(prior, 0.5)]);
        let drawn = |number| {
            let address = super::super::trace::DrawAddress { place: 0, index: 0 };
            blended.guide(SearchRng::new(1, number)).quantile(address)
        };
        let near = (0..1000).filter(|number| drawn(*number) > 0.75).count();
        // A third is drawn around 0.9, the others anywhere.
        assert!((400..600).contains(&near), "{near}");
        let score = |at: f64| {
            let mut trace = DrawTrace::default();
            trace.push(0, [QuantileCell { low: at, high: at, is_ordered: true }]);
            blended.score(&trace)
        };
        assert!(score(0.9) > 0.2 && score(0.2) < 0.0, "{} {}", score(0.9), score(0.2));
    }
}
