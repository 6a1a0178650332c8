//! What SLURM's accounts say of tasks whose worker died without a word.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::Timestamp;
use sweep_config::records::JobState;

use super::Entry;
use crate::runtime::hasty_scheduler;
use crate::slurm::Accounted;

/// The accounts of a sweep's tasks; asked for once, and only if somebody wants to know.
#[derive(Debug, Default)]
pub struct Accounts {
    arrays: Vec<u64>,
    /// When the first of them was submitted.
    since: Option<Timestamp>,
    states: OnceLock<BTreeMap<String, String>>,
}

impl Accounts {
    pub(super) fn of(entries: &[Entry]) -> Self {
        let all = |entry: &Entry| {
            let arrays = entry.arrays().map(|(_, accepted)| accepted.clone());
            arrays.chain(entry.memory.clone()).collect::<Vec<_>>()
        };
        let accepted: Vec<_> = entries.iter().flat_map(all).collect();
        let submitted = accepted.iter().filter_map(|array| array.submitted.parse().ok());
        Self {
            arrays: accepted.iter().map(|array| array.job_id).collect(),
            since: submitted.min(),
            states: OnceLock::new(),
        }
    }

    /// How a task, `123_4`, ended a job that was running in it: nothing where there are no accounts, or
    /// where they do not say more than that it ended.
    pub fn end_of(&self, task: &str) -> Option<JobState> {
        let states = self.states.get_or_init(|| self.ask());
        ended(states.get(task)?)
    }

    fn ask(&self) -> BTreeMap<String, String> {
        let Some(since) = self.since else { return BTreeMap::new() };
        let accounts = hasty_scheduler().accounting(&self.arrays, since).unwrap_or_default();
        accounts
            .into_iter()
            .map(|Accounted { task, state, .. }| (task.to_string(), state))
            .collect()
    }
}

/// What the end of its task means for a job; SLURM's words that we do not know are kept.
fn ended(word: &str) -> Option<JobState> {
    match word {
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
        assert_eq!(ended("TIMEOUT"), Some(JobState::TimedOut));
        assert_eq!(ended("NODE_FAIL"), Some(JobState::NodeFailure));
        assert_eq!(ended("RUNNING"), None);
        assert_eq!(ended("REVOKED"), Some(JobState::Other("REVOKED".to_owned())));
    }

    #[test]
    fn a_sweep_without_submissions_asks_nobody() {
        assert_eq!(Accounts::default().end_of("1_2"), None);
    }
}
