//! Shows how the jobs ended: in which state they are, how many have an objective value, and what
//! the others died of.

use std::cmp::Reverse;

use polars::prelude::{Column, DataFrame};
use sweep_config::JobId;
use sweep_config::table::{EXIT_CODE, SIGNAL};

use super::table_cells::{column_head, number_cell, share_cell, table_row, text_cell};
use super::{empty, overview};
use crate::analyze::frame::{self, ERROR, IS_BAD, IS_BOUNDLESS, IS_DIVERGED, STATE};
use crate::analyze::group::JobGroup;
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
/// The words for a diverged job.
const DIVERGED_WORDS: &str = "diverged: the last loss or error is not a finite number";

/// A column: what a job died of in its own words.
const SAID: &str = "said";
/// A column: the same text for jobs that died of the same.
const LIKENESS: &str = "likeness";

/// The jobs that ended badly for one cause.
#[derive(Debug, PartialEq)]
struct CauseRow {
    state: String,
    /// The words of the first of them.
    said: String,
    /// How many they are.
    count: usize,
    /// The first of them.
    first: Vec<JobId>,
}

/// Returns the census of each sweep. Failures are grouped as `sweep_collect` groups them, except by
/// the place in the code where they happened, which the tables do not have.
pub fn population(groups: &[JobGroup<'_>]) -> PageSection {
    let sweeps = distinct(groups);
    let fates: Vec<DataFrame> = sweeps.iter().map(|group| fates(group)).collect();
    let mut section = empty("population", "Population");
    let is_one = sweeps.len() == 1;
    for (group, fates) in sweeps.iter().zip(&fates) {
        let name = if is_one { String::new() } else { format!("{}: ", group.name) };
        let states = in_states(&overview::states(group));
        let jobs = count(fates.height(), "job");
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

/// Returns the frame of the jobs of a group, with what they died of.
fn fates(group: &JobGroup<'_>) -> DataFrame {
    let codes = [EXIT_CODE, SIGNAL].map(|name| group.population.table.numbers(name));
    let words = |&row: &usize| {
        let job = group.job(row);
        let cause = trimmed(job.cause.as_ref());
        let last = trimmed(job.error_line.as_ref()).or_else(|| trimmed(job.reason.as_ref()));
        let likeness = match (cause, last) {
            (Some(cause), _) => normalized(cause),
            (None, Some(last)) => without_numbers(last),
            (None, None) => format!("exit {:?} signal {:?}", codes[0][row], codes[1][row]),
        };
        (cause.or(last).unwrap_or(SILENT), likeness)
    };
    let (said, likeness): (Vec<&str>, Vec<String>) = group.rows().iter().map(words).unzip();
    let columns = [Column::new(SAID.into(), said), Column::new(LIKENESS.into(), likeness)];
    frame::with_columns(group.frame(), &columns)
}

/// Returns a text without the space around it; `None` if nothing is left.
fn trimmed(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// Returns the states as text: `15 done, 9 failed`.
fn in_states(shares: &[StateShare]) -> String {
    let words = shares.iter().map(|share| format!("{} {}", thousands(share.count), share.state));
    words.collect::<Vec<_>>().join(", ")
}

/// Returns a sentence on how many jobs have a finite objective value, and in which states the others are.
fn values(fates: &DataFrame) -> String {
    let is_boundless = frame::is_true(fates, IS_BOUNDLESS);
    let boundless = frame::filter(fates, &is_boundless).height();
    let has_none = !frame::is_present(fates, ERROR) & !is_boundless;
    let states = frame::count_states(&frame::filter(fates, &has_none));
    let without: usize = states.iter().map(|(_, n)| n).sum();
    let with = fates.height() - without - boundless;
    if boundless > 0 {
        return format!(
            "{} with an objective value, {} with an infinite one, {} with none.",
            count(with, "job"),
            thousands(boundless),
            thousands(without)
        );
    }
    if without == 0 {
        return match with {
            0 => String::new(),
            1 => "It has an objective value.".to_owned(),
            _ => "All have an objective value.".to_owned(),
        };
    }
    let states = states.iter().map(|(state, n)| format!("{} {state}", thousands(*n)));
    let states = states.collect::<Vec<_>>().join(", ");
    let verb = if without == 1 { "has" } else { "have" };
    match with {
        0 => "No job has an objective value yet.".to_owned(),
        1 => format!("1 has an objective value, {without} {verb} none ({states})."),
        with => format!(
            "{} have an objective value, {} {verb} none ({states}).",
            thousands(with),
            thousands(without)
        ),
    }
}

/// Groups the jobs that ended badly by their cause, the most frequent first; of
/// equally frequent causes that of the first job.
fn causes(fates: &DataFrame) -> Vec<CauseRow> {
    let bad = frame::filter(fates, &frame::is_true(fates, IS_BAD));
    let (states, said) = (frame::texts(&bad, STATE), frame::texts(&bad, SAID));
    let jobs = frame::job_ids(&bad);
    let cause = |rows: Vec<usize>| {
        let first = *rows.first()?;
        Some(CauseRow {
            state: states.get(first)?.to_owned(),
            said: said.get(first)?.to_owned(),
            count: rows.len(),
            first: rows.iter().take(EXAMPLES).map(|&row| jobs[row]).collect(),
        })
    };
    let causes = frame::groups(&bad, [STATE, LIKENESS]).into_iter().filter_map(cause);
    let mut causes: Vec<CauseRow> = causes.collect();
    causes.sort_by_key(|cause| (Reverse(cause.count), cause.first.first().copied()));
    causes
}

fn heads(is_one: bool) -> Vec<crate::page::TableHead> {
    let sweep = (!is_one).then(|| column_head("sweep", "", false));
    let rest = [
        column_head("state", "", false),
        column_head("jobs", "", true),
        column_head("share", "of all jobs of the sweep", true),
        column_head("examples", "the first jobs of this row", false),
        column_head("cause", "the error of the first job", false),
    ];
    sweep.into_iter().chain(rest).collect()
}

/// Returns the rows of one sweep: its causes, and its jobs that diverged.
fn rows(name: Option<&str>, fates: &DataFrame, notes: &mut Vec<String>) -> Vec<TableRow> {
    let line = |state: &str, count: usize, first: &[JobId], said: &str| {
        let mut cells: Vec<_> = name.map(text_cell).into_iter().collect();
        cells.push(text_cell(state));
        cells.push(number_cell(thousands(count)));
        cells.push(share_cell(float(count) / float(fates.height())));
        cells.extend([text_cell(examples(count, first)), text_cell(said)]);
        table_row(cells)
    };
    let causes = causes(fates);
    let of = name.map_or_else(String::new, |name| format!(" of {name}"));
    let mut rows: Vec<TableRow> = causes
        .iter()
        .take(MOST_CAUSES)
        .map(|cause| line(&cause.state, cause.count, &cause.first, &cause.said))
        .collect();
    if let Some(left_out) = causes.get(MOST_CAUSES..).filter(|rest| !rest.is_empty()) {
        let jobs = left_out.iter().map(|cause| cause.count).sum();
        let (causes, jobs) = (count(left_out.len(), "other cause"), count(jobs, "job"));
        notes
            .push(format!("{causes} with {jobs}{of}: `sweep_collect --failed` lists all of them."));
    }
    let diverged = frame::filter(fates, &frame::is_true(fates, IS_DIVERGED));
    if diverged.height() > 0 {
        let states = frame::count_states(&diverged);
        let states: Vec<&str> = states.iter().map(|(state, _)| state.as_str()).collect();
        let jobs = frame::job_ids(&diverged);
        rows.push(line(&states.join(", "), jobs.len(), &jobs, DIVERGED_WORDS));
        let twice = frame::filter(&diverged, &frame::is_true(&diverged, IS_BAD)).height();
        if twice > 0 {
            let diverged = count(twice, "diverged job");
            let verb = if twice == 1 { "is" } else { "are" };
            notes.push(format!("{diverged}{of} {verb} also counted under the cause of failure."));
        }
    }
    rows
}

/// Returns the numbers of the first of so many jobs: `000003, 000007–000009 …`.
fn examples(count: usize, first: &[JobId]) -> String {
    let first = ranges(first.iter().take(EXAMPLES).map(|job| job.0)).into_iter();
    let items = first.map(|(first, last)| match last - first {
        0 => JobId(first).to_string(),
        _ => format!("{}–{}", JobId(first), JobId(last)),
    });
    let more = if count > EXAMPLES { " …" } else { "" };
    items.collect::<Vec<_>>().join(", ") + more
}

#[cfg(test)]
mod tests {
    use sweep_config::records::JobState;

    use super::*;
    use crate::analyze::frame::JOB;
    use crate::analyze::sections::table_cells::row_texts;

    /// A job: its number, its state, what it said, whether it diverged.
    type FateRow<'a> = (u32, JobState, &'a str, bool);

    fn fate(id: u32, state: JobState, said: &str) -> FateRow<'_> {
        (id, state, said, false)
    }

    fn fates(jobs: &[FateRow<'_>]) -> DataFrame {
        let column = |name: &str, flag: &dyn Fn(&FateRow<'_>) -> bool| {
            Column::new(name.into(), jobs.iter().map(flag).collect::<Vec<bool>>())
        };
        let errors = jobs.iter().map(|job| (job.1 == JobState::Done).then_some(0.5));
        let said = jobs.iter().map(|job| if job.2.is_empty() { SILENT } else { job.2 });
        frame::frame(vec![
            Column::new(JOB.into(), jobs.iter().map(|job| job.0).collect::<Vec<u32>>()),
            Column::new(STATE.into(), jobs.iter().map(|job| job.1.name()).collect::<Vec<&str>>()),
            Column::new(ERROR.into(), errors.collect::<Vec<Option<f64>>>()),
            column(IS_BAD, &|job| job.1.is_bad()),
            column(IS_BOUNDLESS, &|job| job.1 == JobState::Lost),
            column(IS_DIVERGED, &|job| job.3),
            Column::new(SAID.into(), said.collect::<Vec<&str>>()),
            Column::new(
                LIKENESS.into(),
                jobs.iter().map(|job| normalized(job.2)).collect::<Vec<String>>(),
            ),
        ])
    }

    #[test]
    fn failures_that_differ_in_numbers_and_paths_are_one_cause() {
        let jobs = [
            fate(0, JobState::Done, ""),
            fate(1, JobState::Failed, "KeyError: 'lr'"),
            fate(2, JobState::Failed, "ValueError: loss 1.5 in /data/3/a.bin"),
            fate(3, JobState::Failed, "ValueError: loss 7 in /tmp/x/a.bin"),
            fate(4, JobState::TimedOut, ""),
        ];
        assert_eq!(
            row_texts(&rows(None, &fates(&jobs), &mut Vec::new())),
            [
                "failed | 2 | 40.0 % | 000002–000003 | ValueError: loss 1.5 in /data/3/a.bin",
                "failed | 1 | 20.0 % | 000001 | KeyError: 'lr'",
                "timed out | 1 | 20.0 % | 000004 | (nothing on stderr)",
            ]
        );
    }

    #[test]
    fn jobs_that_diverged_have_a_row_of_their_own_and_it_is_said_which_are_counted_twice() {
        let diverged = |fate: FateRow<'static>| (fate.0, fate.1, fate.2, true);
        let jobs = [
            diverged(fate(0, JobState::Done, "")),
            diverged(fate(1, JobState::Failed, "NaN")),
            fate(2, JobState::Cancelled, "stopped"),
        ];
        let mut notes = Vec::new();
        let rows = rows(Some("a"), &fates(&jobs), &mut notes);
        let last = format!("a | done, failed | 2 | 66.7 % | 000000–000001 | {DIVERGED_WORDS}");
        assert_eq!(row_texts(&rows), ["a | failed | 1 | 33.3 % | 000001 | NaN".to_owned(), last]);
        assert_eq!(notes, ["1 diverged job of a is also counted under the cause of failure."]);
    }

    #[test]
    fn who_has_an_objective_value_is_said_in_words() {
        let (done, open) = (fate(0, JobState::Done, ""), fate(1, JobState::Waiting, ""));
        assert_eq!(values(&fates(&[])), "");
        assert_eq!(values(&fates(std::slice::from_ref(&done))), "It has an objective value.");
        assert_eq!(
            values(&fates(std::slice::from_ref(&open))),
            "No job has an objective value yet."
        );
        assert_eq!(values(&fates(&[done.clone(), done.clone()])), "All have an objective value.");
        assert_eq!(
            values(&fates(&[done.clone(), done.clone(), open.clone()])),
            "2 have an objective value, 1 has none (1 waiting)."
        );
        let boundless = fate(2, JobState::Lost, "");
        assert_eq!(
            values(&fates(&[done.clone(), open.clone(), boundless])),
            "1 job with an objective value, 1 with an infinite one, 1 with none."
        );
        assert_eq!(
            values(&fates(&[done, open])),
            "1 has an objective value, 1 has none (1 waiting)."
        );
    }

    #[test]
    fn of_many_jobs_the_first_five_are_named_in_ranges() {
        let jobs = [1, 2, 3, 7, 9, 11].map(JobId);
        assert_eq!(examples(6, &jobs), "000001–000003, 000007, 000009 …");
        assert_eq!(examples(1, &jobs[..1]), "000001");
    }

    #[test]
    fn causes_that_do_not_fit_are_counted() {
        let words = |n: u8| format!("Error{}", char::from(b'a' + n));
        let said: Vec<String> = (0..26).map(words).collect();
        let job = |(n, said)| (n, JobState::Failed, said, false);
        let jobs: Vec<FateRow<'_>> = (0..).zip(said.iter().map(String::as_str)).map(job).collect();
        let mut notes = Vec::new();
        assert_eq!(rows(None, &fates(&jobs), &mut notes).len(), MOST_CAUSES);
        assert!(notes[0].starts_with("1 other cause with 1 job:"), "{notes:?}");
    }
}
