//! Writes a figure's numbers as a table into the figure: the page's script saves them as CSV, and
//! names the lines by them.

use serde::Serialize;
use serde_json::json;

use super::axis::ChartAxis;
use super::chart::ChartProjection;
use crate::page::figure::{ElementWriter, FigureWriter};
use crate::page::number::rounded;

/// The number of significant digits.
const DIGITS: usize = 6;

/// Writes the element with a table: `heads` name its columns, and a part is a group of rows with
/// the first cell in common. Writes nothing if there are no rows.
pub(super) fn numbers<R: Serialize>(
    svg: &mut FigureWriter,
    heads: &[&str],
    parts: &[(&str, Vec<R>)],
) {
    table(svg, (heads, [""; 2]), parts, &[], |element| element);
}

/// Writes the table of lines, by their corners; `what` heads their names.
pub(super) fn corners<'a>(
    svg: &mut FigureWriter,
    lines: impl Iterator<Item = (&'a str, &'a [(f64, f64)])>,
    what: &str,
    projection: &ChartProjection<'_>,
) {
    let (x, y) = projection.axes();
    let part = |(name, points): (&'a str, &[(f64, f64)])| {
        let row = |&(x, y): &(f64, f64)| [rounded(x, DIGITS), rounded(y, DIGITS)];
        (name, points.iter().map(row).collect::<Vec<_>>())
    };
    let parts: Vec<(&str, Vec<[f64; 2]>)> = lines.map(part).collect();
    let heads = [what, named(x, "x"), named(y, "y")];
    let units = [x, y].map(|axis| axis.unit().sign());
    table(svg, (&heads, units), &parts, x.names(), |element| projection.describe(element));
}

fn named<'a>(axis: &'a ChartAxis, otherwise: &'a str) -> &'a str {
    if axis.label.is_empty() { otherwise } else { &axis.label }
}

/// Writes a table by its heads and the units of its two last columns; `names` are what the numbers of the second column stand for, if for anything, and
/// `describe` adds attributes to the element.
fn table<R: Serialize>(
    svg: &mut FigureWriter,
    (heads, units): (&[&str], [&str; 2]),
    parts: &[(&str, Vec<R>)],
    names: &[String],
    describe: impl FnOnce(ElementWriter<'_>) -> ElementWriter<'_>,
) {
    let parts: Vec<&(&str, Vec<R>)> = parts.iter().filter(|part| !part.1.is_empty()).collect();
    if parts.is_empty() {
        return;
    }
    let mut table = json!({ "heads": heads, "parts": parts });
    if units.iter().any(|unit| !unit.is_empty()) {
        table["units"] = json!(units);
    }
    if !names.is_empty() {
        table["names"] = json!(names);
    }
    describe(svg.element("metadata")).text(table);
    svg.end_line();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::figure::escape;

    #[test]
    fn a_name_with_markup_stays_a_name_and_nothing_is_no_table() {
        let table = |parts: &[(&str, Vec<[f64; 1]>)]| {
            FigureWriter::part(|svg| numbers(svg, &["group", "median"], parts))
        };
        let inside =
            "{\"heads\":[\"group\",\"median\"],\"parts\":[[\"a <b> & \\\"c\\\"\",[[0.5]]]]}";
        let expected = format!("<metadata>{}</metadata>\n", escape(inside));
        assert_eq!(table(&[("a <b> & \"c\"", vec![[0.5]]), ("d", vec![])]), expected);
        assert_eq!(table(&[("d", vec![])]), "");
    }
}
