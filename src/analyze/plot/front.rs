//! Draws Pareto fronts: a line of steps through the points on it, and the others faintly.

use super::axis::ChartAxis;
use super::chart::{draw, line};
use super::data::PointData;
use super::frame::{ChartFrame, FigureChart};
use super::marks::{PointMark, PointSeries, points};
use super::numbers::numbers;
use crate::page::figure::{FigureWriter, PANEL, StyleClass};

/// The greatest number of dominated points that a figure's table of numbers has.
pub const MOST_LISTED: usize = 2000;

/// The front of a group and what it dominates.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontCurve {
    /// Its name.
    pub name: String,
    /// The number of its colour.
    pub series: usize,
    /// The points on the front, the best of the horizontal axis first.
    pub front: FrontPart,
    /// The points that others beat.
    pub dominated: FrontPart,
}

/// Points that are alike on the front, or not.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontPart {
    /// The points.
    pub marks: Vec<PointMark>,
    /// The jobs that they are, for the page's script; `None` if they are no single jobs.
    pub data: Option<PointData>,
}

/// Draws fronts over the same axes.
pub fn front(curves: &[FrontCurve], x: &ChartAxis, y: &ChartAxis, title: &str) -> String {
    let frame = ChartFrame { size: PANEL, x, y, title };
    let paint = |chart: &mut FigureChart<'_>| {
        curves.iter().try_for_each(|curve| {
            let steps = steps(&curve.front.marks).into_iter();
            line(chart, steps, StyleClass::Solid(curve.series), 16)
        })
    };
    draw(frame, paint, |svg, projection| {
        let mut write = |part: &FrontPart, class: StyleClass| {
            let at: Vec<(f64, f64)> = part.marks.iter().map(|mark| (mark.x, mark.y)).collect();
            let title = |i: usize| part.marks[i].title.clone();
            let series = PointSeries { at: &at, title: &title, class, data: part.data.as_ref() };
            points(svg, series, projection);
        };
        for curve in curves {
            write(&curve.dominated, StyleClass::Faint(curve.series));
        }
        for curve in curves {
            write(&curve.front, StyleClass::Points(curve.series));
        }
        // Whoever has the jobs has their numbers.
        if curves.iter().any(|curve| curve.front.data.is_none()) {
            table(svg, curves, [&x.label, &y.label]);
        }
    })
}

/// Writes the points as a table, of those that are dominated no more than there is room for.
fn table(svg: &mut FigureWriter, curves: &[FrontCurve], [x, y]: [&str; 2]) {
    let row = |mark: &PointMark| [mark.x, mark.y];
    let rows = |part: &FrontPart| part.marks.iter().map(row).collect::<Vec<_>>();
    let named = |curve: &FrontCurve| {
        let dominated = rows(&curve.dominated);
        let has_room = dominated.len() <= MOST_LISTED;
        let parts = [("on the front", rows(&curve.front)), ("dominated", dominated)];
        let parts = parts.into_iter().take(if has_room { 2 } else { 1 });
        parts.map(|(part, rows)| (format!("{}, {part}", curve.name), rows)).collect::<Vec<_>>()
    };
    let parts: Vec<(String, Vec<[f64; 2]>)> = curves.iter().flat_map(named).collect();
    let parts: Vec<(&str, Vec<[f64; 2]>)> =
        parts.iter().map(|(name, rows)| (name.as_str(), rows.clone())).collect();
    numbers(svg, &["configs", x, y], &parts);
}

/// Returns the corners of the steps through points: up to the next point nothing better than the last one is reached.
fn steps(marks: &[PointMark]) -> Vec<(f64, f64)> {
    let Some(first) = marks.first() else { return Vec::new() };
    let mut corners = vec![(first.x, first.y)];
    for pair in marks.windows(2) {
        corners.extend([(pair[1].x, pair[0].y), (pair[1].x, pair[1].y)]);
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_is_a_staircase() {
        let mark = |(x, y)| PointMark { x, y, title: String::new() };
        let corners = steps(&[(1.0, 9.0), (3.0, 5.0), (4.0, 2.0)].map(mark));
        assert_eq!(corners, [(1.0, 9.0), (3.0, 9.0), (3.0, 5.0), (4.0, 5.0), (4.0, 2.0)]);
        assert!(steps(&[]).is_empty());
    }
}
