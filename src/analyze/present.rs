//! What a person reads when the report is written.

use std::path::Path;

use super::plot::short;
use super::population::Population;
use crate::app::{Printer, count};

/// Says where the report is, who leads, and what could not be shown.
pub(super) fn present(printer: Printer, main: &Population, report: &Path, warnings: &[&str]) {
    for warning in warnings {
        printer.warn(warning);
    }
    let ranked = main.ranked();
    let jobs = count(main.rows.len(), "job");
    printer.note(format_args!("{jobs}, {} with an error", ranked.len()));
    if let Some(&best) = ranked.first() {
        let (job, error) = (main.jobs[best], short(main.errors[best]));
        printer.note(format_args!("best: job {job}, error {error}: {}", main.sampled[best]));
    }
    printer.data(report.display());
}
