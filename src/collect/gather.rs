//! All jobs of a sweep to the three files, a block at a time, with what an earlier collect left.
//!
//! While a block is read, the one before it is written. `sweep.json` grows in order; the columns of
//! `curves.parquet` are encoded at once and wait in a spill file, because which columns there are is
//! known at the end only; the cells of `sweep.parquet` wait in the cache's own files.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use rayon::ThreadPool;
use rayon::prelude::*;
use sweep_config::SweepDir;
use sweep_config::fs::{self, FsError};

use super::block::{BLOCK, Entries, Made, Old, Plan, SEPARATOR};
use super::cache::{Block, BlockCells, Manifest};
use super::job::{Brief, Job, Sources};
use super::table::curves::FIXED;
use super::table::{
    Chunk, Column, Encoded, FACTS, OldTable, Part, Piece, Spill, Spilt, Table, Type, chunk, encode, schema,
};

/// How many blocks are one row group of `sweep.parquet`.
const GROUP: usize = 16;

/// What stands before the first entry of `sweep.json`, and behind the last.
const HEAD: &[u8] = b"[\n";
const FOOT: &[u8] = b"\n]\n";

/// The jobs of a sweep, to be collected.
pub(crate) struct Gather<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) jobs: &'a [Job],
    pub(crate) pool: &'a ThreadPool,
    /// What the outputs depend on besides the jobs' own files.
    pub(crate) key: u64,
}

/// What was found out about all jobs.
pub(crate) struct Gathered {
    pub(crate) briefs: Vec<Brief>,
    /// How many jobs were read.
    pub(crate) read: usize,
    pub(crate) written: Vec<PathBuf>,
}

/// What an earlier collect left that can be copied from.
#[derive(Default)]
struct Earlier {
    sweep_json: Option<File>,
    curves: Option<OldTable>,
    blocks: Vec<(u32, Old)>,
    /// How many of its blocks have no job any more.
    dropped: usize,
}

/// A block that is in the outputs.
struct Written {
    number: u32,
    block: Block,
    /// Its columns of `curves.parquet`, if they are new, and else its old row group.
    curves: Result<Vec<(String, Spilt)>, Option<usize>>,
}

