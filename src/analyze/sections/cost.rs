//! Shows the time that the jobs took, and what it was spent on: by how they ended, on those that
//! diverged, on attempts started more than once.

use std::fmt::Write;

use polars::prelude::{Column, DataFrame};
use sweep_config::table::{ATTEMPTS, SECONDS};
use sweep_config::{JobId, Sweep};

use super::table_cells::{aside_row, column_head, number_cell, share_cell, table_row, text_cell};
use super::{empty, overview};
use crate::analyze::frame::{self, IS_DIVERGED, JOB, RowMask, STATE};
use crate::analyze::group::JobGroup;
use crate::analyze::origin::{SweepOrigin, distinct, origins};
use crate::analyze::stats::quantile;
use crate::app::num::float;
use crate::app::units::span_of_seconds;
use crate::app::{count, thousands};
use crate::page::number::number;
use crate::page::{PageSection, TableHead, TableRow, TableView};

/// The time of several jobs together.
#[derive(Debug, PartialEq)]
struct TotalCost {
    jobs: usize,
    /// The number of their attempts.
    attempts: f64,
    seconds: f64,
    /// The median of one job's time, in seconds.
    median: f64,
    longest: f64,
    /// The job that took longest.
    longest_job: JobId,
}

/// The columns in which a sweep's costs are shown.
struct CostColumns<'a> {
    /// The sweep's name; `None` if it is the only one.
    name: Option<&'a str>,
    /// The number of GPUs of each of its jobs; `None` if they are not counted.
    gpus: Option<f64>,
    /// True if GPUs are counted in any sweep.
    has_gpus: bool,
}

