//! The values of a column by kind, which decide its type in `sweep.parquet`.

use sweep_config::table::CFG;

use super::cache::codec::codec_struct;
use super::log_value::LogValue;
use super::odd_cells::shown;
use super::table::ColumnType;

/// The kinds of the values of a column, each a bit.
const BOOL: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 4;
const TEXT: u8 = 8;
const NESTED: u8 = 16;

/// The values of a column by kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ColumnCensus {
    kinds: u8,
    /// The number of numbers.
    pub(crate) numbers: usize,
    /// The number of all others.
    pub(crate) others: usize,
    /// The row and the text of the first that is no number.
    pub(crate) first: Option<(usize, String)>,
}

codec_struct!(ColumnCensus { kinds, numbers, others, first });

impl ColumnCensus {
    /// Counts the values of a column.
    pub(crate) fn of(values: &[Option<LogValue>]) -> Self {
        let mut census = Self::default();
        for (row, value) in values.iter().enumerate() {
            let Some(value) = value else { continue };
            let kind = kind(value);
            census.kinds |= kind;
            if kind & (INT | FLOAT) != 0 {
                census.numbers += 1;
            } else if kind != 0 {
                census.others += 1;
                census.first.get_or_insert_with(|| (row, text(value)));
            }
        }
        census
    }

    /// Adds the values of further rows.
    pub(crate) fn add(&mut self, more: &Self) {
        self.kinds |= more.kinds;
        self.numbers += more.numbers;
        self.others += more.others;
    }

    /// Returns the type of the column, and true if its texts are texts and not the JSON of whatever it holds.
    pub(crate) fn column_type(&self, name: &str) -> (ColumnType, bool) {
        let is_odd = numbers_only(name, self.numbers, self.others);
        let kinds = if is_odd { self.kinds & (INT | FLOAT) } else { self.kinds };
        (common_type(kinds), kinds & !TEXT == 0)
    }
}

/// True if a column of so many numbers and other values holds the numbers only: most of what was logged under its name
/// is one. A parameter may well be a number or a word.
pub(crate) fn numbers_only(name: &str, numbers: usize, others: usize) -> bool {
    others > 0 && numbers > others && !name.starts_with(CFG)
}

fn kind(value: &LogValue) -> u8 {
    match value {
        LogValue::Null => 0,
        LogValue::Bool(_) => BOOL,
        LogValue::Int(_) => INT,
        LogValue::Float(_) => FLOAT,
        LogValue::Text(_) => TEXT,
        LogValue::Nested(_) => NESTED,
    }
}

fn text(value: &LogValue) -> String {
    match value {
        LogValue::Text(text) => shown(text),
        other => shown(&other.to_json_text()),
    }
}

/// Returns the type that holds all values: text for lists and for values of several kinds.
fn common_type(kinds: u8) -> ColumnType {
    match kinds {
        BOOL => ColumnType::Bool,
        INT => ColumnType::Int,
        FLOAT => ColumnType::Double,
        mixed if mixed == INT | FLOAT => ColumnType::Double,
        _ => ColumnType::Text,
    }
}