impl Gather<'_> {
    /// Reads what has changed and leaves no trace.
    pub(crate) fn without_files(&self) -> Result<Gathered, FsError> {
        let failed = |e| FsError::new("read", self.sources.dir.path(), e);
        let mut earlier = Earlier::read(&self.sources.dir, self.key);
        self.pool.install(|| {
            let mut gathered = Gathered { briefs: Vec::new(), read: 0, written: Vec::new() };
            for plan in self.plans(&mut earlier) {
                gathered.read += plan.is_changed.iter().filter(|changed| **changed).count();
                let index = match plan.unchanged() {
                    Some(_) => plan.old.map(|old| old.block.index).unwrap_or_default(),
                    None => plan.make(self.sources, earlier.curves.as_ref()).map_err(failed)?.index,
                };
                gathered.briefs.extend(index.jobs.into_iter().map(|kept| kept.brief));
            }
            Ok(gathered)
        })
    }

    /// Reads what has changed, and brings the three files and the cache up to date; `progress` hears
    /// how many jobs are through.
    pub(crate) fn with_files(
        &self,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Gathered, FsError> {
        let dir = &self.sources.dir;
        let mut earlier = Earlier::read(dir, self.key);
        self.pool.install(|| {
            let plans = self.plans(&mut earlier);
            let changed = plans.iter().flat_map(|plan| &plan.is_changed);
            let read = changed.filter(|changed| **changed).count();
            if earlier.is_there() && plans.iter().all(|plan| plan.unchanged().is_some()) {
                let blocks = plans.into_iter().filter_map(|plan| plan.old);
                let kept = blocks.flat_map(|old| old.block.index.jobs);
                let briefs = kept.map(|kept| kept.brief).collect();
                return Ok(Gathered { briefs, read, written: Vec::new() });
            }
            fs::create_dir_all(&dir.collect_cache())?;
            let blocks = self.write(plans, &earlier, progress)?;
            let named = blocks.iter().map(|b| (b.number, b.block.name.clone())).collect();
            Manifest::new(dir, self.key, named).write(dir)?;
            let kept = blocks.into_iter().flat_map(|written| written.block.index.jobs);
            let written = vec![dir.sweep_json(), dir.sweep_parquet(), dir.curves_parquet()];
            Ok(Gathered { briefs: kept.map(|kept| kept.brief).collect(), read, written })
        })
    }

    /// The blocks, each with what an earlier collect made of it.
    fn plans(&self, earlier: &mut Earlier) -> Vec<Plan<'_>> {
        let mut old = std::mem::take(&mut earlier.blocks).into_iter().peekable();
        let chunks: Vec<&[Job]> =
            self.jobs.chunk_by(|a, b| a.id.0 / BLOCK == b.id.0 / BLOCK).collect();
        let paired: Vec<(u32, &[Job], Option<Old>)> = chunks
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
        plans.map(|(number, jobs, old)| Plan::new(number, jobs, old, self.sources)).collect()
    }

    fn write(
        &self,
        plans: Vec<Plan<'_>>,
        earlier: &Earlier,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Written>, FsError> {
        let dir = &self.sources.dir;
        let spill = tempfile::tempfile_in(dir.path());
        let spill = spill.map_err(|e| FsError::new("write in", dir.path(), e))?;
        let mut spill = Spill::new(spill);
        let mut blocks = Vec::with_capacity(plans.len());
        fs::replace_with(&dir.sweep_json(), |file| {
            let mut json = Json {
                out: BufWriter::with_capacity(1 << 20, file),
                old: &earlier.sweep_json,
                is_begun: false,
            };
            let mut pending: Option<(Plan<'_>, Option<Made>)> = None;
            let mut plans = plans.into_iter();
            loop {
                let next = plans.next();
                let make = || next.as_ref().map(|plan| self.make(plan, earlier)).transpose();
                let put = || match pending.take() {
                    Some((plan, made)) => {
                        progress(plan.jobs.len());
                        self.put(plan, made, &mut json, &mut spill).map(Some)
                    }
                    None => Ok(None),
                };
                let (made, put) = rayon::join(make, put);
                blocks.extend(put?);
                match (next, made?) {
                    (Some(plan), Some(made)) => pending = Some((plan, made)),
                    _ => break,
                }
            }
            json.finish()
        })?;
        let (jobs, curves) = rayon::join(
            || fs::replace_with(&dir.sweep_parquet(), |file| write_jobs(file, &blocks)),
            || {
                fs::replace_with(&dir.curves_parquet(), |file| {
                    write_curves(file, &blocks, &spill, earlier.curves.as_ref())
                })
            },
        );
        jobs.and(curves)?;
        Ok(blocks)
    }

    /// A block that must be made, made; `None` for one that can be copied.
    fn make(&self, plan: &Plan<'_>, earlier: &Earlier) -> io::Result<Option<Made>> {
        match plan.unchanged() {
            Some(_) => Ok(None),
            None => plan.make(self.sources, earlier.curves.as_ref()).map(Some),
        }
    }

    /// Puts a block into `sweep.json`, the spill file and the cache.
    fn put(
        &self,
        plan: Plan<'_>,
        made: Option<Made>,
        json: &mut Json<'_, BufWriter<&mut File>>,
        spill: &mut Spill,
    ) -> io::Result<Written> {
        let number = plan.number;
        let Some(made) = made else {
            let old = plan.old.ok_or_else(|| io::Error::other("a block that nobody made"))?;
            old.entries().map_or(Ok(()), |range| json.put(Entries::Old(range)))?;
            return Ok(Written { number, block: old.block, curves: Err(old.group) });
        };
        made.entries.into_iter().try_for_each(|entries| json.put(entries))?;
        let curves = made.curves.into_iter().map(|(name, encoded)| Ok((name, spill.add(encoded)?)));
        let curves = curves.collect::<io::Result<_>>()?;
        let block = Block::write(&self.sources.dir, self.key, made.index, &made.cells, made.resumes)
            .map_err(|e| e.source)?;
        Ok(Written { number, block, curves: Ok(curves) })
    }
}

impl Earlier {
    /// What there is to copy from; nothing unless all of it fits together.
    fn read(dir: &SweepDir, key: u64) -> Self {
        Self::open(dir, key).unwrap_or_default()
    }

    fn open(dir: &SweepDir, key: u64) -> Option<Self> {
        let manifest = Manifest::read(dir, key)?;
        let sweep_json = File::open(dir.sweep_json()).ok()?;
        let curves = File::open(dir.curves_parquet()).ok()?;
        // Another collect may have replaced the files since the manifest was compared with them.
        if !manifest.speaks_of(&sweep_json, &curves) {
            return None;
        }
        let open = |(number, name): &(u32, String)| {
            Some((*number, Block::open(dir, name, key)?))
        };
        let blocks: Option<Vec<_>> = manifest.blocks().par_iter().map(open).collect();
        let curves = OldTable::open(curves).ok()?;
        let blocks = places(blocks?);
        Some(Self { sweep_json: Some(sweep_json), curves: Some(curves), blocks, dropped: 0 })
    }

    fn is_there(&self) -> bool {
        self.sweep_json.is_some() && self.dropped == 0
    }
}

/// Where each block stands in the outputs.
fn places(blocks: Vec<(u32, Block)>) -> Vec<(u32, Old)> {
    let (mut entries_at, mut groups) = (HEAD.len() as u64, 0..);
    let placed = blocks.into_iter().map(|(number, block)| {
        let mut old = Old { block, entries_at, group: None };
        if old.curve_rows() > 0 {
            old.group = groups.next();
        }
        entries_at = old.entries().map_or(entries_at, |range| range.end + SEPARATOR.len() as u64);
        (number, old)
    });
    placed.collect()
}

/// `sweep.json` in the writing.
struct Json<'a, W: Write> {
    out: W,
    old: &'a Option<File>,
    is_begun: bool,
}

