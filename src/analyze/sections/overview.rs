//! Shows the numbers at the top of the page: how many jobs, in which states, and the best.

use sweep_config::JobId;
use sweep_config::records::JobState;

use super::jobs::anchor;
use crate::analyze::frame::{self, CONFIG};
use crate::analyze::group::JobGroup;
use crate::analyze::leaders::GroupLeaders;
use crate::app::{count, thousands};
use crate::page::{PageFact, StateShare};

/// Returns the facts of the sweep that the report is about; `listing` is the anchor of its jobs.
pub fn facts(group: &JobGroup<'_>, listing: &str) -> Vec<PageFact> {
    let fact = |value: String, label: String, anchor: String| PageFact { value, label, anchor };
    let plain = |value: String, label: &str| fact(value, label.to_owned(), String::new());
    let mut facts = vec![plain(thousands(group.len()), "jobs")];
    let configs = configs(group);
    if configs < group.len() {
        facts.push(plain(thousands(configs), "configs, with several seeds each"));
    }
    let label = &group.objective.label;
    let leaders = GroupLeaders::of(group);
    if let Some(config) = leaders.configs.first() {
        let ids: Vec<JobId> = config.rows.iter().map(|&row| group.job(row).id).collect();
        let to = ids.first().map(|id| anchor(listing, *id)).unwrap_or_default();
        let of = format!("best {} {label}, {}", group.over_seeds().name(), count(ids.len(), "job"));
        facts.push(fact(group.objective.said(config.value), of, to));
    } else if let Some(best) = leaders.jobs.first() {
        let id = group.job(best.row).id;
        facts.push(fact(
            group.objective.said(best.value),
            format!("best {label}, job {id}{}", chosen(group, best.row)),
            anchor(listing, id),
        ));
    }
    if let Some(median) = group.median() {
        facts.push(fact(group.objective.said(median), format!("median {label}"), String::new()));
    }
    facts
}

/// Returns words on a job that was chosen, by a user or by results.
fn chosen(group: &JobGroup<'_>, row: usize) -> &'static str {
    match group.job(row) {
        job if job.is_tuned => " (tuned)",
        job if job.is_chosen => " (chosen)",
        _ => "",
    }
}

/// Returns the number of different configs that the jobs have: replicates share one. Each job counts as one if
/// the config of any is not known.
fn configs(group: &JobGroup<'_>) -> usize {
    let configs = group.frame().column(CONFIG).expect("a column of the frame");
    match configs.null_count() {
        0 => configs.n_unique().expect("numbers can be compared"),
        _ => group.len(),
    }
}

/// Returns the number of jobs in each state, those that are done first.
pub fn states(group: &JobGroup<'_>) -> Vec<StateShare> {
    let share = |(state, count): (String, usize)| StateShare {
        count,
        class: class(&JobState::from_name(&state)),
        state,
    };
    let counts = frame::count_states(group.frame());
    let mut shares: Vec<StateShare> = counts.into_iter().map(share).collect();
    let order = |share: &StateShare| ["done", "open", "bad"].iter().position(|c| *c == share.class);
    shares.sort_by_key(order);
    shares
}

/// Returns the class of a state. An unknown word is the scheduler's: such a job may still end well.
fn class(state: &JobState) -> &'static str {
    match state {
        JobState::Done => "done",
        state if state.is_pruned() => "bad",
        JobState::Waiting | JobState::Queued | JobState::Running | JobState::Other(_) => "open",
        JobState::Failed
        | JobState::TimedOut
        | JobState::OutOfMemory
        | JobState::NodeFailure
        | JobState::Cancelled
        | JobState::Lost => "bad",
    }
}
