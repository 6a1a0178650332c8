//! Says a verdict in a sentence.

use super::{GroupComparison, GroupVerdict, VerdictStrength};
use crate::analyze::metrics::Objective;
use crate::app::count;

impl GroupComparison {
    /// Returns the verdict as a sentence that names the better group first, with the numbers that it rests on.
    pub(crate) fn sentence(&self, objective: &Objective) -> String {
        let (a, b) = (&self.names.0, &self.names.1);
        match self.verdict {
            GroupVerdict::First(strength) => {
                format!("{a} is {} than {b}: {}.", strength.word(), self.numbers(false, objective))
            }
            GroupVerdict::Second(strength) => {
                format!("{b} is {} than {a}: {}.", strength.word(), self.numbers(true, objective))
            }
            GroupVerdict::NotShown => {
                let flipped = self.samples.is_some_and(|found| found.less < 0.5);
                let (one, other) = if flipped { (b, a) } else { (a, b) };
                let numbers = self.numbers(flipped, objective);
                format!("Between {one} and {other} the data show no difference: {numbers}.")
            }
            GroupVerdict::CannotShow(least) => format!(
                "{a} and {b} have too few {} to show a difference at 5 %: the smallest possible p-value is {}.",
                if self.pairs.is_some() { "shared configs that differ" } else { "jobs" },
                probability(least),
            ),
            GroupVerdict::Open => format!(
                "Whether {a} or {b} is better cannot be said yet: {} still open.",
                count(self.open, "job"),
            ),
            GroupVerdict::TooFew => {
                format!(
                    "{a} and {b} cannot be compared: one of them has fewer than two finished jobs."
                )
            }
        }
    }

    /// Returns the numbers behind the verdict, seen from the first group or, `flipped`, from the second.
    fn numbers(&self, flipped: bool, objective: &Objective) -> String {
        let (a, b) = (&self.names.0, &self.names.1);
        let (one, other) = if flipped { (b, a) } else { (a, b) };
        let turned = |p: f64| if flipped { 1.0 - p } else { p };
        let p = corrected(self.corrected_p, self.comparisons);
        if let Some(pairs) = self.pairs {
            let found = pairs.found;
            let (wins, losses) =
                if flipped { (found.greater, found.less) } else { (found.less, found.greater) };
            let all = found.less + found.equal + found.greater;
            let gain = found.gain.map(|(gain, (low, high))| {
                let [low, high] = if flipped { [-high, -low] } else { [low, high] };
                let gain = if flipped { -gain } else { gain };
                let gain = objective.said_gain([gain, low, high]);
                format!("; its median gain in {} is {gain}", objective.label)
            });
            let left_out = match pairs.left_out {
                0 => String::new(),
                n => format!("; {} without a counterpart left out", count(n, "config")),
            };
            return format!(
                "of {all} shared configs, {one} is better in {wins}, worse in {losses}, equal in \
                 {}{}{left_out} ({p})",
                found.equal,
                gain.unwrap_or_default(),
            );
        }
        let Some(found) = self.samples else { return p };
        let [mut low, mut high] = [turned(found.interval.0), turned(found.interval.1)];
        if flipped {
            (low, high) = (high, low);
        }
        format!(
            "P({one} better than {other}) = {:.2} [{low:.2}, {high:.2}] ({p})",
            turned(found.less)
        )
    }
}

/// Spells a p-value that was corrected for a number of comparisons.
pub(super) fn corrected(p: f64, comparisons: usize) -> String {
    let corrected = match comparisons {
        0 | 1 => String::new(),
        n => format!(" after Holm's correction for {n} comparisons"),
    };
    format!("p {}{corrected}", probability(p))
}

impl VerdictStrength {
    fn word(self) -> &'static str {
        match self {
            Self::Slightly => "slightly better",
            Self::Better => "better",
            Self::Clearly => "clearly better",
        }
    }
}

/// Spells a p-value: `< 0.001`, `0.012`.
pub(crate) fn probability(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}
