//! Says in sentences which jobs are in a figure, and why others are not.

use std::fmt::Write;

use sweep_config::records::JobState;

use crate::analyze::frame::{self, ERROR, IS_BOUNDLESS, IS_OPEN, IS_WITHDRAWN, RowMask, STATE};
use crate::analyze::group::JobGroup;
use crate::app::count;

/// Returns a sentence for each group: how many of its jobs have an error, in which states the
/// others are, and how many of those with an error are not done; or one sentence if all jobs of all
/// groups are done and have a value.
pub(super) fn coverage(groups: &[JobGroup<'_>]) -> Vec<String> {
    if groups.iter().all(is_complete) {
        let jobs = groups.iter().map(JobGroup::len).sum();
        let all = match jobs {
            1 => "The one job is done and has a value.".to_owned(),
            _ => format!("All {} are done and have a value.", count(jobs, "job")),
        };
        return std::iter::once(all).chain(seeds(groups)).chain(chosen(groups)).collect();
    }
    let about = |group: &JobGroup<'_>| format!("{}{}", prefix(groups, group), in_group(group));
    groups.iter().map(about).chain(seeds(groups)).chain(chosen(groups)).collect()
}

/// Returns a sentence for each group with chosen configs.
fn chosen(groups: &[JobGroup<'_>]) -> impl Iterator<Item = String> {
    groups.iter().filter(|group| group.chosen_jobs() > 0).map(|group| {
        let word = group.beside_draws();
        let jobs = count(group.chosen_jobs(), &format!("{word} job"));
        let by = if group.tuned_jobs() > 0 { "" } else { " (SETUP.POINTS, --add)" };
        let are = if group.chosen_jobs() == 1 { "is not a draw" } else { "are not draws" };
        format!(
            "{}{jobs} {are} from the design space{by}: shown as points and in tables, and left out of \
             curves, bands, tests and shares.",
            prefix(groups, group)
        )
    })
}

/// Returns a sentence for each group with replicates.
fn seeds(groups: &[JobGroup<'_>]) -> impl Iterator<Item = String> {
    groups
        .iter()
        .filter_map(|group| Some(format!("{}{}", prefix(groups, group), replicates(group)?)))
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

/// Returns true if every job is done and has a value.
fn is_complete(group: &JobGroup<'_>) -> bool {
    let mut rows = group.rows().iter();
    rows.all(|&row| group.error(row).is_some() && group.job(row).state == JobState::Done)
}

fn in_group(group: &JobGroup<'_>) -> String {
    let jobs = group.frame();
    let (has_error, is_open) = (frame::is_present(jobs, ERROR), frame::is_true(jobs, IS_OPEN));
    let is_withdrawn = frame::is_true(jobs, IS_WITHDRAWN);
    let states = |rows: &RowMask| frame::count_states(&frame::filter(jobs, rows));
    let (valued, all) = (group.with_value(), count(group.len(), "job"));
    let mut text = format!("{valued} of {all} ended with a value");
    let boundless = group.boundless_jobs();
    if boundless > 0 {
        let _ =
            write!(text, ", {boundless} with an infinite one, which is neither ranked nor drawn");
    }
    let is_boundless = frame::is_true(jobs, IS_BOUNDLESS);
    let others = states(&(!&has_error & !&is_open & !is_boundless));
    if !others.is_empty() {
        let _ = write!(text, "; the others: {}", list(&others));
    }
    text.push('.');
    let is_done = frame::is_text(jobs, STATE, JobState::Done.name());
    let unfinished = states(&(has_error & !&is_open & !is_done));
    if !unfinished.is_empty() {
        let _ =
            write!(text, " Of these, {}; the value that they reached counts.", list(&unfinished));
    }
    let open = states(&is_open);
    if !open.is_empty() {
        let _ = write!(text, " Still open: {}.", list(&open));
    }
    if states(&is_withdrawn).is_empty() {
        return text;
    }
    text + " Jobs cancelled before they had a value do not count."
}

/// Returns a sentence on what the value of a config is; `None` without replicates.
fn replicates(group: &JobGroup<'_>) -> Option<String> {
    if !group.is_replicated() {
        return None;
    }
    let seeds = group.configs().iter().map(|config| config.rows.len());
    let (fewest, most) = (seeds.clone().min()?, seeds.max()?);
    let seeds = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
    Some(format!(
        "{} × {seeds} seeds: each config counts once, with the {} over its seeds; a lost seed counts as \
         infinitely bad.",
        count(group.configs().len(), "config"),
        group.over_seeds().name(),
    ))
}

/// Returns the states as text: `5 waiting, 3 failed`.
fn list(states: &[(String, usize)]) -> String {
    let words: Vec<String> = states.iter().map(|(state, n)| format!("{n} {state}")).collect();
    words.join(", ")
}
