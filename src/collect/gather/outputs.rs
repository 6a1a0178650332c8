//! The three files, put together from blocks.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rayon::prelude::*;
use sweep_config::fs::{self, FsError};

use super::earlier::OldJobs;
use crate::collect::block::{Entries, SEPARATOR};
use crate::collect::cache::{Block, BlockCells};
use crate::collect::table::curves::FIXED;
use crate::collect::table::{
    Chunk, Column, Encoded, FACTS, OldTable, Part, Piece, Spill, Spilt, Table, Type, chunk, encode,
    schema,
};

/// How many blocks are one row group of `sweep.parquet`.
const GROUP: usize = 16;

/// What stands before the first entry of `sweep.json`, and behind the last.
pub(super) const HEAD: &[u8] = b"[\n";
const FOOT: &[u8] = b"\n]\n";

/// A block that is in the outputs.
pub(super) struct Written {
    pub(super) number: u32,
    pub(super) block: Block,
    /// Its columns of `curves.parquet`, if they are new, and else its old row group.
    pub(super) curves: Result<Vec<(String, Spilt)>, Option<usize>>,
}

/// How many parts of `sweep.json` may wait for its writer.
const WAITING: usize = 8;

/// The entries of `sweep.json` on their way to its writer; `None` is the end.
pub(super) struct Queue {
    sender: SyncSender<Option<Entries>>,
    /// What is to be copied next, as long as it grows.
    old: Option<Range<u64>>,
}

impl Queue {
    pub(super) fn new() -> (Self, Receiver<Option<Entries>>) {
        let (sender, receiver) = sync_channel(WAITING);
        (Self { sender, old: None }, receiver)
    }

    pub(super) fn put(&mut self, entries: Entries) -> io::Result<()> {
        match (entries, &mut self.old) {
            (Entries::Old(next), Some(old)) if old.end + SEPARATOR.len() as u64 == next.start => {
                old.end = next.end;
            }
            (Entries::Old(next), _) => {
                self.flush()?;
                self.old = Some(next);
            }
            (new @ Entries::New(_), _) => {
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
        self.old.take().map_or(Ok(()), |old| self.send(Some(Entries::Old(old))))
    }

    fn send(&self, entries: Option<Entries>) -> io::Result<()> {
        self.sender.send(entries).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Writes `sweep.json` from what the queue brings; the file stays as it is if its end never comes.
pub(super) fn write_json(
    path: &Path,
    entries: &Receiver<Option<Entries>>,
    old: Option<&File>,
) -> Result<(), FsError> {
    fs::replace_with(path, |file| {
        let mut json = Json { out: BufWriter::with_capacity(1 << 20, file), old, is_begun: false };
        while let Some(entries) = entries.recv().map_err(|_| io::ErrorKind::Interrupted)? {
            json.put(entries)?;
        }
        json.finish()
    })
}

/// `sweep.json` in the writing.
struct Json<'a, W: Write> {
    out: W,
    old: Option<&'a File>,
    is_begun: bool,
}

impl Json<'_, BufWriter<&mut File>> {
    fn put(&mut self, entries: Entries) -> io::Result<()> {
        match entries {
            Entries::New(entries) => entries.iter().try_for_each(|entry| {
                self.separate()?;
                self.out.write_all(entry)
            }),
            Entries::Old(range) => {
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
    blocks: &[Written],
    old: Option<&OldJobs>,
) -> io::Result<()> {
    let columns = schema(&FACTS, blocks.iter().flat_map(|b| &b.block.index.columns));
    let typed: Vec<(String, Type)> = columns.iter().map(|c| (c.name.clone(), c.kind)).collect();
    let old = old.filter(|old| old.columns == columns);
    let mut table = Table::new(BufWriter::with_capacity(1 << 20, out), &typed, None)?;
    for (number, group) in blocks.chunks(GROUP).enumerate() {
        if let Some(old) = old.filter(|old| old.has(number, group)) {
            table.group((0..columns.len()).map(|at| Piece::Old(&old.table, number, at)))?;
            continue;
        }
        let encoded = encode_group(&columns, group)?;
        table.group(encoded.iter().map(Piece::New))?;
    }
    table.finish()
}

impl OldJobs {
    /// True if and only if these blocks, as they are, are the row group of that number.
    fn has(&self, number: usize, group: &[Written]) -> bool {
        let theirs = self.blocks.chunks(GROUP).nth(number).unwrap_or_default();
        // The row group of an unchanged block in `curves.parquet` shows that it was not made anew.
        group.iter().all(|written| written.curves.is_err())
            && group.iter().map(|written| &written.number).eq(theirs)
    }
}

fn encode_group(columns: &[Column], group: &[Written]) -> io::Result<Vec<Encoded>> {
    let cells = group
        .par_iter()
        .map(|written| Some((written.block.index.jobs.len(), written.block.cells()?)));
    let cells: Option<Vec<(usize, BlockCells)>> = cells.collect();
    let cells = cells.ok_or_else(|| io::Error::other("the cache vanished; collect again"))?;
    let encoded = columns.par_iter().map(|column| {
        let parts: Vec<Part<'_>> = cells.iter().map(|block| part(column, block)).collect();
        encode(&column.name, &chunk(column, &parts))
    });
    encoded.collect()
}

fn part<'c>(column: &Column, (rows, cells): &'c (usize, BlockCells)) -> Part<'c> {
    let at = cells.binary_search_by(|(name, _)| name.as_str().cmp(&column.name));
    at.map_or(Part::Missing(*rows), |at| Part::Values(&cells[at].1))
}

/// Writes `curves.parquet` from the pieces that were encoded just now or by an earlier collect.
pub(super) fn write_curves(
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
