//! Computes the marginals of trees and their variances (Hutter, Hoos and Leyton-Brown 2014, section
//! 4).
//!
//! A leaf adds `value x share of the other columns` to the marginal of a column in each level that
//! it spans: two changes of an array of differences, whatever it spans; of a pair, four of a table.

use super::levels::ColumnLevels;
use super::tree::{RegressionTree, TreeLeaf};
use crate::app::num::float;

/// Returns the variance of a column's marginal, weighed by the shares of its levels, in the squared
/// unit of the outcome; `means` has one entry a level.
pub(super) fn alone(levels: &ColumnLevels, means: &[f64]) -> f64 {
    let share = |at: usize| levels.edges[at + 1] - levels.edges[at];
    let mean: f64 = means.iter().enumerate().map(|(at, m)| share(at) * m).sum();
    means.iter().enumerate().map(|(at, m)| share(at) * (m - mean).powi(2)).sum()
}

/// Returns the variance of the marginal of two columns beyond that of each, whose marginals are
/// given, in the squared unit of the outcome.
pub(super) fn beyond(
    trees: &[RegressionTree],
    levels: &[ColumnLevels],
    (a, b): (usize, usize),
    (of_a, of_b): (&[f64], &[f64]),
) -> f64 {
    let width = of_b.len();
    let mut table = vec![0.0; of_a.len() * width];
    for tree in trees {
        tree.add_pair(levels, (a, b), &mut table);
    }
    let share = |levels: &ColumnLevels, at: usize| levels.edges[at + 1] - levels.edges[at];
    let mean: f64 = of_a.iter().enumerate().map(|(at, m)| share(&levels[a], at) * m).sum();
    let mut variance = 0.0;
    for (i, row) in table.chunks(width).enumerate() {
        for (j, cell) in row.iter().enumerate() {
            let rest = cell / float(trees.len()) - of_a[i] - of_b[j] + mean;
            variance += share(&levels[a], i) * share(&levels[b], j) * rest.powi(2);
        }
    }
    variance
}

impl RegressionTree {
    /// Returns the tree's marginal of a column: its mean in each level.
    pub(super) fn single(&self, levels: &ColumnLevels, column: usize) -> Vec<f64> {
        let mut steps = vec![0.0; levels.count() + 1];
        for leaf in &self.leaves {
            let (from, to) = (leaf.from[column], leaf.to[column]);
            let part = leaf.value * leaf.share / levels.share(from, to);
            steps[usize::from(from)] += part;
            steps[usize::from(to)] -= part;
        }
        add_up(&mut steps);
        steps.pop();
        steps
    }

    /// Adds the mean in each pair of levels of two columns to a table, row by row of the first.
    fn add_pair(&self, levels: &[ColumnLevels], (a, b): (usize, usize), table: &mut [f64]) {
        let (rows, columns) = (levels[a].count(), levels[b].count());
        let width = columns + 1;
        let mut steps = vec![0.0; (rows + 1) * width];
        for leaf in &self.leaves {
            let TreeLeaf { from, to, value, share } = leaf;
            let own = levels[a].share(from[a], to[a]) * levels[b].share(from[b], to[b]);
            let part = value * share / own;
            let at = |row: u8, column: u8| usize::from(row) * width + usize::from(column);
            steps[at(from[a], from[b])] += part;
            steps[at(from[a], to[b])] -= part;
            steps[at(to[a], from[b])] -= part;
            steps[at(to[a], to[b])] += part;
        }
        for place in width..rows * width {
            steps[place] += steps[place - width];
        }
        for (row, sums) in steps.chunks_mut(width).take(rows).enumerate() {
            add_up(sums);
            let cells = &mut table[row * columns..(row + 1) * columns];
            cells.iter_mut().zip(sums).for_each(|(cell, sum)| *cell += *sum);
        }
    }
}

fn add_up(steps: &mut [f64]) {
    for i in 1..steps.len() {
        steps[i] += steps[i - 1];
    }
}
