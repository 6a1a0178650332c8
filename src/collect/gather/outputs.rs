//! Writes the three files from blocks.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rayon::prelude::*;
use sweep_config::fs::{self, FsError};

use super::earlier::OldJobs;
use crate::collect::cache::{BlockCells, JobBlock};
use crate::collect::job_block::EntryRun;
use crate::collect::sweep_json_entry::{FOOT, HEAD, SEPARATOR};
use crate::collect::table::curves::FIXED;
use crate::collect::table::{
    ColumnChunk, ColumnPart, ColumnPiece, ColumnType, EncodedColumn, FACTS, OldTable, SpillFile,
    SpiltColumn, TableColumn, TableWriter, chunk, encode, schema,
};

/// The number of blocks in a row group of `sweep.parquet`.
const GROUP: usize = 16;

/// A block that is in the outputs.
pub(super) struct WrittenBlock {
    pub(super) number: u32,
    pub(super) block: JobBlock,
    pub(super) curves: BlockCurves,
}

/// The rows of a block in `curves.parquet`.
pub(super) enum BlockCurves {
    /// Columns that were encoded just now.
    New(Vec<(String, SpiltColumn)>),
    /// A row group of the old table, if the block has any rows.
    Old(Option<usize>),
}

/// The greatest number of parts of `sweep.json` that wait for its writer.
const WAITING: usize = 8;

/// The entries of `sweep.json` on their way to its writer; `None` is the end.
pub(super) struct EntryQueue {
    sender: SyncSender<Option<EntryRun>>,
    /// The range that is to be copied next, while it grows.
    old: Option<Range<u64>>,
}

impl EntryQueue {
    pub(super) fn new() -> (Self, Receiver<Option<EntryRun>>) {
        let (sender, receiver) = sync_channel(WAITING);
        (Self { sender, old: None }, receiver)
    }

    pub(super) fn put(&mut self, entries: EntryRun) -> io::Result<()> {
        match (entries, &mut self.old) {
            (EntryRun::Old(next), Some(old)) if old.end + SEPARATOR.len() as u64 == next.start => {
                old.end = next.end;
            }
            (EntryRun::Old(next), _) => {
                self.flush()?;
                self.old = Some(next);
            }
            (new @ EntryRun::New(_), _) => {
                self.flush()?;
                self.send(Some(new))?;
            }
        }
        Ok(())
    }

    /// Says that these were all entries; without it nothing becomes of the file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.send(None)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.old.take().map_or(Ok(()), |old| self.send(Some(EntryRun::Old(old))))
    }

    fn send(&self, entries: Option<EntryRun>) -> io::Result<()> {
        self.sender.send(entries).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Writes `sweep.json` from what the queue brings.
///
/// If the end of the queue never comes, the file stays as it is. That is no error here: whoever filled
/// the queue knows the reason.
pub(super) fn write_json(
    path: &Path,
    entries: &Receiver<Option<EntryRun>>,
    old: Option<&File>,
) -> Result<(), FsError> {
    let mut is_abandoned = false;
    let written = fs::replace_with(path, |file| {
        let mut json =
            SweepJsonWriter { out: BufWriter::with_capacity(1 << 20, file), old, is_begun: false };
        loop {
            match entries.recv() {
                Ok(Some(entries)) => json.put(entries)?,
                Ok(None) => return json.finish(),
                Err(stopped) => {
                    is_abandoned = true;
                    return Err(io::Error::other(stopped));
                }
            }
        }
    });
    if is_abandoned { Ok(()) } else { written }
}

/// Writes the framing and the entries of `sweep.json`.
struct SweepJsonWriter<'a, W: Write> {
    out: W,
    old: Option<&'a File>,
    is_begun: bool,
}

