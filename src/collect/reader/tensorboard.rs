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
use super::protobuf::{ProtoField, ProtoMessage, array};
use super::record::{LogRecord, PlaceSource};
use super::{LogFileReader, RecordSink, UnreadTail};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::LogValue;

/// The reader of event files.
pub(crate) struct TensorBoardReader;

impl TensorBoardReader {
    /// The files that are looked for if `COLLECT.READERS` names none.
    pub(crate) const USUAL_FILES: &[&str] = &["events.out.tfevents.*", "**/events.out.tfevents.*"];

    /// The folders of event files that name their type, as Keras and others write them.
    pub(crate) const PHASES: [&str; 6] =
        ["train", "training", "val", "valid", "validation", "test"];
}

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
                    UnreadTail::defective(DiagnosticKind::Torn)
                };
                return Ok(rest);
            }
            let len = u64::from_le_bytes(array(&head[..8]));
            if unmasked(array(&head[8..])) != crc32c::crc32c(&head[..8]) {
                // Where the next frame begins is not known: nothing more can be read.
                return Ok(UnreadTail::defective(DiagnosticKind::BadFrame));
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
                return Ok(UnreadTail::defective(DiagnosticKind::Torn));
            }
            match whole.filter(|_| len <= MAX_FRAME) {
                Some(whole) => frame(&buffer[..whole], number, sink),
                None => sink.report(DiagnosticKind::LongLine, number),
            }
            sink.progress.position.lines += 1;
            sink.progress.position.offset += len.saturating_add((HEAD + TAIL) as u64);
        }
    }
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
            let kind = Cow::Owned(sink.series_name.to_owned());
            sink.record(LogRecord { kind, fields, place: PlaceSource::Step(step) }, number);
        }
        Some(_) => {}
        None => sink.report(DiagnosticKind::NotARecord, number),
    }
}

/// A checksum without `TFRecord`'s mask.
fn unmasked(masked: [u8; 4]) -> u32 {
    u32::from_le_bytes(masked).wrapping_sub(0xa282_ead8).rotate_left(15)
}

/// Fills a buffer as far as the input goes; gives how far.
pub(super) fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
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

#[cfg(test)]
mod tests;
