//! Writes a figure's SVG, element by element. Attributes keep the order in which they are given, and
//! what is text or the value of an attribute is escaped here and nowhere else.

use std::fmt::{self, Display, Write};

use super::class::StyleClass;
use super::size::{FigureSize, UNIT};

/// A place in a figure, in units of its coordinates: to the right and down.
pub type FigurePoint = (f64, f64);

/// An SVG element of a figure that is being written.
#[derive(Debug)]
pub struct FigureWriter {
    svg: String,
}

/// An element whose attributes are being written; it must be ended by one of its other methods.
#[derive(Debug)]
#[must_use = "an element without an end tag is not SVG"]
pub struct ElementWriter<'a> {
    svg: &'a mut FigureWriter,
    name: &'static str,
}

/// The place of a text, as its attributes say it.
#[derive(Debug, Clone, Copy)]
pub struct TextPlace {
    /// The point that it is aligned to.
    pub at: FigurePoint,
    /// The attribute `dy`: how far down its baseline is moved.
    pub down: &'static str,
    /// The attribute `text-anchor`: `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// True if it reads upwards.
    pub is_upright: bool,
}

impl FigureWriter {
    /// Opens a figure; `title` says what it shows to those who cannot see it.
    pub fn open(size: FigureSize, title: &str) -> Self {
        Self::start(size, title, None)
    }

    /// Opens a figure that scrolls where there is much less room than its natural size, and does not
    /// grow beyond that size if `is_fixed`.
    pub fn open_wide(size: FigureSize, title: &str, is_fixed: bool) -> Self {
        let most = if is_fixed { format!(";max-width:{}px", size.width) } else { String::new() };
        Self::start(size, title, Some(format!("min-width:{}px{most}", size.width)))
    }

    fn start(size: FigureSize, title: &str, style: Option<String>) -> Self {
        let mut svg = Self { svg: String::new() };
        let mut element = svg.element("svg");
        if let Some(style) = style {
            element = element.attribute("style", style);
        }
        element
            .attribute("class", format_args!("figure {}", size.class))
            .attribute("viewBox", format_args!("0 0 {} {}", size.width * UNIT, size.height * UNIT))
            .attribute("role", "img")
            .attribute("aria-label", title)
            .svg
            .svg
            .push('>');
        svg
    }

    /// Returns what `write` writes: elements to be put into a figure.
    pub fn part(write: impl FnOnce(&mut Self)) -> String {
        let mut part = Self { svg: String::new() };
        write(&mut part);
        part.svg
    }

    /// Closes the figure and returns it.
    pub fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }

    /// Begins an element.
    pub fn element(&mut self, name: &'static str) -> ElementWriter<'_> {
        self.svg.push('<');
        self.svg.push_str(name);
        ElementWriter { svg: self, name }
    }

    /// Begins a group of elements of one role.
    pub fn group(&mut self, class: StyleClass) -> ElementWriter<'_> {
        self.element("g").attribute("class", class)
    }

    /// Ends the line of the file; what is drawn is the same without.
    pub fn end_line(&mut self) {
        self.svg.push('\n');
    }

    /// Writes a straight line; its width is in units.
    pub fn line(&mut self, class: StyleClass, width: i32, [from, to]: [FigurePoint; 2]) {
        self.element("line")
            .attribute("class", class)
            .attribute("stroke-width", width)
            .attribute("x1", format_args!("{:.0}", from.0))
            .attribute("y1", format_args!("{:.0}", from.1))
            .attribute("x2", format_args!("{:.0}", to.0))
            .attribute("y2", format_args!("{:.0}", to.1))
            .end();
    }

    /// Writes a text.
    pub fn text(&mut self, class: StyleClass, place: TextPlace, text: impl Display) {
        let (x, y) = place.at;
        let mut element = self
            .element("text")
            .attribute("x", format_args!("{x:.0}"))
            .attribute("y", format_args!("{y:.0}"))
            .attribute("dy", place.down)
            .attribute("text-anchor", place.anchor)
            .attribute("class", class);
        if place.is_upright {
            element = element.attribute("transform", format_args!("rotate(270, {x:.0}, {y:.0})"));
        }
        element.text(text);
    }

    fn escaped(&mut self, value: impl Display) {
        let _ = write!(EscapingWriter(&mut self.svg), "{value}");
    }
}

impl ElementWriter<'_> {
    /// Writes an attribute.
    pub fn attribute(self, name: &str, value: impl Display) -> Self {
        self.svg.svg.push(' ');
        self.svg.svg.push_str(name);
        self.svg.svg.push_str("=\"");
        self.svg.escaped(value);
        self.svg.svg.push('"');
        self
    }

    /// Ends it without a content.
    pub fn end(self) {
        self.svg.svg.push_str("/>");
    }

    /// Ends it with a text as its content.
    pub fn text(self, text: impl Display) {
        self.content(|svg| svg.escaped(text));
    }

    /// Ends it with a title, which the browser shows beside the pointer; an empty one is left out.
    pub fn title(self, title: &str) {
        self.content(|svg| {
            if !title.is_empty() {
                svg.element("title").text(title);
            }
        });
    }

    /// Ends it with what `write` writes as its content.
    pub fn content(self, write: impl FnOnce(&mut FigureWriter)) {
        let Self { svg, name } = self;
        svg.svg.push('>');
        write(svg);
        svg.svg.push_str("</");
        svg.svg.push_str(name);
        svg.svg.push('>');
    }
}

/// Writes text as SVG and HTML have it.
struct EscapingWriter<'a>(&'a mut String);

impl Write for EscapingWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.split_inclusive(['<', '>', '&', '"']) {
            let plain = piece.trim_end_matches(['<', '>', '&', '"']);
            self.0.push_str(plain);
            match &piece[plain.len()..] {
                "<" => self.0.push_str("&lt;"),
                ">" => self.0.push_str("&gt;"),
                "&" => self.0.push_str("&amp;"),
                "\"" => self.0.push_str("&quot;"),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns a text as SVG and HTML have it.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let _ = EscapingWriter(&mut escaped).write_str(text);
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::figure::PANEL;

    #[test]
    fn markup_in_texts_titles_and_attributes_is_text() {
        let mut svg = FigureWriter::open(PANEL, "a \"<b>\" & c");
        svg.group(StyleClass::Points(8)).attribute("data-x", "<&>").title("d & \"e\"");
        svg.element("text").text("<<f>>&");
        let svg = svg.finish();
        assert!(svg.contains("aria-label=\"a &quot;&lt;b&gt;&quot; &amp; c\""), "{svg}");
        let group = "<g class=\"points s1\" data-x=\"&lt;&amp;&gt;\">\
                     <title>d &amp; &quot;e&quot;</title></g>";
        assert!(svg.contains(group), "{svg}");
        assert!(svg.ends_with("<text>&lt;&lt;f&gt;&gt;&amp;</text></svg>"), "{svg}");
    }

    #[test]
    fn a_wide_figure_scrolls_and_an_empty_title_is_left_out() {
        let mut svg = FigureWriter::open_wide(PANEL, "", true);
        svg.element("circle").attribute("r", 3).title("");
        let expected = "<svg style=\"min-width:340px;max-width:340px\" class=\"figure panel\" \
                        viewBox=\"0 0 1360 920\" role=\"img\" aria-label=\"\"><circle r=\"3\"></circle></svg>";
        assert_eq!(svg.finish(), expected);
    }
}
