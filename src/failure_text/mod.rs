//! Reads why a program failed: the end of its `stderr.log` to one error, and failures to groups (pure).
//!
//! - [`read_cause`] finds the error that ended a program: in `traceback` (Python), `crash` (other
//!   programs), `launcher` (SLURM, MPI, `torchrun`) and `error_line` (lines that call themselves
//!   errors). `choose` picks the one of several that is the reason.
//! - [`likeness`] gives failures of one kind one text: the circuit breaker of the worker counts by
//!   it, and `sweep_collect --failed` groups by it.
//! - [`Symptom`] names the causes that call for another treatment, such as a lack of memory.
//! - `normalize` removes from a message what differs from job to job.
//!
//! The worker decides what to do about a failure; `collect` finds what failed jobs have in common.

mod cause;
mod choose;
mod crash;
mod error_line;
mod launcher;
mod likeness;
mod normalize;
mod read;
mod stderr_line;
mod symptom;
mod traceback;

pub(crate) use cause::FailureCause;
pub(crate) use likeness::{last_line, likeness};
#[cfg(feature = "analysis")]
pub(crate) use normalize::{normalized, without_numbers};
pub(crate) use read::{read_cause, read_cause_of_stdout};
pub(crate) use symptom::{FailureReading, Symptom};

#[cfg(test)]
mod tests;
