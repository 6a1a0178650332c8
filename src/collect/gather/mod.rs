//! Makes the three files from all jobs of a sweep, a block at a time, with what an earlier collect left.
//!
//! While a block is read, the one before it is written. `sweep.json` grows in order; the columns of
//! `curves.parquet` are encoded at once and wait in a spill file, because which columns there are is
//! known at the end only; the cells of `sweep.parquet` wait in the cache's own files.

mod earlier;
mod outputs;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::path::PathBuf;

use rayon::ThreadPool;
use rayon::prelude::*;
use sweep_config::SweepDir;
use sweep_config::fs::{self, FsError};

use super::cache::{BlockIndex, CacheManifest, JobBlock};
use super::column_census::ColumnCensus;
use super::job::{CollectJob, JobStatus, SweepContext};
use super::job_block::{BLOCK, BlockPlan, BuiltBlock, EntryRun, OldBlock};
use super::odd_columns::{OddColumn, odd_columns};
use super::table::SpillFile;
use earlier::EarlierOutputs;
use outputs::{BlockCurves, EntryQueue, WrittenBlock, write_curves, write_jobs, write_json};

/// Returns the jobs as an earlier collect left them, if what it left is still of this key.
pub(crate) fn earlier_jobs(dir: &SweepDir, key: u64) -> Vec<JobStatus> {
    let kept = earlier_blocks(dir, key).into_iter().flat_map(|block| block.index.jobs);
    kept.map(|kept| kept.job_status).collect()
}

/// Returns the blocks as an earlier collect left them, if what it left is still of this key.
pub(crate) fn earlier_blocks(dir: &SweepDir, key: u64) -> Vec<JobBlock> {
    EarlierOutputs::read(dir, key).blocks.into_iter().map(|(_, old)| old.block).collect()
}

/// The jobs of a sweep, to be collected.
pub(crate) struct SweepGatherer<'a> {
    pub(crate) context: &'a SweepContext,
    pub(crate) jobs: &'a [CollectJob],
    pub(crate) pool: &'a ThreadPool,
    /// A hash of all that the outputs depend on besides the jobs' own files.
    pub(crate) key: u64,
}

/// The states of all jobs, and the files that were written.
pub(crate) struct GatheredJobs {
    pub(crate) job_statuses: Vec<JobStatus>,
    /// The number of jobs that were read.
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests count them"))]
    pub(crate) read: usize,
    pub(crate) written: Vec<PathBuf>,
    /// The columns that the jobs have, and their values by kind; one that several blocks have is there again.
    pub(crate) columns: Vec<(String, ColumnCensus)>,
    /// The columns of numbers that have cells which are none.
    pub(crate) odd_columns: Vec<OddColumn>,
}

impl GatheredJobs {
    fn of(indexes: Vec<BlockIndex>, read: usize, written: Vec<PathBuf>) -> Self {
        let odd_columns = odd_columns(indexes.iter());
        let mut gathered =
            Self { job_statuses: Vec::new(), read, written, columns: Vec::new(), odd_columns };
        for index in indexes {
            gathered.job_statuses.extend(index.jobs.into_iter().map(|kept| kept.job_status));
            gathered.columns.extend(index.columns);
        }
        gathered
    }
}

