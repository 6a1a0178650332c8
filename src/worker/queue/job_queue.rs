//! Which job a worker takes next.
//!
//! 1. What it was told to begin with: the job that its task had before SLURM started it again, the
//!    job that it is sent for, the jobs of its own portion.
//! 2. Jobs that nobody has begun. One listing of `logs/` tells which; their journals need no look.
//! 3. Jobs that were begun and are not done: retries, and what dead workers left. All their
//!    journals are read for this, so it comes last.
//! 4. Jobs that were appended to the sweep meanwhile.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use rayon::prelude::*;
use sweep_config::JobId;
use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, read_attempts};

use super::probe_order::Places;
use super::scope::Domain;
use crate::runtime::Site;
use crate::worker::policy::retry::{Campaign, Rank, Wish, is_done};

/// From how many journals on they are read by several threads.
const MANY: usize = 256;

/// How many jobs in a row others may have been faster at before `logs/` is listed again: a guess
/// costs two looks at files, a listing of a large directory as much as some jobs.
const MISSES: u32 = 8;

/// How far ahead a worker jumps, in jobs for each worker of its launch.
const SPREAD: usize = 16;

/// A job to try, unless its turn comes later than this rank by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) struct Pick {
    pub(in crate::worker) job: JobId,
    pub(in crate::worker) rank: Rank,
    /// This worker's task had it before it was started again.
    pub(in crate::worker) former: bool,
    from: From,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Told,
    Unbegun,
    /// Its journal had so many lines.
    Journal(usize),
}

/// What is to do, as one worker sees it.
#[derive(Debug)]
pub(in crate::worker) struct Queue<'a> {
    site: &'a Site,
    campaign: &'a Campaign,
    told: VecDeque<Pick>,
    places: Places,
    listed: bool,
    /// Unbegun jobs in a row at which others were faster.
    misses: u32,
    begun: VecDeque<Pick>,
    /// Something has happened since the journals were read.
    stale: bool,
    grows: bool,
    done: HashSet<JobId>,
    /// Somebody alive has it, and its journal had so many lines.
    held: HashMap<JobId, usize>,
    /// Cannot be run by this worker.
    left: HashSet<JobId>,
    unfinished: BTreeSet<JobId>,
    /// What this worker has run itself.
    ran: BTreeSet<JobId>,
}

/// What a journal says.
struct Seen {
    job: JobId,
    lines: usize,
    done: bool,
    wish: Wish,
}

impl<'a> Queue<'a> {
    /// The queue of a worker; `seed` tells it from others.
    pub(in crate::worker) fn new(
        site: &'a Site,
        campaign: &'a Campaign,
        domain: Domain,
        seed: u64,
    ) -> Self {
        let told = domain.first.into_iter().map(|job| Pick::told(job, Rank::UNTRIED)).collect();
        let spread = domain.workers.saturating_mul(SPREAD);
        Self {
            site,
            campaign,
            told,
            places: Places::new(domain.jobs, domain.place, spread, seed),
            listed: false,
            misses: 0,
            begun: VecDeque::new(),
            stale: true,
            grows: domain.grows,
            done: HashSet::new(),
            held: HashMap::new(),
            left: HashSet::new(),
            unfinished: BTreeSet::new(),
            ran: BTreeSet::new(),
        }
    }

    /// Puts a job before all others, whatever its rank.
    pub(in crate::worker) fn prefer(&mut self, job: JobId) {
        self.told.push_front(Pick::told(job, Rank::ANY));
    }

    /// Puts the jobs that this worker's task had before all others.
    pub(in crate::worker) fn resume(&mut self) -> Result<(), FsError> {
        self.list()?;
        let begun: Vec<JobId> = self.places.around().collect();
        let campaign = self.campaign;
        let mut former = self.read(&begun, |attempts| campaign.had(attempts))?;
        former.retain(|(_, had)| *had);
        for (job, _) in former.into_iter().rev() {
            self.told.push_front(Pick { former: true, ..Pick::told(job, Rank::ANY) });
        }
        Ok(())
    }

    /// The next job to try; none when there is nothing more to do.
    pub(in crate::worker) fn next(&mut self) -> Result<Option<Pick>, FsError> {
        loop {
            if let Some(pick) = self.told.pop_front() {
                self.places.note_begun(&[pick.job]);
                return Ok(Some(pick));
            }
            if !self.listed {
                self.list()?;
            }
            if let Some(job) = self.places.next() {
                let from = From::Unbegun;
                return Ok(Some(Pick { job, rank: Rank::UNTRIED, former: false, from }));
            }
            if let Some(pick) = self.begun.pop_front() {
                return Ok(Some(pick));
            }
            if std::mem::take(&mut self.stale) {
                self.scan()?;
            } else if !self.grow() {
                return Ok(None);
            }
        }
    }

