//! A program that runs, and all that may end it: itself, its time limit, the user, another worker.

use std::io;
use std::time::{Duration, Instant};

use sweep_config::claim::{Claim, HEARTBEAT};

use super::inbox::{Inbox, Message, Watched};
use super::process::Running;
use super::verdict::{Stop, Verdict};

/// How long a program that was asked to end may take, to save a checkpoint perhaps.
const GRACE: Duration = Duration::from_secs(10);

/// How often to look whether what a program has started is gone, once it was asked to end.
const POLL: Duration = Duration::from_millis(20);

/// What came of a program.
pub(super) struct Execution {
    pub(super) verdict: Verdict,
    /// Another worker has taken the job over.
    pub(super) superseded: bool,
    /// The worker was told to stop meanwhile.
    pub(super) told_to_stop: bool,
}

/// A program and all that may end it.
pub(super) struct Watch<'a> {
    inbox: &'a Inbox,
    claim: &'a Claim,
    running: Running,
    watched: Watched,
    time_limit: u64,
    limit: Option<Instant>,
    next_beat: Instant,
    stop: Option<Stop>,
    /// When the grace period is over; none before it begins and after it has ended.
    kill_at: Option<Instant>,
    told_to_stop: bool,
}

impl<'a> Watch<'a> {
    /// Of an attempt that may take so many minutes.
    pub(super) fn new(
        inbox: &'a Inbox,
        running: Running,
        claim: &'a Claim,
        time_limit: u64,
    ) -> io::Result<Self> {
        let now = Instant::now();
        Ok(Self {
            inbox,
            claim,
            watched: Watched::new(running.pid())?,
            running,
            time_limit,
            limit: now.checked_add(Duration::from_secs(time_limit.saturating_mul(60))),
            next_beat: now + HEARTBEAT,
            stop: None,
            kill_at: None,
            told_to_stop: false,
        })
    }

    /// Stays with it until nothing of it is left.
    pub(super) fn follow(mut self) -> io::Result<Execution> {
        self.until_exit();
        let verdict = self.close()?;
        let superseded = self.stop == Some(Stop::Superseded);
        Ok(Execution { verdict, superseded, told_to_stop: self.told_to_stop })
    }

    /// Waits for the end of the program, and ends it where it must be.
    fn until_exit(&mut self) {
        loop {
            let times = [Some(self.next_beat), self.limit, self.kill_at];
            let next = times.into_iter().flatten().min().expect("a heartbeat is always to come");
            match self.inbox.next(Some(&self.watched), next) {
                Some(Message::Exited) => return,
                Some(Message::Stop) => self.on_signal(),
                None => self.on_time(Instant::now()),
            }
        }
    }

    fn on_signal(&mut self) {
        self.told_to_stop = true;
        if self.stop.is_some() {
            self.kill();
        } else {
            self.ask_to_end(Stop::Cancelled);
        }
    }

    fn on_time(&mut self, now: Instant) {
        if self.kill_at.is_some_and(|at| at <= now) {
            self.kill();
        }
        if self.limit.is_some_and(|at| at <= now) {
            self.limit = None;
            if self.stop.is_none() {
                self.ask_to_end(Stop::TimedOut(self.time_limit));
            }
        }
        if self.next_beat <= now {
            self.next_beat = now + HEARTBEAT;
            // A heartbeat that the file system would not take is a missed one, no reason to end a
            // program: if another worker has drawn its conclusions, the next one will tell.
            if !self.claim.beat().unwrap_or(true) {
                self.stop = Some(Stop::Superseded);
                self.kill();
            }
        }
    }

    fn ask_to_end(&mut self, stop: Stop) {
        self.stop = Some(stop);
        self.kill_at = Some(Instant::now() + GRACE);
        self.running.ask_to_end();
    }

    fn kill(&mut self) {
        self.kill_at = None;
        self.running.kill();
    }

    /// Ends what the program has left behind, and says how it ended.
    ///
    /// A program that ends by itself leaves nobody who would wait for what it has started: that is
    /// killed. One that was asked to end may be a shell, which goes at once while its child still
    /// saves a checkpoint: that child has the rest of the grace period.
    fn close(&mut self) -> io::Result<Verdict> {
        if self.stop.is_none() {
            self.running.kill_group();
            return Ok(Verdict::of(self.running.reap()?, None));
        }
        let status = self.running.reap()?;
        while let Some(at) = self.kill_at
            && Instant::now() < at
            && self.running.has_members()
        {
            if self.inbox.next(None, at.min(Instant::now() + POLL)).is_some() {
                self.on_signal();
            }
        }
        self.kill();
        Ok(Verdict::of(status, self.stop))
    }
}
