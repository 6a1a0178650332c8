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
//! The holder writes its claim's first byte again every [`HEARTBEAT`]. Whether a holder is dead is
//! judged in one place ([`HolderSigns::judge`]), by our process table, the heartbeat and SLURM's words
//! ([`SlurmEvidence`]). A claim that came with a copy of its sweep directory holds nothing in the copy.
//!
//! The making of suggestions is claimed the same way (`turn`): the "attempts" are the suggestions, in the order of their
//! numbers.
//!
//! It is neither a lock against programs that ignore it nor a promise about a host
//! that was cut off from the file system for longer than [`STALE`] and goes on computing. Such a
//! worker finds its claim superseded within seconds of its return and stops its job.

mod copied;
mod drafts;
mod evidence;
mod folder;
mod holder;
mod judgement;
mod take;
mod turn;
mod witness;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::JobId;
use crate::SweepDir;
use crate::fs::{self, FsError};
use crate::records::{Attempt, AttemptEnd, JobState, is_done, read_attempts, refuse_newer};

pub use evidence::SlurmEvidence;
pub use holder::{ClaimHolder, TaskRun};
pub use judgement::{ClusterSign, HeartbeatAge, HolderLife, HolderSigns, ProcessSign, QueueWord};
pub use take::{ClaimOutcome, Claimant};
pub use turn::TurnOutcome;

use folder::ClaimFolder;

/// The interval at which a holder renews its heartbeat.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// The age beyond which a heartbeat was missed. It tells something only of the former run of a task.
pub const MISSED: Duration = Duration::from_secs(20);

/// The age beyond which a heartbeat is late: three were missed. It tells nothing by itself, but together
/// with SLURM's word that the task is gone.
pub const LATE: Duration = Duration::from_secs(45);

/// The age beyond which a heartbeat is forgotten, so that a job whose cluster nobody can ask is not lost
/// for ever.
pub const FORGOTTEN: Duration = Duration::from_hours(24);

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
    /// The former holder; `None` if the claim does not name it, or was copied with the sweep directory.
    pub holder: Option<ClaimHolder>,
    path: PathBuf,
}

impl Claim {
    /// Renews the heartbeat.
    pub fn beat(&self) -> Result<(), FsError> {
        let failed = |e| FsError::new("write", &self.path, e);
        self.file.write_all_at(b"{", 0).map_err(failed)?;
        self.file.sync_data().map_err(failed)
    }