impl Json<'_, BufWriter<&mut File>> {
    fn put(&mut self, entries: Entries) -> io::Result<()> {
        self.out.write_all(if self.is_begun { SEPARATOR } else { HEAD })?;
        self.is_begun = true;
        match entries {
            Entries::New(bytes) => self.out.write_all(&bytes),
            Entries::Old(range) => {
                let mut old = self.old.as_ref().ok_or(io::ErrorKind::NotFound)?;
                self.out.flush()?;
                old.seek(SeekFrom::Start(range.start))?;
                let len = range.end - range.start;
                // From file to file: the system copies without our help.
                let copied = io::copy(&mut old.take(len), *self.out.get_mut())?;
                if copied == len { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
        }
    }

    fn finish(mut self) -> io::Result<()> {
        self.out.write_all(if self.is_begun { FOOT } else { b"[]\n" })?;
        self.out.flush()
    }
}

/// Writes `sweep.parquet` from the cells of the blocks.
fn write_jobs(out: &mut File, blocks: &[Written]) -> io::Result<()> {
    let columns = schema(&FACTS, blocks.iter().flat_map(|b| &b.block.index.columns));
    let typed: Vec<(String, Type)> = columns.iter().map(|c| (c.name.clone(), c.kind)).collect();
    let mut table = Table::new(BufWriter::new(out), &typed, None)?;
    for group in blocks.chunks(GROUP) {
        let cells: Option<Vec<(usize, BlockCells)>> = group
            .par_iter()
            .map(|written| Some((written.block.index.jobs.len(), written.block.cells()?)))
            .collect();
        let cells = cells.ok_or_else(|| io::Error::other("the cache vanished; collect again"))?;
        let encoded = columns.par_iter().map(|column| {
            let parts: Vec<Part<'_>> = cells.iter().map(|block| part(column, block)).collect();
            encode(&column.name, &chunk(column, &parts))
        });
        let encoded = encoded.collect::<io::Result<Vec<_>>>()?;
        table.group(encoded.iter().map(Piece::New))?;
    }
    table.finish()
}

fn part<'c>(column: &Column, (rows, cells): &'c (usize, BlockCells)) -> Part<'c> {
    let at = cells.binary_search_by(|(name, _)| name.as_str().cmp(&column.name));
    at.map_or(Part::Missing(*rows), |at| Part::Values(&cells[at].1))
}

/// Writes `curves.parquet` from the pieces that were encoded just now or by an earlier collect.
fn write_curves(
    out: &mut File,
    blocks: &[Written],
    spill: &Spill,
    old: Option<&OldTable>,
) -> io::Result<()> {
    let metrics: BTreeSet<&String> = blocks.iter().flat_map(|b| &b.block.index.metrics).collect();
    let fixed = FIXED.iter().map(|(name, kind)| ((*name).to_owned(), *kind));
    let metrics = metrics.into_iter().map(|name| (name.clone(), Type::Double));
    let columns: Vec<(String, Type)> = fixed.chain(metrics).collect();
    let mut table = Table::new(BufWriter::with_capacity(1 << 20, out), &columns, Some(spill))?;
    for written in blocks {
        let rows = written.block.index.jobs.iter().map(|kept| kept.rows).sum();
        if rows == 0 {
            continue;
        }
        let missing = |name: &str, kind| encode(name, &Chunk::missing(kind, rows));
        let filler = columns.iter().map(|(name, kind)| {
            let has = FIXED.iter().any(|(fixed, _)| fixed == name)
                || written.block.index.metrics.binary_search(name).is_ok();
            if has { Ok(None) } else { missing(name, *kind).map(Some) }
        });
        let filler = filler.collect::<io::Result<Vec<_>>>()?;
        let pieces = columns.iter().zip(&filler);
        let pieces = pieces.map(|((name, _), filler)| written.piece(name, filler.as_ref(), old));
        let pieces = pieces.collect::<io::Result<Vec<_>>>()?;
        table.group(pieces.into_iter())?;
    }
    table.finish()
}

impl Written {
    /// A column of its rows of `curves.parquet`.
    fn piece<'p>(
        &'p self,
        name: &str,
        filler: Option<&'p Encoded>,
        old: Option<&'p OldTable>,
    ) -> io::Result<Piece<'p>> {
        if let Some(encoded) = filler {
            return Ok(Piece::New(encoded));
        }
        let lost = || io::Error::other(format!("no column `{name}`"));
        match &self.curves {
            Ok(spilt) => {
                let found = spilt.iter().find(|(known, _)| known == name);
                found.map(|(_, spilt)| Piece::Spilt(spilt)).ok_or_else(lost)
            }
            Err(group) => {
                let (old, group) = old.zip(*group).ok_or_else(lost)?;
                let column = old.columns().position(|known| known == name).ok_or_else(lost)?;
                Ok(Piece::Old(old, group, column))
            }
        }
    }
}
