//! The constraints, which a candidate must meet to be kept.
//!
//! A candidate is checked before its job config is made, cheapest question first: nine of ten fall at
//! the number of stages, which needs four numbers. The keys that pycls's setup changes in the config of
//! a network on the way (see [`crate::models::scale`]) come out of the check.

mod checker;
mod condition;
mod network;
mod rejection;

pub(crate) use checker::{CheckedNetwork, ConstraintChecker};
pub(crate) use rejection::{LIMITS, Rejection};
