//! Draws figures as pixels, for papers and slides.
//!
//! Text is drawn in a font of our own: the nodes of a cluster often have none, and the same report has
//! the same bytes everywhere. It is DejaVu Sans, cut down to Latin, Greek, Cyrillic and the signs of
//! numbers, superscripts and `⁻` among them (`templates/fonts/README.md`).

use std::error::Error;
use std::sync::Arc;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter, PixelDimensions, Unit};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};

use crate::page::figure::UNIT;

const FONT: &[u8] = include_bytes!("../../templates/fonts/DejaVuSans.ttf");
const FAMILY: &str = "DejaVu Sans";

/// The number of dots per CSS pixel: one per unit of the figures' coordinates, so that straight
/// lines are sharp.
const SCALE: u32 = UNIT.unsigned_abs();
/// The resolution that the file names, by which programs print: an inch is 96 CSS pixels, and
/// 0.0254 m.
const DOTS_A_METRE: u32 = SCALE * 960_000 / 254;

/// The greatest number of dots: more would take gigabytes, and the largest figure of a report has a
/// tenth.
const MOST_DOTS: u64 = 200_000_000;

/// Draws figures as PNG files, with one set of fonts.
pub(super) struct PngRasterizer {
    options: Options<'static>,
}

impl PngRasterizer {
    /// Creates it with the font that is linked in, and none of the machine's.
    pub(super) fn new() -> Self {
        let mut fonts = Database::new();
        fonts.load_font_data(FONT.to_vec());
        fonts.set_sans_serif_family(FAMILY);
        let font_family = FAMILY.to_owned();
        Self { options: Options { font_family, fontdb: Arc::new(fonts), ..Options::default() } }
    }

    /// Draws an SVG file as a PNG file on white, with four dots per CSS pixel, which is 384 per
    /// inch.
    ///
    /// # Errors
    ///
    /// If it is not an SVG file, or far too large.
    pub(super) fn png(&self, svg: &str) -> Result<Vec<u8>, Box<dyn Error>> {
        let tree = Tree::from_str(svg, &self.options)?;
        let size = tree.size().to_int_size();
        let (width, height) =
            (size.width().saturating_mul(SCALE), size.height().saturating_mul(SCALE));
        if u64::from(width) * u64::from(height) > MOST_DOTS {
            return Err("it is too large".into());
        }
        let mut pixels = Pixmap::new(width, height).ok_or("it is empty")?;
        pixels.fill(Color::WHITE);
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let scale = Transform::from_scale(SCALE as f32, SCALE as f32);
        resvg::render(&tree, scale, &mut pixels.as_mut());
        encode(&pixels)
    }
}

fn encode(pixels: &Pixmap) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let unit = Unit::Meter;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: DOTS_A_METRE, yppu: DOTS_A_METRE, unit }));
    // Plain areas: no filter makes them smaller, and higher levels take longer than the drawing.
    encoder.set_filter(Filter::NoFilter);
    encoder.set_deflate_compression(DeflateCompression::Level(2));
    let mut writer = encoder.write_header()?;
    // The paper is opaque, and so is every dot on it.
    let rgb: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|dot| &dot[..3]).copied().collect();
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> Vec<u8> {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">\
             <text y=\"16\" font-family=\"sans-serif\" font-size=\"16\">{text}</text></svg>"
        );
        PngRasterizer::new().png(&svg).unwrap()
    }

    #[test]
    fn the_signs_of_numbers_are_drawn_and_a_character_that_the_font_lacks_is_a_box() {
        let (nothing, missing) = (drawn(""), drawn("\u{5b66}"));
        assert_ne!(nothing, missing);
        assert_eq!(missing, drawn("\u{4e60}"), "all such characters look the same");
        for sign in "−×·…→≤≥±°–⁰¹²³⁴⁵⁶⁷⁸⁹⁻µβλéößŁж".chars()
        {
            let sign_drawn = drawn(&sign.to_string());
            assert!(sign_drawn != nothing && sign_drawn != missing, "{sign}");
        }
    }

    #[test]
    fn what_is_no_figure_is_an_error() {
        assert!(PngRasterizer::new().png("<svg").is_err());
        let huge = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900000\" height=\"900000\"/>";
        assert!(PngRasterizer::new().png(huge).is_err());
    }
}
