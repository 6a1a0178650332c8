//! Finds the parameters that matter: functional analysis of variance of a random forest.
//!
//! Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance" (ICML
//! 2014): a forest learns the outcome from the parameters; a tree is constant on boxes, so that its
//! mean over all other parameters (the *marginal* of one or two of them) is a sum over its leaves, and
//! the variance of the marginals is what single parameters and pairs are responsible for. Marginals
//! are averaged over the forest first, and shares are of the variance of the outcomes themselves, so
//! that what the trees made of noise counts for nobody (the paper's shares are of each tree's own). What
//! the forest flattens or invents is put right by the jobs that it has not seen (`forest`).
//!
//! Here the mean is over the *sampled* distribution, not over a uniform one: parameters are put into
//! at most 64 levels that weigh what share of the jobs they hold, so that a learning rate
//! that was drawn log-uniformly is weighed so. A missing value (a conditional parameter) is a level
//! of its own, unless another parameter decides which jobs have one: then the effect of having it is that parameter's, and the
//! others' values are the middle one here. Words are levels in the order of their mean outcomes, since a tree splits an order.
//! That makes a marginal an array, and a forest of 10,000 jobs a fraction of a second.
//!
//! No share is greater than what the forest explains in jobs that it has not seen, nor are all together; and each effect says
//! if it is beyond chance (`chance`).

mod anova;
mod chance;
mod forest;
mod levels;
mod tree;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::quantile;
use crate::app::num::float;
use chance::{columns_beyond_chance, pairs_beyond_chance};
use forest::grow;
use levels::ColumnLevels;

/// The number of the most important parameters among which pairs are looked for.
const PAIRED: usize = 8;

/// The importance of parameters by a forest. All shares are of the outcomes' variance, from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterImportance {
    /// The share of the outcome's variance that the forest explains in jobs that it has not seen
    /// (out of bag); 0 where it has learnt nothing.
    pub explained: f64,
    /// The effect of each parameter, the greatest share first.
    pub effects: Vec<MainEffect>,
    /// Pairs of parameters, the greatest share first.
    pub pairs: Vec<PairEffect>,
}

/// The effect of one parameter by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct MainEffect {
    /// The parameter's column.
    pub parameter: usize,
    /// The share of the outcomes' variance that is due to it alone.
    pub share: f64,
    /// True if columns without an effect seldom look like it does.
    pub beyond_chance: bool,
    /// The mean outcome in each of its levels, in their order.
    pub marginal: Vec<MarginalLevel>,
}

/// One level of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarginalLevel {
    /// The median of the values in it; `None` for the level of jobs without a value.
    pub value: Option<f64>,
    /// The mean outcome over all other parameters, in the unit of the outcome.
    pub mean: f64,
    /// The 2.5 percentile of that mean over the trees.
    pub low: f64,
    /// The 97.5 percentile.
    pub high: f64,
}

/// The effect of two parameters together, beyond that of each alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairEffect {
    /// The parameters' columns.
    pub parameters: (usize, usize),
    /// The share of the outcomes' variance that is due to them together.
    pub share: f64,
    /// True if pairs without an effect seldom look like it does.
    pub beyond_chance: bool,
}

/// One entry a job: the values of a parameter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportanceColumn {
    /// The values; `None` of a job that has no such parameter.
    pub values: Vec<Option<f64>>,
    /// True if they stand for words, whose order means nothing.
    pub are_words: bool,
}

