//! `ANALYZE.OBJECTIVE`: what the jobs are ranked by.

use super::given::Given;

/// One objective.
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

/// `OVER`: what is taken of the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochReduction {
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// That of the last epoch.
    Last,
    /// The mean of all epochs.
    Mean,
}

const GOALS: [(&str, ObjectiveGoal); 2] =
    [("minimize", ObjectiveGoal::Minimize), ("maximize", ObjectiveGoal::Maximize)];
const OVERS: [(&str, EpochReduction); 4] = [
    ("min", EpochReduction::Min),
    ("max", EpochReduction::Max),
    ("last", EpochReduction::Last),
    ("mean", EpochReduction::Mean),
];

impl ObjectiveGoal {
    /// Its name in a config.
    #[must_use]
    pub fn name(self) -> &'static str {
        GOALS.iter().find(|(_, goal)| *goal == self).map_or("", |(name, _)| name)
    }

    /// The value as one of which less is better, and back.
    #[must_use]
    pub fn as_loss(self, value: f64) -> f64 {
        match self {
            Self::Minimize => value,
            // Not `-value`: there is one zero.
            Self::Maximize => 0.0 - value,
        }
    }
}

impl EpochReduction {
    /// Its name in a config.
    #[must_use]
    pub fn name(self) -> &'static str {
        OVERS.iter().find(|(_, over)| *over == self).map_or("", |(name, _)| name)
    }
}

/// One objective, or a list of several: each a name, or a mapping of `METRIC`, `GOAL` and `OVER`.
pub(super) fn objectives(given: &Given<'_>) -> Vec<ObjectiveConfig> {
    if given.is_list() {
        let items = given.list("a list of objectives").unwrap_or_default();
        return items.iter().filter_map(objective).collect();
    }
    objective(given).into_iter().collect()
}

fn objective(given: &Given<'_>) -> Option<ObjectiveConfig> {
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
    let goal = section.one_of("GOAL", &GOALS, ObjectiveGoal::Minimize);
    let best =
        if goal == ObjectiveGoal::Minimize { EpochReduction::Min } else { EpochReduction::Max };
    let over = section.one_of("OVER", &OVERS, best);
    section.finish();
    Some(ObjectiveConfig { metric: metric?, goal, over })
}
