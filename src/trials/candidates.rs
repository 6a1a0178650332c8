//! Proposes what jobs could be ranked by, where the config names no objective that they have (pure).

use std::collections::BTreeSet;

use sweep_config::{ObjectiveGoal, table};

use super::goal_guess::guess_goal;

/// Words of numbers that are no results: where in the training they were logged, and what it took.
const OTHERS: [&str; 26] = [
    "epoch_ind",
    "epoch_max",
    "iter_ind",
    "iter_max",
    "epoch",
    "step",
    "iter",
    "iteration",
    "global_step",
    "_step",
    "_runtime",
    "_timestamp",
    "time",
    "lr",
    "learning_rate",
    "seconds",
    "timestamp",
    "total_flos",
    "mem",
    "memory",
    "eta",
    "duration",
    "runtime",
    "params",
    "flops",
    "acts",
];

/// A metric that jobs could be ranked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectiveCandidate {
    /// Its path.
    pub(crate) metric: String,
    /// The goal that its name suggests; missing where it suggests none.
    pub(crate) goal: Option<ObjectiveGoal>,
}

impl ObjectiveCandidate {
    /// Returns the metrics among the columns of numbers that were logged, the likeliest first.
    pub(crate) fn all(columns: &BTreeSet<&str>) -> Vec<Self> {
        let is_part = |name: &str| {
            let parts = [table::MIN, table::MAX, table::MEAN];
            parts
                .iter()
                .any(|part| name.strip_suffix(part).is_some_and(|base| columns.contains(base)))
        };
        let is_other = |name: &str| {
            let last = name.rsplit(['.', '/']).next().unwrap_or(name).to_lowercase();
            name.starts_with(table::TOLD)
                || name.starts_with(table::CFG)
                || name.starts_with("cfg.")
                || OTHERS.contains(&last.as_str())
                || !name.contains('.')
        };
        let names = columns.iter().filter(|name| !is_part(name) && !is_other(name));
        let mut all: Vec<Self> =
            names.map(|name| Self { metric: (*name).to_owned(), goal: guess_goal(name) }).collect();
        all.sort_by_key(|candidate| (candidate.likelihood(), candidate.metric.clone()));
        all
    }

    /// Returns how likely it is meant; less is likelier.
    fn likelihood(&self) -> u8 {
        let name = self.metric.to_lowercase();
        let has = |words: &[&str]| {
            name.split(|c: char| !c.is_alphanumeric())
                .any(|word| words.iter().any(|known| word.starts_with(known)))
        };
        match self.goal {
            None => 9,
            Some(_) if has(&["avg"]) => 6,
            Some(_) if has(&["val", "eval", "valid", "test"]) => 1,
            Some(_) if has(&["train"]) => 5,
            Some(_) => 3,
        }
    }

    /// Returns the line of the sweep config that names it, without the goal where its name suggests none.
    pub(crate) fn line(&self) -> String {
        let goal = self.goal.unwrap_or(ObjectiveGoal::Minimize).name();
        let name = &self.metric;
        let is_plain = name.chars().all(|c| c.is_alphanumeric() || "_.-/".contains(c));
        let name = if is_plain { name.clone() } else { format!("'{}'", name.replace('\'', "''")) };
        let unsure = if self.goal.is_none() { "    # or maximize" } else { "" };
        format!("OBJECTIVE: {{METRIC: {name}, GOAL: {goal}}}{unsure}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_of_the_validation_come_first_and_places_not_at_all() {
        let columns = [
            "cfg.loss",
            "job",
            "metrics.epoch",
            "metrics.loss",
            "metrics.loss.min",
            "metrics.lr",
            "metrics.n",
            "metrics.val acc",
            "metrics.val acc.max",
        ];
        let lines: Vec<String> = ObjectiveCandidate::all(&columns.into_iter().collect())
            .iter()
            .map(ObjectiveCandidate::line)
            .collect();
        assert_eq!(
            lines,
            [
                "OBJECTIVE: {METRIC: 'metrics.val acc', GOAL: maximize}",
                "OBJECTIVE: {METRIC: metrics.loss, GOAL: minimize}",
                "OBJECTIVE: {METRIC: metrics.n, GOAL: minimize}    # or maximize",
            ]
        );
    }
}
