//! Waits for the end of a program and for signals to the worker at once.
//!
//! One call waits for all of it, without a thread: each further process that has to wake up before
//! the next job can start costs most where the machine is busy, as it is in a sweep.

use std::cell::Cell;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::program::StartedProgram;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, pidfd_open};
use signal_hook::low_level::pipe;

/// A message that a worker waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum InboxMessage {
    /// The watched program has ended, and waits to be reaped.
    Exited,
    /// The watched program, which is kept alive, has written to its answers or closed them.
    Answered,
    /// A signal told the worker to stop.
    Stop,
    /// SLURM warns that the time limit is near.
    Warning,
}

/// The time within which a look at the inbox ends that has not waited.
const AT_ONCE: Duration = Duration::from_millis(1);

/// Receives the signals to the worker, one byte each.
#[derive(Debug)]
pub(in crate::worker) struct SignalInbox {
    stops: SignalPipe,
    warnings: SignalPipe,
    /// The last look that found no stop.
    quiet: Cell<Instant>,
    /// The moment at which the first stop came, or the look before it.
    stopped: Cell<Option<Instant>>,
}

/// Receives some of the signals.
#[derive(Debug)]
struct SignalPipe {
    signals: UnixStream,
    /// Kept so that the other end never counts as closed.
    _sender: UnixStream,
}

/// A program to wait for.
///
/// Waiting does not reap it. So until the worker reaps it, its number belongs to no other process,
/// and signals to its group reach its group.
#[derive(Debug)]
pub(in crate::worker) struct WatchedProgram {
    process: OwnedFd,
    /// The answers of a program that is kept alive, as long as they are open.
    answers: Option<OwnedFd>,
}

impl WatchedProgram {
    /// Watches a program that this process has started.
    pub(in crate::worker) fn new(program: &StartedProgram) -> io::Result<Self> {
        let process = pidfd_open(program.pid(), PidfdFlags::empty())?;
        Ok(Self { process, answers: program.answers()? })
    }

    /// Watches only for the end of the program from now on.
    pub(in crate::worker) fn ignore_answers(&mut self) {
        self.answers = None;
    }
}

impl SignalInbox {
    /// Catches these signals: from now on they arrive here and end nothing by themselves.
    pub(in crate::worker) fn new(stops: &[i32], warnings: &[i32]) -> io::Result<Self> {
        Ok(Self {
            stops: SignalPipe::new(stops)?,
            warnings: SignalPipe::new(warnings)?,
            quiet: Cell::new(Instant::now()),
            stopped: Cell::new(None),
        })
    }

    /// Returns the next message; none once the time `until` has come.
    ///
    /// The end of a program comes before a signal: what had ended by itself was not stopped.
    pub(in crate::worker) fn next(
        &self,
        watched: Option<&WatchedProgram>,
        until: Instant,
    ) -> Option<InboxMessage> {
        loop {
            let look = Instant::now();
            let left = until.saturating_duration_since(look);
            let boxes = [&self.stops.signals, &self.warnings.signals];
            let mut waiting = boxes.map(|it| PollFd::new(it, PollFlags::IN)).to_vec();
            waiting.extend(watched.map(|it| PollFd::new(&it.process, PollFlags::IN)));
            let answers = watched.and_then(|it| it.answers.as_ref());
            waiting.extend(answers.map(|it| PollFd::new(it, PollFlags::IN)));
            let timeout = Timespec::try_from(left).ok();
            // An error is a signal that came in between; its byte is there at the next look.
            let _ = poll(&mut waiting, timeout.as_ref());
            if waiting.get(2).is_some_and(|process| !process.revents().is_empty()) {
                return Some(InboxMessage::Exited);
            }
            if waiting.get(3).is_some_and(|answers| !answers.revents().is_empty()) {
                return Some(InboxMessage::Answered);
            }
            if self.take_stop(look) {
                return Some(InboxMessage::Stop);
            }
            if self.warnings.take() {
                return Some(InboxMessage::Warning);
            }
            if Instant::now() >= until {
                return None;
            }
        }
    }

    /// Discards the warnings that have come so far.
    pub(in crate::worker) fn forget_warnings(&self) {
        while self.warnings.take() {}
    }

    /// Returns true if and only if the worker was told to stop while no program ran.
    pub(in crate::worker) fn told_to_stop(&self) -> bool {
        self.take_stop(Instant::now())
    }

    /// Returns the moment at which the worker was first told to stop. Where nobody looked for a while, it is
    /// the last moment at which it certainly was not.
    pub(in crate::worker) fn stopped(&self) -> Option<Instant> {
        self.stopped.get()
    }

    /// Forgets that the worker was told to stop: it was the warning.
    pub(in crate::worker) fn forget_stop(&self) {
        self.stopped.set(None);
    }

    /// Takes a stop, if there is one, that came after the beginning of this look or before it.
    fn take_stop(&self, look: Instant) -> bool {
        let came = self.stops.take();
        if !came {
            self.quiet.set(look);
        } else if self.stopped.get().is_none() {
            let waited = look.elapsed() > AT_ONCE;
            self.stopped.set(Some(if waited { Instant::now() } else { self.quiet.get() }));
        }
        came
    }
}

impl SignalPipe {
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
