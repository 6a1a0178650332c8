//! The jobs of a sweep as they were when they were read last.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPool;
use rayon::prelude::*;
use sweep_config::JobId;

use super::kept_resume::KeptResume;
use super::look_budget::LookBudget;
use crate::collect::cache::{CacheEntry, JobBlock, ResumePoint};
use crate::collect::column_census::ColumnCensus;
use crate::collect::job::{CollectJob, JobMemory, JobStatus, SweepContext};
use crate::collect::log_value::LogValue;
use crate::collect::verdict::is_settled;

/// The number of rounds of which one includes the settled jobs: one that is settled may be launched once more.
const ALL: u32 = 10;

/// A longer time without any look is a pause.
const PAUSE: Duration = Duration::from_secs(5);

/// The number of jobs after which the time is looked at.
const CHUNK: usize = 32;

/// The number of jobs that threads share at a time.
const SHARED_CHUNK: usize = 256;

/// The jobs as they were when they were read last.
#[derive(Default)]
pub(super) struct WatchedJobs {
    jobs: BTreeMap<JobId, WatchedJob>,
    /// The columns that any of them had in any look, for advice.
    columns: BTreeMap<String, ColumnCensus>,
    /// The values of the jobs that are read count among those of their columns.
    counts_columns: bool,
    /// The place in the list of jobs at which the next look begins.
    next: usize,
    rounds: u32,
    clock: RoundClock,
    /// The bytes of the places that are in memory, and the most that may be.
    packed: usize,
    most_packed: usize,
    lacks_places: bool,
}

/// Measures the time from one look at a job to the next.
struct RoundClock {
    began: Instant,
    /// The end of the last look; after a pause the present round does not count.
    looked: Instant,
    last: Duration,
}

