//! Explains why there are fewer configs than were asked for, and what to do about it.

use super::constraint::Rejection;
use super::drawing::DesignSpace;
use super::population::DrawTally;
use crate::app::num::{float, saturated};
use crate::app::units::fine_percent;
use crate::app::{count, thousands};

/// The reason why a population is smaller than asked for, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PopulationShortfall {
    /// A fragment that follows "12 of 100 configs: ".
    pub(crate) reason: String,
    /// A hint on what to change.
    pub(crate) hint: String,
}

impl PopulationShortfall {
    /// Explains why only `kept` configs were found.
    pub(crate) fn explain(space: &DesignSpace<'_>, tally: &DrawTally, kept: usize) -> Self {
        let words = RejectionWords {
            key: &|rejection| space.key(rejection),
            why: &|rejection, first| space.explain(first, rejection),
            total: space.total(),
            largest: space.largest_factor(),
        };
        let mut found = Self::of(tally, kept, &words);
        if !tally.shortages.is_empty() {
            found.reason = format!("{}; {}", tally.shortages.join(", "), found.reason);
        }
        found
    }

    fn of(tally: &DrawTally, kept: usize, words: &RejectionWords<'_>) -> Self {
        match tally.exhausted {
            Some(distinct) => Self::exhausted(tally, distinct, kept, words),
            None => Self::given_up(tally, words),
        }
    }

    /// Explains a space of which every config was drawn.
    fn exhausted(
        tally: &DrawTally,
        distinct: u64,
        kept: usize,
        words: &RejectionWords<'_>,
    ) -> Self {
        let configs = count(saturated(distinct), "different config");
        let mut parts = vec![match words.total {
            _ if distinct == 0 && tally.duplicates > 0 => {
                "every config of the design space is already a job".to_owned()
            }
            Some(_) => format!("the grid has only {configs}"),
            None => format!("the samplers can draw only {configs}"),
        }];
        for (rejection, rejected) in &tally.rejections {
            let amount = count(saturated(rejected.count), "config");
            parts.push(words.clause(*rejection, &amount, rejected.first));
        }
        let mut ways = vec!["widen SETUP.SAMPLERS".to_owned()];
        if kept > 0 {
            ways.insert(0, format!("set SETUP.NUM_CONFIGS: {kept}"));
        }
        Self { reason: parts.join(", "), hint: words.alternatives(ways, tally) }
    }

    /// Explains that `NUM_SAMPLES` candidates were not enough.
    fn given_up(tally: &DrawTally, words: &RejectionWords<'_>) -> Self {
        let tried = match words.total {
            Some(total) => {
                let all = count(saturated(total), "candidate");
                format!("{} of {all}", thousands(saturated(tally.candidates)))
            }
            None => count(saturated(tally.candidates), "candidate"),
        };
        let mut parts = Vec::new();
        if tally.duplicates > 0 {
            let share = share(tally.duplicates, tally.candidates);
            parts.push(format!("{share} repeated an earlier one"));
        }
        for (rejection, rejected) in &tally.rejections {
            let share = share(rejected.count, tally.candidates);
            parts.push(words.clause(*rejection, &share, rejected.first));
        }
        let of_which = if parts.is_empty() { "" } else { ", of which " };
        let reason = format!("SETUP.NUM_SAMPLES allows {tried}{of_which}{}", parts.join(", "));
        let mut ways = vec!["raise SETUP.NUM_SAMPLES".to_owned()];
        if let (Some(_), Some((name, values))) = (words.total, &words.largest) {
            let values = count(saturated(*values), "value");
            ways.insert(0, format!("reduce the {values} of {name}"));
        }
        if tally.duplicates > 0 {
            ways.push("widen SETUP.SAMPLERS".to_owned());
        }
        Self { reason, hint: words.alternatives(ways, tally) }
    }
}

/// Words for rejections.
struct RejectionWords<'a> {
    /// Returns the key of a rejection.
    key: &'a dyn Fn(Rejection) -> String,
    /// Returns why a candidate cannot be judged.
    why: &'a dyn Fn(Rejection, u64) -> Option<String>,
    /// The number of candidates, if they are not drawn at random.
    total: Option<u64>,
    /// The parameter, or what else, that makes most of the combinations, with the number of its values.
    largest: Option<(String, u64)>,
}

