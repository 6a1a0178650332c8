//! Turns a figure of the page into an SVG file: the style sheet's rules for figures, in light
//! colours, go inside it.

use super::figure::UNIT;
use super::legend::legend;
use super::view::FigureKey;
use crate::app::num::whole;

const STYLE: &str = include_str!("../../templates/page/style.css");

/// The beginnings of the style sheet's lines that are rules for figures, those of series among
/// them.
const FIGURES: [&str; 7] =
    [".figure ", ".figure.matrix .", ".points", ".threads", ".trend", ".s0 ", ".s4 "];

/// The fonts that text is in, the first of them that a program has: that of the PNG and PDF files, and others as wide.
const FONTS: &str = "\"DejaVu Sans\", \"Bitstream Vera Sans\", Verdana, sans-serif";

/// The look of a figure outside of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureLook {
    /// The length of one of its pixels, in CSS pixels.
    pub scale: f64,
    /// The font of its text, before those that it has else; may be empty.
    pub font: String,
    /// The least width of the file in CSS pixels: a narrower figure stands in its middle.
    pub least_width: f64,
}

impl Default for FigureLook {
    fn default() -> Self {
        Self { scale: 1.0, font: String::new(), least_width: 0.0 }
    }
}

/// Returns the width and the height of a figure with its keys, and how much of the height these add, in its own pixels;
/// `None` if it is no figure.
pub fn extent(figure: &str, keys: &[FigureKey]) -> Option<(i32, i32, i32)> {
    let (_, (width, height), _) = parts(figure)?;
    let (_, added) = legend(keys, width, height);
    Some((width / UNIT, (height + added) / UNIT, added / UNIT))
}

/// Returns what stands in a figure's first tag before its size, the size in units, and what stands behind it.
fn parts(figure: &str) -> Option<(String, (i32, i32), &str)> {
    let (before, view) = figure.split_once("viewBox=\"0 0 ")?;
    let (view, after) = view.split_once('"')?;
    let (width, height) = view.split_once(' ')?;
    // The limits of its width are those of the page.
    let without = || before.strip_prefix("<svg style=\"")?.split_once("\" ");
    let before = without().map_or_else(|| before.to_owned(), |(_, rest)| format!("<svg {rest}"));
    Some((before, (width.parse().ok()?, height.parse().ok()?), after))
}

/// Returns the figure with a namespace, a size, its style and its keys, for programs that do not
/// know CSS variables; `None` if it is no figure.
pub fn standalone(figure: &str, keys: &[FigureKey], look: &FigureLook) -> Option<String> {
    let (before, (width, height), after) = parts(figure)?;
    let (after, rest) = after.split_once('>')?;
    let (legend, added) = legend(keys, width, height);
    let drawing = rest.strip_suffix("</svg>")?.to_owned() + &legend;
    // XML knows no control characters, which names may have.
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let (drawing, height, style) =
        (drawing.replace(is_control, "\u{fffd}"), height + added, style(&look.font));
    let least: i32 = whole((look.least_width / look.scale * f64::from(UNIT)).round());
    let (left, width) = ((width - least).min(0) / 2, width.max(least));
    let [pixels_wide, pixels_high] = [width, height].map(|units| pixels(units, look.scale));
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{before}viewBox=\"{left} 0 {width} {height}\"{after} \
         xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels_wide}\" height=\"{pixels_high}\">\n\
         <style>\n{style}</style>\n\
         <rect x=\"{left}\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{drawing}</svg>\n"
    ))
}

/// Returns a length in pixels with as many decimals as it needs, at most three.
fn pixels(units: i32, scale: f64) -> f64 {
    (f64::from(units) / f64::from(UNIT) * scale * 1000.0).round() / 1000.0
}

/// Returns the rules for figures, with the light colours in place of the variables: not every
/// program knows these, nor functions such as `calc`. A series' colour is its `color`, which every
/// program inherits.
fn style(font: &str) -> String {
    let mut variables = vec![("var(--series)".to_owned(), "currentColor".to_owned())];
    let light = STYLE.split("@media").next().unwrap_or_default();
    for declaration in light.split([';', '{', '}']) {
        let Some((name, value)) = declaration.trim().split_once(": ") else { continue };
        if name.starts_with("--") {
            variables.push((format!("var({name})"), value.trim().to_owned()));
        }
    }
    let of_figures = |line: &&str| FIGURES.iter().any(|start| line.starts_with(start));
    let whole = |line: &&str| line.starts_with(".figure {") || line.contains(":hover");
    let is_quote = |c: char| matches!(c, '"' | '\\' | '<' | '&') || c.is_control();
    let first = Some(font.replace(is_quote, "")).filter(|font| !font.is_empty());
    let first = first.map(|font| format!("\"{font}\", ")).unwrap_or_default();
    let mut style = format!("svg {{ font-family: {first}{FONTS}; }}\n");
    for line in STYLE.lines().filter(of_figures).filter(|line| !whole(line)) {
        let mut line = line.replace("--series:", "color:");
        for (variable, value) in &variables {
            line = line.replace(variable, value);
        }
        style.push_str(&line);
        style.push('\n');
    }
    style
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::figure::{FigureWriter, PANEL, StyleClass};

    #[test]
    fn a_file_has_its_colours_and_its_size() {
        let mut figure = FigureWriter::open(PANEL, "a < b");
        figure
            .element("path")
            .attribute("class", StyleClass::Solid(1))
            .attribute("d", "M0 0")
            .end();
        figure.element("text").text("\u{1}");
        let figure = figure.finish();
        let file = standalone(&figure, &[], &FigureLook::default()).expect("a figure");
        assert!(file.contains("width=\"340\" height=\"230\""), "{file}");
        assert!(file.contains(".s1 { color: #d55e00"), "{file}");
        assert!(file.ends_with("</svg>\n") && !file.contains("var("), "{file}");
        assert!(file.contains("\u{fffd}") && !file.contains('\u{1}'), "{file}");
        assert!(!file.contains("calc(") && !file.contains(":hover"), "{file}");
        assert_eq!(standalone("no figure", &[], &FigureLook::default()), None);
    }
}
