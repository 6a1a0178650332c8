//! Points, written by hand: a circle that names its job, or one path of all where there are many.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::axis::Axis;
use super::frame::Places;
use super::theme::SERIES;
use crate::analyze::stats::float;
use crate::page::svg::{UNIT, title_element};

/// Up to so many points of a figure carry a name of their own. The page's script names the points of
/// scatter plots by its data; a name in each would make the page of a thousand jobs megabytes.
pub const MOST_NAMED: usize = 64;
/// Up to so many points are drawn each for itself; of more, how dense they lie.
const MOST_DOTS: usize = 3000;
/// The side of a cell of the density, in CSS pixels.
const CELL: i32 = 3;
/// Into how many classes cells are put by how many points they hold: one, and by ratio.
const CLASSES: usize = 5;

/// A point: where, and what the browser says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its value on the x axis.
    pub x: f64,
    /// Its value on the y axis.
    pub y: f64,
    /// What it stands for.
    pub title: String,
}

/// Where a point lies: its values on the axes.
pub(super) type Place = (f64, f64);

/// The points of one series; those beyond an axis become arrows at the edge.
pub(super) fn points(
    marks: &[Mark],
    axes: (&Axis, &Axis),
    places: &Places<'_>,
    series: usize,
) -> String {
    let at: Vec<Place> = marks.iter().map(|mark| (mark.x, mark.y)).collect();
    points_of(&at, &|i| marks[i].title.clone(), axes, places, (series, ""))
}

/// The same, with attributes for the page's script; `title` is asked for what few points stand for.
pub(super) fn points_of(
    at: &[Place],
    title: &dyn Fn(usize) -> String,
    axes: (&Axis, &Axis),
    places: &Places<'_>,
    (series, attributes): (usize, &str),
) -> String {
    let inside = |i: &usize| direction(at[*i], axes).is_none();
    let (shown, beyond): (Vec<usize>, Vec<usize>) = (0..at.len()).partition(inside);
    let mut svg = format!("<g class=\"points s{}\"{attributes}>", series % SERIES);
    if shown.len() > MOST_NAMED {
        let shown = shown.iter().map(|&i| places.of(at[i].0, at[i].1));
        let draw = if shown.len() > MOST_DOTS { density } else { one_path };
        svg.push_str(&draw(&shown.collect::<Vec<_>>()));
    } else {
        for i in shown {
            circle(&mut svg, places.of(at[i].0, at[i].1), &title(i));
        }
    }
    let edge = |i: usize| {
        let ((x, y), direction) = (at[i], direction(at[i], axes)?);
        Some((places.of(axes.0.clamp(x), axes.1.clamp(y)), direction))
    };
    if beyond.len() > MOST_NAMED {
        svg.push_str(&arrows(beyond.into_iter().filter_map(edge)));
    } else {
        for (i, (at, direction)) in beyond.into_iter().filter_map(|i| Some((i, edge(i)?))) {
            arrow(&mut svg, at, direction, &title(i));
        }
    }
    svg.push_str("</g>\n");
    svg
}

/// Many arrows as one path, of those that lie in one cell the first.
fn arrows(all: impl Iterator<Item = (Place, Place)>) -> String {
    let mut taken = BTreeSet::new();
    let mut path = String::new();
    for ((x, y), direction) in all {
        if taken.insert((cell(x), cell(y))) {
            path.push_str(&outline((x, y), direction));
        }
    }
    format!("<path class=\"beyond\" d=\"{path}\"/>")
}

/// An arrow at a point of the figure's edge, pointing out of it.
pub(super) fn arrow(svg: &mut String, at: (f64, f64), direction: (f64, f64), title: &str) {
    let (path, title) = (outline(at, direction), title_element(title));
    let _ = write!(svg, "<path class=\"beyond\" d=\"{path}\">{title}</path>");
}

fn outline((x, y): (f64, f64), (dx, dy): (f64, f64)) -> String {
    let length = (dx * dx + dy * dy).sqrt().max(f64::MIN_POSITIVE);
    let unit = f64::from(UNIT);
    let (dx, dy) = (dx / length * 7.0 * unit, dy / length * 7.0 * unit);
    format!(
        "M{:.0} {:.0}L{:.0} {:.0}L{:.0} {:.0}z",
        x,
        y,
        x - dx - dy * 0.6,
        y - dy + dx * 0.6,
        x - dx + dy * 0.6,
        y - dy - dx * 0.6,
    )
}

/// Where an arrow for the point points, in the SVG's directions; `None` of a point on the axes.
fn direction((x, y): Place, axes: (&Axis, &Axis)) -> Option<(f64, f64)> {
    let side = |axis: &Axis, value: f64| {
        let span = axis.span();
        f64::from(i8::from(value > span.high) - i8::from(value < span.low))
    };
    let (dx, dy) = (side(axes.0, x), -side(axes.1, y));
    (dx != 0.0 || dy != 0.0).then_some((dx, dy))
}

fn circle(svg: &mut String, (x, y): (f64, f64), title: &str) {
    let (radius, title) = (3 * UNIT, title_element(title));
    let _ = write!(svg, "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"{radius}\">{title}</circle>");
}

/// Where points lie how densely: squares, side by side as one, those of a class as one path.
fn density(points: &[(f64, f64)]) -> String {
    let side = CELL * UNIT;
    let mut cells: BTreeMap<(i32, i32), usize> = BTreeMap::new();
    for &(x, y) in points {
        *cells.entry((cell(y), cell(x))).or_default() += 1;
    }
    let most = cells.values().copied().max().unwrap_or(1);
    let mut paths = vec![String::new(); CLASSES];
    let mut last: Option<(usize, i32, i32)> = None;
    for (&(row, column), &count) in &cells {
        let class = class(count, most);
        let (x, y) = (column * side, row * side + side / 2);
        match last {
            // The path goes on: a run of cells is one line.
            Some((c, r, to)) if (c, r, to) == (class, row, column) => {
                let _ = write!(paths[class], "h{side}");
            }
            _ => {
                let _ = write!(paths[class], "M{x} {y}h{side}");
            }
        }
        last = Some((class, row, column + 1));
    }
    let path = |(class, path): (usize, &String)| {
        let opacity = 0.25 + 0.75 * float(class) / float(CLASSES - 1);
        format!(
            "<path class=\"cells\" stroke-width=\"{side}\" opacity=\"{opacity:.2}\" d=\"{path}\"/>"
        )
    };
    paths.iter().enumerate().filter(|(_, path)| !path.is_empty()).map(path).collect()
}

/// The number of the cell of the density, across or down.
#[expect(clippy::cast_possible_truncation, reason = "a figure has few thousand units")]
fn cell(at: f64) -> i32 {
    at as i32 / (CELL * UNIT)
}

/// The class of a cell of so many points, where the fullest has `most`.
fn class(count: usize, most: usize) -> usize {
    let share = float(count).ln() / float(most.max(2)).ln();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1")]
    let class = (share * float(CLASSES)) as usize;
    class.min(CLASSES - 1)
}

/// All points as one path of round dots: eleven bytes a point, one element for the browser.
fn one_path(points: &[(f64, f64)]) -> String {
    let mut path = "<path class=\"dots\" d=\"".to_owned();
    for (x, y) in points {
        let _ = write!(path, "M{x:.0} {y:.0}h0");
    }
    path.push_str("\"/>");
    path
}
