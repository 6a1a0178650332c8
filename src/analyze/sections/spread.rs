//! Tells in which groups a metric varies: figures and their axes are of those.
//!
//! A sweep's config holds every key, those of model families that it does not use as well. A default that is the same in
//! all its jobs is no value of a design, and must not decide what an axis shows of the sweeps that sampled it.

use crate::analyze::group::{JobGroup, MetricPoint};
use crate::analyze::metrics::{Metric, MetricProblem};
use crate::analyze::stats::ValueSpan;
use crate::page::number::number;

/// The points of a metric by group.
#[derive(Debug)]
pub(super) struct MetricSpread {
    /// The points of each group, in the order of the groups.
    pub(super) points: Vec<Vec<MetricPoint>>,
    /// The range of each group's values; `None` of one without points.
    spans: Vec<Option<ValueSpan>>,
}

impl MetricSpread {
    /// Reads a metric of groups. A group whose sweep does not have it has no points.
    ///
    /// # Errors
    ///
    /// When no group has it with a value of the objective.
    pub(super) fn of(metric: &Metric, groups: &[JobGroup<'_>]) -> Result<Self, MetricProblem> {
        let mut problem = None;
        let mut points_of = |group: &JobGroup<'_>| match group.points(metric) {
            Ok(points) => points,
            Err(own) => {
                problem.get_or_insert(own);
                Vec::new()
            }
        };
        let points: Vec<Vec<MetricPoint>> = groups.iter().map(&mut points_of).collect();
        let span =
            |points: &Vec<MetricPoint>| ValueSpan::of(points.iter().map(|point| point.value));
        let spans: Vec<Option<ValueSpan>> = points.iter().map(span).collect();
        if spans.iter().all(Option::is_none) {
            let without =
                || metric.problem("has no number in any job with a value for the objective", None);
            return Err(problem.unwrap_or_else(without));
        }
        Ok(Self { points, spans })
    }

    /// Returns the value that all jobs of all groups have; `None` if there are several.
    pub(super) fn only_value(&self) -> Option<f64> {
        let all = self.spans.iter().flatten().copied().reduce(ValueSpan::join)?;
        (all.width() == 0.0).then_some(all.low)
    }

    /// Returns true if a group's jobs differ in it, or if it is what tells groups apart that have one value each.
    pub(super) fn is_drawn(&self, group: usize) -> bool {
        let varies = |span: &ValueSpan| span.width() > 0.0;
        self.spans[group].as_ref().is_some_and(varies) || !self.spans.iter().flatten().any(varies)
    }

    /// Returns the values of each group that is drawn.
    pub(super) fn drawn_values(&self) -> Vec<Vec<f64>> {
        let drawn = self.points.iter().enumerate().filter(|(group, _)| self.is_drawn(*group));
        drawn.map(|(_, points)| points.iter().map(|point| point.value).collect()).collect()
    }

    /// Returns why a group is not drawn, as a sentence.
    pub(super) fn why_not(&self, group: usize) -> String {
        self.spans[group].map_or_else(
            || "No job has both this metric and a value for the objective.".to_owned(),
            |span| format!("{} in all its jobs.", number(span.low)),
        )
    }
}
