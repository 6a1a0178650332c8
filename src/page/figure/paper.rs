//! The size of a figure on paper: lengths with units, and the scale at which its text has the size that was asked for.

use std::str::FromStr;

use super::canvas::FigureCanvas;
use crate::app::num::whole;

/// The size of the names of axes at a figure's natural size, and that of the smallest text, in CSS pixels.
const LABEL: f64 = 13.0;
const SMALLEST: f64 = 11.5;
/// The size of the names of axes in a figure of a given width, if none is asked for: 8 pt, as papers have in figures.
const USUAL: PaperLength = PaperLength(8.0 * POINT);
/// CSS pixels to a point.
const POINT: f64 = 4.0 / 3.0;
/// The units that a length may have, in CSS pixels.
const UNITS: [(&str, f64); 5] =
    [("in", 96.0), ("cm", 96.0 / 2.54), ("mm", 96.0 / 25.4), ("pt", POINT), ("px", 1.0)];
/// The least and the greatest width and height of a canvas, in CSS pixels: less has no room beside the labels of the axes.
const LEAST: i32 = 140;
const GREATEST: i32 = 8000;

/// A length on paper, in CSS pixels, of which 96 are an inch.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct PaperLength(f64);

impl PaperLength {
    /// Returns the length in points, of which 72 are an inch.
    pub fn points(self) -> f64 {
        self.0 / POINT
    }
}

impl FromStr for PaperLength {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let unit = UNITS.iter().find_map(|(unit, pixels)| Some((text.strip_suffix(unit)?, pixels)));
        let (number, pixels) =
            unit.ok_or("a length has a unit: 3.3in, 8.4cm, 84mm, 240pt or 320px")?;
        let number: f64 =
            number.trim().parse().map_err(|_| format!("`{number}` is not a number"))?;
        let length = number * pixels;
        if length.is_finite() && length > 0.0 {
            Ok(Self(length))
        } else {
            Err("a length is more than 0".to_owned())
        }
    }
}

/// The size of a figure on paper, as far as it was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FigurePaper {
    /// Its width.
    pub width: Option<PaperLength>,
    /// Its height.
    pub height: Option<PaperLength>,
    /// The size of the names of its axes; numbers at the axes are a little smaller.
    pub font_size: Option<PaperLength>,
}

impl FigurePaper {
    /// Returns the length of a figure's pixel on paper, in CSS pixels, by the size of its text.
    fn text_scale(self) -> f64 {
        let usual = (self.width.is_some() || self.height.is_some()).then_some(USUAL);
        self.font_size.or(usual).map_or(1.0, |size| size.0 / LABEL)
    }

    /// Returns the size to draw figures with axes in, of which `below` pixels are kept for the keys; `None` if it is their
    /// natural one.
    ///
    /// # Errors
    ///
    /// If the text would leave no room for the figure.
    pub fn canvas(self, natural_width: i32, below: i32) -> Result<Option<FigureCanvas>, String> {
        let pixels = |length: PaperLength| whole::<i32>((length.0 / self.text_scale()).round());
        let (width, height) = (self.width.map(pixels), self.height.map(|h| pixels(h) - below));
        for (what, length) in [("--width", width), ("--height", height)] {
            if length.is_some_and(|length| length < LEAST) {
                return Err(format!("{what} leaves no room for the figure beside its text"));
            }
            if length.is_some_and(|length| length > GREATEST) {
                return Err(format!("{what} is too large for text of this size"));
            }
        }
        let is_natural = width.is_none() && height.is_none();
        let canvas = FigureCanvas { width: width.unwrap_or(natural_width), height };
        Ok((!is_natural).then_some(canvas))
    }

    /// Returns the length of a figure's pixel on paper, so that the figure with its keys has the width that was asked
    /// for, or else the height. One whose proportions are fixed fits into both, and its text is no larger than asked for.
    pub fn scale(self, (width, height): (f64, f64), is_fixed: bool) -> f64 {
        let across = self.width.map(|length| length.0 / width);
        let down = self.height.map(|length| length.0 / height);
        let text = self.text_scale();
        if is_fixed {
            across.into_iter().chain(down).fold(text, f64::min)
        } else {
            across.or(down).unwrap_or(text)
        }
    }

    /// Returns the width of the file in CSS pixels; 0 for that of the figure.
    pub fn file_width(self) -> f64 {
        self.width.map_or(0.0, |width| width.0)
    }
}

/// Returns the size of the smallest text of a figure at a scale, in points.
pub fn smallest_text(scale: f64) -> f64 {
    SMALLEST * scale / POINT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        let points = |text: &str| text.parse::<PaperLength>().map(PaperLength::points);
        for text in ["1in", "2.54cm", "25.4 mm", "72pt", "96px"] {
            assert!((points(text).unwrap() - 72.0).abs() < 1e-9, "{text}");
        }
        for wrong in ["3.3", "in", "-1in", "0pt", "nanpx", "1e999in", ""] {
            assert!(points(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_narrow_figure_is_drawn_in_few_pixels_so_that_its_text_keeps_its_size() {
        let paper = |width: &str, font: Option<&str>| FigurePaper {
            width: width.parse().ok(),
            font_size: font.map(|size| size.parse().unwrap()),
            ..FigurePaper::default()
        };
        let width = |paper: FigurePaper| paper.canvas(620, 0).map(|canvas| canvas.unwrap().width);
        assert_eq!(width(paper("3.3in", None)), Ok(386), "8 pt");
        assert_eq!(width(paper("3.3in", Some("9pt"))), Ok(343));
        assert!(width(paper("0.5in", Some("12pt"))).is_err());
        assert_eq!(FigurePaper::default().canvas(620, 0), Ok(None));
        let matrix = paper("3.3in", Some("9pt")).scale((633.6, 600.0), true);
        assert!((matrix - 0.5).abs() < 1e-9 && (smallest_text(matrix) - 4.3125).abs() < 1e-9);
    }
}
