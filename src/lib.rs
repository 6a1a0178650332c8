//! The sweep toolkit: sample a design space, run the population, study it.
//!
//! Each stage is a module and a thin binary; the stages meet only in files, whose types are those of
//! [`sweep_config`]. Within a stage the order is *plan* (pure) → *run* (I/O) → *present* (prints a
//! returned value).

#![cfg_attr(
    test,
    allow(
        clippy::float_cmp,
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "tests ask for exact numbers, and calculate with small ones"
    )
)]

#[cfg(feature = "analysis")]
pub mod analyze;
pub mod app;
pub mod collect;
pub mod commands;
mod convert;
mod failure_text;
pub mod front;
pub mod launch;
pub mod ledger;
pub mod models;
pub mod page;
pub mod runtime;
#[cfg(feature = "analysis")]
pub mod serve;
pub mod setup;
pub mod slurm;
mod suggest;
pub mod tables;
pub mod trials;
pub mod worker;
