//! The stages of one network: the width of each block over its index, as pycls draws them.

use super::axis::ChartAxis;
use super::chart::{draw, line};
use super::frame::{ChartFrame, DrawError, FigureChart};
use super::marks::{PointMark, marks};
use super::numbers::corners;
use crate::page::figure::{PANEL, StyleClass};

/// The figure of a network.
#[derive(Debug, Clone, Copy)]
pub struct ModelFigure<'a> {
    /// The index of the block, from 0.
    pub x: &'a ChartAxis,
    /// Its width.
    pub y: &'a ChartAxis,
    /// The number of blocks of each stage, and their width.
    pub stages: &'a [(f64, f64)],
    /// The widths before they were rounded to stages, over the index; may be empty.
    pub formula: &'a [(f64, f64)],
    /// The blocks.
    pub marks: &'a [PointMark],
    /// The number of its colour.
    pub series: usize,
    /// The network's name.
    pub title: &'a str,
}

/// Draws a network as far as the axes show it.
pub fn model(figure: ModelFigure<'_>) -> String {
    let frame = ChartFrame { size: PANEL, x: figure.x, y: figure.y, title: figure.title };
    draw(
        frame,
        |chart| lines(chart, figure),
        |svg, projection| {
            let blocks = blocks(figure.stages);
            let lines = [("as built", blocks.as_slice()), ("formula", figure.formula)];
            marks(svg, figure.marks, projection, (figure.series, None));
            corners(svg, lines.into_iter(), "line", projection);
        },
    )
}

/// Returns the index and the width of each stage's first and last block.
fn blocks(stages: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let corners = stairs(stages).into_iter().enumerate();
    let inwards = |(at, (x, width)): (usize, (f64, f64))| {
        (if at % 2 == 0 { x + 0.5 } else { x - 0.5 }, width)
    };
    let mut blocks: Vec<(f64, f64)> = corners.map(inwards).collect();
    blocks.dedup(); // A stage of one block.
    blocks
}

fn lines(chart: &mut FigureChart<'_>, figure: ModelFigure<'_>) -> Result<(), DrawError> {
    let stairs = stairs(figure.stages);
    let both = [
        (figure.formula, StyleClass::Dotted(figure.series)),
        (stairs.as_slice(), StyleClass::Solid(figure.series)),
    ];
    for (corners, class) in both {
        line(chart, corners.iter().copied(), class, 16)?;
    }
    Ok(())
}

/// Returns the corners of the stairs: a block reaches half a step to either side of its index.
fn stairs(stages: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut start = -0.5;
    let mut corners = Vec::with_capacity(2 * stages.len());
    for &(blocks, width) in stages {
        corners.push((start, width));
        start += blocks;
        corners.push((start, width));
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::plot::AxisScale;
    use crate::analyze::stats::ValueSpan;

    #[test]
    fn stairs_go_half_a_step_around_each_block() {
        let corners = stairs(&[(1.0, 16.0), (2.0, 32.0)]);
        assert_eq!(corners, [(-0.5, 16.0), (0.5, 16.0), (0.5, 32.0), (2.5, 32.0)]);
    }

    #[test]
    fn a_small_network_is_stairs_a_line_and_named_blocks() {
        let x = ChartAxis::exact("block", AxisScale::Linear, ValueSpan { low: -0.5, high: 2.5 }, 3);
        let y = ChartAxis::new("width", AxisScale::Log2, ValueSpan { low: 16.0, high: 64.0 }, 8);
        let marks = [(0.0, 16.0), (1.0, 32.0), (2.0, 32.0)].map(|(x, y)| PointMark {
            x,
            y,
            title: format!("block {x}"),
        });
        insta::assert_snapshot!(model(ModelFigure {
            x: &x,
            y: &y,
            stages: &[(1.0, 16.0), (2.0, 32.0)],
            formula: &[(0.0, 16.0), (2.0, 40.0)],
            marks: &marks,
            series: 2,
            title: "The network of job <7>",
        }));
    }
}
