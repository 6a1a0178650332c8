//! The three files, put together from blocks.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use rayon::prelude::*;

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

/// `sweep.json` in the writing.
pub(super) struct Json<'a, W: Write> {
    pub(super) out: W,
    pub(super) old: &'a Option<File>,
    pub(super) is_begun: bool,
}

impl Json<'_, BufWriter<&mut File>> {
    pub(super) fn put(&mut self, entries: Entries) -> io::Result<()> {
        match entries {
            Entries::New(entries) => entries.iter().try_for_each(|entry| {
                self.separate()?;
                self.out.write_all(entry)
            }),
            Entries::Old(range) => {
                self.separate()?;
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

    fn separate(&mut self) -> io::Result<()> {
        let before = if self.is_begun { SEPARATOR } else { HEAD };
        self.is_begun = true;
        self.out.write_all(before)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.write_all(if self.is_begun { FOOT } else { b"[]\n" })?;
        self.out.flush()
    }
}

/// Writes `sweep.parquet` from the cells of the blocks.
pub(super) fn write_jobs(out: &mut File, blocks: &[Written]) -> io::Result<()> {
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
