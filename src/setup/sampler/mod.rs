//! The samplers of a sweep config, made ready to draw.
//!
//! [`SamplerTree`] holds all of them; `param` draws one parameter, `scalar` a number of a distribution,
//! of which each is a file. `inverse` finds the draws that give a value; `foreign`
//! tells which values of another space have any. [`CandidateRng`] is where the random numbers come from.

mod assignment;
mod build;
mod candidate_rng;
mod chance;
mod failure;
mod foreign;
mod hash;
mod inverse;
mod law;
mod log_uniform;
mod low_discrepancy;
mod mapping;
mod node;
mod normal;
mod param;
mod power2;
mod quantum_grid;
mod ranged;
mod real;
mod regnet;
mod scalar;
mod settle;
mod short_decimal;
mod sobol;
mod tree;
mod uniform;

#[cfg(test)]
mod golden;

pub(crate) use candidate_rng::CandidateRng;
pub(crate) use failure::MissingValue;
pub(crate) use hash::hash;
pub(crate) use low_discrepancy::LowDiscrepancy;
pub(crate) use tree::SamplerTree;
