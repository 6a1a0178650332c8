//! Draws lines with bands and points: figures of one quantity over another.

use super::axis::ChartAxis;
use super::chart::{area, draw, line};
use super::data::PointData;
use super::frame::{ChartFrame, FigureChart};
use super::marks::{PointMark, marks, outlines};
use super::numbers::corners;
use crate::page::figure::{PANEL, StyleClass};

/// A line, its band and its points.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BandedLine {
    /// Its name in the figure's table of numbers.
    pub name: String,
    /// The number of its colour.
    pub series: usize,
    /// Its corners.
    pub line: Vec<(f64, f64)>,
    /// The corners of the lower and the upper edge of the band; empty if it has none.
    pub band: Option<[Vec<(f64, f64)>; 2]>,
    /// Its points.
    pub marks: Vec<PointMark>,
    /// Those of its points that are outlined, since they are no draws.
    pub tuned: Vec<(f64, f64)>,
    /// The jobs that the points are, for the page's script; `None` if they are no jobs.
    pub data: Option<PointData>,
    /// True if the line is dashed.
    pub is_dashed: bool,
}

/// Draws the curves as far as the axes show them; points beyond an axis are arrows at its edge.
pub fn lines(curves: &[BandedLine], x: &ChartAxis, y: &ChartAxis, title: &str) -> String {
    let frame = ChartFrame { size: PANEL, x, y, title };
    let paint = |chart: &mut FigureChart<'_>| {
        for curve in curves {
            if let Some(band) = &curve.band {
                area(chart, band, StyleClass::Zone(curve.series))?;
            }
        }
        for curve in curves {
            let class = if curve.is_dashed { StyleClass::Dashed } else { StyleClass::Solid };
            line(chart, curve.line.iter().copied(), class(curve.series), 16)?;
        }
        Ok(())
    };
    draw(frame, paint, |svg, projection| {
        for curve in curves {
            marks(svg, &curve.marks, projection, (curve.series, curve.data.as_ref()));
        }
        outlines(svg, curves.iter().flat_map(|curve| curve.tuned.iter().copied()), projection);
        let named = curves.iter().map(|curve| (curve.name.as_str(), curve.line.as_slice()));
        corners(svg, named, "curve", projection);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::stats::ValueSpan;
    use crate::page::AxisScale;

    #[test]
    fn an_axis_of_names_says_what_its_numbers_stand_for() {
        let line = vec![(0.0, 0.25), (1.0, 0.5)];
        let curve = BandedLine { name: "optimizer".into(), line, ..BandedLine::default() };
        let y = ChartAxis::exact("share", AxisScale::Linear, ValueSpan { low: 0.0, high: 1.0 }, 5);
        let svg = lines(&[curve], &ChartAxis::of_names(&["adam", "sgd"]), &y, "Effect");
        assert!(svg.contains("&quot;names&quot;:[&quot;adam&quot;,&quot;sgd&quot;]"), "{svg}");
    }
}
