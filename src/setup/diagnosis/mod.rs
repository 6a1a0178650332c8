//! The effect of each constraint on a design space on its own.
//!
//! While sampling, a candidate is judged until the first thing that speaks against it. Here some candidates
//! are examined whole, so that it can be said which constraint is the hard one: the first of those that are drawn at
//! random; of a grid all, or an even sample, since its beginning is not like the rest.

mod branches;

use std::collections::BTreeMap;
use std::fmt::Write;

use rayon::prelude::*;
use sweep_config::ClosedInterval;

use super::constraint::{LIMITS, Rejection};
use super::drawing::{DesignSpace, ExaminedCandidate};
use super::population::DrawTally;
use super::sampler::hash;
use crate::app::num::float;
use crate::app::units::fine_percent;
pub(crate) use branches::BranchAcceptance;

/// The number of candidates that are examined: what is true of one in ten thousand still shows.
const SAMPLE: u64 = 20_000;
/// A constraint that rejects this share of all candidates on its own deserves a warning.
const NEARLY_ALL: f64 = 0.999;

/// The effect of each constraint on the candidates that were examined.
#[derive(Debug, PartialEq)]
pub(crate) struct ConstraintDiagnosis {
    /// The number of candidates that were examined.
    pub(crate) examined: u64,
    /// The number of candidates of which it is known whether anything speaks against them.
    pub(crate) judged: u64,
    /// The number of those that nothing speaks against.
    pub(crate) met: u64,
    /// The number that each constraint rejects on its own.
    pub(crate) alone: BTreeMap<Rejection, u64>,
    /// The range of the middle 98 % of what was drawn, for each limit on complexity that is set.
    pub(crate) drawn: BTreeMap<Rejection, ClosedInterval>,
    /// For each branch of each choice how many of its candidates meet the constraints.
    pub(crate) branches: Vec<BranchAcceptance>,
}

impl ConstraintDiagnosis {
    /// Examines candidates, of those drawn at random no more than were drawn. Runs on the threads of the
    /// caller's pool.
    pub(crate) fn of(space: &DesignSpace<'_>, tally: &DrawTally) -> Self {
        let total = space.total();
        let sample = total.unwrap_or(tally.candidates).min(SAMPLE);
        let number = |place| total.map_or(place, |total| spread(place, sample, total));
        let choices = space.choices();
        let examine = |place| space.examine(number(place), &choices);
        let found: Vec<ExaminedCandidate> = (0..sample).into_par_iter().map(examine).collect();
        let mut alone = BTreeMap::new();
        for rejection in found.iter().flat_map(|found| &found.against) {
            *alone.entry(*rejection).or_default() += 1;
        }
        let met = found.iter().filter(|found| found.against.is_empty()).count() as u64;
        // All points of a grid may have been judged, if only until the first thing that speaks against them.
        let are_all = total == Some(tally.candidates) && !space.asks_program();
        let rejected: u64 = tally.rejections.values().map(|rejected| rejected.count).sum();
        let (judged, met) = if are_all {
            (tally.candidates, tally.candidates.saturating_sub(rejected))
        } else {
            (sample, met)
        };
        let ranges = space.limits().filter_map(|(i, _)| {
            let numbers =
                found.iter().filter_map(|found| found.complexity.as_ref().map(LIMITS[i].1));
            Some((Rejection::Limit(i), middle(numbers.collect())?))
        });
        let drawn = ranges.collect();
        let branches = branches::acceptance(space, &choices, &found);
        Self { examined: sample, judged, met, alone, drawn, branches }
    }

    /// Returns the share of the examined candidates that a constraint rejects on its own.
    pub(crate) fn share(&self, rejection: Rejection) -> f64 {
        self.alone.get(&rejection).map_or(0.0, |&count| float(count) / float(self.examined))
    }

    /// Returns the warnings: a sentence for each constraint that rejects nearly all on its own, and for each
    /// branch that never passes where others do.
    pub(crate) fn warnings(&self, space: &DesignSpace<'_>) -> Vec<String> {
        let limits: BTreeMap<usize, ClosedInterval> = space.limits().collect();
        let hard = self.alone.keys().filter(|rejection| self.share(**rejection) >= NEARLY_ALL);
        let sentence = |&rejection: &Rejection| {
            let share = fine_percent(self.share(rejection));
            let mut text =
                format!("{} alone rejects {share} of the candidates", space.key(rejection));
            if let Some(expression) = space.text(rejection) {
                let _ = write!(text, ": `{expression}`");
            }
            if let Rejection::Limit(i) = rejection
                && let (Some(limit), Some(drawn)) = (limits.get(&i), self.drawn.get(&rejection))
            {
                let _ = write!(
                    text,
                    ": its range is {}, but the 1 % to 99 % range of the draws is {}",
                    range(limit),
                    range(drawn)
                );
            }
            text
        };
        let closed = self.branches.iter().filter_map(|branch| branch.warning(space));
        hard.map(sentence).chain(closed.filter(|_| self.met > 0)).collect()
    }
}

/// Returns the number of the candidate at a place of an even sample: one out of each of so many equal parts, by
/// no rule that the grid could have too.
fn spread(place: u64, sample: u64, total: u64) -> u64 {
    let total = u128::from(total);
    let within = (u128::from(hash(0, place)) * total) >> 64;
    u64::try_from((u128::from(place) * total + within) / u128::from(sample.max(1))).unwrap_or(0)
}

/// Returns the range from the 1 % to the 99 % quantile (the nearest number that was drawn).
fn middle(mut numbers: Vec<i64>) -> Option<ClosedInterval> {
    numbers.sort_unstable();
    let last = numbers.len().checked_sub(1)?;
    let at = |share: usize| float(numbers[(last * share + 50) / 100]);
    Some(ClosedInterval { low: at(1), high: at(99) })
}

/// Spells a range for people: `[4.000e8, open]`.
fn range(interval: &ClosedInterval) -> String {
    let number = |value: f64| match value {
        f64::INFINITY | f64::NEG_INFINITY => "open".to_owned(),
        value if value.abs() >= 1e6 => format!("{value:.3e}"),
        value => format!("{value}"),
    };
    format!("[{}, {}]", number(interval.low), number(interval.high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_of_a_grid_is_even_and_a_small_grid_is_examined_whole() {
        assert!((0..700).all(|place| spread(place, 700, 700) == place));
        let sample: Vec<u64> = (0..1000).map(|place| spread(place, 1000, 1_000_000)).collect();
        assert!(sample.iter().zip(0..).all(|(number, part)| number / 1000 == part));
        // The inner parameter of a grid has all of its values too.
        let low = sample.iter().filter(|number| *number % 1000 < 500).count();
        assert!((440..=560).contains(&low), "{low}");
    }

    #[test]
    fn the_middle_is_between_the_one_and_the_ninety_nine_per_cent_quantile() {
        let middle = middle((0..=1000).rev().collect()).unwrap();
        assert_eq!((middle.low, middle.high), (10.0, 990.0));
        assert_eq!(super::middle(Vec::new()), None);
    }
}
