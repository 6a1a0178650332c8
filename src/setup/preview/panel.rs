//! Makes the panel of a parameter: its distribution, and the texts around it.

use super::binning::histogram;
use super::columns::{PreviewColumn, quarters};
use super::figure::{self, FigureWords};
use crate::app::{count, thousands};
use crate::page::number::number;
use crate::page::{FigureKey, FigureView};

/// The size of a population, in which a parameter may be missing from some.
#[derive(Debug, Clone, Copy)]
pub(super) struct PopulationSize {
    /// The number of configs or jobs.
    pub(super) count: usize,
    /// Their noun: `config` or `job`.
    pub(super) noun: &'static str,
}

/// Returns the panel of a column; `by_ratio` asks for a logarithmic axis where one is possible.
pub(super) fn panel(
    name: &str,
    column: &PreviewColumn,
    whole: PopulationSize,
    by_ratio: bool,
) -> FigureView {
    let is_pooled = name.ends_with("[*]");
    let words = FigureWords { name, noun: if is_pooled { "item" } else { whole.noun } };
    let mut notes = Vec::new();
    if is_pooled {
        let items = count(column.values.len(), "item");
        notes.push(format!("{items} in {}", count(column.configs, whole.noun)));
    } else if column.configs < whole.count {
        notes.push(format!(
            "in {} of {}",
            thousands(column.configs),
            count(whole.count, whole.noun)
        ));
    }
    let numbers = column.numbers().unwrap_or_default();
    let (finite, others): (Vec<f64>, Vec<f64>) = numbers.iter().partition(|n| n.is_finite());
    let (svg, keys) = if finite.is_empty() {
        (figure::rows(&column.counts(), words), Vec::new())
    } else {
        let histogram = histogram(&finite, by_ratio);
        if histogram.by_ratio {
            notes.push("logarithmic axis".to_owned());
        }
        notes.extend(left_out(&others));
        (figure::columns(&histogram, words), keys(&finite))
    };
    FigureView { heading: name.to_owned(), svg, keys, note: sentence(&notes) }
}

fn keys(sorted: &[f64]) -> Vec<FigureKey> {
    let Some([low, _, median, _, high]) = quarters(sorted) else { return Vec::new() };
    let key = |(name, value)| FigureKey {
        class: String::new(),
        text: format!("{name} {}", number(value)),
    };
    if low < high {
        [("min", low), ("median", median), ("max", high)].map(key).to_vec()
    } else {
        vec![key(("always", low))]
    }
}

/// Counts the values that no axis has a place for; `None` if there are none.
fn left_out(others: &[f64]) -> Option<String> {
    let amount = |text: &str, is_it: fn(&f64) -> bool| {
        let n = others.iter().filter(|other| is_it(other)).count();
        (n > 0).then(|| format!("{text} {}", thousands(n)))
    };
    let parts = [
        amount("−∞", |other| *other == f64::NEG_INFINITY),
        amount("∞", |other| *other == f64::INFINITY),
        amount("not a number", |other| other.is_nan()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("not drawn: {}", parts.join(", ")))
}

/// Joins the notes to a sentence with a capital and a full stop; empty without notes.
fn sentence(notes: &[String]) -> String {
    let text = notes.join("; ");
    let mut chars = text.chars();
    chars
        .next()
        .map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep_config::Value;

    fn of(name: &str, values: &[f64]) -> FigureView {
        let column = PreviewColumn::of(values.iter().copied().map(Value::Float).collect());
        panel(name, &column, PopulationSize { count: values.len() + 1, noun: "config" }, false)
    }

    #[test]
    fn numbers_that_are_not_finite_are_counted_apart() {
        let panel = of("LR", &[0.5, f64::INFINITY, f64::NAN, 0.25, f64::NEG_INFINITY, f64::NAN]);
        assert_eq!(panel.note, "In 6 of 7 configs; not drawn: −∞ 1, ∞ 1, not a number 2.");
        assert_eq!(panel.svg.matches("<rect").count(), 2);
        let texts: Vec<&str> = panel.keys.iter().map(|key| key.text.as_str()).collect();
        assert_eq!(texts, ["min 0.25", "median 0.5", "max 0.5"]);
    }

    #[test]
    fn where_no_number_is_finite_they_are_bars_by_name() {
        let panel = of("LR", &[f64::INFINITY, f64::INFINITY]);
        assert!(panel.svg.contains("<title>inf: 2 configs</title>"), "{}", panel.svg);
    }

    #[test]
    fn items_of_lists_are_counted_as_such() {
        let panel = of("W[*]", &[8.0, 16.0, 8.0]);
        assert!(panel.svg.contains("<title>8: 2 items</title>"), "{}", panel.svg);
        assert_eq!(panel.note, "3 items in 3 configs.");
    }
}