    fn list(&mut self) -> Result<(), FsError> {
        self.listed = true;
        self.misses = 0;
        self.places.note_begun(&self.site.dir.started_jobs()?);
        Ok(())
    }

    /// Reads the journals of all that may not be done.
    fn scan(&mut self) -> Result<(), FsError> {
        let known = |job: &JobId| self.done.contains(job) || self.left.contains(job);
        let jobs: Vec<JobId> = self.places.around().filter(|job| !known(job)).collect();
        let campaign = self.campaign;
        let look =
            |attempts: &[Attempt]| (lines(attempts), is_done(attempts), campaign.wish(attempts));
        let seen = self.read(&jobs, look)?;
        let mut begun: Vec<Pick> = Vec::new();
        for (job, (lines, done, wish)) in seen {
            begun.extend(self.weigh(&Seen { job, lines, done, wish }));
        }
        begun.sort_by_key(|pick| pick.rank);
        self.begun = begun.into();
        Ok(())
    }

    fn weigh(&mut self, seen: &Seen) -> Option<Pick> {
        self.note(seen.job, seen.done);
        let held = self.held.get(&seen.job) == Some(&seen.lines);
        match seen.wish {
            Wish::Run(rank) if !held => {
                let from = From::Journal(seen.lines);
                Some(Pick { job: seen.job, rank, former: false, from })
            }
            _ => None,
        }
    }

    /// What `look` makes of each job's attempts, in the order of the jobs.
    fn read<T: Send>(
        &self,
        jobs: &[JobId],
        look: impl Fn(&[Attempt]) -> T + Sync,
    ) -> Result<Vec<(JobId, T)>, FsError> {
        let dir = &self.site.dir;
        let one = |job: &JobId| Ok((*job, look(&read_attempts(&dir.attempts(*job))?)));
        if jobs.len() < MANY {
            jobs.iter().map(one).collect()
        } else {
            jobs.par_iter().map(one).collect()
        }
    }

    /// Looks for jobs that were appended to the sweep. True if there are any.
    fn grow(&mut self) -> bool {
        if !self.grows {
            return false;
        }
        let new = self.site.appended(self.places.last());
        self.places.append(&new);
        self.listed = new.is_empty();
        !new.is_empty()
    }

    /// Another worker was faster, or has the job.
    pub(in crate::worker) fn missed(&mut self, pick: Pick, held: bool) -> Result<(), FsError> {
        self.stale = true;
        match pick.from {
            From::Told => {}
            From::Unbegun => {
                self.misses += 1;
                if self.misses >= MISSES {
                    self.list()?;
                }
                self.places.jump();
            }
            From::Journal(lines) => {
                if held {
                    self.held.insert(pick.job, lines);
                }
                let same = self.begun.iter().take_while(|it| it.rank == pick.rank).count();
                let skip = self.places.random_below(same);
                self.begun.make_contiguous()[..same].rotate_left(skip);
            }
        }
        Ok(())
    }

    /// The job was run: its journal says what comes next.
    pub(in crate::worker) fn ran(&mut self, job: JobId, done: bool) {
        self.stale = true;
        self.misses = 0;
        self.ran.insert(job);
        self.note(job, done);
    }

    /// This worker cannot run the job.
    pub(in crate::worker) fn leave(&mut self, job: JobId) {
        self.left.insert(job);
        self.note(job, false);
    }

    /// What this worker has seen of a job.
    pub(in crate::worker) fn note(&mut self, job: JobId, done: bool) {
        if done {
            self.done.insert(job);
            self.unfinished.remove(&job);
        } else {
            self.unfinished.insert(job);
        }
    }

    /// How many jobs this worker has seen that are not done, or only of those that it ran; others may
    /// have done some meanwhile.
    pub(in crate::worker) fn unfinished(&self, only_ran: bool) -> Result<usize, FsError> {
        let counts = |job: &&JobId| !only_ran || self.ran.contains(job);
        let jobs: Vec<JobId> = self.unfinished.iter().filter(counts).copied().collect();
        Ok(self.read(&jobs, is_done)?.iter().filter(|(_, done)| !done).count())
    }
}

impl Pick {
    fn told(job: JobId, rank: Rank) -> Self {
        Self { job, rank, former: false, from: From::Told }
    }
}

/// How many lines a journal has.
fn lines(attempts: &[Attempt]) -> usize {
    attempts.iter().map(|attempt| 1 + usize::from(attempt.end.is_some())).sum()
}
