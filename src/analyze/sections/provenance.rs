//! Shows where the jobs and the report come from: the records of setup and launch, and the sweep
//! config.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};
use sweep_config::records::{CodeRecord, SetupRecord, SubmissionRecord};
use sweep_config::{Sweep, yaml};

use super::empty;
use super::table_cells::{column_head, table_row, text_cell};
use crate::analyze::group::JobGroup;
use crate::analyze::origin::{RecordedMachines, SweepOrigin, origins};
use crate::app::{VERSION, count};
use crate::page::{FoldedText, PageSection, TableRow, TableView};

/// The facts of one sweep: the name and the value of each.
type SweepFacts = Vec<(&'static str, String)>;

/// Returns the origin of each sweep, and the report's own config: as it was given, its overrides,
/// and all of it with the defaults. Facts that were not recorded are left out.
pub fn provenance(sweep: &Sweep, groups: &[JobGroup<'_>]) -> PageSection {
    let origins = origins(sweep, groups);
    let mut facts: Vec<SweepFacts> = origins.iter().map(facts).collect();
    if let Some(own) = facts.first_mut() {
        own.push(("report", format!("sweepkit {VERSION}")));
    }
    let mut heads = vec![column_head("", "", false)];
    heads.extend(origins.iter().map(|origin| column_head(&origin.short_name, &origin.name, false)));
    let table = TableView { heads, rows: rows(&facts), note: String::new() };
    // Links to the config of a report lead here.
    PageSection {
        paragraphs: origins.iter().filter_map(unknown).collect(),
        table: Some(table),
        details: config(sweep),
        ..empty("config", "Config and provenance")
    }
}

fn config(sweep: &Sweep) -> Vec<FoldedText> {
    let details =
        |summary: &str, text: String| FoldedText { summary: summary.to_owned(), text, open: false };
    let mut all = vec![details("As given", sweep.text.clone())];
    if !sweep.overrides.is_empty() {
        let text =
            sweep.overrides.iter().fold(String::new(), |text, set| text + "--set " + set + "\n");
        all.push(details("Overridden for this report", text));
    }
    all.push(details("Complete, with every default", yaml::write(&sweep.complete())));
    all
}

/// Returns a sentence on the damaged files of a sweep; `None` if there are none.
fn unknown(origin: &SweepOrigin) -> Option<String> {
    let files: Vec<String> = origin.damaged.iter().map(|file| format!("`{file}`")).collect();
    let files = files.join(", ");
    (!files.is_empty()).then(|| format!("{}: {files} is damaged and left out.", origin.short_name))
}

/// Returns a table with a row for each fact and a column for each sweep.
fn rows(sweeps: &[SweepFacts]) -> Vec<TableRow> {
    let mut merged: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (at, facts) in sweeps.iter().enumerate() {
        for (what, fact) in facts {
            merged.entry(what).or_insert_with(|| vec!["–"; sweeps.len()])[at] = fact;
        }
    }
    let of_fact = |(what, values): (&str, Vec<&str>)| {
        table_row(std::iter::once(what).chain(values).map(text_cell).collect())
    };
    merged.into_iter().map(of_fact).collect()
}

fn facts(origin: &SweepOrigin) -> SweepFacts {
    let mut facts = origin.setup.as_ref().map(of_setup).unwrap_or_default();
    facts.extend(origin.code.as_ref().map(|record| ("code", code(origin, record))));
    facts.extend(launches(&origin.launches).map(|launches| ("launches", launches)));
    let RecordedMachines { cpus, gpus, pythons } = &origin.machines;
    for (what, all) in [("CPU", cpus), ("GPU", gpus), ("Python", pythons)] {
        if !all.is_empty() {
            facts.push((what, list(all)));
        }
    }
    facts
}

fn list(all: &BTreeSet<String>) -> String {
    all.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}

fn of_setup(setup: &SetupRecord) -> SweepFacts {
    let mut facts = vec![
        ("set up by", format!("sweepkit {}", setup.tool_version)),
        ("seed", setup.seed.to_string()),
        ("configs", format!("{} of {} requested", setup.kept, setup.requested)),
        (
            "candidates",
            format!("{}, of which {} repeated earlier ones", setup.candidates, setup.duplicates),
        ),
    ];
    let turned_down = setup.rejections.iter().map(|(key, n)| format!("{key}: {n}"));
    let turned_down: Vec<String> = turned_down.collect();
    if !turned_down.is_empty() {
        facts.push(("rejected by", turned_down.join("; ")));
    }
    let set = setup.overrides.iter().map(|set| format!("--set {set}"));
    let swept = setup.sweeps.iter().map(|sweep| format!("--sweep {sweep}"));
    let typed: Vec<String> = set.chain(swept).collect();
    if !typed.is_empty() {
        facts.push(("set up with", typed.join(" ")));
    }
    if let Some(replicates) = &setup.replicates {
        facts.push(("jobs per config", format!("{}, by {}", replicates.count, replicates.key)));
    }
    let extended = setup.extensions.iter().map(|extension| {
        let changed = match extension.changed.as_slice() {
            [] => String::new(),
            keys => format!(" (with other {})", keys.join(", ")),
        };
        format!("from {} to {} configs{changed}", extension.from, extension.to)
    });
    let extended: Vec<String> = extended.collect();
    if !extended.is_empty() {
        facts.push(("extended", extended.join("; ")));
    }
    let reused = setup.reused.iter().map(|reused| format!("{} of {}", reused.jobs, reused.sweep));
    let reused: Vec<String> = reused.collect();
    if !reused.is_empty() {
        facts.push(("jobs reused", reused.join("; ")));
    }
    facts
}

fn code(origin: &SweepOrigin, record: &CodeRecord) -> String {
    let files = usize::try_from(record.files).unwrap_or(usize::MAX);
    match origin.commit() {
        Some(commit) => format!("commit {commit}"),
        None => format!("a copy of {}, not a git repository", count(files, "file")),
    }
}

/// Returns the launches as text: `2 (local), by sweepkit 0.1.0`; `None` if there are none.
fn launches(launches: &[SubmissionRecord]) -> Option<String> {
    let once = |of: fn(&SubmissionRecord) -> &str| {
        let names: IndexSet<&str> = launches.iter().map(of).collect();
        names.into_iter().collect::<Vec<_>>().join(", ")
    };
    let (executors, versions) = (once(|l| &l.executor), once(|l| &l.tool_version));
    (!launches.is_empty())
        .then(|| format!("{} ({executors}), by sweepkit {versions}", launches.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::origin::tests::code as code_record;

    fn setup() -> SetupRecord {
        serde_json::from_str(
            "{\"format_version\": 1, \"tool_version\": \"0.1.0\", \"seed\": 7, \"requested\": 9, \
             \"kept\": 8, \"candidates\": 30, \"duplicates\": 2, \
             \"rejections\": {\"CX.FLOPS\": 20}, \"overrides\": [\"A=1\"]}",
        )
        .unwrap()
    }

    #[test]
    fn what_setup_and_launch_recorded_is_told_and_what_nobody_did_is_left_out() {
        assert_eq!(facts(&SweepOrigin::unknown("x")), []);
        let code = Some(code_record("0123456789abcdef", true));
        let facts = facts(&SweepOrigin { setup: Some(setup()), code, ..SweepOrigin::unknown("x") });
        let facts: Vec<String> =
            facts.iter().map(|(what, fact)| format!("{what} {fact}")).collect();
        assert_eq!(
            facts,
            [
                "set up by sweepkit 0.1.0",
                "seed 7",
                "configs 8 of 9 requested",
                "candidates 30, of which 2 repeated earlier ones",
                "rejected by CX.FLOPS: 20",
                "set up with --set A=1",
                "code commit 0123456789ab, and changes that were not committed",
            ]
        );
    }

    #[test]
    fn a_fact_that_one_of_several_sweeps_lacks_is_a_dash_there() {
        let facts = [vec![("seed", "1".to_owned())], vec![("code", "commit a".to_owned())]];
        let texts: Vec<Vec<String>> = rows(&facts)
            .into_iter()
            .map(|row| row.cells.into_iter().map(|cell| cell.text).collect())
            .collect();
        assert_eq!(texts, [["seed", "1", "–"], ["code", "–", "commit a"]]);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let damaged = vec!["setup.json".to_owned()];
        let origin = SweepOrigin { damaged, ..SweepOrigin::unknown("a/x") };
        let expected = "x: `setup.json` is damaged and left out.";
        assert_eq!(unknown(&origin).as_deref(), Some(expected));
    }
}
