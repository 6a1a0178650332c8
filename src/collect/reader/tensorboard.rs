//! `TensorBoard`'s event files: the scalars of every step, by tag.
//!
//! A file is a sequence of `TFRecord` frames: the length (8 bytes), the masked CRC-32C of the length,
//! the data, the masked CRC-32C of the data, all little-endian (`tensorflow/core/lib/io/record_writer.h`).
//! The data is an `Event` (`tensorflow/core/util/event.proto`), a protocol buffer: of its fields only the
//! step (2) and the summary (5) matter, and of that each value's tag (1), its plain number (2), or its
//! tensor (8) of one number, which is how `TensorFlow` 2 writes a scalar. Images, histograms and texts
//! are passed over.

use std::borrow::Cow;
use std::io::{self, Read};

use super::lines::read_some;
use super::record::{LogRecord, PlaceSource};
use super::{LogFileReader, RecordSink, UnreadTail};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::LogValue;

/// The reader of event files.
pub(crate) struct TensorBoardReader;

/// A larger frame is an image or worse.
const MAX_FRAME: u64 = 64 << 20;

/// The length and its checksum; the checksum behind the data.
const HEAD: usize = 12;
const TAIL: usize = 4;

impl LogFileReader for TensorBoardReader {
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut RecordSink<'_>,
    ) -> io::Result<UnreadTail> {
        let mut head = [0; HEAD];
        loop {
            let number = sink.progress.position.number();
            let read = fill(input, &mut head)?;
            if read < HEAD {
                let rest = if read == 0 {
                    UnreadTail::default()
                } else {
                    unfinished(DiagnosticKind::Torn, buffer)
                };
                return Ok(rest);
            }
            let len = u64::from_le_bytes(array(&head[..8]));
            if unmasked(array(&head[8..])) != crc32c::crc32c(&head[..8]) {
                // Where the next frame begins is not known: nothing more can be read.
                return Ok(unfinished(DiagnosticKind::BadFrame, buffer));
            }
            let whole = usize::try_from(len).ok().and_then(|len| len.checked_add(TAIL));
            let is_whole = match whole.filter(|_| len <= MAX_FRAME) {
                Some(whole) => {
                    buffer.resize(buffer.len().max(whole), 0);
                    fill(input, &mut buffer[..whole])? == whole
                }
                None => skip(input, len.saturating_add(TAIL as u64))?,
            };
            if !is_whole {
                return Ok(unfinished(DiagnosticKind::Torn, buffer));
            }
            match whole.filter(|_| len <= MAX_FRAME) {
                Some(whole) => frame(&buffer[..whole], number, sink),
                None => sink.report(DiagnosticKind::LongLine, number),
            }
            sink.progress.position.lines += 1;
            sink.progress.position.offset += len.saturating_add((HEAD + TAIL) as u64);
        }
    }

    fn rest(&self, rest: &[u8], sink: &mut RecordSink<'_>) {
        let number = sink.progress.position.number();
        let kind = if rest == [BAD] { DiagnosticKind::BadFrame } else { DiagnosticKind::Torn };
        sink.report(kind, number);
    }
}

/// What stands in the buffer for a rest that cannot be read on.
const BAD: u8 = 1;

/// The rest of a file that cannot be read (any more, or not yet): the next reading meets it again, so
/// that it is reported of the rest alone.
fn unfinished(kind: DiagnosticKind, buffer: &mut Vec<u8>) -> UnreadTail {
    buffer.resize(buffer.len().max(1), 0);
    buffer[0] = u8::from(kind == DiagnosticKind::BadFrame) * BAD;
    UnreadTail { len: 1, is_too_long: false }
}

