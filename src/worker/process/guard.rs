//! Guards against leftovers: a process that briefly outlives its worker and kills what the worker
//! leaves.
//!
//! The kernel ends a program when its worker dies, but not what the program has started. So each
//! worker starts a second process of the same binary that reads from a pipe to which nobody writes.
//! When the worker is gone, for whatever reason, the pipe is closed, and the guard kills all
//! processes that bear one of the worker's tokens. It has a session of its own, so that neither
//! Ctrl-C nor signals to the worker's group reach it. SLURM finds it all the same when it ends a task: what asks
//! a process to end does not end the guard, and where SIGKILL did, the worker does the guard's work.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

use super::leftovers;
use crate::app::{Exit, this_program};

/// The hidden flag that makes a worker a guard.
const FLAG: &str = "--guard";

/// The signals that SLURM and its users send to all processes of a task.
const DEAF_TO: [i32; 6] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2];

/// The guard process of this worker. Dropping it waits until no process of the worker's programs is
/// left.
#[derive(Debug)]
pub(in crate::worker) struct ProcessGuard {
    process: Child,
    worker: String,
}

impl ProcessGuard {
    /// Starts a guard for the tokens that begin with `id`.
    ///
    /// Its environment is empty: if this worker is itself a program of another worker, its guard
    /// must not bear that worker's token.
    pub(in crate::worker) fn start(id: &str) -> io::Result<Self> {
        let me = this_program("sweep_worker")?;
        let process = Command::new(&me[0])
            .args(&me[1..])
            .args([FLAG, id])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { process, worker: id.to_owned() })
    }
}

impl Drop for ProcessGuard {
    fn drop(&mut self) {
        // Waiting closes the pipe first.
        let has_ended_early = self.process.wait().map_or(true, |status| status.code().is_none());
        if has_ended_early {
            kill_leftovers(&self.worker);
        }
    }
}

/// Acts as the guard of the worker `id`: waits for the end of standard input, then kills what the
/// worker left.
pub fn run_guard(id: &str) -> Exit {
    // Fails only for the leader of a process group, which a worker's child is not.
    let _ = rustix::process::setsid();
    for signal in DEAF_TO {
        let _ = signal_hook::flag::register(signal, Arc::default());
    }
    let _ = io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink());
    if kill_leftovers(id) { Exit::Done } else { Exit::Incomplete }
}

/// Kills what bears one of the tokens of worker `id`. Returns false if some of it does not die.
fn kill_leftovers(id: &str) -> bool {
    let prefix = format!("{id}.");
    leftovers::kill_all(|token| token.starts_with(prefix.as_bytes()))
}
