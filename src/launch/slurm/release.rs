//! Releases the jobs whose SLURM task is gone, and records how their attempts ended.

use sweep_config::claim::{ClaimOutcome, Claimant};
use sweep_config::records::{
    Attempt, AttemptEnd, AttemptEvent, JobState, Outcome, append_event, read_attempts,
};
use sweep_config::{JobId, SweepDir};

use crate::app::{Failure, now};
use crate::ledger::QueueSnapshot;
use crate::slurm::AccountedTask;

/// Records the end of each of these jobs' open attempts, by SLURM's accounting where it works, and
/// lets the claims go, so that the next worker need not wait until their heartbeats are stale.
///
/// Returns the jobs whose claim was released, with their new state. One that another worker took meanwhile is
/// left alone.
///
/// # Errors
///
/// When a journal or claim cannot be read or written.
pub(in crate::launch) fn release(
    dir: &SweepDir,
    lost: &[JobId],
    snapshot: &QueueSnapshot,
) -> Result<Vec<(JobId, JobState)>, Failure> {
    let (evidence, mut open) = (snapshot.evidence(), Vec::new());
    for &job in lost {
        let attempts = read_attempts(&dir.attempts(job))?;
        let newest = attempts.into_iter().next_back().filter(|attempt| attempt.end.is_none());
        let gone = |Attempt { start, .. }: &Attempt| {
            start.slurm.as_ref().is_some_and(|task| evidence.is_gone(&start.submission, task))
        };
        open.extend(newest.filter(gone).map(|attempt| (job, attempt)));
    }
    let accounts = snapshot.accounting();
    let mut hand = Claimant::new()?.with_evidence(evidence);
    let mut released = Vec::new();
    for (job, attempt) in open {
        let number = attempt.start.attempt;
        let still_open = |attempts: &[Attempt]| {
            attempts.last().is_some_and(|last| last.end.is_none() && last.start.attempt == number)
        };
        let ClaimOutcome::Mine(claim, _) = hand.take(dir, job, still_open)? else { continue };
        let end = ending(&attempt, accounts.account_of(&attempt.start));
        let state = JobState::from(end.outcome);
        append_event(&dir.attempts(job), &AttemptEvent::End(end), true)?;
        claim.finish()?;
        released.push((job, state));
    }
    Ok(released)
}

/// Returns the end of an attempt by SLURM's account. Its duration is not known and counts as 0.
fn ending(attempt: &Attempt, account: Option<&AccountedTask>) -> AttemptEnd {
    let node = &attempt.start.host;
    let task = attempt.start.slurm.as_deref().unwrap_or_default();
    let (outcome, reason) = match account.map(|account| account.state.as_str()) {
        Some("TIMEOUT" | "DEADLINE") => (Outcome::TimedOut, "time limit of its task".to_owned()),
        Some("OUT_OF_MEMORY") => (Outcome::OutOfMemory, "memory limit of its task".to_owned()),
        Some(state @ ("NODE_FAIL" | "BOOT_FAIL")) => {
            (Outcome::NodeFailure, format!("its node {node} failed ({state})"))
        }
        Some(state) if state.starts_with("CANCELLED") => {
            (Outcome::Cancelled, "its task was cancelled".to_owned())
        }
        Some("PREEMPTED") => (Outcome::Preempted, "preempted by SLURM".to_owned()),
        Some("REQUEUED") => (Outcome::Preempted, "SLURM started its task again".to_owned()),
        Some(state) => {
            (Outcome::Lost, format!("its task {task} ended as {state} without a record"))
        }
        None => (Outcome::Lost, format!("its task {task} on {node} is gone without a record")),
    };
    AttemptEnd {
        attempt: attempt.start.attempt,
        ended: now(),
        seconds: 0.0,
        outcome,
        exit_code: None,
        signal: None,
        reason,
        cause: None,
        progress: None,
    }
}
