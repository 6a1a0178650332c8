//! Prints what was set up.

use std::fmt::Write;

use sweep_config::records::SetupRecord;
use sweep_config::{Sweep, python};

use super::constraint::Rejection;
use super::diagnosis::ConstraintDiagnosis;
use super::drawing::DesignSpace;
use super::job_set::job_id;
use super::options::SetupOptions;
use super::population::Population;
use super::shortfall::PopulationShortfall;
use super::store;
use crate::app::num::{float, saturated};
use crate::app::units::fine_percent;
use crate::app::{Printer, SweepArgs, command, count};

/// Parameters of the first config that are shown; a summary is no listing.
const SHOWN: usize = 12;

/// Prints the result of a setup: notes for a person, and the record if `json` is asked for.
pub(crate) fn present(
    args: &SweepArgs,
    options: &SetupOptions,
    sweep: &Sweep,
    space: &DesignSpace<'_>,
    found: (&Population, Option<&ConstraintDiagnosis>),
    record: &SetupRecord,
) {
    let (population, diagnosis) = found;
    let printer = args.printer();
    if options.json {
        printer.data(store::to_json(record).trim_end());
    }
    printer.note(summary(sweep, space, found, (record, options)));
    for warning in diagnosis.iter().flat_map(|diagnosis| diagnosis.warnings(space)) {
        printer.warn(warning);
    }
    warn_if_fewer(printer, space, (population, sweep.setup.replicates), record);
}

fn warn_if_fewer(
    printer: Printer,
    space: &DesignSpace<'_>,
    (population, replicates): (&Population, u32),
    record: &SetupRecord,
) {
    if record.kept < record.requested {
        let configs = |jobs: u64| saturated(jobs / u64::from(replicates));
        let (kept, requested) = (configs(record.kept), count(configs(record.requested), "config"));
        let PopulationShortfall { reason, hint } =
            PopulationShortfall::explain(space, &population.tally, kept);
        printer.warn(format!("{kept} of {requested}: {reason}\n  hint: {hint}"));
    }
}

fn summary(
    sweep: &Sweep,
    space: &DesignSpace<'_>,
    (population, diagnosis): (&Population, Option<&ConstraintDiagnosis>),
    (record, options): (&SetupRecord, &SetupOptions),
) -> String {
    let dir = sweep.dir();
    let mut text = String::new();
    let mut row = |name: &str, value: &str| {
        writeln!(text, "{name:<16} {value}").expect("a string takes all text");
    };
    row("Sweep directory", &dir.path().display().to_string());
    row("Configs", &drawn(population, sweep.setup.replicates));
    for line in diagnosis.iter().flat_map(|diagnosis| constraints(space, diagnosis)) {
        row("", &line);
    }
    // An extension may have drawn the new ones alone.
    let first_job = job_id(saturated::<usize>(record.kept).saturating_sub(population.kept.len()));
    if let Some(first) = population.kept.first() {
        row("First config", &dir.cfg(first_job).display().to_string());
        let width =
            population.params.names().iter().take(SHOWN).map(String::len).max().unwrap_or(0);
        let given = || population.params.given(&first.values);
        for (param, value) in given().take(SHOWN) {
            row("", &format!("{param:<width$}  {}", python::text(value)));
        }
        if given().count() > SHOWN {
            row("", &format!("and {} more", given().count() - SHOWN));
        }
    }
    if let Some(page) = &options.html {
        row("Page", &page.display().to_string());
    }
    let (label, next) = match options {
        SetupOptions { html: Some(_), .. } => ("Nothing set up", "sweep_setup"),
        SetupOptions { dry_run: true, .. } => ("Nothing written", "sweep_setup"),
        _ => ("Next", "sweep_launch"),
    };
    let mut command = command(next, sweep);
    if options.dry_run {
        // The same command is to come again, with what it was given besides.
        for text in &options.sweeps {
            let quoted = shlex::try_quote(text).unwrap_or_else(|_| text.into());
            let _ = write!(command, " --sweep {quoted}");
        }
    }
    row(label, &command);
    text.truncate(text.trim_end().len());
    text
}

/// `64 of 70 candidates: 2 repeats`.
fn drawn(population: &Population, replicates: u32) -> String {
    let tally = &population.tally;
    let jobs = population.kept.len();
    let configs = jobs / usize::try_from(replicates).unwrap_or(1);
    let mut text = format!("{configs} of {}", count(saturated(tally.candidates), "candidate"));
    if tally.duplicates > 0 {
        text.push_str(": ");
        text.push_str(&count(saturated(tally.duplicates), "repeat"));
    }
    if replicates > 1 {
        let _ = write!(text, "; {replicates} jobs each, {jobs} in all");
    }
    text
}

/// Returns a line for each constraint: how much it rejects on its own, after the share that meets all.
fn constraints(space: &DesignSpace<'_>, diagnosis: &ConstraintDiagnosis) -> Vec<String> {
    let examined = count(saturated(diagnosis.examined), "candidate");
    let met = float(diagnosis.met) / float(diagnosis.examined);
    // What the user's program would say of all of them is not known.
    let which = if space.asks_program() {
        "all constraints but those on what COMMAND reports"
    } else {
        "all constraints"
    };
    let mut lines = vec![format!("of {examined} {} meet {which}", fine_percent(met))];
    let width =
        diagnosis.alone.keys().map(|&rejection| space.key(rejection).len()).max().unwrap_or(0);
    lines.extend(diagnosis.alone.keys().map(|&rejection| {
        let share = fine_percent(diagnosis.share(rejection));
        let what = match (rejection, space.text(rejection)) {
            (Rejection::Network(_), _) => "no network".to_owned(),
            (Rejection::NoValue(_) | Rejection::Undrawn(_), Some(text)) => {
                format!("has no value: {text}")
            }
            (_, Some(text)) => format!("rejects alone: {text}"),
            (_, None) => "rejects alone".to_owned(),
        };
        format!("{:<width$}  {share:>8} {what}", space.key(rejection))
    }));
    lines
}
