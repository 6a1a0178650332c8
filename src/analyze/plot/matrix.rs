//! Draws the rank correlations of all pairs of several columns: a square for each, its colour by
//! sign and strength.

use super::axis::shortened;
use super::numbers::numbers;
use super::sizes::LABEL_TEXT;
use crate::app::num::whole;
use crate::page::figure::{FigureSize, FigureWriter, StyleClass, UNIT, text_width};
use crate::page::number::{correlation, rounded};

/// The side of a square in CSS pixels: `LARGE` of up to `FEW` columns, `SMALL` of more.
const FEW: usize = 12;
const LARGE: i32 = 42;
const SMALL: i32 = 28;
/// The greatest number of characters of a name.
const MOST_NAME: usize = 34;
/// The number of pairs that the title names, for those who cannot see the figure.
const TOLD: usize = 5;
/// The angle by which names below are turned, in degrees.
const TURN: f64 = 60.0;
const GAP: i32 = 8;

/// A pair of columns, the second before the first, and its correlation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorrelationCell {
    /// The row.
    pub row: usize,
    /// The column, less than the row.
    pub column: usize,
    /// The rank correlation, from −1 to 1.
    pub rho: f64,
}

/// The place of the squares, in CSS pixels.
#[derive(Debug, Clone, Copy)]
struct MatrixLayout {
    /// The room for the names of the rows.
    left: i32,
    /// The side of a square.
    side: i32,
    /// The side of them all.
    all: i32,
}

impl MatrixLayout {
    /// Returns the upper left corner of a square, by its row and its column.
    fn corner(self, row: usize, column: usize) -> (i32, i32) {
        let along = |at: usize| i32::try_from(at).unwrap_or(0) * self.side;
        (self.left + along(column), along(row.saturating_sub(1)))
    }
}

/// Draws the correlations of pairs of the columns with these names.
pub fn matrix(names: &[&str], cells: &[CorrelationCell]) -> String {
    let shown: Vec<String> = names.iter().map(|name| shortened(name, MOST_NAME)).collect();
    let longest = shown.iter().map(|name| text_width(name, LABEL_TEXT)).fold(0.0, f64::max);
    let rooms = [longest, longest * TURN.to_radians().sin()];
    let [left, below]: [i32; 2] = rooms.map(|room| whole(room.ceil()));
    let side = if names.len() <= FEW { LARGE } else { SMALL };
    let all = i32::try_from(names.len().saturating_sub(1)).unwrap_or(i32::MAX) * side;
    let layout = MatrixLayout { left: left + GAP, side, all };
    let (width, height) = (layout.left + all + GAP, all + below + 3 * GAP);
    let whole_size = FigureSize { width, height, left: 0, bottom: 0, class: "matrix" };
    let mut svg = FigureWriter::open_wide(whole_size, &title(names, cells), true);
    labels(&mut svg, &shown, layout);
    for cell in cells {
        square(&mut svg, names, *cell, layout);
    }
    table(&mut svg, names, cells);
    svg.finish()
}

/// Writes the names of the rows from the second on, and of the columns but the last.
fn labels(svg: &mut FigureWriter, names: &[String], layout: MatrixLayout) {
    for (at, name) in names.iter().enumerate() {
        let ((x, y), middle) = (layout.corner(at, at), layout.side / 2);
        if at > 0 {
            label(svg, name, ((layout.left - GAP) * UNIT, (y + middle) * UNIT), false);
        }
        if at + 1 < names.len() {
            label(svg, name, ((x + middle) * UNIT, (layout.all + 2 * GAP) * UNIT), true);
        }
    }
}

/// Writes a name that ends at a point.
fn label(svg: &mut FigureWriter, name: &str, (x, y): (i32, i32), is_turned: bool) {
    let class = format_args!("{} end", StyleClass::Label);
    let text = svg.element("text").attribute("class", class);
    let mut text = text.attribute("x", x).attribute("y", y).attribute("dy", "0.35em");
    if is_turned {
        text = text.attribute("transform", format_args!("rotate(-{TURN} {x} {y})"));
    }
    text.text(name);
}

