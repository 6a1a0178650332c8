//! The chances of the branches of a choice.

use sweep_config::quantile_place;

use super::candidate_rng::CandidateRng;
use super::param::pick;

/// How likely each branch is.
#[derive(Debug)]
pub(super) enum BranchChances<'a> {
    /// Each of so many as likely.
    Even(usize),
    /// By their probabilities, in all 1.
    Weighted(&'a [f64]),
}

impl<'a> BranchChances<'a> {
    pub(super) fn new(branches: usize, probabilities: Option<&'a [f64]>) -> Self {
        probabilities.map_or(Self::Even(branches), Self::Weighted)
    }

    /// Draws the number of a branch.
    pub(super) fn draw(&self, rng: &mut CandidateRng) -> usize {
        match self {
            Self::Even(branches) => pick(rng, *branches),
            Self::Weighted(probabilities) => quantile_place(probabilities, rng.unit()),
        }
    }
}
