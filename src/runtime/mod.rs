//! Says how the jobs of a sweep run: their directory, shell, command line and variables.
//!
//! `sweep_launch` needs this to check and to show what will run, `sweep_worker` to run it, so it lies
//! below both. It starts no job's program, chooses no job, and knows neither claims nor journals.
//!
//! - [`command`]: the template of the command line, and the facts that fill it,
//! - `job_context`: all that is the same for every job of one sweep,
//! - `shell`, `prelude`: the shell of a command line, and what is run in it before the command,
//! - `packing`: how many short jobs a task should run,
//! - `environment`: the record of the machine that jobs run on,
//! - `event`: what `sweep_worker --json` prints, and a local launch reads,
//! - `scheduler`: how the user's cluster is reached,
//! - `signal`: the signals that a config may name,
//! - `worker_rank`: which of the workers that run at once a program belongs to.

pub mod command;
mod environment;
mod event;
mod job_context;
mod packing;
mod prelude;
mod scheduler;
mod shell;
mod signal;
mod worker_rank;

pub(crate) use environment::{NodeEnvironment, environment_of_node};
pub use event::WorkerEvent;
pub(crate) use job_context::CANNOT_START;
pub use job_context::JobContext;
pub use packing::packing_advice;
pub use prelude::prelude;
pub(crate) use scheduler::{hasty_scheduler, scheduler};
pub use shell::JobShell;
pub(crate) use signal::signal_by_name;
pub(crate) use worker_rank::WorkerRank;

#[cfg(test)]
pub(crate) mod tests {
    use sweep_config::{LaunchConfig, Sweep};

    /// Returns the section `LAUNCH` with these keys, one per line.
    pub(crate) fn launch(keys: &str) -> LaunchConfig {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sweep.yaml");
        let keys = if keys.is_empty() { "{}".to_owned() } else { keys.replace('\n', "\n  ") };
        let keys = format!("  {keys}\n");
        let text = format!("ROOT_DIR: here\nNAME: s\nSETUP: {{NUM_CONFIGS: 1}}\nLAUNCH:\n{keys}");
        sweep_config::fs::write_atomic(&path, text.as_bytes()).unwrap();
        Sweep::load(&path, &["LAUNCH.CONDA_ENV=".to_owned()]).unwrap().launch
    }
}
