//! One start of a job's program, from its claim to its record.

use std::time::{Duration, Instant};

use serde::Serialize;
use sweep_config::claim::{Abandoned, Claim, HEARTBEAT};
use sweep_config::records::{Attempt, AttemptEnd, AttemptEvent, AttemptStart, Outcome};
use sweep_config::{JobId, fs};

use super::inbox::{Inbox, Message};
use super::leftovers;
use super::process::{Program, Running};
use super::queue::Campaign;
use super::site::Site;
use super::verdict::{Stop, Verdict};
use crate::app::{Failure, now};

/// How long a program that was asked to end may take, to save a checkpoint perhaps.
const GRACE: Duration = Duration::from_secs(10);

/// How often to look whether what a program has started is gone, once it was asked to end.
const POLL: Duration = Duration::from_millis(20);

/// What one attempt needs from its worker.
pub(super) struct Runner<'a> {
    pub(super) site: &'a Site,
    pub(super) inbox: &'a Inbox,
    pub(super) campaign: &'a Campaign,
}

/// What came of a claim.
#[derive(Debug)]
pub(super) enum Ran {
    /// The program ended.
    Ended {
        outcome: Outcome,
        seconds: f64,
        reason: String,
        /// The worker was told to stop meanwhile.
        told_to_stop: bool,
    },
    /// Processes of an earlier attempt cannot be killed: the job must not run beside them.
    Blocked,
}

impl Runner<'_> {
    /// Ends what the dead claims left, as processes and in the journal. False if processes are
    /// left that cannot be ended; the claim must be withdrawn then.
    pub(super) fn clear(
        &self,
        job: JobId,
        abandoned: &[Abandoned],
        attempts: &[Attempt],
    ) -> Result<bool, Failure> {
        let here = abandoned.iter().filter_map(|claim| claim.holder.as_ref());
        for holder in here.filter(|holder| holder.shares_our_processes()) {
            if !leftovers::kill_all(|token| token == holder.token.as_bytes()) {
                return Ok(false);
            }
        }
        for open in attempts.iter().filter(|attempt| attempt.end.is_none()) {
            let start = &open.start;
            // Nobody knows when it ended; the time it ran counts for nothing.
            let verdict = Verdict::lost(start.pid, &start.host);
            self.record_end(job, start.attempt, Duration::ZERO, verdict)?;
        }
        Ok(true)
    }

    /// Runs the job once and lets it go.
    pub(super) fn run(
        &self,
        job: JobId,
        claim: Claim,
        attempts: &[Attempt],
        on_start: impl FnOnce(u32),
    ) -> Result<Ran, Failure> {
        let facts = self.site.facts(job);
        let script = match self.site.script(job, &facts) {
            Ok(script) => script,
            Err(failure) => {
                claim.withdraw()?;
                return Err(failure);
            }
        };
        if !self.clear(job, &claim.abandoned, attempts)? {
            claim.withdraw()?;
            return Ok(Ran::Blocked);
        }
        self.record_start(job, claim.attempt, &script)?;
        on_start(claim.attempt);
        let program = Program {
            shell: &self.site.shell,
            script: &script,
            code_dir: &self.site.code_dir,
            stdout: &self.site.dir.stdout(job),
            stderr: &self.site.dir.stderr(job),
            variables: &self.site.variables(&facts, claim.attempt),
            token: &claim.token,
        };
        let begin = Instant::now();
        let mut told_to_stop = false;
        let (verdict, superseded) = match program.start() {
            Err(error) => (Verdict::not_started(&error), false),
            Ok(running) => {
                let mut watch = Watch::new(self, running, &claim);
                watch.until_exit();
                let verdict = watch.close().map_err(|e| Failure::Damaged {
                    message: format!("the program of job {job} cannot be waited for: {e}"),
                    hint: None,
                })?;
                told_to_stop = watch.told_to_stop;
                (verdict, watch.stop == Some(Stop::Superseded))
            }
        };
        let (outcome, reason) = (verdict.outcome, verdict.reason.clone());
        let elapsed = begin.elapsed();
        // The journal of a job that another worker has taken over is that worker's.
        if !superseded {
            self.record_end(job, claim.attempt, elapsed, verdict)?;
            claim.finish()?;
        }
        Ok(Ran::Ended { outcome, seconds: seconds(elapsed), reason, told_to_stop })
    }

    /// Not synced: a start that a power cut loses leaves a job that seems not started, and it is.
    fn record_start(&self, job: JobId, attempt: u32, script: &str) -> Result<(), Failure> {
        let start = AttemptEvent::Start(AttemptStart {
            attempt,
            launch: self.campaign.launch.clone(),
            host: self.campaign.host.clone(),
            pid: self.campaign.pid,
            started: now(),
            command: script.to_owned(),
        });
        Ok(fs::append_line(&self.site.dir.attempts(job), &json(&start), false)?)
    }

    fn record_end(
        &self,
        job: JobId,
        attempt: u32,
        elapsed: Duration,
        verdict: Verdict,
    ) -> Result<(), Failure> {
        let end = AttemptEvent::End(AttemptEnd {
            attempt,
            ended: now(),
            seconds: seconds(elapsed),
            outcome: verdict.outcome,
            exit_code: verdict.exit_code,
            signal: verdict.signal,
            reason: verdict.reason,
        });
        Ok(fs::append_line(&self.site.dir.attempts(job), &json(&end), true)?)
    }
}

/// A program and all that may end it.
struct Watch<'a> {
    inbox: &'a Inbox,
    claim: &'a Claim,
    running: Running,
    time_limit: u64,
    limit: Option<Instant>,
    next_beat: Instant,
    stop: Option<Stop>,
    /// When the grace period is over; none before it begins and after it has ended.
    kill_at: Option<Instant>,
    told_to_stop: bool,
}

impl<'a> Watch<'a> {
    fn new(runner: &Runner<'a>, running: Running, claim: &'a Claim) -> Self {
        runner.inbox.watch(running.pid());
        let now = Instant::now();
        Self {
            inbox: runner.inbox,
            claim,
            running,
            time_limit: runner.site.time_limit,
            limit: now.checked_add(runner.site.limit()),
            next_beat: now + HEARTBEAT,
            stop: None,
            kill_at: None,
            told_to_stop: false,
        }
    }

    /// Waits for the end of the program, and ends it where it must be.
    fn until_exit(&mut self) {
        loop {
            let times = [Some(self.next_beat), self.limit, self.kill_at];
            let next = times.into_iter().flatten().min().expect("a heartbeat is always to come");
            match self.inbox.next(next) {
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
    fn close(&mut self) -> std::io::Result<Verdict> {
        if self.stop.is_none() {
            self.running.kill_group();
            return Ok(Verdict::of(self.running.reap()?, None));
        }
        let status = self.running.reap()?;
        while let Some(at) = self.kill_at
            && Instant::now() < at
            && self.running.has_members()
        {
            if self.inbox.next(at.min(Instant::now() + POLL)).is_some() {
                self.on_signal();
            }
        }
        self.kill();
        Ok(Verdict::of(status, self.stop))
    }
}

/// In milliseconds at the finest: more digits would be noise.
fn seconds(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 1e3).round() / 1e3
}

fn json(event: &impl Serialize) -> String {
    serde_json::to_string(event).expect("a record is plain data")
}
