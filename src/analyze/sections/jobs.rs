//! Lists all jobs in a table: first those that are done, best first, then the others.

use sweep_config::JobId;
use sweep_config::records::JobState;
use sweep_config::table::{EPOCH_IND, EPOCH_MAX};

use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Metric;
use crate::analyze::sampled::{self, last_part, tidy};
use crate::app::count;
use crate::app::units::span_of_seconds;
use crate::page::number::number;
use crate::page::{PageSection, TableCell, TableHead, TableRow, TableView};

/// The greatest number of jobs that all have a row.
const ALL_ROWS: usize = 1000;
/// The number of rows of more jobs, of which no table could show all: the browser lays them out before it paints anything.
const MOST_ROWS: usize = 250;
/// The number of rows for jobs that are not done, if there are more of both than fit.
const MOST_OPEN: usize = 60;
/// The greatest number of parameters with a column of their own; more share one column.
const MOST_PARAMETERS: usize = 12;

/// Returns the section with a group's jobs.
pub fn jobs(id: &str, title: &str, group: &JobGroup<'_>) -> PageSection {
    let (rows, left_out) = order(group);
    let listing = JobListing::of(id, group, &rows);
    let note = match left_out {
        0 => String::new(),
        n => format!("{} more; sweep.parquet has all jobs.", count(n, "job")),
    };
    let rows = rows.iter().map(|&row| listing.row(row)).collect();
    let table = TableView { heads: listing.heads(), rows, note };
    PageSection { table: Some(table), ..empty(id, title) }
}

/// Returns the rows to show, in their order, and the number of those without room.
fn order(group: &JobGroup<'_>) -> (Vec<usize>, usize) {
    let untested = group.rows().iter().copied().filter(|&row| group.error(row).is_none());
    let ranked: Vec<usize> = group.ranked().into_iter().chain(untested).collect();
    let (mut rows, mut open): (Vec<usize>, Vec<usize>) =
        ranked.into_iter().partition(|&row| group.job(row).state == JobState::Done);
    let all = rows.len() + open.len();
    if all > ALL_ROWS {
        rows.truncate(MOST_ROWS - open.len().min(MOST_OPEN));
        open.truncate(MOST_ROWS - rows.len());
    }
    rows.append(&mut open);
    let left_out = all - rows.len();
    (rows, left_out)
}

/// The data that all rows need.
struct JobListing<'a> {
    /// The anchor of the section.
    id: &'a str,
    group: &'a JobGroup<'a>,
    /// The error without averaged weights, if jobs are ranked by another.
    tested: Option<Vec<Option<f64>>>,
    /// The value at the last epoch, if that is another one.
    last: Option<Vec<Option<f64>>>,
    has_times: bool,
    epochs: Vec<Option<f64>>,
    of: Vec<Option<f64>>,
    /// The names of the sampled parameters with a column; empty if they share one.
    keys: Vec<String>,
    has_reasons: bool,
}

impl<'a> JobListing<'a> {
    fn of(id: &'a str, group: &'a JobGroup<'a>, rows: &[usize]) -> Self {
        let table = &group.population.table;
        let all = group.all_errors();
        let tested =
            Metric::named("error_tst").values(&group.population.table, &group.objective).ok();
        Self {
            id,
            group,
            tested: tested.filter(|tested| *tested != all),
            last: group.objective.values_at_last(table).filter(|last| *last != all),
            has_times: rows.iter().any(|&row| group.job(row).seconds.is_some()),
            epochs: table.numbers(EPOCH_IND),
            of: table.numbers(EPOCH_MAX),
            keys: columns(group, rows),
            has_reasons: rows.iter().any(|&row| !group.job(row).why().is_empty()),
        }
    }

    fn heads(&self) -> Vec<TableHead> {
        let head = |text: &str, title: &str, numeric| TableHead {
            text: text.to_owned(),
            title: title.to_owned(),
            numeric,
        };
        let mut heads = vec![head("job", "", false), head("state", "", false)];
        heads.push(head(
            &self.group.objective.unit.named(&self.group.objective.label),
            &format!("the {}", self.group.objective.words),
            true,
        ));
        if self.last.is_some() {
            heads.push(head(
                &self.group.objective.unit.named("last"),
                "the value at the last epoch",
                true,
            ));
        }
        if self.tested.is_some() {
            heads.push(head(
                "error_tst",
                "the lowest test error of the raw (not averaged) weights",
                true,
            ));
        }
        heads.push(head("epochs", "epochs tested, of the total", true));
        if self.has_times {
            heads.push(head("time", "wall time of all attempts", true));
        }
        let is_unique = |name: &str| self.keys.iter().filter(|k| last_part(k) == name).count() == 1;
        for key in &self.keys {
            let short = Some(last_part(key)).filter(|name| is_unique(name));
            heads.push(head(short.unwrap_or(key), key, true));
        }
        if self.keys.is_empty() {
            heads.push(head("sampled", "", false));
        }
        if self.has_reasons {
            heads.push(head("why the job is not done", "", false));
        }
        heads
    }

    fn row(&self, row: usize) -> TableRow {
        let job = self.group.job(row);
        let cell = |text: String, numeric| TableCell { text, numeric, share: String::new() };
        let error = |error: Option<f64>| cell(error.map_or("–".to_owned(), number), true);
        let mut cells = vec![cell(job.id.to_string(), false)];
        cells.push(cell(job.state.name().to_owned(), false));
        cells.push(error(self.group.error(row)));
        cells.extend(self.last.as_ref().map(|last| error(last[row])));
        cells.extend(self.tested.as_ref().map(|tested| error(tested[row])));
        cells.push(cell(epochs(self.epochs[row], self.of[row]), true));
        if self.has_times {
            cells.push(cell(job.seconds.map_or("–".to_owned(), span_of_seconds), true));
        }
        for key in &self.keys {
            cells.push(cell(job.sampled.get(key).map_or("–".to_owned(), tidy), true));
        }
        if self.keys.is_empty() {
            cells.push(cell(sampled::brief(job), false));
        }
        if self.has_reasons {
            cells.push(cell(job.why(), false));
        }
        TableRow { id: anchor(self.id, job.id), set_apart: job.state != JobState::Done, cells }
    }
}

/// Returns the anchor of a job in the listing of that anchor.
pub(super) fn anchor(listing: &str, job: JobId) -> String {
    format!("{listing}-{job}")
}

/// Returns the parameters with a column: all that were sampled, or none if they are too many or a text
/// cannot be split.
fn columns(group: &JobGroup<'_>, rows: &[usize]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for &row in rows {
        let job = group.job(row);
        if job.sampled.is_empty() && !job.sentence.is_empty() {
            return Vec::new();
        }
        for (key, _) in job.sampled.iter() {
            if !keys.iter().any(|known| known == key) {
                keys.push(key.to_owned());
            }
        }
    }
    if keys.len() > MOST_PARAMETERS { Vec::new() } else { keys }
}

fn epochs(at: Option<f64>, of: Option<f64>) -> String {
    match (at, of) {
        (at, Some(of)) => format!("{} / {}", number(at.unwrap_or(0.0)), number(of)),
        (Some(at), None) => number(at),
        (None, None) => "–".to_owned(),
    }
}
