//! The worker processes of a launch on this machine.

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use super::worker_call::WorkerCall;
use crate::app::Failure;
use crate::runtime::WorkerEvent;

/// A message to the launch.
#[derive(Debug)]
pub(super) enum PoolMessage {
    /// A worker reports an event of a job.
    Event(WorkerEvent),
    /// The worker of this number has closed its output: it ends, or has been killed.
    Closed(usize),
    /// SIGINT or SIGTERM.
    Stop,
}

/// The workers that were started, and how to start more.
#[derive(Debug)]
pub(super) struct WorkerPool {
    call: WorkerCall,
    messages: Sender<PoolMessage>,
    /// The processes by number; `None` once one is gone.
    workers: Vec<Option<Child>>,
}

impl WorkerPool {
    /// A pool without workers; each will be called like this.
    pub(super) fn new(call: WorkerCall, messages: Sender<PoolMessage>) -> Self {
        Self { call, messages, workers: Vec::new() }
    }

    /// Starts one more worker.
    ///
    /// Must be called from the main thread: the worker is told to stop when the thread that
    /// started it ends. Its own process group keeps Ctrl-C, which is ours to pass on, from it.
    pub(super) fn spawn_worker(&mut self) -> Result<(), Failure> {
        let mut child = Command::new(&self.call.program)
            .args(&self.call.args)
            .args(["--json", "--parent", &std::process::id().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|e| Failure::Damaged {
                message: format!("cannot start `{}`: {e}", self.call.program.display()),
                hint: None,
            })?;
        let stdout = child.stdout.take().expect("it was asked for");
        let number = self.workers.len();
        let messages = self.messages.clone();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // The last line of a worker that was killed may be torn.
                if let Ok(event) = serde_json::from_str(&line) {
                    let _ = messages.send(PoolMessage::Event(event));
                }
            }
            let _ = messages.send(PoolMessage::Closed(number));
        });
        self.workers.push(Some(child));
        Ok(())
    }

    /// Waits for the worker of this number, which must be about to end.
    pub(super) fn wait(&mut self, number: usize) -> io::Result<ExitStatus> {
        let child = self.workers[number].take();
        child.expect("a worker closes its output once").wait()
    }

    /// True while any worker is there.
    pub(super) fn has_workers(&self) -> bool {
        self.workers.iter().any(Option::is_some)
    }

    /// Tells every worker to stop; a second time, to stop at once.
    pub(super) fn stop(&self) {
        for worker in self.workers.iter().flatten() {
            // An error says that it is gone already.
            let _ = kill_process(Pid::from_child(worker), Signal::TERM);
        }
    }
}
