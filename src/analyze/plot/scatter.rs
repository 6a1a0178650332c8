//! Draws the error over a metric: a point per job, the range of the best as a band, its median as a
//! line.

use super::axis::ChartAxis;
use super::chart::{draw, line, rectangle};
use super::data::PointData;
use super::frame::{ChartFrame, DrawError, FigureChart};
use super::marks::{PointSeries, points};
use crate::analyze::stats::BestRange;
use crate::page::figure::{PANEL, StyleClass};

/// The figure of a scatter plot.
#[derive(Debug, Clone, Copy)]
pub struct ScatterFigure<'a> {
    /// The metric.
    pub x: &'a ChartAxis,
    /// The error.
    pub y: &'a ChartAxis,
    /// The jobs: the metric and the error of each.
    pub points: &'a [(f64, f64)],
    /// The range of the metric over the best of m draws.
    pub best: BestRange,
    /// The number of the points' colour.
    pub series: usize,
    /// The columns of the page's data that it shows, and their group.
    pub data: &'a PointData,
}

/// Draws a scatter plot. If the points are few enough for names, `title` returns that of a point by
/// its index.
pub fn scatter(figure: ScatterFigure<'_>, title: impl Fn(usize) -> String) -> String {
    let (x, y) = (figure.x, figure.y);
    let heading = format!("{} over {}", y.label, x.label);
    let frame = ChartFrame { size: PANEL, x, y, title: &heading };
    draw(
        frame,
        |chart| band(chart, figure),
        |svg, projection| {
            let (at, data) = (figure.points, Some(figure.data));
            let series = PointSeries { at, title: &title, series: figure.series, data };
            points(svg, series, projection);
        },
    )
}

fn band(chart: &mut FigureChart<'_>, figure: ScatterFigure<'_>) -> Result<(), DrawError> {
    let (x, ends) = (figure.x, figure.y.span());
    let (bottom, top) = (ends.low, ends.high);
    let best = [figure.best.low, figure.best.median, figure.best.high];
    let [low, median, high] = best.map(|value| x.clamp(value));
    rectangle(chart, [(low, top), (high, bottom)], StyleClass::Band)?;
    line(chart, [(median, bottom), (median, top)].into_iter(), StyleClass::Median, 15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::stats::ValueSpan;
    use crate::app::num::float;
    use crate::page::AxisScale;

    fn draw(points: &[(f64, f64)]) -> String {
        let x = ChartAxis::new(
            "learning rate",
            AxisScale::Log10,
            ValueSpan { low: 0.01, high: 1.0 },
            6,
        );
        let y = ChartAxis::new("error", AxisScale::Linear, ValueSpan { low: 0.0, high: 50.0 }, 5);
        let best = BestRange { low: 0.05, median: 0.1, high: 0.3 };
        let [at_x, at_y] = ["lr", "objective"].map(str::to_owned);
        let data = PointData { group: 0, x: at_x, y: at_y, rows: String::new() };
        let figure = ScatterFigure { x: &x, y: &y, points, best, series: 1, data: &data };
        scatter(figure, |i| format!("job at <{}>", points[i].0))
    }

    #[test]
    fn a_small_figure_is_axes_a_band_and_named_points() {
        insta::assert_snapshot!(draw(&[(0.1, 5.0), (0.02, 90.0), (3.0, 25.0)]));
    }

    #[test]
    fn a_point_beyond_the_axes_is_an_arrow_at_the_edge() {
        let svg = draw(&[(0.1, 5.0), (0.02, 90.0), (3.0, 25.0)]);
        assert_eq!(svg.matches("<circle").count(), 1);
        assert_eq!(svg.matches("class=\"beyond\"").count(), 2);
        assert!(svg.contains("<title>job at &lt;0.02&gt;</title>"));
    }

    #[test]
    fn hundreds_of_points_are_one_path_and_thousands_a_density() {
        let points: Vec<(f64, f64)> = (0..3000).map(|i| (0.1, float(i) / 100.0)).collect();
        let svg = draw(&points);
        assert_eq!(svg.matches("<circle").count(), 0);
        assert_eq!(svg.matches("class=\"dots\"").count(), 1);
        assert!(svg.len() < 3000 * 20 + 10_000, "{} bytes", svg.len());
        let points: Vec<(f64, f64)> = (0..100_000)
            .map(|i| (0.01 + float(i % 977) / 1000.0, float(i % 1013) / 21.0))
            .collect();
        let svg = draw(&points);
        assert!(svg.matches("class=\"cells\"").count() <= 5 && !svg.contains("class=\"dots\""));
        assert!(svg.len() < 70_000, "{} bytes", svg.len());
    }

    #[test]
    fn thousands_of_points_beyond_the_axes_are_one_path_of_arrows_along_the_edge() {
        let points: Vec<(f64, f64)> =
            (0..10_000).map(|i| (0.01 + float(i % 977) / 1000.0, 60.0)).collect();
        let svg = draw(&points);
        assert_eq!(svg.matches("class=\"beyond\"").count(), 1);
        assert!(svg.len() < 20_000, "{} bytes", svg.len());
    }
}
