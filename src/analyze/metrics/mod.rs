//! Metrics and objectives over a population: [`crate::trials`] defines and evaluates them.

pub(crate) use crate::trials::{Metric, MetricProblem, Objective, ValueSpacing, WIDE};
