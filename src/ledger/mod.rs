//! Reads and writes the ledger: which submissions a sweep has, and what SLURM still has of them.
//!
//! The ledger is `launches/000001/`: written by `sweep_launch` (and, for a task with more memory, by the
//! worker that asks for it) before and right after each call of `sbatch`, and read only here. It is not
//! the place for what single jobs did: that is in their journals.
//!
//! - `entry`: the submissions, each with the arrays that SLURM accepted,
//! - `new_submission`: takes a number and writes the record of a new submission,
//! - `node_failures`: the nodes that fail,
//! - `quick_death`, `node_crashes`: the nodes on which jobs die at once, within one submission,
//! - `node_history`: the same over all submissions,
//! - `silent_tasks`: the tasks that ended before their worker started,
//! - `left_out`: the nodes that the next submission leaves out,
//! - `job_states`: the state of every job, from its journal and its claim,
//! - `array_snapshot`: the arrays, each with its tasks in the queue,
//! - `queue_snapshot`: which tasks SLURM still has, and which jobs they will run,
//! - `queue_words`: what SLURM's answer proves,
//! - `original`: what a copy of a sweep directory says of the tasks of its original,
//! - `open_attempt`: what SLURM makes of attempts that their worker left open,
//! - `unsettled`: the jobs that a submission left,
//! - `slurm_accounting`: how tasks ended whose worker left no record.

mod array_snapshot;
mod broken_code;
mod entry;
mod job_states;
mod left_out;
mod new_submission;
mod node_crashes;
mod node_failures;
mod node_history;
mod open_attempt;
mod original;
mod queue_snapshot;
mod queue_words;
mod quick_death;
mod silent_tasks;
mod slurm_accounting;
mod unsettled;

pub use array_snapshot::{ArrayOrigin, ArraySnapshot};
pub(crate) use broken_code::is_broken_code;
pub use entry::{LedgerEntry, read_entries, read_entry, read_submission};
pub(crate) use entry::{original_of_attempt, run_of_attempt, write_accepted};
pub use job_states::job_states;
pub use left_out::{LeftOutNode, LeftOutReason, left_out_nodes};
pub(crate) use new_submission::{NewSubmission, reserve_number, withdraw};
pub use node_crashes::{NodeCrashes, NodeStanding};
pub use node_failures::note_node_failure;
pub(crate) use open_attempt::{
    MOST_ASKED, describe_end_with_task, outcome_of, outcome_of_end, outcome_of_open, record_settled,
};
pub use queue_snapshot::QueueSnapshot;
pub(crate) use quick_death::{QUICK_DEATH, died_at_once, has_lived, is_quick_death};
pub use silent_tasks::SilentTasks;
pub(crate) use silent_tasks::is_silent;
pub use slurm_accounting::SlurmAccounting;
pub use unsettled::UnsettledJobs;
