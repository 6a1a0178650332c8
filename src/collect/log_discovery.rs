//! Finds the files of a job that are read, and the reader of each: `COLLECT.READERS`, or every format in its usual files.

use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};
use sweep_config::{CollectConfig, LogFormat, LogReader};
use walkdir::WalkDir;

use super::cache::FileStamp;
use super::diagnostic::STDOUT;
use super::reader::{
    CsvReader, FieldNames, JsonlReader, LogFileReader, PatternReader, PyclsReader, ResultsReader,
    RowKeys, TensorBoardReader, TrainerReader, WholeFile,
};

/// The greatest depth below the job's directory at which a log may lie (`lightning_logs/version_0/metrics.csv`).
const DEPTH: usize = 4;

/// The number of entries of a job's directories that are looked at: a data set that somebody unpacked
/// there holds no logs.
const ENTRIES: usize = 10_000;

/// Directories that hold no logs and may hold very many files.
const PASSED_OVER: [&str; 4] = ["checkpoints", "code", "wandb", "__pycache__"];

/// The formats that are looked for if `COLLECT.READERS` names none; of two values for one place the
/// later format's counts.
const USUAL: [(LogFormat, &[&str]); 6] = [
    (LogFormat::Pycls, PyclsReader::USUAL_FILES),
    (LogFormat::Jsonl, JsonlReader::USUAL_FILES),
    (LogFormat::Csv, CsvReader::USUAL_FILES),
    (LogFormat::Tensorboard, TensorBoardReader::USUAL_FILES),
    (LogFormat::Trainer, TrainerReader::USUAL_FILES),
    (LogFormat::Results, ResultsReader::USUAL_FILES),
];

/// The readers of a sweep's logs, and the files that they read.
pub(crate) struct LogDiscovery {
    bindings: Vec<ReaderBinding>,
    pub(crate) names: FieldNames,
    /// Nothing but `stdout.log` is read.
    is_stdout_only: bool,
}

struct ReaderBinding {
    format: LogFormat,
    reader: Box<dyn LogFileReader>,
    files: GlobSet,
    series_name: String,
    keys: RowKeys,
}

/// A file to read.
pub(crate) struct LogFile<'f> {
    /// Below the job's directory.
    pub(crate) path: String,
    pub(crate) reader: &'f dyn LogFileReader,
    /// The type of records that do not name theirs.
    pub(crate) series_name: String,
    pub(crate) keys: &'f RowKeys,
    /// The number of its reader.
    pub(crate) binding: usize,
}

/// The logs of one job.
pub(crate) struct DiscoveredLogs<'f> {
    pub(crate) sources: Vec<LogFile<'f>>,
    /// The directories that were looked through, below the job's, with their stamps.
    pub(crate) folders: Vec<(String, FileStamp)>,
}

impl LogDiscovery {
    /// Takes `COLLECT`, whose patterns were checked when it was loaded.
    pub(crate) fn of(collect: &CollectConfig) -> Self {
        let usual = |format| LogReader {
            format,
            files: Vec::new(),
            kind: String::new(),
            pattern: String::new(),
        };
        let usual: Vec<LogReader> = USUAL.iter().map(|(format, _)| usual(*format)).collect();
        let readers = if collect.readers.is_empty() { &usual } else { &collect.readers };
        let bindings: Vec<ReaderBinding> = readers.iter().filter_map(ReaderBinding::of).collect();
        let is_stdout_only = bindings.iter().all(|binding| binding.format == LogFormat::Pycls);
        let fields = collect.fields.iter().map(|(from, to)| (from.as_str(), to.as_str()));
        Self { bindings, names: FieldNames::new(fields), is_stdout_only }
    }

    /// Finds the files of a job that are to be read; of two values for one place the later file's counts.
    pub(crate) fn find(&self, out_dir: &Path, now: i64) -> DiscoveredLogs<'_> {
        let mut found = DiscoveredLogs { sources: Vec::new(), folders: Vec::new() };
        let mut files = if self.is_stdout_only {
            vec![STDOUT.to_owned()]
        } else {
            walk(out_dir, now, &mut found.folders)
        };
        files.retain(|path| {
            self.bindings.iter().any(|binding| binding.files.is_match(path.as_str()))
        });
        if files.len() > 1 {
            files.sort_by_cached_key(|path| natural(path));
        }
        for (number, binding) in self.bindings.iter().enumerate() {
            let mut matching: Vec<&String> =
                files.iter().filter(|path| binding.files.is_match(path.as_str())).collect();
            if binding.format == LogFormat::Trainer {
                newest_only(&mut matching);
            }
            found.sources.extend(matching.into_iter().map(|path| LogFile {
                path: path.clone(),
                reader: binding.reader.as_ref(),
                series_name: binding.series_name_of(path),
                keys: &binding.keys,
                binding: number,
            }));
        }
        found
    }
}

impl ReaderBinding {
    fn of(reader: &LogReader) -> Option<Self> {
        let usual = USUAL.iter().find(|(format, _)| *format == reader.format);
        let usual = usual.map_or(&[STDOUT][..], |(_, files)| files);
        let given: Vec<&str> = reader.files.iter().map(String::as_str).collect();
        let globs = if given.is_empty() { usual } else { &given };
        let mut files = GlobSetBuilder::new();
        for glob in globs {
            files.add(Glob::new(glob).ok()?);
        }
        Some(Self {
            format: reader.format,
            reader: reader_of(reader)?,
            files: files.build().ok()?,
            series_name: reader.kind.clone(),
            keys: RowKeys { is_type_given: !reader.kind.is_empty(), ..RowKeys::default() },
        })
    }

