//! Reads the texts of columns of numbers: commas by what the column shows of them, and what is no number as missing.

use crate::collect::log_value::LogValue;
use crate::collect::odd_cells::OddCells;
use crate::collect::reader::odd_number::is_grouped;
use crate::collect::reader::row_keys::{RowKeys, is_part};
use crate::collect::reader::series::LogSeries;

/// The kinds of a column's values.
#[derive(Debug, Clone, Copy, Default)]
struct CellCensus {
    numbers: usize,
    texts: usize,
}

/// The meaning of a comma in a number.
#[derive(Clone, Copy)]
enum CommaMeaning {
    Decimal,
    Thousands,
}

impl LogSeries {
    /// Makes the columns of numbers of a type numbers only; returns the cells that had to go.
    pub(super) fn read_numbers(&mut self, kind: &str, keys: &RowKeys) -> Vec<OddCells> {
        let mut columns = vec![CellCensus::default(); self.names.len()];
        for row in &self.rows {
            for (column, value) in columns.iter_mut().zip(&row.values) {
                match value {
                    Some(LogValue::Text(_)) => column.texts += 1,
                    Some(value) => column.numbers += usize::from(value.number().is_some()),
                    None => {}
                }
            }
        }
        let shown = self.shown_meaning();
        let mut odd = Vec::new();
        for (column, census) in columns.iter_mut().enumerate().filter(|(_, c)| c.texts > 0) {
            let name = &self.names[column];
            if is_part(name) || keys.is_place(name) {
                continue;
            }
            if let Some(meaning) = self.commas(column, census.numbers > 0).or(shown) {
                self.read_commas(column, meaning, census);
            }
            if census.texts > 0 && census.numbers > census.texts {
                odd.extend(self.leave_out_texts(column, kind));
            }
        }
        odd
    }

    /// Finds out what all cells show of commas: one that parts no thousands is a decimal one, and where fractions have a
    /// point it is none. `None` where nothing shows it.
    fn shown_meaning(&self) -> Option<CommaMeaning> {
        let mut meaning = None;
        for value in self.rows.iter().flat_map(|row| &row.values).flatten() {
            match value {
                LogValue::Text(text) if is_with_comma(text) && !is_grouped(text) => {
                    return Some(CommaMeaning::Decimal);
                }
                LogValue::Float(float) if float.fract() != 0.0 && float.is_finite() => {
                    meaning = Some(CommaMeaning::Thousands);
                }
                _ => {}
            }
        }
        meaning
    }

    /// Finds out what the commas in the texts of a column mean; `None` where it has none or does not show it itself.
    fn commas(&self, column: usize, has_plain: bool) -> Option<CommaMeaning> {
        let texts = self.texts(column).filter(|text| is_with_comma(text));
        let (mut any, mut all_grouped) = (false, true);
        for text in texts {
            any = true;
            all_grouped &= is_grouped(text);
        }
        match (any, all_grouped) {
            (false, _) => None,
            (true, false) => Some(CommaMeaning::Decimal),
            // Beside plain numbers, whose fractions have a point.
            (true, true) => has_plain.then_some(CommaMeaning::Thousands),
        }
    }

    fn texts(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| match row.given(column)? {
            LogValue::Text(text) => Some(text.as_ref()),
            _ => None,
        })
    }

    fn read_commas(&mut self, column: usize, meaning: CommaMeaning, census: &mut CellCensus) {
        for value in self.rows.iter_mut().filter_map(|row| row.values.get_mut(column)) {
            let Some(LogValue::Text(text)) = value else { continue };
            if !is_with_comma(text) {
                continue;
            }
            let number = match meaning {
                CommaMeaning::Decimal => text.replace(',', ".").parse().ok().map(LogValue::Float),
                CommaMeaning::Thousands => text.replace(',', "").parse().ok().map(LogValue::Int),
            };
            if number.is_some() {
                *value = number;
                census.texts -= 1;
                census.numbers += 1;
            }
        }
    }

    fn leave_out_texts(&mut self, column: usize, kind: &str) -> Option<OddCells> {
        let name = [kind, ".", &self.names[column]].concat();
        let mut odd: Option<OddCells> = None;
        for value in self.rows.iter_mut().filter_map(|row| row.values.get_mut(column)) {
            let Some(LogValue::Text(text)) = value else { continue };
            match &mut odd {
                Some(odd) => odd.times += 1,
                None => odd = Some(OddCells::new(name.clone(), text)),
            }
            *value = None;
        }
        odd
    }
}

/// True of digits around one comma: `0,95` or `8,641`.
fn is_with_comma(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits.split_once(',').is_some_and(|(whole, rest)| is_digits(whole) && is_digits(rest))
}
