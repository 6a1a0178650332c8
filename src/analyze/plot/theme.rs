//! Sizes, and the roles that drawn things have; their colours are in `templates/page/style.css`.

use plotters::style::RGBColor;

use crate::page::svg::{PANEL, Size};

/// How many series have a colour of their own; further ones start over.
pub const SERIES: usize = 7;

/// A panel whose points are few and large.
pub(super) const TREND: Size = Size { class: "panel trend", ..PANEL };
/// The one figure of its section.
pub(super) const WIDE: Size = Size { width: 620, height: 330, left: 60, class: "wide" };

/// Text sizes in CSS pixels; the style sheet repeats them.
pub(super) const TICK_TEXT: i32 = 11;
pub(super) const LABEL_TEXT: i32 = 12;

/// What a drawn thing is there for. plotters knows colours only, so each role is sent through it as
/// a colour that no figure has, and [`super::svg`] puts the role's class in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// The text of ticks.
    Tick,
    /// The names of axes.
    Label,
    /// The lines of axes.
    Axis,
    /// The grid.
    Grid,
    /// The range of the best.
    Band,
    /// A fainter range: of all.
    Wash,
    /// The range that a series' line may have.
    Zone(usize),
    /// The median of the best.
    Median,
    /// A series' line.
    Solid(usize),
    /// The same, dashed.
    Dashed(usize),
    /// The same, dotted.
    Dotted(usize),
}

const TAG: u8 = 0xA7;

impl Ink {
    /// The colour that stands for it.
    pub(super) fn color(self) -> RGBColor {
        let (role, series) = match self {
            Self::Tick => (0, 0),
            Self::Label => (1, 0),
            Self::Axis => (2, 0),
            Self::Grid => (3, 0),
            Self::Band => (4, 0),
            Self::Wash => (5, 0),
            Self::Median => (6, 0),
            Self::Solid(series) => (7, series),
            Self::Dashed(series) => (8, series),
            Self::Dotted(series) => (9, series),
            Self::Zone(series) => (10, series),
        };
        let series = u8::try_from(series % SERIES).expect("SERIES is small");
        RGBColor(TAG, role, series)
    }

    /// The classes in place of a colour `A7rrss`; `None` of any other colour.
    pub(super) fn class(color: &str) -> Option<String> {
        let byte = |at: usize| u8::from_str_radix(color.get(at..at + 2)?, 16).ok();
        if byte(0)? != TAG {
            return None;
        }
        let series = byte(4)?;
        Some(match byte(2)? {
            0 => "tick".to_owned(),
            1 => "label".to_owned(),
            2 => "axis".to_owned(),
            3 => "grid".to_owned(),
            4 => "band".to_owned(),
            5 => "wash".to_owned(),
            6 => "median".to_owned(),
            7 => format!("line s{series}"),
            8 => format!("line dashed s{series}"),
            9 => format!("line dotted s{series}"),
            10 => format!("zone s{series}"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_comes_back_from_its_colour() {
        let hex = |ink: Ink| {
            let RGBColor(r, g, b) = ink.color();
            format!("{r:02X}{g:02X}{b:02X}")
        };
        assert_eq!(Ink::class(&hex(Ink::Grid)).as_deref(), Some("grid"));
        assert_eq!(Ink::class(&hex(Ink::Dashed(SERIES + 2))).as_deref(), Some("line dashed s2"));
        assert_eq!(Ink::class("0072B2"), None);
        assert_eq!(Ink::class("A7"), None);
    }
}
