//! The table of a run.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::arena::StormRecord;
use crate::converge::Convergence;
use crate::judge::Judgement;
use crate::plan::{BlowKind, RunSize};

/// The rows of a run as a Markdown table.
pub fn render(
    size: &RunSize,
    storm: &StormRecord,
    calm: &Convergence,
    found: &Judgement,
) -> String {
    let mut rows = vec![
        ("jobs, seed".to_owned(), format!("{}, {}", size.jobs, size.seed)),
        ("blows".to_owned(), blows(storm)),
        ("program starts".to_owned(), found.starts.to_string()),
        ("attempts that ended".to_owned(), counts(&found.outcomes)),
        ("jobs in the end".to_owned(), counts(&found.states)),
    ];
    let mut row = |name: &str, value: &dyn Display| rows.push((name.to_owned(), value.to_string()));
    row("**doubled**", &found.doubled.len());
    row("**lost**", &calm.unsettled.len());
    row("**wrong final state**", &found.wrong.len());
    row("done without a good end of the program", &found.invented.len());
    row("checkpointing jobs done before their last step", &found.early.len());
    row(
        "done twice in turn (its worker died, or its task was being ended, at that moment)",
        &found.twice,
    );
    row("plain relaunches after the last blow", &calm.launches);
    row("calls of `--release` for held tasks", &calm.releases);
    row("tasks that only tried broken jobs again, cancelled at the end", &calm.cancelled);
    row(
        "**orphans**; tasks left in the queue",
        &format!("{}; {}", found.orphans.len(), calm.left.len()),
    );
    row("preempted, cancelled and node failure against sacct", &agreement(found));
    row(
        "drafts of claims, claims left behind",
        &format!("{}, {}", found.leftovers.0, found.leftovers.1),
    );
    row("launches and collects by exit code", &exits(found));
    row("panics", &found.panics.len());
    let lines = rows.iter().map(|(name, value)| format!("| {name} | {value} |\n"));
    format!("| figure | value |\n| --- | --- |\n{}", lines.collect::<String>())
}

fn blows(storm: &StormRecord) -> String {
    let total: u32 = storm.struck.values().sum();
    let missed: u32 = storm.missed.values().sum();
    let of = |kind: BlowKind| storm.struck.get(&kind).copied().unwrap_or(0);
    let each = BlowKind::ALL.map(|(kind, name, _)| format!("{name} {}", of(kind)));
    let seconds = storm.lasted.as_secs();
    format!(
        "{total} in {seconds} s ({}); {missed} more found nothing to strike at",
        each.join(", ")
    )
}

fn counts(counts: &BTreeMap<String, u32>) -> String {
    let each = counts.iter().map(|(name, count)| format!("{count} {}", name.replace('_', " ")));
    format!("{} ({})", counts.values().sum::<u32>(), each.collect::<Vec<_>>().join(", "))
}

fn agreement(found: &Judgement) -> String {
    let it = &found.agreement;
    let total = it.agree + it.differ.values().sum::<u32>();
    let differ = it.differ.iter().map(|(words, count)| format!("; {count} {words}"));
    let differ: String = differ.collect();
    format!(
        "{} of {total} agree ({:.1} %), {} unknown to it{differ}",
        it.agree,
        it.per_cent(),
        it.unknown
    )
}

fn exits(found: &Judgement) -> String {
    let each = found.exits.iter().map(|((name, code), count)| format!("{name} {code}: {count}"));
    each.collect::<Vec<_>>().join(", ")
}
