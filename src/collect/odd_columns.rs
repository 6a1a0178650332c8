//! Columns of numbers that have cells which are none: each cell costs itself alone, and is told.

use std::collections::BTreeMap;

use sweep_config::JobId;

use super::cache::BlockIndex;
use super::column_census::numbers_only;
use super::job::JobStatus;
use super::odd_cells::OddCells;
use crate::app::count;

/// The cells of one column that are not numbers, over all jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OddColumn {
    pub(crate) cells: OddCells,
    /// The first job that has one.
    pub(crate) job: JobId,
}

impl OddColumn {
    /// Returns it as a sentence without its full stop.
    pub(crate) fn sentence(&self) -> String {
        let OddCells { column, times, text } = &self.cells;
        let values = count(*times, "value");
        let are = if *times == 1 { "is not a number" } else { "are not numbers" };
        format!("{values} of `{column}` {are}, the first `{text}` in job {:06}", self.job.0)
    }
}

/// Returns the odd cells of `sweep.parquet`: those of columns that are numbers in most jobs.
pub(crate) fn odd_columns<'b>(blocks: impl Iterator<Item = &'b BlockIndex>) -> Vec<OddColumn> {
    let mut columns: BTreeMap<&str, (usize, Option<OddColumn>)> = BTreeMap::new();
    for block in blocks {
        for (name, census) in &block.columns {
            let (numbers, odd) = columns.entry(name).or_default();
            *numbers += census.numbers;
            let Some((row, text)) = &census.first else { continue };
            let Some(job) = block.jobs.get(*row).map(|kept| kept.job_status.job) else { continue };
            let cells = OddCells { column: name.clone(), times: 0, text: text.clone() };
            let odd = odd.get_or_insert(OddColumn { cells, job });
            odd.cells.times += census.others;
        }
    }
    let odd = columns.into_iter().filter_map(|(name, (numbers, odd))| {
        odd.filter(|odd| numbers_only(name, numbers, odd.cells.times))
    });
    odd.collect()
}

/// Joins the odd cells of the table and those within the logs of the jobs, by column.
pub(crate) fn all_odd(table: &[OddColumn], jobs: &[JobStatus]) -> Vec<OddColumn> {
    let mut columns: BTreeMap<&str, OddColumn> = BTreeMap::new();
    let of_jobs = jobs.iter().flat_map(|status| {
        status.odd_cells.iter().map(|cells| OddColumn { cells: cells.clone(), job: status.job })
    });
    let of_jobs: Vec<OddColumn> = of_jobs.collect();
    for odd in table.iter().chain(&of_jobs) {
        match columns.get_mut(odd.cells.column.as_str()) {
            Some(known) => {
                let times = known.cells.times + odd.cells.times;
                if odd.job < known.job {
                    *known = odd.clone();
                }
                known.cells.times = times;
            }
            None => drop(columns.insert(&odd.cells.column, odd.clone())),
        }
    }
    columns.into_values().collect()
}
