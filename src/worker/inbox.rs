//! What a worker waits for while a program runs: its end, and signals to the worker itself.
//!
//! One call waits for all of it, without a thread: each further process that has to wake up
//! before the next job can start costs most where the machine is busy, as it is in a sweep.

use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

/// Something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// The program that is being watched has ended, and waits to be reaped.
    Exited,
    /// The worker got SIGINT or SIGTERM.
    Stop,
}

/// Where signals to the worker arrive, one byte each.
#[derive(Debug)]
pub(super) struct Inbox {
    signals: UnixStream,
}

/// A program to wait for.
///
/// Waiting leaves it unreaped, so that until the worker reaps it, its number belongs to nobody
/// else and signals to its group reach its group.
#[derive(Debug)]
pub(super) struct Watched {
    process: OwnedFd,
}

impl Watched {
    /// Watches a child of this process.
    pub(super) fn new(child: Pid) -> io::Result<Self> {
        Ok(Self { process: pidfd_open(child, PidfdFlags::empty())? })
    }
}

impl Inbox {
    /// From now on SIGINT and SIGTERM end nothing by themselves; they arrive here.
    pub(super) fn new() -> io::Result<Self> {
        let (signals, sender) = UnixStream::pair()?;
        signals.set_nonblocking(true)?;
        pipe::register(SIGINT, sender.try_clone()?)?;
        pipe::register(SIGTERM, sender)?;
        Ok(Self { signals })
    }

    /// The next message; none when `until` has come.
    ///
    /// An end comes before a signal: what had ended by itself was not stopped.
    pub(super) fn next(&self, watched: Option<&Watched>, until: Instant) -> Option<Message> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let mut waiting = vec![PollFd::new(&self.signals, PollFlags::IN)];
            waiting.extend(watched.map(|it| PollFd::new(&it.process, PollFlags::IN)));
            let timeout = Timespec::try_from(left).ok();
            // An error is a signal that came in between; its byte is there at the next look.
            let ready = poll(&mut waiting, timeout.as_ref()).unwrap_or(0);
            if waiting.get(1).is_some_and(|process| !process.revents().is_empty()) {
                return Some(Message::Exited);
            }
            if self.take_signal() {
                return Some(Message::Stop);
            }
            if ready == 0 && Instant::now() >= until {
                return None;
            }
        }
    }

    fn take_signal(&self) -> bool {
        (&self.signals).read(&mut [0]).is_ok_and(|bytes| bytes == 1)
    }

    /// True if and only if the worker was told to stop while no program ran.
    pub(super) fn told_to_stop(&self) -> bool {
        self.take_signal()
    }
}
