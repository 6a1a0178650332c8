//! Runs of Weights & Biases, as its library writes them with or without a network (`run-*.wandb`).
//!
//! A file is a head of 7 bytes and then blocks of 32 KiB of `LevelDB`'s log format: pieces of records, each with its
//! CRC-32 (4 bytes), its length (2) and its kind (1: whole, 2 to 4: first, middle, last), little-endian; fewer than 7
//! bytes at the end of a block are padding (`wandb/sdk/internal/datastore.py`). A record is a protocol buffer
//! (`wandb_internal.proto`), of which the rows of the history (2) and of the summary (3) matter: items (1) with a key (1)
//! or its parts (2) and a value as JSON (16) or as itself (4 to 7).

use std::borrow::Cow;
use std::io::{self, Read};

use super::protobuf::{ProtoField, ProtoMessage, array};
use super::record::{LogRecord, PlaceSource, RecordFields};
use super::tensorboard::fill;
use super::{LogFileReader, RecordSink, UnreadTail, generic, jsonl};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::{LogValue, parse_json};

/// The reader of runs.
pub(crate) struct WandbReader;

impl WandbReader {
    /// The files that are looked for if `FILES` names none.
    pub(crate) const USUAL_FILES: &[&str] = &["**/run-*.wandb"];

    /// The bytes that a file begins with: its name, and a number; its version follows.
    pub(crate) const MAGIC: &[u8] = b":W&B\xe1\xbe";
}

/// The length of the head of a file.
const FILE_HEAD: usize = 7;

const BLOCK: u64 = 32 << 10;

/// The bytes before a piece of a record.
const HEAD: usize = 7;

/// A larger record is a file or worse.
const MAX_RECORD: usize = 64 << 20;

/// The longest text that is kept, in bytes.
const LONGEST_TEXT: usize = 256;

/// The type of the summary's values.
const SUMMARY: &str = "wandb_summary";

/// The next record of a file.
enum NextRecord {
    Whole,
    /// It was left out, since it is too large.
    TooLarge,
    End,
    Torn,
    /// A checksum is wrong, or a length: the block is of no use from there on.
    Damaged,
}

impl LogFileReader for WandbReader {
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut RecordSink<'_>,
    ) -> io::Result<UnreadTail> {
        let mut at = sink.progress.position.offset;
        if at == 0 {
            let mut head = [0; FILE_HEAD];
            let read = fill(input, &mut head)?;
            if read < head.len() {
                let defect = UnreadTail::defective(DiagnosticKind::Torn);
                return Ok(if read == 0 { UnreadTail::default() } else { defect });
            }
            if !head.starts_with(Self::MAGIC) {
                return Ok(UnreadTail::defective(DiagnosticKind::BadFrame));
            }
            at = head.len() as u64;
        }
        loop {
            let number = sink.progress.position.number();
            match next_record(input, &mut at, buffer)? {
                NextRecord::Whole if record(buffer, number, sink).is_none() => {
                    sink.report(DiagnosticKind::NotARecord, number);
                }
                NextRecord::Whole => {}
                NextRecord::TooLarge => sink.report(DiagnosticKind::LongLine, number),
                NextRecord::Damaged => {
                    let rest = (BLOCK - at % BLOCK) % BLOCK;
                    if io::copy(&mut input.take(rest), &mut io::sink())? < rest {
                        return Ok(UnreadTail::defective(DiagnosticKind::BadFrame));
                    }
                    sink.report(DiagnosticKind::BadFrame, number);
                    at += rest;
                }
                NextRecord::Torn => return Ok(UnreadTail::defective(DiagnosticKind::Torn)),
                NextRecord::End => return Ok(UnreadTail::default()),
            }
            sink.progress.position.lines += 1;
            sink.progress.position.offset = at;
        }
    }
}

/// Shows `take` all whole records of a file; false of one that is not of Weights & Biases.
pub(super) fn each_record(input: &mut dyn Read, take: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
    let mut head = [0; FILE_HEAD];
    if fill(input, &mut head)? < head.len() || !head.starts_with(WandbReader::MAGIC) {
        return Ok(false);
    }
    let (mut at, mut buffer) = (head.len() as u64, Vec::new());
    loop {
        match next_record(input, &mut at, &mut buffer)? {
            NextRecord::Whole => take(&buffer),
            NextRecord::TooLarge => {}
            NextRecord::Damaged => {
                let rest = (BLOCK - at % BLOCK) % BLOCK;
                if io::copy(&mut input.take(rest), &mut io::sink())? < rest {
                    return Ok(true);
                }
                at += rest;
            }
            NextRecord::Torn | NextRecord::End => return Ok(true),
        }
    }
}

