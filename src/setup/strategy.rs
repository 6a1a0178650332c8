//! The meaning of each `SETUP.STRATEGY`: how its candidates are drawn, and whether a longer sweep begins
//! with the shorter one.

use sweep_config::{SetupConfig, Strategy};

use super::sampler::{LowDiscrepancy, SamplerTree};
use crate::app::Failure;

/// How the candidates of a sweep are drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DrawMode {
    /// The points of a grid, in order; the number of points. Without samplers there is one point.
    Points(u64),
    /// Random numbers.
    Random,
    /// The points of an evenly spread sequence.
    Even(LowDiscrepancy),
}

impl DrawMode {
    /// Returns the mode of a sweep that gives `combinations` of values beside its samplers.
    ///
    /// # Errors
    ///
    /// When a grid has too many points.
    pub(crate) fn new(
        setup: &SetupConfig,
        samplers: &SamplerTree<'_>,
        combinations: u64,
    ) -> Result<Self, Failure> {
        Ok(match setup.strategy {
            Strategy::Grid => Self::Points(samplers.points()?),
            _ if setup.samplers.is_empty() => Self::Points(1),
            // The first configs of a sweep that is tuned are random draws, and so is its control group.
            Strategy::Random | Strategy::Tpe => Self::Random,
            Strategy::Halton => Self::Even(LowDiscrepancy::Halton),
            Strategy::Sobol => Self::Even(LowDiscrepancy::Sobol),
            Strategy::LatinHypercube => {
                let points = setup.most_configs().div_ceil(combinations);
                let points = u32::try_from(points).unwrap_or(u32::MAX).max(1);
                Self::Even(LowDiscrepancy::LatinHypercube(points))
            }
        })
    }
}

/// Returns true if the configs of a longer sweep begin with those of a shorter one.
pub(crate) fn is_extendable(strategy: Strategy) -> bool {
    strategy != Strategy::LatinHypercube
}
