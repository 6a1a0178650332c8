//! Watches a running program and ends it where it must: for its time limit, the user, or another
//! worker.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sweep_config::claim::{Claim, HEARTBEAT};

use super::limits::ProgramLimits;
use super::verdict::{AttemptVerdict, StopCause, WarningStatus};
use crate::worker::process::inbox::{InboxMessage, SignalInbox, WatchedProgram};
use crate::worker::process::job_line::{JobLine, JobNews};
use crate::worker::process::leftovers;
use crate::worker::process::program::StartedProgram;
use crate::worker::process::warning;
use crate::worker::task::deadline::{GRACE, GRACE_IN_A_TASK, TaskDeadline};

/// The interval between looks whether the children of a program that was asked to end are gone.
const POLL: Duration = Duration::from_millis(20);

/// The time after a warning that no process listened to until the next look: a program may begin to
/// listen.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// The time until the next look for a program on several nodes, where each look is a step of
/// SLURM's.
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// The time that `srun` may take to kill its tasks on all nodes.
const SRUN_KILL_TIME: Duration = Duration::from_secs(2);

/// The interval between looks whether another worker has taken over the job, or an attempt that this one replaces
/// is done after all: one look at one file each. A worker that was stopped or cut off looks at once when it
/// comes back.
const LOOK: Duration = Duration::from_secs(2);

/// The time by which a worker may learn later than one of its programs that SLURM ends their task.
const LATE_STOP: Duration = Duration::from_millis(500);

/// The part of a successful run that its worker waits for that, a hundredth: short jobs do not wait.
const SHARE_OF_RUN: u32 = 100;

/// The end of a watched program.
pub(in crate::worker) struct ProgramEnd {
    pub(in crate::worker) verdict: AttemptVerdict,
    /// True if another worker has taken over the job.
    pub(in crate::worker) superseded: bool,
    /// True if the worker was told to stop meanwhile.
    pub(in crate::worker) told_to_stop: bool,
    /// True if the time limit of the task ended it, or the warning before that.
    pub(in crate::worker) out_of_time: bool,
    /// The moment of the end.
    pub(in crate::worker) at: Instant,
    /// The program, if it is kept alive and can run another job.
    pub(in crate::worker) kept: Option<StartedProgram>,
}

/// A running program with all that may end it.
pub(in crate::worker) struct ProgramWatch<'a> {
    inbox: &'a SignalInbox,
    claim: &'a Claim,
    running: StartedProgram,
    watched: WatchedProgram,
    limits: ProgramLimits<'a>,
    limit: Option<Instant>,
    /// The time that the program may take to end once the limit is reached.
    grace: Duration,
    warn_at: Option<Instant>,
    warned: WarningStatus,
    next_beat: Instant,
    next_look: Instant,
    stop: Option<StopCause>,
    /// The end of the grace period; none before it begins and after it has ended.
    kill_at: Option<Instant>,
    told_to_stop: bool,
    began: Instant,
    /// The moment at which the program exited, or answered that the job had ended.
    exited: Option<Instant>,
    is_gone: bool,
    /// The exit code that a program that is kept alive gave the job.
    answer: Option<u8>,
    /// Why such a program can give no answer any more.
    fault: Option<String>,
}

impl<'a> ProgramWatch<'a> {
    /// Begins to watch a program within these limits.
    pub(in crate::worker) fn new(
        inbox: &'a SignalInbox,
        running: StartedProgram,
        claim: &'a Claim,
        limits: ProgramLimits<'a>,
    ) -> io::Result<Self> {
        let now = Instant::now();
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let of_task = limits.deadline.map(|deadline| deadline.schedule(now));
        let stop_at = of_task.map(|schedule| schedule.stop_at);
        // Warnings from before this program started were not meant for it.
        inbox.forget_warnings();
        Ok(Self {
            inbox,
            claim,
            watched: WatchedProgram::new(&running)?,
            running,
            limit: limits.minutes.and_then(|limit| now.checked_add(minutes(limit))).or(stop_at),
            grace: of_task.map_or(GRACE, |schedule| schedule.grace),
            limits,
            warn_at: of_task.and_then(|schedule| schedule.warn_at),
            warned: WarningStatus::No,
            next_beat: now + HEARTBEAT,
            next_look: now + LOOK,
            stop: None,
            kill_at: None,
            told_to_stop: false,
            began: now,
            exited: None,
            is_gone: false,
            answer: None,
            fault: None,
        })
    }

