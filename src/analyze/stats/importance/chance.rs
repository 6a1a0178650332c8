//! Tells effects from chance: which parameters, and which pairs, do more than columns without any effect would.
//!
//! A forest finds something in every noise, and beside a real effect more than alone. What a column does is measured as in an
//! analysis of variance on the ranks of the outcomes (Conover and Iman, "Rank transformations as a bridge", The American
//! Statistician 35, 1981), and the greatest effect of all columns is held to its distribution over permutations of the outcomes
//! (Westfall and Young, "Resampling-Based Multiple Testing", 1993): if none of the parameters has an effect, one is named in
//! 5 % of sweeps, however many there are.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use rayon::prelude::*;

use super::levels::MOST_LEVELS;
use crate::analyze::stats::quantile;
use crate::app::num::{float, whole};

/// The number of permutations.
const PERMUTATIONS: usize = 199;
/// The greatest number of jobs that are looked at, evenly over all: of more, the least effect to speak of is beyond chance.
const MOST_JOBS: usize = 2000;
/// That number for pairs, of which there are more, and of which only those that carry much are spoken of.
const MOST_JOBS_OF_PAIRS: usize = 800;
/// The share of sweeps without effects in which one is named.
const LEVEL: f64 = 0.05;

/// Returns for each column if its effect is beyond chance. A missing value takes no part.
pub(super) fn columns_beyond_chance(columns: &[Vec<Option<f64>>], outcomes: &[f64]) -> Vec<bool> {
    let (factors, y) = grouped(columns, outcomes, MOST_JOBS, group_count);
    beyond_chance(&factors, &y, GroupedColumn::score)
}

/// Returns for each pair of columns if what it does beyond both alone is beyond chance.
pub(super) fn pairs_beyond_chance(
    columns: &[Vec<Option<f64>>],
    pairs: &[(usize, usize)],
    outcomes: &[f64],
) -> Vec<bool> {
    let (factors, y) = grouped(columns, outcomes, MOST_JOBS_OF_PAIRS, |jobs| match jobs {
        0..40 => 2,
        40..200 => 3,
        _ => 4,
    });
    let cells: Vec<GroupedPair> =
        pairs.iter().map(|&(a, b)| GroupedPair::new(&factors[a], &factors[b])).collect();
    beyond_chance(&cells, &y, GroupedPair::score)
}

/// Returns the columns in groups, of which there are at most `most_groups` for the number of jobs, and the outcomes; of at
/// most `most_jobs` jobs, evenly over all.
fn grouped(
    columns: &[Vec<Option<f64>>],
    outcomes: &[f64],
    most_jobs: usize,
    most_groups: impl Fn(usize) -> usize,
) -> (Vec<GroupedColumn>, Vec<f64>) {
    let shown = outcomes.len().min(most_jobs);
    let jobs: Vec<usize> = (0..shown).map(|i| i * outcomes.len() / shown).collect();
    let most = most_groups(shown);
    let group = |column: &Vec<Option<f64>>| {
        let values: Vec<Option<f64>> = jobs.iter().map(|&job| column[job]).collect();
        GroupedColumn::new(&values, most)
    };
    let y = jobs.iter().map(|&job| outcomes[job]).collect();
    (columns.iter().map(group).collect(), y)
}

/// Holds the score of each source of variance to the greatest of all of them over permutations.
fn beyond_chance<S: Sync>(
    sources: &[S],
    y: &[f64],
    score: impl Fn(&S, &[f64]) -> f64 + Sync,
) -> Vec<bool> {
    let greatest =
        |y: &[f64]| sources.iter().map(|source| score(source, y)).fold(f64::NEG_INFINITY, f64::max);
    let mut null: Vec<f64> = (0..PERMUTATIONS as u64)
        .into_par_iter()
        .map(|number| {
            let mut dice = ChaCha8Rng::seed_from_u64(1);
            dice.set_stream(number);
            let mut shuffled = y.to_vec();
            for i in (1..shuffled.len()).rev() {
                shuffled.swap(i, dice.random_range(0..=i));
            }
            greatest(&shuffled)
        })
        .collect();
    null.sort_by(f64::total_cmp);
    let limit = quantile(&null, 1.0 - LEVEL).unwrap_or(f64::INFINITY);
    sources.iter().map(|source| score(source, y) > limit).collect()
}

/// A column in few groups.
struct GroupedColumn {
    /// The group of each job; `None` of one without a value.
    of: Vec<Option<usize>>,
    groups: usize,
}

impl GroupedColumn {
    /// Puts values into groups: one for each value if there are at most `most`, or `most` of equally many jobs.
    fn new(column: &[Option<f64>], most: usize) -> Self {
        let mut sorted: Vec<f64> = column.iter().flatten().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let mut edges = sorted.clone();
        edges.dedup();
        if edges.len() > most {
            edges = (0..most).map(|group| sorted[group * sorted.len() / most]).collect();
            edges.dedup();
        }
        let group = |value: f64| edges.partition_point(|edge| *edge <= value).saturating_sub(1);
        Self { of: column.iter().map(|value| value.map(group)).collect(), groups: edges.len() }
    }