/// Returns the section with the costs of each sweep; `None` if no job has a time.
pub fn cost(sweep: &Sweep, groups: &[JobGroup<'_>]) -> Option<PageSection> {
    let sweeps = distinct(groups);
    let spent: Vec<DataFrame> = sweeps.iter().map(|group| spent(group)).collect();
    if spent.iter().all(|jobs| jobs.height() == 0) {
        return None;
    }
    let gpus: Vec<Option<f64>> =
        origins(sweep, groups).iter().map(SweepOrigin::gpus_per_job).collect();
    let has_gpus = gpus.iter().any(Option::is_some);
    let is_one = sweeps.len() == 1;
    let mut section = empty("cost", "Cost");
    let mut rows = Vec::new();
    for ((group, spent), gpus) in sweeps.iter().zip(&spent).zip(gpus) {
        let name = (!is_one).then_some(group.name.as_str());
        let columns = CostColumns { name, gpus, has_gpus };
        let states = overview::states(group);
        let states: Vec<&str> = states.iter().map(|share| share.state.as_str()).collect();
        section.paragraphs.push(in_words(&columns, spent, group.population.trials.jobs.len()));
        rows.extend(columns.rows(spent, &states));
    }
    let heads = heads(is_one, has_gpus);
    let note = "Gray rows count jobs that are also in the rows above.".to_owned();
    let note = if rows.iter().any(|row| row.set_apart) { note } else { String::new() };
    section.table = Some(TableView { heads, rows, note });
    Some(section)
}

/// Returns the frame of the jobs of which an attempt ended, with what all their attempts took.
fn spent(group: &JobGroup<'_>) -> DataFrame {
    let attempts = group.population.table.numbers(ATTEMPTS);
    let seconds: Vec<Option<f64>> =
        group.rows().iter().map(|&row| group.job(row).seconds).collect();
    let attempts: Vec<f64> = group.rows().iter().map(|&row| attempts[row].unwrap_or(1.0)).collect();
    let columns = [Column::new(SECONDS.into(), seconds), Column::new(ATTEMPTS.into(), attempts)];
    let jobs = frame::with_columns(group.frame(), &columns);
    frame::filter(&jobs, &frame::is_within(&jobs, SECONDS, (0.0, f64::INFINITY)))
}

impl TotalCost {
    /// Adds up the costs of the jobs for which a condition is true; `None` if there is none.
    fn chosen(spent: &DataFrame, condition: &RowMask) -> Option<Self> {
        Self::of(&frame::filter(spent, condition))
    }

    /// Adds up the costs of attempts started more than once; `None` if there is none.
    fn again(spent: &DataFrame) -> Option<Self> {
        Self::chosen(spent, &frame::is_over(spent, ATTEMPTS, 1.0))
    }

    /// Adds up the costs of jobs; `None` if there is none.
    fn of(jobs: &DataFrame) -> Option<Self> {
        // The first job of the longest ones is the last row.
        let chosen = frame::sort(jobs, [SECONDS, JOB], [false, true]);
        let seconds = frame::numbers(&chosen, SECONDS);
        Some(Self {
            jobs: seconds.len(),
            attempts: frame::numbers(&chosen, ATTEMPTS).iter().sum(),
            // From the least to the greatest: polars adds in another order, which rounds differently.
            seconds: seconds.iter().sum(),
            median: quantile(&seconds, 0.5)?,
            longest: *seconds.last()?,
            longest_job: *frame::job_ids(&chosen).last()?,
        })
    }
}

fn heads(is_one: bool, has_gpus: bool) -> Vec<TableHead> {
    let sweep = (!is_one).then(|| column_head("sweep", "", false));
    let mut heads: Vec<TableHead> = sweep.into_iter().collect();
    heads.extend([
        column_head("spent on jobs", "", false),
        column_head("jobs", "jobs with a finished attempt", true),
        column_head("attempts", "attempts started", true),
        column_head("wall time", "of all finished attempts, summed over jobs", true),
    ]);
    if has_gpus {
        heads.push(column_head("GPU-hours", "wall hours × GPUs per job", true));
    }
    heads.extend([
        column_head("share", "of the total wall time of the sweep", true),
        column_head("median job", "", true),
        column_head("longest job", "", false),
    ]);
    heads
}

impl CostColumns<'_> {
    /// Returns a row for each state, in the order given, then the rows that repeat part of them.
    fn rows(&self, spent: &DataFrame, states: &[&str]) -> Vec<TableRow> {
        let Some(all) = TotalCost::of(spent) else { return Vec::new() };
        let mut rows = Vec::new();
        for state in states {
            let bill = TotalCost::chosen(spent, &frame::is_text(spent, STATE, state));
            rows.extend(bill.map(|bill| table_row(self.cells(state, &bill, all.seconds))));
        }
        let again = TotalCost::again(spent);
        let diverged = TotalCost::chosen(spent, &frame::is_true(spent, IS_DIVERGED));
        for (what, bill) in [("diverged", diverged), ("started more than once", again)] {
            rows.extend(bill.map(|bill| aside_row(self.cells(what, &bill, all.seconds))));
        }
        if rows.len() > 1 {
            rows.push(aside_row(self.cells("all", &all, all.seconds)));
        }
        rows
    }

    fn cells(&self, what: &str, bill: &TotalCost, all: f64) -> Vec<crate::page::TableCell> {
        let hours = bill.seconds / 3600.0;
        let mut cells: Vec<_> = self.name.map(text_cell).into_iter().collect();
        cells.extend([
            text_cell(what),
            number_cell(thousands(bill.jobs)),
            number_cell(number(bill.attempts)),
        ]);
        cells.push(number_cell(span_of_seconds(bill.seconds)));
        if self.has_gpus {
            cells.push(number_cell(self.gpus.map_or("–".to_owned(), |gpus| number(gpus * hours))));
        }
        cells.push(if all > 0.0 { share_cell(bill.seconds / all) } else { number_cell("–") });
        cells.push(number_cell(span_of_seconds(bill.median)));
        cells.push(text_cell(format!(
            "{} (job {})",
            span_of_seconds(bill.longest),
            bill.longest_job
        )));
        cells
    }
}

/// Returns as a sentence what the jobs of a sweep took, for how many of them it is known, and how
/// often one was started again.
fn in_words(columns: &CostColumns<'_>, spent: &DataFrame, jobs: usize) -> String {
    let name = columns.name.map_or_else(String::new, |name| format!("{name}: "));
    let Some(all) = TotalCost::of(spent) else {
        return format!("{name}No attempt has finished.");
    };
    let hours = all.seconds / 3600.0;
    let gpus = match columns.gpus {
        Some(gpus) => {
            format!(", {} GPU-hours at {} GPUs per job", number(gpus * hours), number(gpus))
        }
        None => " (no GPU was reserved for them)".to_owned(),
    };
    let of = match jobs - spent.height() {
        0 => String::new(),
        others => format!("; {} no finished attempt", have(others)),
    };
    let (took, counted) = (span_of_seconds(all.seconds), count(all.jobs, "job"));
    let mut text = format!("{name}{counted} took {took} of wall time{gpus}{of}.");
    if let Some(again) = TotalCost::again(spent) {
        let more = number(again.attempts - float(again.jobs));
        let verb = if again.jobs == 1 { "was" } else { "were" };
        let _ = write!(
            text,
            " {more} of the {} attempts were repeats: {} {verb} started more than once. The table shows the \
             total time of all their attempts.",
            number(all.attempts),
            count(again.jobs, "job"),
        );
    }
    text
}

