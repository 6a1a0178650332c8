//! Tells of logs that nobody named: those that were read since a job had nothing else, and those that were not.

use std::collections::BTreeMap;

use sweep_config::{JobId, LogFormat};

use super::diagnostic::STDOUT;
use crate::app::count;

/// The number of jobs' examples and names that a sentence has.
const NAMES: usize = 3;

/// The pattern of lines that are a number; each is a value of the metric `value`.
const BARE_NUMBER: &str = r"^\s*(?P<value>[-+]?[0-9.]+([eE][-+]?[0-9]+)?)\s*$";

/// A log of a job that `COLLECT.READERS` does not name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogHint {
    /// It was read, since the job had no record in the usual files.
    pub(crate) is_read: bool,
    /// The name of the reader for it.
    pub(crate) reader: String,
    /// The pattern of its path, below the job's directory, in which other jobs' numbers are stars.
    pub(crate) files: String,
    /// The type that its records have, if the path does not give it.
    pub(crate) kind: String,
    /// Some names that it prints, of a printed log.
    pub(crate) names: Vec<String>,
}

/// The logs of one kind, over all jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HintSummary {
    pub(crate) hint: LogHint,
    pub(crate) jobs: Vec<JobId>,
}

impl LogHint {
    /// Returns the hint at an output whose last line is a number and nothing else.
    pub(crate) fn bare_number() -> Self {
        Self {
            is_read: false,
            reader: format_name(LogFormat::Regex),
            files: STDOUT.to_owned(),
            kind: String::new(),
            names: Vec::new(),
        }
    }

    fn is_bare_number(&self) -> bool {
        self.reader == LogFormat::Regex.name()
    }

    /// Returns the entry of `READERS` that reads such files.
    pub(crate) fn reader_line(&self) -> String {
        if self.is_bare_number() {
            return format!("- {{READER: regex, PATTERN: '{BARE_NUMBER}'}}");
        }
        let files = match self.files.as_str() {
            "stdout.log" => String::new(),
            files => format!(", FILES: [\"{files}\"]"),
        };
        let kind =
            if self.kind.is_empty() { String::new() } else { format!(", TYPE: {}", self.kind) };
        let is_store =
            matches!(self.files.as_str(), "mlruns" | "mlflow.db" | "mlruns.db" | "wandb");
        match (files.is_empty() || is_store, kind.is_empty()) {
            (true, true) => format!("- {}", self.reader),
            _ => format!("- {{READER: {}{files}{kind}}}", self.reader),
        }
    }
}

impl HintSummary {
    /// Joins the hints of all jobs; what most have comes first.
    pub(crate) fn all<'j>(jobs: impl Iterator<Item = (JobId, &'j [LogHint])>) -> Vec<Self> {
        let mut by_files: BTreeMap<(bool, &str, &str, &str), Self> = BTreeMap::new();
        for (job, hints) in jobs {
            for hint in hints {
                let key =
                    (!hint.is_read, hint.reader.as_str(), hint.files.as_str(), hint.kind.as_str());
                let summary = by_files.entry(key).or_insert_with(|| Self {
                    hint: LogHint { names: Vec::new(), ..hint.clone() },
                    jobs: Vec::new(),
                });
                let new = hint.names.iter().filter(|name| !summary.hint.names.contains(name));
                let new: Vec<String> = new.cloned().collect();
                summary.hint.names.extend(new);
                if summary.jobs.last() != Some(&job) {
                    summary.jobs.push(job);
                }
            }
        }
        let mut all: Vec<Self> = by_files.into_values().collect();
        all.sort_by_key(|summary| (!summary.hint.is_read, usize::MAX - summary.jobs.len()));
        all
    }

    /// Returns what they have, as a sentence without its full stop.
    pub(crate) fn sentence(&self) -> String {
        let LogHint { is_read, files, names, reader, .. } = &self.hint;
        let (jobs, one) = (count(self.jobs.len(), "job"), self.jobs.len() == 1);
        let verb = |several: &'static str, one_of: &'static str| if one { one_of } else { several };
        let shown: Vec<String> =
            names.iter().take(NAMES).map(|name| format!("`{name}: N`")).collect();
        let what = match reader.as_str() {
            "keyvalue" if !shown.is_empty() => {
                format!("{jobs} {} {} in `{files}`", verb("print", "prints"), shown.join(", "))
            }
            _ if self.hint.is_bare_number() => {
                format!(
                    "{jobs} {} with a number on a line of its own in `{files}`",
                    verb("end", "ends")
                )
            }
            _ => format!("{jobs} {} `{files}`", verb("have", "has")),
        };
        if *is_read {
            format!(
                "{what}, read as {reader} because no usual file has a record; to make this explicit"
            )
        } else {
            format!("{what}, which nothing reads; to read it")
        }
    }
}

/// Returns a path in which what tells runs apart (dates, numbers of processes, hashes) is a star.
pub(super) fn generalized(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let (stem, ending) =
            part.rsplit_once('.').map_or((part, String::new()), |(a, b)| (a, format!(".{b}")));
        let digits = stem.chars().filter(char::is_ascii_digit).count();
        let is_hash = stem.len() >= 16 && stem.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        if digits < 6 && !is_hash {
            return part.to_owned();
        }
        let word: String = stem.chars().take_while(|c| !c.is_ascii_digit()).collect();
        if is_hash { format!("*{ending}") } else { format!("{word}*{ending}") }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Returns the name of a format.
pub(super) fn format_name(format: LogFormat) -> String {
    format.name().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_runs_apart_is_a_star() {
        for (path, expected) in [
            ("runs/train/results.csv", "runs/train/results.csv"),
            ("version_0/m.csv", "version_0/m.csv"),
            ("20210101_000000.log.json", "*.json"),
            ("mlruns/0/3f2a9b1c3f2a9b1c3f2a/metrics/loss", "mlruns/0/*/metrics/loss"),
            ("offline-run-20240101_101010-x1/f.json", "offline-run-*/f.json"),
        ] {
            assert_eq!(generalized(path), expected);
        }
    }
}
