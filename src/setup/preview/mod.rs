//! `sweep_setup --preview`: what the configs would be like, parameter by parameter.
//!
//! - `columns`: the values of the population, gathered once,
//! - `table`: their quantiles, as text for the terminal, and `samplers`, from which they were drawn,
//! - `page` (`--html`): their distributions (`panel`: planned by `binning`, drawn by `figure`) and
//!   what the constraints reject (`acceptance`).

mod acceptance;
mod binning;
mod columns;
mod figure;
mod histogram;
mod page;
mod panel;
mod ranges;
mod samplers;
mod table;

use std::path::Path;

use sweep_config::fs;

use super::outcome::SamplingOutcome;
use crate::app::{Failure, Printer};
use columns::PreviewColumns;

/// Prints the table of a population that was sampled, and writes the page if it has a path.
///
/// Runs on the threads of the caller's pool.
///
/// # Errors
///
/// If the page cannot be written.
pub(crate) fn show(
    outcome: &SamplingOutcome<'_>,
    printer: Printer,
    html: Option<&Path>,
) -> Result<(), Failure> {
    let columns = PreviewColumns::of(&outcome.sweep.setup, outcome.population);
    printer.data(table::table(&columns));
    printer.data(samplers::list(&outcome.sweep.setup));
    if let Some(path) = html {
        let page = crate::page::render(&page::page(outcome, &columns))?;
        fs::write_atomic(path, page.as_bytes())?;
    }
    Ok(())
}
