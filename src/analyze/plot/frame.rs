//! The frame that all figures share: axes, grid and labels, drawn by plotters.

use std::io;
use std::ops::Range;

use plotters::prelude::{
    Cartesian2d, ChartBuilder, ChartContext, Color, DrawingAreaErrorKind, IntoDrawingArea,
    IntoFont, SVGBackend, ShapeStyle, TRANSPARENT,
};

use super::axis::Axis;
use super::svg::embed;
use super::theme::{Ink, LABEL_TEXT, TICK_TEXT};
use crate::page::Scale;
use crate::page::svg::{BOTTOM, MARGIN, Size, TICK, UNIT, text_width};

/// From the edge to the name of the vertical axis, in CSS pixels.
const EDGE: i32 = 2;

/// What lines and bands are drawn on; its coordinates are the values of the axes.
pub(super) type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<Axis, Axis>>;
/// Why plotters could not draw.
pub(super) type Failed = DrawingAreaErrorKind<io::Error>;

/// A figure's frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) size: Size,
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    /// What the figure shows, in words.
    pub(super) title: &'a str,
}

/// From values to the coordinates of the SVG.
#[derive(Debug, Clone)]
pub(super) struct Places<'a> {
    x: (&'a Axis, Range<i32>),
    y: (&'a Axis, Range<i32>),
}

impl Places<'_> {
    /// What is over what.
    pub(super) fn axes(&self) -> (&Axis, &Axis) {
        (self.x.0, self.y.0)
    }

    /// The plotted area and the axes as attributes, from which the page's script knows where a value is.
    pub(super) fn attributes(&self) -> String {
        let [left, top] = [self.x.1.start, self.y.1.start];
        let [right, bottom] = [self.x.1.end, self.y.1.end];
        let (x, y) = self.axes();
        let (across, up) = (x.span(), y.span());
        format!(
            " data-box=\"{left} {top} {right} {bottom}\" data-xspan=\"{} {}\" data-yspan=\"{} {}\" \
             data-xlog=\"{}\" data-ylog=\"{}\"",
            across.low,
            across.high,
            up.low,
            up.high,
            x.scale() != Scale::Linear,
            y.scale() != Scale::Linear,
        )
    }

    /// The point of a pair of values.
    pub(super) fn of(&self, x: f64, y: f64) -> (f64, f64) {
        let along = |share: f64, range: &Range<i32>| {
            f64::from(range.start) + share * f64::from(range.end - range.start)
        };
        (along(self.x.0.share(x), &self.x.1), along(1.0 - self.y.0.share(y), &self.y.1))
    }
}

/// Draws the frame, then what `paint` draws, then the marks that `mark` writes, in that order.
pub(super) fn draw(
    frame: Frame<'_>,
    paint: impl FnOnce(&mut Chart<'_>) -> Result<(), Failed>,
    mark: impl FnOnce(&Places<'_>) -> String,
) -> String {
    let mut drawing = String::new();
    let ranges = render(frame, &mut drawing, paint)
        .expect("writing to memory does not fail, and every axis has a width");
    let places = Places { x: (frame.x, ranges.0), y: (frame.y, ranges.1) };
    embed(&drawing, &mark(&places), frame.size, frame.title)
}

fn render(
    frame: Frame<'_>,
    drawing: &mut String,
    paint: impl FnOnce(&mut Chart<'_>) -> Result<(), Failed>,
) -> Result<(Range<i32>, Range<i32>), Failed> {
    let size = (to_u32(frame.size.width * UNIT), to_u32(frame.size.height * UNIT));
    let root = SVGBackend::with_string(drawing, size).into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .margin(MARGIN * UNIT)
        // What is spared at the edge keeps the name of the axis off its numbers.
        .margin_left(EDGE * UNIT)
        .x_label_area_size(BOTTOM * UNIT)
        .y_label_area_size((left(frame) + MARGIN - EDGE) * UNIT)
        .build_cartesian_2d(frame.x.clone(), frame.y.clone())?;
    mesh(&mut chart, frame)?;
    paint(&mut chart)?;
    let ranges = chart.plotting_area().get_pixel_range();
    drop(chart);
    root.present()?;
    Ok(ranges)
}

/// The room at the left, in CSS pixels: as much as all figures of that size have, or what the longest
/// label beside the axis' name takes.
fn left(frame: Frame<'_>) -> i32 {
    /// The name with the space around it; the space around a label and its mark.
    const NAME: f64 = 14.0;
    const SPACE: f64 = 8.0;
    let name = if frame.y.label.is_empty() { 0.0 } else { NAME };
    let labels = frame.y.labels().map(|label| text_width(label, TICK_TEXT)).fold(0.0, f64::max);
    #[expect(clippy::cast_possible_truncation, reason = "a label is not so long")]
    let needed = (name + SPACE + labels).ceil() as i32;
    frame.size.left.max(needed)
}

fn mesh(chart: &mut Chart<'_>, frame: Frame<'_>) -> Result<(), Failed> {
    let text = |size: i32, ink: Ink| ("sans-serif", size * UNIT).into_font().color(&ink.color());
    let stroke = |ink: Ink| ink.color().stroke_width(to_u32(UNIT));
    chart
        .configure_mesh()
        .bold_line_style(stroke(Ink::Grid))
        .light_line_style(TRANSPARENT)
        .axis_style(stroke(Ink::Axis))
        .set_all_tick_mark_size(TICK * UNIT)
        .label_style(text(TICK_TEXT, Ink::Tick))
        .axis_desc_style(text(LABEL_TEXT, Ink::Label))
        .x_desc(frame.x.label.as_str())
        .y_desc(frame.y.label.as_str())
        .draw()
}

/// A size as plotters takes it.
pub(super) fn to_u32(size: i32) -> u32 {
    u32::try_from(size).expect("sizes are positive")
}

/// A line's width in units, of CSS pixels.
pub(super) fn stroke(ink: Ink, tenths: i32) -> ShapeStyle {
    ink.color().stroke_width(to_u32(tenths * UNIT / 10))
}

/// A filled area.
pub(super) fn fill(ink: Ink) -> ShapeStyle {
    ink.color().filled()
}
