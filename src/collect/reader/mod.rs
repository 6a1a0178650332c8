//! `stdout.log` to what its program logged.
//!
//! The format is pycls's (`pycls/core/logging.py`): what follows the first `json_stats: ` of a line
//! is a JSON object with a `_type`. Types with an `epoch` are kept whole and sorted by it, of others
//! the first instance counts, and the iteration types are skipped. Where pycls ends with a
//! traceback, the reader goes on and says so in a [`Remarks`].
//!
//! Nothing here knows of jobs or sweep directories.

mod log;
mod record;
mod scan;
mod series;
pub(crate) mod tokens;

use std::io::{self, Read};

use super::remark::{Kind, Place, Remarks};
pub(crate) use log::{Log, Logged, Once};
use record::{NoRecord, Record};
use scan::{Line, Scanner};
pub(crate) use series::Series;

/// Reads a log to its end; an error leaves in `remarks` and the result what came before it.
pub(crate) fn read_log(
    input: impl Read,
    buffer: &mut Vec<u8>,
    remarks: &mut Remarks,
) -> (Log, io::Result<()>) {
    let mut reader = Reader { assembler: log::Assembler::default(), remarks };
    let last_tag = Scanner::new();
    let mut visit = |number, line: Line<'_>| reader.line(number, &line, &last_tag);
    let result = Scanner::new().scan(input, buffer, &mut visit);
    (reader.assembler.finish(reader.remarks), result)
}

struct Reader<'r> {
    assembler: log::Assembler,
    remarks: &'r mut Remarks,
}

