//! A Gaussian process over candidates: how good one is expected to be, and how surely, by the results of all others together.
//!
//! Where the density around good candidates knows only that they are good, the process interpolates all results. It is for
//! spaces of few draws, and for one objective.
//!
//! - `space`: the coordinates of candidates, in the quantiles of the samplers' laws,
//! - `covariance`: how alike the results of near candidates are, learned from the results,
//! - `factor`: the linear algebra.

mod covariance;
mod factor;
mod space;
#[cfg(test)]
mod tests;

use super::normal::{log_mean_above, normal_scores};
use super::ranking::{ObservedCandidate, ObservedOutcome};
use super::trace::DrawTrace;
use covariance::{CovarianceForm, FormEstimate, ScoredPoints, matern};
use space::CoordinateSpace;

/// The least observations, the most, and the most coordinates.
const LEAST: usize = 5;
const MOST: usize = 300;
const MOST_COORDINATES: usize = 20;

/// The most observations by which lengths are learned: the time grows with their third power.
const MOST_FITTED: usize = 100;

/// The least variance of a candidate.
const THIN: f64 = 1e-12;

/// A Gaussian process that knows observations, as normal scores of their ranks.
#[derive(Debug, Clone)]
pub(crate) struct GaussianProcess {
    space: CoordinateSpace,
    points: Vec<Vec<f64>>,
    weights: Vec<f64>,
    estimate: FormEstimate,
    /// The least mean of an observation: the least score would count the luck of noise, too.
    best: f64,
}

impl GaussianProcess {
    /// Learns from observations, in the order in which they were asked for; `None` where it is not worth it: with several
    /// objectives or many coordinates, or before a few observations have values.
    pub(crate) fn new(observations: &[ObservedCandidate]) -> Option<Self> {
        let values = levels(observations)?;
        let chosen = spread(&values, MOST);
        let traces: Vec<&DrawTrace> = chosen.iter().map(|at| &observations[*at].trace).collect();
        let space = CoordinateSpace::new(&traces);
        if space.len() == 0 || space.len() > MOST_COORDINATES {
            return None;
        }
        let scores = normal_scores(&values);
        let placed = |space: &CoordinateSpace, places: &[usize]| -> (Vec<Vec<f64>>, Vec<f64>) {
            let point = |at: &usize| (space.point(&observations[*at].trace), scores[*at]);
            places.iter().map(point).unzip()
        };
        let form = fitted(&space, placed(&space, &spread(&values, MOST_FITTED)));
        let chosen = placed(&space, &chosen);
        Self::with_form(space, chosen, &form)
    }

    /// Makes the process of a form that knows the scores of points.
    fn with_form(
        space: CoordinateSpace,
        (points, scores): (Vec<Vec<f64>>, Vec<f64>),
        form: &CovarianceForm,
    ) -> Option<Self> {
        let estimate = ScoredPoints::new(&space, &points, &scores).estimate(form)?;
        let noise = form.noise();
        let means = scores.iter().zip(&estimate.solved).map(|(score, x)| score - noise * x);
        let best = means.fold(f64::INFINITY, f64::min);
        Some(Self { weights: form.weights(), space, points, estimate, best })
    }

    /// Returns the mean and the deviation of the score of a candidate, to be small.
    fn predicted(&self, trace: &DrawTrace) -> (f64, f64) {
        let point = self.space.point(trace);
        let near = |other: &Vec<f64>| {
            let squares = self.space.squares(&point, other).zip(&self.weights);
            matern(squares.map(|(square, weight)| square * weight).sum()).0
        };
        let near: Vec<f64> = self.points.iter().map(near).collect();
        let mean = near.iter().zip(&self.estimate.solved).map(|(a, b)| a * b).sum();
        let known: f64 = self.estimate.factor.whitened(&near).iter().map(|x| x * x).sum();
        (mean, (self.estimate.variance * (1.0 - known).max(THIN)).sqrt())
    }

    /// Returns how much a candidate is worth trying: the logarithm of the improvement that is expected of it, to be large.
    pub(crate) fn score(&self, trace: &DrawTrace) -> f64 {
        let (mean, deviation) = self.predicted(trace);
        libm::log(deviation) + log_mean_above((self.best - mean) / deviation)
    }
}

/// Finds the form of the covariance of points and their scores.
fn fitted(space: &CoordinateSpace, (points, scores): (Vec<Vec<f64>>, Vec<f64>)) -> CovarianceForm {
    ScoredPoints::new(space, &points, &scores).fit()
}

/// Returns the value of each observation, what failed being above all; `None` where there are several objectives or too few
/// values.
fn levels(observations: &[ObservedCandidate]) -> Option<Vec<f64>> {
    let value = |one: &ObservedCandidate| match &one.outcome {
        ObservedOutcome::Values(values) => {
            <[f64; 1]>::try_from(values.as_slice()).ok().map(|[v]| v)
        }
        ObservedOutcome::Failed => Some(f64::INFINITY),
    };
    let values: Vec<f64> = observations.iter().map(value).collect::<Option<_>>()?;
    (values.iter().filter(|value| value.is_finite()).count() >= LEAST).then_some(values)
}

/// Returns the places of at most so many values: those of the better half of so many, and even steps through the others.
fn spread(values: &[f64], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    if values.len() <= most {
        return order;
    }
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let (best, others) = (most / 2, most - most / 2);
    let step = |i: usize| best + i * (values.len() - best) / others;
    let mut chosen =
        [order[..best].to_vec(), (0..others).map(|i| order[step(i)]).collect()].concat();
    chosen.sort_unstable();
    chosen
}
