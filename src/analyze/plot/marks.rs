//! Writes points: a circle that names its job for each, or one path of all if there are many.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::axis::ChartAxis;
use super::chart::ChartProjection;
use super::data::PointData;
use crate::app::num::{float, whole};
use crate::page::figure::{FigurePoint, FigureWriter, StyleClass, UNIT};

/// The greatest number of points of a figure that carry a name of their own. The page's script names the points of
/// scatter plots by its data; a name in each would make the page of a thousand jobs megabytes.
pub const MOST_NAMED: usize = 64;
/// The greatest number of points that are drawn each for itself; of more, the density is drawn.
const MOST_DOTS: usize = 3000;
/// The side of a cell of the density, in CSS pixels.
const CELL: i32 = 3;
/// The number of classes that cells are put into by the logarithm of how many points they hold.
const CLASSES: usize = 5;

/// A point: where it is, and what the browser says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PointMark {
    /// Its value on the x axis.
    pub x: f64,
    /// Its value on the y axis.
    pub y: f64,
    /// The text that the browser shows for it.
    pub title: String,
}

/// The points of one series.
#[derive(Clone, Copy)]
pub(super) struct PointSeries<'a> {
    /// The values of each point on the axes.
    pub(super) at: &'a [(f64, f64)],
    /// Returns what a point stands for, by its index; asked only where few points are drawn.
    pub(super) title: &'a dyn Fn(usize) -> String,
    /// The role of the points, with the number of their colour.
    pub(super) class: StyleClass,
    /// The jobs that they are, for the page's script; `None` if they are no jobs.
    pub(super) data: Option<&'a PointData>,
}

/// Writes marks as the points of a series.
pub(super) fn marks(
    svg: &mut FigureWriter,
    marks: &[PointMark],
    projection: &ChartProjection<'_>,
    (series, data): (usize, Option<&PointData>),
) {
    let at: Vec<(f64, f64)> = marks.iter().map(|mark| (mark.x, mark.y)).collect();
    let title = |i: usize| marks[i].title.clone();
    points(
        svg,
        PointSeries { at: &at, title: &title, class: StyleClass::Points(series), data },
        projection,
    );
}

/// Writes the points of a series; those beyond an axis become arrows at the edge.
pub(super) fn points(
    svg: &mut FigureWriter,
    series: PointSeries<'_>,
    projection: &ChartProjection<'_>,
) {
    let at = series.at;
    let inside = |i: &usize| direction(at[*i], projection.axes()).is_none();
    let (shown, beyond): (Vec<usize>, Vec<usize>) = (0..at.len()).partition(inside);
    let mut group = svg.group(series.class);
    if let Some(data) = series.data {
        group = data.describe(group, projection);
    }
    group.content(|svg| {
        within(svg, series, &shown, projection);
        outside(svg, series, &beyond, projection);
    });
    svg.end_line();
}

/// Writes outlines around points as one path; of those that lie in one cell, the first. Points beyond an axis have none.
pub(super) fn outlines(
    svg: &mut FigureWriter,
    at: impl Iterator<Item = (f64, f64)>,
    projection: &ChartProjection<'_>,
) {
    let half = 6 * UNIT;
    let mut taken = BTreeSet::new();
    let mut path = String::new();
    for place in at.filter(|&place| direction(place, projection.axes()).is_none()) {
        let (x, y) = projection.project(place.0, place.1);
        if taken.insert((cell(x), cell(y))) {
            let top = y - f64::from(half);
            let _ = write!(path, "M{x:.0} {top:.0}l{half} {half}l-{half} {half}l-{half} -{half}z");
        }
    }
    if !path.is_empty() {
        svg.element("path").attribute("class", StyleClass::Tuned).attribute("d", path).end();
        svg.end_line();
    }
}

/// Writes a stroke at the foot of the figure for each value that the axis shows, as one path.
pub(super) fn strokes(
    svg: &mut FigureWriter,
    values: &[f64],
    series: usize,
    projection: &ChartProjection<'_>,
) {
    let (x, y) = projection.axes();
    let foot = y.span().low;
    let mut path = String::new();
    let places: BTreeSet<i32> = values
        .iter()
        .filter(|&&value| x.shows(value))
        .map(|&value| whole::<i32>(projection.project(value, foot).0))
        .collect();
    for at in places {
        let _ =
            write!(path, "M{at} {:.0}v-{}", projection.project(x.span().low, foot).1, 10 * UNIT);
    }
    if !path.is_empty() {
        let class = StyleClass::Solid(series);
        let element = svg.element("path").attribute("class", class).attribute("fill", "none");
        element.attribute("stroke-width", UNIT).attribute("d", path).end();
        svg.end_line();
    }
}