/// Reads the pieces of the next record into `buffer`; `at` is where they begin in the file, and then where they end.
fn next_record(input: &mut dyn Read, at: &mut u64, buffer: &mut Vec<u8>) -> io::Result<NextRecord> {
    let (mut is_begun, mut is_too_large) = (false, false);
    buffer.clear();
    loop {
        let left = usize::try_from(BLOCK - *at % BLOCK).unwrap_or(0);
        let mut head = [0; HEAD];
        if left < HEAD {
            let read = fill(input, &mut head[..left])?;
            if read < left {
                return Ok(if is_begun { NextRecord::Torn } else { NextRecord::End });
            }
            *at += left as u64;
            continue;
        }
        let read = fill(input, &mut head)?;
        if read < HEAD {
            return Ok(if read == 0 && !is_begun { NextRecord::End } else { NextRecord::Torn });
        }
        *at += HEAD as u64;
        let (len, kind) = (usize::from(u16::from_le_bytes([head[4], head[5]])), head[6]);
        if len > left - HEAD {
            return Ok(NextRecord::Damaged);
        }
        let start = if matches!(kind, 1 | 2) { 0 } else { buffer.len() };
        buffer.resize(start + len, 0);
        let read = fill(input, &mut buffer[start..])?;
        if read < len {
            return Ok(NextRecord::Torn);
        }
        *at += len as u64;
        let mut crc = crc32fast::Hasher::new();
        crc.update(&[kind]);
        crc.update(&buffer[start..]);
        if crc.finalize() != u32::from_le_bytes(array(&head[..4])) {
            return Ok(NextRecord::Damaged);
        }
        is_begun |= kind == 2;
        is_too_large |= buffer.len() > MAX_RECORD;
        match kind {
            1 => return Ok(NextRecord::Whole),
            4 if is_too_large => return Ok(NextRecord::TooLarge),
            4 if is_begun => return Ok(NextRecord::Whole),
            // The rest of a record whose beginning is lost, or of one that is too large.
            _ if !is_begun || is_too_large => buffer.clear(),
            _ => {}
        }
    }
}

/// Takes a record; `None` where it is no protocol buffer.
fn record(data: &[u8], number: u64, sink: &mut RecordSink<'_>) -> Option<()> {
    for field in ProtoMessage(data) {
        match field? {
            (2, ProtoField::Bytes(history)) => {
                let fields = items(history)?;
                generic::add(sink, None, fields, number);
            }
            (3, ProtoField::Bytes(summary)) => {
                let fields = items(summary)?.into_iter();
                let fields = fields.filter(|(name, _)| !matches!(name.as_ref(), "step" | "_step"));
                let (kind, fields) = (Cow::Borrowed(SUMMARY), fields.collect());
                sink.latest(LogRecord { kind, fields, place: PlaceSource::Once }, number);
            }
            _ => {}
        }
    }
    Some(())
}

/// Returns the named values of a row; `None` where it is no protocol buffer.
fn items(row: &[u8]) -> Option<RecordFields<'static>> {
    let mut fields = RecordFields::new();
    let mut step = None;
    for field in ProtoMessage(row) {
        match field? {
            (1, ProtoField::Bytes(bytes)) => {
                let (name, value) = item(bytes)?;
                // Its own clocks are no metrics.
                if !matches!(name.as_str(), "_timestamp" | "_runtime")
                    && !name.starts_with("_wandb")
                {
                    jsonl::flatten(&mut fields, Cow::Owned(name), value);
                }
            }
            (2, ProtoField::Bytes(bytes)) => {
                for field in ProtoMessage(bytes) {
                    if let (1, ProtoField::Varint(number)) = field? {
                        step = Some(number.cast_signed());
                    }
                }
            }
            _ => {}
        }
    }
    let is_long =
        |value: &LogValue| matches!(value, LogValue::Text(text) if text.len() > LONGEST_TEXT);
    fields.retain(|(_, value)| !is_long(value));
    let place = |name: &str| fields.iter().position(|(known, _)| known == name);
    match (place("_step"), place("step")) {
        (Some(at), None) => fields[at].0 = Cow::Borrowed("step"),
        (None, None) => {
            fields.extend(step.map(|step| (Cow::Borrowed("step"), LogValue::Int(step))));
        }
        _ => {}
    }
    Some(fields)
}

