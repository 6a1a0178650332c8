//! Connects plotters with the writer of figures: plotters lays out the chart, maps values to units
//! and calls each element with its place; the element writes itself, with the class of its role.

use std::fmt::Write as _;

use plotters::element::{Drawable, PointCollection};
use plotters_backend::{BackendColor, BackendCoord, DrawingBackend, DrawingErrorKind};

use crate::page::figure::{FigurePoint, FigureWriter, StyleClass, TextPlace};

/// The figure that plotters draws on. Only [`StyledElement`]s can be drawn: those of plotters have
/// colours and no classes.
pub(super) struct FigureBackend<'a> {
    /// The writer of the figure.
    pub(super) svg: &'a mut FigureWriter,
    /// The figure's width and height in units.
    pub(super) size: (u32, u32),
}

/// Reports that an element has a colour instead of a style class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only elements with a style class can be drawn")]
pub(super) struct UnstyledElement;

impl DrawingBackend for FigureBackend<'_> {
    type ErrorType = UnstyledElement;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<UnstyledElement>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<UnstyledElement>> {
        Ok(())
    }

    /// Refuses a pixel; an element of plotters' own becomes pixels.
    fn draw_pixel(
        &mut self,
        _: BackendCoord,
        _: BackendColor,
    ) -> Result<(), DrawingErrorKind<UnstyledElement>> {
        Err(DrawingErrorKind::DrawingError(UnstyledElement))
    }
}

/// An element of a figure: its points, in values of the axes or in units, its role and its shape.
pub(super) struct StyledElement<C> {
    pub(super) points: Vec<C>,
    pub(super) class: StyleClass,
    pub(super) shape: ElementShape,
}

/// The shape of an element, which says what its points are.
pub(super) enum ElementShape {
    /// The corners of a line of a width in units.
    Polyline { width: i32 },
    /// The corners of a filled area.
    Polygon,
    /// Two opposite corners of a filled rectangle.
    Rectangle,
    /// The point that a text is aligned to.
    Text { text: String, down: &'static str, anchor: &'static str, is_upright: bool },
}

impl<'a, C> PointCollection<'a, C> for &'a StyledElement<C> {
    type Point = &'a C;
    type IntoIter = &'a [C];

    fn point_iter(self) -> &'a [C] {
        &self.points
    }
}

impl<C> Drawable<FigureBackend<'_>> for StyledElement<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut FigureBackend<'_>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<UnstyledElement>> {
        self.write(&points.collect::<Vec<_>>(), backend.svg);
        backend.svg.end_line();
        Ok(())
    }
}

impl<C> StyledElement<C> {
    fn write(&self, points: &[BackendCoord], svg: &mut FigureWriter) {
        match &self.shape {
            ElementShape::Polyline { width } => {
                let element = svg.element("polyline").attribute("fill", "none");
                let element = element.attribute("class", self.class);
                element.attribute("stroke-width", width).attribute("points", listed(points)).end();
            }
            ElementShape::Polygon => {
                let element = svg.element("polygon").attribute("class", self.class);
                element.attribute("points", listed(points)).end();
            }
            ElementShape::Rectangle => {
                let &[(x, y), (end_x, end_y)] = points else { return };
                let element = svg.element("rect").attribute("x", x.min(end_x));
                let element = element.attribute("y", y.min(end_y));
                let element = element.attribute("width", (end_x - x).abs());
                let element = element.attribute("height", (end_y - y).abs());
                element.attribute("class", self.class).attribute("stroke", "none").end();
            }
            ElementShape::Text { text, down, anchor, is_upright } => {
                let [at] = points else { return };
                let (at, is_upright) = (point(*at), *is_upright);
                let place = TextPlace { at, down, anchor, is_upright };
                svg.text(self.class, place, format_args!("\n{text}\n"));
            }
        }
    }
}

/// Returns a place of plotters' as one of the writer's.
pub(super) fn point((x, y): BackendCoord) -> FigurePoint {
    (f64::from(x), f64::from(y))
}

fn listed(points: &[BackendCoord]) -> String {
    points.iter().fold(String::new(), |mut list, (x, y)| {
        let _ = write!(list, "{x},{y} ");
        list
    })
}

#[cfg(test)]
mod tests {
    use plotters::prelude::{BLACK, Circle, IntoDrawingArea as _};

    use super::*;
    use crate::page::figure::PANEL;

    #[test]
    fn an_element_with_a_colour_instead_of_a_class_is_refused() {
        let mut svg = FigureWriter::open(PANEL, "");
        let root = FigureBackend { svg: &mut svg, size: (100, 100) }.into_drawing_area();
        assert!(root.draw(&Circle::new((9, 9), 3, BLACK)).is_err());
        let points = vec![(1, 2), (3, 4)];
        let (class, shape) = (StyleClass::Grid, ElementShape::Polyline { width: 4 });
        root.draw(&StyledElement { points, class, shape }).unwrap();
        drop(root);
        let line =
            "<polyline fill=\"none\" class=\"grid\" stroke-width=\"4\" points=\"1,2 3,4 \"/>";
        assert!(svg.finish().ends_with(&format!("aria-label=\"\">{line}\n</svg>")));
    }
}
