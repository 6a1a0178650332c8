//! What the figures of all pages share: their sizes, and text in them.

/// Units of a figure's coordinates to one CSS pixel at its natural size: plotters places on whole
/// units, which at one a pixel would make curves uneven.
pub const UNIT: i32 = 4;

/// A figure's natural size in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// Room for the labels of the vertical axis.
    pub left: i32,
    /// The class that the style sheet knows it by.
    pub class: &'static str,
}

/// One of many in a grid.
pub const PANEL: Size = Size { width: 340, height: 230, left: 50, class: "panel" };

/// Room for the labels of the horizontal axis, in CSS pixels.
pub const BOTTOM: i32 = 42;
/// The length of the marks at the labels.
pub const TICK: i32 = 4;
/// Room on the other sides, so that the last label of an axis is not cut.
pub const MARGIN: i32 = 10;

/// The opening tag of a figure; `title` says to who cannot see it what it shows.
pub fn open(size: Size, title: &str) -> String {
    let (width, height) = (size.width * UNIT, size.height * UNIT);
    let (class, title) = (size.class, escape(title));
    format!(
        "<svg class=\"figure {class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">"
    )
}

/// The same of a figure that is not much smaller than its natural size, but scrolls, nor larger where
/// `is_fixed` says so.
pub fn open_wide(size: Size, title: &str, is_fixed: bool) -> String {
    let least = size.width * 3 / 4;
    let most = if is_fixed { format!(";max-width:{}px", size.width) } else { String::new() };
    open(size, title).replacen("<svg ", &format!("<svg style=\"min-width:{least}px{most}\" "), 1)
}

/// What the browser says of the element that it stands in; nothing of an empty title.
pub fn title_element(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!("<title>{}</title>", escape(title)) }
}

/// About how wide a text is in that size, rather too wide than too narrow: which font a browser takes
/// nobody knows.
pub fn text_width(text: &str, size: i32) -> f64 {
    let width = |c: char| match c {
        '.' | ',' | ' ' | 'i' | 'l' | 'j' | 'f' | 't' | '⁰'..='⁹' | '⁻' => 0.36,
        c if c.is_ascii_digit() => 0.64,
        'm' | 'w' | 'M' | 'W' | '…' => 0.95,
        c if c.is_ascii_uppercase() || c == '_' => 0.7,
        _ => 0.6,
    };
    text.chars().map(width).sum::<f64>() * f64::from(size)
}

/// Text as SVG and HTML have it.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
