//! Metrics and objectives over a population: [`crate::trials`] defines and evaluates them, and here are the words on their values.

use crate::page::number::number;

pub(crate) use crate::trials::{MeasureUnit, Metric, MetricProblem, Objective, ValueSpacing, WIDE};

impl Objective {
    /// Returns a value in words, with the unit: `5.833 %`.
    pub(crate) fn said(&self, value: f64) -> String {
        self.unit.behind(number(value))
    }

    /// Returns the value of a loss in words.
    pub(crate) fn said_loss(&self, loss: f64) -> String {
        self.said(self.goal.as_loss(loss))
    }

    /// Returns the unit of the learning curves of a metric: its own, if they are of it.
    pub(crate) fn unit_of_curve(&self, metric: &str) -> MeasureUnit {
        let is_error = self.label == "error" && metric == "top1_err";
        let is_same = self.label.rsplit('.').next() == Some(metric) || is_error;
        if is_same { self.unit } else { MeasureUnit::Unknown }
    }

    /// Returns a difference of values with its interval in words: `1.2 [0.4, 2.1] points`.
    pub(crate) fn said_gain(&self, [gain, low, high]: [f64; 3]) -> String {
        let [gain, low, high] = [gain, low, high].map(end);
        self.unit.behind_difference(format!("{gain} [{low}, {high}]"))
    }
}

/// Returns the end of an interval in words.
fn end(value: f64) -> String {
    match value {
        f64::INFINITY => "∞".to_owned(),
        f64::NEG_INFINITY => "−∞".to_owned(),
        value => number(value),
    }
}