impl Reader<'_> {
    fn line(&mut self, number: u64, line: &Line<'_>, scanner: &Scanner) {
        let odd = match line {
            Line::Tagged(text) => return self.tagged(number, text, false, scanner),
            Line::TaggedLast(text) => return self.tagged(number, text, true, scanner),
            Line::CutInTag => Kind::Torn,
            Line::Untagged => Kind::NoTag,
            Line::TooLong => Kind::LongLine,
        };
        self.remarks.add(odd, Place::Line(number));
    }

    /// What follows a tag. Where it is no record as a whole and has the tag once more, two writers
    /// got into one line, and the last of them may be whole.
    fn tagged(&mut self, number: u64, text: &[u8], is_last: bool, scanner: &Scanner) {
        let after_last = scanner.after_last_tag(text);
        if after_last.is_none() && record::begins_skipped(text) {
            return;
        }
        let Err(mut problem) = self.record(number, text) else { return };
        if let Some(rest) = after_last {
            self.remarks.add(Kind::ManyTags, Place::Line(number));
            match self.record(number, rest) {
                Ok(()) => return,
                Err(of_last) => problem = of_last,
            }
        }
        let kind = match problem {
            NoRecord::NotARecord => Kind::NotARecord,
            NoRecord::NotJson if is_last => Kind::Torn,
            NoRecord::NotJson => Kind::NotJson,
        };
        self.remarks.add(kind, Place::Line(number));
    }

    fn record(&mut self, number: u64, text: &[u8]) -> Result<(), NoRecord> {
        match record::parse(text) {
            Ok(record) => self.add(number, record),
            Err(NoRecord::NotARecord) => return Err(NoRecord::NotARecord),
            Err(NoRecord::NotJson) => {
                let revived = tokens::revive(text);
                let record = record::parse_revived(&revived)?;
                if revived.was_not_utf8 {
                    self.remarks.add(Kind::NotUtf8, Place::Line(number));
                }
                if revived.had_tokens && !record::is_skipped(&record.kind) {
                    self.remarks.add(Kind::NotFinite, Place::Line(number));
                }
                self.add(number, record);
            }
        }
        Ok(())
    }

    fn add(&mut self, number: u64, record: Record<'_>) {
        if !record::is_skipped(&record.kind) {
            self.assembler.add(record, number, self.remarks);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> (Log, Remarks) {
        let mut remarks = Remarks::default();
        let (log, result) = read_log(bytes, &mut Vec::new(), &mut remarks);
        result.unwrap();
        (log, remarks)
    }

    fn epochs(log: &Log, kind: &str) -> Vec<i64> {
        match log.get(kind) {
            Some(Logged::Series(series)) => series.rows().iter().map(|r| r.at.epoch).collect(),
            _ => Vec::new(),
        }
    }

    fn test_epoch(epoch: u32) -> String {
        format!(
            "[meters.py: 260]: json_stats: {{\"_type\": \"test_epoch\", \"epoch\": \"{epoch}/9\"}}\n"
        )
    }

    #[test]
    fn a_torn_last_line_costs_only_that_line() {
        let log = format!("{}{}", test_epoch(1), test_epoch(2));
        for cut in test_epoch(1).len() + 30..log.len() - 2 {
            let (log, remarks) = read(&log.as_bytes()[..cut]);
            assert_eq!(epochs(&log, "test_epoch"), [1]);
            assert_eq!(remarks.kinds(), [(Kind::Torn, 1, Place::Line(2))], "cut at {cut}");
        }
    }

    #[test]
    fn a_last_record_that_only_lacks_its_line_end_is_whole() {
        let (log, remarks) = read(test_epoch(1).trim_end().as_bytes());
        assert_eq!(epochs(&log, "test_epoch"), [1]);
        assert_eq!(remarks, Remarks::default());
    }

    #[test]
    fn the_iteration_types_are_skipped_wherever_their_type_stands() {
        let (log, remarks) = read(
            b"json_stats: {\"_type\": \"train_iter\", \"torn\n\
              json_stats: {\"a\": NaN, \"_type\": \"test_iter\"}\n\
              json_stats: {\"_type\": \"test_ema_iter\"}\n",
        );
        assert!(log.is_empty());
        assert_eq!(remarks, Remarks::default());
    }

    #[test]
    fn a_record_printed_into_another_ones_line_is_found() {
        let torn = "json_stats: {\"_type\": \"train_iter\", \"epo";
        let (log, remarks) = read(format!("{torn}{}", test_epoch(3)).as_bytes());
        assert_eq!(epochs(&log, "test_epoch"), [3]);
        assert_eq!(remarks.kinds(), [(Kind::ManyTags, 1, Place::Line(1))]);
    }

    #[test]
    fn a_tag_within_a_text_is_text() {
        let (log, remarks) =
            read(b"json_stats: {\"_type\": \"cfg\", \"DESC\": \"a json_stats: b\"}\n");
        let Logged::Once(cfg) = &log["cfg"] else { panic!("the config has no epochs") };
        assert_eq!(cfg["DESC"].to_json_text(), "\"a json_stats: b\"");
        assert_eq!(remarks, Remarks::default());
    }

    #[test]
    fn every_oddity_is_counted_with_the_line_of_its_first() {
        let (_, remarks) = read(
            b"json_stats: hello\njson_stats: [1]\njson_stats: 5\nno tag {\"_type\": \"x\"}\n\
              json_stats: {\"_type\": \"x\", \"a\": \"\xff\"}\njson_stats: \n",
        );
        let line = |kind, times, number| (kind, times, Place::Line(number));
        assert_eq!(
            remarks.kinds(),
            [
                line(Kind::NotJson, 2, 1),
                line(Kind::NotARecord, 2, 2),
                line(Kind::NoTag, 1, 4),
                line(Kind::NotUtf8, 1, 5)
            ]
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            read(&bytes);
        }

        #[test]
        fn no_mixture_of_pieces_makes_the_reader_panic(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just("json_stats: "), Just("{\"_type\": \""), Just("test_epoch"), Just("\""),
                    Just(", \"epoch\": \"1/2\""), Just("NaN"), Just("-Infinity"), Just("}"),
                    Just("\n"), Just("\r"), Just("\\"), Just("[1, {"), Just("cfg"), Just("é"),
                    Just("\"_type\": \""), Just(", \"iter\": \"1/3\""), Just(", \"epoch\": 3"),
                ],
                0..60,
            )
        ) {
            read(pieces.concat().as_bytes());
        }

        #[test]
        fn whatever_is_logged_again_the_epochs_are_rising(
            runs in proptest::collection::vec((1_u32..9, 1_u32..9), 1..5)
        ) {
            let mut text = String::new();
            for (start, len) in runs {
                (start..start + len).for_each(|epoch| text.push_str(&test_epoch(epoch)));
            }
            let (log, _) = read(text.as_bytes());
            let epochs = epochs(&log, "test_epoch");
            prop_assert!(epochs.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
