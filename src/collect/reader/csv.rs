//! CSV with a header, as `PyTorch` Lightning's and Keras's `CSVLogger` write it.
//!
//! A row is a line: no metric holds a line feed. An empty cell is no value; a line like the header
//! is the header of a program that was started once more and appends.

use std::borrow::Cow;

use csv_core::{ReadFieldResult, ReaderBuilder};
use memchr::memchr_iter;

use super::{LineFormat, RecordSink, generic};
use crate::collect::diagnostic::DiagnosticKind;

/// The reader of CSV files.
pub(crate) struct CsvReader;

impl CsvReader {
    /// The files that are looked for if `COLLECT.READERS` names none.
    pub(crate) const USUAL_FILES: &[&str] =
        &["metrics.csv", "**/metrics.csv", "history.csv", "log.csv"];
}

impl LineFormat for CsvReader {
    fn line(&self, number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>) {
        if sink.progress.memo.is_empty() || sink.progress.memo == text {
            // A header without its end may have more columns to come.
            if !is_last {
                begin(text, sink);
            }
            return;
        }
        let delimiter = delimiter(&sink.progress.memo);
        let (names, cells) = (fields(&sink.progress.memo, delimiter), fields(text, delimiter));
        match (names, cells) {
            (Some(names), Some(cells)) if names.len() == cells.len() => {
                let pairs = names.into_iter().zip(cells);
                let given = pairs.filter(|(_, cell)| !cell.trim().is_empty());
                let row = given.map(|(name, cell)| (Cow::Owned(name), generic::log_value(&cell)));
                generic::add(sink, None, row.collect(), number - 1);
            }
            _ if is_last => sink.report(DiagnosticKind::Torn, number),
            _ if looks_like_header(text, delimiter) => begin(text, sink),
            _ => sink.report(DiagnosticKind::NotARecord, number),
        }
    }
}

/// Takes a header; one behind others shows that the program began anew.
fn begin(header: &[u8], sink: &mut RecordSink<'_>) {
    if !sink.progress.memo.is_empty() {
        sink.progress.log.begin_run();
    }
    sink.progress.memo = header.to_vec();
}

/// True if no cell is a number: Lightning writes the whole file anew when metrics join, other programs
/// append another header.
fn looks_like_header(text: &[u8], delimiter: u8) -> bool {
    let is_word = |cell: &String| cell.starts_with(|c: char| c.is_alphabetic() || c == '_');
    fields(text, delimiter).is_some_and(|cells| cells.iter().all(is_word))
}

/// Guesses the delimiter of a header: a comma, unless it has more semicolons or tabs.
fn delimiter(header: &[u8]) -> u8 {
    let count = |wanted: &u8| memchr_iter(*wanted, header).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// Splits a line into its cells; `None` if a quote stays open.
fn fields(line: &[u8], delimiter: u8) -> Option<Vec<String>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let mut cell = vec![0; line.len() + 1];
    let (mut cells, mut rest, mut len) = (Vec::new(), line, 0);
    if memchr_iter(b'"', line).count() % 2 == 1 {
        return None;
    }
    loop {
        let (result, read, written) = reader.read_field(rest, &mut cell[len..]);
        rest = &rest[read..];
        len += written;
        match result {
            ReadFieldResult::Field { .. } => {
                cells.push(String::from_utf8_lossy(&cell[..len]).into_owned());
                len = 0;
            }
            // Nothing is left: an empty input tells the parser so.
            ReadFieldResult::InputEmpty => {}
            ReadFieldResult::OutputFull => return None,
            ReadFieldResult::End => return Some(cells),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::diagnostic::DiagnosticPlace;
    use crate::collect::log_value::LogValue;
    use crate::collect::reader::{EpochIter, LoggedType, read_text};

    #[test]
    fn cells_may_be_quoted_and_empty() {
        assert_eq!(fields(b"a,\"b,\"\"c\",,d", b',').unwrap(), ["a", "b,\"c", "", "d"]);
        assert_eq!(fields(b"a,\"b", b','), None);
        assert_eq!(fields(b"a,", b',').unwrap(), ["a", ""]);
    }

    #[test]
    fn an_empty_cell_is_no_value_and_rows_of_one_step_are_one() {
        let text = b"epoch,step,train,val\r\n0,9,1.5,\r\n0,9,,2\r\n1,19,nan,\r\nx\r\n1,2";
        let (log, diagnostics) = read_text(&CsvReader, "metrics", text);
        let Some(LoggedType::Series(series)) = log.get("metrics") else { panic!("no metrics") };
        let places: Vec<EpochIter> = series.rows().iter().map(|row| row.at).collect();
        assert_eq!(places, [EpochIter { epoch: 0, iter: 9 }, EpochIter { epoch: 1, iter: 19 }]);
        assert_eq!(
            series.rows()[0].values()[2..],
            [Some(LogValue::Float(1.5)), Some(LogValue::Int(2))]
        );
        assert_eq!(
            diagnostics.kinds(),
            [(DiagnosticKind::Torn, 1, DiagnosticPlace::Line(6))],
            "the word `x` may be a header, the last line is cut"
        );
    }
}
