//! Shows how the jobs ended: in which state they are, how many have an objective value, and what
//! the others died of.

use std::collections::BTreeMap;

use sweep_config::JobId;
use sweep_config::records::JobState;
use sweep_config::table::{CAUSE, DIVERGED, ERROR_LINE, EXIT_CODE, REASON, SIGNAL};

use super::table_cells::{column_head, number_cell, share_cell, table_row, text_cell};
use super::{empty, overview};
use crate::analyze::group::Group;
use crate::analyze::origin::distinct;
use crate::app::num::float;
use crate::app::{count, ranges, thousands};
use crate::failure_text::{normalized, without_numbers};
use crate::page::{PageSection, StateShare, TableRow, TableView};

/// The greatest number of causes of a sweep in the table.
const MOST_CAUSES: usize = 25;
/// The number of jobs of a cause that are named.
const EXAMPLES: usize = 5;
/// The text for a job that left no message.
const SILENT: &str = "(nothing on stderr)";
/// The text for jobs that diverged.
const DIVERGED_WORDS: &str = "diverged: the last loss or error is no finite number";

/// The end of one job.
#[derive(Debug, Clone, PartialEq)]
struct JobFate {
    id: JobId,
    state: JobState,
    /// The message that it died with; empty if there is none.
    said: String,
    /// The normalised message, equal for jobs that died of the same cause.
    likeness: String,
    has_value: bool,
    is_diverged: bool,
}

/// The jobs that ended badly for one cause.
#[derive(Debug, PartialEq)]
struct CauseRow<'a> {
    state: &'a str,
    /// The message of the first of them.
    said: &'a str,
    jobs: Vec<JobId>,
}

/// Returns the census of each sweep. Failures are grouped as `sweep_collect` groups them, except by
/// the place in the code where they happened, which the tables do not have.
pub fn population(groups: &[Group<'_>]) -> PageSection {
    let sweeps = distinct(groups);
    let fates: Vec<Vec<JobFate>> = sweeps.iter().map(|group| fates(group)).collect();
    let mut section = empty("population", "Population");
    let is_one = sweeps.len() == 1;
    for (group, fates) in sweeps.iter().zip(&fates) {
        let name = if is_one { String::new() } else { format!("{}: ", group.name) };
        let states = in_states(&overview::states(group));
        let jobs = count(fates.len(), "job");
        section.paragraphs.push(format!("{name}{jobs}: {states}. {}", values(fates)));
    }
    let mut table = TableView { heads: heads(is_one), rows: Vec::new(), note: String::new() };
    let mut notes = Vec::new();
    for (group, fates) in sweeps.iter().zip(&fates) {
        let name = (!is_one).then_some(group.name.as_str());
        table.rows.extend(rows(name, fates, &mut notes));
    }
    table.note = notes.join(" ");
    if !table.rows.is_empty() {
        section.table = Some(table);
    }
    section
}

fn fates(group: &Group<'_>) -> Vec<JobFate> {
    let jobs = &group.population.jobs;
    let table = &group.population.table;
    let text = |name: &str, row: usize| {
        let text = table.text_column(name).get(row).and_then(Option::as_deref);
        text.map(str::trim).filter(|text| !text.is_empty())
    };
    let diverged = table.numbers(DIVERGED, jobs.len());
    let codes = [EXIT_CODE, SIGNAL].map(|name| table.numbers(name, jobs.len()));
    let fate = |row: usize| {
        let cause = text(CAUSE, row);
        let last = text(ERROR_LINE, row).or_else(|| text(REASON, row));
        let likeness = match (cause, last) {
            (Some(cause), _) => normalized(cause),
            (None, Some(last)) => without_numbers(last),
            (None, None) => format!("exit {:?} signal {:?}", codes[0][row], codes[1][row]),
        };
        JobFate {
            id: jobs[row].id,
            state: jobs[row].state.clone(),
            said: cause.or(last).unwrap_or_default().to_owned(),
            likeness,
            has_value: group.error(row).is_some(),
            is_diverged: diverged[row] == Some(1.0),
        }
    };
    (0..jobs.len()).map(fate).collect()
}

/// Returns the states as text: `15 done, 9 failed`.
fn in_states(shares: &[StateShare]) -> String {
    let words = shares.iter().map(|share| format!("{} {}", thousands(share.count), share.state));
    words.collect::<Vec<_>>().join(", ")
}

/// Returns a sentence on how many jobs have an objective value, and in which states the others are.
fn values(fates: &[JobFate]) -> String {
    let without: Vec<&JobFate> = fates.iter().filter(|fate| !fate.has_value).collect();
    let with = fates.len() - without.len();
    if without.is_empty() {
        return match with {
            0 => String::new(),
            1 => "It has an objective value.".to_owned(),
            _ => "All of them have an objective value.".to_owned(),
        };
    }
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for fate in &without {
        *states.entry(fate.state.name()).or_default() += 1;
    }
    let states = states.iter().map(|(state, n)| format!("{} {state}", thousands(*n)));
    let states = states.collect::<Vec<_>>().join(", ");
    let verb = if without.len() == 1 { "has" } else { "have" };
    match with {
        0 => "No job has an objective value yet.".to_owned(),
        1 => format!("1 has an objective value, {} {verb} none ({states}).", without.len()),
        with => format!(
            "{} have an objective value, {} {verb} none ({states}).",
            thousands(with),
            thousands(without.len())
        ),
    }
}

/// Groups the jobs that ended badly by their cause, the most frequent first.
fn causes(fates: &[JobFate]) -> Vec<CauseRow<'_>> {
    let mut causes: BTreeMap<(&str, &str), CauseRow<'_>> = BTreeMap::new();
    for fate in fates.iter().filter(|fate| fate.state.is_bad()) {
        let state = fate.state.name();
        let cause = causes.entry((state, &fate.likeness)).or_insert_with(|| CauseRow {
            state,
            said: if fate.said.is_empty() { SILENT } else { &fate.said },
            jobs: Vec::new(),
        });
        cause.jobs.push(fate.id);
    }
    let mut causes: Vec<CauseRow<'_>> = causes.into_values().collect();
    causes.sort_by_key(|cause| (usize::MAX - cause.jobs.len(), cause.jobs[0]));
    causes
}

