//! Finds the files of a job that are read, and the reader of each: `COLLECT.READERS`, or every format in its usual files.

use std::path::Path;

use sweep_config::{CollectConfig, LogFormat, LogReader};

use super::cache::FileStamp;
use super::diagnostic::STDOUT;
use super::further_logs::FurtherLogs;
use super::log_binding::{LogFile, ReaderBinding, USUAL, matching, usual_files};
use super::log_walk::{WalkReach, walk};
use super::reader::FieldNames;

/// The readers of a sweep's logs, and the files that they read.
pub(crate) struct LogDiscovery {
    bindings: Vec<ReaderBinding>,
    /// The logs that are read of a job that has no record in the usual files; nothing where `COLLECT.READERS` says what to read.
    further: Option<FurtherLogs>,
    pub(crate) names: FieldNames,
    reach: WalkReach,
    /// Nothing but `stdout.log` is read.
    is_stdout_only: bool,
}

/// The logs of one job.
pub(crate) struct DiscoveredLogs<'f> {
    pub(crate) sources: Vec<LogFile<'f>>,
    /// The directories that were looked through, below the job's, with their stamps.
    pub(crate) folders: Vec<(String, FileStamp)>,
    /// There are more files than were looked at.
    pub(crate) has_more: bool,
}

impl LogDiscovery {
    /// Takes `COLLECT`, whose patterns were checked when it was loaded, and the names of what jobs are ranked by.
    pub(crate) fn of(collect: &CollectConfig, objectives: &[String]) -> Self {
        let is_usual = collect.readers.is_empty();
        let usual: Vec<LogReader> =
            USUAL.iter().map(|(format, _)| LogReader::usual(*format)).collect();
        let readers = if is_usual { &usual } else { &collect.readers };
        let bindings: Vec<ReaderBinding> = readers.iter().filter_map(ReaderBinding::of).collect();
        let is_stdout =
            |reader: &LogReader| reader.format == LogFormat::Pycls && reader.files.is_empty();
        let fields = collect.fields.iter().map(|(from, to)| (from.as_str(), to.as_str()));
        Self {
            is_stdout_only: readers.iter().all(is_stdout),
            bindings,
            further: is_usual.then(|| FurtherLogs::usual(objectives)),
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
        let mut found =
            DiscoveredLogs { sources: Vec::new(), folders: Vec::new(), has_more: false };
        let mut files = vec![STDOUT.to_owned()];
        if !self.is_stdout_only {
            let walked = walk(out_dir, &self.reach, now, &mut found.folders);
            (files, found.has_more) = (walked.files, walked.has_more);
        }
        files.retain(|path| self.reads(path));
        found.sources = matching(&self.bindings, files, 0);
        found
    }
}

impl WalkReach {
    /// Returns the folders that the files of some readers may be in.
    fn of(readers: &[LogReader]) -> Self {
        let mut reach = Self::default();
        for reader in readers {
            reader.files.iter().for_each(|glob| reach.add(glob));
            match reader.format {
                _ if !reader.files.is_empty() => {}
                // They lie deep, in folders that are passed over otherwise.
                LogFormat::Mlflow | LogFormat::Wandb => {
                    for glob in usual_files(reader.format) {
                        reach.add(glob);
                    }
                }
                _ => reach.add_usual(),
            }
        }
        reach
    }
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
        let formats = LogDiscovery::of(&collect, &[]);
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
