//! Blocks of jobs: the unit that is in memory with all its text at a time, and the unit of the cache and
//! of `curves.parquet`.

use std::io;
use std::ops::Range;

use rayon::prelude::*;

use super::cache::{BlockCells, BlockIndex, JobBlock, ResumePoint};
use super::job::{CollectJob, CollectedJob, JobMemory, SweepContext};
use super::sweep_json_entry::SEPARATOR;
use super::table::curves::{CurveCursor, CurveRows, FIXED};
use super::table::{ColumnChunk, ColumnCollector, EncodedColumn, OldTable, encode, kinds};

/// The number of job numbers in a block.
pub(crate) const BLOCK: u32 = 256;

/// A block that is to be collected.
pub(crate) struct BlockPlan<'a> {
    pub(crate) number: u32,
    pub(crate) jobs: &'a [CollectJob],
    /// The block as an earlier collect left it.
    pub(crate) old: Option<OldBlock>,
    /// Which jobs must be read, in the order of `jobs`.
    pub(crate) is_changed: Vec<bool>,
}

/// A block of an earlier collect, and where it stands in the outputs.
pub(crate) struct OldBlock {
    pub(crate) block: JobBlock,
    /// The offset of its first entry in `sweep.json`.
    pub(crate) entries_at: u64,
    /// Its row group of `curves.parquet`, if it has any rows.
    pub(crate) group: Option<usize>,
}

/// Entries of `sweep.json`, in order.
pub(crate) enum EntryRun {
    /// A part of the file that is there, with what stands between its entries.
    Old(Range<u64>),
    New(Vec<Vec<u8>>),
}

/// A block that was collected.
pub(crate) struct BuiltBlock {
    pub(crate) index: BlockIndex,
    pub(crate) cells: BlockCells,
    pub(crate) resumes: Vec<Vec<ResumePoint>>,
    pub(crate) entries: Vec<EntryRun>,
    /// The columns of its rows of `curves.parquet`.
    pub(crate) curves: Vec<(String, EncodedColumn)>,
}

/// A job of a block: read, or as it was.
enum BlockJob {
    New(Box<CollectedJob>),
    /// Its place in the old block.
    Old(usize),
}

impl<'a> BlockPlan<'a> {
    /// Finds out which jobs of a block have changed.
    pub(crate) fn new(
        number: u32,
        jobs: &'a [CollectJob],
        old: Option<OldBlock>,
        context: &SweepContext,
    ) -> Self {
        let is_changed = match &old {
            None => vec![true; jobs.len()],
            Some(old) => jobs.par_iter().map(|job| old.has_changed(*job, context)).collect(),
        };
        Self { number, jobs, old, is_changed }
    }

    /// Returns the old block if nothing has changed.
    pub(crate) fn unchanged(&self) -> Option<&OldBlock> {
        let old = self.old.as_ref()?;
        let is_same = old.block.index.jobs.len() == self.jobs.len();
        (is_same && !self.is_changed.contains(&true)).then_some(old)
    }

    /// Collects the block; `curves` is the table that the old block stands in.
    pub(crate) fn make(
        &self,
        context: &SweepContext,
        curves: Option<&OldTable>,
    ) -> io::Result<BuiltBlock> {
        let old_cells = self.old.as_ref().and_then(|old| old.block.cells());
        let old_rows = self.old.as_ref().and_then(|old| old.rows(curves));
        // What cannot be copied is read once more.
        let can_copy = old_cells.is_some() && old_rows.is_some();
        let work = self.jobs.par_iter().zip(&self.is_changed);
        let done = work.map_init(JobMemory::default, |memory, (job, is_changed)| {
            let at = self.old.as_ref().and_then(|old| old.find(*job));
            match at.filter(|_| !is_changed && can_copy) {
                Some(at) => BlockJob::Old(at),
                None => BlockJob::New(Box::new(self.read(*job, context, memory))),
            }
        });
        let done: Vec<BlockJob> = done.collect();
        self.assemble(done, old_cells.unwrap_or_default(), &old_rows.unwrap_or_default())
    }

    fn read(
        &self,
        job: CollectJob,
        context: &SweepContext,
        memory: &mut JobMemory,
    ) -> CollectedJob {
        let resume = self.old.as_ref().and_then(|old| {
            let kept = &old.block.index.jobs[old.find(job)?];
            old.block.resume(kept.resume?)
        });
        context.collect(job, resume.unwrap_or_default(), memory)
    }

