//! What runs the jobs: SLURM or this machine.

use sweep_config::Executor;

use crate::app::Failure;
use crate::worker::find_program;

/// Makes sure that it is this machine.
///
/// # Errors
///
/// Where it would be SLURM, which is not supported yet: to run a whole population on a cluster's
/// login node instead would be worse than to refuse.
pub(super) fn require_local(executor: Executor) -> Result<(), Failure> {
    let slurm = match executor {
        Executor::Local => false,
        Executor::Slurm => true,
        Executor::Auto => find_program("sbatch").is_some(),
    };
    if !slurm {
        return Ok(());
    }
    let why = match executor {
        Executor::Auto => " (`sbatch` is in PATH, so LAUNCH.EXECUTOR `auto` means SLURM)",
        _ => "",
    };
    Err(Failure::Slurm {
        message: format!("SLURM is not supported yet{why}"),
        hint: Some("`--set LAUNCH.EXECUTOR=local` runs the jobs on this machine".into()),
    })
}
