//! Writes a figure as a PDF file of one page, for papers: lines and areas stay what they are, and text stays text, with the
//! letters that it needs of its font in the file.
//!
//! svg2pdf and krilla-svg convert any SVG file, and each links another, older resvg. A figure has colours, lines and text;
//! whatever else it may have one day is an error here, and never left out.

mod drawing;
mod font;
mod line;
mod outline;

use std::fmt;

use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect, Ref, TextStr};
use resvg::usvg::Tree;

use drawing::PdfDrawing;

/// The length of a CSS pixel in points, of which a PDF file is made.
const POINTS: f32 = 0.75;

/// The numbers of the objects of the file.
const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const RESOURCES: Ref = Ref::new(5);
const INFO: Ref = Ref::new(6);
/// The first of the numbers that resources have.
const FIRST: i32 = 7;

/// The reason why a figure cannot be a PDF file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PdfProblem(String);

impl fmt::Display for PdfProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns a figure as a PDF file, the same for the same figure.
///
/// # Errors
///
/// If it has something that no figure has, such as an image, or a font that a PDF file cannot hold.
pub(super) fn pdf(tree: &Tree, title: &str) -> Result<Vec<u8>, PdfProblem> {
    let mut drawing = PdfDrawing::new(tree);
    let content = drawing.page(tree, POINTS)?;
    let (width, height) = (tree.size().width() * POINTS, tree.size().height() * POINTS);
    let mut file = Pdf::new();
    // The oldest version that has opacity: LaTeX takes it without a word.
    file.set_version(1, 4);
    file.document_info(INFO).title(TextStr(title)).producer(TextStr("sweepkit"));
    file.catalog(CATALOG).pages(PAGES);
    file.pages(PAGES).kids([PAGE]).count(1);
    let mut page = file.page(PAGE);
    page.parent(PAGES).media_box(Rect::new(0.0, 0.0, width, height)).contents(CONTENT);
    page.pair(Name(b"Resources"), RESOURCES);
    page.group().transparency().isolated(true).color_space().device_rgb();
    page.finish();
    stream(&mut file, CONTENT, &content);
    drawing.resources(&mut file)?;
    Ok(file.finish())
}

/// Writes a compressed stream.
fn stream(file: &mut Pdf, id: Ref, bytes: &[u8]) {
    file.stream(id, &deflated(bytes)).filter(Filter::FlateDecode);
}

/// Compresses bytes, always into the same ones.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}
