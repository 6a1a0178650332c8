//! Chooses the next candidate of a search by what was observed of others (pure).
//!
//! The search sees neither samplers nor values. A candidate is the list of the draws that made it ([`DrawTrace`]), each a
//! cell of quantiles of its own law, so that the law that a sampler draws from is uniform here. A parameter that a
//! candidate lacks has no draw.
//!
//! - `trace`: the draws of a candidate,
//! - `kernel`: the density around one draw of an observed candidate,
//! - `mixture`: the density around several candidates, all their draws jointly,
//! - `ranking`: which observations are good, by one objective or several,
//! - `hypervolume`: what a result adds to those of several objectives,
//! - `tuner`: the tree-structured Parzen estimator (Bergstra et al., NIPS 2011), multivariate (Falkner et al., ICML 2018),
//! - `gaussian`: a Gaussian process, which takes turns with it (Jones et al., J. Global Optim. 1998),
//! - `normal`: the normal distribution,
//! - `prior`: what past sweeps say beside it, in proportion to how well they agree,
//! - `random`: its random numbers.

mod gaussian;
mod hypervolume;
mod kernel;
mod mixture;
mod normal;
mod prior;
mod random;
mod ranking;
mod trace;
mod tuner;

pub(crate) use gaussian::GaussianProcess;
pub(crate) use prior::{BlendedTuner, prior_weight, share_won};
pub(crate) use random::SearchRng;
pub(crate) use ranking::{LAST_FRONT, ObservedCandidate, ObservedOutcome, fronts};
pub(crate) use trace::{DrawAddress, DrawTrace, QuantileCell};
pub(crate) use tuner::{DrawGuide, ParzenTuner};
