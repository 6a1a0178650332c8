//! Prints what was set up.

use std::fmt::Write;

use sweep_config::python;
use sweep_config::records::JobOrigins;

use super::additions::SetupAdditions;
use super::constraint::Rejection;
use super::diagnosis::{BranchAcceptance, ConstraintDiagnosis};
use super::drawing::DesignSpace;
use super::job_set::job_id;
use super::options::SetupOptions;
use super::outcome::SamplingOutcome;
use super::shortfall::PopulationShortfall;
use super::{repeats, store};
use crate::app::num::{float, saturated};
use crate::app::units::fine_percent;
use crate::app::{Printer, command, count, thousands};

/// Parameters of the first config that are shown; a summary is no listing.
const SHOWN: usize = 12;

/// Prints the result of a setup: notes for people, and the record if `json` is asked for.
pub(crate) fn present(outcome: &SamplingOutcome<'_>, printer: Printer, options: &SetupOptions) {
    let &SamplingOutcome { space, diagnosis, record, .. } = outcome;
    if options.json {
        printer.json_text(store::to_json(record).trim_end());
    }
    printer.note(summary(outcome, options));
    for warning in diagnosis.iter().flat_map(|diagnosis| diagnosis.warnings(space)) {
        printer.warn(warning);
    }
    let bent = repeats::warning(&outcome.sweep.setup, space, &outcome.population.tally);
    if let Some(warning) = bent {
        printer.warn(warning);
    }
    warn_if_fewer(outcome, printer);
}

fn warn_if_fewer(outcome: &SamplingOutcome<'_>, printer: Printer) {
    let &SamplingOutcome { space, population, .. } = outcome;
    if let Some((kept, requested)) = outcome.shortfall() {
        let requested = count(requested, "config");
        let PopulationShortfall { reason, hint } =
            PopulationShortfall::explain(space, &population.tally, kept);
        printer.warn(format!("{kept} of {requested}: {reason}\n  hint: {hint}"));
    }
}

