//! SLURM's commands, and what they print: the only place that knows them.
//!
//! Text becomes types in pure functions that pass over what they do not know: sites print banners,
//! federations headers, and newer versions more fields. Commands are called with argument lists,
//! never through a shell, and end in time; a controller that is busy is asked again.
//!
//! - `call`: runs a command within a time, without what the caller's shell would have it do
//!   (`variables`); `error`: what went wrong, in SLURM's words, and what to do,
//! - `task`: names and states of tasks,
//! - `submit`: `sbatch`, so that nothing is submitted twice,
//! - `queue`: `squeue`; `waiting`: why its tasks wait; `accounting`: `sacct`; `job`: `scontrol show job`;
//!   `fate`: what it says of the end of a task,
//! - `cluster`: which cluster it is; `config`, `limits`: what the cluster takes (`scontrol show config`, `sacctmgr`),
//! - `access`, `associations`, `known_names`: what is known of the user's accounts, groups and QOS, and of reservations,
//! - `partition`, `node`: what it consists of; `node_names`, `gres`, `time`: what both it and tasks name and count,
//! - `submit_option`, `task_request`: what a script asks for, as `sbatch` reads it,
//! - `step`: `srun`,
//! - `act`: cancel, hold, release, requeue, exclude nodes.
//!
//! Read with SLURM 22.05 and 24.11; the states of newer versions are from their documentation.

mod access;
mod accounting;
mod act;
mod associations;
mod call;
mod cluster;
mod config;
mod error;
mod fate;
mod gres;
mod job;
mod known_names;
mod limits;
mod node;
mod node_names;
mod partition;
mod queue;
#[cfg(test)]
mod recorded;
mod step;
mod submit;
mod submit_option;
mod task;
mod task_request;
mod time;
mod variables;
mod waiting;

use std::time::Duration;

pub use access::UserAccess;
pub(crate) use accounting::may_be_one_cluster;
pub use accounting::{AccountedTask, TaskAccounts, WantedRun};
pub use associations::LiftedLimits;
pub use cluster::ClusterIdentity;
pub use error::SlurmError;
pub use fate::TaskFate;
pub use gres::GenericResource;
pub use job::TaskDetails;
pub use known_names::KnownNames;
pub use limits::ClusterLimits;
pub use node::SlurmNode;
pub use partition::{MemoryLimit, NameRule, PartitionDoor, SlurmPartition};
pub use queue::{QueuedTask, TaskQueue};
pub use submit::SubmittedArray;
pub use submit_option::{SubmitOption, read_options, script_options};
pub use task::{TaskId, TaskState};
pub use task_request::{NodeCount, TaskRequest};
pub use time::SlurmTime;
pub use variables::ignored_variables;
pub use waiting::waiting_sentence;

/// The variable that says how long to wait before each further try, in seconds: `0.5,1,2`.
const RETRY: &str = "SWEEP_SLURM_RETRY";

/// The variable that says how long one command may take, in seconds.
const TIMEOUT: &str = "SWEEP_SLURM_TIMEOUT";

/// The user's SLURM cluster, as its commands on this machine reach it.
#[derive(Debug, Clone, PartialEq)]
pub struct Slurm {
    /// The waits before each further try if the controller is busy or away.
    retry: Vec<Duration>,
    /// The longest time that one command may take.
    timeout: Duration,
}

impl Slurm {
    /// Returns a client with a shorter time limit for one command.
    #[must_use]
    pub fn within(&self, timeout: Duration) -> Self {
        Self { timeout: timeout.min(self.timeout), ..self.clone() }
    }

    /// Returns a client that tries once: for answers that are not worth a wait.
    #[must_use]
    pub fn once(&self) -> Self {
        Self { retry: Vec::new(), ..self.clone() }
    }
}

impl Default for Slurm {
    /// Returns a client with a minute for a command, and five further tries within about a minute; the variables
    /// `SWEEP_SLURM_TIMEOUT` and `SWEEP_SLURM_RETRY` say otherwise.
    fn default() -> Self {
        let seconds = |text: &str| Duration::try_from_secs_f64(text.trim().parse().ok()?).ok();
        let retry = std::env::var(RETRY).ok();
        let retry = retry.map(|text| text.split(',').filter_map(seconds).collect());
        let timeout = std::env::var(TIMEOUT).ok().and_then(|text| seconds(&text));
        Self {
            retry: retry.unwrap_or_else(|| [2, 4, 8, 16, 30].map(Duration::from_secs).to_vec()),
            timeout: timeout.unwrap_or(Duration::from_mins(1)),
        }
    }
}