/// The data of a frame and its checksum.
fn frame(frame: &[u8], number: u64, sink: &mut RecordSink<'_>) {
    let (data, crc) = frame.split_at(frame.len() - TAIL);
    if unmasked(array(crc)) != crc32c::crc32c(data) {
        return sink.report(DiagnosticKind::BadFrame, number);
    }
    match event(data) {
        Some((step, scalars)) if !scalars.is_empty() => {
            let mut fields = vec![(Cow::Borrowed("step"), LogValue::Int(step))];
            fields.extend(scalars);
            let kind = Cow::Owned(sink.kind.to_owned());
            sink.record(LogRecord { kind, fields, place: PlaceSource::Step(step) }, number);
        }
        Some(_) => {}
        None => sink.report(DiagnosticKind::NotARecord, number),
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}

/// A checksum without `TFRecord`'s mask.
fn unmasked(masked: [u8; 4]) -> u32 {
    u32::from_le_bytes(masked).wrapping_sub(0xa282_ead8).rotate_left(15)
}

/// Fills a buffer as far as the input goes; gives how far.
fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_some(input, &mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Passes over bytes; true if and only if there are as many.
fn skip(input: &mut dyn Read, len: u64) -> io::Result<bool> {
    Ok(io::copy(&mut input.take(len), &mut io::sink())? == len)
}

type ScalarFields = Vec<(Cow<'static, str>, LogValue)>;

/// The step and the scalars of an event; `None` where it is no protocol buffer.
fn event(data: &[u8]) -> Option<(i64, ScalarFields)> {
    let (mut step, mut scalars) = (0, ScalarFields::new());
    for field in ProtoMessage(data) {
        match field? {
            (2, ProtoField::Varint(value)) => step = value.cast_signed(),
            (5, ProtoField::Bytes(summary)) => {
                for value in ProtoMessage(summary) {
                    if let (1, ProtoField::Bytes(value)) = value? {
                        scalars.extend(scalar(value)?);
                    }
                }
            }
            _ => {}
        }
    }
    Some((step, scalars))
}

/// The tag and the number of a summary's value, if it is a scalar; the outer `None` as of [`event`].
#[expect(clippy::option_option, reason = "damage and absence are two things here")]
fn scalar(value: &[u8]) -> Option<Option<(Cow<'static, str>, LogValue)>> {
    let (mut tag, mut number) = (None, None);
    for field in ProtoMessage(value) {
        match field? {
            (1, ProtoField::Bytes(text)) => tag = Some(String::from_utf8_lossy(text).into_owned()),
            (2, ProtoField::Fixed32(bytes)) => number = Some(shortest(f32::from_le_bytes(bytes))),
            (8, ProtoField::Bytes(tensor)) => number = tensor_number(tensor)?,
            _ => {}
        }
    }
    Some(tag.zip(number).map(|(tag, number)| (Cow::Owned(tag), LogValue::Float(number))))
}

const DT_FLOAT: u64 = 1;
const DT_DOUBLE: u64 = 2;

/// The number of a tensor that has just one.
#[expect(clippy::option_option, reason = "damage and absence are two things here")]
fn tensor_number(tensor: &[u8]) -> Option<Option<f64>> {
    let (mut kind, mut content, mut values) = (0, &[][..], Vec::new());
    for field in ProtoMessage(tensor) {
        match field? {
            (1, ProtoField::Varint(value)) => kind = value,
            (4, ProtoField::Bytes(bytes)) => content = bytes,
            (5 | 6, ProtoField::Bytes(packed)) => values.push(packed),
            (5, ProtoField::Fixed32(bytes)) => {
                return Some(Some(shortest(f32::from_le_bytes(bytes))));
            }
            (6, ProtoField::Fixed64(bytes)) => return Some(Some(f64::from_le_bytes(bytes))),
            _ => {}
        }
    }
    let bytes = values.first().copied().unwrap_or(content);
    Some(match (kind, bytes.len()) {
        (DT_FLOAT, 4) => Some(shortest(f32::from_le_bytes(array(bytes)))),
        (DT_DOUBLE, 8) => Some(f64::from_le_bytes(array(bytes))),
        _ => None,
    })
}

/// The double whose shortest decimal form is that of the single: 0.1 and not 0.10000000149011612, as
/// the program meant it.
fn shortest(single: f32) -> f64 {
    if single.is_finite() {
        single.to_string().parse().unwrap_or(single.into())
    } else {
        single.into()
    }
}

/// The fields of a protocol buffer; `None` once it is damaged.
struct ProtoMessage<'a>(&'a [u8]);

enum ProtoField<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
}

impl<'a> ProtoMessage<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (progress, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(progress)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn field(&mut self) -> Option<(u64, ProtoField<'a>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => ProtoField::Varint(self.varint()?),
            1 => ProtoField::Fixed64(array(self.take(8)?)),
            2 => {
                let len = usize::try_from(self.varint()?).ok()?;
                ProtoField::Bytes(self.take(len)?)
            }
            5 => ProtoField::Fixed32(array(self.take(4)?)),
            _ => return None,
        };
        Some((key >> 3, field))
    }
}