    /// Watches the program until nothing of it is left.
    pub(in crate::worker) fn wait_for_end(mut self) -> io::Result<ProgramEnd> {
        self.wait_for_exit();
        let verdict = self.end_leftovers()?;
        let superseded = self.stop == Some(StopCause::Superseded);
        // A program that heard the warning and ends has saved its work, whatever its exit code.
        let heard = self.stop.is_none() && self.warned == WarningStatus::Heard;
        let out_of_time = heard || matches!(self.stop, Some(StopCause::TaskEnds(_)));
        // The children of a program that was stopped may have gone on for a while.
        let at = self.exited.filter(|_| self.stop.is_none()).unwrap_or_else(Instant::now);
        let told_to_stop = self.told_to_stop;
        let kept = (!self.is_gone).then_some(self.running);
        Ok(ProgramEnd { verdict, superseded, told_to_stop, out_of_time, at, kept })
    }

    /// Waits for the end of the program, and ends it where it must. A program that is kept alive need not end: its
    /// answer is the end of the job.
    fn wait_for_exit(&mut self) {
        loop {
            let times = [
                Some(self.next_beat),
                Some(self.next_look),
                self.limit,
                self.kill_at,
                self.warn_at,
            ];
            let next = times.into_iter().flatten().min().expect("a heartbeat is always to come");
            match self.inbox.next(Some(&self.watched), next) {
                Some(InboxMessage::Exited) => {
                    self.note_news();
                    self.is_gone = true;
                    self.exited = self.exited.or(Some(Instant::now()));
                    return self.check_for_late_stop();
                }
                Some(InboxMessage::Answered) => {
                    self.note_news();
                    if self.answer.is_some() && self.stop.is_none() {
                        self.exited = Some(Instant::now());
                        return self.check_for_late_stop();
                    }
                }
                Some(InboxMessage::Stop) => self.on_signal(),
                Some(InboxMessage::Warning) => self.warn(),
                None => self.on_time(Instant::now()),
            }
        }
    }

    /// Notes what a program that is kept alive says. One that can give no answer any more is of no use, and is ended.
    fn note_news(&mut self) {
        // What follows something else than an answer means nothing.
        let line = self.running.line().filter(|_| self.fault.is_none());
        match line.map_or(JobNews::Nothing, JobLine::news) {
            JobNews::Nothing => {}
            JobNews::Ended(code) => self.answer = Some(code),
            JobNews::Closed => {
                self.watched.ignore_answers();
                self.kill_at = self.kill_at.or(Some(Instant::now() + GRACE));
            }
            JobNews::Garbled(what) => {
                self.watched.ignore_answers();
                self.fault = Some(what);
                self.kill();
            }
        }
    }

    /// Checks whether the worker was told to stop too late. SLURM tells every process of a task to
    /// end, and a program may obey before this worker hears of it, with whatever exit code. This wait catches
    /// most; what comes still later makes the worker judge the attempt once more.
    fn check_for_late_stop(&mut self) {
        if self.stop.is_some() {
            return;
        }
        let now = Instant::now();
        let share = LATE_STOP.min((now - self.began) / SHARE_OF_RUN);
        let in_task = self.limits.deadline.is_some();
        let failed = self.answer.map_or_else(|| self.running.has_failed(), |code| code != 0);
        let until = now + if in_task && failed { LATE_STOP } else { share };
        while let Some(message) = self.inbox.next(None, until) {
            if message == InboxMessage::Stop {
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
                self.ask_to_end_for(StopCause::Cancelled, GRACE);
            }
            return;
        };
        if self.warned == WarningStatus::No && deadline.may_be_warning(Instant::now()) {
            self.inbox.forget_stop();
            return self.warn();
        }
        self.told_to_stop = true;
        // A second signal says nothing new: SLURM signals every process of a task, and so does the
        // task's parent worker.
        if self.stop.is_none() {
            self.ask_to_end_for(StopCause::TaskStopped, GRACE_IN_A_TASK);
        }
    }

    /// Passes the warning on, once; SLURM's own warning may come up to a minute early.
    fn warn(&mut self) {
        self.warn_at = None;
        let Some(TaskDeadline { signal: Some(signal), .. }) = self.limits.deadline else { return };
        if self.warned == WarningStatus::Heard || self.stop.is_some() {
            return;
        }
        if self.signal_listeners(signal) {
            self.warned = WarningStatus::Heard;
        } else {
            self.warned = WarningStatus::Unheard;
            let pause = if self.running.is_srun { ASK_AGAIN } else { LISTEN_AGAIN };
            self.warn_at = Some(Instant::now() + pause);
        }
    }

    fn signal_listeners(&self, signal: Signal) -> bool {
        let token = &self.claim.token;
        // A task that SLURM ends gets no new step, and SLURM has told all processes itself.
        let asks = !self.told_to_stop;
        let cluster = self.limits.cluster;
        let everywhere = asks.then(|| cluster.signal_listeners(token, signal.as_raw())).flatten();
        everywhere
            .unwrap_or_else(|| warning::warn_listeners(token, Some(self.running.pid()), signal))
    }

