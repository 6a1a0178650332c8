//! What the report ranks by: pycls's `error`.
//!
//! pycls takes the least error of the averaged (EMA) weights and drops every job without it, which
//! leaves nothing of a sweep whose program keeps no averages. Here the plain test error stands in
//! where no job has the other, and the report says so.

use crate::analyze::frame::{Column, Population};

/// The column of the least test error of the averaged weights.
pub(super) const EMA_ERROR: &str = "test_ema_epoch.min_top1_err.min";
/// The column of the least test error.
pub(super) const TEST_ERROR: &str = "test_epoch.min_top1_err.min";
/// The same of a program that logs no running minimum.
const PLAIN_ERROR: &str = "test_epoch.top1_err.min";

/// The column that jobs are ranked by; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objective {
    column: &'static str,
}

const COLUMNS: [&str; 3] = [EMA_ERROR, TEST_ERROR, PLAIN_ERROR];

/// The first column that every sweep with any error has a number in; pycls's if there is none.
///
/// Sweeps that are compared must be ranked by the same thing.
pub fn objective<'a>(populations: impl Iterator<Item = &'a Population>) -> Objective {
    let has_any = |p: &&Population| COLUMNS.iter().any(|column| has_number(p, column));
    let tested: Vec<&Population> = populations.filter(has_any).collect();
    let all_have = |column: &&str| tested.iter().all(|p| has_number(p, column));
    Objective { column: COLUMNS.into_iter().find(all_have).unwrap_or(EMA_ERROR) }
}

fn has_number(population: &Population, column: &str) -> bool {
    match population.table.get(column) {
        Some(Column::Numbers(numbers)) => numbers.iter().any(Option::is_some),
        _ => false,
    }
}

impl Objective {
    /// The error of each job; nothing where it has none yet.
    pub fn values(self, population: &Population) -> Vec<Option<f64>> {
        population.table.numbers(self.column, population.jobs.len())
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        if self.column == EMA_ERROR {
            "least test error of its averaged (EMA) weights"
        } else {
            "least test error"
        }
    }
}
