//! Rank correlations of each pair of several columns: a square a pair, by colour and strength.

use std::fmt::Write as _;

use super::axis::shortened;
use super::numbers::numbers;
use super::theme::LABEL_TEXT;
use crate::page::number::{correlation, rounded};
use crate::page::svg::{Size, UNIT, escape, open_wide, text_width, title_element};

/// The side of a square in CSS pixels, up to so many columns and of more.
const FEW: usize = 12;
const LARGE: i32 = 42;
const SMALL: i32 = 28;
/// A name has at most so many characters.
const MOST_NAME: usize = 34;
/// So many pairs are told who cannot see the figure; the others are among its numbers.
const TOLD: usize = 5;
/// Names below are turned by so many degrees.
const TURN: f64 = 60.0;
const GAP: i32 = 8;

/// A pair of columns, the second before the first, and its correlation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// The row.
    pub row: usize,
    /// The column, less than the row.
    pub column: usize,
    /// From −1 to 1.
    pub rho: f64,
}

/// Where the squares are, in CSS pixels.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Room for the names of the rows.
    left: i32,
    /// The side of a square.
    side: i32,
    /// The side of them all.
    all: i32,
}

impl Layout {
    /// The corner of a square, or of its row and its column.
    fn corner(self, row: usize, column: usize) -> (i32, i32) {
        let along = |at: usize| i32::try_from(at).unwrap_or(0) * self.side;
        (self.left + along(column), along(row.saturating_sub(1)))
    }
}

/// Draws the pairs of the columns with these names.
pub fn matrix(names: &[&str], cells: &[Cell]) -> String {
    let shown: Vec<String> = names.iter().map(|name| shortened(name, MOST_NAME)).collect();
    let longest = shown.iter().map(|name| text_width(name, LABEL_TEXT)).fold(0.0, f64::max);
    #[expect(clippy::cast_possible_truncation, reason = "a name is not so long")]
    let [left, below] = [longest, longest * TURN.to_radians().sin()].map(|room| room.ceil() as i32);
    let side = if names.len() <= FEW { LARGE } else { SMALL };
    let all = i32::try_from(names.len().saturating_sub(1)).unwrap_or(i32::MAX) * side;
    let layout = Layout { left: left + GAP, side, all };
    let (width, height) = (layout.left + all + GAP, all + below + 3 * GAP);
    let whole = Size { width, height, left: 0, class: "matrix" };
    let mut svg = open_wide(whole, &title(names, cells), true);
    labels(&mut svg, &shown, layout);
    for cell in cells {
        square(&mut svg, names, *cell, layout);
    }
    svg.push_str(&table(names, cells));
    svg.push_str("</svg>");
    svg
}

/// The names of the rows from the second on, and of the columns but the last.
fn labels(svg: &mut String, names: &[String], layout: Layout) {
    for (at, name) in names.iter().enumerate() {
        let (x, y) = layout.corner(at, at);
        let (middle, name) = (layout.side / 2, escape(name));
        if at > 0 {
            let (x, y) = ((layout.left - GAP) * UNIT, (y + middle) * UNIT);
            let _ = write!(
                svg,
                "<text class=\"label end\" x=\"{x}\" y=\"{y}\" dy=\"0.35em\">{name}</text>"
            );
        }
        if at + 1 < names.len() {
            let (x, y) = ((x + middle) * UNIT, (layout.all + 2 * GAP) * UNIT);
            let _ = write!(
                svg,
                "<text class=\"label end\" x=\"{x}\" y=\"{y}\" dy=\"0.35em\" transform=\"rotate(-{TURN} {x} {y})\">{name}</text>"
            );
        }
    }
}

fn square(svg: &mut String, names: &[&str], cell: Cell, layout: Layout) {
    let class = if cell.rho < 0.0 { "falls" } else { "rises" };
    let (x, y) = layout.corner(cell.row, cell.column);
    let (x, y, edge) = (x * UNIT, y * UNIT, layout.side * UNIT);
    let title = title_element(&in_words(names, cell));
    // Not the whole colour, on which no text could be read.
    let strength = cell.rho.abs() * 0.8;
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{edge}\" height=\"{edge}\" fill-opacity=\"{strength:.2}\">{title}</rect>"
    );
    if layout.side == LARGE {
        let (x, y) = (x + edge / 2, y + edge / 2);
        let rho = correlation(cell.rho);
        let _ = write!(
            svg,
            "<text class=\"tick middle\" x=\"{x}\" y=\"{y}\" dy=\"0.35em\">{rho}</text>"
        );
    }
}

fn in_words(names: &[&str], cell: Cell) -> String {
    format!("{} and {}: {}", names[cell.row], names[cell.column], correlation(cell.rho))
}

/// What the figure says, for who cannot see it.
fn title(names: &[&str], cells: &[Cell]) -> String {
    let mut strongest: Vec<&Cell> = cells.iter().collect();
    strongest.sort_by(|a, b| b.rho.abs().total_cmp(&a.rho.abs()));
    let told = strongest.into_iter().take(TOLD).map(|cell| in_words(names, *cell));
    let told: Vec<String> = told.collect();
    format!("Rank correlations of {} columns, the strongest: {}", names.len(), told.join("; "))
}

fn table(names: &[&str], cells: &[Cell]) -> String {
    let parts = names.iter().enumerate().map(|(row, name)| {
        let own = cells.iter().filter(|cell| cell.row == row);
        (*name, own.map(|cell| (names[cell.column], rounded(cell.rho, 6))).collect::<Vec<_>>())
    });
    numbers(&["a", "b", "rank correlation"], &parts.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(columns: usize) -> String {
        let names: Vec<String> = (0..columns).map(|i| format!("column {i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        matrix(
            &names,
            &[Cell { row: 1, column: 0, rho: -0.5 }, Cell { row: 2, column: 0, rho: 0.9 }],
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
        let svg = matrix(&["a", name], &[Cell { row: 1, column: 0, rho: 1.0 }]);
        let (_, x) = svg.split_once("<text class=\"label end\" x=\"").expect("its name");
        let (x, _) = x.split_once('"').expect("a number");
        let x: f64 = x.parse().expect("a number");
        assert!(x / f64::from(UNIT) >= text_width(&shortened(name, MOST_NAME), LABEL_TEXT));
        assert!(svg.contains(&format!("<title>{name} and a: 1.00</title>")), "whole");
    }
}
