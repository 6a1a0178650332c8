//! Binds readers to the files that they read, and gives their records a type.

use globset::{Glob, GlobSet, GlobSetBuilder};
use sweep_config::{LogFormat, LogReader};

use super::log_walk::{natural, newest_only};
use super::reader::{
    CsvReader, JsonlReader, KeyvalueReader, LogFileReader, MlflowReader, PatternReader,
    PrintedLines, PyclsReader, ResultsReader, RowKeys, SacredReader, TensorBoardReader,
    TrainerReader, WandbReader, WholeFile,
};

/// The formats that are looked for if `COLLECT.READERS` names none; of two values for one place the
/// later format's counts.
pub(super) const USUAL: [(LogFormat, &[&str]); 6] = [
    (LogFormat::Pycls, PyclsReader::USUAL_FILES),
    (LogFormat::Jsonl, JsonlReader::USUAL_FILES),
    (LogFormat::Csv, CsvReader::USUAL_FILES),
    (LogFormat::Tensorboard, TensorBoardReader::USUAL_FILES),
    (LogFormat::Trainer, TrainerReader::USUAL_FILES),
    (LogFormat::Results, ResultsReader::USUAL_FILES),
];

/// A reader and its files.
pub(super) struct ReaderBinding {
    pub(super) format: LogFormat,
    pub(super) reader: Box<dyn LogFileReader>,
    pub(super) files: GlobSet,
    pub(super) type_rule: TypeRule,
    pub(super) keys: RowKeys,
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
    /// The part of the file's name before its ending: `monitor` of `0.monitor.csv`.
    Behind,
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
    pub(crate) keys: &'f RowKeys,
    /// The number of its reader.
    pub(crate) binding: usize,
}

/// Returns the files that readers read, in their order; the readers are numbered from `first` on.
pub(super) fn matching(
    bindings: &[ReaderBinding],
    mut files: Vec<String>,
    first: usize,
) -> Vec<LogFile<'_>> {
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
            keys: &binding.keys,
            binding: number,
        }));
    }
    sources
}

impl ReaderBinding {
    /// Returns the reader that the config names.
    pub(super) fn of(reader: &LogReader) -> Option<Self> {
        let given: Vec<&str> = reader.files.iter().map(String::as_str).collect();
        let globs = if given.is_empty() { usual_files(reader.format) } else { &given };
        let type_rule = if reader.kind.is_empty() {
            TypeRule::Stem
        } else {
            TypeRule::Fixed(reader.kind.clone())
        };
        let keys = RowKeys {
            is_type_given: !reader.kind.is_empty(),
            epoch: reader.epoch.clone(),
            step: reader.step.clone(),
        };
        let binding = Self::new(reader.format, reader_of(reader)?, globs, type_rule)?;
        Some(Self { keys, ..binding })
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
        let files = files.build().ok()?;
        Some(Self { format, reader, files, type_rule, keys: RowKeys::default() })
    }

    /// The name of the type that a file's records have if they do not say so.
    pub(super) fn series_name_of(&self, path: &str) -> String {
        let mut parts = path.rsplit('/');
        let file = parts.next().unwrap_or(path);
        let folder = parts.next().unwrap_or_default();
        // A dot parts the type from the field.
        let stem = file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("log");
        match (&self.type_rule, self.format) {
            (TypeRule::Fixed(kind), LogFormat::Mlflow) => {
                format!("{kind}.{}", MlflowReader::metric_of(path))
            }
            (_, LogFormat::Mlflow) => format!("mlflow.{}", MlflowReader::metric_of(path)),
            (TypeRule::Fixed(kind), _) => kind.clone(),
            (TypeRule::Stem, LogFormat::Wandb) => "wandb".to_owned(),
            (TypeRule::Stem, LogFormat::Tensorboard) => {
                let is_phase = TensorBoardReader::PHASES.contains(&folder);
                if is_phase { folder.to_owned() } else { "tensorboard".to_owned() }
            }
            (TypeRule::Stem, _) => stem.to_owned(),
            (TypeRule::Without(end), _) => stem.strip_suffix(end).unwrap_or(stem).to_owned(),
            (TypeRule::Behind, _) => file.rsplit('.').nth(1).unwrap_or(stem).to_owned(),
            (TypeRule::Folder, _) => folder.split('.').next().unwrap_or("log").to_owned(),
        }
    }
}

/// Returns the files that a format is looked for in if `FILES` names none.
pub(super) fn usual_files(format: LogFormat) -> &'static [&'static str] {
    let usual = USUAL.iter().find(|(known, _)| *known == format);
    match format {
        LogFormat::Mlflow => MlflowReader::USUAL_FILES,
        LogFormat::Wandb => WandbReader::USUAL_FILES,
        LogFormat::Sacred => SacredReader::USUAL_FILES,
        _ => usual.map_or(KeyvalueReader::USUAL_FILES, |(_, files)| files),
    }
}

pub(super) fn reader_of(reader: &LogReader) -> Option<Box<dyn LogFileReader>> {
    Some(match reader.format {
        LogFormat::Pycls => Box::new(PyclsReader::new()),
        LogFormat::Jsonl => Box::new(JsonlReader),
        LogFormat::Csv => Box::new(CsvReader),
        LogFormat::Tensorboard => Box::new(TensorBoardReader),
        LogFormat::Trainer => Box::new(WholeFile(TrainerReader)),
        LogFormat::Results => Box::new(WholeFile(ResultsReader)),
        LogFormat::Regex => Box::new(PatternReader::new(&reader.pattern).ok()?),
        LogFormat::Keyvalue => Box::new(KeyvalueReader { lines: PrintedLines::All }),
        LogFormat::Mlflow => Box::new(MlflowReader),
        LogFormat::Wandb => Box::new(WandbReader),
        LogFormat::Sacred => Box::new(WholeFile(SacredReader)),
    })
}
