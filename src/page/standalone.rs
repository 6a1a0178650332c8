//! A figure as a file of its own: the style sheet's rules for figures in light colours, inside it.

use super::svg::UNIT;

const STYLE: &str = include_str!("../../templates/page/style.css");

/// The figure with its namespace, its size and its style, for programs that know no variables.
pub fn standalone(figure: &str) -> Option<String> {
    let (open, rest) = figure.split_once('>')?;
    let (_, view) = open.split_once("viewBox=\"0 0 ")?;
    let (view, _) = view.split_once('"')?;
    let (width, height) = view.split_once(' ')?;
    let pixels = |units: &str| units.parse::<i32>().ok().map(|units| units / UNIT);
    let (width, height) = (pixels(width)?, pixels(height)?);
    let style = style();
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{open} xmlns=\"http://www.w3.org/2000/svg\" \
         width=\"{width}\" height=\"{height}\">\n<style>\n{style}</style>\n{rest}\n"
    ))
}

/// The rules of figures with the light colours in place of the variables.
fn style() -> String {
    let mut variables: Vec<(String, String)> = Vec::new();
    let light = STYLE.split("@media").next().unwrap_or_default();
    for declaration in light.split([';', '{', '}']) {
        let Some((name, value)) = declaration.trim().split_once(": ") else { continue };
        if name.starts_with("--") {
            variables.push((format!("var({name})"), value.trim().to_owned()));
        }
    }
    let of_figures = [".figure ", ".figure.", ".points", ".threads"];
    let is_figure = |line: &&str| of_figures.iter().any(|start| line.starts_with(start));
    let mut style = "svg { font-family: sans-serif; background: #ffffff; }\n".to_owned();
    for line in STYLE.lines().filter(is_figure) {
        // A class of a series is its colour.
        for class in if line.contains("var(--series)") { 0..7 } else { 0..1 } {
            let mut line = line.to_owned();
            if line.contains("var(--series)") {
                let (selector, body) = line.split_once(" {").unwrap_or((&line, ""));
                let selector = selector.trim_start_matches(".figure ");
                line = format!(".s{class}{selector} {{{body}")
                    .replace("var(--series)", &format!("var(--s{class})"));
            }
            for (variable, value) in &variables {
                line = line.replace(variable, value);
            }
            style.push_str(&line);
            style.push('\n');
        }
    }
    style
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::svg::{PANEL, open};

    #[test]
    fn a_file_has_its_colours_and_its_size() {
        let figure = open(PANEL, "a < b") + "<path class=\"line s1\" d=\"M0 0\"/></svg>";
        let file = standalone(&figure).expect("a figure");
        assert!(file.contains("width=\"340\" height=\"230\""), "{file}");
        assert!(file.contains(".s1.line { stroke: #d55e00"), "{file}");
        assert!(file.ends_with("</svg>\n") && !file.contains("var("), "{file}");
        assert!(file.contains(".s6.threads { fill: none; stroke: #66707c"), "{file}");
        assert_eq!(standalone("no figure"), None);
    }
}