    fn score(&self, y: &[f64]) -> f64 {
        let members = self.of.iter().zip(y).filter_map(|(group, y)| Some(((*group)?, *y)));
        f_score(members, self.groups, self.groups.saturating_sub(1))
    }
}

/// Two columns in the cells of their groups.
struct GroupedPair {
    cells: Vec<Option<usize>>,
    count: usize,
    parts: [Vec<Option<usize>>; 2],
    groups: [usize; 2],
}

impl GroupedPair {
    fn new(a: &GroupedColumn, b: &GroupedColumn) -> Self {
        let cell = |(a, b_of): (&Option<usize>, &Option<usize>)| Some((*a)? * b.groups + (*b_of)?);
        Self {
            cells: a.of.iter().zip(&b.of).map(cell).collect(),
            count: a.groups * b.groups,
            parts: [a.of.clone(), b.of.clone()],
            groups: [a.groups, b.groups],
        }
    }

    /// Tests what the cells do beyond rows and columns, whose means are taken off until nothing is left of them.
    fn score(&self, y: &[f64]) -> f64 {
        const SWEEPS: usize = 4;
        let mut rest: Vec<f64> = y.to_vec();
        for _ in 0..SWEEPS {
            for (part, groups) in self.parts.iter().zip(self.groups) {
                take_off_means(&mut rest, part, groups);
            }
        }
        let members = self.cells.iter().zip(&rest).filter_map(|(cell, y)| Some(((*cell)?, *y)));
        let freedom = self.groups.iter().map(|groups| groups.saturating_sub(1)).product();
        f_score(members, self.count, freedom)
    }
}

fn take_off_means(y: &mut [f64], of: &[Option<usize>], groups: usize) {
    let mut sums = vec![(0.0, 0.0); groups];
    for (group, y) in of.iter().zip(y.iter()) {
        if let Some(group) = group {
            sums[*group].0 += y;
            sums[*group].1 += 1.0;
        }
    }
    for (group, y) in of.iter().zip(y.iter_mut()) {
        if let Some(group) = group {
            *y -= sums[*group].0 / sums[*group].1;
        }
    }
}

/// Returns the F statistic of the test that all groups have one mean, as a standard normal number (Paulson, "An approximate
/// normalization of the analysis of variance distribution", Annals of Mathematical Statistics 13, 1942): columns in many groups
/// and in few can be compared. `freedom` is that of the groups.
fn f_score(members: impl Iterator<Item = (usize, f64)>, groups: usize, freedom: usize) -> f64 {
    let mut sums = [(0.0f64, 0.0f64); MOST_LEVELS];
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for (group, y) in members {
        sums[group].0 += y;
        sums[group].1 += 1.0;
        n += 1.0;
        sum += y;
        squares += y * y;
    }
    let all = squares - sum * sum / n;
    let filled = sums[..groups].iter().filter(|group| group.1 > 0.0);
    let between = filled.map(|group| group.0 * group.0 / group.1).sum::<f64>() - sum * sum / n;
    let within = n - float(freedom) - 1.0;
    if freedom == 0 || within < 1.0 || all <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let ratio = (between / float(freedom)) / ((all - between).max(1e-12 * all) / within);
    let (of_groups, of_rest) = (2.0 / (9.0 * float(freedom)), 2.0 / (9.0 * within));
    let root = ratio.max(0.0).cbrt();
    ((1.0 - of_rest) * root - (1.0 - of_groups)) / (of_rest * root * root + of_groups).sqrt()
}

/// Returns the number of groups that so many jobs are put into.
fn group_count(jobs: usize) -> usize {
    whole::<usize>((1.25 * float(jobs).cbrt()).round()).clamp(2, 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uniform(seed: u64, n: usize) -> Vec<f64> {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        (0..n).map(|_| dice.random::<f64>()).collect()
    }

    fn present(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn of_columns_without_effect_one_is_named_in_about_one_of_twenty_sweeps() {
        let named = (0..200u64).filter(|sweep| {
            let columns: Vec<_> =
                (0..5).map(|at| present(&uniform(1000 * sweep + at, 32))).collect();
            let y = uniform(1000 * sweep + 9, 32);
            columns_beyond_chance(&columns, &y).contains(&true)
        });
        let named = named.count();
        assert!((3..=19).contains(&named), "{named} of 200");
    }

    #[test]
    fn an_exclusive_or_is_no_effect_of_either_and_one_of_both() {
        let (a, b, noise) = (uniform(1, 200), uniform(2, 200), uniform(3, 200));
        let is_odd = |at: usize| f64::from(u8::from((a[at] > 0.5) != (b[at] > 0.5)));
        let y: Vec<f64> = (0..200).map(|at| is_odd(at) + 0.3 * noise[at]).collect();
        let columns = [present(&a), present(&b), present(&noise)];
        let pairs = pairs_beyond_chance(&columns, &[(0, 1), (0, 2), (1, 2)], &y);
        assert_eq!(pairs, [true, false, false]);
    }
}
