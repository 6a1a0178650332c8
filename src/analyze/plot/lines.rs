//! Lines with bands: what all figures of one quantity over another have in common.

use plotters::series::LineSeries;

use super::axis::Axis;
use super::edf::zone;
use super::frame::{Chart, Frame, draw, stroke};
use super::marks::{Mark, points_of};
use super::numbers::corners;
use super::scatter::PointData;
use super::theme::Ink;
use crate::page::svg::PANEL;

/// A line, its band and its points.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// What it shows, for who saves the numbers.
    pub name: String,
    /// Which colour it has.
    pub series: usize,
    /// Its corners.
    pub line: Vec<(f64, f64)>,
    /// The corners of the lower and the upper edge of the band; empty if it has none.
    pub band: Option<[Vec<(f64, f64)>; 2]>,
    /// Points.
    pub marks: Vec<Mark>,
    /// Which jobs the points are, for the page's script; `None` if they are no jobs.
    pub data: Option<PointData>,
    /// Whether the line is dashed.
    pub is_dashed: bool,
}

/// Draws the curves; what lies beyond an axis is drawn at its edge.
pub fn lines(curves: &[Curve], x: &Axis, y: &Axis, title: &str) -> String {
    let frame = Frame { size: PANEL, x, y, title };
    let place = |&(a, b): &(f64, f64)| (x.clamp(a), y.clamp(b));
    let paint = |chart: &mut Chart<'_>| {
        for curve in curves {
            if let Some(band) = &curve.band {
                let placed = band.each_ref().map(|edge| edge.iter().map(place).collect());
                zone(chart, &placed, curve.series)?;
            }
        }
        for curve in curves {
            let dashed = curve.is_dashed;
            let ink = if dashed { Ink::Dashed(curve.series) } else { Ink::Solid(curve.series) };
            chart.draw_series(LineSeries::new(curve.line.iter().map(place), stroke(ink, 16)))?;
        }
        Ok(())
    };
    draw(frame, paint, |places| {
        let marks = |curve: &Curve| {
            let data = curve.data.as_ref().map(|data| data.attributes(places)).unwrap_or_default();
            let at: Vec<(f64, f64)> = curve.marks.iter().map(|mark| (mark.x, mark.y)).collect();
            let title = |i: usize| curve.marks[i].title.clone();
            points_of(&at, &title, (x, y), places, (curve.series, &data))
        };
        let named = curves.iter().map(|curve| (curve.name.as_str(), curve.line.as_slice()));
        curves.iter().map(marks).collect::<String>() + &corners(named, "curve", places)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::stats::Span;
    use crate::page::Scale;

    #[test]
    fn an_axis_of_names_says_what_its_numbers_stand_for() {
        let line = vec![(0.0, 0.25), (1.0, 0.5)];
        let curve = Curve { name: "optimizer".into(), line, ..Curve::default() };
        let y = Axis::exact("share", Scale::Linear, Span { low: 0.0, high: 1.0 }, 5);
        let svg = lines(&[curve], &Axis::of_names(&["adam", "sgd"]), &y, "Effect");
        assert!(svg.contains("&quot;names&quot;:[&quot;adam&quot;,&quot;sgd&quot;]"), "{svg}");
    }
}
