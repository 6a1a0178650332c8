//! Puts the letters that a figure needs of a font into its PDF file, with what they mean, so that text can be found and
//! copied.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Finish as _, Name, Pdf, Rect, Ref, Str};
use resvg::usvg::fontdb;
use resvg::usvg::layout::PositionedGlyph;
use sha2::{Digest as _, Sha256};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};
use subsetter::GlyphRemapper;

use super::{PdfProblem, stream};

/// The identity of glyph numbers, as PDF calls it.
const IDENTITY: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A font, and the glyphs of it that were drawn.
pub(super) struct PdfFont {
    name: String,
    data: Vec<u8>,
    index: u32,
    units_per_em: f32,
    numbers: GlyphRemapper,
    /// The text that each glyph stands for, by its number in the file.
    texts: BTreeMap<u16, String>,
    /// The widths of the glyphs in em, by their numbers in the file.
    widths: BTreeMap<u16, f32>,
}

impl PdfFont {
    /// Begins a font of which no glyph is needed yet.
    ///
    /// # Errors
    ///
    /// If its outlines are not those of TrueType.
    pub(super) fn new(fonts: &fontdb::Database, id: fontdb::ID) -> Result<Self, PdfProblem> {
        let name = fonts.face(id).map(|face| face.post_script_name.clone()).unwrap_or_default();
        let found = fonts.with_face_data(id, |data, index| (data.to_vec(), index));
        let (data, index) = found.ok_or_else(|| PdfProblem(format!("the font {name} is gone")))?;
        if data.starts_with(b"OTTO") {
            return Err(PdfProblem(format!("the font {name} has no TrueType outlines")));
        }
        let font = Self::read(&data, index, &name)?;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        let units_per_em = f32::from(metrics.units_per_em);
        let (numbers, texts, widths) = (GlyphRemapper::new(), BTreeMap::new(), BTreeMap::new());
        Ok(Self { name, data, index, units_per_em, numbers, texts, widths })
    }

    fn read<'a>(data: &'a [u8], index: u32, name: &str) -> Result<FontRef<'a>, PdfProblem> {
        let read = FontRef::from_index(data, index);
        read.map_err(|error| PdfProblem(format!("the font {name} is damaged: {error}")))
    }

    /// Returns the units of its coordinates to an em.
    pub(super) fn units_per_em(&self) -> f32 {
        self.units_per_em
    }

    /// Adds a glyph, and returns its number in the file and its width in em.
    ///
    /// # Errors
    ///
    /// If the font is damaged.
    pub(super) fn add(&mut self, glyph: &PositionedGlyph) -> Result<(u16, f32), PdfProblem> {
        // No font file has more glyphs than this type counts.
        let number = self.numbers.remap(u16::try_from(glyph.id.0).unwrap_or(0));
        if let Some(width) = self.widths.get(&number) {
            return Ok((number, *width));
        }
        let font = Self::read(&self.data, self.index, &self.name)?;
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let width = metrics.advance_width(GlyphId::from(glyph.id.0)).unwrap_or(0.0);
        let width = width / self.units_per_em;
        self.widths.insert(number, width);
        // The box that stands for whatever the font lacks means nothing.
        if glyph.id.0 != 0 && !glyph.text.is_empty() {
            self.texts.insert(number, glyph.text.clone());
        }
        Ok((number, width))
    }

    /// Writes the font as an object of that number, and what belongs to it as the next ones.
    ///
    /// # Errors
    ///
    /// If it cannot be cut down to its glyphs.
    pub(super) fn write(&self, file: &mut Pdf, id: Ref, next: &mut Ref) -> Result<(), PdfProblem> {
        let subset = subsetter::subset(&self.data, self.index, &self.numbers);
        let subset = subset
            .map_err(|error| PdfProblem(format!("the font {} is damaged: {error}", self.name)))?;
        let name = format!("{}+{}", tag(&subset), self.name);
        let [glyphs, descriptor, program, meaning] = [(); 4].map(|()| next.bump());
        let mut font = file.type0_font(id);
        font.base_font(Name(name.as_bytes())).encoding_predefined(Name(b"Identity-H"));
        font.descendant_font(glyphs).to_unicode(meaning);
        font.finish();
        let mut font = file.cid_font(glyphs);
        font.subtype(CidFontType::Type2).base_font(Name(name.as_bytes())).system_info(IDENTITY);
        font.font_descriptor(descriptor).default_width(0.0);
        font.cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = font.widths();
        for (&number, width) in &self.widths {
            widths.same(number, number, width * 1000.0);
        }
        widths.finish();
        font.finish();
        self.describe(file, descriptor, &name, program)?;
        let mut meanings = UnicodeCmap::new(Name(b"Letters"), IDENTITY);
        for (&number, text) in &self.texts {
            meanings.pair_with_multiple(number, text.chars());
        }
        stream(file, meaning, &meanings.finish());
        stream(file, program, &subset);
        Ok(())
    }

    /// Writes the measures of the font.
    fn describe(
        &self,
        file: &mut Pdf,
        id: Ref,
        name: &str,
        program: Ref,
    ) -> Result<(), PdfProblem> {
        let font = Self::read(&self.data, self.index, &self.name)?;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        let of_em = |units: f32| units / self.units_per_em * 1000.0;
        let bounds = metrics.bounds.unwrap_or_default();
        let [left, bottom, right, top] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(of_em);
        let mut descriptor = file.font_descriptor(id);
        descriptor.name(Name(name.as_bytes())).flags(FontFlags::SYMBOLIC);
        descriptor.bbox(Rect::new(left, bottom, right, top)).italic_angle(metrics.italic_angle);
        descriptor.ascent(of_em(metrics.ascent)).descent(of_em(metrics.descent));
        descriptor.cap_height(of_em(metrics.cap_height.unwrap_or(metrics.ascent)));
        // Nobody says it; it only matters to programs that draw another font.
        descriptor.stem_v(80.0).font_file2(program);
        Ok(())
    }
}

/// Returns six letters that no other choice of glyphs has, as PDF wants before the name of a part of a font.
fn tag(subset: &[u8]) -> String {
    Sha256::digest(subset).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}
