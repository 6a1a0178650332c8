//! Draws the elements of a figure with the operators of PDF, and collects what they refer to.

use std::ops::Range;

use indexmap::{IndexMap, IndexSet};
use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::writers::Resources;
use pdf_writer::{Content, Dict, Filter, Name, Pdf, Rect, Ref};
use resvg::usvg::layout::{PositionedGlyph, Span};
use resvg::usvg::{
    BlendMode, Color, Fill, FillRule, Group, LineCap, LineJoin, Node, Opacity, Paint, PaintOrder,
    Path, Stroke, Transform, Tree, fontdb,
};

use super::font::PdfFont;
use super::line::{PdfGlyph, PdfLine, along};
use super::outline::outline;
use super::{FIRST, PdfProblem, RESOURCES, deflated};

/// The opacities of areas and of lines, by their bits.
type OpacityPair = [u32; 2];

/// The elements that were drawn, and what they refer to.
pub(super) struct PdfDrawing<'a> {
    fonts: &'a fontdb::Database,
    used: IndexMap<fontdb::ID, PdfFont>,
    opacities: IndexSet<OpacityPair>,
    layers: Vec<PdfLayer>,
}

/// A group that is drawn for itself and then laid over the page, with one opacity.
struct PdfLayer {
    bounds: Rect,
    /// The numbers of the layers that it may have within it.
    within: Range<usize>,
    content: Vec<u8>,
}

/// Returns a name such as `F3`.
fn numbered(letter: char, number: usize) -> String {
    format!("{letter}{number}")
}

/// Returns a transform as PDF writes it.
fn matrix(t: Transform) -> [f32; 6] {
    [t.sx, t.ky, t.kx, t.sy, t.tx, t.ty]
}

/// Returns the red, green and blue of a paint.
fn color(paint: &Paint) -> Result<[f32; 3], PdfProblem> {
    let Paint::Color(Color { red, green, blue }) = paint else {
        return Err(PdfProblem("it has a gradient or a pattern".to_owned()));
    };
    Ok([red, green, blue].map(|part| f32::from(*part) / 255.0))
}

