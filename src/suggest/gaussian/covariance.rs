//! The covariance of the results of a Gaussian process, and the form of it that fits them best.
//!
//! Matérn's covariance of smoothness 5/2 with a length for each coordinate, and independent noise. The variance is integrated
//! out; lengths and noise are where prior and results together are most probable.

use super::factor::TriangularFactor;
use super::space::CoordinateSpace;
use crate::app::num::float;

/// The prior of the variance: as if there were so many more results, of variance 1.
const PRIOR_RESULTS: f64 = 2.0;

/// The prior of the logarithm of a length, a coordinate's whole range being 1: the middle for one coordinate, and the deviation.
const LENGTH: f64 = 0.0;
const LENGTH_DEVIATION: f64 = 1.2;

/// The prior of the logarithm of the noise's share of the variance, and the least that it can be.
const NOISE: f64 = -4.0;
const NOISE_DEVIATION: f64 = 2.0;
const LEAST_NOISE: f64 = -13.0;

/// The steps that are made to find a form; the length of the first ones, of the shortest and of the longest.
const STEPS: usize = 25;
const FIRST_STEP: f64 = 0.4;
const SHORTEST_STEP: f64 = 0.01;
const LONGEST_STEP: f64 = 1.0;

/// The logarithms of the lengths, one for each coordinate, and of the noise.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CovarianceForm(pub(super) Vec<f64>);

impl CovarianceForm {
    /// Returns the most probable form before there are results. Distances grow with the number of coordinates, and so do lengths.
    fn middle(coordinates: usize) -> Self {
        let length = LENGTH + 0.5 * libm::log(float(coordinates.max(1)));
        Self([vec![length; coordinates], vec![NOISE]].concat())
    }

    /// Returns what a square of a distance counts in each coordinate.
    pub(super) fn weights(&self) -> Vec<f64> {
        let lengths = &self.0[..self.0.len() - 1];
        lengths.iter().map(|length| libm::exp(-2.0 * length)).collect()
    }

    /// Returns the noise's share of the variance.
    pub(super) fn noise(&self) -> f64 {
        libm::exp(self.0[self.0.len() - 1])
    }

    /// Moves a logarithm by a step.
    fn step(&mut self, at: usize, step: f64) {
        let least = if at + 1 == self.0.len() { LEAST_NOISE } else { f64::NEG_INFINITY };
        self.0[at] = (self.0[at] + step).max(least);
    }

    /// Returns the logarithm of the prior density, without its constant, and its slopes.
    fn prior(&self) -> (f64, Vec<f64>) {
        let last = self.0.len() - 1;
        let middle = Self::middle(last);
        let deviation = |at| if at == last { NOISE_DEVIATION } else { LENGTH_DEVIATION };
        let z: Vec<f64> =
            (0..=last).map(|at| (self.0[at] - middle.0[at]) / deviation(at)).collect();
        let density = -0.5 * z.iter().map(|z| z * z).sum::<f64>();
        (density, z.iter().enumerate().map(|(at, z)| -z / deviation(at)).collect())
    }
}

/// Returns the covariance at the square of a distance, the variance being 1, and its slope along that square.
pub(super) fn matern(square: f64) -> (f64, f64) {
    let distance = (5.0 * square).sqrt();
    let decay = libm::exp(-distance);
    ((1.0 + distance + distance * distance / 3.0) * decay, -5.0 / 6.0 * (1.0 + distance) * decay)
}

/// The results, and how far apart they are.
#[derive(Debug)]
pub(super) struct ScoredPoints<'s> {
    scores: &'s [f64],
    coordinates: usize,
    /// The square of the distance in each coordinate, pair by pair: the first point with all behind it, then the second.
    squares: Vec<f64>,
}

/// A form by the results.
#[derive(Debug, Clone)]
pub(super) struct FormEstimate {
    pub(super) factor: TriangularFactor,
    /// The inverse of the covariance, the variance being 1, times the scores.
    pub(super) solved: Vec<f64>,
    pub(super) variance: f64,
    /// The logarithm of the posterior density of the form, without its constant.
    pub(super) density: f64,
    /// The slope of the covariance of each pair along the square of its distance.
    slopes: Vec<f64>,
}

