//! Draws a metric across groups: the full range, the range of the best, its median.

use super::axis::ChartAxis;
use super::chart::{area, draw, line};
use super::frame::{ChartFrame, DrawError, FigureChart};
use super::marks::{PointMark, marks};
use super::numbers::numbers;
use super::sizes::TREND;
use crate::analyze::stats::{BestRange, ValueSpan};
use crate::app::num::float;
use crate::page::figure::{FigureWriter, StyleClass};
use crate::page::number::rounded;

/// The names of a stop's numbers.
const HEADS: [&str; 6] =
    ["group", "low", "high", "low of the best", "median of the best", "high of the best"];

/// The numbers of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendStop {
    /// The group's name.
    pub name: String,
    /// The range of all its jobs.
    pub all: ValueSpan,
    /// The range of its best.
    pub best: BestRange,
    /// The text that the browser shows for its median.
    pub title: String,
    /// The number of its colour.
    pub series: usize,
}

/// The figure of a trend.
#[derive(Debug, Clone, Copy)]
pub struct TrendFigure<'a> {
    /// The groups, by name.
    pub x: &'a ChartAxis,
    /// The metric.
    pub y: &'a ChartAxis,
    /// The groups that have the metric, each with its place on the x axis.
    pub stops: &'a [(usize, TrendStop)],
}

/// Draws a trend.
pub fn trend(figure: TrendFigure<'_>) -> String {
    let title = format!("{} by group", figure.y.label);
    let y = figure.y.clone().unnamed();
    let frame = ChartFrame { size: TREND, x: figure.x, y: &y, title: &title };
    draw(
        frame,
        |chart| ranges(chart, figure),
        |svg, projection| {
            for (at, stop) in figure.stops {
                let (x, y) = (float(*at), stop.best.median);
                let mark = PointMark { x, y, title: stop.title.clone() };
                marks(svg, &[mark], projection, (stop.series, None));
            }
            table(svg, figure);
        },
    )
}

fn table(svg: &mut FigureWriter, figure: TrendFigure<'_>) {
    let row = |stop: &TrendStop| {
        let (all, best) = (stop.all, stop.best);
        [all.low, all.high, best.low, best.median, best.high].map(|value| rounded(value, 6))
    };
    let stops = figure.stops.iter().map(|(_, stop)| (stop.name.as_str(), vec![row(stop)]));
    numbers(svg, &HEADS, &stops.collect::<Vec<_>>());
}

fn ranges(chart: &mut FigureChart<'_>, figure: TrendFigure<'_>) -> Result<(), DrawError> {
    let edge = |end: &dyn Fn(&TrendStop) -> f64| -> Vec<(f64, f64)> {
        let stops = figure.stops.iter();
        stops.map(|(at, stop)| (float(*at), end(stop))).collect()
    };
    area(chart, &[edge(&|stop| stop.all.low), edge(&|stop| stop.all.high)], StyleClass::Wash)?;
    area(chart, &[edge(&|stop| stop.best.low), edge(&|stop| stop.best.high)], StyleClass::Band)?;
    line(chart, edge(&|stop| stop.best.median).into_iter(), StyleClass::Median, 15)
}
