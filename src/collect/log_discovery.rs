//! Finds the files of a job that are read, and the reader of each: `COLLECT.READERS`, or every format in its usual files.

use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};
use sweep_config::{CollectConfig, LogFormat, LogReader};

use super::cache::FileStamp;
use super::diagnostic::STDOUT;
use super::further_logs::FurtherLogs;
use super::log_walk::{WalkReach, natural, newest_only, walk};
use super::reader::{
    CsvReader, FieldNames, JsonlReader, KeyvalueReader, LogFileReader, PatternReader, PyclsReader, ResultsReader,
    TensorBoardReader, TrainerReader, WholeFile,
};

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
    /// What is read of a job that has no record in the usual files; nothing where `COLLECT.READERS` says what to read.
    further: Option<FurtherLogs>,
    pub(crate) names: FieldNames,
    reach: WalkReach,
    /// Nothing but `stdout.log` is read.
    is_stdout_only: bool,
}

/// A reader and its files.
pub(super) struct ReaderBinding {
    pub(super) format: LogFormat,
    pub(super) reader: Box<dyn LogFileReader>,
    pub(super) files: GlobSet,
    pub(super) type_rule: TypeRule,
}

/// The type of records that do not name theirs.
#[derive(Debug, Clone)]
pub(super) enum TypeRule {
    /// That of `TYPE`.
    Fixed(String),
    /// The name of the file up to its first dot, or of an event file's folder.
    Stem,
    /// The name of the file without this end.
    Without(&'static str),
    /// The name of the folder.
    Folder,
}

/// A file to read.
pub(crate) struct LogFile<'f> {
    /// Below the job's directory.
    pub(crate) path: String,
    pub(crate) reader: &'f dyn LogFileReader,
    /// The type of records that do not name theirs.
    pub(crate) series_name: String,
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
        let is_usual = collect.readers.is_empty();
        let usual: Vec<LogReader> = USUAL.iter().map(|(format, _)| usual(*format)).collect();
        let readers = if is_usual { &usual } else { &collect.readers };
        let bindings: Vec<ReaderBinding> = readers.iter().filter_map(ReaderBinding::of).collect();
        let is_stdout = |reader: &LogReader| reader.format == LogFormat::Pycls && reader.files.is_empty();
        let fields = collect.fields.iter().map(|(from, to)| (from.as_str(), to.as_str()));
        Self {
            is_stdout_only: readers.iter().all(is_stdout),
            bindings,
            further: is_usual.then(FurtherLogs::usual),
            names: FieldNames::new(fields),
            reach: WalkReach::of(readers),
        }
    }

    /// Returns what is read of a job that has no record in the usual files.
    pub(crate) fn further(&self) -> Option<&FurtherLogs> {
        self.further.as_ref()
    }

    /// True if a file is read by any reader.
    pub(crate) fn reads(&self, path: &str) -> bool {
        self.bindings.iter().any(|binding| binding.files.is_match(path))
    }

    /// Finds the files of a job that are to be read; of two values for one place the later file's counts.
    pub(crate) fn find(&self, out_dir: &Path, now: i64) -> DiscoveredLogs<'_> {
        let mut found = DiscoveredLogs { sources: Vec::new(), folders: Vec::new() };
        let mut files = if self.is_stdout_only {
            vec![STDOUT.to_owned()]
        } else {
            walk(out_dir, &self.reach, now, &mut found.folders)
        };
        files.retain(|path| self.reads(path));
        found.sources = matching(&self.bindings, files, 0);
        found
    }
}

/// Returns the files that readers read, in their order; the readers are numbered from `first` on.
pub(super) fn matching(bindings: &[ReaderBinding], mut files: Vec<String>, first: usize) -> Vec<LogFile<'_>> {
    if files.len() > 1 {
        files.sort_by_cached_key(|path| natural(path));
    }
    let mut sources = Vec::new();
    for (number, binding) in (first..).zip(bindings) {
        let mut matching: Vec<&String> =
            files.iter().filter(|path| binding.files.is_match(path.as_str())).collect();
        if binding.format == LogFormat::Trainer {
            newest_only(&mut matching);
        }
        sources.extend(matching.into_iter().map(|path| LogFile {
            path: path.clone(),
            reader: binding.reader.as_ref(),
            series_name: binding.series_name_of(path),
            binding: number,
        }));
    }
    sources
}

impl ReaderBinding {
    fn of(reader: &LogReader) -> Option<Self> {
        let given: Vec<&str> = reader.files.iter().map(String::as_str).collect();
        let globs = if given.is_empty() { usual_files(reader.format) } else { &given };
        let type_rule = if reader.kind.is_empty() {
            TypeRule::Stem
        } else {
            TypeRule::Fixed(reader.kind.clone())
        };
        Self::new(reader.format, reader_of(reader)?, globs, type_rule)
    }

    /// Returns a reader of the files of some patterns; `None` if one of them is none.
    pub(super) fn new(
        format: LogFormat,
        reader: Box<dyn LogFileReader>,
        globs: &[&str],
        type_rule: TypeRule,
    ) -> Option<Self> {
        let mut files = GlobSetBuilder::new();
        for glob in globs {
            files.add(Glob::new(glob).ok()?);
        }
        Some(Self { format, reader, files: files.build().ok()?, type_rule })
    }

    /// The name of the type that a file's records have if they do not say so.
    pub(super) fn series_name_of(&self, path: &str) -> String {
        let mut parts = path.rsplit('/');
        let file = parts.next().unwrap_or(path);
        let folder = parts.next().unwrap_or_default();
        // A dot parts the type from the field.
        let stem = file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("log");
        match (&self.type_rule, self.format) {
            (TypeRule::Fixed(kind), _) => kind.clone(),
            (TypeRule::Stem, LogFormat::Tensorboard) => {
                let is_phase = TensorBoardReader::PHASES.contains(&folder);
                if is_phase { folder.to_owned() } else { "tensorboard".to_owned() }
            }
            (TypeRule::Stem, _) => stem.to_owned(),
            (TypeRule::Without(end), _) => stem.strip_suffix(end).unwrap_or(stem).to_owned(),
            (TypeRule::Folder, _) => folder.split('.').next().unwrap_or("log").to_owned(),
        }
    }
}

/// Returns the files that a format is looked for in if `FILES` names none.
fn usual_files(format: LogFormat) -> &'static [&'static str] {
    let usual = USUAL.iter().find(|(known, _)| *known == format);
    usual.map_or(KeyvalueReader::USUAL_FILES, |(_, files)| files)
}

impl WalkReach {
    /// Returns the folders that the files of some readers may be in.
    fn of(readers: &[LogReader]) -> Self {
        let mut reach = Self::default();
        for reader in readers {
            reader.files.iter().for_each(|glob| reach.add(glob));
            if reader.files.is_empty() {
                reach.add_usual();
            }
        }
        reach
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
        LogFormat::Keyvalue => Box::new(KeyvalueReader { is_guess: false }),
    })
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
