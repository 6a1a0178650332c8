//! What the report ranks by: ANALYZE.OBJECTIVE, or pycls's `error` where it says nothing.
//!
//! pycls takes the least error of the averaged (EMA) weights and drops every job without it, which
//! leaves nothing of a sweep whose program keeps no averages. Here the plain test error stands in
//! where no job has the other, and the report says so.

use sweep_config::{EpochReduction, ObjectiveConfig, ObjectiveGoal, table};

use super::{Metric, MetricProblem};
use crate::analyze::frame::{Column, Population};

/// The column of the least test error of the averaged weights.
pub(super) const EMA_ERROR: &str = "test_ema_epoch.min_top1_err.min";
/// The column of the least test error.
pub(super) const TEST_ERROR: &str = "test_epoch.min_top1_err.min";
/// The same of a program that logs no running minimum.
const PLAIN_ERROR: &str = "test_epoch.top1_err.min";

const COLUMNS: [&str; 3] = [EMA_ERROR, TEST_ERROR, PLAIN_ERROR];

/// What jobs are ranked by.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its name on axes and in tables: `error`, say.
    pub label: String,
    /// What it is, in words: `least test error`.
    pub words: String,
    /// Which values are good.
    pub goal: ObjectiveGoal,
    /// Whether the value of a job that goes on can only get better, since it is the best of its epochs.
    pub only_improves: bool,
    metric: Metric,
}

/// pycls's error: the first column that every sweep with any error has a number in; that of the
/// averaged weights if there is none.
///
/// Sweeps that are compared must be ranked by the same thing.
pub fn error<'a>(populations: impl Iterator<Item = &'a Population>) -> Objective {
    let has_any = |p: &&Population| COLUMNS.iter().any(|column| has_number(p, column));
    let tested: Vec<&Population> = populations.filter(has_any).collect();
    let all_have = |column: &&str| tested.iter().all(|p| has_number(p, column));
    let column = COLUMNS.into_iter().find(all_have).unwrap_or(EMA_ERROR);
    let words = if column == EMA_ERROR {
        "least test error of its averaged (EMA) weights"
    } else {
        "least test error"
    };
    Objective {
        label: "error".to_owned(),
        words: words.to_owned(),
        goal: ObjectiveGoal::Minimize,
        only_improves: true,
        metric: Metric::of_column(column),
    }
}

/// The objective that the config names.
pub fn configured<'a>(
    config: &ObjectiveConfig,
    mut populations: impl Iterator<Item = &'a Population>,
) -> Objective {
    let name = &config.metric;
    let suffix = match config.over {
        EpochReduction::Min => table::MIN,
        EpochReduction::Max => table::MAX,
        EpochReduction::Mean => table::MEAN,
        EpochReduction::Last => "",
    };
    let over = format!("{name}{suffix}");
    // A metric that is logged once has no columns over its epochs.
    let is_series = !suffix.is_empty() && populations.any(|p| p.table.get(&over).is_some());
    let metric = if is_series { Metric::of_column(&over) } else { Metric::named(name) };
    let label = if metric.label == over { name.clone() } else { metric.label.clone() };
    let words = match (is_series, config.over) {
        (true, EpochReduction::Min) => format!("least `{name}` of its epochs"),
        (true, EpochReduction::Max) => format!("greatest `{name}` of its epochs"),
        (true, EpochReduction::Mean) => format!("mean `{name}` of its epochs"),
        (false, EpochReduction::Last) => format!("last `{name}`"),
        _ => format!("`{name}`"),
    };
    let best = if config.goal == ObjectiveGoal::Minimize {
        EpochReduction::Min
    } else {
        EpochReduction::Max
    };
    let only_improves = is_series && config.over == best;
    Objective { label, words, goal: config.goal, only_improves, metric }
}

fn has_number(population: &Population, column: &str) -> bool {
    match population.table.get(column) {
        Some(Column::Numbers(numbers)) => numbers.iter().any(Option::is_some),
        _ => false,
    }
}

impl Objective {
    /// The value of each job; nothing where it has none yet.
    pub fn values(&self, population: &Population) -> Vec<Option<f64>> {
        self.try_values(population).unwrap_or_else(|_| vec![None; population.jobs.len()])
    }

    /// The same, or why no job has a value.
    ///
    /// # Errors
    ///
    /// When no job of the sweep has the metric, or it is no number.
    pub fn try_values(&self, population: &Population) -> Result<Vec<Option<f64>>, MetricProblem> {
        self.metric.values_without_objective(population)
    }

    /// Whether small values are good.
    pub fn is_minimized(&self) -> bool {
        self.goal == ObjectiveGoal::Minimize
    }

    /// What the best value is called: `least` or `greatest`.
    pub fn best_word(&self) -> &'static str {
        if self.is_minimized() { "least" } else { "greatest" }
    }

    /// How its values are spaced on an axis.
    pub fn spacing(&self) -> super::Spacing {
        self.metric.spacing
    }
}
