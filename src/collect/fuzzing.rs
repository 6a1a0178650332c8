//! The entry to the readers for `cargo fuzz` (`fuzz/`): nothing else needs them from outside.

use super::cache::codec::CacheCodec;
use super::reader::{
    CsvReader, FieldNames, JsonlReader, KeyvalueReader, LogFileReader, MlflowReader, PatternReader,
    PrintedLines, PyclsReader, ReadProgress, RecordSink, ResultsReader, RowKeys, SacredReader,
    TensorBoardReader, TrainerReader, WandbReader, WholeFile, take_rest,
};

/// Reads a log with one of the readers, at once and in two pieces.
///
/// # Panics
///
/// Panics if the pieces give another result than the whole, or if the result does not survive the cache.
pub fn read(reader: u8, cut: u8, log: &[u8]) {
    let pattern = PatternReader::new(r"epoch[ =](?P<epoch>\d+).*?loss[ =](?P<loss>\S+)");
    let Ok(pattern) = pattern else { return };
    let (is_whole_file, reader): (bool, &dyn LogFileReader) = match reader % 11 {
        0 => (false, &PyclsReader::new()),
        1 => (false, &JsonlReader),
        2 => (false, &CsvReader),
        3 => (false, &TensorBoardReader),
        4 => (true, &WholeFile(TrainerReader)),
        5 => (true, &WholeFile(ResultsReader)),
        7 => (false, &KeyvalueReader { lines: PrintedLines::All }),
        8 => (false, &MlflowReader),
        9 => (false, &WandbReader),
        10 => (true, &WholeFile(SacredReader)),
        _ => (false, &pattern),
    };
    let mut at_once = ReadProgress::default();
    finish(reader, log, &mut at_once);
    if is_whole_file {
        return;
    }
    let cut = log.len() * usize::from(cut) / 256;
    let mut first = ReadProgress::default();
    take(reader, &log[..cut], &mut first);
    let mut bytes = Vec::new();
    first.put(&mut bytes);
    let mut second =
        ReadProgress::get(&mut bytes.as_slice()).expect("the cache gives back what it got");
    let offset = usize::try_from(second.position.offset).unwrap_or(usize::MAX);
    finish(reader, &log[offset..], &mut second);
    // A not-a-number is not equal to itself, but its text is.
    assert_eq!(format!("{second:?}"), format!("{at_once:?}"));
}

/// Reads the whole records of a part of a log.
fn take(reader: &dyn LogFileReader, mut part: &[u8], progress: &mut ReadProgress) {
    let (names, keys) = (FieldNames::default(), RowKeys::default());
    let mut sink = RecordSink { progress, names: &names, series_name: "log", keys: &keys };
    // Memory does not fail.
    let _ = reader.read(&mut part, &mut Vec::new(), &mut sink);
}

/// Reads a log to its end.
fn finish(reader: &dyn LogFileReader, mut part: &[u8], progress: &mut ReadProgress) {
    let (names, keys) = (FieldNames::default(), RowKeys::default());
    let mut buffer = Vec::new();
    let mut sink = RecordSink { progress, names: &names, series_name: "log", keys: &keys };
    if let Ok(rest) = reader.read(&mut part, &mut buffer, &mut sink) {
        take_rest(reader, rest, &buffer, false, &mut sink);
    }
    progress.log.settle(&keys, 0, &mut progress.diagnostics);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// The inputs that `cargo fuzz` starts from, and those that it has found defects with.
    #[test]
    fn a_log_in_two_pieces_is_the_log_at_once() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/readers");
        let inputs = sweep_config::fs::list(corpus.as_ref()).unwrap();
        assert!(inputs.len() >= 8);
        for input in inputs {
            let bytes = sweep_config::fs::read(&std::path::Path::new(corpus).join(input)).unwrap();
            let [reader, _, log @ ..] = bytes.as_slice() else { continue };
            (0..=255).for_each(|cut| super::read(*reader, cut, log));
        }
    }

    proptest! {
        #[test]
        fn printed_lines_of_any_kind_are_read_in_pieces_as_at_once(
            reader in 7_u8..11,
            cut in any::<u8>(),
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just("Epoch 1/3\n"), Just("epoch: 2 "), Just("epoch 1 "), Just("loss: 0.5"), Just(" - val_loss=nan"),
                    Just("\n"), Just("\r"), Just("step: 7 "), Just("Test: [ 1/2] Loss: 1.5 (2.5)"), Just("'epoch': 0.5"),
                    Just("[3]\trmse:0.5"), Just("best acc: 91%"), Just("| loss 3 | ppl 4 |"), Just("é\u{1b}[1m"), Just("seed=3 "),
                    Just("12:30:01 "), Just("cfg "), Just("| rollout/ | |\n"), Just("|    rew | 0.5 |\n"), Just("| total_timesteps | 9 |\n"),
                    Just("-----\n"), Just("Epoch loss acc\n"), Just("2 0.5 0.25\n"), Just("Class Images R mAP:\n"), Just("all 1 2 3\n"), Just("Averaged stats: "), Just(": 5"), Just("{\"a\": {\"steps\": [1], \"values\": [2]}}"), Just("1795970221114 2.0 1"),
                ],
                0..40,
            )
        ) {
            super::read(reader, cut, pieces.concat().as_bytes());
        }

        #[test]
        fn no_bytes_make_a_reader_panic(reader in 0_u8..11, cut in any::<u8>(), bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            super::read(reader, cut, &bytes);
            super::read(9, cut, &[b":W&B\xe1\xbe\0", &bytes[..]].concat());
        }
    }
}
