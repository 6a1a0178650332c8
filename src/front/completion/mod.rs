//! Completions: what shells ask, and what they get.
//!
//! The scripts know nothing of the command lines. They call `sweepkit __complete SHELL INDEX WORD...`, which answers for
//! all binaries, from their arguments and from the sweep that the words name.
//!
//! - `script`: the scripts, and where shells look for them,
//! - `answer`: a call of a script,
//! - `typed_line`: the words that are typed so far,
//! - `value_candidates`: values that only a sweep knows: jobs, states, parameters, keys.

mod answer;
mod script;
mod typed_line;
mod value_candidates;

pub(super) use answer::{QUESTION, answer};
pub(super) use script::{CompletedShell, install, print};