fn heads(is_one: bool) -> Vec<crate::page::TableHead> {
    let sweep = (!is_one).then(|| column_head("sweep", "", false));
    let rest = [
        column_head("state", "", false),
        column_head("jobs", "", true),
        column_head("share", "of all jobs of the sweep", true),
        column_head("such as", "the first jobs of this kind", false),
        column_head("cause", "what the first of them said", false),
    ];
    sweep.into_iter().chain(rest).collect()
}

/// Returns the rows of one sweep: its causes, and its jobs that diverged.
fn rows(name: Option<&str>, fates: &[JobFate], notes: &mut Vec<String>) -> Vec<TableRow> {
    let line = |state: &str, jobs: &[JobId], said: &str| {
        let mut cells: Vec<_> = name.map(text_cell).into_iter().collect();
        cells.push(text_cell(state));
        cells.push(number_cell(thousands(jobs.len())));
        cells.push(share_cell(float(jobs.len()) / float(fates.len())));
        cells.extend([text_cell(examples(jobs)), text_cell(said)]);
        table_row(cells)
    };
    let causes = causes(fates);
    let of = name.map_or_else(String::new, |name| format!(" of {name}"));
    let mut rows: Vec<TableRow> = causes
        .iter()
        .take(MOST_CAUSES)
        .map(|cause| line(cause.state, &cause.jobs, cause.said))
        .collect();
    if let Some(left_out) = causes.get(MOST_CAUSES..).filter(|rest| !rest.is_empty()) {
        let jobs = left_out.iter().map(|cause| cause.jobs.len()).sum();
        let (causes, jobs) = (count(left_out.len(), "other cause"), count(jobs, "job"));
        notes.push(format!("{causes} with {jobs}{of}: `sweep_collect --failed` has them all."));
    }
    let diverged: Vec<&JobFate> = fates.iter().filter(|fate| fate.is_diverged).collect();
    if !diverged.is_empty() {
        let jobs: Vec<JobId> = diverged.iter().map(|fate| fate.id).collect();
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for fate in &diverged {
            *states.entry(fate.state.name()).or_default() += 1;
        }
        let states: Vec<&str> = states.into_keys().collect();
        rows.push(line(&states.join(", "), &jobs, DIVERGED_WORDS));
        let twice = diverged.iter().filter(|fate| fate.state.is_bad()).count();
        if twice > 0 {
            let diverged = count(twice, "diverged job");
            let verb = if twice == 1 { "is" } else { "are" };
            notes.push(format!("{diverged}{of} {verb} counted under the cause of failure too."));
        }
    }
    rows
}

