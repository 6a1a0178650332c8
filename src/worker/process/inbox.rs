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
use signal_hook::low_level::pipe;

/// Something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum Message {
    /// The program that is being watched has ended, and waits to be reaped.
    Exited,
    /// The worker was told to stop by a signal.
    Stop,
    /// SLURM warns that the time limit is near.
    Warning,
}

/// Where signals to the worker arrive, one byte each.
#[derive(Debug)]
pub(in crate::worker) struct Inbox {
    stops: Letters,
    warnings: Letters,
}

/// Where some of them do.
#[derive(Debug)]
struct Letters {
    signals: UnixStream,
    /// Kept, so that the other end never counts as closed.
    _sender: UnixStream,
}

/// A program to wait for.
///
/// Waiting leaves it unreaped, so that until the worker reaps it, its number belongs to nobody
/// else and signals to its group reach its group.
#[derive(Debug)]
pub(in crate::worker) struct Watched {
    process: OwnedFd,
}

impl Watched {
    /// Watches a child of this process.
    pub(in crate::worker) fn new(child: Pid) -> io::Result<Self> {
        Ok(Self { process: pidfd_open(child, PidfdFlags::empty())? })
    }
}

impl Inbox {
    /// From now on these signals end nothing by themselves; they arrive here.
    pub(in crate::worker) fn new(stops: &[i32], warnings: &[i32]) -> io::Result<Self> {
        Ok(Self { stops: Letters::new(stops)?, warnings: Letters::new(warnings)? })
    }

    /// The next message; none when `until` has come.
    ///
    /// An end comes before a signal: what had ended by itself was not stopped.
    pub(in crate::worker) fn next(
        &self,
        watched: Option<&Watched>,
        until: Instant,
    ) -> Option<Message> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let boxes = [&self.stops.signals, &self.warnings.signals];
            let mut waiting = boxes.map(|it| PollFd::new(it, PollFlags::IN)).to_vec();
            waiting.extend(watched.map(|it| PollFd::new(&it.process, PollFlags::IN)));
            let timeout = Timespec::try_from(left).ok();
            // An error is a signal that came in between; its byte is there at the next look.
            let _ = poll(&mut waiting, timeout.as_ref());
            if waiting.get(2).is_some_and(|process| !process.revents().is_empty()) {
                return Some(Message::Exited);
            }
            if self.stops.take() {
                return Some(Message::Stop);
            }
            if self.warnings.take() {
                return Some(Message::Warning);
            }
            if Instant::now() >= until {
                return None;
            }
        }
    }

    /// Passes over the warnings that have come so far.
    pub(in crate::worker) fn forget_warnings(&self) {
        while self.warnings.take() {}
    }

    /// True if and only if the worker was told to stop while no program ran.
    pub(in crate::worker) fn told_to_stop(&self) -> bool {
        self.stops.take()
    }
}

impl Letters {
    fn new(signals_to_catch: &[i32]) -> io::Result<Self> {
        let (signals, sender) = UnixStream::pair()?;
        signals.set_nonblocking(true)?;
        for signal in signals_to_catch {
            pipe::register(*signal, sender.try_clone()?)?;
        }
        Ok(Self { signals, _sender: sender })
    }

    fn take(&self) -> bool {
        (&self.signals).read(&mut [0]).is_ok_and(|bytes| bytes == 1)
    }
}
