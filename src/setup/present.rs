//! Says what was set up.

use std::fmt::Write;

use sweep_config::records::SetupRecord;
use sweep_config::{JobId, Sweep};

use super::plan::Population;
use super::shortfall::Shortfall;
use super::{store, text};
use crate::app::{Printer, SweepArgs, command, count};

/// Parameters of the first config that are shown; a summary is no listing.
const SHOWN: usize = 12;

/// Prints the result of a setup: notes for a person, and the record if `json` is asked for.
pub(crate) fn present(
    args: &SweepArgs,
    json: bool,
    sweep: &Sweep,
    population: &Population,
    record: &SetupRecord,
) {
    let printer = args.printer();
    if json {
        printer.data(store::to_json(record).trim_end());
    }
    printer.note(summary(sweep, population));
    warn_if_fewer(printer, population, record);
}

fn warn_if_fewer(printer: Printer, population: &Population, record: &SetupRecord) {
    if record.kept < record.requested {
        let Shortfall { reason, hint } =
            Shortfall::explain(&population.tally, population.kept.len());
        let (kept, requested) = (number(record.kept), count(number(record.requested), "config"));
        printer.warn(format!("{kept} of {requested}: {reason}\n  hint: {hint}"));
    }
}

fn summary(sweep: &Sweep, population: &Population) -> String {
    let dir = sweep.dir();
    let mut text = String::new();
    let mut row = |name: &str, value: &str| {
        writeln!(text, "{name:<16} {value}").expect("a string takes all text");
    };
    row("Sweep directory", &dir.path().display().to_string());
    row("Configs", &drawn(population));
    if let Some(first) = population.kept.first() {
        row("First config", &dir.cfg(JobId(0)).display().to_string());
        let width = population.params.iter().take(SHOWN).map(String::len).max().unwrap_or(0);
        for (param, value) in population.params.iter().zip(&first.values).take(SHOWN) {
            row("", &format!("{param:<width$}  {}", text::of(value)));
        }
        if population.params.len() > SHOWN {
            row("", &format!("and {} more", population.params.len() - SHOWN));
        }
    }
    row("Next", &command("sweep_launch", sweep));
    text.truncate(text.trim_end().len());
    text
}

/// `64 of 70 candidates: 2 repeats, 4 rejected by REGNET.NUM_STAGES`.
fn drawn(population: &Population) -> String {
    let tally = &population.tally;
    let mut text =
        format!("{} of {}", population.kept.len(), count(number(tally.candidates), "candidate"));
    let mut rest = Vec::new();
    if tally.duplicates > 0 {
        rest.push(count(number(tally.duplicates), "repeat"));
    }
    for (key, n) in &tally.rejections {
        rest.push(format!("{} rejected by {key}", count(number(*n), "config")));
    }
    if !rest.is_empty() {
        text.push_str(": ");
        text.push_str(&rest.join(", "));
    }
    text
}

fn number(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