impl SweepJsonWriter<'_, BufWriter<&mut File>> {
    fn put(&mut self, entries: EntryRun) -> io::Result<()> {
        match entries {
            EntryRun::New(entries) => entries.iter().try_for_each(|entry| {
                self.separate()?;
                self.out.write_all(entry)
            }),
            EntryRun::Old(range) => {
                self.separate()?;
                let mut old = self.old.ok_or(io::ErrorKind::NotFound)?;
                self.out.flush()?;
                old.seek(SeekFrom::Start(range.start))?;
                let len = range.end - range.start;
                // From file to file: the system copies without our help.
                let copied = io::copy(&mut old.take(len), *self.out.get_mut())?;
                if copied == len { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
        }
    }

    fn separate(&mut self) -> io::Result<()> {
        let before = if self.is_begun { SEPARATOR } else { HEAD };
        self.is_begun = true;
        self.out.write_all(before)
    }

    fn finish(mut self) -> io::Result<()> {
        self.out.write_all(if self.is_begun { FOOT } else { b"[]\n" })?;
        self.out.flush()
    }
}

/// Writes `sweep.parquet` from the cells of the blocks; row groups of unchanged blocks are copied.
pub(super) fn write_jobs(
    out: &mut File,
    blocks: &[WrittenBlock],
    old: Option<&OldJobs>,
) -> io::Result<()> {
    let columns = schema(&FACTS, blocks.iter().flat_map(|b| &b.block.index.columns));
    let typed: Vec<(String, ColumnType)> =
        columns.iter().map(|c| (c.name.clone(), c.kind)).collect();
    let old = old.filter(|old| old.columns == columns);
    let mut table = TableWriter::new(BufWriter::with_capacity(1 << 20, out), &typed, None)?;
    for (number, group) in blocks.chunks(GROUP).enumerate() {
        if let Some(old) = old.filter(|old| old.has(number, group)) {
            table.group((0..columns.len()).map(|at| ColumnPiece::Old(&old.table, number, at)))?;
            continue;
        }
        let encoded = encode_group(&columns, group)?;
        table.group(encoded.iter().map(ColumnPiece::New))?;
    }
    table.finish()
}

impl OldJobs {
    /// True if these blocks, as they are, are the row group of that number.
    fn has(&self, number: usize, group: &[WrittenBlock]) -> bool {
        let theirs = self.blocks.chunks(GROUP).nth(number).unwrap_or_default();
        // The row group of an unchanged block in `curves.parquet` shows that it was not made anew.
        group.iter().all(|written| matches!(written.curves, BlockCurves::Old(_)))
            && group.iter().map(|written| &written.number).eq(theirs)
    }
}

fn encode_group(columns: &[TableColumn], group: &[WrittenBlock]) -> io::Result<Vec<EncodedColumn>> {
    let cells = group
        .par_iter()
        .map(|written| Some((written.block.index.jobs.len(), written.block.cells()?)));
    let cells: Option<Vec<(usize, BlockCells)>> = cells.collect();
    let cells =
        cells.ok_or_else(|| io::Error::other("the cache was deleted meanwhile; collect again"))?;
    let encoded = columns.par_iter().map(|column| {
        let parts: Vec<ColumnPart<'_>> = cells.iter().map(|block| part(column, block)).collect();
        encode(&column.name, &chunk(column, &parts))
    });
    encoded.collect()
}

fn part<'c>(column: &TableColumn, (rows, cells): &'c (usize, BlockCells)) -> ColumnPart<'c> {
    let at = cells.binary_search_by(|(name, _)| name.as_str().cmp(&column.name));
    at.map_or(ColumnPart::Missing(*rows), |at| ColumnPart::Values(&cells[at].1))
}

/// Writes `curves.parquet` from the pieces that were encoded just now or by an earlier collect.
pub(super) fn write_curves(
    out: &mut File,
    blocks: &[WrittenBlock],
    spill: &SpillFile,
    old: Option<&OldTable>,
) -> io::Result<()> {
    let metrics: BTreeSet<&String> = blocks.iter().flat_map(|b| &b.block.index.metrics).collect();
    let fixed = FIXED.iter().map(|(name, kind)| ((*name).to_owned(), *kind));
    let metrics = metrics.into_iter().map(|name| (name.clone(), ColumnType::Double));
    let columns: Vec<(String, ColumnType)> = fixed.chain(metrics).collect();
    let mut table =
        TableWriter::new(BufWriter::with_capacity(1 << 20, out), &columns, Some(spill))?;
    for written in blocks {
        let rows = written.block.index.jobs.iter().map(|kept| kept.rows).sum();
        if rows == 0 {
            continue;
        }
        let missing = |name: &str, kind| encode(name, &ColumnChunk::missing(kind, rows));
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

impl WrittenBlock {
    /// Returns a column of its rows of `curves.parquet`.
    fn piece<'p>(
        &'p self,
        name: &str,
        filler: Option<&'p EncodedColumn>,
        old: Option<&'p OldTable>,
    ) -> io::Result<ColumnPiece<'p>> {
        if let Some(encoded) = filler {
            return Ok(ColumnPiece::New(encoded));
        }
        let lost = || io::Error::other(format!("no column `{name}`"));
        match &self.curves {
            BlockCurves::New(spilt) => {
                let found = spilt.iter().find(|(known, _)| known == name);
                found.map(|(_, spilt)| ColumnPiece::Spilt(spilt)).ok_or_else(lost)
            }
            BlockCurves::Old(group) => {
                let (old, group) = old.zip(*group).ok_or_else(lost)?;
                let column = old.columns().position(|known| known == name).ok_or_else(lost)?;
                Ok(ColumnPiece::Old(old, group, column))
            }
        }
    }
}