    /// True if and only if another worker has judged the holder dead all the same and taken the job over:
    /// its claim is there, it has ended already and removed ours, or the directory was moved and what has its
    /// place has a claim of that name. Where the whole directory is gone, so is the file system, and nobody has
    /// taken anything over; a claim without a byte is one that is being made, or that the file system lost.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        let is_not_ours = || match fs::read(&self.path) {
            Ok(bytes) => !bytes.is_empty() && !contains(&bytes, self.token.as_bytes()),
            Err(e) => e.is_not_found() && self.path.parent().is_some_and(Path::is_dir),
        };
        self.next.exists() || is_not_ours()
    }

    /// Releases the job, and removes the drafts that killed workers left. Its attempt must have ended in the
    /// journal (rules 2 and 3).
    pub fn finish(&self) -> Result<(), FsError> {
        for abandoned in &self.abandoned {
            fs::remove_file(&abandoned.path)?;
        }
        fs::remove_file(&self.path)?;
        self.path.parent().map(drafts::sweep);
        Ok(())
    }

    /// Releases the job without having written anything to the journal.
    ///
    /// The dead claims stay: without them, the number below this one could be claimed again.
    pub fn withdraw(self) -> Result<(), FsError> {
        fs::remove_file(&self.path)
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
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
    if let Some(imported) = attempts.last().and_then(|last| last.start.imported.as_ref()) {
        return Ok(JobState::from_name(&imported.state));
    }
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
///
/// A job is done once any of its attempts is. The worker of an earlier one may have been taken for dead and
/// reach the end all the same; the attempt that was to replace it is then stopped, and counts for nothing.
fn last_state(attempts: &[Attempt]) -> JobState {
    if is_done(attempts) {
        return JobState::Done;
    }
    match attempts.last() {
        // An attempt that made progress goes on in another task, as after a preemption.
        None | Some(Attempt { end: Some(AttemptEnd { progress: Some(_), .. }), .. }) => {
            JobState::Waiting
        }
        Some(Attempt { end: Some(end), .. }) => end.outcome.into(),
        Some(Attempt { end: None, .. }) => JobState::Running,
    }
}

/// True if and only if a living process holds the open attempt, or has just taken it over. A holder of
/// whom nobody knows counts as living.
fn is_held(
    dir: &SweepDir,
    job: JobId,
    attempts: &[Attempt],
    evidence: &SlurmEvidence,
) -> Result<bool, FsError> {
    let folder = ClaimFolder::of_job(dir, job);
    for attempt in holder::last_number(attempts).. {
        match find(&folder, attempt, evidence)? {
            Some(found) if found.life != HolderLife::Dead => return Ok(true),
            Some(_) => {}
            None => break,
        }
    }
    Ok(false)
}

/// A claim as another process finds it.
struct FoundClaim {
    holder: Option<ClaimHolder>,
    life: HolderLife,
}

fn find(
    folder: &ClaimFolder<'_>,
    number: u32,
    evidence: &SlurmEvidence,
) -> Result<Option<FoundClaim>, FsError> {
    let path = folder.claim(number);
    match fs::read(&path) {
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
        Ok(bytes) => {
            refuse_newer(&path, &bytes)?;
            // A claim made where links are not supported may be seen half written.
            let holder: Option<ClaimHolder> = serde_json::from_slice(&bytes).ok();
            if holder.as_ref().is_some_and(|holder| copied::is_copied(holder, &path, folder.dir)) {
                // Nothing of its holder is to be ended here.
                return Ok(Some(FoundClaim { holder: None, life: HolderLife::Dead }));
            }
            let heartbeat = || heartbeat_age(&path, &folder.path);
            let life = signs(holder.as_ref(), evidence, heartbeat).judge();
            Ok(Some(FoundClaim { holder, life }))
        }
    }
}

/// Gathers the signs of a holder; the file system is asked for the heartbeat only where it counts.
fn signs(
    holder: Option<&ClaimHolder>,
    evidence: &SlurmEvidence,
    heartbeat: impl Fn() -> HeartbeatAge,
) -> HolderSigns {
    let process = match holder {
        Some(holder) if !holder.shares_our_processes() => ProcessSign::Elsewhere,
        Some(holder) if holder.is_running() => ProcessSign::Runs,
        Some(_) => ProcessSign::Gone,
        None => ProcessSign::Elsewhere,
    };
    let run = holder.and_then(ClaimHolder::run);
    let unknown = (QueueWord::Absent, ClusterSign::Unknown, false);
    let (queue, cluster, accounted_end) = run.map_or(unknown, |run| evidence.words_on(&run));
    let counts = process == ProcessSign::Elsewhere;
    let heartbeat = if counts { heartbeat() } else { HeartbeatAge::Fresh };
    HolderSigns { process, heartbeat, queue, cluster, accounted_end }
}

/// Returns the age of a claim's heartbeat by the file system's own clock.
///
/// The clocks of two hosts may differ by more than what is measured, so the time of a file made just now
/// is what the heartbeat is compared with. Where none can be made, nothing shows that the holder is
/// dead. The claim was opened just before, which is when a network file system looks at its time anew.
fn heartbeat_age(claim: &Path, scratch: &Path) -> HeartbeatAge {
    let beat = std::fs::metadata(claim).and_then(|meta| meta.modified());
    let now = || {
        let made = tempfile::Builder::new().prefix(drafts::NOW).tempfile_in(scratch);
        made.and_then(|file| file.as_file().metadata()?.modified())
    };
    let Some((beat, now)) = beat.ok().zip(now().ok()) else { return HeartbeatAge::Fresh };
    match now.duration_since(beat).unwrap_or_default() {
        age if age >= FORGOTTEN => HeartbeatAge::Forgotten,
        age if age >= STALE => HeartbeatAge::Stale,
        age if age >= LATE => HeartbeatAge::Late,
        age if age >= MISSED => HeartbeatAge::Missed,
        _ => HeartbeatAge::Fresh,
    }
}

#[cfg(test)]
mod tests;
