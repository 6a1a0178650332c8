//! A run of another tool, whatever tool it is.

use std::path::PathBuf;

use sweep_config::records::{JobState, OmittedRuns};
use sweep_config::{Map, ObjectiveGoal, Value};

use crate::collect::log_value::LogValue;

/// Named values that were logged at one place of a training.
pub(super) type LoggedRow = Vec<(String, LogValue)>;

/// A run of another tool.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ImportedRun {
    /// Its identifier in its source.
    pub(super) id: String,
    /// Its name there, which others may have, too.
    pub(super) name: String,
    /// The leaves of its config, by dotted path.
    pub(super) params: Vec<(String, Value)>,
    /// The choices for it that are no leaves of its config: the options of Hydra's groups.
    pub(super) choices: Vec<(String, Value)>,
    /// Its state; none where its logs are to say if it is done.
    pub(super) state: Option<JobState>,
    /// Why it is not done, as far as the source says so.
    pub(super) reason: String,
    /// When it started, in milliseconds since 1970.
    pub(super) started: Option<i64>,
    /// When it ended, in milliseconds since 1970.
    pub(super) ended: Option<i64>,
    /// The exit code of its program.
    pub(super) exit_code: Option<i32>,
    /// The host that it ran on.
    pub(super) host: String,
    /// The rows that were logged during the training.
    pub(super) rows: Vec<LoggedRow>,
    /// The values that were logged once.
    pub(super) results: Vec<(String, LogValue)>,
    /// Its own logs, which are linked: the path below the job's directory, and where they are.
    pub(super) links: Vec<(String, PathBuf)>,
    /// The source has it no more: its logs stay as they were imported.
    pub(super) is_kept: bool,
}

impl ImportedRun {
    /// Returns what stands for the command line that ran it.
    pub(super) fn caption(&self, kind: &str) -> String {
        match self.name.as_str() {
            "" => format!("{kind} run {}", self.id),
            name if name == self.id => format!("{kind} run {name}"),
            name => format!("{kind} run {name} ({})", self.id),
        }
    }
}

/// The runs of a source, and what it says of all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ImportedSource {
    /// The runs, in the order in which they began.
    pub(super) runs: Vec<ImportedRun>,
    /// The runs that become no job.
    pub(super) left_out: Vec<OmittedRuns>,
    /// The samplers that the source declares, by parameter.
    pub(super) declared: Map,
    /// The metrics by which the source ranks its runs.
    pub(super) objectives: Vec<(String, ObjectiveGoal)>,
    /// Parameters that count as no parameter however they vary: they follow from others.
    pub(super) dependent: Vec<String>,
    /// Sentences on how the source was understood.
    pub(super) notes: Vec<String>,
}

impl ImportedSource {
    /// Notes runs that become no job, unless there are none.
    pub(super) fn leave_out(&mut self, runs: usize, reason: &str) {
        if runs > 0 {
            self.left_out.push(OmittedRuns { reason: reason.to_owned(), runs });
        }
    }

    /// Orders the runs by when they began, those of one moment by what identifies them.
    pub(super) fn sort_by_start(&mut self) {
        self.runs.sort_by(|a, b| (a.started, &a.id).cmp(&(b.started, &b.id)));
    }
}
