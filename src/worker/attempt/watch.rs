//! A program that runs, and all that may end it: itself, its time limit, the user, another worker.

use std::io;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sweep_config::claim::{Claim, HEARTBEAT};

use super::verdict::{Stop, Verdict, Warned};
use crate::worker::process::inbox::{Inbox, Message, Watched};
use crate::worker::process::program::Running;
use crate::worker::process::warning;
use crate::worker::task::deadline::{Deadline, GRACE, GRACE_IN_A_TASK};
use crate::worker::task::hooks::Cluster;

/// How often to look whether what a program has started is gone, once it was asked to end.
const POLL: Duration = Duration::from_millis(20);

/// How long after a warning that nobody listened to, to look again: a program may begin to.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// The same for a program on several nodes, where each look is a step of SLURM's.
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// How long `srun` may take to kill its tasks on all nodes.
const SRUN: Duration = Duration::from_secs(2);

/// How much later than one of its programs a worker may hear that SLURM ends their task.
const LATE: Duration = Duration::from_millis(500);

/// What may end a program beside itself.
#[derive(Clone, Copy)]
pub(in crate::worker) struct Limits<'a> {
    /// The time limit of the attempt in minutes; none in a task, which has its own.
    pub(in crate::worker) minutes: Option<u64>,
    /// The end of the task.
    pub(in crate::worker) deadline: Option<Deadline>,
    /// Who knows why a task is ended.
    pub(in crate::worker) cluster: &'a dyn Cluster,
}

/// What came of a program.
pub(in crate::worker) struct Execution {
    pub(in crate::worker) verdict: Verdict,
    /// Another worker has taken the job over.
    pub(in crate::worker) superseded: bool,
    /// The worker was told to stop meanwhile.
    pub(in crate::worker) told_to_stop: bool,
    /// The time limit of the task ended it, or the warning before.
    pub(in crate::worker) out_of_time: bool,
}

/// A program and all that may end it.
pub(in crate::worker) struct Watch<'a> {
    inbox: &'a Inbox,
    claim: &'a Claim,
    running: Running,
    watched: Watched,
    limits: Limits<'a>,
    limit: Option<Instant>,
    /// How long the program may take to end once the limit is reached.
    grace: Duration,
    warn_at: Option<Instant>,
    warned: Warned,
    next_beat: Instant,
    stop: Option<Stop>,
    /// When the grace period is over; none before it begins and after it has ended.
    kill_at: Option<Instant>,
    told_to_stop: bool,
}

impl<'a> Watch<'a> {
    /// Of an attempt with these limits.
    pub(in crate::worker) fn new(
        inbox: &'a Inbox,
        running: Running,
        claim: &'a Claim,
        limits: Limits<'a>,
    ) -> io::Result<Self> {
        let now = Instant::now();
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let of_task = limits.deadline.map(|deadline| deadline.schedule(now));
        let stop_at = of_task.map(|schedule| schedule.stop_at);
        // What came before this program started was not for it.
        inbox.forget_warnings();
        Ok(Self {
            inbox,
            claim,
            watched: Watched::new(running.pid())?,
            running,
            limit: limits.minutes.and_then(|limit| now.checked_add(minutes(limit))).or(stop_at),
            grace: of_task.map_or(GRACE, |schedule| schedule.grace),
            limits,
            warn_at: of_task.and_then(|schedule| schedule.warn_at),
            warned: Warned::No,
            next_beat: now + HEARTBEAT,
            stop: None,
            kill_at: None,
            told_to_stop: false,
        })
    }

    /// Stays with it until nothing of it is left.
    pub(in crate::worker) fn follow(mut self) -> io::Result<Execution> {
        self.until_exit();
        let verdict = self.close()?;
        let superseded = self.stop == Some(Stop::Superseded);
        // A program that heard the warning and ends has saved its work, whatever its exit code.
        let heard = self.stop.is_none() && self.warned == Warned::Heard;
        let out_of_time = heard || matches!(self.stop, Some(Stop::TaskEnds(_)));
        Ok(Execution { verdict, superseded, told_to_stop: self.told_to_stop, out_of_time })
    }

    /// Waits for the end of the program, and ends it where it must be.
    fn until_exit(&mut self) {
        loop {
            let times = [Some(self.next_beat), self.limit, self.kill_at, self.warn_at];
            let next = times.into_iter().flatten().min().expect("a heartbeat is always to come");
            match self.inbox.next(Some(&self.watched), next) {
                Some(Message::Exited) => return self.hear_late_stop(),
                Some(Message::Stop) => self.on_signal(),
                Some(Message::Warning) => self.warn(),
                None => self.on_time(Instant::now()),
            }
        }
    }

    /// SLURM tells every process of a task to end, and a program may obey before this worker has
    /// heard of it: it was stopped, and did not end by itself.
    fn hear_late_stop(&mut self) {
        if self.stop.is_some() || self.limits.deadline.is_none() {
            return;
        }
        let now = Instant::now();
        let until = if self.running.has_failed() { now + LATE } else { now };
        while let Some(message) = self.inbox.next(None, until) {
            if message == Message::Stop {
                return self.on_signal();
            }
        }
    }