impl<'a> Iterator for ProtoMessage<'a> {
    type Item = Option<(u64, ProtoField<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::diagnostic::DiagnosticPlace;
    use crate::collect::reader::{LoggedType, read_text};

    fn masked(bytes: &[u8]) -> [u8; 4] {
        crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
    }

    fn frame_of(data: &[u8]) -> Vec<u8> {
        let len = (data.len() as u64).to_le_bytes();
        [&len[..], &masked(&len), data, &masked(data)].concat()
    }

    /// An event of one scalar.
    fn scalar_event(step: u8, tag: &str, value: f32) -> Vec<u8> {
        let tag_len = u8::try_from(tag.len()).unwrap();
        let value = [&[10, tag_len], tag.as_bytes(), &[21], &value.to_le_bytes()[..]].concat();
        let len = u8::try_from(value.len()).unwrap();
        [&[16, step, 42, len + 2, 10, len][..], &value].concat()
    }

    #[test]
    fn scalars_are_read_by_step_and_tag() {
        let events = [
            scalar_event(1, "loss", 0.1),
            scalar_event(1, "acc", 0.5),
            scalar_event(2, "loss", 7.0),
        ];
        let file = events.map(|event| frame_of(&event)).concat();
        let (log, diagnostics) = read_text(&TensorBoardReader, "events", &file);
        let Some(LoggedType::Series(series)) = log.get("events") else { panic!("no events") };
        assert_eq!(series.names, ["step", "loss", "acc"]);
        assert_eq!(series.rows().len(), 2);
        assert_eq!(series.rows()[0].value(1), &LogValue::Float(0.1));
        assert_eq!(diagnostics.kinds(), []);
    }

    #[test]
    fn a_frame_with_a_wrong_checksum_costs_itself_and_one_with_a_wrong_length_the_rest() {
        let frames: Vec<Vec<u8>> =
            (1..=3).map(|step| frame_of(&scalar_event(step, "a", 1.0))).collect();
        let rows = |file: &[u8]| {
            let (log, diagnostics) = read_text(&TensorBoardReader, "events", file);
            let rows = match log.get("events") {
                Some(LoggedType::Series(series)) => series.rows().len(),
                _ => 0,
            };
            (rows, diagnostics.kinds())
        };
        let mut file = frames.concat();
        let second = frames[0].len();
        file[second + HEAD] ^= 1;
        assert_eq!(rows(&file), (2, vec![(DiagnosticKind::BadFrame, 1, DiagnosticPlace::Line(2))]));
        let mut file = frames.concat();
        file[second] ^= 1;
        assert_eq!(rows(&file), (1, vec![(DiagnosticKind::BadFrame, 1, DiagnosticPlace::Line(2))]));
        let file = frames.concat();
        assert_eq!(
            rows(&file[..file.len() - 3]),
            (2, vec![(DiagnosticKind::Torn, 1, DiagnosticPlace::Line(3))])
        );
    }
}
