//! Runs of Weights & Biases, from the files that its library writes with or without a network.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sweep_config::records::JobState;
use sweep_config::{Map, fs};

use super::imported_run::{ImportedRun, ImportedSource, LoggedRow};
use super::space::leaves;
use super::typed_text::unify_numbers;
use crate::app::{Failure, count};
use crate::collect::log_value::LogValue;
use crate::collect::reader::{
    FieldNames, JobLog, LogFileReader, LoggedType, ReadProgress, RecordSink, RowKeys, WandbReader,
    WandbRun,
};

/// The type of what is logged during the training, as its file of the job has it.
const METRICS: &str = "metrics";

/// True if a directory has runs, or is that of one.
///
/// # Errors
///
/// When it cannot be listed.
pub(super) fn is_folder(path: &Path) -> Result<bool, Failure> {
    Ok(!files(path)?.is_empty())
}

/// Lists the files of all runs of a directory; the link to the last one is no run.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let is_run = |name: &String| name.starts_with("offline-run-") || name.starts_with("run-");
    let in_folder = |folder: &Path| -> Result<Vec<PathBuf>, Failure> {
        let names = fs::list_or_empty(folder)?.into_iter().filter(|name| is_run_file(name));
        Ok(names.map(|name| folder.join(name)).collect())
    };
    let mut found = in_folder(path)?;
    for name in fs::list_or_empty(path)?.iter().filter(|name| is_run(name)) {
        let folder = path.join(name);
        if folder.is_dir() {
            found.extend(in_folder(&folder)?);
        }
    }
    Ok(found)
}

fn is_run_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "wandb")
}

/// Reads all runs of a directory, or that of a file.
///
/// # Errors
///
/// When a file cannot be read.
pub(super) fn read(path: &Path) -> Result<ImportedSource, Failure> {
    let read: Vec<Option<ImportedRun>> =
        files(path)?.par_iter().map(|path| run(path)).collect::<Result<_, _>>()?;
    let (all, mut source) = (read.len(), ImportedSource::default());
    source.runs = read.into_iter().flatten().collect();
    source.leave_out(
        all - source.runs.len(),
        "whose file holds no run: killed at its start, just begun, or damaged",
    );
    source.sort_by_start();
    let files = source.runs.len();
    source.runs = joined(std::mem::take(&mut source.runs));
    if files > source.runs.len() {
        source.notes.push(format!(
            "{} of runs that were resumed are one run with their earlier part",
            count(files - source.runs.len(), "file")
        ));
    }
    unify_numbers(&mut source.runs);
    Ok(source)
}

/// Joins the files of a run that was resumed: the last one says what its config is and how it ended.
fn joined(runs: Vec<ImportedRun>) -> Vec<ImportedRun> {
    let mut joined: Vec<ImportedRun> = Vec::with_capacity(runs.len());
    for mut run in runs {
        match joined.iter_mut().find(|earlier| earlier.id == run.id) {
            None => joined.push(run),
            Some(earlier) => {
                let rows = std::mem::take(&mut earlier.rows);
                run.rows.splice(0..0, rows);
                run.started = earlier.started;
                *earlier = run;
            }
        }
    }
    joined
}

/// Reads a run; `None` of a file that holds none.
fn run(path: &Path) -> Result<Option<ImportedRun>, Failure> {
    let failed = |e| fs::FsError::new("read", path, e);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let Some(run) = WandbRun::read(&mut file).map_err(failed)?.filter(|run| !run.id.is_empty())
    else {
        return Ok(None);
    };
    file.rewind().map_err(failed)?;
    let log = log(&mut file).map_err(failed)?;
    let state = match run.exit_code {
        Some(0) => JobState::Done,
        Some(_) => JobState::Failed,
        None => JobState::Other("unfinished".to_owned()),
    };
    let reason = match run.exit_code {
        Some(0) => String::new(),
        Some(code) => format!("exited with code {code}"),
        None => "its file has no end: it runs, or was killed".to_owned(),
    };
    let config: Map = run.config.into_iter().map(|(key, value)| (key, value.into())).collect();
    Ok(Some(ImportedRun {
        id: run.id,
        name: run.name,
        params: leaves(config),
        state: Some(state),
        reason,
        started: run.started,
        ended: run.started.zip(run.seconds).map(|(started, seconds)| started + 1000 * seconds),
        exit_code: run.exit_code,
        host: run.host,
        rows: rows(&log),
        results: results(&log),
        ..ImportedRun::default()
    }))
}

/// Reads what a run logged.
fn log(file: &mut BufReader<File>) -> std::io::Result<JobLog> {
    let (mut progress, names, keys) =
        (ReadProgress::default(), FieldNames::default(), RowKeys::default());
    let mut sink =
        RecordSink { progress: &mut progress, names: &names, series_name: METRICS, keys: &keys };
    WandbReader.read(file, &mut Vec::new(), &mut sink)?;
    progress.log.settle(&keys, 0, &mut progress.diagnostics);
    Ok(progress.log)
}

/// Returns the rows of the history; those of another type name it.
fn rows(log: &JobLog) -> Vec<LoggedRow> {
    let mut rows = Vec::new();
    for (kind, logged) in log.iter() {
        let LoggedType::Series(series) = logged else { continue };
        for row in series.rows() {
            let named = (kind != METRICS).then(|| ("_type".to_owned(), LogValue::text(kind)));
            let given = series.names.iter().zip(row.values());
            let given = given.filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
            rows.push(named.into_iter().chain(given).collect());
        }
    }
    rows
}

/// Returns the values of the summary that are no last values of the history.
fn results(log: &JobLog) -> Vec<(String, LogValue)> {
    let mut results = Vec::new();
    let is_logged = |name: &str| {
        log.iter().any(|(_, logged)| match logged {
            LoggedType::Series(series) => series.names.iter().any(|known| known == name),
            LoggedType::Once(_) => false,
        })
    };
    for (_, logged) in log.iter() {
        let LoggedType::Once(once) = logged else { continue };
        once.each_leaf(&mut |name, value| {
            if !is_logged(name) && value != LogValue::Null {
                results.push((name.to_owned(), value));
            }
        });
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep_config::Value;

    #[test]
    fn a_resumed_run_is_one_run_with_the_rows_of_both_files() {
        let part = |started, value: i64| ImportedRun {
            id: "a".to_owned(),
            params: vec![("lr".to_owned(), Value::Int(value))],
            started: Some(started),
            rows: vec![vec![("step".to_owned(), LogValue::Int(value))]],
            ..ImportedRun::default()
        };
        let runs = joined(vec![part(1, 0), part(2, 7)]);
        assert_eq!((runs.len(), runs[0].rows.len(), runs[0].started), (1, 2, Some(1)));
        assert_eq!(runs[0].params[0].1, Value::Int(7));
    }
}
