//! Drawing: axes, areas and lines by plotters, points as SVG marks that carry their names.
//!
//! Text and grid are drawn in two colours that stand for "the page's own"; they are replaced by CSS
//! so that a figure follows the page into the dark.

use std::error::Error;
use std::fmt::Write;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::*;

use super::theme::{color, rgb};
use super::{Axis, Line, Mark, Plot};

/// Stands for the colour of the page's text.
const INK: RGBColor = RGBColor(1, 2, 3);
/// Stands for the colour of the page's fine lines.
const GRID: RGBColor = RGBColor(4, 5, 6);
const FONT: &str = "system-ui, sans-serif";
const FONT_SIZE: u32 = 12;
const RADIUS: f64 = 3.2;

/// Where the data lie in the drawing: left, right, top and bottom in pixels.
struct Frame {
    x: (f64, f64),
    y: (f64, f64),
}

impl Plot {
    /// The figure as an SVG element; in words why not, where the drawing library fails.
    ///
    /// # Errors
    ///
    /// What the drawing library says.
    pub fn svg(&self) -> Result<String, String> {
        let mut svg = String::new();
        let frame = self.draw(&mut svg).map_err(|e| format!("a figure could not be drawn: {e}"))?;
        let (width, height) = self.size;
        let start = svg.find('>').map_or(0, |at| at + 1);
        let end = svg.rfind("</svg>").unwrap_or(svg.len());
        let mut out = format!(
            "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">",
            handlebars::html_escape(&self.alt)
        );
        out.push_str(svg[start..end].trim());
        for mark in &self.marks {
            self.mark(&mut out, mark, &frame);
        }
        out.push_str("</svg>");
        Ok(out.replace("#010203", "currentColor").replace("#040506", "var(--grid)"))
    }

    fn draw(&self, svg: &mut String) -> Result<Frame, Box<dyn Error>> {
        let root = SVGBackend::with_string(svg, self.size).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .margin_right(14)
            .x_label_area_size(42)
            .y_label_area_size(56)
            .build_cartesian_2d(Ticked::of(&self.x), Ticked::of(&self.y))?;
        let font = (FONT, FONT_SIZE).into_font().color(&INK);
        chart
            .configure_mesh()
            .axis_style(GRID)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .label_style(font.clone())
            .axis_desc_style(font)
            .x_desc(self.x.label.as_str())
            .y_desc(self.y.label.as_str())
            .draw()?;
        for (corners, series) in &self.areas {
            let corners = self.places(corners);
            chart.draw_series(std::iter::once(Polygon::new(
                corners,
                ink(Some(*series)).mix(0.13),
            )))?;
        }
        for Line { points, series, width } in &self.lines {
            let style = ink(*series).stroke_width(*width);
            chart.draw_series(LineSeries::new(self.places(points), style))?;
        }
        let (x, y) = chart.plotting_area().get_pixel_range();
        let pixels = |range: std::ops::Range<i32>| (f64::from(range.start), f64::from(range.end));
        let frame = Frame { x: pixels(x), y: pixels(y) };
        drop(chart);
        root.present()?;
        drop(root);
        Ok(frame)
    }

    /// Points in plot units, kept within the frame.
    fn places(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let within = |place: f64, (low, high): (f64, f64)| place.clamp(low, high);
        points
            .iter()
            .map(|&(x, y)| (self.x.place(x), self.y.place(y)))
            .filter(|(x, y)| !x.is_nan() && !y.is_nan())
            .map(|(x, y)| (within(x, self.x.range()), within(y, self.y.range())))
            .collect()
    }

    fn mark(&self, out: &mut String, mark: &Mark, frame: &Frame) {
        let (x, y) = (self.x.place(mark.at.0), self.y.place(mark.at.1));
        let share = |place: f64, (low, high): (f64, f64)| (place - low) / (high - low);
        let (right, up) = (share(x, self.x.range()), share(y, self.y.range()));
        if right.is_nan() || up.is_nan() {
            return;
        }
        let px = frame.x.0 + right.clamp(0.0, 1.0) * (frame.x.1 - frame.x.0);
        let py = frame.y.1 - up.clamp(0.0, 1.0) * (frame.y.1 - frame.y.0);
        let (fill, title) = (color(mark.series), handlebars::html_escape(&mark.title));
        let inside = (0.0..=1.0).contains(&right) && (0.0..=1.0).contains(&up);
        let _ = if inside {
            write!(
                out,
                "<circle class=\"mark\" cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"{RADIUS}\" fill=\"{fill}\">"
            )
        } else {
            let turn = if up > 1.0 {
                0
            } else if up < 0.0 {
                180
            } else if right > 1.0 {
                90
            } else {
                270
            };
            write!(
                out,
                "<path class=\"mark\" d=\"M0 -5L5 4H-5Z\" transform=\"translate({px:.1} {py:.1}) rotate({turn})\" fill=\"{fill}\">"
            )
        };
        let end = if inside { "circle" } else { "path" };
        let _ = write!(out, "<title>{title}</title></{end}>");
    }
}

fn ink(series: Option<usize>) -> RGBColor {
    series.map_or(INK, |series| {
        let (r, g, b) = rgb(series);
        RGBColor(r, g, b)
    })
}

/// A range with the ticks that the axis chose: plotters' own are poor on logarithmic axes.
struct Ticked {
    range: (f64, f64),
    ticks: Vec<(f64, String)>,
}

impl Ticked {
    fn of(axis: &Axis) -> Self {
        Self { range: axis.range(), ticks: axis.ticks() }
    }
}

impl Ranged for Ticked {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    #[expect(clippy::cast_possible_truncation, reason = "a place within the drawing")]
    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.range.0) / (self.range.1 - self.range.0);
        limit.0 + (share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|(place, _)| *place).collect()
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.range.0..self.range.1
    }
}

impl ValueFormatter<f64> for Ticked {
    fn format_ext(&self, value: &f64) -> String {
        let here = |place: f64| (place - value).abs();
        let nearest = self.ticks.iter().min_by(|a, b| here(a.0).total_cmp(&here(b.0)));
        nearest.map(|(_, label)| label.clone()).unwrap_or_default()
    }
}
