//! Grows regression trees over levels (Breiman, Friedman, Olshen and Stone, "Classification and
//! Regression Trees", 1984): a tree is constant on boxes.

use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;

use super::levels::{ColumnLevels, MOST_LEVELS};
use crate::app::num::float;

/// A leaf: the levels of each column that it spans, from `from` to before `to`; the share of the
/// sampled space that this is, the columns taken as independent; and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TreeLeaf {
    pub(super) from: Vec<u8>,
    pub(super) to: Vec<u8>,
    pub(super) share: f64,
    pub(super) value: f64,
}

/// A split: jobs below the level go left.
#[derive(Debug, Clone, Copy, PartialEq)]
struct TreeSplit {
    column: usize,
    level: u8,
}

#[derive(Debug, Clone, PartialEq)]
enum TreeNode {
    Leaf(usize),
    /// The nodes of the left and the right side.
    Inner(TreeSplit, usize, usize),
}

/// A regression tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct RegressionTree {
    pub(super) leaves: Vec<TreeLeaf>,
    nodes: Vec<TreeNode>,
}

/// The sample that a tree is grown from.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrainingSample<'a> {
    pub(super) levels: &'a [ColumnLevels],
    pub(super) outcomes: &'a [f64],
    /// The least number of draws in a leaf.
    pub(super) least: usize,
}

impl RegressionTree {
    /// Grows a tree on the drawn jobs.
    pub(super) fn grow(
        ground: TrainingSample<'_>,
        mut drawn: Vec<u32>,
        dice: &mut ChaCha8Rng,
    ) -> Self {
        let mut tree = Self::default();
        let ends = |levels: &ColumnLevels| u8::try_from(levels.count()).expect("at most 65 levels");
        let whole = TreeLeaf {
            from: vec![0; ground.levels.len()],
            to: ground.levels.iter().map(ends).collect(),
            share: 1.0,
            value: 0.0,
        };
        tree.branch(ground, &mut drawn, whole, dice);
        tree
    }

    /// Grows the part of the tree in a box, and returns the index of its node.
    fn branch(
        &mut self,
        ground: TrainingSample<'_>,
        drawn: &mut [u32],
        mut space: TreeLeaf,
        dice: &mut ChaCha8Rng,
    ) -> usize {
        let at = self.nodes.len();
        let Some(split) = best_split(ground, drawn, dice) else {
            let sum: f64 = drawn.iter().map(|&job| ground.outcomes[job as usize]).sum();
            space.value = sum / float(drawn.len());
            space.share = share(&space, ground.levels);
            self.nodes.push(TreeNode::Leaf(self.leaves.len()));
            self.leaves.push(space);
            return at;
        };
        self.nodes.push(TreeNode::Leaf(0));
        let below =
            partition(drawn, |job| ground.levels[split.column].of[job as usize] < split.level);
        let (left, right) = drawn.split_at_mut(below);
        let mut other = space.clone();
        space.to[split.column] = split.level;
        other.from[split.column] = split.level;
        let left = self.branch(ground, left, space, dice);
        let right = self.branch(ground, right, other, dice);
        self.nodes[at] = TreeNode::Inner(split, left, right);
        at
    }

    /// Returns the predicted outcome of a job.
    pub(super) fn predict(&self, levels: &[ColumnLevels], job: usize) -> f64 {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                TreeNode::Leaf(leaf) => return self.leaves[leaf].value,
                TreeNode::Inner(split, left, right) => {
                    at = if levels[split.column].of[job] < split.level { left } else { right };
                }
            }
        }
    }
}

fn share(space: &TreeLeaf, levels: &[ColumnLevels]) -> f64 {
    let ends = space.from.iter().zip(&space.to);
    levels.iter().zip(ends).map(|(levels, (from, to))| levels.share(*from, *to)).product()
}

/// Moves the chosen draws to the front, and returns their number.
fn partition(drawn: &mut [u32], is_first: impl Fn(u32) -> bool) -> usize {
    let mut first = 0;
    for i in 0..drawn.len() {
        if is_first(drawn[i]) {
            drawn.swap(first, i);
            first += 1;
        }
    }
    first
}

/// Returns the split that leaves the least variance, of five sixths of the columns (Hutter et al.'s
/// forests take as many); `None` if no split leaves enough draws on both sides, or none gains.
fn best_split(
    ground: TrainingSample<'_>,
    drawn: &[u32],
    dice: &mut ChaCha8Rng,
) -> Option<TreeSplit> {
    if drawn.len() < 2 * ground.least {
        return None;
    }
    let total: f64 = drawn.iter().map(|&job| ground.outcomes[job as usize]).sum();
    let without = total * total / float(drawn.len());
    let mut best: Option<(f64, TreeSplit)> = None;
    for column in chosen(ground.levels.len(), dice) {
        let found = split_of(ground, drawn, total, column);
        if let Some((score, split)) = found
            && score > without * (1.0 + 1e-12) + 1e-12
            && best.is_none_or(|(most, _)| score > most)
        {
            best = Some((score, split));
        }
    }
    best.map(|(_, split)| split)
}

/// Draws five sixths of the columns, and returns them in the order in which they were drawn.
fn chosen(columns: usize, dice: &mut ChaCha8Rng) -> Vec<usize> {
    let mut all: Vec<usize> = (0..columns).collect();
    let asked = (columns * 5).div_ceil(6);
    for i in 0..asked {
        let with = dice.random_range(i..columns);
        all.swap(i, with);
    }
    all.truncate(asked);
    all
}

/// Returns the best split of a column, with the sum over both sides of `sum^2 / count`, which is
/// the greater the less variance is left.
fn split_of(
    ground: TrainingSample<'_>,
    drawn: &[u32],
    total: f64,
    column: usize,
) -> Option<(f64, TreeSplit)> {
    let of = &ground.levels[column].of;
    let mut levels = [(0u32, 0.0f64); MOST_LEVELS + 2];
    for &job in drawn {
        let cell = &mut levels[usize::from(of[job as usize])];
        cell.0 += 1;
        cell.1 += ground.outcomes[job as usize];
    }
    let least = u32::try_from(ground.least).unwrap_or(u32::MAX);
    let all = u32::try_from(drawn.len()).unwrap_or(u32::MAX);
    let (mut count, mut sum, mut before) = (0u32, 0.0, 0usize);
    let mut best: Option<(f64, TreeSplit)> = None;
    for (level, cell) in levels.iter().enumerate().filter(|(_, cell)| cell.0 > 0) {
        if count >= least && all - count >= least {
            let (n, m) = (f64::from(count), f64::from(all - count));
            let score = sum * sum / n + (total - sum) * (total - sum) / m;
            if best.is_none_or(|(most, _)| score > most) {
                // Between two levels that the box has jobs in: in the middle of what is empty.
                let middle = u8::try_from((before + level).div_ceil(2)).unwrap_or(u8::MAX);
                best = Some((score, TreeSplit { column, level: middle }));
            }
        }
        count += cell.0;
        sum += cell.1;
        before = level;
    }
    best
}