impl<'a> PdfDrawing<'a> {
    /// Begins an empty drawing with the fonts of a figure.
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self {
            fonts: tree.fontdb(),
            used: IndexMap::new(),
            opacities: IndexSet::new(),
            layers: Vec::new(),
        }
    }

    /// Returns the operators of a whole figure, `scale` points to its pixel.
    ///
    /// # Errors
    ///
    /// If the figure has an element that is not drawn here.
    pub(super) fn page(&mut self, tree: &Tree, scale: f32) -> Result<Vec<u8>, PdfProblem> {
        let mut content = Content::new();
        content.transform([scale, 0.0, 0.0, -scale, 0.0, tree.size().height() * scale]);
        self.children(tree.root(), &mut content)?;
        Ok(content.finish().into_vec())
    }

    fn children(&mut self, group: &Group, content: &mut Content) -> Result<(), PdfProblem> {
        group.children().iter().try_for_each(|node| match node {
            Node::Group(group) => self.group(group, content),
            Node::Path(path) => self.path(path, content),
            Node::Text(text) => {
                text.layouted().iter().try_for_each(|span| self.span(span, content))
            }
            Node::Image(_) => Err(PdfProblem("it has an image".to_owned())),
        })
    }

    fn group(&mut self, group: &Group, content: &mut Content) -> Result<(), PdfProblem> {
        let is_cut = group.clip_path().is_some() || group.mask().is_some();
        if is_cut || !group.filters().is_empty() || group.blend_mode() != BlendMode::Normal {
            return Err(PdfProblem(
                "it has a clip path, a mask, a filter or a blend mode".to_owned(),
            ));
        }
        content.save_state().transform(matrix(group.transform()));
        if group.opacity() == Opacity::ONE {
            self.children(group, content)?;
        } else {
            let mut layer = Content::new();
            let before = self.layers.len();
            self.children(group, &mut layer)?;
            let within = before..self.layers.len();
            let bounds = group.layer_bounding_box();
            let bounds = Rect::new(bounds.left(), bounds.top(), bounds.right(), bounds.bottom());
            self.opacity([group.opacity(), group.opacity()], content);
            content.x_object(Name(numbered('L', self.layers.len()).as_bytes()));
            let content = layer.finish().into_vec();
            self.layers.push(PdfLayer { bounds, within, content });
        }
        content.restore_state();
        Ok(())
    }

    /// Sets the opacities of areas and of lines.
    fn opacity(&mut self, pair: [Opacity; 2], content: &mut Content) {
        let pair = pair.map(|opacity| opacity.get().to_bits());
        let (number, _) = self.opacities.insert_full(pair);
        content.set_parameters(Name(numbered('G', number).as_bytes()));
    }

    fn path(&mut self, path: &Path, content: &mut Content) -> Result<(), PdfProblem> {
        if !path.is_visible() {
            return Ok(());
        }
        let fill = |drawing: &mut Self, content: &mut Content| {
            path.fill().map_or(Ok(()), |fill| drawing.fill(path, fill, content))
        };
        let strokes_first = path.paint_order() == PaintOrder::StrokeAndFill;
        if !strokes_first {
            fill(self, content)?;
        }
        if let Some(stroke) = path.stroke() {
            self.stroke(path, stroke, content)?;
        }
        if strokes_first {
            fill(self, content)?;
        }
        Ok(())
    }

    fn fill(&mut self, path: &Path, fill: &Fill, content: &mut Content) -> Result<(), PdfProblem> {
        let [red, green, blue] = color(fill.paint())?;
        content.save_state();
        self.opacity([fill.opacity(), Opacity::ONE], content);
        content.set_fill_rgb(red, green, blue);
        outline(path, content);
        match fill.rule() {
            FillRule::NonZero => content.fill_nonzero(),
            FillRule::EvenOdd => content.fill_even_odd(),
        };
        content.restore_state();
        Ok(())
    }

    fn stroke(
        &mut self,
        path: &Path,
        stroke: &Stroke,
        content: &mut Content,
    ) -> Result<(), PdfProblem> {
        let [red, green, blue] = color(stroke.paint())?;
        content.save_state();
        self.opacity([Opacity::ONE, stroke.opacity()], content);
        content.set_stroke_rgb(red, green, blue);
        content.set_line_width(stroke.width().get());
        content.set_miter_limit(stroke.miterlimit().get());
        content.set_line_cap(match stroke.linecap() {
            LineCap::Butt => LineCapStyle::ButtCap,
            LineCap::Round => LineCapStyle::RoundCap,
            LineCap::Square => LineCapStyle::ProjectingSquareCap,
        });
        content.set_line_join(match stroke.linejoin() {
            LineJoin::Miter | LineJoin::MiterClip => LineJoinStyle::MiterJoin,
            LineJoin::Round => LineJoinStyle::RoundJoin,
            LineJoin::Bevel => LineJoinStyle::BevelJoin,
        });
        if let Some(dashes) = stroke.dasharray() {
            content.set_dash_pattern(dashes.iter().copied(), stroke.dashoffset());
        }
        outline(path, content);
        content.stroke().restore_state();
        Ok(())
    }

    /// Draws text of one look.
    fn span(&mut self, span: &Span, content: &mut Content) -> Result<(), PdfProblem> {
        let Some(fill) = span.fill.as_ref().filter(|_| span.visible) else { return Ok(()) };
        let [red, green, blue] = color(fill.paint())?;
        content.save_state();
        self.opacity([fill.opacity(), Opacity::ONE], content);
        content.set_fill_rgb(red, green, blue).begin_text();
        let mut rest = span.positioned_glyphs.as_slice();
        while let Some(first) = rest.first() {
            let line = self.line(first, rest)?;
            content.set_font(Name(numbered('F', line.font).as_bytes()), 1.0);
            content.set_text_matrix(matrix(line.start));
            line.show(content);
            rest = &rest[line.glyphs.len()..];
        }
        content.end_text().restore_state();
        for path in [&span.underline, &span.overline, &span.line_through].into_iter().flatten() {
            self.path(path, content)?;
        }
        Ok(())
    }

    /// Returns the glyphs from the first on that stand on one line in one font.
    fn line(
        &mut self,
        first: &PositionedGlyph,
        rest: &[PositionedGlyph],
    ) -> Result<PdfLine, PdfProblem> {
        if !self.used.contains_key(&first.font) {
            self.used.insert(first.font, PdfFont::new(self.fonts, first.font)?);
        }
        let number = self.used.get_index_of(&first.font).unwrap_or_default();
        let font = &mut self.used[number];
        let units = font.units_per_em();
        let em = |glyph: &PositionedGlyph| glyph.outline_transform().pre_scale(units, units);
        let start = em(first);
        let mut glyphs = Vec::new();
        for glyph in rest.iter().take_while(|glyph| glyph.font == first.font) {
            let Some(along) = along(start, em(glyph)) else { break };
            let (id, advance) = font.add(glyph)?;
            glyphs.push(PdfGlyph { id, along, advance });
        }
        Ok(PdfLine { font: number, start, glyphs })
    }

    /// Writes all that the operators refer to.
    ///
    /// # Errors
    ///
    /// If a font cannot be cut down to its letters.
    pub(super) fn resources(&self, file: &mut Pdf) -> Result<(), PdfProblem> {
        let mut next = Ref::new(FIRST);
        let layers: Vec<Ref> = self.layers.iter().map(|_| next.bump()).collect();
        let fonts: Vec<Ref> = self.used.values().map(|_| next.bump()).collect();
        let states: Vec<Ref> = self.opacities.iter().map(|_| next.bump()).collect();
        for ([area, line], id) in self.opacities.iter().zip(&states) {
            let mut state = file.ext_graphics(*id);
            state.non_stroking_alpha(f32::from_bits(*area)).stroking_alpha(f32::from_bits(*line));
        }
        let list = |resources: &mut Resources<'_>, within: Range<usize>| {
            listed(&mut resources.ext_g_states(), 'G', &states, 0..states.len());
            listed(&mut resources.fonts(), 'F', &fonts, 0..fonts.len());
            listed(&mut resources.x_objects(), 'L', &layers, within);
        };
        list(&mut file.indirect(RESOURCES).start(), 0..layers.len());
        for (layer, id) in self.layers.iter().zip(&layers) {
            let bytes = deflated(&layer.content);
            let mut form = file.form_xobject(*id, &bytes);
            form.bbox(layer.bounds);
            form.filter(Filter::FlateDecode);
            list(&mut form.resources(), layer.within.clone());
            form.group().transparency();
        }
        self.used.values().zip(&fonts).try_for_each(|(font, id)| font.write(file, *id, &mut next))
    }
}

/// Names objects by a letter and their numbers.
fn listed(dictionary: &mut Dict<'_>, letter: char, ids: &[Ref], which: Range<usize>) {
    for number in which {
        dictionary.pair(Name(numbered(letter, number).as_bytes()), ids[number]);
    }
}
