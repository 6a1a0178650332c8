//! Runs what is not done of a sweep.
//!
//! Reads `cfgs/` and the journals in `logs/`; writes an entry of the ledger (`launches/000001/`)
//! and starts workers, which write the rest. It keeps nothing of its own that a second call would
//! need: what is not done is found in the journals each time, so a call that was cut off in any
//! way is continued by calling again.
//!
//! - `scan`: the state of every job,
//! - `plan`: which jobs run, and with how many workers (pure),
//! - `preview`: what will run, and whether the user wants it,
//! - `ledger`: the entry that says so,
//! - `local`: the executor for this machine, with its `crew` of worker processes,
//! - `board`, `progress`: how far it is,
//! - `summary`: how it went.
//!
//! Another executor takes the place of `local`: it gets the ledger entry and returns when its work
//! is handed over. All else is the same for it.

mod board;
mod crew;
mod executor;
mod ledger;
mod local;
mod plan;
mod preview;
mod progress;
mod run;
mod scan;
mod summary;

pub use run::{Options, run};
