//! Points as CSV: a header of parameters, and a row for each point.
//!
//! Cells have no types: one reads as a plain value of YAML would, but for what only looks like a number to YAML (`012`,
//! `12:30`). Spaces around cells do not count, and an empty cell sets nothing.

use std::path::Path;

use csv_core::{ReadRecordResult, ReaderBuilder};
use sweep_config::{Value, yaml};

use super::table::{PointCell, PointRow, PointTable};

/// Reads the rows of a table.
///
/// # Errors
///
/// Says what is wrong, and in which line.
pub(super) fn read(bytes: &[u8]) -> Result<PointTable, String> {
    let text = str::from_utf8(bytes).map_err(|e| {
        let line = memchr::memchr_iter(b'\n', &bytes[..e.valid_up_to()]).count() + 1;
        format!("is not UTF-8 text in line {line}")
    })?;
    let mut lines = records(text.trim_start_matches('\u{feff}')).into_iter();
    let Some((_, header)) = lines.next() else { return Err("has no header".to_owned()) };
    let header: Vec<String> = header.iter().map(|cell| cell.trim().to_owned()).collect();
    let mut table = PointTable::default();
    for (at, name) in header.iter().enumerate() {
        if name.is_empty() {
            let column = at + 1;
            table.remarks.push(format!("column {column} has no name and is not read"));
        } else if header[..at].contains(name) {
            return Err(format!("has two columns `{name}`"));
        }
    }
    for (line, cells) in lines {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if cells.len() != header.len() {
            let (found, wanted) = (cells.len(), header.len());
            return Err(format!("has {found} cells in line {line}, and {wanted} in its header"));
        }
        let named = header.iter().zip(&cells).filter(|(name, _)| !name.is_empty());
        let mut row = PointRow { place: format!("line {line}"), cells: Vec::new() };
        for (name, text) in named {
            let text = text.trim();
            if !text.is_empty() {
                let value = value(text).map_err(|why| format!("line {line}, `{name}`: {why}"))?;
                let cell = PointCell { value, spelt: Some(text.to_owned()) };
                row.cells.push((name.clone(), cell));
            }
        }
        table.rows.push(row);
    }
    table.adds = header.iter().any(|name| name.starts_with('+'));
    Ok(table)
}

/// Returns the records of a text, each with the number of its first line.
fn records(text: &str) -> Vec<(u64, Vec<String>)> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().find(|sign| first.as_bytes().contains(sign));
    let mut reader = ReaderBuilder::new().delimiter(delimiter.unwrap_or(b',')).build();
    let mut found = Vec::new();
    let mut rest = text.as_bytes();
    let (mut cells, mut ends) = (vec![0; text.len() + 1], vec![0; text.len() + 1]);
    let (mut written, mut fields, mut line) = (0, 0, 1);
    loop {
        if fields == 0 && written == 0 {
            let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
            line = reader.line() + blank.filter(|byte| **byte == b'\n').count() as u64;
        }
        let (result, read, cell_bytes, cell_ends) =
            reader.read_record(rest, &mut cells[written..], &mut ends[fields..]);
        rest = &rest[read..];
        written += cell_bytes;
        fields += cell_ends;
        match result {
            ReadRecordResult::Record => {
                let mut start = 0;
                let record = ends[..fields].iter().map(|&end| {
                    let cell = String::from_utf8_lossy(&cells[start..end]).into_owned();
                    start = end;
                    cell
                });
                found.push((line, record.collect()));
                (written, fields) = (0, 0);
            }
            // An empty input, which comes next, tells the reader that there is no more.
            ReadRecordResult::InputEmpty => {}
            _ => return found,
        }
    }
}

/// Returns the value of a cell that is not empty.
fn value(text: &str) -> Result<Value, String> {
    let digits = text.trim_start_matches(['-', '+']);
    let is_padded = digits.len() > 1
        && digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_padded || (digits.contains(':') && digits.starts_with(|c: char| c.is_ascii_digit())) {
        return Ok(Value::Str(text.to_owned()));
    }
    if text.starts_with(['[', '{', '"', '\'']) {
        // What is no list is text that begins like one.
        return Ok(
            yaml::read(Path::new("cell"), text).unwrap_or_else(|_| Value::Str(text.to_owned()))
        );
    }
    yaml::plain(text).map_err(|_| {
        format!(
            "`{text}` is a number that does not fit into 64 bits, or a date that does not exist"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(String, String, String)> {
        let cells = |row: PointRow| {
            let place = row.place.clone();
            let show = move |(name, cell): (String, PointCell)| {
                (place.clone(), name, sweep_config::python::repr(&cell.value))
            };
            row.cells.into_iter().map(show).collect::<Vec<_>>()
        };
        read(text.as_bytes()).unwrap().rows.into_iter().flat_map(cells).collect()
    }

    fn shown(text: &str) -> String {
        let all = cells(text);
        let words = all.iter().map(|(place, name, value)| format!("{place} {name}={value}"));
        words.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn cells_are_values_without_their_spaces_and_empty_ones_are_none() {
        assert_eq!(shown("\u{feff}a, b ,c\r\n 1 ,,x y \r\n"), "line 2 a=1; line 2 c='x y'");
        assert_eq!(shown("a\n1e-5\n\n2.0"), "line 2 a=1e-05; line 4 a=2.0");
        assert_eq!(shown("a;b\n0,5;2\n"), "line 2 a='0,5'; line 2 b=2");
        assert_eq!(
            shown("a,b\n\"[16, 32]\",\"say \"\"hi\"\"\nthere\"\n\"[\",012\n"),
            "line 2 a=[16, 32]; line 2 b='say \"hi\"\\nthere'; line 4 a='['; line 4 b='012'"
        );
        assert_eq!(
            shown("a,b,c\nTrue,null,12:30"),
            "line 2 a=True; line 2 b=None; line 2 c='12:30'"
        );
    }

    #[test]
    fn what_is_no_table_is_told_of_by_its_line() {
        for (text, why) in [
            ("", "has no header"),
            ("a,a\n1,2\n", "has two columns `a`"),
            ("a,b\n1,2\n1\n", "has 1 cells in line 3, and 2 in its header"),
            ("a\n99999999999999999999\n", "line 2, `a`: `99999999999999999999` is a number"),
        ] {
            let found = read(text.as_bytes()).unwrap_err();
            assert!(found.starts_with(why), "{text:?}: {found}");
        }
        assert_eq!(read(b"a\n\xff\n").unwrap_err(), "is not UTF-8 text in line 2");
    }

    #[test]
    fn a_column_without_a_name_is_an_index_that_is_not_read() {
        let table = read(b",a\n0,1\n").unwrap();
        assert_eq!(table.remarks, ["column 1 has no name and is not read"]);
        assert_eq!(table.rows[0].cells.len(), 1);
    }
}
