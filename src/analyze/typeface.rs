//! Sets the text of figures in a font of our own: the nodes of a cluster often have none, and the same report has the same
//! bytes everywhere. It is DejaVu Sans, cut down to Latin, Greek, Cyrillic and the signs of numbers, superscripts and `⁻` among
//! them (`templates/fonts/README.md`). A figure for a paper may have the paper's font before it.

use std::path::Path;
use std::sync::Arc;

use resvg::usvg::{self, Options, Tree, fontdb::Database};
use sweep_config::fs;

use crate::app::Failure;

const FONT: &[u8] = include_bytes!("../../templates/fonts/DejaVuSans.ttf");
const FAMILY: &str = "DejaVu Sans";

/// The fonts of figures that become PNG or PDF files.
pub(super) struct FigureTypeface {
    /// The name of the font that comes before our own; empty if none does.
    family: String,
    options: Options<'static>,
}

impl FigureTypeface {
    /// Creates it with the font that is linked in, and none of the machine's.
    pub(super) fn built_in() -> Self {
        Self::with(Database::new(), String::new())
    }

    /// Creates it with the font of a file, and ours for letters that it lacks.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is not a font.
    pub(super) fn of_file(path: &Path) -> Result<Self, Failure> {
        let mut fonts = Database::new();
        fonts.load_font_data(fs::read(path)?);
        let families = fonts.faces().next().map(|face| face.families.clone());
        let family = families.and_then(|families| Some(families.into_iter().next()?.0));
        let family = family.ok_or_else(|| {
            let message = format!("{} is not a font", path.display());
            Failure::usage(message, "name a .ttf file; `fc-list` prints those of this machine")
        })?;
        Ok(Self::with(fonts, family))
    }

    fn with(mut fonts: Database, family: String) -> Self {
        fonts.load_font_data(FONT.to_vec());
        fonts.set_sans_serif_family(FAMILY);
        let font_family = FAMILY.to_owned();
        let options = Options { font_family, fontdb: Arc::new(fonts), ..Options::default() };
        Self { family, options }
    }

    /// Returns the name of the font that text is to have before our own; empty if none is.
    pub(super) fn family(&self) -> &str {
        &self.family
    }

    /// Lays out an SVG file.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub(super) fn tree(&self, svg: &str) -> Result<Tree, usvg::Error> {
        Tree::from_str(svg, &self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::raster::png;

    fn drawn(text: &str) -> Vec<u8> {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">\
             <text y=\"16\" font-family=\"sans-serif\" font-size=\"16\">{text}</text></svg>"
        );
        png(&FigureTypeface::built_in().tree(&svg).unwrap()).unwrap()
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
    fn what_is_no_figure_is_an_error_and_what_is_no_font_too() {
        assert!(FigureTypeface::built_in().tree("<svg").is_err());
        let file = tempfile::NamedTempFile::new().unwrap();
        let Err(error) = FigureTypeface::of_file(file.path()) else { panic!("it is empty") };
        assert!(error.to_string().ends_with("is not a font"), "{error}");
    }
}