    /// The name of the type that a file's records have if they do not say so.
    fn series_name_of(&self, path: &str) -> String {
        if !self.series_name.is_empty() {
            return self.series_name.clone();
        }
        let mut parts = path.rsplit('/');
        let file = parts.next().unwrap_or(path);
        let folder = parts.next().unwrap_or_default();
        match self.format {
            LogFormat::Tensorboard if TensorBoardReader::PHASES.contains(&folder) => {
                folder.to_owned()
            }
            LogFormat::Tensorboard => "tensorboard".to_owned(),
            // A dot parts the type from the field.
            _ => file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("log").to_owned(),
        }
    }
}

fn reader_of(reader: &LogReader) -> Option<Box<dyn LogFileReader>> {
    Some(match reader.format {
        LogFormat::Pycls => Box::new(PyclsReader::new()),
        LogFormat::Jsonl => Box::new(JsonlReader),
        LogFormat::Csv => Box::new(CsvReader),
        LogFormat::Tensorboard => Box::new(TensorBoardReader),
        LogFormat::Trainer => Box::new(WholeFile(TrainerReader)),
        LogFormat::Results => Box::new(WholeFile(ResultsReader)),
        LogFormat::Regex => Box::new(PatternReader::new(&reader.pattern).ok()?),
    })
}

/// The files of a job's directory, links to directories not followed.
fn walk(out_dir: &Path, now: i64, folders: &mut Vec<(String, FileStamp)>) -> Vec<String> {
    let mut files = Vec::new();
    // The job's own directory may be a link to that of another sweep.
    let entries = WalkDir::new(out_dir).max_depth(DEPTH).follow_root_links(true).into_iter();
    let wanted = entries.filter_entry(|entry| {
        let name = entry.file_name().to_str();
        entry.depth() == 0
            || !entry.file_type().is_dir()
            || name.is_some_and(|name| !name.starts_with('.') && !PASSED_OVER.contains(&name))
    });
    for entry in wanted.filter_map(Result::ok).take(ENTRIES) {
        let below = entry.path().strip_prefix(out_dir).ok().and_then(Path::to_str);
        let Some(path) = below.map(str::to_owned) else { continue };
        if entry.file_type().is_dir() || entry.depth() == 0 {
            folders.push((path, FileStamp::of_path(entry.path(), now)));
        } else {
            files.push(path);
        }
    }
    files
}

/// Keeps the last of the states that a trainer leaves with every checkpoint, which tells all: that of the
/// directory itself, or else of the last checkpoint.
fn newest_only(paths: &mut Vec<&String>) {
    let depth = |path: &&&String| path.matches('/').count();
    let Some(least) = paths.iter().map(|path| depth(&path)).min() else { return };
    let newest = paths.iter().rev().find(|path| depth(path) == least).copied();
    *paths = newest.into_iter().collect();
}

/// Orders `version_10` behind `version_9`.
fn natural(path: &str) -> Vec<(u64, String)> {
    let mut key = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let text = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(text);
        let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(digits);
        key.push((u64::MAX, word.to_owned()));
        key.push((number.parse().unwrap_or(u64::MAX), number.to_owned()));
        rest = tail;
    }
    key
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]
mod tests {
    use super::*;

    fn found(files: &[&str]) -> Vec<(String, String)> {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let collect = CollectConfig {
            checkpoints_keep: sweep_config::CheckpointsKeep::All,
            readers: Vec::new(),
            fields: Vec::new(),
        };
        let formats = LogDiscovery::of(&collect);
        let sources = formats.find(root.path(), 0).sources;
        sources.into_iter().map(|source| (source.path, source.series_name)).collect()
    }

    fn expect(found: &[(String, String)], expected: &[(&str, &str)]) {
        let found: Vec<(&str, &str)> =
            found.iter().map(|(path, kind)| (path.as_str(), kind.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_format_is_found_in_its_usual_files() {
        let files = [
            "stdout.log",
            "stderr.log",
            "metrics.jsonl",
            "lightning_logs/version_10/metrics.csv",
            "lightning_logs/version_9/metrics.csv",
            "runs/a/events.out.tfevents.1.h.2.0",
            "logs/train/events.out.tfevents.1.h.2.0",
            "results.yaml",
            "checkpoints/metrics.csv",
        ];
        expect(
            &found(&files),
            &[
                ("stdout.log", "stdout"),
                ("metrics.jsonl", "metrics"),
                ("lightning_logs/version_9/metrics.csv", "metrics"),
                ("lightning_logs/version_10/metrics.csv", "metrics"),
                ("logs/train/events.out.tfevents.1.h.2.0", "train"),
                ("runs/a/events.out.tfevents.1.h.2.0", "tensorboard"),
                ("results.yaml", "results"),
            ],
        );
    }

    #[test]
    fn of_a_trainers_states_the_last_counts() {
        let files = ["checkpoint-9/trainer_state.json", "checkpoint-10/trainer_state.json"];
        expect(&found(&files), &[("checkpoint-10/trainer_state.json", "trainer_state")]);
        let files = ["checkpoint-9/trainer_state.json", "trainer_state.json"];
        expect(&found(&files), &[("trainer_state.json", "trainer_state")]);
    }
}
