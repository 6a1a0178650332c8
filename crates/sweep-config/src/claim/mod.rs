//! A worker's hold on a job, so that no job runs twice at once, on however many hosts.
//!
//! The claim of attempt *n* is the file `logs/000017/claim.n`. It is written under another name and
//! hard-linked to that one, which exactly one of several workers can do, on network file systems
//! too. The rules that make it safe:
//!
//! 1. `claim.n+1` may be made only when attempt *n* has its end in `attempts.jsonl` or the holder
//!    of `claim.n` is dead. Two workers that find the same dead claim both try `claim.n+1`; one wins.
//! 2. Whoever has won reads `attempts.jsonl` once more. If it tells of attempt *n* or a later one,
//!    the winner acted on old news (the claim it made had been made, used and removed before): it
//!    withdraws and looks anew. So removing a claim is safe once its attempt is in the journal.
//! 3. A dead claim is removed only by a later holder whose own attempt is in the journal.
//!
//! The holder writes its claim's first byte again every [`HEARTBEAT`]. A holder that shares our
//! process table is judged by that table; any other by its heartbeat ([`STALE`]), or at once where
//! SLURM says that its task is gone ([`SlurmEvidence`]).
//!
//! It is neither a lock against programs that ignore it nor a promise about a host
//! that was cut off from the file system for longer than [`STALE`] and goes on computing. Such a
//! worker finds its claim superseded at its next heartbeat and stops its job.

mod evidence;
mod holder;
mod take;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::JobId;
use crate::SweepDir;
use crate::fs::{self, FsError};
use crate::records::{Attempt, AttemptEnd, JobState, read_attempts};

pub use evidence::SlurmEvidence;
pub use holder::ClaimHolder;
pub use take::{ClaimOutcome, Claimant};

/// The interval at which a holder renews its heartbeat.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// The age beyond which a heartbeat is stale: a network file system may show a time that it cached
/// for a minute, and on top of that a holder may miss three heartbeats.
pub const STALE: Duration = Duration::from_mins(2);

/// A claim that this process holds.
#[derive(Debug)]
pub struct Claim {
    /// The number of the attempt that it allows.
    pub attempt: u32,
    /// Marks every process that runs on its behalf.
    pub token: String,
    /// The dead claims that it takes over, oldest first.
    pub abandoned: Vec<AbandonedClaim>,
    path: PathBuf,
    next: PathBuf,
    file: File,
}

/// A claim whose holder is dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbandonedClaim {
    /// The former holder; `None` if the claim does not name it.
    pub holder: Option<ClaimHolder>,
    path: PathBuf,
}

impl Claim {
    /// Renews the heartbeat; false if and only if another worker has judged the holder dead all the
    /// same and taken the job over.
    pub fn beat(&self) -> Result<bool, FsError> {
        let failed = |e| FsError::new("write", &self.path, e);
        self.file.write_all_at(b"{", 0).map_err(failed)?;
        self.file.sync_data().map_err(failed)?;
        Ok(!self.next.exists())
    }

    /// Releases the job. Its attempt must have ended in the journal (rules 2 and 3).
    pub fn finish(&self) -> Result<(), FsError> {
        for abandoned in &self.abandoned {
            fs::remove_file(&abandoned.path)?;
        }
        fs::remove_file(&self.path)
    }

    /// Releases the job without having written anything to the journal.
    ///
    /// The dead claims stay: without them, the number below this one could be claimed again.
    pub fn withdraw(self) -> Result<(), FsError> {
        fs::remove_file(&self.path)
    }
}

/// Returns the state of a job from its attempts and, if the last one has no end, from whether its
/// worker lives.
///
/// # Errors
///
/// When a claim is there and cannot be read.
pub fn job_state(
    dir: &SweepDir,
    job: JobId,
    attempts: &[Attempt],
    evidence: &SlurmEvidence,
) -> Result<JobState, FsError> {
    let state = last_state(attempts);
    if state != JobState::Running || is_held(dir, job, attempts, evidence)? {
        return Ok(state);
    }
    // The worker may have recorded the end and let go since `attempts` were read.
    Ok(match last_state(&read_attempts(&dir.attempts(job))?) {
        JobState::Running => JobState::Lost,
        ended => ended,
    })
}

/// Returns the state by the journal alone: an attempt without an end counts as running.
fn last_state(attempts: &[Attempt]) -> JobState {
    match attempts.last() {
        // An attempt that made progress goes on in another task, as after a preemption.
        None | Some(Attempt { end: Some(AttemptEnd { progress: Some(_), .. }), .. }) => {
            JobState::Waiting
        }
        Some(Attempt { end: Some(end), .. }) => end.outcome.into(),
        Some(Attempt { end: None, .. }) => JobState::Running,
    }
}

/// True if and only if a living process holds the open attempt, or has just taken it over.
fn is_held(
    dir: &SweepDir,
    job: JobId,
    attempts: &[Attempt],
    evidence: &SlurmEvidence,
) -> Result<bool, FsError> {
    for attempt in holder::last_number(attempts).. {
        match find(dir, job, attempt, evidence)? {
            Some(FoundClaim { alive: true, .. }) => return Ok(true),
            Some(_) => {}
            None => break,
        }
    }
    Ok(false)
}

/// A claim as another process finds it.
struct FoundClaim {
    holder: Option<ClaimHolder>,
    alive: bool,
}

fn find(
    dir: &SweepDir,
    job: JobId,
    attempt: u32,
    evidence: &SlurmEvidence,
) -> Result<Option<FoundClaim>, FsError> {
    let path = dir.claim(job, attempt);
    match fs::read(&path) {
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
        Ok(bytes) => {
            // A claim made where links are not supported may be seen half written.
            let holder: Option<ClaimHolder> = serde_json::from_slice(&bytes).ok();
            let alive = match &holder {
                Some(holder) if holder.shares_our_processes() => holder.is_running(),
                Some(holder) if evidence.shows_gone(holder) => false,
                _ => beats(&path, &dir.out_dir(job)),
            };
            Ok(Some(FoundClaim { holder, alive }))
        }
    }
}

/// True unless the last heartbeat is older than [`STALE`] by the file system's own clock.
///
/// The clocks of two hosts may differ by more than that, so the time of a file made just now is
/// what the heartbeat is compared with. Where none can be made, nothing shows that the holder is
/// dead, and it counts as alive.
fn beats(claim: &Path, scratch: &Path) -> bool {
    let Ok(beat) = std::fs::metadata(claim).and_then(|meta| meta.modified()) else { return true };
    let now = tempfile::Builder::new()
        .prefix(".tmp-now-")
        .tempfile_in(scratch)
        .and_then(|file| file.as_file().metadata()?.modified());
    now.map_or(true, |now| now.duration_since(beat).unwrap_or_default() < STALE)
}

#[cfg(test)]
mod tests;
