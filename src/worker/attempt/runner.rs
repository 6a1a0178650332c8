//! Runs an attempt from its claim to its record.

use std::cell::Cell;
use std::time::{Duration, Instant};

use sweep_config::claim::{Claim, ClaimHolder};
use sweep_config::fs::{self, FsError};
use sweep_config::records::{Attempt, AttemptStart, Outcome, read_attempts};
use sweep_config::{JobId, SubmissionId};

use super::journal::{record_end, record_start, rounded_seconds};
use super::limits::ProgramLimits;
use super::memory::KillCount;
use super::output::OutputMarks;
use super::progress;
use super::recent::{RecentEnd, RecentEnds};
use super::settlement::{EndSigns, end_without_record};
use super::verdict::AttemptVerdict;
use super::watch::{ProgramEnd, ProgramWatch};
use crate::app::{Failure, now, unix_seconds};
use crate::ledger::{note_node_failure, original_of_attempt};
use crate::runtime::JobContext;
use crate::runtime::command::CommandFacts;
use crate::slurm::TaskFate;
use crate::worker::identity::WorkerIdentity;
use crate::worker::patience::DiskPatience;
use crate::worker::process::inbox::SignalInbox;
use crate::worker::process::leftovers;
use crate::worker::process::program::StartedProgram;
use crate::worker::report::WorkerReporter;
use crate::worker::task::deadline::TaskDeadline;
use crate::worker::task::hooks::ClusterHooks;
use crate::worker::task::slurm_task::SlurmTask;

/// The runner of all attempts of one worker.
pub(in crate::worker) struct AttemptRunner<'a> {
    pub(in crate::worker) context: &'a JobContext,
    pub(in crate::worker) inbox: &'a SignalInbox,
    pub(in crate::worker) identity: &'a WorkerIdentity,
    pub(in crate::worker) submission: Option<SubmissionId>,
    pub(in crate::worker) task: Option<&'a SlurmTask>,
    /// True if it runs in a job of SLURM's, be it a task of a submission or not.
    pub(in crate::worker) in_slurm: bool,
    /// `LAUNCH.MAX_REQUEUE`.
    pub(in crate::worker) max_requeue: u32,
    pub(in crate::worker) cluster: &'a dyn ClusterHooks,
    pub(in crate::worker) patience: DiskPatience<'a>,
    pub(in crate::worker) kills: KillCount,
    pub(in crate::worker) reporter: WorkerReporter,
    /// The name of the record of the environment.
    pub(in crate::worker) environment: Option<String>,
    /// The attempts of a task that ended moments ago.
    pub(in crate::worker) recent: RecentEnds,
    /// SLURM's last word on the end of this task.
    pub(in crate::worker) fate: Cell<TaskFate>,
    /// The program that is kept alive, while it has no job.
    pub(in crate::worker) kept: Cell<Option<StartedProgram>>,
}

/// The result of running a claimed job.
#[derive(Debug)]
pub(in crate::worker) enum AttemptResult {
    /// The program ended.
    Ended(EndedAttempt),
    /// Processes of an earlier attempt cannot be killed, and the job must not run beside them.
    Blocked,
}

/// The end of an attempt whose program has ended.
#[derive(Debug)]
pub(in crate::worker) struct EndedAttempt {
    pub(in crate::worker) verdict: AttemptVerdict,
    pub(in crate::worker) elapsed: Duration,
    /// True if the worker was told to stop meanwhile.
    pub(in crate::worker) told_to_stop: bool,
    /// True if the time limit of the task ended it.
    pub(in crate::worker) out_of_time: bool,
    superseded: bool,
    /// The moment of the end.
    at: Instant,
}

