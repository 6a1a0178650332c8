//! Says in sentences which jobs are in a figure, and why others are not.

use std::fmt::Write;

use sweep_config::records::JobState;

use crate::analyze::frame::{self, ERROR, STATE};
use crate::analyze::group::JobGroup;
use crate::app::count;

/// Returns a sentence for each group: how many of its jobs have an error, in which states the
/// others are, and how many of those with an error are not done; or one sentence if all jobs of all
/// groups are done and have an error.
pub(super) fn coverage(groups: &[JobGroup<'_>]) -> Vec<String> {
    if groups.iter().all(is_complete) {
        let jobs = groups.iter().map(JobGroup::len).sum();
        return vec![match jobs {
            1 => "The one job is done and has an error.".to_owned(),
            _ => format!("All {} are done and have an error.", count(jobs, "job")),
        }];
    }
    groups.iter().map(|group| format!("{}{}", prefix(groups, group), in_group(group))).collect()
}

/// Returns the beginning of a sentence about one of the groups: its name, unless it is the only
/// one.
pub(super) fn prefix(groups: &[JobGroup<'_>], group: &JobGroup<'_>) -> String {
    match groups {
        [_] => String::new(),
        _ => format!("{}: ", group.name),
    }
}

/// Joins a beginning and words to a sentence; without a beginning, the words get a capital.
pub(super) fn sentence(prefix: &str, words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if prefix.is_empty() => first.to_uppercase().chain(letters).collect(),
        _ => format!("{prefix}{words}"),
    }
}

/// Returns true if every job is done and has an error.
fn is_complete(group: &JobGroup<'_>) -> bool {
    let mut rows = group.rows().iter();
    rows.all(|&row| group.error(row).is_some() && group.job(row).state == JobState::Done)
}

fn in_group(group: &JobGroup<'_>) -> String {
    let (tested, jobs) = (group.ranked().len(), count(group.len(), "job"));
    let mut text = format!("{tested} of {jobs} have an error");
    let jobs = group.frame();
    let has_error = frame::is_present(jobs, ERROR);
    let others = frame::count_states(&frame::filter(jobs, &!&has_error));
    if !others.is_empty() {
        let _ = write!(text, "; the others: {}", list(&others));
    }
    let is_done = frame::is_text(jobs, STATE, JobState::Done.name());
    let unfinished = frame::count_states(&frame::filter(jobs, &(has_error & !is_done)));
    if !unfinished.is_empty() {
        let best = "with the best error so far";
        let _ = write!(text, ". Among those with an error are {} {best}", list(&unfinished));
    }
    text.push('.');
    text
}

/// Returns the states as text: `5 waiting, 3 failed`.
fn list(states: &[(String, usize)]) -> String {
    let words: Vec<String> = states.iter().map(|(state, n)| format!("{n} {state}")).collect();
    words.join(", ")
}
