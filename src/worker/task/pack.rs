//! Runs several jobs of a task side by side: a parent with a worker for each slot.
//!
//! The parent runs no job itself. It passes on what SLURM tells it and waits; when it dies, the
//! kernel tells its workers to stop, and each of them has a guard of its own.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::hooks::ClusterHooks;
use crate::app::{Exit, Failure, Printer};
use crate::runtime::WorkerRank;
use crate::worker::process::inbox::{InboxMessage, SignalInbox};

/// The interval between looks whether a worker has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// The number of times that the worker of a slot is started again after it was killed. The next
/// worker that comes to its job takes that over; what kills workers again and again is no accident.
const MAX_RESTARTS: u32 = 3;

/// Starts a worker of this binary for each slot, with the arguments of this process, and waits for
/// all of them. If one has work left and no time, the task is started again once all have ended.
///
/// Each worker, and with it its programs, ends when this process does.
pub(in crate::worker) fn run(
    slots: u32,
    inbox: &SignalInbox,
    warning: Option<Signal>,
    cluster: &dyn ClusterHooks,
    printer: Printer,
) -> Result<Exit, Failure> {
    let mut workers = SlotWorkers { slots: Vec::new(), stopped: false };
    for number in 0..slots {
        match start(number, slots) {
            Ok(worker) => {
                let restarts_left = MAX_RESTARTS;
                workers.slots.push(SlotWorker { number, slots, worker, restarts_left });
            }
            Err(error) => {
                workers.stop();
                workers.wait(inbox, warning, printer);
                let message = format!("cannot start the worker of slot {number}: {error}");
                return Err(Failure::Damaged { message, hint: None });
            }
        }
    }
    let ended = workers.wait(inbox, warning, printer);
    let code =
        |exit: Exit| move |status: &ExitStatus| status.code() == Some(i32::from(exit.code()));
    if ended.iter().any(code(Exit::Again)) {
        match cluster.requeue() {
            Ok(()) => return Ok(Exit::Incomplete),
            Err(why) => printer.warn(format_args!("this task will not restart: {why}")),
        }
    }
    let all = ended.len() == slots as usize;
    Ok(if all && ended.iter().all(code(Exit::Done)) { Exit::Done } else { Exit::Incomplete })
}

/// The workers of a task.
#[derive(Debug)]
struct SlotWorkers {
    /// The workers that have not ended.
    slots: Vec<SlotWorker>,
    stopped: bool,
}

#[derive(Debug)]
struct SlotWorker {
    number: u32,
    /// The number of slots of the task.
    slots: u32,
    worker: Child,
    /// The number of times that it may be started again.
    restarts_left: u32,
}

fn start(slot: u32, slots: u32) -> std::io::Result<Child> {
    let rank = WorkerRank { rank: slot as usize, of: slots as usize };
    Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .envs(rank.variables())
        .args(["--slot", &slot.to_string(), "--parent", &std::process::id().to_string()])
        .spawn()
}

impl SlotWorkers {
    /// Waits for all of them and returns how they ended; passes on what this process is told
    /// meanwhile.
    fn wait(
        mut self,
        inbox: &SignalInbox,
        warning: Option<Signal>,
        printer: Printer,
    ) -> Vec<ExitStatus> {
        let mut ended = Vec::new();
        while !self.slots.is_empty() {
            match inbox.next(None, Instant::now() + POLL_INTERVAL) {
                Some(InboxMessage::Stop) => self.stop(),
                Some(InboxMessage::Warning) => self.signal_all(warning),
                Some(InboxMessage::Exited | InboxMessage::Answered) | None => {}
            }
            let stopped = self.stopped;
            self.slots.retain_mut(|slot| match slot.worker.try_wait() {
                Ok(Some(status)) if !stopped && slot.restart_if_killed(status, printer) => true,
                Ok(Some(status)) => {
                    ended.push(status);
                    false
                }
                Ok(None) => true,
                // Nobody else reaps our children, so this cannot happen; do not wait for ever all
                // the same.
                Err(_) => false,
            });
        }
        ended
    }

    fn stop(&mut self) {
        self.stopped = true;
        self.signal_all(Some(Signal::TERM));
    }

    fn signal_all(&self, signal: Option<Signal>) {
        let Some(signal) = signal else { return };
        for slot in &self.slots {
            // An error says that it is gone already.
            let _ = kill_process(Pid::from_child(&slot.worker), signal);
        }
    }
}

impl SlotWorker {
    /// Starts the worker again if it was killed. Returns false if it ended by itself, or was killed
    /// too often.
    fn restart_if_killed(&mut self, status: ExitStatus, printer: Printer) -> bool {
        let Some(signal) = status.signal().filter(|_| self.restarts_left > 0) else { return false };
        self.restarts_left -= 1;
        printer.warn(format_args!(
            "the worker of slot {} was killed by signal {signal} and was replaced",
            self.number
        ));
        start(self.number, self.slots).map(|worker| self.worker = worker).is_ok()
    }
}
