//! A table with a row for each run: its parameters, and what it reached.

use std::collections::HashSet;
use std::path::Path;

use csv_core::{ReadFieldResult, ReaderBuilder};
use sweep_config::records::JobState;
use sweep_config::{Value, fs};

use super::clock_text::milliseconds;
use super::csv_columns::{ColumnRole, ColumnRoles, roles};
use super::imported_run::{ImportedRun, ImportedSource};
use super::options::ImportOptions;
use super::typed_text::type_texts;
use crate::app::{Failure, count};
use crate::collect::log_value::LogValue;
use crate::collect::reader::{cell_value, column_names, delimiter};

/// Reads a table.
///
/// # Errors
///
/// When it cannot be read, has no header or no row, or no column that may be a result.
pub(super) fn read(path: &Path, options: &ImportOptions) -> Result<ImportedSource, Failure> {
    let bytes = fs::read(path)?;
    let damaged = |message: String| Failure::Damaged {
        message: format!("`{}`{message}", path.display()),
        hint: Some(
            "a table has a line with the names of its columns, and one for each run".to_owned(),
        ),
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let head = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut rows = records(text, delimiter(head)).into_iter();
    let names = column_names(rows.next().unwrap_or_default());
    let mut rows: Vec<Vec<String>> = rows.collect();
    if delimiter(head) == b';' {
        point_decimals(&mut rows);
    }
    if rows.is_empty() {
        return Err(damaged(" has no row below its header".to_owned()));
    }
    if let Some(at) = rows.iter().position(|row| row.len() != names.len()) {
        let (found, wanted) = (rows[at].len(), names.len());
        return Err(damaged(format!(", row {}: {found} cells, the header has {wanted}", at + 1)));
    }
    let is_number = |column: usize| {
        let cells = || rows.iter().map(|row| row[column].trim()).filter(|cell| !cell.is_empty());
        let numbers = cells().filter(|cell| cell_value(cell).number().is_some()).count();
        2 * numbers > cells().count()
    };
    let found = roles(&names, &is_number, options)?;
    let mut source = ImportedSource {
        runs: rows.iter().enumerate().map(|(at, row)| run(at, row, &found.roles)).collect(),
        notes: vec![note(&names, &found)],
        ..ImportedSource::default()
    };
    identify(&mut source);
    type_texts(&mut source.runs);
    Ok(source)
}

/// Writes a point for the comma of decimals, in a table between semicolons that has no points in its numbers.
fn point_decimals(rows: &mut [Vec<String>]) {
    let is_split = |cell: &str, mark: char| {
        cell.trim().trim_start_matches(['-', '+']).split_once(mark).is_some_and(|(whole, rest)| {
            let is_whole = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
            is_whole && format!("0.{rest}").parse::<f64>().is_ok()
        })
    };
    if rows.iter().flatten().any(|cell| is_split(cell, '.')) {
        return;
    }
    for cell in rows.iter_mut().flatten().filter(|cell| is_split(cell, ',')) {
        *cell = cell.replacen(',', ".", 1);
    }
}

/// Says what the columns were taken for.
fn note(names: &[String], found: &ColumnRoles) -> String {
    let of = |is: &dyn Fn(&ColumnRole) -> bool| {
        let columns = names.iter().zip(&found.roles).filter(|(_, role)| is(role));
        let columns: Vec<&str> = columns.map(|(name, _)| name.as_str()).collect();
        if columns.is_empty() { "none".to_owned() } else { columns.join(", ") }
    };
    let (params, metrics, others) = (
        of(&|role| matches!(role, ColumnRole::Param(_))),
        of(&|role| matches!(role, ColumnRole::Metric(_))),
        of(&|role| matches!(role, ColumnRole::Other)),
    );
    let basis = &found.basis;
    let others = if others == "none" { String::new() } else { format!("; not used: {others}") };
    format!(
        "columns, {basis}: parameters {params}; metrics {metrics}{others}. `--params` and `--metrics` say otherwise"
    )
}

fn run(at: usize, row: &[String], roles: &[ColumnRole]) -> ImportedRun {
    let mut run = ImportedRun { id: String::new(), ..ImportedRun::default() };
    let mut state = None;
    for (cell, role) in row.iter().zip(roles) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        match role {
            ColumnRole::Id => cell.clone_into(&mut run.id),
            ColumnRole::Name => cell.clone_into(&mut run.name),
            ColumnRole::State => state = Some(named_state(cell)),
            ColumnRole::Started => run.started = milliseconds(cell),
            ColumnRole::Ended => run.ended = milliseconds(cell),
            ColumnRole::Param(name) => run.params.push((name.clone(), Value::Str(cell.to_owned()))),
            ColumnRole::Metric(name) => run.results.push((name.clone(), cell_value(cell))),
            ColumnRole::Other => {}
        }
    }
    run.results.retain(|(_, value)| *value != LogValue::Null);
    if run.id.is_empty() {
        run.id = format!("row {}", at + 1);
    }
    let by_results = if run.results.is_empty() {
        "its row has no result".clone_into(&mut run.reason);
        JobState::Other("unfinished".to_owned())
    } else {
        JobState::Done
    };
    let state = state.unwrap_or(by_results);
    if state.is_pruned() {
        // What it had reached by then is no result.
        run.results.clear();
        "the table says that it was pruned".clone_into(&mut run.reason);
    } else if state == JobState::Failed {
        "the table says that it failed".clone_into(&mut run.reason);
    }
    run.state = Some(state);
    run
}

