//! CSV with a header, as `PyTorch` Lightning's and Keras's `CSVLogger` write it.
//!
//! A row is a line: no metric holds a line feed. An empty cell is no value; a line like the header
//! is the header of a program that was started once more and appends. Lines that begin with `#` are passed over; the one
//! above numbers is their header, as `numpy.savetxt` writes it. Without any header columns are called `col0`, `col1`, …,
//! and so is one without a name; a name that is there once more gets a number, as pandas does it: `loss.1`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use csv_core::{ReadFieldResult, ReaderBuilder};
use memchr::memchr_iter;

use super::{LineFormat, RecordSink, generic, odd_number};
use crate::collect::diagnostic::DiagnosticKind;

/// The reader of CSV files.
pub(crate) struct CsvReader;

impl CsvReader {
    /// The files that are looked for if `COLLECT.READERS` names none.
    pub(crate) const USUAL_FILES: &[&str] =
        &["metrics.csv", "**/metrics.csv", "history.csv", "log.csv"];
}

/// The beginning of a line that is a comment. While it is that of the memo, no header was found yet.
const COMMENT: u8 = b'#';

impl LineFormat for CsvReader {
    fn line(&self, number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>) {
        let memo = &sink.progress.memo;
        let has_header = memo.first().is_some_and(|first| *first != COMMENT);
        if text.first() == Some(&COMMENT) {
            if !has_header && !is_last {
                sink.progress.memo = text.to_vec();
            }
            return;
        }
        if !has_header {
            // A header without its end may have more columns to come.
            if is_last || !header(number, text, sink) {
                return;
            }
        } else if memo == text {
            return begin(text, sink);
        }
        row(number, text, is_last, sink);
    }
}

/// Takes the first line that is no comment; returns true if it is a row, and not the header.
fn header(number: u64, text: &[u8], sink: &mut RecordSink<'_>) -> bool {
    let comment = sink.progress.memo.strip_prefix(&[COMMENT]).unwrap_or_default().trim_ascii();
    let above = if comment.is_empty() { text } else { comment };
    let cells = fields(text, delimiter(above)).unwrap_or_default();
    if cells.is_empty() || !cells.iter().all(|cell| odd_number::plain(cell).is_some()) {
        sink.progress.memo = text.to_vec();
        return false;
    }
    let names = fields(comment, delimiter(above)).unwrap_or_default();
    if names.len() == cells.len() {
        sink.progress.memo = comment.to_vec();
    } else {
        let delimiter = char::from(delimiter(above)).to_string();
        let names: Vec<String> = (0..cells.len()).map(|column| format!("col{column}")).collect();
        sink.progress.memo = names.join(&delimiter).into_bytes();
        sink.report(DiagnosticKind::NoHeader, number);
    }
    true
}

fn row(number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>) {
    let delimiter = delimiter(&sink.progress.memo);
    let names = fields(&sink.progress.memo, delimiter).map(column_names);
    match (names, fields(text, delimiter)) {
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

/// Takes a further header, which shows that the program began anew.
fn begin(header: &[u8], sink: &mut RecordSink<'_>) {
    sink.progress.log.begin_run();
    sink.progress.memo = header.to_vec();
}

/// Returns the names of columns, each once and without the spaces that pad it.
pub(crate) fn column_names(cells: Vec<String>) -> Vec<String> {
    let mut known = BTreeSet::new();
    let named = cells.into_iter().enumerate().map(|(column, cell)| {
        let inner = cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let name = match inner {
            "" => format!("col{column}"),
            _ if inner.len() == cell.len() => cell,
            _ => inner.to_owned(),
        };
        if known.insert(name.clone()) {
            return name;
        }
        let numbered = (1..).map(|number| format!("{name}.{number}"));
        let mut free = numbered.filter(|name| known.insert(name.clone()));
        free.next().unwrap_or(name)
    });
    named.collect()
}

/// True if no cell is a number: Lightning writes the whole file anew when metrics join, other programs
/// append another header.
fn looks_like_header(text: &[u8], delimiter: u8) -> bool {
    let is_word =
        |cell: &String| cell.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '_');
    fields(text, delimiter).is_some_and(|cells| cells.iter().all(is_word))
}

/// Guesses the delimiter of a header: a comma, unless it has more semicolons or tabs.
pub(crate) fn delimiter(header: &[u8]) -> u8 {
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
    fn every_column_has_a_name_of_its_own() {
        let text = b"\xef\xbb\xbf,epoch, loss ,loss,loss.1\n0,1,0.5,0.25,0.125\n";
        let (log, _) = read_text(&CsvReader, "log", text);
        let Some(LoggedType::Series(series)) = log.get("log") else { panic!("no series") };
        // pandas 2.3: `Unnamed: 0`, `epoch`, `loss`, `loss.1`, `loss.1.1`.
        assert_eq!(series.names, ["col0", "epoch", "loss", "loss.1", "loss.1.1"]);
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