/// Lines of a label and a text; a line that goes on has no label.
type SummaryLines = Vec<(&'static str, String)>;

fn summary(outcome: &SamplingOutcome<'_>, options: &SetupOptions) -> String {
    let &SamplingOutcome { sweep, space, diagnosis, .. } = outcome;
    let mut lines: SummaryLines =
        vec![("Sweep directory", sweep.dir().path().display().to_string())];
    lines.extend(added(outcome));
    if outcome.additions.draws && outcome.requested > 0 {
        lines.push(("Configs", drawn(outcome)));
    }
    let constraints = diagnosis.iter().flat_map(|diagnosis| constraints(space, diagnosis));
    lines.extend(constraints.map(|line| ("", line)));
    lines.extend(first_config(outcome));
    if let Some(page) = &options.html {
        lines.push(("Page", page.display().to_string()));
    }
    lines.push(next_command(outcome, options));
    let lines: Vec<String> =
        lines.iter().map(|(label, text)| format!("{label:<16} {text}")).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Returns the lines of the jobs that were not drawn.
fn added(outcome: &SamplingOutcome<'_>) -> SummaryLines {
    let SetupAdditions { chosen, more, .. } = outcome.additions;
    let mut next =
        outcome.record.extensions.last().map_or(0, |extension| saturated(extension.from));
    let chosen = chosen.rounds.iter().map(move |round| {
        let configs = count(outcome.configs(round.jobs.len()), "config");
        let (first, last) = (job_id(next), job_id(next + round.jobs.len() - 1));
        next += round.jobs.len();
        let jobs =
            if first == last { format!("job {first}") } else { format!("jobs {first} to {last}") };
        ("Chosen", format!("{configs} ({}): {jobs}", round.source))
    });
    let more = more.iter().map(|more| {
        let (jobs, configs) = (count(more.jobs.len(), "job"), count(more.configs.len(), "config"));
        ("Replicates", format!("{jobs} of {configs}, by {}", more.record.key))
    });
    chosen.chain(more).collect()
}

/// Returns the lines of the first config that was drawn, with its first parameters.
fn first_config(outcome: &SamplingOutcome<'_>) -> SummaryLines {
    let &SamplingOutcome { sweep, population, record, .. } = outcome;
    let Some(first) = population.kept.first() else { return Vec::new() };
    if outcome.additions.chosen.jobs() > 0 || JobOrigins::of(record).has_chosen() {
        return Vec::new();
    }
    // An extension may have drawn the new ones alone.
    let job = job_id(saturated::<usize>(record.kept).saturating_sub(population.kept.len()));
    let mut lines = vec![(
        "First config",
        sweep.dir().with_format(sweep.setup.format).cfg(job).display().to_string(),
    )];
    let width = population.params.names().iter().take(SHOWN).map(String::len).max().unwrap_or(0);
    let given = || population.params.given(&first.values);
    let param = |(param, value)| ("", format!("{param:<width$}  {}", python::text(value)));
    lines.extend(given().take(SHOWN).map(param));
    if given().count() > SHOWN {
        lines.push(("", format!("and {} more", given().count() - SHOWN)));
    }
    lines
}

/// Returns the line of the command that comes next.
fn next_command(outcome: &SamplingOutcome<'_>, options: &SetupOptions) -> (&'static str, String) {
    let (label, next) = match options {
        SetupOptions { html: Some(_), .. } => ("Nothing set up", "sweep_setup"),
        SetupOptions { dry_run: true, .. } => ("Nothing written", "sweep_setup"),
        _ => ("Next", "sweep_launch"),
    };
    let mut command = command(next, outcome.sweep);
    if options.dry_run {
        // The same command is to come again, with all its arguments.
        for text in &options.sweeps {
            let quoted = shlex::try_quote(text).unwrap_or_else(|_| text.into());
            let _ = write!(command, " --sweep {quoted}");
        }
    }
    (label, command)
}

/// Says how many configs were drawn: `64 of 70 candidates: 2 repeats`.
fn drawn(outcome: &SamplingOutcome<'_>) -> String {
    let &SamplingOutcome { sweep, space, population, .. } = outcome;
    let replicates = sweep.setup.replicates;
    let tally = &population.tally;
    let jobs = population.kept.len();
    let configs = jobs / usize::try_from(replicates).unwrap_or(1);
    let mut text = format!("{configs} of {}", count(saturated(tally.candidates), "candidate"));
    if tally.duplicates > 0 {
        text.push_str(": ");
        text.push_str(&count(saturated(tally.duplicates), "repeat"));
    }
    if tally.surplus > 0 {
        let of_full = thousands(saturated(tally.surplus));
        let _ = write!(text, "; {of_full} in branches that already had their NUM_CONFIGS");
    }
    if let Some(possible) = space.possible() {
        let asked = sweep.setup.num_configs.map_or("all".to_owned(), |n| thousands(saturated(n)));
        let _ = write!(text, "; requested: {asked}, possible: {}", thousands(saturated(possible)));
    }
    if replicates > 1 {
        let _ = write!(text, "; {replicates} jobs each, {jobs} in total");
    }
    text
}

/// Returns a line for each constraint: how much it rejects on its own, after the share that meets all.
fn constraints(space: &DesignSpace<'_>, diagnosis: &ConstraintDiagnosis) -> Vec<String> {
    let judged = count(saturated(diagnosis.judged), "candidate");
    let met = float(diagnosis.met) / float(diagnosis.judged);
    // What the user's program would say of all of them is not known.
    let which = if space.asks_program() {
        "all constraints except those that use COMMAND"
    } else {
        "all constraints"
    };
    let mut lines = vec![format!("of {judged}, {} meet {which}", fine_percent(met))];
    if diagnosis.examined < space.total().unwrap_or(0) {
        let examined = count(saturated(diagnosis.examined), "candidate");
        lines.push(format!("of {examined}, evenly spread over the grid:"));
    }
    let width =
        diagnosis.alone.keys().map(|&rejection| space.key(rejection).len()).max().unwrap_or(0);
    lines.extend(diagnosis.alone.keys().map(|&rejection| {
        let share = fine_percent(diagnosis.share(rejection));
        let what = match (rejection, space.text(rejection)) {
            (Rejection::Network(_), _) => "makes no valid network".to_owned(),
            (Rejection::NoValue(_) | Rejection::Undrawn(_), Some(text)) => {
                format!("has no value: {text}")
            }
            (_, Some(text)) => format!("rejects alone: {text}"),
            (_, None) => "rejects alone".to_owned(),
        };
        format!("{:<width$}  {share:>8} {what}", space.key(rejection))
    }));
    lines.extend(diagnosis.branches.iter().map(BranchAcceptance::line));
    lines
}
