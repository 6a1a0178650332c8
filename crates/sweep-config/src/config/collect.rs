//! `COLLECT`: how to gather what the jobs logged.

use super::given::GivenValue;
use super::section::ConfigSection;
use crate::named::named;

/// `COLLECT`.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectConfig {
    /// `CHECKPOINTS_KEEP`.
    pub checkpoints_keep: CheckpointsKeep,
    /// `READERS`: what to read with; empty where every format is looked for in its usual files.
    pub readers: Vec<LogReader>,
    /// `FIELDS`: `TYPE.FIELD` as logged, and as it is to be called.
    pub fields: Vec<(String, String)>,
}

/// `COLLECT.CHECKPOINTS_KEEP`: which checkpoints of a job that is done stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointsKeep {
    /// All.
    All,
    /// The last one of each job.
    Last,
    /// None.
    None,
}

/// A reader of `COLLECT.READERS`: a format and the files to look for it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReader {
    /// `READER`.
    pub format: LogFormat,
    /// `FILES`: globs below the job's directory; empty for the format's usual ones.
    pub files: Vec<String>,
    /// `TYPE`: what records that do not say so are called; empty for the name of their file.
    pub kind: String,
    /// `PATTERN`, of [`LogFormat::Regex`]: a regular expression with named groups.
    pub pattern: String,
    /// `EPOCH`: the field that counts epochs; empty for the usual names.
    pub epoch: String,
    /// `STEP`: the field that counts steps; empty for the usual names.
    pub step: String,
}

impl LogReader {
    /// Returns the reader of a format in its usual files.
    pub fn usual(format: LogFormat) -> Self {
        let none = String::new;
        Self {
            format,
            files: Vec::new(),
            kind: none(),
            pattern: none(),
            epoch: none(),
            step: none(),
        }
    }
}

/// `READER`: a format that programs log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogFormat {
    /// pycls's lines `json_stats: {…}`.
    Pycls,
    /// JSON lines.
    Jsonl,
    /// CSV with a header.
    Csv,
    /// `TensorBoard`'s event files.
    Tensorboard,
    /// Hugging Face's `trainer_state.json`.
    Trainer,
    /// A single JSON or YAML mapping.
    Results,
    /// Printed lines that a regular expression finds.
    Regex,
    /// Printed lines with `name: number` and `name=number`.
    Keyvalue,
    /// `MLflow`'s file store.
    Mlflow,
    /// Runs of Weights & Biases.
    Wandb,
    /// Sacred's `metrics.json`.
    Sacred,
}

named!(pub CheckpointsKeep { All = "all", Last = "last", None = "none" });

named!(pub LogFormat {
    Pycls = "pycls",
    Jsonl = "jsonl",
    Csv = "csv",
    Tensorboard = "tensorboard",
    Trainer = "trainer",
    Results = "results",
    Regex = "regex",
    Keyvalue = "keyvalue",
    Mlflow = "mlflow",
    Wandb = "wandb",
    Sacred = "sacred",
});

pub(super) fn decode(section: ConfigSection<'_>) -> CollectConfig {
    let checkpoints_keep =
        section.one_of("CHECKPOINTS_KEEP", CheckpointsKeep::NAMED, CheckpointsKeep::All);
    let readers = section.get("READERS").and_then(|given| {
        let items = given.list("a list of readers")?;
        // One that is wrong must not hide what is wrong with the next.
        let readers: Vec<Option<LogReader>> = items.iter().map(reader).collect();
        readers.into_iter().collect::<Option<Vec<_>>>()
    });
    let fields = section.get("FIELDS").map(|given| fields(&given));
    section.finish();
    CollectConfig {
        checkpoints_keep,
        readers: readers.unwrap_or_default(),
        fields: fields.unwrap_or_default(),
    }
}

/// A reader is its name, or a mapping that has it as `READER`.
fn reader(given: &GivenValue<'_>) -> Option<LogReader> {
    if !given.is_mapping() {
        let format = given.one_of(LogFormat::NAMED)?;
        if format == LogFormat::Regex {
            given.problem("`regex` needs a PATTERN", Some(PATTERN_HINT.to_owned()));
        }
        return Some(LogReader::usual(format));
    }
    let section = given.section();
    let format =
        section.required("READER", "the format to read").and_then(|g| g.one_of(LogFormat::NAMED));
    let files = section.texts("FILES", &[]);
    let kind = section.text("TYPE", "");
    let pattern = section.get("PATTERN");
    let text = pattern.as_ref().and_then(GivenValue::text).unwrap_or_default();
    check_pattern(&section, format?, pattern.as_ref(), &text);
    if let Some(list) = section.get("FILES") {
        check_globs(&list);
    }
    let epoch = place_field(&section, "EPOCH", format?);
    let step = place_field(&section, "STEP", format?);
    section.finish();
    Some(LogReader { format: format?, files, kind, pattern: text, epoch, step })
}

/// Takes the name of the field that counts epochs or steps, which pycls's own lines know by themselves.
fn place_field(section: &ConfigSection<'_>, key: &'static str, format: LogFormat) -> String {
    if let Some(given) = section.get(key).filter(|_| format == LogFormat::Pycls) {
        let hint = "its lines contain `epoch` and `iter` already; to read other fields, add another reader \
            for the file";
        given.problem(format!("`pycls` takes no {key}"), Some(hint.to_owned()));
    }
    section.text(key, "")
}

const PATTERN_HINT: &str =
    r"such as {READER: regex, PATTERN: 'epoch (?P<epoch>\d+) loss (?P<loss>\S+)'}";

fn check_pattern(
    section: &ConfigSection<'_>,
    format: LogFormat,
    pattern: Option<&GivenValue<'_>>,
    text: &str,
) {
    let hint = || Some(PATTERN_HINT.to_owned());
    match (format, pattern) {
        (LogFormat::Regex, None) => section.problem("PATTERN", "is missing", hint()),
        (LogFormat::Regex, Some(given)) => match regex::bytes::Regex::new(text) {
            Err(e) => given.problem(format!("is not a valid regular expression: {e}"), None),
            Ok(regex) if regex.capture_names().flatten().next().is_none() => {
                given.problem("has no named group", hint());
            }
            Ok(_) => {}
        },
        (_, Some(given)) => {
            let hint = Some(format!("`{}` takes no PATTERN", format.name()));
            given.problem("use it with `READER: regex`", hint);
        }
        (_, None) => {}
    }
}

fn check_globs(given: &GivenValue<'_>) {
    for item in given.list("a list of strings").unwrap_or_default() {
        let Some(text) = item.text() else { continue };
        if let Err(e) = globset::Glob::new(&text) {
            item.problem(format!("is not a valid file pattern: {e}"), None);
        }
        if text.starts_with('/') || text.split('/').any(|part| part == "..") {
            let hint = Some("give a path relative to the job's log directory".to_owned());
            item.problem("points outside the job's directory", hint);
        }
    }
}

fn fields(given: &GivenValue<'_>) -> Vec<(String, String)> {
    let section = given.section();
    let entries = section.all().filter_map(|(from, to)| {
        let text = to.text()?;
        let is_path =
            |name: &str| name.split_once('.').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
        if !is_path(from) || !is_path(&text) {
            let hint = "such as `metrics.val_err: test_epoch.top1_err`".to_owned();
            to.problem("write TYPE.FIELD on both sides", Some(hint));
            return None;
        }
        Some((from.to_owned(), text))
    });
    entries.collect()
}
