//! The one writer of figures, for the report and the preview alike: inline SVG in which everything
//! drawn carries the class of its role, to which the style sheet gives a colour in light and dark.

mod canvas;
mod class;
mod paper;
mod size;
mod writer;

pub use canvas::FigureCanvas;
pub use class::StyleClass;
pub use paper::{FigurePaper, PaperLength, smallest_text};
pub use size::{BOTTOM, FigureSize, MARGIN, PANEL, TICK, UNIT, text_width};
pub use writer::{ElementWriter, FigurePoint, FigureWriter, TextPlace, escape};
