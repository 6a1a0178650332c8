//! The density around one draw of an observed candidate, over the quantiles of the draw's law.
//!
//! Ordered values have a normal density, cut off at 0 and 1; unordered ones share what their own value leaves. All is
//! computed in software (`libm`), so that every host has the same bits.

use std::f64::consts::PI;

use super::trace::QuantileCell;
use crate::app::num::normal_below;

/// Below it a cell counts as one number.
const THIN: f64 = 1e-9;

/// Halvings of the interval from 0 to 1 that find a quantile.
const HALVINGS: usize = 40;

/// A density around a draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum DrawKernel {
    Ordered {
        middle: f64,
        deviation: f64,
        /// The shares of the normal distribution below 0, and between 0 and 1.
        below: f64,
        within: f64,
    },
    Unordered {
        cell: QuantileCell,
        /// The probability of the cell; the rest is spread evenly over 0 to 1.
        kept: f64,
    },
}

impl DrawKernel {
    /// Makes the kernel around a cell. `deviation` is that of the normal density, `count` the number of candidates
    /// that the mixture has.
    ///
    /// An unordered value keeps so much that each of the others has a share of one more candidate in all, as in Optuna.
    pub(super) fn new(cell: QuantileCell, deviation: f64, count: f64) -> Self {
        if !cell.is_ordered {
            let values = 1.0 / cell.width().max(THIN);
            return Self::Unordered { cell, kept: count / (count + values) };
        }
        let middle = cell.middle();
        let below = normal_below(-middle / deviation);
        let within = normal_below((1.0 - middle) / deviation) - below;
        Self::Ordered { middle, deviation, below, within }
    }

    /// Returns the mean density over a cell, that of the draw's own law being 1.
    pub(super) fn density(&self, cell: &QuantileCell) -> f64 {
        match *self {
            Self::Ordered { middle, deviation, within, .. } => {
                if cell.width() < THIN {
                    let z = (cell.middle() - middle) / deviation;
                    return libm::exp(-0.5 * z * z) / ((2.0 * PI).sqrt() * deviation * within);
                }
                let share = |x: f64| normal_below((x - middle) / deviation);
                (share(cell.high) - share(cell.low)) / (within * cell.width())
            }
            Self::Unordered { cell: own, kept } => {
                let shared = (cell.high.min(own.high) - cell.low.max(own.low)).max(0.0);
                let share = shared / cell.width().max(THIN);
                (1.0 - kept) + kept * share / own.width().max(THIN)
            }
        }
    }

    /// Returns the quantile of the law that stands at a share of this density.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        match *self {
            Self::Ordered { middle, deviation, below, within } => {
                let wanted = below + share * within;
                let (mut low, mut high) = (0.0, 1.0);
                for _ in 0..HALVINGS {
                    let half = f64::midpoint(low, high);
                    if normal_below((half - middle) / deviation) < wanted {
                        low = half;
                    } else {
                        high = half;
                    }
                }
                low
            }
            Self::Unordered { cell, kept } if share < kept => {
                cell.low + share / kept * cell.width()
            }
            Self::Unordered { kept, .. } => (share - kept) / (1.0 - kept),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(low: f64, high: f64, is_ordered: bool) -> QuantileCell {
        QuantileCell { low, high, is_ordered }
    }

    #[test]
    fn a_density_is_one_in_all_and_its_quantiles_are_its_own() {
        for own in [cell(0.1, 0.1, true), cell(0.75, 1.0, true), cell(0.25, 0.5, false)] {
            let kernel = DrawKernel::new(own, 0.2, 9.0);
            let cells =
                (0..400).map(|i| cell(f64::from(i) / 400.0, f64::from(i + 1) / 400.0, true));
            let shares: Vec<f64> = cells.map(|cell| kernel.density(&cell) / 400.0).collect();
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{own:?}");
            // Of 10,000 even shares each cell gets what it has.
            let mut counted = [0.0; 400];
            for i in 0..10_000 {
                let at = kernel.quantile((f64::from(i) + 0.5) / 10_000.0);
                assert!((0.0..1.0).contains(&at), "{own:?}: {at}");
                counted[(at * 400.0) as usize] += 1e-4;
            }
            let most = shares.iter().zip(counted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(most < 3e-4, "{own:?}: {most}");
        }
    }

    #[test]
    fn a_thin_cell_has_the_density_of_its_middle() {
        let kernel = DrawKernel::new(cell(0.4, 0.4, true), 0.1, 9.0);
        let thin = kernel.density(&cell(0.45, 0.45, true));
        let wide = kernel.density(&cell(0.45 - 5e-7, 0.45 + 5e-7, true));
        assert!((thin / wide - 1.0).abs() < 1e-6, "{thin} {wide}");
    }
}
