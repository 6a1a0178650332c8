//! Writes the outline of a path with the operators of PDF.

use pdf_writer::Content;
use resvg::usvg::Path;
use resvg::usvg::tiny_skia_path::{PathSegment, Point};

/// Writes the outline of a path in the coordinates of the figure; what it is filled or stroked with follows.
pub(super) fn outline(path: &Path, content: &mut Content) {
    let mut at = Point::zero();
    let mut start = at;
    for segment in path.data().segments() {
        match segment {
            PathSegment::MoveTo(to) => {
                content.move_to(to.x, to.y);
                (at, start) = (to, to);
            }
            PathSegment::LineTo(to) => {
                content.line_to(to.x, to.y);
                at = to;
            }
            PathSegment::QuadTo(bend, to) => {
                // PDF has cubic curves only: a quadratic one is one of these.
                let [a, b] = [at, to].map(|end| (third(end.x, bend.x), third(end.y, bend.y)));
                content.cubic_to(a.0, a.1, b.0, b.1, to.x, to.y);
                at = to;
            }
            PathSegment::CubicTo(a, b, to) => {
                content.cubic_to(a.x, a.y, b.x, b.y, to.x, to.y);
                at = to;
            }
            PathSegment::Close => {
                content.close_path();
                at = start;
            }
        }
    }
}

/// Returns the number at two thirds from an end to a bend.
fn third(end: f32, bend: f32) -> f32 {
    end + (bend - end) * 2.0 / 3.0
}
