//! Finds the best jobs and configs of a group: what page, digest and JSON name first.

use super::configs::ConfigOutcome;
use super::frame::{self, CONFIG, ERROR, IS_OPEN};
use super::group::JobGroup;
use super::stats::{VarianceComponents, components};
use crate::app::num::float;
use crate::page::number::number;

/// The number of jobs and of configs that are named.
const MOST: usize = 5;

/// The best of a group, best first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GroupLeaders {
    /// The best jobs.
    pub(super) jobs: Vec<LeadingJob>,
    /// The number of other jobs with the value of the best.
    pub(super) equals: usize,
    /// The number of jobs that have a value.
    pub(super) with_value: usize,
    /// The best configs over their seeds; empty if each config has one job.
    pub(super) configs: Vec<LeadingConfig>,
    /// The number of configs that have a value.
    pub(super) configs_with_value: usize,
}

/// A job among the best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LeadingJob {
    /// Its row.
    pub(super) row: usize,
    /// Its value of the objective.
    pub(super) value: f64,
    /// The value at its last epoch, where that is printed otherwise.
    pub(super) at_last: Option<f64>,
    /// True if its value may still change.
    pub(super) is_open: bool,
}

/// A config among the best.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LeadingConfig {
    /// The rows of its jobs.
    pub(super) rows: Vec<usize>,
    /// Its value over its seeds.
    pub(super) value: f64,
    /// The value of each seed.
    pub(super) seeds: Vec<f64>,
    /// The standard error of the mean of so many seeds, by what seeds differ by in all configs; `None` if no config has two
    /// values.
    pub(super) standard_error: Option<f64>,
}

impl GroupLeaders {
    /// Finds the best of a group.
    pub(super) fn of(group: &JobGroup<'_>) -> Self {
        let ranked = group.ranked();
        let at_last = group.objective.values_at_last(&group.population.table);
        let job = |&row: &usize| {
            let value = group.error(row)?;
            let at_last = at_last.as_ref().and_then(|values| values[row]);
            let at_last = at_last.filter(|last| number(*last) != number(value));
            Some(LeadingJob { row, value, at_last, is_open: group.settled_error(row).is_none() })
        };
        let best = ranked.first().and_then(|&row| group.error(row));
        let equals = ranked.iter().skip(1).take_while(|&&row| group.error(row) == best).count();
        let jobs = ranked.iter().take(MOST).filter_map(job).collect();
        let (configs, configs_with_value) = best_configs(group);
        Self { jobs, equals, with_value: ranked.len(), configs, configs_with_value }
    }
}

/// Returns the best configs of a group and how many have a value.
fn best_configs(group: &JobGroup<'_>) -> (Vec<LeadingConfig>, usize) {
    if !group.is_replicated() {
        return (Vec::new(), 0);
    }
    let settled = group.all_configs().filter_map(|config| Some((config, config.settled()?)));
    let mut found: Vec<_> = settled.filter(|(_, loss)| loss.is_finite()).collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    let seeds_differ_by = seed_components(group).map(|components| components.seeds);
    let config = |(config, loss): &(&ConfigOutcome, f64)| LeadingConfig {
        rows: config.rows.clone(),
        value: group.objective.goal.as_loss(*loss),
        seeds: config.rows.iter().filter_map(|&row| group.settled_error(row)).collect(),
        standard_error: seeds_differ_by.map(|of| (of / float(config.rows.len())).sqrt()),
    };
    (found.iter().take(MOST).map(config).collect(), found.len())
}

/// Returns the components of the variance of a group's values; `None` if no config has two jobs with one.
pub(super) fn seed_components(group: &JobGroup<'_>) -> Option<VarianceComponents> {
    let jobs = group.frame();
    let is_settled = frame::is_present(jobs, ERROR) & !frame::is_true(jobs, IS_OPEN);
    let has_both = frame::is_present(jobs, CONFIG) & is_settled;
    let both = frame::filter(jobs, &has_both);
    #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "whole numbers")]
    let configs = frame::numbers(&both, CONFIG).into_iter().map(|config| config as u64);
    components(configs.zip(frame::numbers(&both, ERROR)))
}
