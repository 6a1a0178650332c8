//! Asks SLURM's accounting how tasks ended whose worker left no record.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sweep_config::SweepDir;
use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, AttemptStart, JobState};

use super::entry::{LedgerEntry, own_run, read_entries};
use super::open_attempt::{MOST_ASKED, outcome_of_open};
use crate::runtime::hasty_scheduler;
use crate::slurm::{AccountedTask, TaskAccounts, TaskState};

/// The accounting of a sweep's tasks; SLURM is asked once, and only if somebody wants to know.
#[derive(Debug, Default)]
pub struct SlurmAccounting {
    entries: Vec<LedgerEntry>,
    tasks: OnceLock<TaskAccounts>,
    /// The number of open attempts that it was asked for.
    asked: AtomicU32,
}

impl SlurmAccounting {
    /// Returns the accounting of all tasks in the ledger.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read.
    pub fn of_sweep(dir: &SweepDir) -> Result<Self, FsError> {
        Ok(Self::of_entries(read_entries(dir)?))
    }

    pub(super) fn of_entries(entries: Vec<LedgerEntry>) -> Self {
        Self { entries, tasks: OnceLock::new(), asked: AtomicU32::new(0) }
    }

    /// Returns how the run of a task ended an attempt that was going on in it; none where SLURM keeps no
    /// accounting, or knows no more than that the task ended.
    pub fn end_of(&self, start: &AttemptStart) -> Option<JobState> {
        job_state_after(&self.account_of(start)?.state)
    }

    /// Returns the account of the run of a task that an attempt was made in; none where SLURM keeps no accounting.
    pub fn account_of(&self, start: &AttemptStart) -> Option<&AccountedTask> {
        self.by_name().of_run(&own_run(&self.entries, start)?)
    }

    /// Returns the state of a job whose last attempt was left open; none where nobody knows. SLURM is asked for each,
    /// and no more than so often.
    pub fn state_of_open(&self, attempt: &Attempt) -> Option<JobState> {
        let (run, open) = (own_run(&self.entries, &attempt.start)?, attempt.end.as_ref()?);
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let outcome = (asked < MOST_ASKED).then(|| outcome_of_open(&hasty_scheduler(), &run, open));
        outcome.flatten().map(JobState::from)
    }

    /// Returns the tasks that are over.
    pub(super) fn ended_tasks(&self) -> Vec<String> {
        let over = self.tasks().filter(|it| TaskState::of(&it.state) == TaskState::Over);
        over.map(|it| it.task.to_string()).collect()
    }

    /// Returns the accounts of the newest runs of all tasks; none where SLURM keeps no accounting.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &AccountedTask> {
        self.by_name().newest()
    }

    fn by_name(&self) -> &TaskAccounts {
        self.tasks.get_or_init(|| {
            let own = || self.entries.iter().filter(|entry| entry.is_own());
            let accepted: Vec<_> = own().flat_map(LedgerEntry::accepted_arrays).collect();
            let arrays: Vec<u64> = accepted.iter().map(|array| array.job_id).collect();
            let since = accepted.iter().filter_map(|array| array.submitted.parse().ok()).min();
            let accounts = since.and_then(|since| hasty_scheduler().accounting(&arrays, since));
            let mut accounts = accounts.unwrap_or_default();
            accounts.retain(|run| own().any(|entry| entry.may_have(run)));
            accounts
        })
    }
}

/// Returns the state of a job whose task ended in this state of SLURM's; an unknown state is kept.
fn job_state_after(task_state: &str) -> Option<JobState> {
    match task_state {
        "TIMEOUT" | "DEADLINE" => Some(JobState::TimedOut),
        "OUT_OF_MEMORY" => Some(JobState::OutOfMemory),
        "NODE_FAIL" | "BOOT_FAIL" => Some(JobState::NodeFailure),
        "CANCELLED" => Some(JobState::Cancelled),
        // It runs, or it ended and nobody knows how that came about for the job.
        "PENDING" | "RUNNING" | "SUSPENDED" | "COMPLETING" | "REQUEUED" | "RESIZING"
        | "COMPLETED" | "FAILED" | "PREEMPTED" => None,
        other => Some(JobState::Other(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_task_is_the_end_of_its_job() {
        assert_eq!(job_state_after("TIMEOUT"), Some(JobState::TimedOut));
        assert_eq!(job_state_after("NODE_FAIL"), Some(JobState::NodeFailure));
        assert_eq!(job_state_after("RUNNING"), None);
        assert_eq!(job_state_after("REVOKED"), Some(JobState::Other("REVOKED".to_owned())));
    }

    #[test]
    fn a_sweep_without_submissions_asks_nobody() {
        let start = AttemptStart { slurm: Some("1_2".to_owned()), ..AttemptStart::default() };
        assert_eq!(SlurmAccounting::default().end_of(&start), None);
    }
}
