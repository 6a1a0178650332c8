//! Says what the newest launches left: tasks without a word, jobs with tries left, nodes that are left out.

use sweep_config::fs::FsError;
use sweep_config::records::JobState;
use sweep_config::{JobId, SweepDir};

use super::job::JobStatus;
use crate::app::{Printer, find_program};
use crate::ledger::{LeftOutNode, SilentTasks, SlurmAccounting, UnsettledJobs, left_out_nodes};
use crate::runtime::hasty_scheduler;

/// The nodes that something is wrong with, and the jobs that were left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NodeReport {
    left_out: Vec<LeftOutNode>,
    silent: SilentTasks,
    unsettled: Option<UnsettledJobs>,
}

impl NodeReport {
    /// Reads the notes and journals; what cannot be read is nobody's loss here.
    pub(crate) fn read(
        dir: &SweepDir,
        jobs: &[JobStatus],
        accounts: &SlurmAccounting,
        max_retry: u32,
    ) -> Self {
        Self::of(dir, jobs, accounts, max_retry).unwrap_or_default()
    }

    fn of(
        dir: &SweepDir,
        jobs: &[JobStatus],
        accounts: &SlurmAccounting,
        max_retry: u32,
    ) -> Result<Self, FsError> {
        let open: Vec<&JobStatus> =
            jobs.iter().filter(|status| status.state != JobState::Done).collect();
        let last = dir.submission_ids()?.last().copied();
        let Some(last) = last else { return Ok(Self::default()) };
        let mut silent = SilentTasks::read(dir)?;
        let is_left =
            |status: &&JobStatus| !matches!(status.state, JobState::Running | JobState::Queued);
        let mut unsettled = None;
        if open.iter().any(is_left)
            && find_program("squeue").is_some()
            && silent.ask(dir, &hasty_scheduler(), accounts)?
        {
            let states = open.iter().map(|status| (status.job, &status.state));
            unsettled = UnsettledJobs::of_last(dir, states, max_retry)?;
        }
        let open: Vec<JobId> = open.iter().map(|status| status.job).collect();
        Ok(Self { left_out: left_out_nodes(dir, last, &open, &silent)?, silent, unsettled })
    }

    /// Prints it.
    pub(crate) fn print(&self, printer: Printer) {
        for sentence in self.silent.sentences() {
            printer.note(sentence);
        }
        self.unsettled.iter().for_each(|left| printer.note(left));
        for node in &self.left_out {
            printer.note(format_args!("excluded, also from the next launch: {node}"));
        }
    }
}
