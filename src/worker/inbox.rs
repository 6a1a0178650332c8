//! What a worker waits for while a program runs: its end, and signals to the worker itself.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// The program that is being watched has ended, and waits to be reaped.
    Exited,
    /// The worker got SIGINT or SIGTERM.
    Stop,
}

/// Where messages arrive.
#[derive(Debug)]
pub(super) struct Inbox {
    sender: Sender<Message>,
    receiver: Receiver<Message>,
}

impl Inbox {
    /// From now on SIGINT and SIGTERM end nothing by themselves; they arrive here.
    pub(super) fn new() -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let to_inbox = sender.clone();
        thread::spawn(move || {
            for _ in signals.forever() {
                if to_inbox.send(Message::Stop).is_err() {
                    break;
                }
            }
        });
        Ok(Self { sender, receiver })
    }

    /// Watches a child of this process.
    ///
    /// It is left unreaped, so that until the worker reaps it, its number belongs to nobody else
    /// and signals to its group reach its group.
    pub(super) fn watch(&self, child: Pid) {
        let sender = self.sender.clone();
        thread::spawn(move || {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while matches!(waitid(WaitId::Pid(child), options), Err(Errno::INTR)) {}
            // The worker may have ended with an error meanwhile; then nobody listens.
            let _ = sender.send(Message::Exited);
        });
    }

    /// The next message; none when `until` has come.
    pub(super) fn next(&self, until: Instant) -> Option<Message> {
        let wait = until.saturating_duration_since(Instant::now());
        match self.receiver.recv_timeout(wait) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => unreachable!("we hold a sender ourselves"),
        }
    }

    /// True if and only if the worker was told to stop while no program ran.
    pub(super) fn told_to_stop(&self) -> bool {
        self.next(Instant::now() + Duration::ZERO).is_some()
    }
}
