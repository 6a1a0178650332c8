//! The files of a job that stands for a run: its config, its journal, and what was logged (pure).

use std::path::PathBuf;

use sweep_config::records::{
    AttemptEnd, AttemptEvent, AttemptStart, FORMAT_VERSION, ImportedState, JobState, Outcome,
    SetupRecord, stamped_line,
};
use sweep_config::{JobId, Map, SweepDir, Value, python, yaml};

use super::imported_run::{ImportedRun, ImportedSource, LoggedRow};
use super::options::SourceKind;
use super::space::{ImportedSpace, nested};
use crate::app::VERSION;
use crate::collect::log_value::LogValue;
use crate::trials::write_line;

/// A file of the sweep directory.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ImportedFile {
    /// A text; an empty one is no file.
    Text(Vec<u8>),
    /// A link to a log of the source.
    Link(PathBuf),
}

impl ImportedFile {
    /// True if there is to be no such file.
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Text(bytes) if bytes.is_empty())
    }
}

/// The files of a sweep directory, by path.
pub(super) type ImportedFiles = Vec<(PathBuf, ImportedFile)>;

/// Returns the files of all jobs below a directory, and those that describe them.
pub(super) fn sweep_files(
    dir: &SweepDir,
    kind: SourceKind,
    source: &ImportedSource,
    space: &ImportedSpace,
) -> ImportedFiles {
    let mut files = ImportedFiles::new();
    let (mut summary, mut sampled) = (Map::new(), Vec::new());
    for (number, run) in (0..).zip(&source.runs) {
        let job = JobId(number);
        let values: Vec<(&str, &Value)> = space.sampled_of(run).collect();
        let words = values.iter().map(|(name, value)| format!("{name} {}", python::text(value)));
        let sentence = words.collect::<Vec<_>>().join(" ");
        summary.insert(format!("{job}.yaml"), Value::Str(sentence));
        write_line(&mut sampled, job, values.into_iter());
        let config = nested(run.params.iter().map(|(name, value)| (name.as_str(), value)));
        files.push((dir.cfg(job), text(yaml::write(&Value::Map(config)))));
        job_logs(&mut files, dir, job, kind, run);
    }
    files.push((dir.cfgs_summary(), text(yaml::write(&Value::Map(summary)))));
    files.push((dir.sampled_jsonl(), ImportedFile::Text(sampled)));
    files
}

fn text(text: String) -> ImportedFile {
    ImportedFile::Text(text.into_bytes())
}

/// Adds what the directory of a job holds, unless it stays as it is.
fn job_logs(
    files: &mut ImportedFiles,
    dir: &SweepDir,
    job: JobId,
    kind: SourceKind,
    run: &ImportedRun,
) {
    if run.is_kept {
        return;
    }
    let out_dir = dir.out_dir(job);
    let attempts = run.state.as_ref().map(|state| journal(run, state, kind));
    files.push((dir.attempts(job), text(attempts.unwrap_or_default())));
    if run.links.is_empty() {
        let rows: String = run.rows.iter().map(object).collect();
        files.push((out_dir.join("metrics.jsonl"), text(rows)));
        let results = (!run.results.is_empty()).then(|| object(&run.results));
        files.push((out_dir.join("results.json"), text(results.unwrap_or_default())));
    }
    let linked = run.links.iter().filter(|(name, _)| !name.starts_with("attempts.jsonl"));
    files.extend(linked.map(|(name, path)| (out_dir.join(name), ImportedFile::Link(path.clone()))));
}

/// Returns the journal of the one attempt that a run is.
fn journal(run: &ImportedRun, state: &JobState, kind: SourceKind) -> String {
    let imported = ImportedState { state: state.name().to_owned(), reason: run.reason.clone() };
    let start = AttemptStart {
        attempt: 1,
        host: run.host.clone(),
        started: run.started.map(time).unwrap_or_default(),
        command: run.caption(kind.title()),
        imported: Some(imported),
        ..AttemptStart::default()
    };
    let mut lines = stamped_line(&AttemptEvent::Start(start)) + "\n";
    let outcome = match state {
        JobState::Done => Some(Outcome::Done),
        JobState::Failed => Some(Outcome::Failed),
        JobState::Cancelled => Some(Outcome::Cancelled),
        state if state.is_pruned() => Some(Outcome::Cancelled),
        _ => None,
    };
    if let (Some(outcome), Some(started), Some(ended)) = (outcome, run.started, run.ended) {
        let end = AttemptEnd {
            attempt: 1,
            ended: time(ended),
            seconds: std::time::Duration::from_millis(
                ended.saturating_sub(started).max(0).unsigned_abs(),
            )
            .as_secs_f64(),
            outcome,
            exit_code: run.exit_code,
            signal: None,
            reason: run.reason.clone(),
            cause: None,
            progress: None,
        };
        lines += &(stamped_line(&AttemptEvent::End(end)) + "\n");
    }
    lines
}

/// Returns a time in milliseconds as records have it.
fn time(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map(|time| time.to_string()).unwrap_or_default()
}

/// Returns named values as a line with an object of JSON, with the words of Python's `json` for what JSON lacks.
fn object(row: &LoggedRow) -> String {
    let fields = row.iter().map(|(name, value)| {
        let value = match value {
            LogValue::Float(float) if float.is_nan() => "NaN".to_owned(),
            LogValue::Float(float) if *float == f64::INFINITY => "Infinity".to_owned(),
            LogValue::Float(float) if *float == f64::NEG_INFINITY => "-Infinity".to_owned(),
            value => value.to_json_text(),
        };
        format!("{}: {value}", serde_json::Value::from(name.as_str()))
    });
    format!("{{{}}}\n", fields.collect::<Vec<_>>().join(", "))
}

/// Returns the record of the configs, which says what was sampled.
pub(super) fn setup_record(
    jobs: usize,
    space: &ImportedSpace,
    overrides: Vec<String>,
) -> SetupRecord {
    let jobs = jobs as u64;
    SetupRecord {
        format_version: FORMAT_VERSION,
        tool_version: VERSION.to_owned(),
        seed: 0,
        requested: jobs,
        kept: jobs,
        candidates: jobs,
        duplicates: 0,
        rejections: std::collections::BTreeMap::new(),
        overrides,
        sweeps: Vec::new(),
        params: space.sampled.iter().map(|sampled| sampled.name.clone()).collect(),
        replicates: None,
        reused: Vec::new(),
        extensions: Vec::new(),
        rounds: Vec::new(),
    }
}