/// Fits a forest to the columns (one entry a job) and the outcomes, and divides its variance by
/// parameters (Hutter, Hoos and Leyton-Brown 2014).
///
/// Returns the same bits for the same input, whatever the number of threads; `None` if there is
/// nothing to learn: fewer than 16 jobs, no column that varies, or all outcomes equal.
#[must_use]
pub fn importance(columns: &[ImportanceColumn], outcomes: &[f64]) -> Option<ParameterImportance> {
    const FEWEST: usize = 16;
    let values: Vec<Vec<Option<f64>>> = columns.iter().map(|c| c.values.clone()).collect();
    let levels: Vec<ColumnLevels> =
        columns.iter().enumerate().map(|(at, c)| levels_of(c, at, &values, outcomes)).collect();
    let varies = levels.iter().any(|levels| levels.count() > 1);
    let is_flat = outcomes.iter().all(|outcome| outcome.total_cmp(&outcomes[0]).is_eq());
    if outcomes.len() < FEWEST || !varies || is_flat {
        return None;
    }
    let forest = grow(&levels, outcomes);
    let variance = variance(outcomes);
    let singles: Vec<Vec<Vec<f64>>> = (0..levels.len())
        .into_par_iter()
        .map(|column| {
            forest.trees.iter().map(|tree| tree.single(&levels[column], column)).collect()
        })
        .collect();
    let named = columns_beyond_chance(&values, outcomes);
    let mut effects: Vec<MainEffect> = levels
        .iter()
        .zip(&singles)
        .enumerate()
        .map(|(parameter, (levels, trees))| MainEffect {
            beyond_chance: named[parameter],
            ..effect(parameter, levels, trees, variance)
        })
        .collect();
    effects.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.parameter.cmp(&b.parameter)));
    let chosen = pairs_of(&effects, &levels);
    let named = pairs_beyond_chance(&values, &chosen, outcomes);
    let mut pairs: Vec<PairEffect> = chosen
        .into_par_iter()
        .zip(named)
        .map(|((a, b), beyond_chance)| {
            let (of_a, of_b) = (mean_of(&singles[a]), mean_of(&singles[b]));
            let share = anova::beyond(&forest.trees, &levels, (a, b), (&of_a, &of_b)) / variance;
            PairEffect { parameters: (a, b), share, beyond_chance }
        })
        .collect();
    pairs.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.parameters.cmp(&b.parameters)));
    let explained = forest.explained;
    let all: f64 = effects.iter().map(|e| e.share).chain(pairs.iter().map(|p| p.share)).sum();
    if all > explained {
        let shrink = explained / all;
        for effect in &mut effects {
            effect.share *= shrink;
        }
        for pair in &mut pairs {
            pair.share *= shrink;
        }
    }
    Some(ParameterImportance { explained, effects, pairs })
}

/// Puts a column into levels.
fn levels_of(
    column: &ImportanceColumn,
    at: usize,
    all: &[Vec<Option<f64>>],
    outcomes: &[f64],
) -> ColumnLevels {
    let has_switch =
        || all.iter().enumerate().any(|(other, c)| other != at && decides(c, &column.values));
    let is_conditional = column.values.iter().any(Option::is_none) && has_switch();
    let mut levels = if is_conditional {
        ColumnLevels::of(&in_the_middle(&column.values))
    } else {
        ColumnLevels::of(&column.values)
    };
    if column.are_words {
        levels.sort_by_outcome(outcomes);
    }
    levels
}

/// Returns true if the value of one column says which jobs have a value in another.
fn decides(switch: &[Option<f64>], column: &[Option<f64>]) -> bool {
    let key = |value: &Option<f64>| value.map(f64::to_bits);
    let mut has_value: BTreeMap<Option<u64>, bool> = BTreeMap::new();
    let is_ruled = switch.iter().zip(column).all(|(switch, value)| {
        *has_value.entry(key(switch)).or_insert(value.is_some()) == value.is_some()
    });
    // A column of which each job has its own value would decide anything.
    is_ruled && 2 * has_value.len() <= switch.len()
}

/// Returns a column with the median of its values in place of the missing ones.
fn in_the_middle(column: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut sorted: Vec<f64> = column.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied();
    column.iter().map(|value| value.or(middle)).collect()
}

fn variance(values: &[f64]) -> f64 {
    let n = float(values.len());
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n
}

/// Returns all pairs of the most important parameters.
fn pairs_of(effects: &[MainEffect], levels: &[ColumnLevels]) -> Vec<(usize, usize)> {
    let varying = effects.iter().map(|e| e.parameter).filter(|&p| levels[p].count() > 1);
    let chosen: Vec<usize> = varying.take(PAIRED).collect();
    let pairs = chosen
        .iter()
        .enumerate()
        .flat_map(|(i, &a)| chosen[i + 1..].iter().map(move |&b| (a.min(b), a.max(b))));
    pairs.collect()
}

