//! Formats the preview as text.

use std::fmt::Write;

use super::columns::{PreviewColumn, PreviewColumns, quarters};

/// The greatest number of different values that are listed if they are not numbers.
const LISTED: usize = 6;

/// Returns a table with a row for each parameter and each number of the complexity, over the
/// configs that were kept: quantiles of numbers, and how often each other value was drawn.
pub(super) fn table(columns: &PreviewColumns) -> String {
    let all = || columns.params.iter().chain(&columns.complexity);
    let width = all().map(|(name, _)| name.len()).max().unwrap_or(0).max("parameter".len());
    let mut table = format!("{:<width$}", "parameter");
    for title in ["configs", "distinct", "min", "25 %", "median", "75 %", "max"] {
        let _ = write!(table, "  {title:>10}");
    }
    for (name, column) in all() {
        let _ = write!(table, "\n{name:<width$}  {}", row(column));
    }
    table
}

fn row(column: &PreviewColumn) -> String {
    let counts = column.counts();
    let mut row = format!("{:>10}  {:>10}", column.values.len(), counts.len());
    if let Some(numbers) = column.numbers() {
        for number in quarters(&numbers).into_iter().flatten() {
            let _ = write!(row, "  {:>10}", short(number));
        }
        return row;
    }
    let listed: Vec<String> =
        counts.iter().take(LISTED).map(|(value, count)| format!("{value} {count}")).collect();
    let more = if counts.len() > LISTED { ", …" } else { "" };
    let _ = write!(row, "  {}{more}", listed.join(", "));
    row
}

/// Formats a number with about four digits.
fn short(number: f64) -> String {
    match number.abs() {
        0.0 => "0".to_owned(),
        1e-4..1e6 => {
            let text = format!("{number:.4}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            if number.abs() < 0.1 { format!("{number:.3e}") } else { text.to_owned() }
        }
        _ => format!("{number:.3e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep_config::Value;

    #[test]
    fn numbers_have_quantiles_and_other_values_counts() {
        let numbers: Vec<Value> = (0..=100).map(Value::Int).collect();
        let row_of_numbers = row(&PreviewColumn::of(numbers));
        let words: Vec<&str> = row_of_numbers.split_whitespace().collect();
        assert_eq!(words, ["101", "101", "0", "25", "50", "75", "100"]);
        let names = ["b", "a", "b"].map(|name| Value::Str(name.into()));
        let row_of_names = row(&PreviewColumn::of(names.to_vec()));
        assert!(row_of_names.ends_with("  b 2, a 1"), "{row_of_names}");
    }

    #[test]
    fn numbers_are_short() {
        let shorts = [0.0, 0.5, 12.345_678, 640.0, 1.5e-7, 0.01, 1.25e9].map(short);
        assert_eq!(shorts, ["0", "0.5", "12.3457", "640", "1.500e-7", "1.000e-2", "1.250e9"]);
    }
}
