//! Asks SLURM what counts of attempts that ended near the end of their task, and records it.
//!
//! An end that is recorded and does not count is taken back by a line with the outcome `open`; what settles it is
//! a further line. What this worker cannot settle, the task's next start, a launch or whoever takes the job does.

use std::thread;
use std::time::Duration;

use sweep_config::JobId;
use sweep_config::claim::Claim;
use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, AttemptStart, Outcome, read_attempts};

use super::journal::record_end;
use super::recent::RecentEnd;
use super::runner::{AttemptRunner, EndedAttempt};
use super::settlement::{EndJudgement, MOMENTS, StopMoment, judge};
use crate::app::Failure;
use crate::ledger::{original_of_attempt, outcome_of, outcome_of_end, record_settled};
use crate::slurm::TaskFate;
use crate::worker::process::inbox::InboxMessage;
use crate::worker::process::leftovers;

/// The waits before SLURM is asked again by a worker that was told to stop: it may be killed soon.
const ASK_AGAIN: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_millis(700), Duration::from_millis(1500)];

/// The length of a run from which SLURM is asked at its end: then an answer costs little, and a result of hours
/// is not put in doubt by a SIGTERM that comes moments later.
const LONG_RUN: Duration = Duration::from_mins(1);

/// The attempts that do not count after all.
#[derive(Debug, Default)]
pub(in crate::worker) struct TakenBack {
    pub(in crate::worker) jobs: Vec<JobId>,
    /// True if SLURM starts the task again only if somebody asks for it.
    pub(in crate::worker) yields: bool,
}

