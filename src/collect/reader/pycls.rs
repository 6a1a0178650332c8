//! pycls's `json_stats: ` lines (`pycls/core/logging.py`).
//!
//! The text after the first tag of a line is a JSON object with a `_type`. Types with an `epoch` are
//! kept whole and sorted by it, of others the first instance counts, and the iteration types are
//! skipped.

use memchr::{memchr, memmem};

use super::once_shape::KnownShapes;
use super::record::{self, LogRecord, NoRecord};
use super::{LineFormat, RecordSink, shape, tokens};
use crate::collect::diagnostic::{DiagnosticKind, STDOUT};

/// The text that stands before a record.
const TAG: &[u8] = b"json_stats: ";

/// A part of every record of pycls: a line with it and without the tag has lost the tag.
const TYPE: &[u8] = b"\"_type\": \"";

/// The reader of pycls's logs.
pub(crate) struct PyclsReader {
    tag: memmem::Finder<'static>,
    kind: memmem::Finder<'static>,
    shapes: KnownShapes,
}

impl PyclsReader {
    /// The files that are looked for if `COLLECT.READERS` names none.
    pub(crate) const USUAL_FILES: &[&str] = &[STDOUT];

    pub(crate) fn new() -> Self {
        let (tag, kind) = (memmem::Finder::new(TAG), memmem::Finder::new(TYPE));
        Self { tag, kind, shapes: KnownShapes::default() }
    }

    /// Returns the place of the first tag of a text, which is mostly that of its first letter.
    fn first_tag(&self, text: &[u8]) -> Option<usize> {
        let first = memchr(TAG[0], text)?;
        if text[first..].starts_with(TAG) { Some(first) } else { self.tag.find(text) }
    }

    /// Returns what follows the last tag of a text; `None` if it has no tag.
    fn after_last_tag<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        memchr(TAG[0], rest)?;
        self.tag.find_iter(rest).last().map(|at| &rest[at + TAG.len()..])
    }

    /// Takes the text that follows a tag. If it is no record as a whole and has the tag once more, two
    /// writers got into one line, and the record of the last one may be whole.
    fn tagged(&self, number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>) {
        if let Some(kind) = record::first_type(text) {
            if record::is_skipped(kind) {
                if self.after_last_tag(text).is_none() {
                    return;
                }
            } else if sink.names.is_empty() && shape::add(text, kind, number, sink.progress) {
                return;
            }
        }
        if sink.names.is_empty()
            && let Some(fields) = self.shapes.read(text)
        {
            return sink.progress.log.add_shaped(fields, number);
        }
        let Err(mut problem) = self.parse(number, text, sink) else { return };
        if let Some(rest) = self.after_last_tag(text) {
            sink.report(DiagnosticKind::ManyTags, number);
            match self.parse(number, rest, sink) {
                Ok(()) => return,
                Err(of_last) => problem = of_last,
            }
        }
        sink.report(
            match problem {
                NoRecord::NotARecord => DiagnosticKind::NotARecord,
                NoRecord::TooLarge => DiagnosticKind::TooManyFields,
                NoRecord::NotJson if is_last => DiagnosticKind::Torn,
                NoRecord::NotJson => DiagnosticKind::NotJson,
            },
            number,
        );
    }

    fn parse(&self, number: u64, text: &[u8], sink: &mut RecordSink<'_>) -> Result<(), NoRecord> {
        match record::parse(text) {
            Ok(record) => {
                if sink.names.is_empty() && record.fields.iter().all(|(name, _)| name != "epoch") {
                    self.shapes.note(text, &record.kind);
                }
                add(number, record, sink);
            }
            Err(other @ (NoRecord::NotARecord | NoRecord::TooLarge)) => return Err(other),
            Err(NoRecord::NotJson) => {
                let revived = tokens::revive(text);
                let record = record::parse_revived(&revived)?;
                if revived.was_not_utf8 {
                    sink.report(DiagnosticKind::NotUtf8, number);
                }
                if revived.had_tokens && !record::is_skipped(record.kind.as_bytes()) {
                    sink.report(DiagnosticKind::NotFinite, number);
                }
                add(number, record, sink);
            }
        }
        Ok(())
    }
}

