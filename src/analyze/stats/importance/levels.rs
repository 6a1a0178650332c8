//! Puts a column of values into few levels, each with the share of the jobs that it holds.

use crate::app::num::float;

/// The greatest number of levels of a column: one for each value, or quantiles if there are more.
pub(super) const MOST_LEVELS: usize = 64;

/// A column in levels, in the order of the values; the missing ones last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ColumnLevels {
    /// The level of each job.
    pub(super) of: Vec<u8>,
    /// The start of each level in the sampled distribution, as a share from 0; there is one more
    /// than there are levels, and the last is 1.
    pub(super) edges: Vec<f64>,
    values: Vec<Option<f64>>,
}

impl ColumnLevels {
    pub(super) fn of(column: &[Option<f64>]) -> Self {
        let mut order: Vec<usize> = (0..column.len()).collect();
        let key = |i: usize| column[i].unwrap_or(f64::INFINITY);
        order.sort_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        let runs: Vec<&[usize]> =
            order.chunk_by(|&a, &b| key(a).total_cmp(&key(b)).is_eq()).collect();
        // A level closes when it holds its share; a value is never in two.
        let share =
            if runs.len() <= MOST_LEVELS { 0 } else { column.len().div_ceil(MOST_LEVELS - 1) };
        let mut levels = Self { of: vec![0; column.len()], edges: vec![0.0], values: Vec::new() };
        let (mut members, mut done): (Vec<usize>, usize) = (Vec::new(), 0);
        for (at, run) in runs.iter().enumerate() {
            members.extend_from_slice(run);
            let next_is_missing = runs.get(at + 1).is_some_and(|next| column[next[0]].is_none());
            if members.len() >= share || next_is_missing || at + 1 == runs.len() {
                done += members.len();
                levels.close(&members, column, done);
                members.clear();
            }
        }
        levels
    }

    fn close(&mut self, members: &[usize], column: &[Option<f64>], done: usize) {
        let level = u8::try_from(self.values.len()).expect("at most 65 levels");
        for &job in members {
            self.of[job] = level;
        }
        self.values.push(column[members[members.len() / 2]]);
        self.edges.push(float(done) / float(column.len()));
    }

    /// Sorts the levels that have a value by their mean outcome; the missing ones stay last.
    pub(super) fn sort_by_outcome(&mut self, outcomes: &[f64]) {
        let mut sums = vec![(0.0, 0.0); self.count()];
        for (&level, outcome) in self.of.iter().zip(outcomes) {
            let sum = &mut sums[usize::from(level)];
            *sum = (sum.0 + outcome, sum.1 + 1.0);
        }
        let mut order: Vec<usize> = (0..self.count()).collect();
        let mean = |level: usize| sums[level].0 / sums[level].1;
        let is_missing = |level: usize| self.values[level].is_none();
        order.sort_by(|&a, &b| {
            let means = || mean(a).total_cmp(&mean(b));
            is_missing(a).cmp(&is_missing(b)).then_with(means).then(a.cmp(&b))
        });
        let mut places = vec![0; order.len()];
        let mut edges = vec![0.0];
        for (place, &level) in order.iter().enumerate() {
            places[level] = u8::try_from(place).expect("at most 65 levels");
            edges.push(edges[place] + self.edges[level + 1] - self.edges[level]);
        }
        self.of.iter_mut().for_each(|level| *level = places[usize::from(*level)]);
        self.values = order.iter().map(|&level| self.values[level]).collect();
        self.edges = edges;
    }

    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// Returns the median of a level's values; `None` for the level of the missing ones.
    pub(super) fn value(&self, level: usize) -> Option<f64> {
        self.values[level]
    }

    /// Returns the share of the jobs that the levels from `from` to before `to` hold.
    pub(super) fn share(&self, from: u8, to: u8) -> f64 {
        self.edges[usize::from(to)] - self.edges[usize::from(from)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_a_level_each_and_weigh_their_share() {
        let levels = ColumnLevels::of(&[Some(2.0), Some(1.0), Some(2.0), None]);
        assert_eq!(levels.of, [1, 0, 1, 2]);
        assert_eq!(levels.edges, [0.0, 0.25, 0.75, 1.0]);
        assert_eq!((levels.value(1), levels.value(2)), (Some(2.0), None));
    }

    #[test]
    fn many_values_are_quantiles() {
        let column: Vec<Option<f64>> = (0..1000u32).map(|i| Some(f64::from(i))).collect();
        let levels = ColumnLevels::of(&column);
        assert!((60..=MOST_LEVELS).contains(&levels.count()), "{}", levels.count());
        assert!(levels.of.is_sorted());
        let widest = levels.edges.windows(2).map(|e| e[1] - e[0]).fold(0.0, f64::max);
        assert!(widest < 0.02, "{widest}");
    }
}
