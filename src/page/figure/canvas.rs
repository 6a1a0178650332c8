//! The size that figures with axes are drawn in for a paper. Sections and charts do not know of it: a chart asks for
//! the canvas of its thread where it begins, as it would ask for that of a window.

use std::cell::Cell;

use super::size::FigureSize;

thread_local! {
    static CANVAS: Cell<Option<FigureCanvas>> = const { Cell::new(None) };
}

/// The least height of a figure that is drawn in another width than its natural one, in CSS pixels, unless that
/// is less.
const LEAST_HEIGHT: i32 = 220;

/// The size of figures with axes instead of their natural one, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureCanvas {
    /// The width.
    pub width: i32,
    /// The height; `None` for that which suits the width.
    pub height: Option<i32>,
}

impl FigureCanvas {
    /// Runs `draw`, in which figures with axes have this size.
    pub fn during<T>(self, draw: impl FnOnce() -> T) -> T {
        let before = CANVAS.replace(Some(self));
        let drawn = draw();
        CANVAS.set(before);
        drawn
    }
}

impl FigureSize {
    /// Returns the size on the canvas of this thread, which is the natural one if there is no canvas.
    #[must_use]
    pub fn on_canvas(self) -> Self {
        let Some(canvas) = CANVAS.get() else { return self };
        let in_proportion = self.height * canvas.width / self.width;
        let suitable = in_proportion.max(LEAST_HEIGHT.min(self.height));
        // The room at the left is as much as the labels need: no other figure is below.
        Self { width: canvas.width, height: canvas.height.unwrap_or(suitable), left: 0, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::figure::PANEL;

    #[test]
    fn a_figure_has_the_size_of_the_canvas_while_there_is_one() {
        let wide = FigureSize { width: 620, height: 330, ..PANEL };
        let size = |canvas: FigureCanvas| {
            canvas.during(|| (wide.on_canvas().width, wide.on_canvas().height))
        };
        assert_eq!(size(FigureCanvas { width: 310, height: None }), (310, LEAST_HEIGHT));
        assert_eq!(size(FigureCanvas { width: 1240, height: None }), (1240, 660));
        assert_eq!(size(FigureCanvas { width: 310, height: Some(200) }), (310, 200));
        assert_eq!(wide.on_canvas(), wide);
    }
}
