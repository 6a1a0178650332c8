//! Population statistics: pure functions of numbers, each with its formula and its source.
//!
//! Nothing here knows jobs, metrics or figures. What is not a number must be left out before.

mod best;
mod edf;
mod quantile;
mod ranks;
mod span;
mod summary;

pub use best::{BestRange, best_range, draws};
pub use edf::Edf;
pub use quantile::{quantile, weighted_quantile};
pub use ranks::{ranks, spearman};
pub use span::{Edges, Span, beyond, robust_span};
pub use summary::Summary;

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "no sweep has 2^53 jobs")]
pub(crate) fn float(n: usize) -> f64 {
    n as f64
}
