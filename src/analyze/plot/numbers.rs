//! A figure's numbers as a table, inside the figure: the page's script saves them as CSV, and names the
//! lines by them.

use serde::Serialize;
use serde_json::json;

use super::axis::Axis;
use super::frame::Places;
use crate::page::number::rounded;
use crate::page::svg::escape;

/// So many significant digits.
const DIGITS: usize = 6;

/// The element with the table: `heads` name its columns. A part is rows that have the first cell in
/// common. Nothing of no rows.
pub fn numbers<R: Serialize>(heads: &[&str], parts: &[(&str, Vec<R>)]) -> String {
    element(heads, parts, &[], "")
}

/// The same of lines, by their corners.
pub(super) fn corners<'a>(
    lines: impl Iterator<Item = (&'a str, &'a [(f64, f64)])>,
    what: &str,
    places: &Places<'_>,
) -> String {
    let (x, y) = places.axes();
    let part = |(name, points): (&'a str, &[(f64, f64)])| {
        let row = |&(x, y): &(f64, f64)| [rounded(x, DIGITS), rounded(y, DIGITS)];
        (name, points.iter().map(row).collect::<Vec<_>>())
    };
    let parts: Vec<(&str, Vec<[f64; 2]>)> = lines.map(part).collect();
    element(&[what, named(x, "x"), named(y, "y")], &parts, x.names(), &places.attributes())
}

fn named<'a>(axis: &'a Axis, otherwise: &'a str) -> &'a str {
    if axis.label.is_empty() { otherwise } else { &axis.label }
}

/// `names` are what the numbers of the second column stand for, if for anything.
fn element<R: Serialize>(
    heads: &[&str],
    parts: &[(&str, Vec<R>)],
    names: &[String],
    attributes: &str,
) -> String {
    let parts: Vec<&(&str, Vec<R>)> = parts.iter().filter(|part| !part.1.is_empty()).collect();
    if parts.is_empty() {
        return String::new();
    }
    let mut table = json!({ "heads": heads, "parts": parts });
    if !names.is_empty() {
        table["names"] = json!(names);
    }
    format!("<metadata{attributes}>{}</metadata>\n", escape(&table.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_markup_stays_a_name_and_nothing_is_no_table() {
        let table = numbers(&["group", "median"], &[("a <b> & \"c\"", vec![[0.5]]), ("d", vec![])]);
        let inside =
            "{\"heads\":[\"group\",\"median\"],\"parts\":[[\"a <b> & \\\"c\\\"\",[[0.5]]]]}";
        assert_eq!(table, format!("<metadata>{}</metadata>\n", escape(inside)));
        assert_eq!(numbers::<[f64; 1]>(&["group"], &[("d", vec![])]), "");
    }
}
