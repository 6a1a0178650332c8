//! `ANALYZE.OBJECTIVE`: what the jobs are ranked by.

use super::given::GivenValue;
use crate::named::named;

/// An objective of `ANALYZE.OBJECTIVE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectiveConfig {
    /// `METRIC`: a shortcut or a dotted path.
    pub metric: String,
    /// `GOAL`.
    pub goal: ObjectiveGoal,
    /// `OVER`: what is taken of a metric that is logged every epoch.
    pub over: EpochReduction,
}

/// `GOAL`: which values are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectiveGoal {
    /// Small ones.
    Minimize,
    /// Great ones.
    Maximize,
}

/// `OVER`: how the values of the epochs become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochReduction {
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The value of the last epoch.
    Last,
    /// The mean of all epochs.
    Mean,
}

named!(pub ObjectiveGoal { Minimize = "minimize", Maximize = "maximize" });
named!(pub EpochReduction { Min = "min", Max = "max", Last = "last", Mean = "mean" });

impl ObjectiveGoal {
    /// Converts a value into one of which less is better, and back.
    #[must_use]
    pub fn as_loss(self, value: f64) -> f64 {
        match self {
            Self::Minimize => value,
            // Not `-value`: there is one zero.
            Self::Maximize => 0.0 - value,
        }
    }
}

/// Decodes one objective or a list: each a name, or a mapping of `METRIC`, `GOAL` and `OVER`.
pub(super) fn objectives(given: &GivenValue<'_>) -> Vec<ObjectiveConfig> {
    if given.is_list() {
        let items = given.list("a list of objectives").unwrap_or_default();
        return items.iter().filter_map(objective).collect();
    }
    objective(given).into_iter().collect()
}

fn objective(given: &GivenValue<'_>) -> Option<ObjectiveConfig> {
    if !given.is_mapping() {
        let metric = given.text()?;
        return Some(ObjectiveConfig {
            metric,
            goal: ObjectiveGoal::Minimize,
            over: EpochReduction::Min,
        });
    }
    let section = given.section();
    let metric =
        section.required("METRIC", "the report ranks by it").and_then(|given| given.text());
    let goal = section.one_of("GOAL", ObjectiveGoal::NAMED, ObjectiveGoal::Minimize);
    let best =
        if goal == ObjectiveGoal::Minimize { EpochReduction::Min } else { EpochReduction::Max };
    let over = section.one_of("OVER", EpochReduction::NAMED, best);
    section.finish();
    Some(ObjectiveConfig { metric: metric?, goal, over })
}