/// Returns a count with its verb: `1 job has`, `3 jobs have`.
fn have(jobs: usize) -> String {
    format!("{} {}", count(jobs, "job"), if jobs == 1 { "has" } else { "have" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::sections::table_cells::row_texts;

    /// A row of a frame: the job's number, state, seconds, attempts, and whether it diverged.
    type CostRow = (u32, &'static str, f64, f64, bool);

    const SWEEP: [CostRow; 4] = [
        (0, "done", 3600.0, 1.0, false),
        (1, "done", 7200.0, 1.0, false),
        (2, "failed", 3600.0, 3.0, false),
        (3, "done", 3600.0, 1.0, true),
    ];

    fn spent(jobs: &[CostRow]) -> DataFrame {
        frame::frame(vec![
            Column::new(JOB.into(), jobs.iter().map(|job| job.0).collect::<Vec<u32>>()),
            Column::new(STATE.into(), jobs.iter().map(|job| job.1).collect::<Vec<&str>>()),
            Column::new(SECONDS.into(), jobs.iter().map(|job| job.2).collect::<Vec<f64>>()),
            Column::new(ATTEMPTS.into(), jobs.iter().map(|job| job.3).collect::<Vec<f64>>()),
            Column::new(IS_DIVERGED.into(), jobs.iter().map(|job| job.4).collect::<Vec<bool>>()),
        ])
    }

    const LOCAL: CostColumns<'_> = CostColumns { name: None, gpus: None, has_gpus: false };

    #[test]
    fn the_time_is_divided_by_how_jobs_ended_and_what_is_counted_twice_stands_apart() {
        let rows = LOCAL.rows(&spent(&SWEEP), &["done", "failed", "waiting"]);
        assert_eq!(
            row_texts(&rows),
            [
                "done | 3 | 3 | 4 h 00 min | 80.0 % | 1 h 00 min | 2 h 00 min (job 000001)",
                "failed | 1 | 3 | 1 h 00 min | 20.0 % | 1 h 00 min | 1 h 00 min (job 000002)",
                "diverged | 1 | 1 | 1 h 00 min | 20.0 % | 1 h 00 min | 1 h 00 min (job 000003)",
                "started more than once | 1 | 3 | 1 h 00 min | 20.0 % | 1 h 00 min | 1 h 00 min (job 000002)",
                "all | 4 | 6 | 5 h 00 min | 100.0 % | 1 h 00 min | 2 h 00 min (job 000001)",
            ]
        );
        assert_eq!(rows.iter().filter(|row| row.set_apart).count(), 3);
    }

    #[test]
    fn gpu_hours_are_wall_hours_by_the_gpus_of_a_job() {
        let slurm = CostColumns { name: Some("a"), gpus: Some(2.0), has_gpus: true };
        assert_eq!(
            row_texts(&slurm.rows(&spent(&SWEEP[..1]), &["done"])),
            ["a | done | 1 | 1 | 1 h 00 min | 2 | 100.0 % | 1 h 00 min | 1 h 00 min (job 000000)"]
        );
        let local = CostColumns { has_gpus: true, ..LOCAL };
        assert!(
            row_texts(&local.rows(&spent(&SWEEP[..1]), &["done"]))[0]
                .contains("| 1 h 00 min | – |")
        );
        assert!(
            in_words(&slurm, &spent(&SWEEP), 4)
                .contains("took 5 h 00 min of wall time, 10 GPU-hours")
        );
    }

    #[test]
    fn it_is_said_of_how_many_jobs_nothing_is_known_and_how_often_one_was_started_again() {
        let text = in_words(&LOCAL, &spent(&SWEEP), 5);
        assert!(text.contains("no GPU was reserved"), "{text}");
        assert!(text.contains("1 job has no finished attempt"), "{text}");
        assert!(text.contains("2 of the 6 attempts were repeats"), "{text}");
        assert_eq!(in_words(&LOCAL, &spent(&[]), 5), "No attempt has finished.");
    }

    #[test]
    fn a_sweep_that_took_no_time_has_no_shares_of_it() {
        let rows = LOCAL.rows(&spent(&[(0, "done", 0.0, 1.0, false)]), &["done"]);
        assert_eq!(row_texts(&rows), ["done | 1 | 1 | 0.0 s | – | 0.0 s | 0.0 s (job 000000)"]);
    }
}