fn effect(
    parameter: usize,
    levels: &ColumnLevels,
    trees: &[Vec<f64>],
    variance: f64,
) -> MainEffect {
    let level = |(at, mean): (usize, &f64)| {
        let (low, high) = middle(trees.iter().map(|tree| tree[at]));
        MarginalLevel { value: levels.value(at), mean: *mean, low, high }
    };
    let means = mean_of(trees);
    let share = anova::alone(levels, &means) / variance;
    let mut marginal: Vec<MarginalLevel> = means.iter().enumerate().map(level).collect();
    let key = |level: &MarginalLevel| level.value.unwrap_or(f64::INFINITY);
    marginal.sort_by(|a, b| key(a).total_cmp(&key(b)));
    MainEffect { parameter, share, beyond_chance: false, marginal }
}

/// Returns the mean over the trees, level by level.
fn mean_of(trees: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = vec![0.0; trees.first().map_or(0, Vec::len)];
    for tree in trees {
        sums.iter_mut().zip(tree).for_each(|(sum, mean)| *sum += mean);
    }
    sums.iter().map(|sum| sum / float(trees.len())).collect()
}

/// Returns the 2.5 and the 97.5 percentile.
fn middle(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let at = |p| quantile(&sorted, p).unwrap_or_default();
    (at(0.025), at(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};
    use std::f64::consts::PI;

    /// Draws jobs uniformly from the unit cube, and computes a function of them.
    fn sample(n: usize, d: usize, f: impl Fn(&[f64]) -> f64) -> (Vec<ImportanceColumn>, Vec<f64>) {
        let mut dice = ChaCha8Rng::seed_from_u64(7);
        let mut columns = vec![ImportanceColumn::default(); d];
        let mut outcomes = Vec::new();
        for _ in 0..n {
            let point: Vec<f64> = (0..d).map(|_| dice.random()).collect();
            outcomes.push(f(&point));
            columns.iter_mut().zip(&point).for_each(|(column, x)| column.values.push(Some(*x)));
        }
        (columns, outcomes)
    }

    fn plain(values: Vec<Option<f64>>) -> ImportanceColumn {
        ImportanceColumn { values, are_words: false }
    }

    fn share(importance: &ParameterImportance, parameter: usize) -> f64 {
        importance.effects.iter().find(|e| e.parameter == parameter).map_or(0.0, |e| e.share)
    }

    /// Ishigami and Homma's function, whose Sobol indices are known: 0.3139, 0.4424, 0, and 0.2437 of
    /// the first with the third (Saltelli et al., "Global Sensitivity Analysis", 2008, section 2.6).
    #[test]
    fn the_ishigami_functions_indices_are_found() {
        let angle = |x: f64| (2.0 * x - 1.0) * PI;
        let f = |p: &[f64]| {
            let (a, b, c) = (angle(p[0]), angle(p[1]), angle(p[2]));
            a.sin() + 7.0 * b.sin().powi(2) + 0.1 * c.powi(4) * a.sin()
        };
        let (columns, outcomes) = sample(5000, 5, f);
        let found = importance(&columns, &outcomes).expect("it varies");
        for (parameter, known) in [(0, 0.3139), (1, 0.4424), (2, 0.0), (3, 0.0), (4, 0.0)] {
            let share = share(&found, parameter);
            assert!(
                share < known + 0.02 && share >= known * 0.84,
                "{parameter}: {share} for {known}"
            );
        }
        assert_eq!(found.pairs[0].parameters, (0, 2));
        assert!((found.pairs[0].share - 0.2437).abs() < 0.02, "{:?}", found.pairs[0]);
        assert!(found.pairs[1].share < 0.04, "{:?}", found.pairs[1]);
        assert!(found.explained > 0.9, "{}", found.explained);
    }

    /// Sobol's g-function: the partial variance of a parameter is `1 / (3 (1 + a)^2)`, that of a pair the
    /// product of theirs, and the whole the product of all `1 + V` less 1 (Saltelli and Sobol, "About the
    /// use of rank transformation in sensitivity analysis", Reliability Engineering 50, 1995).
    #[test]
    fn the_g_functions_indices_are_found() {
        const A: [f64; 5] = [0.0, 1.0, 4.5, 9.0, 99.0];
        let term = |a: f64, x: f64| ((4.0 * x - 2.0).abs() + a) / (1.0 + a);
        let f = |p: &[f64]| A.iter().zip(p).map(|(a, x)| term(*a, *x)).product();
        let parts = A.map(|a| 1.0 / (3.0 * (1.0 + a).powi(2)));
        let whole: f64 = parts.iter().map(|part| 1.0 + part).product::<f64>() - 1.0;
        let (columns, outcomes) = sample(2000, 5, f);
        let found = importance(&columns, &outcomes).expect("it varies");
        for (parameter, part) in parts.iter().enumerate() {
            let (share, known) = (share(&found, parameter), part / whole);
            assert!((share - known).abs() < 0.025, "{parameter}: {share} for {known}");
        }
        let (pair, known) = (found.pairs[0], parts[0] * parts[1] / whole);
        assert_eq!(pair.parameters, (0, 1));
        assert!((pair.share - known).abs() < 0.02, "{} for {known}", pair.share);
    }

    /// Each of the independent terms of a sum has the share of its variance.
    #[test]
    fn a_sum_is_divided_as_its_terms_are() {
        let (columns, outcomes) = sample(2000, 3, |p| 3.0 * p[0] + 2.0 * p[1] + p[2]);
        let found = importance(&columns, &outcomes).expect("it varies");
        for (parameter, known) in [(0, 9.0 / 14.0), (1, 4.0 / 14.0), (2, 1.0 / 14.0)] {
            let share = share(&found, parameter);
            assert!((share - known).abs() < 0.05, "{parameter}: {share} for {known}");
        }
        let order: Vec<usize> = found.effects.iter().map(|effect| effect.parameter).collect();
        assert_eq!(order, [0, 1, 2]);
        let rising = &found.effects[0].marginal;
        let (first, last) = (rising[0], rising[rising.len() - 1]);
        // Over everything else the function is 3 x + 1.5: from 1.5 to 4.5.
        assert!(
            (first.mean - 1.5).abs() < 0.25 && (last.mean - 4.5).abs() < 0.25,
            "{first:?} {last:?}"
        );
        assert!(first.low <= first.mean && first.mean <= first.high);
    }

    #[test]
    fn of_pure_noise_the_forest_says_that_it_has_learnt_nothing() {
        let (mut columns, outcomes) = sample(400, 4, |p| p[3]);
        columns.truncate(3);
        let found = importance(&columns, &outcomes).expect("it varies");
        assert!(found.explained < 0.05, "{}", found.explained);
        assert!(found.effects.iter().all(|effect| effect.share < 0.01), "{:?}", found.effects);
    }

    #[test]
    fn where_nothing_can_be_learnt_there_is_no_importance() {
        let (columns, outcomes) = sample(100, 2, |_| 1.0);
        assert_eq!(importance(&columns, &outcomes), None);
        let (columns, outcomes) = sample(10, 2, |p| p[0]);
        assert_eq!(importance(&columns, &outcomes), None);
        let constant = [plain(vec![Some(1.0); 100])];
        let rising: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(importance(&constant, &rising), None);
        assert_eq!(importance(&[], &rising), None);
    }

    #[test]
    fn a_missing_value_is_a_level_like_others() {
        let column: Vec<Option<f64>> = (0..200).map(|i| (i % 2 == 0).then_some(1.0)).collect();
        let outcomes: Vec<f64> = (0..200).map(|i| if i % 2 == 0 { 5.0 } else { 9.0 }).collect();
        let found = importance(&[plain(column)], &outcomes).expect("it varies");
        let marginal = &found.effects[0].marginal;
        assert_eq!(marginal.iter().map(|l| l.value).collect::<Vec<_>>(), [Some(1.0), None]);
        assert!((marginal[0].mean - 5.0).abs() < 1e-9 && (marginal[1].mean - 9.0).abs() < 1e-9);
    }
}