impl LineFormat for PyclsReader {
    fn line(&self, number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>) {
        if let Some(at) = self.first_tag(text) {
            self.tagged(number, &text[at + TAG.len()..], is_last, sink);
        } else if is_last && (4..TAG.len()).any(|len| text.ends_with(&TAG[..len])) {
            sink.report(DiagnosticKind::Torn, number);
        } else if self.kind.find(text).is_some() {
            sink.report(DiagnosticKind::NoTag, number);
        }
    }
}

fn add(number: u64, record: LogRecord<'_>, sink: &mut RecordSink<'_>) {
    if !record::is_skipped(record.kind.as_bytes()) {
        sink.record(record, number);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::collect::diagnostic::{DiagnosticPlace, Diagnostics};
    use crate::collect::reader::{JobLog, LoggedType, read_text};

    fn read(bytes: &[u8]) -> (JobLog, Diagnostics) {
        read_text(&PyclsReader::new(), "", bytes)
    }

    fn epochs(log: &JobLog, kind: &str) -> Vec<i64> {
        match log.get(kind) {
            Some(LoggedType::Series(series)) => series.rows().iter().map(|r| r.at.epoch).collect(),
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
            let (log, diagnostics) = read(&log.as_bytes()[..cut]);
            assert_eq!(epochs(&log, "test_epoch"), [1]);
            assert_eq!(
                diagnostics.kinds(),
                [(DiagnosticKind::Torn, 1, DiagnosticPlace::Line(2))],
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn a_last_record_that_only_lacks_its_line_end_is_whole() {
        let (log, diagnostics) = read(test_epoch(1).trim_end().as_bytes());
        assert_eq!(epochs(&log, "test_epoch"), [1]);
        assert_eq!(diagnostics, Diagnostics::default());
    }

    #[test]
    fn the_iteration_types_are_skipped_wherever_their_type_stands() {
        let (log, diagnostics) = read(
            b"json_stats: {\"_type\": \"train_iter\", \"torn\n\
              json_stats: {\"a\": NaN, \"_type\": \"test_iter\"}\n\
              json_stats: {\"_type\": \"test_ema_iter\"}\n",
        );
        assert!(log.is_empty());
        assert_eq!(diagnostics, Diagnostics::default());
    }

    #[test]
    fn a_record_printed_into_another_ones_line_is_found() {
        let torn = "json_stats: {\"_type\": \"train_iter\", \"epo";
        let (log, diagnostics) = read(format!("{torn}{}", test_epoch(3)).as_bytes());
        assert_eq!(epochs(&log, "test_epoch"), [3]);
        assert_eq!(diagnostics.kinds(), [(DiagnosticKind::ManyTags, 1, DiagnosticPlace::Line(1))]);
    }

    #[test]
    fn a_tag_within_a_text_is_text() {
        let (log, diagnostics) =
            read(b"json_stats: {\"_type\": \"cfg\", \"DESC\": \"a json_stats: b\"}\n");
        let Some(LoggedType::Once(cfg)) = log.get("cfg") else {
            panic!("the config has no epochs")
        };
        assert_eq!(cfg.clone().into_named()["DESC"].to_json_text(), "\"a json_stats: b\"");
        assert_eq!(diagnostics, Diagnostics::default());
    }

    #[test]
    fn every_oddity_is_counted_with_the_line_of_its_first() {
        let (_, diagnostics) = read(
            b"json_stats: hello\njson_stats: [1]\njson_stats: 5\nno tag {\"_type\": \"x\"}\n\
              json_stats: {\"_type\": \"x\", \"a\": \"\xff\"}\njson_stats: \n",
        );
        let line = |kind, times, number| (kind, times, DiagnosticPlace::Line(number));
        assert_eq!(
            diagnostics.kinds(),
            [
                line(DiagnosticKind::NotJson, 2, 1),
                line(DiagnosticKind::NotARecord, 2, 2),
                line(DiagnosticKind::NoTag, 1, 4),
                line(DiagnosticKind::NotUtf8, 1, 5)
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
