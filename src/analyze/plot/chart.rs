//! The chart that all figures with axes share: laid out by plotters, with its grid, axes and labels.

use std::ops::Range;

use plotters::prelude::{ChartBuilder, IntoDrawingArea};

use super::axis::ChartAxis;
use super::backend::{ElementShape, FigureBackend, StyledElement};
use super::clip::ClipArea;
use super::frame::{ChartFrame, DrawError, EDGE, FigureChart};
use super::mesh::mesh;
use super::sizes::TICK_TEXT;
use crate::app::num::whole;
use crate::page::AxisScale;
use crate::page::figure::{
    ElementWriter, FigurePoint, FigureWriter, MARGIN, StyleClass, UNIT, text_width,
};

/// Maps values of the axes to the figure's units.
#[derive(Debug, Clone)]
pub(super) struct ChartProjection<'a> {
    x: (&'a ChartAxis, Range<i32>),
    y: (&'a ChartAxis, Range<i32>),
}

impl ChartProjection<'_> {
    /// Returns the horizontal and the vertical axis.
    pub(super) fn axes(&self) -> (&ChartAxis, &ChartAxis) {
        (self.x.0, self.y.0)
    }

    /// Writes the plotted area and the axes as attributes, from which the page's script knows where a
    /// value is.
    pub(super) fn describe<'e>(&self, element: ElementWriter<'e>) -> ElementWriter<'e> {
        let [left, top] = [self.x.1.start, self.y.1.start];
        let [right, bottom] = [self.x.1.end, self.y.1.end];
        let (x, y) = self.axes();
        let (across, up) = (x.span(), y.span());
        let element = match y.names() {
            [] => element,
            names => element.attribute("data-rows-of", serde_json::json!(names)),
        };
        element
            .attribute("data-box", format_args!("{left} {top} {right} {bottom}"))
            .attribute("data-xspan", format_args!("{} {}", across.low, across.high))
            .attribute("data-yspan", format_args!("{} {}", up.low, up.high))
            .attribute("data-xlog", x.scale() != AxisScale::Linear)
            .attribute("data-ylog", y.scale() != AxisScale::Linear)
    }

    /// Returns the place of a pair of values.
    pub(super) fn project(&self, x: f64, y: f64) -> FigurePoint {
        let along = |share: f64, range: &Range<i32>| {
            f64::from(range.start) + share * f64::from(range.end - range.start)
        };
        (along(self.x.0.share(x), &self.x.1), along(1.0 - self.y.0.share(y), &self.y.1))
    }
}

/// Draws the frame, then what `paint` draws, then the marks that `mark` writes, in that order.
pub(super) fn draw(
    frame: ChartFrame<'_>,
    paint: impl FnOnce(&mut FigureChart<'_>) -> Result<(), DrawError>,
    mark: impl FnOnce(&mut FigureWriter, &ChartProjection<'_>),
) -> String {
    let frame = ChartFrame { size: frame.size.on_canvas(), ..frame };
    let mut svg = FigureWriter::open(frame.size, frame.title);
    let ranges = render(frame, &mut svg, paint)
        .expect("all elements have a class, and every axis has a width");
    mark(&mut svg, &ChartProjection { x: (frame.x, ranges.0), y: (frame.y, ranges.1) });
    svg.finish()
}

/// Draws all but the marks, and returns the plotted area in units: across and down.
fn render(
    frame: ChartFrame<'_>,
    svg: &mut FigureWriter,
    paint: impl FnOnce(&mut FigureChart<'_>) -> Result<(), DrawError>,
) -> Result<(Range<i32>, Range<i32>), DrawError> {
    let size = (to_u32(frame.size.width * UNIT), to_u32(frame.size.height * UNIT));
    let root = FigureBackend { svg, size }.into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .margin(MARGIN * UNIT)
        // What is spared at the edge keeps the name of the axis off its numbers.
        .margin_left(EDGE * UNIT)
        .x_label_area_size(frame.size.bottom * UNIT)
        .y_label_area_size((left(frame) + MARGIN - EDGE) * UNIT)
        .build_cartesian_2d(frame.x.clone(), frame.y.clone())?;
    mesh(&root, chart.plotting_area(), frame)?;
    paint(&mut chart)?;
    Ok(chart.plotting_area().get_pixel_range())
}

/// Returns the room at the left, in CSS pixels: as much as all figures of that size have, or what the
/// longest label beside the axis' name takes.
fn left(frame: ChartFrame<'_>) -> i32 {
    /// The name with the space around it; the space around a label and its mark.
    const NAME: f64 = 14.0;
    const SPACE: f64 = 8.0;
    let name = if frame.y.label.is_empty() { 0.0 } else { NAME };
    let labels = frame.y.ticks().iter().map(|tick| text_width(&tick.text, TICK_TEXT));
    let needed = name + SPACE + labels.fold(0.0, f64::max);
    frame.size.left.max(whole(needed.ceil()))
}

/// Returns a size as plotters takes it.
fn to_u32(size: i32) -> u32 {
    u32::try_from(size).expect("sizes are positive")
}

/// Draws the part of a line through points that the axes show, its width in tenths of a CSS pixel.
pub(super) fn line(
    chart: &mut FigureChart<'_>,
    points: impl Iterator<Item = (f64, f64)>,
    class: StyleClass,
    tenths: i32,
) -> Result<(), DrawError> {
    let points: Vec<(f64, f64)> = points.collect();
    for points in shown(chart).line(&points) {
        let shape = ElementShape::Polyline { width: tenths * UNIT / 10 };
        chart.draw_series([StyledElement { points, class, shape }])?;
    }
    Ok(())
}

/// Returns the area that the axes of a chart show.
fn shown<'a>(chart: &'a FigureChart<'_>) -> ClipArea<'a> {
    let axes = chart.as_coord_spec();
    ClipArea { x: axes.x_spec(), y: axes.y_spec() }
}

/// Fills the part of the area between a lower and an upper edge that the axes show.
pub(super) fn area(
    chart: &mut FigureChart<'_>,
    [low, high]: &[Vec<(f64, f64)>; 2],
    class: StyleClass,
) -> Result<(), DrawError> {
    let points = shown(chart).polygon(low.iter().chain(high.iter().rev()).copied());
    if points.is_empty() {
        return Ok(());
    }
    chart.draw_series([StyledElement { points, class, shape: ElementShape::Polygon }])?;
    Ok(())
}

/// Fills the rectangle between two opposite corners.
pub(super) fn rectangle(
    chart: &mut FigureChart<'_>,
    corners: [(f64, f64); 2],
    class: StyleClass,
) -> Result<(), DrawError> {
    let (points, shape) = (corners.to_vec(), ElementShape::Rectangle);
    chart.draw_series([StyledElement { points, class, shape }])?;
    Ok(())
}
