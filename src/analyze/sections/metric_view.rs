//! Decides how a metric is shown, whatever draws it.

use crate::page::FigureGrid;

/// The view of a metric.
pub(super) enum MetricView {
    /// Its figures, one a group.
    Figures(FigureGrid),
    /// A sentence, if all jobs have the same value: a figure would be a vertical line.
    Constant(String),
}

/// Returns the sentence with a capital at its start; a name such as `w0` at its start stays as it
/// is.
pub(super) fn capitalised(sentence: &str) -> String {
    let first_word = sentence.split(' ').next().unwrap_or_default();
    let is_word = first_word.len() > 2 && first_word.chars().all(|c| c.is_ascii_lowercase());
    match sentence.chars().next() {
        Some(first) if is_word => first.to_uppercase().chain(sentence.chars().skip(1)).collect(),
        _ => sentence.to_owned(),
    }
}
