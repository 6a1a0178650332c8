//! A sweep that is looked at again and again, beginning with what the last collect left.
//!
//! All that was read stays in memory: every look asks for the files of the jobs that are not settled and reads what
//! grew. The list of jobs and SLURM's answer are renewed less often. Nothing is written but by [`update`], which is
//! what a collect writes.

mod live_job;
mod look_budget;
mod pulse;
mod watched_jobs;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPool;
use sweep_config::{JobId, Sweep};

use super::cache::now;
use super::column_census::ColumnCensus;
use super::gather::{SweepGatherer, earlier_blocks};
use super::job::{CollectJob, JobStatus, SweepContext};
use super::plan::{plan, sweep_context};
use super::remarks::CollectRemarks;
use super::run::{key, pool};
use super::temp_cleanup;
use super::verdict::is_settled;
use crate::app::Failure;
pub use live_job::{LiveCurve, LiveJob, LiveTail};
pub use look_budget::LookBudget;
pub use pulse::{BestLiveJob, EndedJob, LivePace, LivePulse, RunningJob};
use watched_jobs::{LookEffort, WatchedJobs};

/// SLURM's controller is asked at most this often, however often the files are looked at.
const ASK: Duration = Duration::from_secs(30);

/// The directories of configs and logs are listed at most this often.
const LIST: Duration = Duration::from_secs(5);

/// A sweep whose jobs are looked at again and again.
pub struct LiveSweep {
    sweep: Sweep,
    context: Arc<SweepContext>,
    remarks: CollectRemarks,
    asked: Instant,
    jobs: Vec<CollectJob>,
    listed: Instant,
    seen: WatchedJobs,
    pool: ThreadPool,
}

impl LiveSweep {
    /// Begins with the jobs as the last collect left them, if its files are whole; no job was looked at yet.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up, or its records cannot be read.
    pub fn open(sweep: &Sweep) -> Result<Self, Failure> {
        Self::begin(sweep, false)
    }

    /// Begins as [`open`](Self::open) does, and, if asked to, counts the values of all columns.
    pub(super) fn begin(sweep: &Sweep, counts_columns: bool) -> Result<Self, Failure> {
        let (jobs, listed, asked) = (plan(sweep)?, Instant::now(), Instant::now());
        let (context, remarks) = sweep_context(sweep, &jobs)?;
        let blocks = earlier_blocks(&context.dir, key(sweep, &context));
        Ok(Self {
            pool: pool(sweep.num_proc, jobs.len()),
            sweep: sweep.clone(),
            context: Arc::new(context),
            remarks,
            asked,
            jobs,
            listed,
            seen: WatchedJobs::new(blocks, counts_columns),
        })
    }

    /// Looks at the jobs and returns how many have changed: at all of them, or, on this thread alone, at as many as a
    /// budget allows; the next look goes on from there. Settled jobs, which may be launched once more, have their turn in
    /// one of ten rounds.
    ///
    /// # Errors
    ///
    /// When the directory of the sweep cannot be listed any more.
    pub fn look(&mut self, budget: Option<&LookBudget>) -> Result<usize, Failure> {
        self.renew()?;
        let effort = budget.map_or(LookEffort::Whole(&self.pool), LookEffort::Within);
        Ok(self.seen.look(&self.jobs, &self.context, effort))
    }

    /// Looks at some jobs out of their turn, as those that a page shows, and returns how many have changed.
    pub fn look_at(&mut self, jobs: impl Iterator<Item = u32>) -> usize {
        let planned: Vec<CollectJob> = jobs.filter_map(|job| self.planned(job)).collect();
        self.seen.look_at(&planned, &self.context, None)
    }

    /// Lists the jobs and asks SLURM again when it is time to.
    fn renew(&mut self) -> Result<(), Failure> {
        if self.listed.elapsed() >= LIST {
            self.jobs = plan(&self.sweep)?;
            self.seen.keep_only(&self.jobs);
            self.listed = Instant::now();
        }
        if self.asked.elapsed() >= ASK {
            let (context, remarks) = sweep_context(&self.sweep, &self.jobs)?;
            (self.context, self.remarks) = (Arc::new(context), remarks);
            self.asked = Instant::now();
        } else if let Some(context) = Arc::get_mut(&mut self.context) {
            context.now = now();
        }
        Ok(())
    }

    /// True if nothing more is to come of any job unless it is launched once more.
    pub fn is_over(&self) -> bool {
        self.seen.statuses().all(|status| is_settled(&status.state))
    }

    pub(super) fn context(&self) -> &SweepContext {
        &self.context
    }

    pub(super) fn remarks(&self) -> &CollectRemarks {
        &self.remarks
    }

    /// Returns the states of all jobs, in order.
    pub(super) fn statuses(&self) -> Vec<JobStatus> {
        self.seen.statuses().cloned().collect()
    }

    /// Returns the columns that any job had in any look.
    pub(super) fn columns(&self) -> Vec<(String, ColumnCensus)> {
        self.seen.columns()
    }

    fn planned(&self, job: u32) -> Option<CollectJob> {
        let at = self.jobs.binary_search_by_key(&JobId(job), |job| job.id).ok()?;
        Some(self.jobs[at])
    }
}

/// Brings `sweep.json`, `sweep.parquet`, `curves.parquet` and the cache up to date, as a collect does, but prints nothing
/// and deletes no checkpoint.
///
/// # Errors
///
/// When the sweep was not set up, or its files cannot be written.
pub fn update(sweep: &Sweep) -> Result<(), Failure> {
    let jobs = plan(sweep)?;
    let (context, _) = sweep_context(sweep, &jobs)?;
    let (pool, key) = (pool(sweep.num_proc, jobs.len()), key(sweep, &context));
    let gather = SweepGatherer { context: &context, jobs: &jobs, pool: &pool, key };
    temp_cleanup::remove(&context.dir)?;
    gather.with_files(&|_| {})?;
    Ok(())
}
