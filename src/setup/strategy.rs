//! The meaning of each `SETUP.STRATEGY`: how its candidates are drawn, whether a longer sweep begins
//! with the shorter one, and which candidates become jobs.
//!
//! All that depends on the strategy stands here, so that a new one is added here.

use sweep_config::{SetupConfig, Strategy};

use super::candidate::Candidate;
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

/// Chooses the candidates that become jobs out of a pool that nothing speaks against: every one meets
/// the constraints, and none is a job that exists already.
///
/// A strategy that learns from results owns what it has learned: it is made from it, by
/// [`search_strategy`].
pub(crate) trait SearchStrategy {
    /// Returns the number of candidates that the pool should hold, of which `wanted` are to be chosen.
    fn pool_size(&self, wanted: u64) -> u64;

    /// Returns up to `wanted` candidates of the pool, in the order of their jobs. The pool is sorted by
    /// candidate number, and smaller than asked for where the design space has no more.
    fn choose(&self, pool: Vec<Candidate>, wanted: u64) -> Vec<Candidate>;
}

/// Returns the search strategy of a `SETUP.STRATEGY`.
pub(crate) fn search_strategy(strategy: Strategy) -> Box<dyn SearchStrategy> {
    match strategy {
        Strategy::Random
        | Strategy::Grid
        | Strategy::Halton
        | Strategy::Sobol
        | Strategy::LatinHypercube
        | Strategy::Tpe => Box::new(NumberOrder),
    }
}

/// Takes the candidates in the order of their numbers, whatever came of others.
struct NumberOrder;

impl SearchStrategy for NumberOrder {
    fn pool_size(&self, wanted: u64) -> u64 {
        wanted
    }

    fn choose(&self, mut pool: Vec<Candidate>, wanted: u64) -> Vec<Candidate> {
        pool.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        pool
    }
}
