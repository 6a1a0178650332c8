//! All jobs in a table: best first, then those without an error.

use sweep_config::records::JobState;
use sweep_config::table::{EPOCH_IND, EPOCH_MAX, ERROR_LINE, REASON};

use crate::analyze::plot::short;
use crate::analyze::population::Population;
use crate::analyze::report::{Row, Section, Table};
use crate::app::count;

/// How many rows the table may have: more than anyone reads, less than a browser minds.
const ROWS: usize = 2000;

/// The table of a population's jobs.
#[must_use]
pub fn jobs(id: &str, population: &Population) -> Section {
    let mut rows = population.ranked();
    let rest = population.rows.iter().copied().filter(|&row| !population.errors[row].is_finite());
    rows.extend(rest);
    let left_out = rows.len().saturating_sub(ROWS);
    let note = match left_out {
        0 => String::new(),
        n => format!("{} more in sweep.parquet.", count(n, "job")),
    };
    rows.truncate(ROWS);
    let frame = &population.frame;
    let (at, of) = (frame.numbers(EPOCH_IND), frame.numbers(EPOCH_MAX));
    let (reasons, lines) = (frame.texts(REASON), frame.texts(ERROR_LINE));
    let row = |row: usize| Row {
        done: population.states[row] == JobState::Done,
        cells: vec![
            population.jobs[row].to_string(),
            population.states[row].name().to_owned(),
            number(population.errors[row]),
            epochs(at[row], of[row]),
            [&reasons[row], &lines[row]].map(String::as_str).join(" ").trim().to_owned(),
            population.sampled[row].clone(),
        ],
    };
    Section {
        id: id.to_owned(),
        title: format!("Jobs of {}", population.name),
        table: Some(Table {
            heads: vec!["job", "state", "error", "epochs", "why it ended", "sampled"],
            rows: rows.into_iter().map(row).collect(),
            note,
        }),
        ..Section::default()
    }
}

fn number(value: f64) -> String {
    if value.is_finite() { short(value) } else { "–".to_owned() }
}

fn epochs(at: f64, of: f64) -> String {
    match (at.is_finite(), of.is_finite()) {
        (true, true) => format!("{at} of {of}"),
        (false, true) => format!("0 of {of}"),
        _ => "–".to_owned(),
    }
}
