//! Why a sampler or a parameter cannot be drawn.

use crate::app::Failure;

/// A range that holds more multiples of its quantum than a float can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GridTooFine;

/// A parameter that has no value for what was drawn before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingValue {
    /// The parameter's place.
    pub(crate) place: usize,
    /// Why, in words.
    pub(crate) why: String,
}

/// Returns the failure for a parameter whose grid is too fine.
pub(super) fn too_fine(param: &str) -> Failure {
    Failure::usage(
        format!("SETUP.SAMPLERS.{param}: RANGE holds more than 2^51 multiples of QUANTIZE"),
        "set a coarser QUANTIZE: a float cannot tell more values apart",
    )
}
