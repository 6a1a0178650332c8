//! Config -> `cfgs/`: samples the job configs of a sweep.
//!
//! - [`plan`](mod@plan): which candidates become jobs (pure): `sampler`, `candidate`, `constraint`,
//! - `store`: writes the set, so that it is there whole or not at all,
//! - `present`: says what was set up, and why it is fewer than asked where it is.

mod candidate;
mod constraint;
pub mod plan;
mod sampler;
mod text;
