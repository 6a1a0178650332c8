//! The guard: a process that outlives its worker by a moment and kills what the worker leaves.
//!
//! The kernel ends a program when its worker dies, but not what the program has started. So each
//! worker starts a second process of the same binary that reads from a pipe which nobody writes to.
//! When the worker is gone, however it went, the pipe ends, and the guard kills what bears one of
//! the worker's tokens. It is in a session of its own, out of the way of Ctrl-C and of signals to
//! the worker's group.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};

use super::leftovers;
use crate::app::Exit;

/// The hidden flag that makes a worker a guard.
const FLAG: &str = "--guard";

/// The guard of this worker. Dropping it waits until no process of the worker's programs is left.
#[derive(Debug)]
pub(in crate::worker) struct Guard {
    process: Child,
}

impl Guard {
    /// Starts a guard for the tokens that begin with `id`.
    ///
    /// Its environment is empty: where this worker is itself a program of another one, it must not
    /// bear the token of that one.
    pub(in crate::worker) fn start(id: &str) -> io::Result<Self> {
        let process = Command::new(std::env::current_exe()?)
            .args([FLAG, id])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { process })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Waiting closes the pipe first.
        let _ = self.process.wait();
    }
}

/// What a guard does: waits for the end of its standard input, then kills.
pub fn guard(id: &str) -> Exit {
    // Fails only for the leader of a process group, which a worker's child is not.
    let _ = rustix::process::setsid();
    let _ = io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink());
    let prefix = format!("{id}.");
    if leftovers::kill_all(|token| token.starts_with(prefix.as_bytes())) {
        Exit::Done
    } else {
        Exit::Incomplete
    }
}
