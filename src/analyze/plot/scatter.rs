//! Error over a metric: a point a job, the range of the best as a band, its median as a line.

use plotters::prelude::{PathElement, Rectangle};

use super::axis::Axis;
use super::frame::{Chart, Failed, Frame, Places, draw, fill, stroke};
use super::marks::points_of;
use super::theme::Ink;
use crate::analyze::stats::BestRange;
use crate::page::svg::{PANEL, escape};

/// What a scatter plot shows.
#[derive(Debug, Clone, Copy)]
pub struct ScatterFigure<'a> {
    /// The metric.
    pub x: &'a Axis,
    /// The error.
    pub y: &'a Axis,
    /// The jobs: the metric and the error of each.
    pub points: &'a [(f64, f64)],
    /// The range of the metric over the best of m draws.
    pub best: BestRange,
    /// Which colour the points have.
    pub series: usize,
    /// Which columns of the page's data it shows, of which of its groups.
    pub data: &'a PointData,
}

/// What the page's script needs to know of a figure's points.
#[derive(Debug, Clone, PartialEq)]
pub struct PointData {
    /// Which group.
    pub group: usize,
    /// The column of the horizontal axis.
    pub x: String,
    /// The column of the vertical axis.
    pub y: String,
    /// Which of the group's jobs, as [bits](crate::analyze::data::bits); empty of all.
    pub rows: String,
}

impl PointData {
    /// As attributes of the element that holds the points.
    pub(super) fn attributes(&self, places: &Places<'_>) -> String {
        let (x, y, frame) = (escape(&self.x), escape(&self.y), places.attributes());
        let rows = match self.rows.as_str() {
            "" => String::new(),
            rows => format!(" data-rows=\"{rows}\""),
        };
        format!(" data-group=\"{}\" data-x=\"{x}\" data-y=\"{y}\"{frame}{rows}", self.group)
    }
}

/// Draws it. Where there is room for names, `title` is asked for that of the job at a place of the points.
pub fn scatter(figure: ScatterFigure<'_>, title: impl Fn(usize) -> String) -> String {
    let (x, y) = (figure.x, figure.y);
    let heading = format!("{} over {}", y.label, x.label);
    let frame = Frame { size: PANEL, x, y, title: &heading };
    draw(
        frame,
        |chart| band(chart, figure),
        |places| {
            let data = figure.data.attributes(places);
            points_of(figure.points, &title, (x, y), places, (figure.series, &data))
        },
    )
}

fn band(chart: &mut Chart<'_>, figure: ScatterFigure<'_>) -> Result<(), Failed> {
    let (x, ends) = (figure.x, figure.y.span());
    let (bottom, top) = (ends.low, ends.high);
    let best = [figure.best.low, figure.best.median, figure.best.high];
    let [low, median, high] = best.map(|value| x.clamp(value));
    let area = Rectangle::new([(low, top), (high, bottom)], fill(Ink::Band));
    let line = PathElement::new(vec![(median, bottom), (median, top)], stroke(Ink::Median, 15));
    chart.draw_series([area])?;
    chart.draw_series([line])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::stats::{Span, float};
    use crate::page::Scale;

    fn draw(points: &[(f64, f64)]) -> String {
        let x = Axis::new("learning rate", Scale::Log10, Span { low: 0.01, high: 1.0 }, 6);
        let y = Axis::new("error", Scale::Linear, Span { low: 0.0, high: 50.0 }, 5);
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