/// How much a look may do.
#[derive(Clone, Copy)]
pub(super) enum LookEffort<'a> {
    /// Look at all jobs, on the threads of a pool.
    Whole(&'a ThreadPool),
    /// Look at as many as a budget allows, on this thread.
    Within(&'a LookBudget),
}

struct WatchedJob {
    kept: CacheEntry,
    resume: KeptResume,
}

impl Default for RoundClock {
    fn default() -> Self {
        let now = Instant::now();
        Self { began: now, looked: now, last: Duration::ZERO }
    }
}

/// A job that was read, and the columns that it has.
struct ReadJob {
    job: JobId,
    watched: WatchedJob,
    columns: Vec<(String, ColumnCensus)>,
}

impl WatchedJobs {
    /// Begins with the blocks that a collect left.
    pub(super) fn new(blocks: Vec<JobBlock>, counts_columns: bool) -> Self {
        let mut watched = Self { counts_columns, most_packed: usize::MAX, ..Self::default() };
        for mut block in blocks {
            let entries = std::mem::take(&mut block.index.jobs);
            watched.note(std::mem::take(&mut block.index.columns));
            let block = Arc::new(block);
            let jobs = entries.into_iter().map(|kept| {
                let resume = KeptResume::of_block(&block, &kept);
                (kept.job_status.job, WatchedJob { kept, resume })
            });
            watched.jobs.extend(jobs);
        }
        watched
    }

    /// Keeps no more of the places where the reading of logs goes on than so many bytes: beyond that, it goes on where the
    /// last collect ended.
    pub(super) fn limit_places(&mut self, most: usize) {
        self.most_packed = most;
    }

    /// True if places were given up since the last collect.
    pub(super) fn lacks_places(&self) -> bool {
        self.lacks_places
    }

    /// Takes the places of a new collect instead of those in memory.
    pub(super) fn take_places(&mut self, mut block: JobBlock) {
        let entries = std::mem::take(&mut block.index.jobs);
        let block = Arc::new(block);
        for kept in entries {
            if let Some(watched) = self.jobs.get_mut(&kept.job_status.job) {
                let old =
                    std::mem::replace(&mut watched.resume, KeptResume::of_block(&block, &kept));
                self.packed -= old.packed_len();
            }
        }
        self.lacks_places = false;
    }

    /// Puts a job that was read in the place of what was known of it.
    fn put(&mut self, job: JobId, mut watched: WatchedJob) {
        self.packed += watched.resume.packed_len();
        if let Some(old) = self.jobs.remove(&job) {
            self.packed -= old.resume.packed_len();
            watched.resume.inherit(old.resume);
        }
        self.jobs.insert(job, watched);
        if self.packed > self.most_packed {
            self.jobs.values_mut().for_each(|watched| watched.resume.unpack());
            (self.packed, self.lacks_places) = (0, true);
        }
    }

    /// Looks at the jobs from where the last look ended, and returns how many were read.
    pub(super) fn look(
        &mut self,
        jobs: &[CollectJob],
        context: &SweepContext,
        effort: LookEffort<'_>,
    ) -> usize {
        let (pool, most) = match effort {
            LookEffort::Whole(pool) => (Some(pool), SHARED_CHUNK),
            LookEffort::Within(_) => (None, CHUNK),
        };
        if self.clock.looked.elapsed() > PAUSE {
            self.clock.began = Instant::now();
        }
        let (mut left, mut changed) = (jobs.len(), 0);
        while left > 0 {
            let from = if self.next < jobs.len() { self.next } else { 0 };
            let chunk = &jobs[from..jobs.len().min(from + most.min(left))];
            changed += self.look_at(chunk, context, pool);
            left -= chunk.len();
            self.next = from + chunk.len();
            if self.next == jobs.len() {
                self.rounds = self.rounds.saturating_add(1);
                self.clock.last = self.clock.began.elapsed();
                self.clock.began = Instant::now();
            }
            if matches!(effort, LookEffort::Within(budget) if budget.is_spent()) {
                break;
            }
        }
        self.clock.looked = Instant::now();
        changed
    }

    /// Looks at these jobs, on the threads of a pool or on this one, and returns how many were read.
    pub(super) fn look_at(
        &mut self,
        jobs: &[CollectJob],
        context: &SweepContext,
        pool: Option<&ThreadPool>,
    ) -> usize {
        let is_full = self.rounds.is_multiple_of(ALL);
        let is_due = |job: &&CollectJob| self.is_due(**job, context, is_full);
        let read = |memory: &mut JobMemory, job: &CollectJob| self.read(*job, context, memory);
        let read: Vec<ReadJob> = if let Some(pool) = pool {
            pool.install(|| {
                jobs.par_iter().filter(is_due).map_init(JobMemory::default, read).collect()
            })
        } else {
            let mut memory = JobMemory::default();
            jobs.iter().filter(is_due).map(|job| read(&mut memory, job)).collect()
        };
        let changed = read.len();
        for ReadJob { job, watched, columns } in read {
            self.put(job, watched);
            self.note(columns);
        }
        changed
    }

    fn is_due(&self, job: CollectJob, context: &SweepContext, is_full: bool) -> bool {
        self.jobs.get(&job.id).is_none_or(|WatchedJob { kept, .. }| {
            (is_full || !is_settled(&kept.job_status.state)) && context.has_changed(job, kept)
        })
    }

    fn read(&self, job: CollectJob, context: &SweepContext, memory: &mut JobMemory) -> ReadJob {
        let collected = context.collect(job, self.resume(job.id), memory);
        let cells = collected.row.iter().filter(|_| self.counts_columns);
        let census = |(name, value): (&str, &LogValue)| {
            (name.to_owned(), ColumnCensus::of(&[Some(value.clone())]))
        };
        let columns = cells.map(census).collect();
        let resume = KeptResume::pack(&collected.resume);
        ReadJob { job: job.id, watched: WatchedJob { kept: collected.kept, resume }, columns }
    }

    /// Returns where the reading of a job's logs goes on.
    pub(super) fn resume(&self, job: JobId) -> Vec<ResumePoint> {
        self.jobs.get(&job).and_then(|watched| watched.resume.points()).unwrap_or_default()
    }

    fn note(&mut self, columns: Vec<(String, ColumnCensus)>) {
        for (name, census) in columns {
            self.columns.entry(name).or_default().add(&census);
        }
    }

    /// Forgets the jobs that are not listed any more.
    pub(super) fn keep_only(&mut self, jobs: &[CollectJob]) {
        self.jobs.retain(|job, _| jobs.binary_search_by_key(job, |job| job.id).is_ok());
        self.packed = self.jobs.values().map(|watched| watched.resume.packed_len()).sum();
    }

    pub(super) fn statuses(&self) -> impl Iterator<Item = &JobStatus> {
        self.jobs.values().map(|watched| &watched.kept.job_status)
    }

    pub(super) fn columns(&self) -> Vec<(String, ColumnCensus)> {
        self.columns.clone().into_iter().collect()
    }

    /// Returns the time that the last round took, from one look at a job to the next.
    pub(super) fn round_time(&self) -> Duration {
        self.clock.last
    }
}
