//! Why there are fewer configs than were asked for, and what to do about it.

use super::constraint::{NUM_STAGES, Rejection};
use super::plan::Tally;
use crate::app::count;

/// Why a population is smaller than asked, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shortfall {
    /// A fragment that follows "12 of 100 configs: ".
    pub(crate) reason: String,
    /// What to change.
    pub(crate) hint: String,
}

impl Shortfall {
    /// Explains why only `kept` configs were found.
    pub(crate) fn explain(tally: &Tally, kept: usize) -> Self {
        if tally.is_exhausted() { Self::exhausted(tally, kept) } else { Self::given_up(tally) }
    }

    /// Every config that the samplers can draw was drawn.
    fn exhausted(tally: &Tally, kept: usize) -> Self {
        let distinct = count(number(tally.distinct()), "different config");
        let mut parts = vec![format!("the samplers can draw only {distinct}")];
        for (key, n) in &tally.rejections {
            parts.push(clause(key, &count(number(*n), "config")));
        }
        let mut ways = vec!["widen SETUP.SAMPLERS".to_owned()];
        if kept > 0 {
            ways.insert(0, format!("ask for SETUP.NUM_CONFIGS: {kept}"));
        }
        Self { reason: parts.join(", "), hint: alternatives(ways, tally) }
    }

    /// `NUM_SAMPLES` candidates were not enough.
    fn given_up(tally: &Tally) -> Self {
        let tried = count(number(tally.candidates), "candidate");
        let mut parts = Vec::new();
        if tally.duplicates > 0 {
            let share = percent(tally.duplicates, tally.candidates);
            parts.push(format!("{share} repeated an earlier one"));
        }
        for (key, n) in &tally.rejections {
            parts.push(clause(key, &percent(*n, tally.candidates)));
        }
        let of_which = if parts.is_empty() { "" } else { ", of which " };
        let reason = format!("SETUP.NUM_SAMPLES allows {tried}{of_which}{}", parts.join(", "));
        let mut ways = vec!["raise SETUP.NUM_SAMPLES".to_owned()];
        if tally.duplicates > 0 {
            ways.push("widen SETUP.SAMPLERS".to_owned());
        }
        Self { reason, hint: alternatives(ways, tally) }
    }
}

/// What a rejection did to so many candidates.
fn clause(key: Rejection, amount: &str) -> String {
    if key == NUM_STAGES {
        format!("SETUP.CONSTRAINTS.{key} rejected {amount}")
    } else {
        format!("{key} made no network of {amount}")
    }
}

fn alternatives(mut ways: Vec<String>, tally: &Tally) -> String {
    if tally.rejections.contains_key(NUM_STAGES) {
        ways.push(format!("loosen SETUP.CONSTRAINTS.{NUM_STAGES}"));
    }
    if let Some(key) = tally.rejections.keys().find(|key| **key != NUM_STAGES) {
        ways.push(format!("correct the values of {key}"));
    }
    ways.join(", or ")
}

#[expect(clippy::cast_precision_loss, reason = "a share in percent")]
fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}

fn number(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_space_that_is_too_small_is_called_so() {
        let tally = Tally {
            candidates: 40,
            duplicates: 28,
            rejections: BTreeMap::new(),
            support: Some(12),
        };
        let Shortfall { reason, hint } = Shortfall::explain(&tally, 12);
        assert_eq!(reason, "the samplers can draw only 12 different configs");
        assert_eq!(hint, "ask for SETUP.NUM_CONFIGS: 12, or widen SETUP.SAMPLERS");
    }

    #[test]
    fn each_reason_has_its_share_and_its_way_out() {
        let rejections = BTreeMap::from([(NUM_STAGES, 750), ("REGNET.W0", 10)]);
        let tally = Tally { candidates: 1000, duplicates: 200, rejections, support: Some(5000) };
        let Shortfall { reason, hint } = Shortfall::explain(&tally, 40);
        assert_eq!(
            reason,
            "SETUP.NUM_SAMPLES allows 1,000 candidates, of which 20.0 % repeated an earlier one, \
             SETUP.CONSTRAINTS.REGNET.NUM_STAGES rejected 75.0 %, \
             REGNET.W0 made no network of 1.0 %"
        );
        assert_eq!(
            hint,
            "raise SETUP.NUM_SAMPLES, or widen SETUP.SAMPLERS, or loosen \
             SETUP.CONSTRAINTS.REGNET.NUM_STAGES, or correct the values of REGNET.W0"
        );
    }

    #[test]
    fn a_space_that_the_constraints_empty_does_not_ask_for_zero_configs() {
        let rejections = BTreeMap::from([(NUM_STAGES, 3)]);
        let tally = Tally { candidates: 9, duplicates: 6, rejections, support: Some(3) };
        let Shortfall { reason, hint } = Shortfall::explain(&tally, 0);
        assert!(reason.ends_with("SETUP.CONSTRAINTS.REGNET.NUM_STAGES rejected 3 configs"));
        assert!(!hint.contains("NUM_CONFIGS"), "{hint}");
    }
}