    fn on_time(&mut self, now: Instant) {
        if self.kill_at.is_some_and(|at| at <= now) {
            if self.stop.is_none() {
                self.fault =
                    Some("its program closed its standard output without an answer".into());
            }
            self.kill();
        }
        if self.warn_at.is_some_and(|at| at <= now) {
            self.warn();
        }
        if self.limit.is_some_and(|at| at <= now) {
            self.limit = None;
            if self.stop.is_none() {
                let of_task = StopCause::TaskEnds(self.warned);
                self.ask_to_end_for(
                    self.limits.minutes.map_or(of_task, StopCause::TimedOut),
                    self.grace,
                );
            }
        }
        if self.next_look <= now {
            self.next_look = now + LOOK;
            if self.claim.is_superseded() {
                self.kill_for(StopCause::Superseded);
            } else if self.stop.is_none()
                && let Some(attempt) = (self.limits.done_before)()
            {
                self.kill_for(StopCause::DoneBefore(attempt));
            }
        }
        if self.next_beat <= now {
            self.next_beat = now + HEARTBEAT;
            // A heartbeat that the file system did not take is a missed one, no reason to end a
            // program: if another worker has drawn its conclusions, the next look will tell.
            let _ = self.claim.beat();
        }
    }

    fn kill_for(&mut self, stop: StopCause) {
        self.stop = Some(stop);
        self.kill();
    }

    fn ask_to_end_for(&mut self, stop: StopCause, grace: Duration) {
        self.stop = Some(stop);
        self.kill_at = Some(Instant::now() + grace);
        // `srun` gives its tasks no time; those of them that would use it are told without it.
        if !(self.running.is_srun && self.signal_listeners(Signal::TERM)) {
            self.running.ask_to_end();
        }
    }

    fn kill(&mut self) {
        self.kill_at = None;
        if self.running.is_srun && self.running.has_members() {
            self.running.ask_to_end();
            let until = Instant::now() + SRUN_KILL_TIME;
            while let Some(message) = self.inbox.next(Some(&self.watched), until) {
                match message {
                    InboxMessage::Exited => break,
                    InboxMessage::Stop => self.told_to_stop = true,
                    InboxMessage::Warning | InboxMessage::Answered => {}
                }
            }
        }
        self.running.kill();
    }

    /// Ends what the program has left behind, and returns the verdict on it.
    ///
    /// Nobody waits for the children of a program that ended by itself, so they are killed. A
    /// program that was asked to end may be a shell, which ends at once while its child still saves
    /// a checkpoint: that child gets the rest of the grace period.
    fn end_leftovers(&mut self) -> io::Result<AttemptVerdict> {
        if self.stop.is_none() {
            let heard = self.warned == WarningStatus::Heard;
            let stop = heard.then_some(StopCause::TaskEnds(WarningStatus::Heard));
            return self.end_by_itself(stop);
        }
        if !self.is_gone {
            self.running.hang_up();
            self.watched.ignore_answers();
            self.wait_for_exit();
        }
        let exited = self.running.reap()?;
        let status = self.answer.map_or(exited, exit_status);
        // A result that was reached before the job was taken over stays one.
        let is_killed = matches!(self.stop, Some(StopCause::Superseded | StopCause::DoneBefore(_)));
        if is_killed && status.success() && !self.running.is_srun {
            self.stop = None;
        }
        while let Some(at) = self.kill_at
            && Instant::now() < at
            && self.running.has_members()
        {
            if self.inbox.next(None, at.min(Instant::now() + POLL)) == Some(InboxMessage::Stop) {
                self.on_signal();
            }
        }
        self.kill();
        Ok(AttemptVerdict::of(status, self.stop))
    }

    /// Returns the verdict on a job that ended by itself, and kills what it left.
    fn end_by_itself(&mut self, stop: Option<StopCause>) -> io::Result<AttemptVerdict> {
        if !self.is_gone {
            let token = &self.claim.token;
            if self.running.has_child_with(token) {
                leftovers::kill_all(|found| found == token.as_bytes());
            }
            return Ok(AttemptVerdict::of(exit_status(self.answer.unwrap_or(1)), stop));
        }
        let is_kept = self.running.line().is_some();
        self.running.kill_group();
        let status = self.running.reap()?;
        Ok(match self.answer {
            Some(code) => AttemptVerdict::of(exit_status(code), stop),
            None if is_kept => AttemptVerdict::unanswered(status, self.fault.take(), stop),
            None => AttemptVerdict::of(status, stop),
        })
    }
}

/// Returns the status of a process that ends with this exit code.
fn exit_status(code: u8) -> ExitStatus {
    ExitStatus::from_raw(i32::from(code) << 8)
}

#[cfg(test)]
mod tests;
