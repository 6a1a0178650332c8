//! Prints what a person or a program reads when the report is written.

use std::path::Path;

use indexmap::IndexSet;

use super::digest::ReportDigest;
use super::findings::ReportFindings;
use super::group::JobGroup;
use super::leaders::GroupLeaders;
use super::sampled;
use crate::app::{Printer, count, listed, thousands};
use crate::trials::Trial;

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
    findings: &ReportFindings<'_>,
    report: &Path,
    warnings: &IndexSet<&str>,
) {
    for warning in warnings {
        printer.warn(warning);
    }
    let several = findings.groups().len() > 1;
    for (group, leaders) in findings.groups().iter().zip(&findings.leaders) {
        let name = if several { format!("{}: ", group.name) } else { String::new() };
        let jobs = count(group.len(), "job");
        printer.note(format_args!("{name}{jobs}, {} with a value", thousands(leaders.with_value)));
        if let Some(best) = best(group, leaders) {
            printer.note(format_args!("{name}{best}"));
        }
    }
    printer.data(report.display());
}

/// Returns a line on the best config, where there are seeds, or the best job.
fn best(group: &JobGroup<'_>, leaders: &GroupLeaders) -> Option<String> {
    let label = &group.objective.label;
    let (what, value, rows) = match (leaders.configs.first(), leaders.jobs.first()) {
        (Some(config), _) => ("jobs", config.value, config.rows.clone()),
        (None, Some(job)) => ("job", job.value, vec![job.row]),
        (None, None) => return None,
    };
    let jobs: Vec<&Trial> = rows.iter().map(|&row| group.job(row)).collect();
    let ids: Vec<String> = jobs.iter().map(|job| job.id.to_string()).collect();
    let (ids, params) = (listed(&ids), sampled::plain_of_config(&jobs));
    Some(format!("best: {what} {ids}, {label} {}: {params}", group.objective.said(value)))
}