impl AttemptRunner<'_> {
    /// Settles an attempt whose end is not recorded yet: one whose task was being ended, or that was long
    /// enough to make sure that it was not. Returns true if it stays in doubt, for [`Self::settle_recent`].
    pub(super) fn settle(
        &self,
        job: JobId,
        attempts: &[Attempt],
        ended: &mut EndedAttempt,
    ) -> bool {
        let Some(task) = self.task else {
            return self.in_slurm && is_own_end(ended.verdict.outcome);
        };
        let was_told = ended.verdict.outcome == Outcome::Open;
        if !was_told && !is_own_end(ended.verdict.outcome) {
            return false;
        }
        // The processes on other nodes may have heard of the end long before.
        if was_told || ended.elapsed >= LONG_RUN || task.nodes > 1 {
            let stop = if was_told { StopMoment::Before } else { StopMoment::Never };
            let fate = self.ask();
            match judge(stop, fate) {
                EndJudgement::Settled(outcome) => {
                    ended.told_to_stop = true;
                    ended.verdict = ended.verdict.settled(outcome);
                    if outcome == Outcome::TimedOut {
                        self.decide_continuation(job, attempts, &mut ended.verdict);
                    }
                    return false;
                }
                EndJudgement::Stands if fate == TaskFate::GoesOn => return false,
                EndJudgement::Stands | EndJudgement::Open => {}
            }
        }
        true
    }

    /// Judges the attempts that ended moments ago once more, as this worker is about to leave. If nobody has
    /// told it to stop, SLURM is asked once: the signal may be on its way.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read or written.
    pub(in crate::worker) fn settle_recent(&self) -> Result<TakenBack, FsError> {
        let mut ends = self.recent.take();
        if self.inbox.stopped().is_none() {
            ends.retain(|end| end.at.elapsed() <= MOMENTS);
        }
        let mut back = TakenBack { yields: self.fate.get() == TaskFate::Yields, jobs: Vec::new() };
        let Some(last) = ends.last().map(|end| end.at) else { return Ok(back) };
        let mut fate = self.ask();
        // Where nobody says anything, a SIGTERM that is on its way comes within moments.
        let is_silent = self.task.is_none() || fate == TaskFate::Unknown;
        if is_silent && self.inbox.stopped().is_none() {
            if self.inbox.next(None, last + MOMENTS) != Some(InboxMessage::Stop) {
                return Ok(back);
            }
            fate = self.ask();
        }
        let mut waits = ASK_AGAIN.iter();
        loop {
            ends = self.settle_all(ends, fate, &mut back)?;
            let Some(wait) = waits.next().filter(|_| !ends.is_empty()) else { break };
            thread::sleep(*wait);
            fate = self.ask();
        }
        back.yields = fate == TaskFate::Yields;
        Ok(back)
    }

    /// Records what SLURM's word makes of these attempts, and returns those that stay open.
    fn settle_all(
        &self,
        ends: Vec<RecentEnd>,
        fate: TaskFate,
        back: &mut TakenBack,
    ) -> Result<Vec<RecentEnd>, FsError> {
        let mut open = Vec::new();
        for mut end in ends {
            let stop = self.inbox.stopped().map_or(StopMoment::Never, |at| {
                let after = at.checked_duration_since(end.at);
                after.map_or(StopMoment::Before, StopMoment::After)
            });
            let judgement =
                if end.is_open() { judge(StopMoment::Before, fate) } else { judge(stop, fate) };
            if judgement == EndJudgement::Stands {
                continue;
            }
            if !end.is_open() {
                // The job may run elsewhere from here on.
                leftovers::kill_all(|token| token == end.token.as_bytes());
                end.verdict = end.verdict.settled(Outcome::Open);
                self.record_again(&end)?;
                back.jobs.push(end.job);
            }
            match judgement {
                EndJudgement::Settled(outcome) => self.record_outcome(end, outcome)?,
                EndJudgement::Open | EndJudgement::Stands => open.push(end),
            }
        }
        Ok(open)
    }

    fn record_outcome(&self, mut end: RecentEnd, outcome: Outcome) -> Result<(), FsError> {
        end.verdict = end.verdict.settled(outcome);
        if outcome == Outcome::TimedOut {
            let attempts = read_attempts(&self.context.dir.attempts(end.job))?;
            self.decide_continuation(end.job, &attempts, &mut end.verdict);
        }
        self.record_again(&end)
    }

    fn record_again(&self, end: &RecentEnd) -> Result<(), FsError> {
        self.reporter
            .note(format_args!("{}, attempt {}: {}", end.job, end.attempt, end.verdict.reason));
        let which = (end.attempt, end.elapsed);
        let record = || record_end(&self.context.dir, end.job, which, &end.verdict);
        self.patience.insist(None, record)
    }

    /// Settles an attempt that another worker, or the former run of this task, left open, if anybody knows.
    pub(super) fn settle_former(
        &self,
        job: JobId,
        claim: &Claim,
        attempt: &Attempt,
    ) -> Result<(), Failure> {
        let Some(end) = attempt.end.as_ref().filter(|_| attempt.is_open()) else { return Ok(()) };
        let start = &attempt.start;
        let original = || original_of_attempt(&self.context.dir, start);
        if self.patience.insist(Some(claim), original)?.is_some() {
            return Ok(());
        }
        let fate = match self.cluster.end_of(start) {
            // That SLURM has started the task again is a word, too.
            TaskFate::Unknown if self.is_former_run(start) => TaskFate::StartsAgain,
            fate => fate,
        };
        let Some(outcome) = outcome_of_end(fate, end) else { return Ok(()) };
        if outcome == Outcome::NodeFailure {
            self.note_lost_node(job, start)?;
        }
        let record = || record_settled(&self.context.dir, job, end, outcome);
        Ok(self.patience.insist(Some(claim), record)?)
    }

    /// True if and only if an attempt belongs to a former run of this worker's task.
    pub(super) fn is_former_run(&self, start: &AttemptStart) -> bool {
        self.task.is_some_and(|task| {
            self.identity.is_of_our_task(start) && start.restarts < task.restarts
        })
    }

    /// Asks SLURM what becomes of this worker's task, unless it has said so.
    fn ask(&self) -> TaskFate {
        if outcome_of(self.fate.get()).is_none() {
            self.fate.set(self.cluster.fate());
        }
        self.fate.get()
    }
}

/// Returns true if and only if it is the outcome of a program that ended by itself, as far as its worker saw.
fn is_own_end(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Done | Outcome::Failed | Outcome::OutOfMemory)
}
