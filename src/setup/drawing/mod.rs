//! From a design space to its population. Pure: the same setup gives the same population, whatever the
//! number of threads.
//!
//! - `source` draws a candidate: candidate *i* depends on the seed and on *i* alone,
//! - `admission` says what speaks against it,
//! - `design_space` is both together,
//! - `rounds` draws candidates until there are enough jobs.

mod admission;
mod design_space;
mod rounds;
mod source;

pub(crate) use admission::AdmittedJob;
pub(crate) use design_space::{DesignSpace, ExaminedCandidate};
pub(crate) use rounds::{SMALL_SPACE, draw_population};