    fn on_signal(&mut self) {
        let Some(deadline) = self.limits.deadline else {
            self.told_to_stop = true;
            if self.stop.is_some() {
                self.kill();
            } else {
                self.end_for(Stop::Cancelled, GRACE);
            }
            return;
        };
        if self.warned == Warned::No && deadline.may_be_warning(Instant::now()) {
            return self.warn();
        }
        self.told_to_stop = true;
        // A second signal says nothing new: SLURM tells every process of a task, and so does the
        // task's own to each of its workers.
        if self.stop.is_none() {
            self.end_for(Stop::Cancelled, GRACE_IN_A_TASK);
            // Asked for after the programs were told, whose time runs already.
            if self.limits.cluster.starts_again() {
                self.stop = Some(Stop::Preempted);
            }
        }
    }

    /// Passes the warning on, once; SLURM's own may come up to a minute early.
    fn warn(&mut self) {
        self.warn_at = None;
        let Some(Deadline { signal: Some(signal), .. }) = self.limits.deadline else { return };
        if self.warned == Warned::Heard || self.stop.is_some() {
            return;
        }
        if self.tell_listeners(signal) {
            self.warned = Warned::Heard;
        } else {
            self.warned = Warned::Unheard;
            let pause = if self.running.is_srun { ASK_AGAIN } else { LISTEN_AGAIN };
            self.warn_at = Some(Instant::now() + pause);
        }
    }

    fn tell_listeners(&self, signal: Signal) -> bool {
        let token = &self.claim.token;
        // A task that SLURM ends gets no new step, and it has told all processes itself.
        let asks = !self.told_to_stop;
        let cluster = self.limits.cluster;
        let everywhere = asks.then(|| cluster.tell_listeners(token, signal.as_raw())).flatten();
        everywhere.unwrap_or_else(|| warning::warn(token, Some(self.running.pid()), signal))
    }

    fn on_time(&mut self, now: Instant) {
        if self.kill_at.is_some_and(|at| at <= now) {
            self.kill();
        }
        if self.warn_at.is_some_and(|at| at <= now) {
            self.warn();
        }
        if self.limit.is_some_and(|at| at <= now) {
            self.limit = None;
            if self.stop.is_none() {
                let of_task = Stop::TaskEnds(self.warned);
                self.end_for(self.limits.minutes.map_or(of_task, Stop::TimedOut), self.grace);
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

    fn end_for(&mut self, stop: Stop, grace: Duration) {
        self.stop = Some(stop);
        self.kill_at = Some(Instant::now() + grace);
        // `srun` gives its tasks no time; those of them that would use it are told past it.
        if !(self.running.is_srun && self.tell_listeners(Signal::TERM)) {
            self.running.ask_to_end();
        }
    }

    fn kill(&mut self) {
        self.kill_at = None;
        if self.running.is_srun && self.running.has_members() {
            self.running.ask_to_end();
            let until = Instant::now() + SRUN;
            while let Some(message) = self.inbox.next(Some(&self.watched), until) {
                match message {
                    Message::Exited => break,
                    Message::Stop => self.told_to_stop = true,
                    Message::Warning => {}
                }
            }
        }
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
            let heard = self.warned == Warned::Heard;
            let stop = heard.then_some(Stop::TaskEnds(Warned::Heard));
            return Ok(Verdict::of(self.running.reap()?, stop));
        }
        let status = self.running.reap()?;
        while let Some(at) = self.kill_at
            && Instant::now() < at
            && self.running.has_members()
        {
            if self.inbox.next(None, at.min(Instant::now() + POLL)) == Some(Message::Stop) {
                self.on_signal();
            }
        }
        self.kill();
        Ok(Verdict::of(status, self.stop))
    }
}

#[cfg(test)]
mod tests {
    use sweep_config::claim::{ClaimOutcome, Claimant};
    use sweep_config::records::Outcome;
    use sweep_config::{JobId, SweepDir};

    use super::*;
    use crate::runtime::Shell;
    use crate::worker::process::program::Program;
    use crate::worker::task::hooks::NoCluster;

    /// Runs a command under a time limit that is over at once.
    fn out_of_time(command: &str) -> Execution {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let job = JobId(0);
        let take = Claimant::new().unwrap().take(&dir, job, |_| true).unwrap();
        let ClaimOutcome::Mine(claim, _) = take else { panic!("{take:?}") };
        let program = Program {
            shell: &Shell::bare(),
            script: command,
            code_dir: "/",
            stdout: &dir.stdout(job),
            stderr: &dir.stderr(job),
            variables: &[],
            token: &claim.token,
            srun: &[],
        };
        let inbox = Inbox::new(&[], &[]).unwrap();
        let limits = Limits { minutes: Some(0), deadline: None, cluster: &NoCluster };
        Watch::new(&inbox, program.start().unwrap(), &claim, limits).unwrap().follow().unwrap()
    }

    #[test]
    fn the_time_limit_ends_a_program_and_the_record_says_so() {
        let Execution { verdict, superseded, told_to_stop, .. } = out_of_time("sleep 1000");
        assert_eq!((verdict.outcome, verdict.signal), (Outcome::TimedOut, Some(15)));
        assert_eq!(verdict.reason, "time limit of 0 min");
        assert!(!superseded && !told_to_stop);
    }
}
