//! The page's section about the constraints: what each of them rejects.

use std::collections::BTreeSet;
use std::fmt::Write;

use sweep_config::ClosedInterval;

use crate::app::num::saturated;
use crate::app::units::fine_percent;
use crate::app::{count, thousands};
use crate::page::number::number;
use crate::page::{PageSection, TableCell, TableHead, TableRow, TableView};
use crate::setup::constraint::Rejection;
use crate::setup::diagnosis::BranchAcceptance;
use crate::setup::outcome::SamplingOutcome;
use crate::setup::shortfall::PopulationShortfall;

/// The section's anchor.
pub(super) const ID: &str = "acceptance";
/// The index of the column of what was drawn, which only limits on complexity have.
const DRAWN: usize = 3;

/// Returns the section: what the constraints reject, and warnings.
pub(super) fn acceptance(outcome: &SamplingOutcome<'_>) -> PageSection {
    let &SamplingOutcome { space, population, diagnosis, .. } = outcome;
    let mut warnings: Vec<String> =
        diagnosis.iter().flat_map(|diagnosis| diagnosis.warnings(space)).collect();
    if let Some((kept, requested)) = outcome.shortfall() {
        let PopulationShortfall { reason, hint } =
            PopulationShortfall::explain(space, &population.tally, kept);
        let (kept, requested) = (thousands(kept), count(requested, "config"));
        warnings.push(format!("{kept} of {requested}: {reason}. To fix it: {hint}."));
    }
    PageSection {
        id: ID.to_owned(),
        title: "Acceptance".to_owned(),
        paragraphs: std::iter::once(introduction(outcome)).chain(by_branch(outcome)).collect(),
        warnings,
        table: table(outcome),
        ..PageSection::default()
    }
}

fn introduction(outcome: &SamplingOutcome<'_>) -> String {
    let tally = &outcome.population.tally;
    let candidates = count(saturated(tally.candidates), "candidate");
    let kept = count(outcome.configs(outcome.population.kept.len()), "config");
    let mut text = format!("Kept: {kept} of {candidates}.");
    if tally.duplicates > 0 {
        let repeats = count(saturated(tally.duplicates), "repeat");
        let _ = write!(text, " Repeats left out: {repeats}.");
    }
    if tally.rejections.is_empty() {
        text.push_str(" None was rejected.");
    }
    text
}

/// Says how many candidates of each branch meet the constraints; `None` where there is no choice.
fn by_branch(outcome: &SamplingOutcome<'_>) -> Option<String> {
    let branches = outcome.diagnosis.iter().flat_map(|diagnosis| &diagnosis.branches);
    let lines: Vec<String> = branches.map(BranchAcceptance::line).collect();
    (!lines.is_empty()).then(|| format!("By branch: {}.", lines.join("; ")))
}

/// Returns a table with a row for each constraint that rejects anything; `None` without a
/// diagnosis.
fn table(outcome: &SamplingOutcome<'_>) -> Option<TableView> {
    let against = against(outcome);
    let examined = count(saturated(outcome.diagnosis?.examined), "candidate");
    let which = if outcome.space.total().is_some() {
        format!("{examined}, evenly spread over the grid,")
    } else {
        format!("the first {examined}")
    };
    let heads = ["constraint", "rejects alone", "rejects first", "drawn (1 % to 99 %)", "required"];
    let numeric = [false, true, true, true, false];
    let head = |(text, numeric): (&str, bool)| TableHead {
        text: text.to_owned(),
        title: String::new(),
        numeric,
    };
    let note = format!(
        "\"Rejects alone\": the share of {which} that this constraint rejects, whatever the others do. \
         \"Rejects first\": how many candidates failed this constraint before any other during sampling; \
         cheap constraints are checked first. Constraints that reject nothing are not listed."
    );
    let mut heads: Vec<TableHead> = heads.into_iter().zip(numeric).map(head).collect();
    let mut rows: Vec<TableRow> = against.into_iter().map(|one| row(outcome, one)).collect();
    if outcome.diagnosis?.drawn.is_empty() {
        heads.remove(DRAWN);
        for row in &mut rows {
            row.cells.remove(DRAWN);
        }
    }
    Some(TableView { heads, rows, note })
}

/// Returns all reasons for which candidates were rejected. The reports of the user's program are
/// known only of the candidates that it was asked about, not of those examined.
fn against(outcome: &SamplingOutcome<'_>) -> BTreeSet<Rejection> {
    let first = outcome.population.tally.rejections.keys();
    let alone = outcome.diagnosis.iter().flat_map(|diagnosis| diagnosis.alone.keys());
    first.chain(alone).copied().collect()
}

fn row(outcome: &SamplingOutcome<'_>, rejection: Rejection) -> TableRow {
    let cell = |text: String, numeric| TableCell { text, numeric, share: String::new() };
    let known = outcome.diagnosis.filter(|diagnosis| diagnosis.alone.contains_key(&rejection));
    let alone = known.map(|diagnosis| diagnosis.share(rejection));
    let first = outcome.population.tally.rejections.get(&rejection).map_or(0, |r| r.count);
    let drawn = outcome.diagnosis.and_then(|diagnosis| diagnosis.drawn.get(&rejection));
    let cells = vec![
        cell(outcome.space.key(rejection), false),
        TableCell {
            text: alone.map_or("–".to_owned(), fine_percent),
            numeric: true,
            share: alone.map_or(String::new(), |share| format!("{:.1}%", share * 100.0)),
        },
        cell(thousands(saturated(first)), true),
        cell(drawn.map_or("–".to_owned(), range), true),
        cell(rule(outcome, rejection), false),
    ];
    TableRow { id: String::new(), set_apart: false, cells }
}

/// Returns what a constraint requires, or why a candidate could not be checked.
fn rule(outcome: &SamplingOutcome<'_>, rejection: Rejection) -> String {
    let text = outcome.space.text(rejection).unwrap_or_default();
    match rejection {
        Rejection::Stages => match outcome.sweep.setup.constraints.num_stages {
            (least, most) if least == most => count(saturated(least), "stage"),
            (least, most) => format!("{least} to {most} stages"),
        },
        Rejection::Network(_) => "not a valid network".to_owned(),
        Rejection::Limit(i) => {
            let limit = outcome.space.limits().find(|(limit, _)| *limit == i);
            limit.map(|(_, limit)| range(&limit)).unwrap_or_default()
        }
        Rejection::Where(_) => text.to_owned(),
        Rejection::Undrawn(_) | Rejection::NoValue(_) if text.is_empty() => {
            "has no value".to_owned()
        }
        Rejection::Undrawn(_) | Rejection::NoValue(_) => format!("has no value: {text}"),
    }
}

/// Returns an interval as text: `10⁶ to 2×10⁶`, `at most 10⁶`.
fn range(interval: &ClosedInterval) -> String {
    let [low, high] = [interval.low, interval.high].map(number);
    match (interval.low.is_finite(), interval.high.is_finite()) {
        (true, true) => format!("{low} to {high}"),
        (true, false) => format!("at least {low}"),
        (false, true) => format!("at most {high}"),
        (false, false) => "any".to_owned(),
    }
}
