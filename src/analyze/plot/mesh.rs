//! Draws the grid, the axes, their labels and their names, at the places that plotters computes.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::cartesian::MeshLine;
use plotters::coord::ranged1d::BoldPoints;
use plotters::drawing::DrawingArea;

use super::backend::{ElementShape, FigureBackend, StyledElement, point};
use super::frame::{ChartFrame, DrawError, EDGE, PlotArea};
use super::sizes::TICK_TEXT;
use crate::page::AxisTick;
use crate::page::figure::{MARGIN, StyleClass, TICK, UNIT, text_width};

/// The whole figure; its coordinates are units.
type FigureArea<'a> = DrawingArea<FigureBackend<'a>, Shift>;

/// The distance of a label from its axis, in units.
const LABEL_DISTANCE: i32 = 2 * TICK * UNIT;

/// The least space between two labels of a horizontal axis, in CSS pixels.
const LEAST_GAP: f64 = 5.0;

/// Draws the names of the axes, the grid, then each axis with its labels.
pub(super) fn mesh(
    root: &FigureArea<'_>,
    area: &PlotArea<'_>,
    frame: ChartFrame<'_>,
) -> Result<(), DrawError> {
    names(root, area.get_pixel_range(), frame)?;
    let (at_x, at_y) = grid(area)?;
    let (across, down) = (area.get_x_axis_pixel_range(), area.get_y_axis_pixel_range());
    // The axes lie beside the plotted area, which begins at its left and ends above its bottom.
    let (left, bottom) = (area.get_pixel_range().0.start, area.get_pixel_range().1.end);
    stroke(root, [(left - 1, down.start), (left - 1, down.end)])?;
    let tall = |_: &AxisTick| f64::from(TICK_TEXT * 11 / 10);
    for (y, tick) in uncrowded(at_y, frame.y.ticks(), tall) {
        label(root, tick, (left - LABEL_DISTANCE, y), ("0.5ex", "end"))?;
        stroke(root, [(left - 1 - TICK * UNIT, y), (left - 1, y)])?;
    }
    stroke(root, [(across.start, bottom), (across.end, bottom)])?;
    let wide = |tick: &AxisTick| text_width(&tick.text, TICK_TEXT) + LEAST_GAP;
    for (x, tick) in uncrowded(at_x, frame.x.ticks(), wide) {
        label(root, tick, (x, bottom + LABEL_DISTANCE + 2 * UNIT), ("0.76em", "middle"))?;
        stroke(root, [(x, bottom), (x, bottom + TICK * UNIT)])?;
    }
    Ok(())
}

/// Returns the ticks whose labels do not run into the one before, from the one at the greatest value on, which may be the end
/// of the axis; `extent` is how much room a label takes along the axis, in CSS pixels.
fn uncrowded(
    at: Vec<i32>,
    ticks: &[AxisTick],
    extent: impl Fn(&AxisTick) -> f64,
) -> Vec<(i32, &AxisTick)> {
    let mut kept: Vec<(i32, &AxisTick)> = Vec::new();
    for (place, tick) in at.into_iter().zip(ticks).rev() {
        let is_clear = kept.last().is_none_or(|&(before, neighbour)| {
            let needed = f64::midpoint(extent(tick), extent(neighbour)) * f64::from(UNIT);
            f64::from((place - before).abs()) >= needed
        });
        if is_clear {
            kept.push((place, tick));
        }
    }
    kept.reverse();
    kept
}

/// Draws the grid, and returns where the ticks lie: across and down.
fn grid(area: &PlotArea<'_>) -> Result<(Vec<i32>, Vec<i32>), DrawError> {
    let (mut at_x, mut at_y) = (Vec::new(), Vec::new());
    let draw = |backend: &mut FigureBackend<'_>, line: MeshLine<'_, _, _>| {
        let (from, to) = match line {
            MeshLine::XMesh(from, to, _) => {
                at_x.push(from.0);
                (from, to)
            }
            MeshLine::YMesh(from, to, _) => {
                at_y.push(from.1);
                (from, to)
            }
        };
        backend.svg.line(StyleClass::Grid, UNIT, [point(from), point(to)]);
        backend.svg.end_line();
        Ok(())
    };
    // An axis has its own ticks, however many are asked for.
    area.draw_mesh(draw, BoldPoints(0), BoldPoints(0))?;
    Ok((at_x, at_y))
}

fn names(
    root: &FigureArea<'_>,
    (across, down): (Range<i32>, Range<i32>),
    frame: ChartFrame<'_>,
) -> Result<(), DrawError> {
    let middle = |range: &Range<i32>| range.start + (range.end - range.start) / 2;
    let foot = (frame.size.height - MARGIN) * UNIT;
    let upwards = ((EDGE * UNIT, middle(&down)), "0.76em", frame.y);
    let below = ((middle(&across), foot), "-0.5ex", frame.x);
    for ((at, down, axis), is_upright) in [(upwards, true), (below, false)] {
        let text = axis.title();
        let shape = ElementShape::Text { text, down, anchor: "middle", is_upright };
        root.draw(&StyledElement { points: vec![at], class: StyleClass::Label, shape })?;
    }
    Ok(())
}

fn label(
    root: &FigureArea<'_>,
    tick: &AxisTick,
    at: (i32, i32),
    (down, anchor): (&'static str, &'static str),
) -> Result<(), DrawError> {
    let shape = ElementShape::Text { text: tick.text.clone(), down, anchor, is_upright: false };
    root.draw(&StyledElement { points: vec![at], class: StyleClass::Tick, shape })
}

/// Draws a line of an axis.
fn stroke(root: &FigureArea<'_>, ends: [(i32, i32); 2]) -> Result<(), DrawError> {
    let (points, shape) = (ends.to_vec(), ElementShape::Polyline { width: UNIT });
    root.draw(&StyledElement { points, class: StyleClass::Axis, shape })
}
