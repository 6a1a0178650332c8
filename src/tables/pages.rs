//! The pages of a column in one row group: found and decompressed by the `parquet` crate, decoded here.
//!
//! That crate's decoders trust a page: on damaged ones they index out of bounds and assert, and a panic has
//! printed its message before anybody can catch it. Here damage is an error like any other.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use super::cells::{CellSource, PageCell, StoredType};
use super::hybrid::HybridDecoder;

/// Takes the cells of a column, row by row.
pub(super) trait CellSink {
    /// Takes the cell of the next rows, so many; `None` is a missing one.
    fn put(&mut self, cell: Option<PageCell<'_>>, times: usize);

    /// True if no further cell makes a difference.
    fn is_full(&self) -> bool {
        false
    }
}

/// The bytes of one column in one row group, and where in the file they begin.
pub(super) struct ChunkBytes {
    pub(super) start: u64,
    pub(super) bytes: Bytes,
}

impl Length for ChunkBytes {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for ChunkBytes {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let at = start.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        let at = at.filter(|at| *at <= self.bytes.len()).ok_or_else(|| short("a page"))?;
        Ok(self.bytes.slice(at..).reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let rest = self.get_read(start)?.into_inner();
        if rest.len() < length {
            return Err(short("a page"));
        }
        Ok(rest.slice(..length))
    }
}

/// Returns where the bytes of a column chunk are; an error if its description has no such place.
pub(super) fn place(chunk: &ColumnChunkMetaData) -> Result<(u64, usize)> {
    let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
    Ok((u64::try_from(start)?, usize::try_from(chunk.compressed_size())?))
}

/// A column chunk to be decoded.
pub(super) struct EncodedChunk<'a> {
    pub(super) metadata: &'a ColumnChunkMetaData,
    pub(super) stored: StoredType,
    /// The number of its rows.
    pub(super) rows: usize,
}

impl EncodedChunk<'_> {
    /// Puts the cells of some of its rows into a sink.
    ///
    /// # Errors
    ///
    /// When a page is damaged or of an encoding that is not known here.
    pub(super) fn decode(
        &self,
        bytes: ChunkBytes,
        rows: &Range<usize>,
        sink: &mut impl CellSink,
    ) -> Result<()> {
        let mut pages = SerializedPageReader::new(Arc::new(bytes), self.metadata, self.rows, None)?;
        let mut next = pages.get_next_page()?;
        let (mut buffer, mut words) = (Bytes::new(), 0);
        if let Some(Page::DictionaryPage { buf, num_values, .. }) = next {
            (buffer, words) = (buf, num_values);
            next = pages.get_next_page()?;
        }
        let mut plain = CellSource::plain(self.stored, &buffer);
        let words = (0..words).map(|_| Some(plain.next(1)?.0));
        let dictionary: Vec<PageCell<'_>> =
            words.collect::<Option<_>>().ok_or_else(|| short("a dictionary"))?;
        let mut first = 0;
        while let Some(page) = next.take() {
            let page = DataPage::of(page, self.metadata.column_descr().max_def_level() > 0)?;
            let end = first + page.rows;
            if end > self.rows {
                return Err(damage("a page has more rows than its row group"));
            }
            if first < rows.end && rows.start < end {
                page.decode(self.stored, &dictionary, (first, rows), sink)?;
            }
            first = end;
            if first >= rows.end || sink.is_full() {
                return Ok(());
            }
            next = pages.get_next_page()?;
        }
        Err(short("a row group"))
    }
}

/// A page of values.
struct DataPage {
    rows: usize,
    encoding: Encoding,
    /// Which rows have a value; all where there is nothing.
    levels: Option<Bytes>,
    values: Bytes,
}

impl DataPage {
    fn of(page: Page, is_nullable: bool) -> Result<Self> {
        match page {
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                let rows = usize::try_from(num_values)?;
                if !is_nullable {
                    return Ok(Self { rows, encoding, levels: None, values: buf });
                }
                if def_level_encoding != Encoding::RLE {
                    return Err(damage("its levels are not run lengths"));
                }
                let length = *buf.first_chunk::<4>().ok_or_else(|| short("a page"))?;
                let levels = buf.slice(4..);
                let (levels, values) =
                    split(&levels, usize::try_from(u32::from_le_bytes(length))?)?;
                Ok(Self { rows, encoding, levels: Some(levels), values })
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let (_, rest) = split(&buf, usize::try_from(rep_levels_byte_len)?)?;
                let (levels, values) = split(&rest, usize::try_from(def_levels_byte_len)?)?;
                let levels = is_nullable.then_some(levels);
                Ok(Self { rows: usize::try_from(num_values)?, encoding, levels, values })
            }
            Page::DictionaryPage { .. } => Err(damage("a second dictionary")),
        }
    }

    /// Puts its cells into a sink, of the rows that are asked for; `first` is the number of its first row.
    fn decode(
        &self,
        stored: StoredType,
        dictionary: &[PageCell<'_>],
        (first, asked): (usize, &Range<usize>),
        sink: &mut impl CellSink,
    ) -> Result<()> {
        let mut values = self.source(stored, dictionary)?;
        let mut levels = self.levels.as_ref().and_then(|bytes| HybridDecoder::new(bytes, 1));
        let end = (first + self.rows).min(asked.end);
        let mut at = first;
        let mut put = |cell: Option<PageCell<'_>>, at: usize, times: usize| {
            let times = (at + times).saturating_sub(at.max(asked.start));
            if times > 0 {
                sink.put(cell, times);
            }
        };
        while at < end {
            let (level, times) = match &mut levels {
                Some(levels) => levels.next(end - at).ok_or_else(|| short("a page"))?,
                None => (1, end - at),
            };
            if level == 0 {
                put(None, at, times);
                at += times;
                continue;
            }
            let last = at + times;
            while at < last {
                let (cell, times) = values.next(last - at).ok_or_else(|| short("a page"))?;
                put(Some(cell), at, times);
                at += times;
            }
        }
        Ok(())
    }

    fn source<'a>(
        &'a self,
        stored: StoredType,
        dictionary: &'a [PageCell<'a>],
    ) -> Result<CellSource<'a>> {
        let bytes = &self.values;
        match self.encoding {
            Encoding::PLAIN => Ok(CellSource::plain(stored, bytes)),
            Encoding::BYTE_STREAM_SPLIT => Ok(CellSource::Split { stored, bytes, at: 0 }),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                // A page without a value may lack the width.
                let (width, rest) = bytes.split_first().unwrap_or((&0, &[]));
                let places = HybridDecoder::new(rest, *width);
                let places = places.ok_or_else(|| damage("places of more than 32 bits"))?;
                Ok(CellSource::Places { places, dictionary })
            }
            Encoding::RLE if stored == StoredType::Bool => {
                let runs = bytes.get(4..).and_then(|bytes| HybridDecoder::new(bytes, 1));
                runs.map(CellSource::Truths).ok_or_else(|| short("a page"))
            }
            encoding => Err(damage(&format!("unknown encoding {encoding}"))),
        }
    }
}

fn split(bytes: &Bytes, at: usize) -> Result<(Bytes, Bytes)> {
    if at > bytes.len() {
        return Err(short("a page"));
    }
    Ok((bytes.slice(..at), bytes.slice(at..)))
}

fn short(what: &str) -> ParquetError {
    damage(&format!("{what} is truncated or damaged"))
}

fn damage(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}
