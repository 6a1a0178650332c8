//! Points, written by hand: a circle that names its job, or one path of all where there are many.

use std::fmt::Write as _;

use super::axis::Axis;
use super::frame::Places;
use super::theme::SERIES;
use crate::page::svg::{UNIT, title_element};

/// Up to so many points of a figure carry a name; beyond, a browser would crawl and nobody could
/// hit the one that is meant.
const MOST_NAMED: usize = 2000;

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

/// The points of one series; those beyond an axis become arrows at the edge.
pub(super) fn points(
    marks: &[Mark],
    axes: (&Axis, &Axis),
    places: &Places<'_>,
    series: usize,
) -> String {
    let inside = |mark: &&Mark| direction(mark, axes).is_none();
    let (shown, beyond): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(inside);
    let mut svg = format!("<g class=\"points s{}\">", series % SERIES);
    if shown.len() > MOST_NAMED {
        svg.push_str(&one_path(&shown, places));
    } else {
        for mark in shown {
            circle(&mut svg, mark, places);
        }
    }
    for mark in beyond {
        if let Some(direction) = direction(mark, axes) {
            let (x, y) = places.of(axes.0.clamp(mark.x), axes.1.clamp(mark.y));
            arrow(&mut svg, (x, y), direction, &mark.title);
        }
    }
    svg.push_str("</g>\n");
    svg
}

/// An arrow at a point of the figure's edge, pointing out of it.
pub(super) fn arrow(svg: &mut String, at: (f64, f64), direction: (f64, f64), title: &str) {
    let (dx, dy) = direction;
    let length = (dx * dx + dy * dy).sqrt().max(f64::MIN_POSITIVE);
    let unit = f64::from(UNIT);
    let (dx, dy) = (dx / length * 7.0 * unit, dy / length * 7.0 * unit);
    let (x, y) = at;
    let _ = write!(
        svg,
        "<path class=\"beyond\" d=\"M{:.0} {:.0}L{:.0} {:.0}L{:.0} {:.0}z\">{}</path>",
        x,
        y,
        x - dx - dy * 0.6,
        y - dy + dx * 0.6,
        x - dx + dy * 0.6,
        y - dy - dx * 0.6,
        title_element(title),
    );
}

/// Where an arrow for the mark points, in the SVG's directions; `None` of a mark on the axes.
fn direction(mark: &Mark, axes: (&Axis, &Axis)) -> Option<(f64, f64)> {
    let side = |axis: &Axis, value: f64| {
        let span = axis.span();
        f64::from(i8::from(value > span.high) - i8::from(value < span.low))
    };
    let (dx, dy) = (side(axes.0, mark.x), -side(axes.1, mark.y));
    (dx != 0.0 || dy != 0.0).then_some((dx, dy))
}

fn circle(svg: &mut String, mark: &Mark, places: &Places<'_>) {
    let (x, y) = places.of(mark.x, mark.y);
    let radius = 3 * UNIT;
    let title = title_element(&mark.title);
    let _ = write!(svg, "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"{radius}\">{title}</circle>");
}

/// All points as one path of round dots: eleven bytes a point, one element for the browser.
fn one_path(marks: &[&Mark], places: &Places<'_>) -> String {
    let mut path = "<path class=\"dots\" d=\"".to_owned();
    for mark in marks {
        let (x, y) = places.of(mark.x, mark.y);
        let _ = write!(path, "M{x:.0} {y:.0}h0");
    }
    path.push_str("\"/>");
    path
}