/// Returns the name and the value of an item; media, which are mappings with a `_type`, are null.
pub(super) fn item(bytes: &[u8]) -> Option<(String, LogValue)> {
    let (mut parts, mut value) = (Vec::new(), LogValue::Null);
    for field in ProtoMessage(bytes) {
        match field? {
            (1 | 2, ProtoField::Bytes(text)) => {
                parts.push(String::from_utf8_lossy(text).into_owned());
            }
            (4, ProtoField::Varint(truth)) => value = LogValue::Bool(truth != 0),
            (5, ProtoField::Varint(zigzag)) => {
                value = LogValue::Int((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed());
            }
            (6, ProtoField::Fixed64(bytes)) => value = LogValue::Float(f64::from_le_bytes(bytes)),
            (7, ProtoField::Bytes(text)) => value = LogValue::text(&String::from_utf8_lossy(text)),
            (8 | 16, ProtoField::Bytes(json)) => {
                value = parse_json(json).unwrap_or(LogValue::Null);
            }
            _ => {}
        }
    }
    let is_media = |nested: &sweep_config::Value| nested.get_path("_type").is_some();
    if matches!(&value, LogValue::Nested(nested) if is_media(nested)) {
        value = LogValue::Null;
    }
    parts.retain(|part| !part.is_empty());
    Some((parts.join("."), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{LoggedType, read_text};

    /// A piece of a record, as `LevelDB` frames it.
    fn piece(kind: u8, data: &[u8]) -> Vec<u8> {
        let mut crc = crc32fast::Hasher::new();
        crc.update(&[kind]);
        crc.update(data);
        let len = u16::try_from(data.len()).unwrap().to_le_bytes();
        [&crc.finalize().to_le_bytes()[..], &len, &[kind], data].concat()
    }

    /// A message's field of bytes.
    fn field(number: u8, data: &[u8]) -> Vec<u8> {
        let len = u8::try_from(data.len()).unwrap();
        [&[number << 3 | 2, len][..], data].concat()
    }

    fn history(step: u8, loss: &str) -> Vec<u8> {
        let json = [&[0x82, 0x01, u8::try_from(loss.len()).unwrap()][..], loss.as_bytes()].concat();
        let loss = field(1, &[field(2, b"val"), field(2, b"loss"), json].concat());
        let step = field(1, &[field(1, b"_step"), vec![0x28, 2 * step]].concat());
        field(2, &[loss, step].concat())
    }

    #[test]
    fn a_damaged_piece_costs_its_block_and_no_more() {
        let mut bytes = [
            WandbReader::MAGIC.to_vec(),
            vec![0],
            piece(1, &history(0, "0.5")),
            piece(1, &history(1, "0.25")),
        ]
        .concat();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        bytes.resize(usize::try_from(BLOCK).unwrap(), 0);
        let (first, rest) = (history(2, "NaN"), history(2, "NaN").split_off(5));
        bytes.extend([piece(2, &first[..5]), piece(4, &rest), piece(1, &history(3, "1"))].concat());
        bytes.extend(&piece(1, &history(4, "2"))[..12]);
        let (log, diagnostics) = read_text(&WandbReader, "wandb", &bytes);
        let Some(LoggedType::Series(series)) = log.get("wandb") else { panic!("no rows") };
        let at = series.names.iter().position(|name| name == "val.loss").unwrap();
        let values: Vec<(i64, f64)> = series
            .rows()
            .iter()
            .map(|row| (row.at.epoch, row.value(at).number().unwrap()))
            .collect();
        assert_eq!((values[0], values[2], values.len()), ((0, 0.5), (3, 1.0), 3));
        assert!(values[1].0 == 2 && values[1].1.is_nan());
        let kinds: Vec<DiagnosticKind> =
            diagnostics.kinds().iter().map(|(kind, ..)| *kind).collect();
        assert_eq!(kinds, [DiagnosticKind::Torn, DiagnosticKind::BadFrame]);
    }

    #[test]
    fn what_is_no_run_is_told_so() {
        let (log, diagnostics) = read_text(&WandbReader, "wandb", b"epoch,loss\n1,2\n");
        assert!(log.is_empty());
        assert_eq!(diagnostics.kinds()[0].0, DiagnosticKind::BadFrame);
    }
}
