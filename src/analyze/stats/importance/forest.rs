//! Grows trees on bootstrap samples, and measures how well they predict jobs that they have not
//! seen.
//!
//! A forest predicts too little where the outcome is extreme, since its trees average over boxes, and too
//! much where it has learnt noise. Both show in the jobs that a tree was not grown on: the line of the
//! outcomes over the predictions there is what a prediction should have been (the linear correction of
//! Zhang and Lu, "Bias-corrected random forests in regression", Journal of Applied Statistics 39, 2012).
//! The trees are put on that line, so that effects are neither flattened nor made of noise.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use rayon::prelude::*;

use super::levels::ColumnLevels;
use super::tree::{RegressionTree, TrainingSample};
use crate::app::num::float;

/// The number of trees.
const TREES: usize = 64;
/// The greatest number of draws that a tree is grown on: more make it no better, only slower.
const MOST_DRAWS: usize = 4000;
/// The least number of draws in a leaf: fewer learn the noise.
const LEAST: usize = 3;

/// A random forest of regression trees (Breiman, "Random Forests", Machine Learning 45, 2001).
#[derive(Debug)]
pub(super) struct RegressionForest {
    pub(super) trees: Vec<RegressionTree>,
    /// The share of the variance that it explains in jobs that the trees were not grown on.
    pub(super) explained: f64,
}

/// Grows a forest; the same input gives the same trees.
pub(super) fn grow(levels: &[ColumnLevels], outcomes: &[f64]) -> RegressionForest {
    let ground = TrainingSample { levels, outcomes, least: LEAST };
    let n = outcomes.len();
    let grown: Vec<(RegressionTree, Vec<(u32, f64)>)> = (0..TREES as u64)
        .into_par_iter()
        .map(|number| {
            let mut dice = ChaCha8Rng::seed_from_u64(0);
            dice.set_stream(number);
            let jobs = u32::try_from(n).unwrap_or(u32::MAX);
            let drawn: Vec<u32> =
                (0..n.min(MOST_DRAWS)).map(|_| dice.random_range(0..jobs)).collect();
            let unseen = unseen(&drawn, n);
            let tree = RegressionTree::grow(ground, drawn, &mut dice);
            let said = unseen.into_iter().map(|job| (job, tree.predict(levels, job as usize)));
            let said = said.collect();
            (tree, said)
        })
        .collect();
    let (mut trees, said): (Vec<RegressionTree>, Vec<Vec<(u32, f64)>>) = grown.into_iter().unzip();
    let line = CalibrationLine::of(&said, outcomes);
    trees
        .iter_mut()
        .flat_map(|tree| &mut tree.leaves)
        .for_each(|leaf| leaf.value = line.at(leaf.value));
    RegressionForest { trees, explained: line.explained }
}

/// Returns the jobs that were not drawn (out of bag), at most as many as were drawn.
fn unseen(drawn: &[u32], n: usize) -> Vec<u32> {
    let mut is_drawn = vec![false; n];
    for &job in drawn {
        is_drawn[job as usize] = true;
    }
    // Of many, every so many-th: another in each tree would be no better.
    let step = (n / (2 * MOST_DRAWS)).max(1);
    let unseen = (0u32..).zip(&is_drawn).step_by(step).filter(|(_, drawn)| !**drawn);
    unseen.map(|(job, _)| job).collect()
}

/// The line of the outcomes over the predictions of trees that were not grown on the jobs (Zhang
/// and Lu 2012).
#[derive(Debug, Clone, Copy, PartialEq)]
struct CalibrationLine {
    foot: f64,
    slope: f64,
    /// The share of the outcomes' variance that lies on it: the square of the correlation.
    explained: f64,
}

impl CalibrationLine {
    /// Fits it by least squares to the mean predictions; it is flat if the predictions do not rise
    /// with the outcomes.
    fn of(said: &[Vec<(u32, f64)>], outcomes: &[f64]) -> Self {
        let mut sums = vec![(0u32, 0.0f64); outcomes.len()];
        for &(job, value) in said.iter().flatten() {
            let sum = &mut sums[job as usize];
            sum.0 += 1;
            sum.1 += value;
        }
        let judged = sums.iter().zip(outcomes).filter(|(sum, _)| sum.0 > 0);
        let judged: Vec<(f64, f64)> =
            judged.map(|(sum, outcome)| (sum.1 / f64::from(sum.0), *outcome)).collect();
        let n = float(judged.len().max(1));
        let (x, y) = judged.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        let (x, y) = (x / n, y / n);
        let sum =
            |of: fn(f64, f64) -> f64| judged.iter().map(|p| of(p.0 - x, p.1 - y)).sum::<f64>();
        let (xx, xy, yy) = (sum(|a, _| a * a), sum(|a, b| a * b), sum(|_, b| b * b));
        if xx <= 0.0 || yy <= 0.0 || xy <= 0.0 {
            return Self { foot: y, slope: 0.0, explained: 0.0 };
        }
        let slope = xy / xx;
        Self { foot: y - slope * x, slope, explained: xy * xy / (xx * yy) }
    }

    fn at(self, value: f64) -> f64 {
        self.foot + self.slope * value
    }
}
