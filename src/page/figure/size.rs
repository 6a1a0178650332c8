//! The sizes of figures, in CSS pixels, and the widths of texts in them.

/// Units of a figure's coordinates to one CSS pixel at its natural size. plotters places on whole
/// units, which at one a pixel would make curves uneven.
pub const UNIT: i32 = 4;

/// A figure's natural size in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureSize {
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// The room for the labels of the vertical axis.
    pub left: i32,
    /// The room for the labels and the name of the horizontal axis.
    pub bottom: i32,
    /// The class that the style sheet knows it by.
    pub class: &'static str,
}

/// The size of one of many figures in a grid.
pub const PANEL: FigureSize =
    FigureSize { width: 340, height: 230, left: 50, bottom: BOTTOM, class: "panel" };

/// The room for the labels of the horizontal axis, in CSS pixels.
pub const BOTTOM: i32 = 42;
/// The length of the marks at the labels.
pub const TICK: i32 = 4;
/// The room on the other sides, so that the last label of an axis is not cut.
pub const MARGIN: i32 = 10;

/// Estimates how wide a text is in that size, in the unit of the size: rather too wide than too
/// narrow, for which font a browser takes nobody knows.
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
