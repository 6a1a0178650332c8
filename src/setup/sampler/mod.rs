//! The samplers of a sweep config, made ready to draw.
//!
//! [`SamplerTree`] is the whole of them, a tree; `draw` is one parameter. A law is a file; [`CandidateRng`] is where
//! the random numbers come from.

mod rng;
mod draw;
mod grid;
mod log_uniform;
mod normal;
mod points;
mod power2;
mod ranged;
mod regnet;
mod scalar;
mod sobol;
mod space;
mod uniform;

#[cfg(test)]
mod golden;

use sweep_config::Value;

pub(crate) use rng::CandidateRng;
pub(crate) use points::LowDiscrepancy;
pub(crate) use space::SamplerTree;

use crate::app::Failure;

/// A range that holds more multiples of its quantum than a float can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct GridTooFine;

/// The value of a parameter; `None` where the branch that has it was not chosen.
pub(crate) type Option<Value> = Option<Value>;

/// A parameter that has no value for what was drawn before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingValue {
    /// The parameter's place.
    pub(crate) place: usize,
    /// Why, in words.
    pub(crate) why: String,
}

fn too_fine(param: &str) -> Failure {
    Failure::usage(
        format!("SETUP.SAMPLERS.{param}: RANGE holds more than 2^51 multiples of QUANTIZE"),
        "take a coarser QUANTIZE: no more than that can be told apart in a float",
    )
}
