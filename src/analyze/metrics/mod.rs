//! Metrics and objectives over a population: [`crate::trials`] defines and evaluates them.

use std::borrow::Cow;

pub use crate::trials::{Metric, MetricProblem, Objective, ValueSpacing, WIDE};

use super::column::PlainColumn;
use super::frame::Population;
use crate::trials::{ColumnSource, ColumnValues};

impl ColumnSource for Population {
    fn rows(&self) -> usize {
        self.jobs.len()
    }

    fn column(&self, name: &str) -> Option<ColumnValues<'_>> {
        Some(match self.table.get(name)? {
            PlainColumn::Numbers(numbers) => ColumnValues::Numbers(Cow::Borrowed(numbers)),
            PlainColumn::Texts(texts) => ColumnValues::Texts(Cow::Borrowed(texts)),
        })
    }

    fn has_column(&self, name: &str) -> bool {
        self.table.names().any(|known| known == name)
    }

    fn number_names(&self) -> Vec<&str> {
        self.table.number_names().collect()
    }
}
