//! The sizes of figures and of the text in them.

use crate::page::figure::{FigureSize, PANEL};

/// The size of a panel whose points are few and large.
pub(super) const TREND: FigureSize = FigureSize { class: "panel trend", ..PANEL };
/// The size of the one figure of its section.
pub(super) const WIDE: FigureSize =
    FigureSize { width: 620, height: 280, left: 66, bottom: 57, class: "wide" };

/// Text sizes in CSS pixels; the style sheet repeats them.
pub(super) const TICK_TEXT: i32 = 13;
pub(super) const LABEL_TEXT: i32 = 13;
