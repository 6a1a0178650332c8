//! Orders the jobs of a worker: which one it tries next.
//!
//! 1. The jobs that it was told to begin with: the job that its task had before SLURM started it
//!    again, the job that it was sent for, and of its own portion what no submission has tried yet.
//! 2. Jobs that nobody has begun. One listing of `logs/` shows which; their journals are not read.
//! 3. Jobs that were begun and are not done: retries, and what dead workers left. All of their
//!    journals are read for this, so it comes last.
//! 4. Jobs that were appended to the sweep meanwhile.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use rayon::prelude::*;
use sweep_config::JobId;
use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, is_done, read_attempts};

use super::job_pick::{JobPick, PickSource};
use super::probe_order::ProbeOrder;
use super::scope::JobScope;
use crate::runtime::JobContext;
use crate::worker::policy::retry::{RetryDecision, RetryPolicy, RetryRank};

/// The number of journals from which on several threads read them.
const PARALLEL_READS: usize = 256;

/// The number of jobs in a row at which others were faster, after which `logs/` is listed again: a
/// guess costs two looks at files, a listing of a large directory as much as some jobs.
const MAX_MISSES: u32 = 8;

/// The number of jobs, per worker of the submission, that a worker may jump ahead.
const JUMP_PER_WORKER: usize = 16;

/// The jobs that are left to do, as one worker sees them.
#[derive(Debug)]
pub(in crate::worker) struct JobQueue<'a> {
    context: &'a JobContext,
    policy: &'a RetryPolicy,
    told: VecDeque<JobPick>,
    probe_order: ProbeOrder,
    listed: bool,
    /// The number of unbegun jobs in a row at which others were faster.
    misses: u32,
    begun: VecDeque<JobPick>,
    /// True if something has happened since the journals were read.
    stale: bool,
    grows: bool,
    done: HashSet<JobId>,
    /// The jobs that a living worker holds, with the number of lines of their journals.
    held: HashMap<JobId, usize>,
    /// The jobs that this worker cannot run.
    excluded: HashSet<JobId>,
    unfinished: BTreeSet<JobId>,
    /// The jobs that this worker has run itself.
    ran: BTreeSet<JobId>,
}

/// The content of a journal, as far as the queue needs it.
struct JournalView {
    job: JobId,
    lines: usize,
    done: bool,
    decision: RetryDecision,
}

impl<'a> JobQueue<'a> {
    /// Returns the queue of a worker; `seed` differs between workers.
    pub(in crate::worker) fn new(
        context: &'a JobContext,
        policy: &'a RetryPolicy,
        scope: JobScope,
        seed: u64,
    ) -> Self {
        let told =
            scope.first.into_iter().map(|job| JobPick::told(job, RetryRank::UNTRIED)).collect();
        let spread = scope.workers.saturating_mul(JUMP_PER_WORKER);
        Self {
            context,
            policy,
            told,
            probe_order: ProbeOrder::new(scope.jobs, scope.position, spread, seed),
            listed: false,
            misses: 0,
            begun: VecDeque::new(),
            stale: true,
            grows: scope.grows,
            done: HashSet::new(),
            held: HashMap::new(),
            excluded: HashSet::new(),
            unfinished: BTreeSet::new(),
            ran: BTreeSet::new(),
        }
    }

    /// Puts a job before all others, whatever its rank.
    pub(in crate::worker) fn prefer(&mut self, job: JobId) {
        self.told.push_front(JobPick::told(job, RetryRank::ANY));
    }

    /// Puts the jobs that this worker's task had before all others.
    pub(in crate::worker) fn resume(&mut self) -> Result<(), FsError> {
        self.list_begun()?;
        let begun: Vec<JobId> = self.probe_order.all_jobs().collect();
        let policy = self.policy;
        let mut former =
            self.read_journals(&begun, |attempts| policy.was_in_this_task(attempts))?;
        former.retain(|(_, had)| *had);
        for (job, _) in former.into_iter().rev() {
            self.told.push_front(JobPick { former: true, ..JobPick::told(job, RetryRank::ANY) });
        }
        Ok(())
    }

    /// Returns the next job to try; none when there is nothing more to do.
    pub(in crate::worker) fn next(&mut self) -> Result<Option<JobPick>, FsError> {
        loop {
            if let Some(pick) = self.told.pop_front() {
                self.probe_order.note_begun(&[pick.job]);
                return Ok(Some(pick));
            }
            if !self.listed {
                self.list_begun()?;
            }
            if let Some(job) = self.probe_order.next() {
                let from = PickSource::Unbegun;
                return Ok(Some(JobPick { job, rank: RetryRank::UNTRIED, former: false, from }));
            }
            if let Some(pick) = self.begun.pop_front() {
                return Ok(Some(pick));
            }
            if self.stale {
                self.read_begun()?;
                self.stale = false;
            } else if !self.append_new() {
                return Ok(None);
            }
        }
    }

