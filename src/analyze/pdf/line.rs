//! Writes glyphs that stand on one line as one piece of text, so that programs find words in it.

use pdf_writer::{Content, Finish as _, Str};
use resvg::usvg::Transform;

/// The greatest distance of two places that count as one, in em.
const EXACT: f32 = 1e-3;

/// Glyphs on one line in one font.
pub(super) struct PdfLine {
    /// The number of the font.
    pub(super) font: usize,
    /// The place, the size and the direction of the first glyph: maps em to pixels of the figure.
    pub(super) start: Transform,
    /// The glyphs, from the first on.
    pub(super) glyphs: Vec<PdfGlyph>,
}

/// A glyph on a line.
pub(super) struct PdfGlyph {
    /// Its number in the font of the file.
    pub(super) id: u16,
    /// The distance from the first one, in em.
    pub(super) along: f32,
    /// Its width, in em.
    pub(super) advance: f32,
}

/// Returns how far behind the start of a line a glyph stands, in em; `None` if it is not on that line.
pub(super) fn along(start: Transform, glyph: Transform) -> Option<f32> {
    let turn = |t: Transform| [t.sx, t.ky, t.kx, t.sy];
    let (right, down) = (start.sx, start.ky);
    let square = right * right + down * down;
    let is_close = |(one, other): (f32, f32)| (one - other).abs() <= EXACT * square.sqrt();
    let is_alike = turn(start).into_iter().zip(turn(glyph)).all(is_close);
    let (x, y) = (glyph.tx - start.tx, glyph.ty - start.ty);
    let off_line = (x * down - y * right) / square;
    (is_alike && square > 0.0 && off_line.abs() <= EXACT).then(|| (x * right + y * down) / square)
}

impl PdfLine {
    /// Writes the glyphs, with the spaces between them where these are not those of the font.
    pub(super) fn show(&self, content: &mut Content) {
        let mut positioned = content.show_positioned();
        let mut items = positioned.items();
        let (mut pen, mut bytes) = (0.0, Vec::new());
        for glyph in &self.glyphs {
            if (glyph.along - pen).abs() > EXACT {
                if !bytes.is_empty() {
                    items.show(Str(&bytes));
                    bytes.clear();
                }
                items.adjust((pen - glyph.along) * 1000.0);
                pen = glyph.along;
            }
            bytes.extend(glyph.id.to_be_bytes());
            pen += glyph.advance;
        }
        items.show(Str(&bytes));
        items.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glyph_is_on_the_line_that_it_continues_however_that_is_turned() {
        let at = |x, y| Transform::from_row(0.0, -8.0, -8.0, 0.0, x, y);
        let behind = along(at(5.0, 90.0), at(5.0, 82.0)).unwrap();
        assert!((behind - 1.0).abs() < 1e-6, "{behind}");
        assert_eq!(along(at(5.0, 90.0), at(9.0, 82.0)), None, "the next line");
        assert_eq!(along(at(5.0, 90.0), Transform::from_translate(5.0, 82.0)), None, "not turned");
    }
}
