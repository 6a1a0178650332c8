//! A sweep that is looked at again and again, beginning with what the last collect left.
//!
//! All that was read stays in memory: every look asks for the files of the jobs that are not settled and reads what
//! grew. The list of jobs and SLURM's answer are renewed less often. Nothing is written but by [`update`], which is
//! what a collect writes.

mod kept_resume;
mod live_job;
mod look_budget;
mod pulse;
mod watched_jobs;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPool;
use sweep_config::{JobId, Sweep};

use super::cache::{CacheManifest, JobBlock, now};
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

/// The most memory that the places take where the reading of logs goes on.
const MOST_PLACES: usize = 16 << 20;

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
        let mut live = Self::begin(sweep, false)?;
        live.seen.limit_places(MOST_PLACES);
        Ok(live)
    }

    /// True if logs have to be read on from where the last collect ended, since more than that takes too much memory.
    pub fn wants_collect(&self) -> bool {
        self.seen.lacks_places()
    }

    /// Goes on from what a new collect left.
    pub fn take_collect(&mut self) {
        let (dir, key) = (&self.context.dir, key(&self.sweep, &self.context));
        // One after the other: each holds all that is known of its jobs.
        for (_, name) in CacheManifest::read(dir, key).iter().flat_map(CacheManifest::blocks) {
            if let Some(block) = JobBlock::open(dir, name, key) {
                self.seen.take_places(block);
            }
        }
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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]
mod tests {
    use super::*;

    #[test]
    fn logs_are_read_on_whether_their_places_are_in_memory_in_the_cache_or_given_up() {
        let root = tempfile::tempdir().unwrap();
        let config = format!(
            "NAME: s\nROOT_DIR: {}\nSETUP: {{NUM_CONFIGS: 2}}\nLAUNCH: {{COMMAND: x}}\n\
             ANALYZE: {{OBJECTIVE: {{METRIC: loss, GOAL: minimize, OVER: min}}}}\n",
            root.path().display()
        );
        std::fs::write(root.path().join("s.yaml"), config).unwrap();
        let sweep = Sweep::load(&root.path().join("s.yaml"), &[]).unwrap();
        let dir = root.path().join("s");
        let log = |job: u32| dir.join(format!("logs/{job:06}/stdout.log"));
        for job in 0..2 {
            std::fs::create_dir_all(log(job).parent().unwrap()).unwrap();
            std::fs::create_dir_all(dir.join("cfgs")).unwrap();
            std::fs::write(dir.join(format!("cfgs/{job:06}.yaml")), "lr: 0.1\n").unwrap();
        }
        let mut live = LiveSweep::open(&sweep).unwrap();
        let (mut roomy, mut said) = (LiveSweep::open(&sweep).unwrap(), Vec::new());
        live.seen.limit_places(0);
        for epoch in 1..=5 {
            // The least value is that of the second epoch: it is known only from what was read before.
            let loss = f64::from((epoch - 2_i32).abs()) + 0.5;
            said.push(format!("{{\"epoch\": {epoch}, \"loss\": {loss}}}\n"));
            std::fs::write(log(1), said.concat()).unwrap();
            assert!(live.look(None).unwrap() > 0 && roomy.look(None).unwrap() > 0);
            assert!(live.wants_collect() && !roomy.wants_collect());
            assert_eq!(live.pulse().best, roomy.pulse().best);
            let least = live.pulse().best.map(|best| best.value);
            assert_eq!(least, Some(if epoch == 1 { 1.5 } else { 0.5 }));
            if epoch == 3 {
                update(&sweep).unwrap();
                live.take_collect();
                assert!(!live.wants_collect() && !live.seen.resume(JobId(1)).is_empty());
            }
        }
    }
}