    /// Returns the number of jobs that this worker could try, by a fresh listing: those that nobody has begun and,
    /// if `begun` are to count too, those by whose journals another try is due or going on.
    pub(in crate::worker) fn count_left(&mut self, begun: bool) -> Result<usize, FsError> {
        self.list_begun()?;
        let unbegun = self.told.len() + self.probe_order.left();
        if begun {
            self.read_begun()?;
            self.stale = false;
        }
        Ok(unbegun + if begun { self.begun.len() } else { 0 })
    }

    fn list_begun(&mut self) -> Result<(), FsError> {
        self.listed = true;
        self.misses = 0;
        self.probe_order.note_begun(&self.context.dir.started_jobs()?);
        Ok(())
    }

    /// Reads the journals of all jobs that may not be done.
    fn read_begun(&mut self) -> Result<(), FsError> {
        let known = |job: &JobId| self.done.contains(job) || self.excluded.contains(job);
        let jobs: Vec<JobId> = self.probe_order.all_jobs().filter(|job| !known(job)).collect();
        let policy = self.policy;
        let look = |attempts: &[Attempt]| {
            (line_count(attempts), is_done(attempts), policy.decide(attempts))
        };
        let seen = self.read_journals(&jobs, look)?;
        let mut begun: Vec<JobPick> = Vec::new();
        for (job, (lines, done, decision)) in seen {
            begun.extend(self.pick_of(&JournalView { job, lines, done, decision }));
        }
        begun.sort_by_key(|pick| pick.rank);
        self.begun = begun.into();
        Ok(())
    }

    fn pick_of(&mut self, seen: &JournalView) -> Option<JobPick> {
        self.note_state(seen.job, seen.done);
        let held = self.held.get(&seen.job) == Some(&seen.lines);
        match seen.decision {
            RetryDecision::Run(rank) if !held => {
                let from = PickSource::Journal(seen.lines);
                Some(JobPick { job: seen.job, rank, former: false, from })
            }
            _ => None,
        }
    }

    /// Returns the result of `look` on each job's attempts, in the order of the jobs.
    fn read_journals<T: Send>(
        &self,
        jobs: &[JobId],
        look: impl Fn(&[Attempt]) -> T + Sync,
    ) -> Result<Vec<(JobId, T)>, FsError> {
        let dir = &self.context.dir;
        let one = |job: &JobId| Ok((*job, look(&read_attempts(&dir.attempts(*job))?)));
        if jobs.len() < PARALLEL_READS {
            jobs.iter().map(one).collect()
        } else {
            jobs.par_iter().map(one).collect()
        }
    }

    /// Adds jobs that were appended to the sweep. Returns true if there are any.
    fn append_new(&mut self) -> bool {
        if !self.grows {
            return false;
        }
        let new = self.context.appended_jobs(self.probe_order.last());
        self.probe_order.append(&new);
        self.listed = new.is_empty();
        !new.is_empty()
    }

    /// Notes that another worker was faster, or holds the job.
    pub(in crate::worker) fn note_missed(
        &mut self,
        pick: JobPick,
        held: bool,
    ) -> Result<(), FsError> {
        self.stale = true;
        match pick.from {
            PickSource::Told => {}
            PickSource::Unbegun => {
                self.misses += 1;
                if self.misses >= MAX_MISSES {
                    self.list_begun()?;
                }
                self.probe_order.jump();
            }
            PickSource::Journal(lines) => {
                if held {
                    self.held.insert(pick.job, lines);
                }
                let same = self.begun.iter().take_while(|it| it.rank == pick.rank).count();
                let skip = self.probe_order.random_below(same);
                self.begun.make_contiguous()[..same].rotate_left(skip);
            }
        }
        Ok(())
    }

    /// Notes that this worker has run the job, so that its journal says what comes next.
    pub(in crate::worker) fn note_ran(&mut self, job: JobId, done: bool) {
        self.stale = true;
        self.misses = 0;
        self.ran.insert(job);
        self.note_state(job, done);
    }

    /// Notes that this worker cannot run the job.
    pub(in crate::worker) fn exclude(&mut self, job: JobId) {
        self.excluded.insert(job);
        self.note_state(job, false);
    }

    /// Notes whether a job is done.
    pub(in crate::worker) fn note_state(&mut self, job: JobId, done: bool) {
        if done {
            self.done.insert(job);
            self.unfinished.remove(&job);
        } else {
            self.unfinished.insert(job);
        }
    }

    /// Returns the number of jobs that this worker has seen and that are not done, or only of those
    /// that it ran; others may have finished some meanwhile.
    pub(in crate::worker) fn count_unfinished(&self, only_ran: bool) -> Result<usize, FsError> {
        let counts = |job: &&JobId| !only_ran || self.ran.contains(job);
        let jobs: Vec<JobId> = self.unfinished.iter().filter(counts).copied().collect();
        Ok(self.read_journals(&jobs, is_done)?.iter().filter(|(_, done)| !done).count())
    }
}

/// Returns the number of lines of a journal.
fn line_count(attempts: &[Attempt]) -> usize {
    attempts.iter().map(|attempt| 1 + usize::from(attempt.end.is_some())).sum()
}