impl AttemptRunner<'_> {
    /// Ends what the holders of dead claims left: their processes, and their open attempts in the
    /// journal. Returns false if processes are left that cannot be killed; then the claim must be
    /// withdrawn.
    pub(in crate::worker) fn clear_leftovers(
        &self,
        job: JobId,
        claim: &Claim,
        attempts: &[Attempt],
    ) -> Result<bool, Failure> {
        let holders: Vec<&ClaimHolder> =
            claim.abandoned.iter().filter_map(|claim| claim.holder.as_ref()).collect();
        let here: Vec<&ClaimHolder> =
            holders.iter().copied().filter(|holder| holder.shares_our_processes()).collect();
        for holder in &here {
            let kept = leftovers::kept_token(&holder.token);
            let bears = |token: &[u8]| [holder.token.as_bytes(), kept.as_bytes()].contains(&token);
            if !leftovers::kill_all(bears) {
                return Ok(false);
            }
        }
        for open in attempts.iter().filter(|attempt| attempt.end.is_none()) {
            let start = &open.start;
            let died_here = here.iter().any(|holder| holder.pid == start.pid);
            let rebooted = holders.iter().any(|holder| {
                holder.pid == start.pid && start.slurm.is_some() && holder.is_from_before_reboot()
            });
            let verdict = self.verdict_on_abandoned(job, start, died_here, rebooted)?;
            // Nobody knows when it ended; the time it ran counts for nothing.
            let which = (start.attempt, Duration::ZERO);
            let record = || record_end(&self.context.dir, job, which, &verdict);
            self.patience.insist(Some(claim), record)?;
        }
        attempts.iter().try_for_each(|attempt| self.settle_former(job, claim, attempt))?;
        Ok(true)
    }

    /// Returns the verdict on an attempt whose worker is dead. How its task ended, SLURM's accounts say; a heartbeat that
    /// stopped may have many reasons.
    fn verdict_on_abandoned(
        &self,
        job: JobId,
        start: &AttemptStart,
        died_here: bool,
        rebooted: bool,
    ) -> Result<AttemptVerdict, Failure> {
        let read = || original_of_attempt(&self.context.dir, start);
        if let Some(original) = self.patience.insist(None, read)? {
            return Ok(AttemptVerdict::left_in(&original));
        }
        let is_here = start.host == self.identity.host;
        let signs =
            EndSigns { rebooted: rebooted && is_here, restarted: self.is_former_run(start) };
        let is_lost = (!died_here || !is_here) && self.identity.shows_lost_node(start);
        let outcome = if signs.rebooted || signs.restarted || is_lost {
            end_without_record(self.cluster.end_of(start), signs)
        } else {
            None
        };
        if signs.rebooted || outcome == Some(Outcome::NodeFailure) {
            self.note_lost_node(job, start)?;
        }
        Ok(outcome.map_or_else(
            || AttemptVerdict::lost(start.pid, &start.host),
            |outcome| AttemptVerdict::by_slurm(outcome, &start.host),
        ))
    }

    /// Notes that a node failed, and excludes one that has failed twice.
    pub(super) fn note_lost_node(&self, job: JobId, start: &AttemptStart) -> Result<(), Failure> {
        let Some(submission) = self.submission else { return Ok(()) };
        let (dir, which) = (&self.context.dir, (job, start.attempt));
        let write = || note_node_failure(dir, submission, &start.host, which, unix_seconds());
        let is_bad = self.patience.insist(None, write)?;
        let refused = if is_bad { self.cluster.exclude_node(&start.host).err() } else { None };
        if let Some(why) = refused {
            let node = &start.host;
            self.reporter.warn(format_args!(
                "node {node} failed twice, but waiting tasks may still be sent there: {why}"
            ));
        }
        Ok(())
    }

    /// Runs the job once and gives up its claim.
    pub(in crate::worker) fn run(
        &self,
        job: JobId,
        claim: Claim,
        attempts: &[Attempt],
    ) -> Result<AttemptResult, Failure> {
        let facts = self.context.facts(job);
        let script = match self.begin(job, &claim, attempts, &facts) {
            Ok(Some(script)) => script,
            Ok(None) => {
                claim.withdraw()?;
                return Ok(AttemptResult::Blocked);
            }
            Err(failure) => {
                let _ = claim.withdraw();
                return Err(failure);
            }
        };
        self.reporter.started(job, claim.attempt);
        let (marks, killed) = (OutputMarks::now(&self.context.dir, job), self.kills.now());
        let begin = Instant::now();
        let mut ended = self.execute(job, &claim, &script, &facts)?;
        ended.elapsed = ended.at.saturating_duration_since(begin);
        if ended.verdict.outcome == Outcome::Failed {
            let output = marks.read(&self.context.dir, job);
            ended.verdict = ended.verdict.explained(&output, self.kills.now() > killed);
        }
        let is_in_doubt = self.judge_end(job, &claim, attempts, &mut ended);
        // The journal of a job that another worker has taken over is that worker's.
        if !ended.superseded && self.record_result(job, &claim, &ended)? {
            if is_in_doubt {
                self.recent.note(ended.recent(job, &claim));
            }
            self.patience.insist(None, || claim.finish())?;
        }
        Ok(AttemptResult::Ended(ended))
    }

    /// Decides what the end comes to, and kills what is left of an attempt that is not done. Returns true if the end
    /// stays in doubt.
    fn judge_end(
        &self,
        job: JobId,
        claim: &Claim,
        attempts: &[Attempt],
        ended: &mut EndedAttempt,
    ) -> bool {
        if ended.out_of_time {
            self.decide_continuation(job, attempts, &mut ended.verdict);
        }
        let is_in_doubt = self.settle(job, attempts, ended);
        if ended.verdict.outcome != Outcome::Done {
            // Once the end is recorded, another worker may run the job.
            leftovers::kill_all(|token| token == claim.token.as_bytes());
        }
        is_in_doubt
    }

    /// Clears what was left, records the start, and returns the command; none if processes are left
    /// that cannot be killed.
    fn begin(
        &self,
        job: JobId,
        claim: &Claim,
        attempts: &[Attempt],
        facts: &CommandFacts,
    ) -> Result<Option<String>, Failure> {
        let script = self.context.script(job, facts)?;
        if !self.clear_leftovers(job, claim, attempts)? {
            return Ok(None);
        }
        for (path, text) in self.context.converted_configs(job)? {
            self.patience.insist(Some(claim), || fs::write_atomic(&path, text.as_bytes()))?;
        }
        let start = self.attempt_start(claim.attempt, &script);
        let record = || record_start(&self.context.dir, job, start.clone());
        self.patience.insist(Some(claim), record)?;
        Ok(Some(script))
    }

    /// Records the end of an attempt, however long the disk is full; false if another worker has taken
    /// the job over meanwhile.
    fn record_result(
        &self,
        job: JobId,
        claim: &Claim,
        ended: &EndedAttempt,
    ) -> Result<bool, FsError> {
        let mut waited = false;
        self.patience.insist_to_the_last(claim, || {
            // What is done is done, whoever has taken the job over.
            let may_be_others =
                std::mem::replace(&mut waited, true) && ended.verdict.outcome != Outcome::Done;
            if may_be_others && claim.is_superseded() {
                return Ok(false);
            }
            let which = (claim.attempt, ended.elapsed);
            record_end(&self.context.dir, job, which, &ended.verdict).map(|()| true)
        })
    }

    /// Decides whether a job that ran out of time continues in another attempt, and says so in the
    /// verdict.
    pub(super) fn decide_continuation(
        &self,
        job: JobId,
        attempts: &[Attempt],
        verdict: &mut AttemptVerdict,
    ) {
        let digests = || attempts.iter().filter_map(|it| it.end.as_ref()?.progress.as_ref());
        let now = progress::output_digest(&self.context.dir.out_dir(job));
        if digests().next_back() == Some(&now) {
            verdict.reason.push_str("; not resumed, since it wrote nothing new to OUT_DIR");
        } else if digests().count() >= self.max_requeue as usize {
            verdict.reason.push_str("; not resumed, since it reached LAUNCH.MAX_REQUEUE");
        } else {
            verdict.progress = Some(now);
        }
    }

    /// Returns what may end a program that starts now.
    fn limits<'b>(&'b self, done_before: &'b dyn Fn() -> Option<u32>) -> ProgramLimits<'b> {
        let of_task = |task: &SlurmTask| TaskDeadline {
            ends: task.ends,
            warn_before: self.context.warning.before,
            signal: self.context.warning.signal,
        };
        ProgramLimits {
            minutes: self.context.time_limit.filter(|_| self.task.is_none()),
            deadline: self.task.map(of_task),
            cluster: self.cluster,
            done_before,
        }
    }

    /// Starts the program and waits until nothing of it is left.
    fn execute(
        &self,
        job: JobId,
        claim: &Claim,
        script: &str,
        facts: &CommandFacts,
    ) -> Result<EndedAttempt, Failure> {
        let stdout = self.context.dir.stdout(job);
        let failed = |error| FsError::new("start a program that writes to", &stdout, error);
        let start = || self.start(job, claim, script, facts).map_err(failed);
        let running = match self.patience.insist(Some(claim), start) {
            Ok(running) => running,
            Err(error) if error.may_pass() => return Err(error.into()),
            Err(error) => {
                let verdict = AttemptVerdict::not_started(&error.source);
                return Ok(EndedAttempt::by_itself(verdict));
            }
        };
        let done_before = || self.attempt_done_before(job, claim);
        ProgramWatch::new(self.inbox, running, claim, self.limits(&done_before))
            .and_then(ProgramWatch::wait_for_end)
            .map(|mut end| {
                self.keep(end.kept.take());
                EndedAttempt::from(end)
            })
            .map_err(|e| Failure::Damaged {
                message: format!("cannot wait for the program of job {job}: {e}"),
                hint: None,
            })
    }

    /// Returns the number of an attempt that this one replaces and that is done all the same.
    fn attempt_done_before(&self, job: JobId, claim: &Claim) -> Option<u32> {
        if claim.attempt == 1 {
            return None;
        }
        let attempts = read_attempts(&self.context.dir.attempts(job)).ok()?;
        attempts.iter().find(|attempt| attempt.is_done()).map(|attempt| attempt.start.attempt)
    }

    fn attempt_start(&self, attempt: u32, script: &str) -> AttemptStart {
        AttemptStart {
            attempt,
            submission: self.identity.submission.clone(),
            host: self.identity.host.clone(),
            pid: self.identity.pid,
            started: now(),
            command: self.context.shell.shown(script),
            slurm: self.identity.slurm_task.clone(),
            restarts: self.task.map_or(0, |task| task.restarts),
            memory: self.task.and_then(|task| task.memory),
            environment: self.environment.clone(),
            imported: None,
        }
    }
}

impl EndedAttempt {
    fn by_itself(verdict: AttemptVerdict) -> Self {
        Self {
            verdict,
            elapsed: Duration::ZERO,
            told_to_stop: false,
            out_of_time: false,
            superseded: false,
            at: Instant::now(),
        }
    }

    fn recent(&self, job: JobId, claim: &Claim) -> RecentEnd {
        let (attempt, token, verdict) = (claim.attempt, claim.token.clone(), self.verdict.clone());
        RecentEnd { job, attempt, token, at: self.at, elapsed: self.elapsed, verdict }
    }

    /// Returns the wall time in seconds, as the record has it.
    pub(in crate::worker) fn seconds(&self) -> f64 {
        rounded_seconds(self.elapsed)
    }
}

impl From<ProgramEnd> for EndedAttempt {
    fn from(end: ProgramEnd) -> Self {
        Self {
            told_to_stop: end.told_to_stop,
            superseded: end.superseded,
            out_of_time: end.out_of_time,
            at: end.at,
            ..Self::by_itself(end.verdict)
        }
    }
}
