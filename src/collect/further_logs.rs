//! Finds logs of a job that has no record in the usual files: those of well-known programs, by name and content, and
//! what it prints; and says what other files look like logs.

use std::io::Read;
use std::path::Path;

use sweep_config::LogFormat;

use super::cache::FileStamp;
use super::diagnostic::STDOUT;
use super::files::open_regular;
use super::log_binding::{LogFile, ReaderBinding, TypeRule, matching};
use super::log_hint::{LogHint, format_name, generalized};
use super::log_sniff::{HEAD, WHOLE, may_be_log, sniff};
use super::log_walk::{WalkReach, walk};
use super::reader::{
    CsvReader, JsonlReader, KeyvalueReader, LogFileReader, MlflowReader, PrintedLines,
    ResultsReader, SacredReader, TrainerReader, WandbReader, WholeFile, printed_names,
};

/// The number of the first reader here: those of `READERS` come before.
pub(super) const FIRST: usize = 1000;

/// The number of files of a job whose beginning is looked at.
const LOOKED_AT: usize = 60;

/// The number of files of well-known programs that are read of a job.
const MOST_KNOWN: usize = 2000;

/// The number of hints that a job gives.
const HINTS: usize = 6;

/// The file for what a program says beside its results; many log there.
const STDERR: &str = "stderr.log";

/// A format, its well-known files, and the type of their records.
type KnownLog = (LogFormat, &'static [&'static str], TypeRule);

/// The logs of well-known programs, a name that several of them use is told by its content.
const KNOWN: &[KnownLog] = &[
    (LogFormat::Trainer, &["**/trainer_state.json"], TypeRule::Stem),
    // Ultralytics; Keras; timm; Stable-Baselines3, baselines and Ray; Spinning Up.
    (
        LogFormat::Csv,
        &[
            "**/results.csv",
            "**/training.log",
            "**/training_log.csv",
            "**/train_log.csv",
            "**/summary.csv",
            "**/progress.csv",
            "**/progress.txt",
            "**/monitor.csv",
            "**/history.csv",
            "**/log.csv",
            "**/logs.csv",
        ],
        TypeRule::Stem,
    ),
    (LogFormat::Csv, &["**/catboost_info/*_error.tsv"], TypeRule::Without("_error")),
    // Stable-Baselines3: one of each environment.
    (LogFormat::Csv, &["**/*.monitor.csv"], TypeRule::Behind),
    (LogFormat::Csv, &["**/plots/metrics/**/*.tsv"], TypeRule::Folder),
    // detectron2; DETR and its kin; OpenMMLab; LlamaFactory; Ray.
    (
        LogFormat::Jsonl,
        &[
            "**/metrics.json",
            "**/log.txt",
            "**/scalars.json",
            "**/trainer_log.jsonl",
            "**/result.json",
            "**/log.jsonl",
            "**/history.jsonl",
        ],
        TypeRule::Stem,
    ),
    (LogFormat::Jsonl, &["**/*.log.json"], TypeRule::Without("")),
    // Hugging Face; DVCLive; the history that Keras's `fit` returns.
    (
        LogFormat::Results,
        &[
            "**/all_results.json",
            "**/eval_results.json",
            "**/test_results.json",
            "**/metrics.json",
            "**/history.json",
        ],
        TypeRule::Stem,
    ),
    (LogFormat::Sacred, SacredReader::USUAL_FILES, TypeRule::Stem),
    (LogFormat::Mlflow, MlflowReader::USUAL_FILES, TypeRule::Stem),
    (LogFormat::Wandb, WandbReader::USUAL_FILES, TypeRule::Stem),
    (LogFormat::Results, &["**/wandb-summary.json"], TypeRule::Stem),
];

/// The readers of logs that are looked for where there is nothing else.
pub(crate) struct FurtherLogs {
    known: Vec<ReaderBinding>,
    printed: ReaderBinding,
}

/// The files that a job has beside the usual files.
#[derive(Default)]
pub(crate) struct FurtherFiles {
    /// Its files, but for the two that its worker writes.
    files: Vec<String>,
    /// The directories that were looked through, below the job's, with their stamps.
    pub(crate) folders: Vec<(String, FileStamp)>,
    /// The files whose beginning was looked at: as it changes, more may be a log.
    pub(crate) looked_at: Vec<String>,
}

impl FurtherFiles {
    /// Looks through a job's directory, `checkpoints` and `wandb` included.
    pub(crate) fn of(out_dir: &Path, now: i64) -> Self {
        let mut found = Self::default();
        found.files = walk(out_dir, &WalkReach::further(), now, &mut found.folders).files;
        found
    }

