//! From what plotters writes to what the page embeds: roles instead of colours, no fixed size.

use super::theme::Ink;
use crate::page::svg::{Size, open};

/// The figure for the page. `drawing` is a whole SVG document of plotters', `marks` are further
/// elements in the same coordinates, `title` says to who cannot see it what it shows.
pub(super) fn embed(drawing: &str, marks: &str, size: Size, title: &str) -> String {
    let mut svg = String::with_capacity(drawing.len() + marks.len());
    svg.push_str(&open(size, title));
    for element in body(drawing).lines() {
        svg.push_str(&restyle(element));
        svg.push('\n');
    }
    svg.push_str(marks);
    svg.push_str("</svg>");
    svg
}

/// What is between the opening and the closing tag of the document.
fn body(drawing: &str) -> &str {
    let from = drawing.find('>').map_or(0, |at| at + 1);
    let to = drawing.rfind("</svg>").unwrap_or(drawing.len());
    drawing.get(from..to).unwrap_or("").trim()
}

/// One element, its colour replaced by a class, without what the style sheet says anyway.
fn restyle(element: &str) -> String {
    let mut text = element.replace(" opacity=\"1\"", "").replace(" font-family=\"sans-serif\"", "");
    text = without_attribute(&text, " font-size=\"");
    for name in [" fill=\"#", " stroke=\"#"] {
        let Some(at) = text.find(name) else { continue };
        let color = at + name.len();
        if let Some(class) = text.get(color..color + 6).and_then(Ink::class) {
            text.replace_range(at..=color + 6, &format!(" class=\"{class}\""));
        }
    }
    text
}

fn without_attribute(element: &str, start: &str) -> String {
    let mut text = element.to_owned();
    if let Some(at) = element.find(start) {
        let value = at + start.len();
        if let Some(len) = element[value..].find('"') {
            text.replace_range(at..=value + len, "");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_becomes_the_class_of_its_role() {
        let line = r##"<line opacity="1" stroke="#A70300" stroke-width="4" x1="1"/>"##;
        assert_eq!(restyle(line), r#"<line class="grid" stroke-width="4" x1="1"/>"#);
        let text = r##"<text x="1" font-family="sans-serif" font-size="44.5" opacity="1" fill="#A70000">"##;
        assert_eq!(restyle(text), r#"<text x="1" class="tick">"#);
    }

    #[test]
    fn markup_in_a_title_is_text() {
        let svg = embed("<svg>\n</svg>\n", "", crate::page::svg::PANEL, "a \"<b>\" & c");
        assert!(svg.contains("aria-label=\"a &quot;&lt;b&gt;&quot; &amp; c\""), "{svg}");
    }
}
