//! Draws the error over a metric: a point per job, the range of the best as a band, its median as a
//! line.

use super::axis::ChartAxis;
use super::chart::{draw, line, rectangle};
use super::data::PointData;
use super::frame::{ChartFrame, DrawError, FigureChart};
use super::marks::{PointSeries, outlines, points};
use crate::analyze::stats::BestRange;
use crate::page::figure::{PANEL, StyleClass};

/// The spread of a config's errors by its seeds: the noise floor, below which two points do not differ (Bouthillier et al.,
/// "Accounting for Variance in Machine Learning Benchmarks", 2021).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeedNoise {
    /// The error at which the bar is drawn.
    pub centre: f64,
    /// One standard deviation of the errors of a config's seeds.
    pub deviation: f64,
}

/// The figure of a scatter plot.
#[derive(Debug, Clone, Copy)]
pub struct ScatterFigure<'a> {
    /// The metric.
    pub x: &'a ChartAxis,
    /// The error.
    pub y: &'a ChartAxis,
    /// The jobs: the metric and the error of each.
    pub points: &'a [(f64, f64)],
    /// Those of them that are no draws, by their places.
    pub tuned: &'a [usize],
    /// The range of the metric over the best of m draws; `None` of too few jobs.
    pub best: Option<BestRange>,
    /// The noise floor; `None` without replicates.
    pub noise: Option<SeedNoise>,
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
        |chart| {
            band(chart, figure)?;
            figure.noise.map_or(Ok(()), |seeds| noise(chart, figure, seeds))
        },
        |svg, projection| {
            let (at, data) = (figure.points, Some(figure.data));
            let series =
                PointSeries { at, title: &title, class: StyleClass::Points(figure.series), data };
            points(svg, series, projection);
            outlines(svg, figure.tuned.iter().map(|&i| at[i]), projection);
        },
    )
}

fn band(chart: &mut FigureChart<'_>, figure: ScatterFigure<'_>) -> Result<(), DrawError> {
    let Some(best) = figure.best else { return Ok(()) };
    let (x, ends) = (figure.x, figure.y.span());
    let (bottom, top) = (ends.low, ends.high);
    let [low, median, high] = [best.low, best.median, best.high].map(|value| x.clamp(value));
    rectangle(chart, [(low, top), (high, bottom)], StyleClass::Band)?;
    line(chart, [(median, bottom), (median, top)].into_iter(), StyleClass::Median, 15)
}

/// Draws a bar at the right side, from one standard deviation below its centre to one above, with a stroke at either end.
fn noise(
    chart: &mut FigureChart<'_>,
    figure: ScatterFigure<'_>,
    seeds: SeedNoise,
) -> Result<(), DrawError> {
    let [left, middle, right] = [0.955, 0.97, 0.985].map(|share| figure.x.at(share));
    let [low, high] = [-1.0, 1.0].map(|side| seeds.centre + side * seeds.deviation);
    let bar = [
        [(middle, low), (middle, high)],
        [(left, low), (right, low)],
        [(left, high), (right, high)],
    ];
    bar.into_iter().try_for_each(|stroke| line(chart, stroke.into_iter(), StyleClass::Noise, 15))
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
        let best = Some(BestRange { low: 0.05, median: 0.1, high: 0.3 });
        let [at_x, at_y] = ["lr", "objective"].map(str::to_owned);
        let (rows, part) = (String::new(), String::new());
        let data = PointData { group: 0, x: at_x, y: at_y, rows, part };
        let figure = ScatterFigure {
            x: &x,
            y: &y,
            points,
            tuned: &[],
            best,
            noise: None,
            series: 1,
            data: &data,
        };
        scatter(figure, |i| format!("job at <{}>", points[i].0))
    }

    #[test]
    fn a_small_figure_is_axes_a_band_and_named_points() {
        insta::assert_snapshot!(draw(&[(0.1, 5.0), (0.02, 90.0), (3.0, 25.0)]));
    }

    #[test]
    fn the_noise_of_seeds_is_a_bar_of_two_standard_deviations() {
        let x = ChartAxis::exact("x", AxisScale::Linear, ValueSpan { low: 0.0, high: 1.0 }, 5);
        let y = ChartAxis::exact("error", AxisScale::Linear, ValueSpan { low: 0.0, high: 10.0 }, 5);
        let best = Some(BestRange { low: 0.2, median: 0.5, high: 0.8 });
        let data = PointData {
            group: 0,
            x: "x".into(),
            y: "objective".into(),
            rows: String::new(),
            part: String::new(),
        };
        let figure = |noise| ScatterFigure {
            x: &x,
            y: &y,
            points: &[(0.5, 5.0)],
            tuned: &[],
            best,
            noise,
            series: 0,
            data: &data,
        };
        let seeds = SeedNoise { centre: 5.0, deviation: 1.0 };
        let strokes = |svg: &str| svg.matches("class=\"noise\"").count();
        assert_eq!(strokes(&scatter(figure(Some(seeds)), |_| String::new())), 3);
        assert_eq!(strokes(&scatter(figure(None), |_| String::new())), 0);
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
