//! The effect of each constraint on a design space on its own.
//!
//! While sampling, a candidate is judged until the first thing that speaks against it. Here the first
//! candidates of a sweep are examined whole, so that it can be said which constraint is the hard one.

use std::collections::BTreeMap;
use std::fmt::Write;

use rayon::prelude::*;
use sweep_config::ClosedInterval;

use super::constraint::{LIMITS, Rejection};
use super::drawing::DesignSpace;
use crate::app::num::float;
use crate::app::units::fine_percent;

/// The number of candidates that are examined: what is true of one in ten thousand still shows.
const SAMPLE: u64 = 20_000;
/// A constraint that rejects this share of all candidates on its own deserves a warning.
const NEARLY_ALL: f64 = 0.999;

/// The effect of each constraint on the candidates that were examined.
#[derive(Debug, PartialEq)]
pub(crate) struct ConstraintDiagnosis {
    /// The number of candidates that were examined.
    pub(crate) examined: u64,
    /// The number of those that nothing speaks against.
    pub(crate) met: u64,
    /// The number that each constraint rejects on its own.
    pub(crate) alone: BTreeMap<Rejection, u64>,
    /// The range of the middle 98 % of what was drawn, for each limit on complexity that is set.
    pub(crate) drawn: BTreeMap<Rejection, ClosedInterval>,
}

impl ConstraintDiagnosis {
    /// Examines the first candidates, as many as were drawn at most. Runs on the threads of the
    /// caller's pool.
    pub(crate) fn of(space: &DesignSpace<'_>, candidates: u64) -> Self {
        let sample = candidates.min(SAMPLE);
        let found: Vec<_> =
            (0..sample).into_par_iter().map(|number| space.examine(number)).collect();
        let mut alone = BTreeMap::new();
        for rejection in found.iter().flat_map(|(against, _)| against) {
            *alone.entry(*rejection).or_default() += 1;
        }
        let met = found.iter().filter(|(against, _)| against.is_empty()).count() as u64;
        let ranges = space.limits().filter_map(|(i, _)| {
            let numbers = found.iter().filter_map(|(_, cx)| cx.as_ref().map(LIMITS[i].1));
            Some((Rejection::Limit(i), middle(numbers.collect())?))
        });
        Self { examined: sample, met, alone, drawn: ranges.collect() }
    }

    /// Returns the share of the examined candidates that a constraint rejects on its own.
    pub(crate) fn share(&self, rejection: Rejection) -> f64 {
        self.alone.get(&rejection).map_or(0.0, |&count| float(count) / float(self.examined))
    }

    /// Returns the warnings: a sentence for each constraint that rejects nearly all on its own.
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
                    ": its range is {}, the 1 % to 99 % range of what was drawn is {}",
                    range(limit),
                    range(drawn)
                );
            }
            text
        };
        hard.map(sentence).collect()
    }
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
    fn the_middle_is_between_the_one_and_the_ninety_nine_per_cent_quantile() {
        let middle = middle((0..=1000).rev().collect()).unwrap();
        assert_eq!((middle.low, middle.high), (10.0, 990.0));
        assert_eq!(super::middle(Vec::new()), None);
    }
}
