//! A metric across groups: the full range, the range of the best, its median.

use plotters::prelude::Polygon;
use plotters::series::LineSeries;

use super::axis::Axis;
use super::frame::{Chart, Failed, Frame, draw, fill, stroke};
use super::marks::{Mark, points};
use super::numbers::numbers;
use super::theme::{Ink, TREND};
use crate::analyze::stats::{BestRange, Span, float};
use crate::page::number::rounded;

/// What the numbers of a stop are called.
const HEADS: [&str; 6] =
    ["group", "low", "high", "low of the best", "median of the best", "high of the best"];

/// One group's numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendStop {
    /// The group.
    pub name: String,
    /// The range of all its jobs.
    pub all: Span,
    /// The range of its best.
    pub best: BestRange,
    /// What the browser says of its median.
    pub title: String,
    /// Which colour it has.
    pub series: usize,
}

/// What a trend shows.
#[derive(Debug, Clone, Copy)]
pub struct TrendFigure<'a> {
    /// The groups, by name.
    pub x: &'a Axis,
    /// The metric.
    pub y: &'a Axis,
    /// One a group that has the metric, with the group's place on the x axis.
    pub stops: &'a [(usize, TrendStop)],
}

/// Draws it.
pub fn trend(figure: TrendFigure<'_>) -> String {
    let title = format!("{} by group", figure.y.label);
    let y = figure.y.clone().unnamed();
    let frame = Frame { size: TREND, x: figure.x, y: &y, title: &title };
    draw(
        frame,
        |chart| ranges(chart, figure),
        |places| {
            let median = |(at, stop): &(usize, TrendStop)| {
                let mark = Mark { x: float(*at), y: stop.best.median, title: stop.title.clone() };
                points(&[mark], (figure.x, figure.y), places, stop.series)
            };
            figure.stops.iter().map(median).collect::<String>() + &table(figure)
        },
    )
}

fn table(figure: TrendFigure<'_>) -> String {
    let row = |stop: &TrendStop| {
        let (all, best) = (stop.all, stop.best);
        [all.low, all.high, best.low, best.median, best.high].map(|value| rounded(value, 6))
    };
    let stops = figure.stops.iter().map(|(_, stop)| (stop.name.as_str(), vec![row(stop)]));
    numbers(&HEADS, &stops.collect::<Vec<_>>())
}

fn ranges(chart: &mut Chart<'_>, figure: TrendFigure<'_>) -> Result<(), Failed> {
    let outline = |ends: &dyn Fn(&TrendStop) -> (f64, f64)| -> Vec<(f64, f64)> {
        let there = figure.stops.iter().map(|(at, stop)| (*at, ends(stop).0));
        let back = figure.stops.iter().rev().map(|(at, stop)| (*at, ends(stop).1));
        there.chain(back).map(|(at, y)| (float(at), figure.y.clamp(y))).collect()
    };
    let all = outline(&|stop| (stop.all.low, stop.all.high));
    let best = outline(&|stop| (stop.best.low, stop.best.high));
    let medians =
        figure.stops.iter().map(|(at, stop)| (float(*at), figure.y.clamp(stop.best.median)));
    chart.draw_series([Polygon::new(all, fill(Ink::Wash))])?;
    chart.draw_series([Polygon::new(best, fill(Ink::Band))])?;
    chart.draw_series(LineSeries::new(medians, stroke(Ink::Median, 15)))?;
    Ok(())
}