impl<'s> ScoredPoints<'s> {
    /// Measures the distances of points.
    pub(super) fn new(space: &CoordinateSpace, points: &[Vec<f64>], scores: &'s [f64]) -> Self {
        let pairs = points
            .iter()
            .enumerate()
            .flat_map(|(at, a)| points[at + 1..].iter().flat_map(move |b| space.squares(a, b)));
        Self { scores, coordinates: space.len(), squares: pairs.collect() }
    }

    /// Finds a form, by steps along the signs of the slopes from the middle of the prior on (Rprop; Blum and Riedmiller, ESANN
    /// 2013). Which steps are made depends on no sum's last bits.
    pub(super) fn fit(&self) -> CovarianceForm {
        let mut form = CovarianceForm::middle(self.coordinates);
        let mut best: (f64, CovarianceForm) = (f64::NEG_INFINITY, form.clone());
        let mut steps = vec![FIRST_STEP; self.coordinates + 1];
        let mut before = vec![0.0; self.coordinates + 1];
        for _ in 0..STEPS {
            let Some(estimate) = self.estimate(&form) else { break };
            if estimate.density > best.0 {
                best = (estimate.density, form.clone());
            }
            for (at, mut slope) in self.slopes(&form, &estimate).into_iter().enumerate() {
                if before[at] * slope > 0.0 {
                    steps[at] = (steps[at] * 1.2).min(LONGEST_STEP);
                } else if before[at] * slope < 0.0 {
                    steps[at] = (steps[at] * 0.5).max(SHORTEST_STEP);
                    slope = 0.0;
                }
                if slope != 0.0 {
                    form.step(at, steps[at].copysign(slope));
                }
                before[at] = slope;
            }
        }
        best.1
    }

    /// Judges a form; `None` where its covariance has no factor.
    pub(super) fn estimate(&self, form: &CovarianceForm) -> Option<FormEstimate> {
        let size = self.scores.len();
        let (weights, noise) = (form.weights(), form.noise());
        let mut covariance = vec![0.0; size * size];
        let mut slopes = Vec::with_capacity(size * (size - 1) / 2);
        let mut pairs = self.squares.chunks_exact(self.coordinates);
        for (i, row) in covariance.chunks_exact_mut(size).enumerate() {
            row[i] = 1.0 + noise;
            for (to, pair) in row[i + 1..].iter_mut().zip(&mut pairs) {
                let (value, slope) = matern(pair.iter().zip(&weights).map(|(d, w)| d * w).sum());
                *to = value;
                slopes.push(slope);
            }
        }
        let factor = TriangularFactor::new(size, covariance)?;
        let whitened = factor.whitened(self.scores);
        let square: f64 = whitened.iter().map(|x| x * x).sum();
        let count = float(size) + PRIOR_RESULTS;
        let variance = (PRIOR_RESULTS + square) / count;
        let likelihood = -0.5 * (count * libm::log(variance) + factor.log_determinant());
        let density = likelihood + form.prior().0;
        let solved = factor.solved(&whitened);
        Some(FormEstimate { factor, solved, variance, density, slopes })
    }

    /// Returns the slopes of the density of a form along each of its logarithms.
    pub(super) fn slopes(&self, form: &CovarianceForm, estimate: &FormEstimate) -> Vec<f64> {
        let (size, noise) = (self.scores.len(), form.noise());
        let precision = estimate.factor.precision();
        let solved = &estimate.solved;
        // Along one entry of the covariance.
        let entry = |i: usize, j: usize| {
            0.5 * (solved[i] * solved[j] / estimate.variance - precision[j * size + i])
        };
        let mut along = vec![0.0; self.coordinates];
        let mut pairs = self.squares.chunks_exact(self.coordinates).zip(&estimate.slopes);
        for i in 0..size {
            for (j, (pair, slope)) in (i + 1..size).zip(&mut pairs) {
                // A pair has two entries.
                let factor = 2.0 * entry(i, j) * slope;
                along.iter_mut().zip(pair).for_each(|(sum, square)| *sum += factor * square);
            }
        }
        // A weight falls twice as fast as the logarithm of its length grows.
        let lengths = along.iter().zip(form.weights()).map(|(sum, weight)| -2.0 * sum * weight);
        let of_noise = noise * (0..size).map(|i| entry(i, i)).sum::<f64>();
        let slopes = lengths.chain([of_noise]).zip(form.prior().1);
        slopes.map(|(results, prior)| results + prior).collect()
    }
}
