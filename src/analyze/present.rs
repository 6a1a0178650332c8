//! Prints what a person or a program reads when the report is written.

use std::path::Path;

use indexmap::IndexSet;

use super::digest::ReportDigest;
use super::group::JobGroup;
use super::sampled;
use crate::app::{Printer, count};
use crate::page::number::number;

/// Prints the digest, for a person or for a program.
pub(super) fn digest(printer: Printer, digest: &ReportDigest, json: bool) {
    if json {
        printer.json(digest);
        return;
    }
    for warning in &digest.warnings {
        printer.warn(warning);
    }
    for line in digest.lines() {
        printer.data(line);
    }
    printer.note(format_args!("report: {}", digest.report));
}

/// Says where the report is, who leads, and what could not be shown.
pub(super) fn present(
    printer: Printer,
    group: &JobGroup<'_>,
    report: &Path,
    warnings: &IndexSet<&str>,
) {
    for warning in warnings {
        printer.warn(warning);
    }
    let ranked = group.ranked();
    let jobs = count(group.len(), "job");
    printer.note(format_args!("{jobs}, {} with an error", ranked.len()));
    if let Some((&best, error)) = ranked.first().and_then(|row| Some((row, group.error(*row)?))) {
        let job = group.job(best);
        let sampled = sampled::brief(job).replace('\u{a0}', " ");
        let label = &group.objective.label;
        printer.note(format_args!("best: job {}, {label} {}: {sampled}", job.id, number(error)));
    }
    printer.data(report.display());
}
