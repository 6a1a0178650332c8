//! Turns a figure of the page into an SVG file: the style sheet's rules for figures, in light
//! colours, go inside it.

use super::figure::UNIT;
use super::legend::legend;
use super::view::FigureKey;

const STYLE: &str = include_str!("../../templates/page/style.css");

/// The beginnings of the style sheet's lines that are rules for figures, those of series among
/// them.
const FIGURES: [&str; 7] =
    [".figure ", ".figure.matrix .", ".points", ".threads", ".trend", ".s0 ", ".s4 "];

/// Returns the figure with a namespace, a size, its style and its keys, for programs that do not
/// know CSS variables; `None` if it is no figure.
pub fn standalone(figure: &str, keys: &[FigureKey]) -> Option<String> {
    let (open, rest) = figure.split_once('>')?;
    let (before, view) = open.split_once("viewBox=\"0 0 ")?;
    let (view, after) = view.split_once('"')?;
    let (width, height) = view.split_once(' ')?;
    let (width, height) = (width.parse::<i32>().ok()?, height.parse::<i32>().ok()?);
    let (legend, added) = legend(keys, width, height);
    let drawing = rest.strip_suffix("</svg>")?.to_owned() + &legend;
    // XML knows no control characters, which names may have.
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let (drawing, height, style) =
        (drawing.replace(is_control, "\u{fffd}"), height + added, style());
    let (pixels_wide, pixels_high) = (width / UNIT, height / UNIT);
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{before}viewBox=\"0 0 {width} {height}\"{after} \
         xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels_wide}\" height=\"{pixels_high}\">\n\
         <style>\n{style}</style>\n{drawing}</svg>\n"
    ))
}

/// Returns the rules for figures, with the light colours in place of the variables: not every
/// program knows these, nor functions such as `calc`. A series' colour is its `color`, which every
/// program inherits.
fn style() -> String {
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
    let mut style = "svg { font-family: sans-serif; background: #ffffff; }\n".to_owned();
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
        let file = standalone(&figure, &[]).expect("a figure");
        assert!(file.contains("width=\"340\" height=\"230\""), "{file}");
        assert!(file.contains(".s1 { color: #d55e00"), "{file}");
        assert!(file.ends_with("</svg>\n") && !file.contains("var("), "{file}");
        assert!(file.contains("\u{fffd}") && !file.contains('\u{1}'), "{file}");
        assert!(!file.contains("calc(") && !file.contains(":hover"), "{file}");
        assert_eq!(standalone("no figure", &[]), None);
    }
}
