//! The Pareto fronts of a report in numbers.

use serde::Serialize;

use crate::analyze::findings::ReportFindings;
use crate::analyze::fronts::{FrontPoint, ObjectiveFront};
use crate::analyze::group::JobGroup;
use crate::analyze::sampled;
use crate::page::number::number;

/// The greatest number of configs of a front that a terminal shows.
const SHOWN: usize = 24;

/// The front of the first objective and another one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DigestFront {
    /// The name of the sweep or group.
    pub sweep: String,
    /// The first objective's name.
    pub objective: String,
    /// `minimize` or `maximize`.
    pub goal: &'static str,
    /// The other objective's name.
    pub cost: String,
    /// `minimize` or `maximize`.
    pub cost_goal: &'static str,
    /// The sentence that counts the configs.
    pub words: String,
    /// The configs that no other beats in both, the best of the other objective first.
    pub front: Vec<DigestFrontPoint>,
    /// The number of configs that another dominates.
    pub dominated: usize,
    /// The number of configs that ended without a value of the first objective.
    pub lost: usize,
    /// The number of configs that ended with a value of the first objective and none of the other.
    pub without_cost: usize,
    /// The number of configs that may still end otherwise.
    pub open: usize,
}

/// A config on the front.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DigestFrontPoint {
    /// The numbers of its jobs.
    pub jobs: Vec<u32>,
    /// The number of its config; missing where nobody says.
    pub config: Option<u32>,
    /// Its value of the first objective, over its seeds.
    pub value: f64,
    /// Its value of the other.
    pub cost: f64,
    /// The sampled values, as a sentence.
    pub sampled: String,
}

/// Returns the fronts that were found.
pub(super) fn fronts(findings: &ReportFindings<'_>) -> Vec<DigestFront> {
    let groups = findings.groups();
    findings.fronts.iter().map(|front| front_of(groups, front)).collect()
}

fn front_of(groups: &[JobGroup<'_>], front: &ObjectiveFront) -> DigestFront {
    let (group, other) = (&groups[front.group], front.objective(groups));
    let point = |point: &FrontPoint| {
        let first = point.rows.first().map(|&row| group.job(row));
        DigestFrontPoint {
            jobs: point.rows.iter().map(|&row| group.job(row).id.0).collect(),
            config: first.and_then(|job| job.config),
            value: point.value,
            cost: point.cost,
            sampled: first.map(sampled::plain).unwrap_or_default(),
        }
    };
    DigestFront {
        sweep: group.name.clone(),
        objective: group.objective.label.clone(),
        goal: group.objective.goal.name(),
        cost: other.label.clone(),
        cost_goal: other.goal.name(),
        words: front.words(groups),
        front: front.front.iter().map(point).collect(),
        dominated: front.dominated.len(),
        lost: front.lost,
        without_cost: front.without,
        open: front.open,
    }
}

impl DigestFront {
    /// Returns the lines that a person reads in a terminal.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!(
                "front of {} ({}) and {} ({}), {}:",
                self.objective, self.goal, self.cost, self.cost_goal, self.sweep
            ),
            format!("  {}", self.words),
        ];
        lines.extend(self.front.iter().take(SHOWN).map(|point| self.line(point)));
        if self.front.len() > SHOWN {
            lines.push(format!("    and {} more: see --json", self.front.len() - SHOWN));
        }
        lines
    }

    fn line(&self, point: &DigestFrontPoint) -> String {
        let jobs: Vec<String> = point.jobs.iter().map(|job| format!("{job:06}")).collect();
        let (value, cost) = (number(point.value), number(point.cost));
        format!(
            "    {}  {} {value}  {} {cost}  {}",
            jobs.join(", "),
            self.objective,
            self.cost,
            point.sampled
        )
    }
}
