//! The worker processes of a launch on this machine.

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use super::worker_call::WorkerCall;
use crate::app::Failure;
use crate::runtime::{WorkerEvent, WorkerRank};

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
    /// The number of workers that are to run at once.
    size: usize,
    /// The workers by number; `None` once one is gone.
    workers: Vec<Option<RankedWorker>>,
}

/// A worker with its rank: the lowest that no other one had when it was started.
#[derive(Debug)]
struct RankedWorker {
    process: Child,
    rank: usize,
}

impl WorkerPool {
    /// A pool without workers, of which so many will run at once; each will be called like this.
    pub(super) fn new(call: WorkerCall, size: usize, messages: Sender<PoolMessage>) -> Self {
        Self { call, messages, size, workers: Vec::new() }
    }

    /// Returns the lowest rank that no worker has.
    fn free_rank(&self) -> usize {
        let is_taken = |rank: &usize| self.workers.iter().flatten().any(|it| it.rank == *rank);
        (0..self.workers.len()).find(|rank| !is_taken(rank)).unwrap_or(self.workers.len())
    }

    /// Starts one more worker.
    ///
    /// Must be called from the main thread: the worker is told to stop when the thread that
    /// started it ends. Its own process group keeps Ctrl-C, which is ours to pass on, from it.
    pub(super) fn spawn_worker(&mut self) -> Result<(), Failure> {
        let rank = self.free_rank();
        let mut process = Command::new(&self.call.program)
            .args(&self.call.args)
            .envs(WorkerRank { rank, of: self.size }.variables())
            .args(["--json", "--parent", &std::process::id().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|e| Failure::Damaged {
                message: format!("cannot start `{}`: {e}", self.call.program.display()),
                hint: None,
            })?;
        let stdout = process.stdout.take().expect("it was asked for");
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
        self.workers.push(Some(RankedWorker { process, rank }));
        Ok(())
    }

    /// Waits for the worker of this number, which must be about to end.
    pub(super) fn wait(&mut self, number: usize) -> io::Result<ExitStatus> {
        let worker = self.workers[number].take();
        worker.expect("a worker closes its output once").process.wait()
    }

    /// True while any worker is there.
    pub(super) fn has_workers(&self) -> bool {
        self.workers.iter().any(Option::is_some)
    }

    /// Tells every worker to stop; a second time, to stop at once.
    pub(super) fn stop(&self) {
        for worker in self.workers.iter().flatten() {
            // An error says that it is gone already.
            let _ = kill_process(Pid::from_child(&worker.process), Signal::TERM);
        }
    }
}
