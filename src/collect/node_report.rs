//! Says which nodes the next launch leaves out, and on which tasks ended without a word.

use sweep_config::fs::FsError;
use sweep_config::records::JobState;
use sweep_config::{JobId, SweepDir};

use super::job::JobStatus;
use crate::app::{Printer, find_program};
use crate::ledger::{LeftOutNode, SilentTasks, SlurmAccounting, left_out_nodes};
use crate::runtime::hasty_scheduler;

/// The nodes that something is wrong with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NodeReport {
    left_out: Vec<LeftOutNode>,
    silent: SilentTasks,
}

impl NodeReport {
    /// Reads the notes and journals; what cannot be read is nobody's loss here.
    pub(crate) fn read(dir: &SweepDir, jobs: &[JobStatus], accounts: &SlurmAccounting) -> Self {
        Self::of(dir, jobs, accounts).unwrap_or_default()
    }

    fn of(dir: &SweepDir, jobs: &[JobStatus], accounts: &SlurmAccounting) -> Result<Self, FsError> {
        let open: Vec<&JobStatus> =
            jobs.iter().filter(|status| status.state != JobState::Done).collect();
        let last = dir.submission_ids()?.last().copied();
        let Some(last) = last.filter(|_| !open.is_empty()) else { return Ok(Self::default()) };
        let mut silent = SilentTasks::read(dir)?;
        let is_left =
            |status: &&JobStatus| !matches!(status.state, JobState::Running | JobState::Queued);
        if open.iter().any(is_left) && find_program("squeue").is_some() {
            silent.ask(dir, &hasty_scheduler(), accounts)?;
        }
        let open: Vec<JobId> = open.iter().map(|status| status.job).collect();
        Ok(Self { left_out: left_out_nodes(dir, last, &open, &silent)?, silent })
    }

    /// Prints it.
    pub(crate) fn print(&self, printer: Printer) {
        for sentence in self.silent.sentences() {
            printer.note(sentence);
        }
        for node in &self.left_out {
            printer.note(format_args!("left out, by the next launch too: {node}"));
        }
    }
}
