//! The law `uniform`: every multiple of the quantum is as likely.

use sweep_config::Value;

use super::dice::Dice;
use super::grid::Grid;

/// The reference draws a float from `[low, high + q)` and rounds it down; each multiple then has a
/// cell of the same width. Drawing the multiple itself is that law without its rounding errors.
#[derive(Debug, Clone)]
pub(super) struct Uniform {
    pub(super) grid: Grid,
}

impl Uniform {
    pub(super) fn draw(&self, dice: &mut Dice) -> Value {
        self.grid.value(dice.between(self.grid.first(), self.grid.last()))
    }
}