    fn assemble(
        &self,
        done: Vec<BlockJob>,
        mut old_cells: BlockCells,
        old_rows: &CurveRows,
    ) -> io::Result<BuiltBlock> {
        let places = self.old.as_ref().map(OldBlock::places).unwrap_or_default();
        let (mut index, mut resumes) = (BlockIndex::default(), Vec::new());
        let (mut entries, mut columns) = (EntryList::default(), ColumnCollector::default());
        let (mut rows, cursor) = (CurveRows::default(), CurveCursor::new(old_rows));
        columns.reserve(done.len());
        for job in done {
            match (job, &self.old) {
                (BlockJob::New(job), _) => {
                    entries.push_new(job.entry);
                    columns.push(job.row);
                    job.curves.iter().for_each(|curve| rows.push(curve));
                    index.jobs.push(job.kept);
                    resumes.push(job.resume);
                }
                (BlockJob::Old(at), Some(old)) => {
                    let kept = old.block.index.jobs[at].clone();
                    let place = &places[at];
                    entries.push_old(kept.entry.is_some().then(|| place.entry.clone()));
                    columns.push_from(&mut old_cells, at);
                    rows.copy(&cursor, place.rows.clone());
                    let points = kept.resume.and_then(|range| old.block.resume(range));
                    resumes.push(points.unwrap_or_default());
                    index.jobs.push(kept);
                }
                (BlockJob::Old(_), None) => unreachable!("a job is old in an old block only"),
            }
        }
        let cells = columns.finish();
        index.columns = kinds(&cells);
        let curves = if rows.len() == 0 { Vec::new() } else { rows.into_columns() };
        let metrics = curves.iter().skip(FIXED.len());
        index.metrics = metrics.map(|(name, _)| name.clone()).collect();
        let encoded = curves.into_par_iter().map(|(name, chunk)| {
            let encoded = encode(&name, &chunk)?;
            Ok((name, encoded))
        });
        let curves = encoded.collect::<io::Result<_>>()?;
        Ok(BuiltBlock { index, cells, resumes, entries: entries.0, curves })
    }
}

/// The place of a job of an old block in the outputs.
struct JobLocation {
    entry: Range<u64>,
    rows: Range<usize>,
}

impl OldBlock {
    /// Returns the range of its entries in `sweep.json`, separators between them included.
    pub(crate) fn entries(&self) -> Option<Range<u64>> {
        let lens = self.block.index.jobs.iter().filter_map(|kept| kept.entry);
        let whole: u64 = lens.map(|len| len + SEPARATOR.len() as u64).sum();
        let end = self.entries_at + whole.checked_sub(SEPARATOR.len() as u64)?;
        Some(self.entries_at..end)
    }

    /// Counts its rows of `curves.parquet`.
    pub(crate) fn curve_rows(&self) -> usize {
        self.block.index.jobs.iter().map(|kept| kept.rows).sum()
    }

    fn find(&self, job: CollectJob) -> Option<usize> {
        self.block.index.jobs.binary_search_by_key(&job.id, |kept| kept.job_status.job).ok()
    }

    fn has_changed(&self, job: CollectJob, context: &SweepContext) -> bool {
        let kept = self.find(job).map(|at| &self.block.index.jobs[at]);
        kept.is_none_or(|kept| context.has_changed(job, kept))
    }

    fn places(&self) -> Vec<JobLocation> {
        let (mut entry, mut row) = (self.entries_at, 0);
        let places = self.block.index.jobs.iter().map(|kept| {
            let place = JobLocation {
                entry: entry..entry + kept.entry.unwrap_or(0),
                rows: row..row + kept.rows,
            };
            entry = place.entry.end + kept.entry.map_or(0, |_| SEPARATOR.len() as u64);
            row = place.rows.end;
            place
        });
        places.collect()
    }

    /// Reads its rows of `curves.parquet`; `None` if the table does not have them.
    fn rows(&self, curves: Option<&OldTable>) -> Option<CurveRows> {
        let Some(group) = self.group else { return Some(CurveRows::default()) };
        let table = curves?;
        let names: Vec<&str> = table.columns().collect();
        let column = |name: &str| {
            let at = names.iter().position(|known| *known == name)?;
            table.chunk(group, at).ok()
        };
        let fixed: Vec<ColumnChunk> =
            FIXED.iter().map(|(name, _)| column(name)).collect::<Option<_>>()?;
        let metrics = self.block.index.metrics.par_iter();
        let metrics = metrics.map(|name| Some((name.clone(), column(name)?)));
        let rows = CurveRows::from_chunks(fixed.try_into().ok()?, metrics.collect::<Option<_>>()?)?;
        (rows.len() == self.curve_rows()).then_some(rows)
    }
}

/// Runs of entries of `sweep.json`; neighbours of one kind are joined.
#[derive(Default)]
struct EntryList(Vec<EntryRun>);

impl EntryList {
    fn push_new(&mut self, entry: Option<Vec<u8>>) {
        let Some(entry) = entry else { return };
        match self.0.last_mut() {
            Some(EntryRun::New(entries)) => entries.push(entry),
            _ => self.0.push(EntryRun::New(vec![entry])),
        }
    }

    fn push_old(&mut self, entry: Option<Range<u64>>) {
        let Some(entry) = entry else { return };
        match self.0.last_mut() {
            Some(EntryRun::Old(range)) if range.end + SEPARATOR.len() as u64 == entry.start => {
                range.end = entry.end;
            }
            _ => self.0.push(EntryRun::Old(entry)),
        }
    }
}
