//! `sweep_analyze --serve`: shows reports that stay up to date while sweeps run, to browsers on this machine.
//!
//! It can only be read, and only by whoever knows the random word in its address. *Plan*: which request may ask for what
//! (`host_rule`, `token`, `route`, pure). *Run*: one thread answers (`service`), one looks at the sweeps
//! (`sweep_shelf`) by the reader of `sweep_collect --watch`, one has reports made by another process (`report_process`), whose
//! memory goes with it. *Present*: reports by [`crate::analyze`], states and the list as events (`events`), pages (`pages`).

mod answer;
mod body;
mod events;
mod host_rule;
mod listener;
mod open_connections;
mod pages;
mod report_process;
mod route;
mod served_sweep;
mod service;
mod sweep_finder;
mod sweep_shelf;
mod token;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sweep_config::fs::FsError;

use crate::app::{Exit, Failure, ServeAddress, SweepArgs, count};
use host_rule::HostRule;
pub use report_process::hand_report;
use served_sweep::ServedSweep;
use service::SweepService;
use sweep_finder::SweepPlaces;
use sweep_shelf::SweepShelf;
use token::AccessToken;

/// Serves sweeps until Ctrl-C; prints the address on stdout. `places` are sweep configs, sweep directories, or directories
/// below which all sweeps are meant; without any, it is the one sweep of the present folder, or all below it.
///
/// # Errors
///
/// When it cannot listen at the address, or there is no sweep.
pub fn serve(
    places: &[PathBuf],
    args: &SweepArgs,
    address: &ServeAddress,
) -> Result<Exit, Failure> {
    let printer = args.printer();
    let SweepPlaces { sweeps, root } = SweepPlaces::find(places, args)?;
    let token =
        AccessToken::random().map_err(|e| FsError::new("read", Path::new("/dev/urandom"), e))?;
    let (listener, name) = address.listen()?;
    let served = count(sweeps.len(), "sweep");
    let shelf = SweepShelf::new(sweeps.into_iter().map(ServedSweep::new).collect(), root);
    printer.data(address.url(&listener, token.text()));
    printer.note(format_args!("serving {served}; press Ctrl-C to stop"));
    printer.note(address.advice(&listener));
    let service = SweepService::new(Arc::new(shelf), token, HostRule::new(&name));
    listener::run(listener, service)?;
    Ok(Exit::Done)
}
