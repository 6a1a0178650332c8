//! Draws figures as pixels, for papers and slides.

use std::error::Error;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter, PixelDimensions, Unit};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::Tree;

use crate::page::figure::UNIT;

/// The number of dots per CSS pixel: one per unit of the figures' coordinates, so that straight
/// lines are sharp.
const SCALE: u32 = UNIT.unsigned_abs();
/// The resolution that the file names, by which programs print: an inch is 96 CSS pixels, and
/// 0.0254 m.
const DOTS_A_METRE: u32 = SCALE * 960_000 / 254;

/// The greatest number of dots: more would take gigabytes, and the largest figure of a report has a
/// tenth.
const MOST_DOTS: u64 = 200_000_000;

/// Draws a figure as a PNG file on white, with four dots per CSS pixel, which is 384 per inch.
///
/// # Errors
///
/// If it is far too large.
pub(super) fn png(tree: &Tree) -> Result<Vec<u8>, Box<dyn Error>> {
    let size = tree.size().to_int_size();
    let (width, height) = (size.width().saturating_mul(SCALE), size.height().saturating_mul(SCALE));
    if u64::from(width) * u64::from(height) > MOST_DOTS {
        return Err("it is too large".into());
    }
    let mut pixels = Pixmap::new(width, height).ok_or("it is empty")?;
    pixels.fill(Color::WHITE);
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let scale = Transform::from_scale(SCALE as f32, SCALE as f32);
    resvg::render(tree, scale, &mut pixels.as_mut());
    encode(&pixels)
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
    use crate::analyze::typeface::FigureTypeface;

    #[test]
    fn what_would_take_gigabytes_is_an_error() {
        let huge = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900000\" height=\"900000\"/>";
        assert!(png(&FigureTypeface::built_in().tree(huge).unwrap()).is_err());
    }
}
