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
    let events =
        [scalar_event(1, "loss", 0.1), scalar_event(1, "acc", 0.5), scalar_event(2, "loss", 7.0)];
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
