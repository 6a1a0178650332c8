//! The jobs of a sweep as they were when they were read last.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPool;
use rayon::prelude::*;
use sweep_config::JobId;

use super::look_budget::LookBudget;
use crate::collect::cache::codec::CacheCodec;
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

/// The places where the reading of a job's logs goes on. They hold all that the logs said so far, so that packed they
/// take a fifth of the memory.
enum KeptResume {
    Packed(Box<[u8]>),
    /// In the file of a block that a collect wrote.
    Block(Arc<JobBlock>),
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
        let mut watched = Self { counts_columns, ..Self::default() };
        for mut block in blocks {
            let entries = std::mem::take(&mut block.index.jobs);
            watched.note(std::mem::take(&mut block.index.columns));
            let block = Arc::new(block);
            let jobs = entries.into_iter().map(|kept| {
                let resume = KeptResume::Block(Arc::clone(&block));
                (kept.job_status.job, WatchedJob { kept, resume })
            });
            watched.jobs.extend(jobs);
        }
        watched
    }

    /// Looks at the jobs from where the last look ended, and returns how many were read.
    pub(super) fn look(
        &mut self,
        jobs: &[CollectJob],
        context: &SweepContext,
        effort: LookEffort<'_>,
    ) -> usize {
        let pool = match effort {
            LookEffort::Whole(pool) => Some(pool),
            LookEffort::Within(_) => None,
        };
        if self.clock.looked.elapsed() > PAUSE {
            self.clock.began = Instant::now();
        }
        let (mut left, mut changed) = (jobs.len(), 0);
        while left > 0 {
            let from = if self.next < jobs.len() { self.next } else { 0 };
            let chunk = &jobs[from..jobs.len().min(from + CHUNK.min(left))];
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
            self.jobs.insert(job, watched);
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
        let mut bytes = Vec::new();
        collected.resume.put(&mut bytes);
        let resume = KeptResume::Packed(bytes.into_boxed_slice());
        ReadJob { job: job.id, watched: WatchedJob { kept: collected.kept, resume }, columns }
    }

    /// Returns where the reading of a job's logs goes on.
    pub(super) fn resume(&self, job: JobId) -> Vec<ResumePoint> {
        let known = self.jobs.get(&job).and_then(|WatchedJob { kept, resume }| match resume {
            KeptResume::Packed(bytes) => CacheCodec::get(&mut &**bytes),
            KeptResume::Block(block) => block.resume(kept),
        });
        known.unwrap_or_default()
    }

    fn note(&mut self, columns: Vec<(String, ColumnCensus)>) {
        for (name, census) in columns {
            self.columns.entry(name).or_default().add(&census);
        }
    }

    /// Forgets the jobs that are not listed any more.
    pub(super) fn keep_only(&mut self, jobs: &[CollectJob]) {
        self.jobs.retain(|job, _| jobs.binary_search_by_key(job, |job| job.id).is_ok());
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