/// Returns the state that a word of another tool means.
fn named_state(word: &str) -> JobState {
    match word.to_lowercase().as_str() {
        "complete" | "completed" | "finished" | "done" | "ok" | "success" | "succeeded"
        | "terminated" => JobState::Done,
        "fail" | "failed" | "error" | "crashed" => JobState::Failed,
        "killed" | "cancelled" | "canceled" | "stopped" => JobState::Cancelled,
        "pruned" => JobState::Other(JobState::PRUNED.to_owned()),
        "running" => JobState::Running,
        "waiting" | "pending" | "scheduled" => JobState::Waiting,
        other => JobState::from_name(other),
    }
}

/// Numbers the rows where a column that should identify them does not.
fn identify(source: &mut ImportedSource) {
    let ids: HashSet<&str> = source.runs.iter().map(|run| run.id.as_str()).collect();
    let repeated = source.runs.len() - ids.len();
    if repeated == 0 {
        return;
    }
    for (at, run) in source.runs.iter_mut().enumerate() {
        run.id = format!("row {}", at + 1);
    }
    source.notes.push(format!(
        "{} the identifier of another: all are known by the numbers of their rows",
        if repeated == 1 {
            "1 row has".to_owned()
        } else {
            format!("{} have", count(repeated, "row"))
        }
    ));
}

/// Splits a text into its rows of cells; empty lines are none.
fn records(text: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let (mut cell, mut len, mut rest) = (vec![0; 1 << 10], 0, text);
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    loop {
        let (result, read, written) = reader.read_field(rest, &mut cell[len..]);
        rest = &rest[read..];
        len += written;
        match result {
            ReadFieldResult::Field { record_end } => {
                row.push(String::from_utf8_lossy(&cell[..len]).into_owned());
                len = 0;
                if record_end {
                    rows.push(std::mem::take(&mut row));
                }
            }
            ReadFieldResult::OutputFull => cell.resize(2 * cell.len(), 0),
            // Nothing is left: an empty input tells the parser so.
            ReadFieldResult::InputEmpty => {}
            ReadFieldResult::End => break,
        }
    }
    rows.retain(|row| row.len() > 1 || row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_hold_line_breaks_and_long_texts() {
        let long = "x".repeat(3000);
        let text = format!("a,b\r\n\"1\n2\",3\n\n{long},\n");
        let rows = records(text.as_bytes(), b',');
        assert_eq!(rows, [vec!["a", "b"], vec!["1\n2", "3"], vec![long.as_str(), ""]]);
    }

    #[test]
    fn a_comma_is_the_point_of_a_decimal_unless_others_have_a_point() {
        let pointed = |cells: &[&str]| {
            let mut rows = vec![cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()];
            point_decimals(&mut rows);
            rows.remove(0)
        };
        assert_eq!(
            pointed(&["-1,5", "2", "3,5e-3", "a,b", "1,2,3"]),
            ["-1.5", "2", "3.5e-3", "a,b", "1,2,3"]
        );
        assert_eq!(pointed(&["1,5", "0.5"]), ["1,5", "0.5"]);
    }
}