/// Returns the numbers of the first jobs: `000003, 000007–000009 …`.
fn examples(jobs: &[JobId]) -> String {
    let first = ranges(jobs.iter().take(EXAMPLES).map(|job| job.0)).into_iter();
    let items = first.map(|(first, last)| match last - first {
        0 => JobId(first).to_string(),
        _ => format!("{}–{}", JobId(first), JobId(last)),
    });
    let more = if jobs.len() > EXAMPLES { " …" } else { "" };
    items.collect::<Vec<_>>().join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::sections::table_cells::row_texts;

    fn fate(id: u32, state: JobState, said: &str) -> JobFate {
        JobFate {
            id: JobId(id),
            has_value: state == JobState::Done,
            state,
            said: said.to_owned(),
            likeness: normalized(said),
            is_diverged: false,
        }
    }

    #[test]
    fn failures_that_differ_in_numbers_and_paths_are_one_cause() {
        let fates = [
            fate(0, JobState::Done, ""),
            fate(1, JobState::Failed, "KeyError: 'lr'"),
            fate(2, JobState::Failed, "ValueError: loss 1.5 in /data/3/a.bin"),
            fate(3, JobState::Failed, "ValueError: loss 7 in /tmp/x/a.bin"),
            fate(4, JobState::TimedOut, ""),
        ];
        assert_eq!(
            row_texts(&rows(None, &fates, &mut Vec::new())),
            [
                "failed | 2 | 40.0 % | 000002–000003 | ValueError: loss 1.5 in /data/3/a.bin",
                "failed | 1 | 20.0 % | 000001 | KeyError: 'lr'",
                "timed out | 1 | 20.0 % | 000004 | (nothing on stderr)",
            ]
        );
    }

    #[test]
    fn jobs_that_diverged_have_a_row_of_their_own_and_it_is_said_which_are_counted_twice() {
        let diverged = |fate: JobFate| JobFate { is_diverged: true, ..fate };
        let fates = [
            diverged(fate(0, JobState::Done, "")),
            diverged(fate(1, JobState::Failed, "NaN")),
            fate(2, JobState::Cancelled, "stopped"),
        ];
        let mut notes = Vec::new();
        let rows = rows(Some("a"), &fates, &mut notes);
        let last = format!("a | done, failed | 2 | 66.7 % | 000000–000001 | {DIVERGED_WORDS}");
        assert_eq!(row_texts(&rows), ["a | failed | 1 | 33.3 % | 000001 | NaN".to_owned(), last]);
        assert_eq!(notes, ["1 diverged job of a is counted under the cause of failure too."]);
    }

    #[test]
    fn who_has_an_objective_value_is_said_in_words() {
        let (done, open) = (fate(0, JobState::Done, ""), fate(1, JobState::Waiting, ""));
        assert_eq!(values(&[]), "");
        assert_eq!(values(std::slice::from_ref(&done)), "It has an objective value.");
        assert_eq!(values(std::slice::from_ref(&open)), "No job has an objective value yet.");
        assert_eq!(values(&[done.clone(), done.clone()]), "All of them have an objective value.");
        assert_eq!(
            values(&[done.clone(), done.clone(), open.clone()]),
            "2 have an objective value, 1 has none (1 waiting)."
        );
        assert_eq!(values(&[done, open]), "1 has an objective value, 1 has none (1 waiting).");
    }

    #[test]
    fn of_many_jobs_the_first_five_are_named_in_ranges() {
        let jobs = [1, 2, 3, 7, 9, 11].map(JobId);
        assert_eq!(examples(&jobs), "000001–000003, 000007, 000009 …");
        assert_eq!(examples(&jobs[..1]), "000001");
    }

    #[test]
    fn causes_that_do_not_fit_are_counted() {
        let words = |n: u8| format!("Error{}", char::from(b'a' + n));
        let fates: Vec<JobFate> =
            (0..26).map(|n| fate(u32::from(n), JobState::Failed, &words(n))).collect();
        let mut notes = Vec::new();
        assert_eq!(rows(None, &fates, &mut notes).len(), MOST_CAUSES);
        assert!(notes[0].starts_with("1 other cause with 1 job:"), "{notes:?}");
    }
}
