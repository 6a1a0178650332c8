//! The jobs of a sweep, and the statistics of the draws that found them.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::constraint::Rejection;
use super::param_list::ParamList;

/// The jobs of a sweep, and how they were found.
#[derive(Debug, PartialEq)]
pub(crate) struct DrawnPopulation {
    /// The parameters.
    pub(crate) params: ParamList,
    /// The candidates that became jobs, in the order of the jobs.
    pub(crate) kept: Vec<Candidate>,
    /// The statistics of the draws.
    pub(crate) tally: DrawTally,
}

/// The statistics of the draws.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DrawTally {
    /// The number of candidates that were drawn.
    pub(crate) candidates: u64,
    /// The number of candidates that repeated an earlier one: one that was kept, in a small space also
    /// one that was rejected.
    pub(crate) duplicates: u64,
    /// The number of candidates that nothing speaks against, but their branch had all of its configs.
    pub(crate) surplus: u64,
    /// The branches that have fewer configs than they are to have, in words.
    pub(crate) shortages: Vec<String>,
    /// The candidates that were rejected, by the first reason found.
    pub(crate) rejections: BTreeMap<Rejection, RejectionCount>,
    /// The number of different configs that the samplers can draw, if every one of them was drawn.
    pub(crate) exhausted: Option<u64>,
}

/// The candidates that were rejected for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RejectionCount {
    /// How many they are.
    pub(crate) count: u64,
    /// The number of the first of them.
    pub(crate) first: u64,
}