impl RejectionWords<'_> {
    /// Says how many candidates were rejected for a reason; `first` is the number of the first of them.
    fn clause(&self, rejection: Rejection, amount: &str, first: u64) -> String {
        let key = (self.key)(rejection);
        if rejection.is_constraint() {
            return format!("SETUP.CONSTRAINTS.{key} rejected {amount}");
        }
        let why = (self.why)(rejection, first).map_or(String::new(), |why| format!(" ({why})"));
        match rejection {
            Rejection::NoValue(_) => {
                format!("SETUP.CONSTRAINTS.{key} has no value for {amount}{why}")
            }
            Rejection::Undrawn(_) => format!("SETUP.{key} has no value for {amount}{why}"),
            _ => format!("{key} made no valid network from {amount}{why}"),
        }
    }

    fn alternatives(&self, mut ways: Vec<String>, tally: &DrawTally) -> String {
        // The hardest of each kind: loosening another would help least.
        let hardest = |constraint: bool| {
            let kind = tally.rejections.iter().filter(|(r, _)| r.is_constraint() == constraint);
            kind.max_by_key(|(_, rejected)| rejected.count).map(|(rejection, _)| *rejection)
        };
        if let Some(rejection) = hardest(true) {
            ways.push(format!("loosen SETUP.CONSTRAINTS.{}", (self.key)(rejection)));
        }
        match hardest(false) {
            Some(rejection @ (Rejection::NoValue(_) | Rejection::Undrawn(_))) => {
                ways.insert(0, format!("correct the expression of {}", (self.key)(rejection)));
            }
            Some(rejection) => {
                ways.insert(0, format!("correct the values of {}", (self.key)(rejection)));
            }
            None => {}
        }
        ways.join(", or ")
    }
}

fn share(part: u64, whole: u64) -> String {
    fine_percent(float(part) / float(whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelField;
    use crate::setup::population::RejectionCount;

    fn rejected(count: u64) -> RejectionCount {
        RejectionCount { count, first: 7 }
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the real one")]
    fn not_whole(_: Rejection, first: u64) -> Option<String> {
        assert_eq!(first, 7);
        Some("not a positive multiple of 8".to_owned())
    }

    fn words() -> RejectionWords<'static> {
        RejectionWords {
            key: &|rejection| rejection.key().into_owned(),
            why: &not_whole,
            total: None,
            largest: None,
        }
    }

    #[test]
    fn a_space_that_is_too_small_is_called_so() {
        let tally = DrawTally {
            candidates: 40,
            duplicates: 28,
            exhausted: Some(12),
            ..DrawTally::default()
        };
        let PopulationShortfall { reason, hint } = PopulationShortfall::of(&tally, 12, &words());
        assert_eq!(reason, "the samplers can draw only 12 different configs");
        assert_eq!(hint, "set SETUP.NUM_CONFIGS: 12, or widen SETUP.SAMPLERS");
    }

    #[test]
    fn each_reason_has_its_share_and_the_hardest_constraint_its_way_out() {
        let rejections = [
            (Rejection::Stages, rejected(650)),
            (Rejection::Limit(0), rejected(100)),
            (Rejection::Network(Some(ModelField::RegW0)), rejected(10)),
        ];
        let tally = DrawTally {
            candidates: 1000,
            duplicates: 200,
            rejections: rejections.into(),
            ..DrawTally::default()
        };
        let PopulationShortfall { reason, hint } = PopulationShortfall::of(&tally, 40, &words());
        assert_eq!(
            reason,
            "SETUP.NUM_SAMPLES allows 1,000 candidates, of which 20.0 % repeated an earlier one, \
             SETUP.CONSTRAINTS.REGNET.NUM_STAGES rejected 65.0 %, \
             REGNET.W0 made no valid network from 1.0 % (not a positive multiple of 8), \
             SETUP.CONSTRAINTS.CX.FLOPS rejected 10.0 %"
        );
        assert_eq!(
            hint,
            "correct the values of REGNET.W0, or raise SETUP.NUM_SAMPLES, or widen SETUP.SAMPLERS, \
             or loosen SETUP.CONSTRAINTS.REGNET.NUM_STAGES"
        );
    }

    #[test]
    fn a_space_that_the_constraints_empty_does_not_ask_for_zero_configs() {
        let tally = DrawTally {
            candidates: 9,
            duplicates: 6,
            rejections: [(Rejection::Stages, rejected(3))].into(),
            exhausted: Some(3),
            ..DrawTally::default()
        };
        let PopulationShortfall { reason, hint } = PopulationShortfall::of(&tally, 0, &words());
        assert!(reason.ends_with("SETUP.CONSTRAINTS.REGNET.NUM_STAGES rejected 3 configs"));
        assert!(!hint.contains("NUM_CONFIGS"), "{hint}");
    }
}
