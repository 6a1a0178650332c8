//! The executors of the jobs: SLURM or this machine.

use crate::slurm::Slurm;
use sweep_config::Executor;

use crate::app::find_program;
use crate::runtime::scheduler;

/// The executor of a launch.
#[derive(Debug)]
pub(super) enum LaunchExecutor {
    /// The user's SLURM cluster.
    Slurm(Slurm),
    /// This machine.
    Local,
}

/// `auto` is SLURM where there is an `sbatch`: to run a whole population on a cluster's login node
/// would be worse than to ask.
pub(super) fn choose(executor: Executor) -> LaunchExecutor {
    match executor {
        Executor::Local => LaunchExecutor::Local,
        Executor::Auto if find_program("sbatch").is_none() => LaunchExecutor::Local,
        Executor::Slurm | Executor::Auto => LaunchExecutor::Slurm(scheduler()),
    }
}