impl SweepGatherer<'_> {
    /// Reads what has changed and leaves no trace.
    pub(crate) fn without_files(&self) -> Result<GatheredJobs, FsError> {
        let failed = |e| FsError::new("read", self.context.dir.path(), e);
        let mut earlier = EarlierOutputs::read(&self.context.dir, self.key);
        self.pool.install(|| {
            let (mut read, mut indexes) = (0, Vec::new());
            for plan in self.plans(&mut earlier) {
                read += plan.is_changed.iter().filter(|changed| **changed).count();
                let index = match plan.unchanged() {
                    Some(_) => plan.old.map(|old| old.block.index).unwrap_or_default(),
                    None => plan.make(self.context, earlier.curves.as_ref()).map_err(failed)?.index,
                };
                indexes.push(index);
            }
            Ok(GatheredJobs::of(indexes, read, Vec::new()))
        })
    }

    /// Reads what has changed, and brings the three files and the cache up to date; `progress` hears
    /// how many jobs are through.
    pub(crate) fn with_files(
        &self,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<GatheredJobs, FsError> {
        let dir = &self.context.dir;
        let mut earlier = EarlierOutputs::read(dir, self.key);
        self.pool.install(|| {
            let plans = self.plans(&mut earlier);
            let changed = plans.iter().flat_map(|plan| &plan.is_changed);
            let read = changed.filter(|changed| **changed).count();
            if earlier.is_there() && plans.iter().all(|plan| plan.unchanged().is_some()) {
                let blocks = plans.into_iter().filter_map(|plan| plan.old);
                let indexes = blocks.map(|old| old.block.index).collect();
                return Ok(GatheredJobs::of(indexes, read, Vec::new()));
            }
            fs::create_dir_all(&dir.collect_cache())?;
            let blocks = self.write(plans, &earlier, progress)?;
            let named = blocks.iter().map(|b| (b.number, b.block.name.clone())).collect();
            CacheManifest::new(dir, self.key, named).write(dir)?;
            let indexes = blocks.into_iter().map(|written| written.block.index).collect();
            let written = vec![dir.sweep_json(), dir.sweep_parquet(), dir.curves_parquet()];
            Ok(GatheredJobs::of(indexes, read, written))
        })
    }

    /// The blocks, each with what an earlier collect made of it.
    fn plans(&self, earlier: &mut EarlierOutputs) -> Vec<BlockPlan<'_>> {
        let mut old = std::mem::take(&mut earlier.blocks).into_iter().peekable();
        let chunks: Vec<&[CollectJob]> =
            self.jobs.chunk_by(|a, b| a.id.0 / BLOCK == b.id.0 / BLOCK).collect();
        let paired: Vec<(u32, &[CollectJob], Option<OldBlock>)> = chunks
            .into_iter()
            .map(|jobs| {
                let number = jobs[0].id.0 / BLOCK;
                while old.next_if(|(old, _)| *old < number).is_some() {
                    earlier.dropped += 1;
                }
                (number, jobs, old.next_if(|(old, _)| *old == number).map(|(_, old)| old))
            })
            .collect();
        earlier.dropped += old.count();
        let plans = paired.into_par_iter();
        plans.map(|(number, jobs, old)| BlockPlan::new(number, jobs, old, self.context)).collect()
    }

    /// Writes `sweep.json` on a thread of its own, which copies what is old while the others go on.
    fn write(
        &self,
        plans: Vec<BlockPlan<'_>>,
        earlier: &EarlierOutputs,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<WrittenBlock>, FsError> {
        let (queue, entries) = EntryQueue::new();
        std::thread::scope(|scope| {
            let path = self.context.dir.sweep_json();
            let json =
                scope.spawn(move || write_json(&path, &entries, earlier.sweep_json.as_ref()));
            let tables = self.write_tables(plans, earlier, queue, progress);
            let json = json.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            json.and(tables)
        })
    }

    fn write_tables(
        &self,
        plans: Vec<BlockPlan<'_>>,
        earlier: &EarlierOutputs,
        mut queue: EntryQueue,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<WrittenBlock>, FsError> {
        let dir = &self.context.dir;
        let failed = |e| FsError::new("write in", dir.path(), e);
        let mut spill = SpillFile::new(tempfile::tempfile_in(dir.path()).map_err(failed)?);
        let mut blocks = Vec::with_capacity(plans.len());
        let mut waiting: Option<(BlockPlan<'_>, Option<BuiltBlock>)> = None;
        let mut plans = plans.into_iter();
        loop {
            let next = plans.next();
            let make = || next.as_ref().map(|plan| self.make(plan, earlier)).transpose();
            let put = || match waiting.take() {
                Some((last, block)) => {
                    progress(last.jobs.len());
                    self.put(last, block, &mut queue, &mut spill).map(Some)
                }
                None => Ok(None),
            };
            let (block, written) = rayon::join(make, put);
            blocks.extend(written.map_err(failed)?);
            match (next, block.map_err(failed)?) {
                (Some(next), Some(block)) => waiting = Some((next, block)),
                _ => break,
            }
        }
        queue.finish().map_err(failed)?;
        let jobs = |file: &mut File| write_jobs(file, &blocks, earlier.jobs.as_ref());
        let curves = |file: &mut File| write_curves(file, &blocks, &spill, earlier.curves.as_ref());
        let (jobs, curves) = rayon::join(
            || fs::replace_with(&dir.sweep_parquet(), jobs),
            || fs::replace_with(&dir.curves_parquet(), curves),
        );
        jobs.and(curves)?;
        Ok(blocks)
    }

    /// A block that must be made, made; `None` for one that can be copied.
    fn make(
        &self,
        plan: &BlockPlan<'_>,
        earlier: &EarlierOutputs,
    ) -> io::Result<Option<BuiltBlock>> {
        match plan.unchanged() {
            Some(_) => Ok(None),
            None => plan.make(self.context, earlier.curves.as_ref()).map(Some),
        }
    }

    /// Puts a block into `sweep.json`, the spill file and the cache.
    fn put(
        &self,
        plan: BlockPlan<'_>,
        made: Option<BuiltBlock>,
        queue: &mut EntryQueue,
        spill: &mut SpillFile,
    ) -> io::Result<WrittenBlock> {
        let number = plan.number;
        let Some(made) = made else {
            let old = plan.old.ok_or_else(|| io::Error::other("a block that nobody made"))?;
            old.entries().map_or(Ok(()), |range| queue.put(EntryRun::Old(range)))?;
            return Ok(WrittenBlock {
                number,
                block: old.block,
                curves: BlockCurves::Old(old.group),
            });
        };
        made.entries.into_iter().try_for_each(|entries| queue.put(entries))?;
        let curves = made.curves.into_iter().map(|(name, encoded)| Ok((name, spill.add(encoded)?)));
        let curves = curves.collect::<io::Result<_>>()?;
        let block =
            JobBlock::write(&self.context.dir, self.key, made.index, &made.cells, made.resumes)
                .map_err(|e| e.source)?;
        Ok(WrittenBlock { number, block, curves: BlockCurves::New(curves) })
    }
}