/// Writes the points on the axes.
fn within(
    svg: &mut FigureWriter,
    series: PointSeries<'_>,
    shown: &[usize],
    projection: &ChartProjection<'_>,
) {
    let place = |&i: &usize| projection.project(series.at[i].0, series.at[i].1);
    if shown.len() > MOST_NAMED {
        let draw = if shown.len() > MOST_DOTS { density } else { one_path };
        draw(svg, &shown.iter().map(place).collect::<Vec<_>>());
    } else {
        for i in shown {
            circle(svg, place(i), &(series.title)(*i));
        }
    }
}

/// Writes the arrows for the points beyond an axis.
fn outside(
    svg: &mut FigureWriter,
    series: PointSeries<'_>,
    beyond: &[usize],
    projection: &ChartProjection<'_>,
) {
    let axes = projection.axes();
    let edge = |i: usize| {
        let ((x, y), direction) = (series.at[i], direction(series.at[i], axes)?);
        Some((projection.project(axes.0.clamp(x), axes.1.clamp(y)), direction))
    };
    if beyond.len() > MOST_NAMED {
        arrows(svg, beyond.iter().filter_map(|&i| edge(i)));
    } else {
        for (i, (at, direction)) in beyond.iter().filter_map(|&i| Some((i, edge(i)?))) {
            arrow(svg, at, direction, &(series.title)(i));
        }
    }
}

/// Writes many arrows as one path; of those that lie in one cell, the first.
fn arrows(svg: &mut FigureWriter, all: impl Iterator<Item = (FigurePoint, (f64, f64))>) {
    let mut taken = BTreeSet::new();
    let mut path = String::new();
    for ((x, y), direction) in all {
        if taken.insert((cell(x), cell(y))) {
            path.push_str(&outline((x, y), direction));
        }
    }
    svg.element("path").attribute("class", "beyond").attribute("d", path).end();
}

/// Writes an arrow at a point of the figure's edge, pointing out of it.
pub(super) fn arrow(svg: &mut FigureWriter, at: FigurePoint, direction: (f64, f64), title: &str) {
    let path = svg.element("path").attribute("class", "beyond");
    path.attribute("d", outline(at, direction)).title(title);
}

/// Returns the path of an arrow whose tip is at a point.
fn outline((x, y): FigurePoint, (dx, dy): (f64, f64)) -> String {
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

/// Returns where an arrow for a pair of values points, to the right and down; `None` if both axes show it.
fn direction((x, y): (f64, f64), axes: (&ChartAxis, &ChartAxis)) -> Option<(f64, f64)> {
    let side = |axis: &ChartAxis, value: f64| {
        let span = axis.span();
        f64::from(i8::from(value > span.high) - i8::from(value < span.low))
    };
    let (dx, dy) = (side(axes.0, x), -side(axes.1, y));
    (dx != 0.0 || dy != 0.0).then_some((dx, dy))
}

fn circle(svg: &mut FigureWriter, (x, y): FigurePoint, title: &str) {
    let circle = svg.element("circle").attribute("cx", format_args!("{x:.0}"));
    circle.attribute("cy", format_args!("{y:.0}")).attribute("r", 3 * UNIT).title(title);
}

/// Writes how densely points lie: squares, side by side as one line, those of a class as one path.
fn density(svg: &mut FigureWriter, points: &[FigurePoint]) {
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
    for (class, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        let opacity = 0.25 + 0.75 * float(class) / float(CLASSES - 1);
        let element = svg.element("path").attribute("class", "cells");
        let element = element.attribute("stroke-width", side);
        element.attribute("opacity", format_args!("{opacity:.2}")).attribute("d", path).end();
    }
}

/// Returns the number of the cell of the density, across or down.
fn cell(at: f64) -> i32 {
    whole::<i32>(at) / (CELL * UNIT)
}

/// Returns the class of a cell of `count` points, where the fullest has `most`.
fn class(count: usize, most: usize) -> usize {
    let share = float(count).ln() / float(most.max(2)).ln();
    whole::<usize>(share * float(CLASSES)).min(CLASSES - 1)
}

/// Writes all points as one path of round dots: eleven bytes a point, one element for the browser.
fn one_path(svg: &mut FigureWriter, points: &[FigurePoint]) {
    let mut path = String::with_capacity(11 * points.len());
    for (x, y) in points {
        let _ = write!(path, "M{x:.0} {y:.0}h0");
    }
    svg.element("path").attribute("class", "dots").attribute("d", path).end();
}
