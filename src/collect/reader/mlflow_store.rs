//! `MLflow`'s store in a file of `SQLite` (`mlflow.db`, its default), opened to read only.
//!
//! A metric is a row: its name, value, step, time and run; an infinity is the greatest number there is, a not-a-number
//! a 0 with a mark. Deleted runs are passed over. A run that ended well, or has a parent, stands for itself: of several
//! each has a type of its own. One that was cut off is an earlier start of the next, which goes on from it.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Row};

use super::{RecordSink, generic};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::LogValue;

/// The bytes that a file of `SQLite` begins with.
pub(crate) const MAGIC: &[u8] = b"SQLite format 3\0";

/// A table that no other store has.
const KNOWN_BY: &str = "latest_metrics";

/// The longest wait for a program that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// The runs that log metrics, in the order of their starts: number, name, whether it ended well, whether it has a parent.
const RUNS: &str = "SELECT r.run_uuid, r.name, r.status = 'FINISHED', EXISTS (SELECT 1 FROM tags t \
     WHERE t.run_uuid = r.run_uuid AND t.key = 'mlflow.parentRunId') \
     FROM runs r WHERE coalesce(r.lifecycle_stage, 'active') <> 'deleted' \
     AND EXISTS (SELECT 1 FROM metrics m WHERE m.run_uuid = r.run_uuid) ORDER BY r.start_time, r.run_uuid";

/// The metrics of a run, in the order in which they were logged.
const METRICS: &str =
    "SELECT key, value, step, is_nan FROM metrics WHERE run_uuid = ? ORDER BY timestamp, rowid";

/// A run of a store.
struct StoredRun {
    id: String,
    name: String,
    ended_well: bool,
    is_child: bool,
}

/// True if a file is one of `SQLite`, by its first bytes.
pub(super) fn is_store(path: &Path) -> bool {
    let mut head = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == MAGIC
}

/// True if the beginning of a file shows that it is a store of `MLflow`; one of its usual name need not show it.
pub(super) fn looks_like_store(name: &str, head: &[u8]) -> bool {
    let is_usual = matches!(name, "mlflow.db" | "mlruns.db");
    head.starts_with(MAGIC)
        && (is_usual || memchr::memmem::find(head, KNOWN_BY.as_bytes()).is_some())
}

/// Reads all runs of a store; the type of the only one is `kind`.
pub(super) fn read(path: &Path, kind: &str, sink: &mut RecordSink<'_>) -> io::Result<()> {
    let read = open(path).and_then(|store| {
        let runs = runs(&store)?;
        rows(&store, &runs, kind, sink)
    });
    match read {
        Err(rusqlite::Error::SqliteFailure(_, Some(said))) if said.starts_with("no such") => {
            sink.report(DiagnosticKind::NotARecord, 1);
            Ok(())
        }
        read => read.map_err(|error| explained(&error)),
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let store = Connection::open_with_flags(path, flags)?;
    store.busy_timeout(PATIENCE)?;
    Ok(store)
}

fn runs(store: &Connection) -> rusqlite::Result<Vec<StoredRun>> {
    let mut query = store.prepare(RUNS)?;
    let run = |row: &Row<'_>| {
        Ok(StoredRun {
            id: row.get(0)?,
            name: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            ended_well: row.get::<_, Option<bool>>(2)?.unwrap_or(false),
            is_child: row.get(3)?,
        })
    };
    query.query_map([], run)?.collect()
}

fn rows(
    store: &Connection,
    runs: &[StoredRun],
    kind: &str,
    sink: &mut RecordSink<'_>,
) -> rusqlite::Result<()> {
    let mut query = store.prepare(METRICS)?;
    let types = types(runs, kind);
    let mut number = 1;
    for (at, (run, run_type)) in runs.iter().zip(&types).enumerate() {
        if types[..at].contains(run_type) {
            sink.progress.log.begin_run();
        } else if run_type != kind {
            sink.report(DiagnosticKind::Apart, number);
        }
        let mut found = query.query([&run.id])?;
        while let Some(row) = found.next()? {
            let (name, value, step): (String, f64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let is_nan = row.get::<_, Option<bool>>(3)?.unwrap_or(false);
            let value = LogValue::Float(if is_nan { f64::NAN } else { unbounded(value) });
            let step = (Cow::Borrowed("step"), LogValue::Int(step));
            generic::add(sink, Some(run_type), vec![(Cow::Owned(name), value), step], number);
            number += 1;
        }
    }
    Ok(())
}

/// Returns the type of each run: a cut-off one has that of the next, which goes on from it.
fn types(runs: &[StoredRun], kind: &str) -> Vec<String> {
    let mut types: Vec<String> = Vec::with_capacity(runs.len());
    for run in runs.iter().rev() {
        let mut later = runs.iter().rev().zip(&types);
        let next = later.rfind(|(next, _)| !next.is_child);
        let goes_on = next.filter(|_| !run.is_child && !run.ended_well);
        types.push(
            goes_on.map_or_else(|| format!("{kind}.{}", run.label(runs)), |(_, of)| of.clone()),
        );
    }
    types.reverse();
    if types.iter().all(|other| *other == types[0]) {
        types.fill(kind.to_owned());
    }
    types
}

impl StoredRun {
    /// Returns its name, or the number by which it differs from others of that name.
    fn label(&self, runs: &[Self]) -> &str {
        let is_alone = runs.iter().filter(|other| other.name == self.name).count() == 1;
        if is_alone && !self.name.is_empty() { &self.name } else { &self.id }
    }
}

/// Returns the infinity that the greatest number stands for.
fn unbounded(value: f64) -> f64 {
    if value.abs() >= f64::MAX { f64::INFINITY.copysign(value) } else { value }
}

/// Returns an error with what to do about it.
fn explained(error: &rusqlite::Error) -> io::Error {
    let hint = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            "; a program is writing, collect again"
        }
        Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::CannotOpen) => {
            "; if a write was cut off, `sqlite3 FILE .tables` mends it"
        }
        _ => "",
    };
    io::Error::other(format!("{error}{hint}"))
}