fn square(svg: &mut FigureWriter, names: &[&str], cell: CorrelationCell, layout: MatrixLayout) {
    let class = if cell.rho < 0.0 { StyleClass::Falls } else { StyleClass::Rises };
    let (x, y) = layout.corner(cell.row, cell.column);
    let (x, y, edge) = (x * UNIT, y * UNIT, layout.side * UNIT);
    // Not the whole colour, on which no text could be read.
    let strength = cell.rho.abs() * 0.8;
    let square = svg.element("rect").attribute("class", class).attribute("x", x).attribute("y", y);
    let square = square.attribute("width", edge).attribute("height", edge);
    let square = square.attribute("fill-opacity", format_args!("{strength:.2}"));
    square.title(&in_words(names, cell));
    if layout.side == LARGE {
        let class = format_args!("{} middle", StyleClass::Tick);
        let text = svg.element("text").attribute("class", class).attribute("x", x + edge / 2);
        let text = text.attribute("y", y + edge / 2).attribute("dy", "0.35em");
        text.text(correlation(cell.rho));
    }
}

fn in_words(names: &[&str], cell: CorrelationCell) -> String {
    format!("{} and {}: {}", names[cell.row], names[cell.column], correlation(cell.rho))
}

/// Returns what the figure says, for those who cannot see it.
fn title(names: &[&str], cells: &[CorrelationCell]) -> String {
    let mut strongest: Vec<&CorrelationCell> = cells.iter().collect();
    strongest.sort_by(|a, b| b.rho.abs().total_cmp(&a.rho.abs()));
    let told = strongest.into_iter().take(TOLD).map(|cell| in_words(names, *cell));
    let told: Vec<String> = told.collect();
    format!("Rank correlations of {} columns, the strongest: {}", names.len(), told.join("; "))
}

fn table(svg: &mut FigureWriter, names: &[&str], cells: &[CorrelationCell]) {
    let parts = names.iter().enumerate().map(|(row, name)| {
        let own = cells.iter().filter(|cell| cell.row == row);
        (*name, own.map(|cell| (names[cell.column], rounded(cell.rho, 6))).collect::<Vec<_>>())
    });
    numbers(svg, &["a", "b", "rank correlation"], &parts.collect::<Vec<_>>());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(columns: usize) -> String {
        let names: Vec<String> = (0..columns).map(|i| format!("column {i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        matrix(
            &names,
            &[
                CorrelationCell { row: 1, column: 0, rho: -0.5 },
                CorrelationCell { row: 2, column: 0, rho: 0.9 },
            ],
        )
    }

    #[test]
    fn a_cell_has_its_number_where_there_is_room_and_its_name_always() {
        assert_eq!(draw(FEW).matches(">−0.50</text>").count(), 1);
        assert_eq!(draw(FEW + 1).matches(">−0.50</text>").count(), 0);
        for columns in [FEW, FEW + 1] {
            assert!(draw(columns).contains("<title>column 1 and column 0: −0.50</title>"));
        }
        assert!(draw(3).contains("the strongest: column 2 and column 0: 0.90; column 1"));
    }

    #[test]
    fn a_long_name_has_the_room_that_it_needs() {
        let name = "OPTIM.A_VERY_LONG_NAME_OF_A_PARAMETER";
        let svg = matrix(&["a", name], &[CorrelationCell { row: 1, column: 0, rho: 1.0 }]);
        let (_, x) = svg.split_once("<text class=\"label end\" x=\"").expect("its name");
        let (x, _) = x.split_once('"').expect("a number");
        let x: f64 = x.parse().expect("a number");
        assert!(x / f64::from(UNIT) >= text_width(&shortened(name, MOST_NAME), LABEL_TEXT));
        assert!(svg.contains(&format!("<title>{name} and a: 1.00</title>")), "whole");
    }
}
