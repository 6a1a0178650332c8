//! Trees on bootstrap samples, and how well they predict jobs that they have not seen.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use rayon::prelude::*;

use super::levels::Levels;
use super::tree::{Ground, Tree};
use crate::analyze::stats::float;

/// How many trees.
const TREES: usize = 64;
/// A tree is grown on so many draws at most: more make it no better, only slower.
const MOST_DRAWS: usize = 4000;
/// A leaf has at least so many draws: fewer learn the noise.
const LEAST: usize = 3;

/// A forest.
#[derive(Debug)]
pub(super) struct Forest {
    pub(super) trees: Vec<Tree>,
    /// The share of the variance that it explains out of bag.
    pub(super) explained: f64,
}

/// Grows a forest; the same input gives the same trees.
pub(super) fn grow(levels: &[Levels], outcomes: &[f64]) -> Forest {
    let ground = Ground { levels, outcomes, least: LEAST };
    let n = outcomes.len();
    let grown: Vec<(Tree, Vec<(u32, f64)>)> = (0..TREES as u64)
        .into_par_iter()
        .map(|number| {
            let mut dice = ChaCha8Rng::seed_from_u64(0);
            dice.set_stream(number);
            let jobs = u32::try_from(n).unwrap_or(u32::MAX);
            let drawn: Vec<u32> =
                (0..n.min(MOST_DRAWS)).map(|_| dice.random_range(0..jobs)).collect();
            let unseen = unseen(&drawn, n);
            let tree = Tree::grow(ground, drawn, &mut dice);
            let said = unseen.into_iter().map(|job| (job, tree.predict(levels, job as usize)));
            let said = said.collect();
            (tree, said)
        })
        .collect();
    let (trees, said): (Vec<Tree>, Vec<Vec<(u32, f64)>>) = grown.into_iter().unzip();
    Forest { trees, explained: explained(&said, outcomes) }
}

/// Jobs that were not drawn, as many as were drawn at most.
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

/// One minus the mean squared error of the mean prediction over the variance (Breiman, "Random
/// Forests", Machine Learning 45, 2001, section 3.1).
fn explained(said: &[Vec<(u32, f64)>], outcomes: &[f64]) -> f64 {
    let mut sums = vec![(0u32, 0.0f64); outcomes.len()];
    for &(job, value) in said.iter().flatten() {
        let sum = &mut sums[job as usize];
        sum.0 += 1;
        sum.1 += value;
    }
    let judged: Vec<(f64, f64)> = sums
        .iter()
        .zip(outcomes)
        .filter(|(sum, _)| sum.0 > 0)
        .map(|(sum, outcome)| (sum.1 / f64::from(sum.0), *outcome))
        .collect();
    let mean = judged.iter().map(|pair| pair.1).sum::<f64>() / float(judged.len().max(1));
    let error: f64 = judged.iter().map(|(said, is)| (said - is).powi(2)).sum();
    let variance: f64 = judged.iter().map(|(_, is)| (is - mean).powi(2)).sum();
    if variance > 0.0 { 1.0 - error / variance } else { 0.0 }
}
