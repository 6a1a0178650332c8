//! Draws the objective by category: a row of points for each, with the box of its middle half and its median.

use serde::Serialize;

use super::axis::ChartAxis;
use super::chart::{draw, line, rectangle};
use super::data::PointData;
use super::frame::{ChartFrame, DrawError, FigureChart};
use super::marks::{PointSeries, outlines, points};
use super::numbers::numbers;
use crate::app::num::float;
use crate::page::figure::{BOTTOM, FigureSize, MARGIN, PANEL, StyleClass};

/// The height of a row, in CSS pixels.
const ROW: i32 = 30;
/// The share of a row to either side of its middle that its box and its points take.
const BOX: f64 = 0.36;
const SPREAD: f64 = 0.25;
/// The golden ratio's fraction: multiples of it spread evenly. The page's script has the same.
const GOLDEN: f64 = 0.618_033_988_749_895;

/// The row of a category.
#[derive(Debug, Clone, PartialEq)]
pub struct StripRow {
    /// Its name.
    pub name: String,
    /// The quartiles of the objective, as shown; `None` where there are too few jobs, infinite where these are lost.
    pub middle_half: Option<(f64, f64)>,
    /// The median; `None` where half of the jobs have no value.
    pub median: Option<f64>,
    /// The numbers of the jobs that ended and of those that are lost.
    pub counts: (usize, usize),
}

/// The figure of a metric's categories.
#[derive(Debug, Clone, Copy)]
pub struct StripFigure<'a> {
    /// The name of the metric.
    pub label: &'a str,
    /// The objective.
    pub x: &'a ChartAxis,
    /// The categories, from the top.
    pub rows: &'a [StripRow],
    /// The jobs: the row of each in its sweep, its value of the objective and the place of its category.
    pub points: &'a [(usize, f64, usize)],
    /// Those of them that are no draws, by their places.
    pub tuned: &'a [usize],
    /// The number of the points' colour.
    pub series: usize,
    /// The columns of the page's data that it shows, and their group.
    pub data: &'a PointData,
}

/// Draws the categories of a metric. If the points are few enough for names, `title` returns that of a point by its index.
pub fn strip(figure: StripFigure<'_>, title: impl Fn(usize) -> String) -> String {
    let StripFigure { x, rows, .. } = figure;
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let y = ChartAxis::of_rows(&names);
    let heading = format!("{} by {}", x.label, figure.label);
    let height = MARGIN + BOTTOM + ROW * i32::try_from(rows.len()).unwrap_or(i32::MAX / ROW / 2);
    let size = FigureSize { height, ..PANEL };
    let frame = ChartFrame { size, x, y: &y, title: &heading };
    let up = |place: usize| float(rows.len() - 1 - place);
    let paint = |chart: &mut FigureChart<'_>| {
        rows.iter().enumerate().try_for_each(|(at, row)| summary(chart, row, up(at), x))
    };
    draw(frame, paint, |svg, projection| {
        let at = |&(row, value, place): &(usize, f64, usize)| (value, up(place) + spread(row));
        let at: Vec<(f64, f64)> = figure.points.iter().map(at).collect();
        let (class, data) = (StyleClass::Points(figure.series), Some(figure.data));
        points(svg, PointSeries { at: &at, title: &title, class, data }, projection);
        outlines(svg, figure.tuned.iter().map(|&i| at[i]), projection);
        let parts: Vec<(&str, Vec<NumberRow>)> =
            rows.iter().map(|row| (row.name.as_str(), vec![NumberRow::of(row)])).collect();
        let heads = [figure.label, "ended", "lost", "quartile", "median", "quartile"];
        numbers(svg, &heads, &parts);
    })
}

/// The numbers of a row; what is infinite is missing.
#[derive(Debug, Serialize)]
struct NumberRow(usize, usize, Option<f64>, Option<f64>, Option<f64>);

impl NumberRow {
    fn of(row: &StripRow) -> Self {
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        let (low, high) = row.middle_half.unzip();
        Self(row.counts.0, row.counts.1, finite(low), row.median, finite(high))
    }
}

/// Returns how far a job's point lies from the middle of its row.
fn spread(row: usize) -> f64 {
    ((float(row) * GOLDEN).fract() - 0.5) * 2.0 * SPREAD
}

/// Draws the box of a category and its median.
fn summary(
    chart: &mut FigureChart<'_>,
    row: &StripRow,
    at: f64,
    x: &ChartAxis,
) -> Result<(), DrawError> {
    let ends = [at - BOX, at + BOX];
    if let Some((low, high)) = row.middle_half {
        let (low, high) = (x.clamp(low), x.clamp(high));
        rectangle(chart, [(low, ends[1]), (high, ends[0])], StyleClass::Band)?;
    }
    let Some(median) = row.median.map(|median| x.clamp(median)) else { return Ok(()) };
    line(chart, ends.map(|end| (median, end)).into_iter(), StyleClass::Median, 15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::stats::ValueSpan;
    use crate::page::AxisScale;

    #[test]
    fn a_row_has_its_jobs_a_box_and_a_median_and_long_names_are_cut_in_the_middle() {
        let x = ChartAxis::new("error", AxisScale::Linear, ValueSpan { low: 0.0, high: 50.0 }, 5);
        let row = |name: &str, middle_half, median| StripRow {
            name: name.to_owned(),
            middle_half,
            median,
            counts: (5, 1),
        };
        let rows = [
            row("sgd", Some((10.0, f64::INFINITY)), Some(20.0)),
            row("a_very_long_name_of_an_optimizer_with_momentum", None, None),
        ];
        let data = PointData {
            group: 0,
            x: "objective".to_owned(),
            y: "cfg.opt".to_owned(),
            rows: String::new(),
            part: String::new(),
        };
        let points = [(0, 20.0, 0), (1, 30.0, 1), (2, 99.0, 0)];
        let figure = StripFigure {
            label: "opt",
            x: &x,
            rows: &rows,
            points: &points,
            tuned: &[],
            series: 0,
            data: &data,
        };
        insta::assert_snapshot!(strip(figure, |i| format!("job {i}")));
    }

    #[test]
    fn jobs_of_a_row_lie_within_it() {
        let most = (0..10_000).map(|row| spread(row).abs()).fold(0.0, f64::max);
        assert!((0.24..=SPREAD).contains(&most), "{most}");
    }
}