    /// Returns hints at files that look like logs and are not read.
    pub(crate) fn hints(&mut self, out_dir: &Path, is_read: &dyn Fn(&str) -> bool) -> Vec<LogHint> {
        let may_be = self.files.iter().filter(|path| may_be_log(path) && !is_read(path));
        let mut hints: Vec<LogHint> = Vec::new();
        for path in may_be.take(LOOKED_AT) {
            self.looked_at.push(path.clone());
            let Some(head) = head(&out_dir.join(path)) else { continue };
            let Some(format) = sniff(path, &head) else { continue };
            let names =
                if format == LogFormat::Keyvalue { printed_names(&head) } else { Vec::new() };
            let hint = LogHint {
                is_read: false,
                reader: format_name(format),
                files: generalized(path),
                kind: String::new(),
                names,
            };
            if !hints.iter().any(|known| known.files == hint.files) {
                hints.push(hint);
            }
        }
        hints.sort();
        hints.truncate(HINTS);
        hints
    }
}

impl FurtherLogs {
    /// Returns the readers of all well-known logs, and of printed metrics: the objectives' and others of usual names.
    pub(super) fn usual(objectives: &[String]) -> Self {
        let known = KNOWN.iter().filter_map(|(format, globs, rule)| {
            let rule = match rule {
                TypeRule::Without("") => TypeRule::Fixed("log".to_owned()),
                rule => rule.clone(),
            };
            ReaderBinding::new(*format, reader_of(*format)?, globs, rule)
        });
        let printed: Box<dyn LogFileReader> =
            Box::new(KeyvalueReader { lines: PrintedLines::WithMetric(objectives.to_vec()) });
        let printed =
            ReaderBinding::new(LogFormat::Keyvalue, printed, &[STDOUT, STDERR], TypeRule::Stem);
        Self { known: known.collect(), printed: printed.expect("two names are patterns") }
    }

    /// Returns the logs of well-known programs among some files, with a hint at each.
    pub(crate) fn known(
        &self,
        found: &mut FurtherFiles,
        out_dir: &Path,
    ) -> Vec<(LogFile<'_>, LogHint)> {
        let is_known =
            |path: &&String| self.known.iter().any(|binding| binding.files.is_match(path.as_str()));
        let files = found.files.iter().filter(is_known).cloned().collect();
        let mut sources = matching(&self.known, files, FIRST);
        sources.truncate(MOST_KNOWN);
        let told = sources.into_iter().filter_map(|source| {
            found.looked_at.push(source.path.clone());
            let format = self.known[source.binding - FIRST].format;
            let head = head(&out_dir.join(&source.path))?;
            let is_so = sniff(&source.path, &head) == Some(format);
            let hint = is_so.then(|| hint(format, &source, Vec::new()))?;
            Some((source, hint))
        });
        told.collect()
    }

    /// Returns what the job prints, where that has the form of metrics: its standard output, and its standard error.
    pub(crate) fn printed(&self) -> [LogFile<'_>; 2] {
        [STDOUT, STDERR].map(|path| LogFile {
            path: path.to_owned(),
            reader: self.printed.reader.as_ref(),
            series_name: self.printed.series_name_of(path),
            keys: &self.printed.keys,
            binding: FIRST + self.known.len(),
        })
    }
}

/// Returns the hint at a log that was read.
pub(crate) fn hint(format: LogFormat, source: &LogFile<'_>, names: Vec<String>) -> LogHint {
    // A store is known by its folder.
    if matches!(format, LogFormat::Mlflow | LogFormat::Wandb) {
        let files = match source.path.rsplit('/').next() {
            Some(store @ ("mlflow.db" | "mlruns.db")) => store,
            _ if format == LogFormat::Mlflow => "mlruns",
            _ => "wandb",
        };
        let files = files.to_owned();
        return LogHint {
            is_read: true,
            reader: format_name(format),
            files,
            kind: String::new(),
            names,
        };
    }
    let files = generalized(&source.path);
    let stem = source.path.rsplit('/').next().and_then(|file| file.split('.').next());
    let kind =
        if stem == Some(&source.series_name) { String::new() } else { source.series_name.clone() };
    LogHint { is_read: true, reader: format_name(format), files, kind, names }
}

fn reader_of(format: LogFormat) -> Option<Box<dyn LogFileReader>> {
    Some(match format {
        LogFormat::Jsonl => Box::new(JsonlReader),
        LogFormat::Csv => Box::new(CsvReader),
        LogFormat::Trainer => Box::new(WholeFile(TrainerReader)),
        LogFormat::Results => Box::new(WholeFile(ResultsReader)),
        LogFormat::Sacred => Box::new(WholeFile(SacredReader)),
        LogFormat::Mlflow => Box::new(MlflowReader),
        LogFormat::Wandb => Box::new(WandbReader),
        _ => return None,
    })
}

/// Reads the beginning of a file; `None` of one that is empty or cannot be read.
fn head(path: &Path) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let is_json = path.extension().is_some_and(|ending| ending == "json");
    let limit = if is_json { WHOLE } else { HEAD };
    open_regular(path).ok()??.take(limit as u64).read_to_end(&mut head).ok()?;
    (!head.is_empty()).then_some(head)
}
