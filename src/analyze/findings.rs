//! Computes what a report found, once: page, digest and JSON print these values and compute none of their own.

use sweep_config::Sweep;

use super::fate::ValueRule;
use super::fronts::{ObjectiveFront, fronts};
use super::group::JobGroup;
use super::importance::{ImportanceResult, learn_importance};
use super::leaders::GroupLeaders;
use super::lineage::{SweepLineage, lineage};
use super::middle::GroupMiddle;
use super::priors::{PriorShare, PriorShares};
use super::selection::{GroupSelection, select};
use super::study::{RuledGroups, Study};
use super::tunability::DefaultOutcome;
use super::tuning::{TuningContest, are_draws_of_one_space, contests};
use super::verdict::{GroupComparison, compare_groups};

/// The groups of a report and what holds for them.
#[derive(Debug)]
pub(super) struct ReportFindings<'a> {
    /// The whole sweeps, the report's own first.
    pub(super) wholes: Vec<JobGroup<'a>>,
    /// The groups that the filters and splits of the config make of them.
    pub(super) selection: GroupSelection<'a>,
    /// The best jobs and configs of each of the groups.
    pub(super) leaders: Vec<GroupLeaders>,
    /// The middle of each of the groups; `None` of one with too few configs.
    pub(super) middles: Vec<Option<GroupMiddle>>,
    /// The parameters that matter in each of the groups.
    pub(super) importances: Vec<ImportanceResult>,
    /// The outcome of the own sweep's `BASE_CFG`; `None` where nothing can be said of it.
    pub(super) default: Option<DefaultOutcome>,
    /// The Pareto fronts of the first objective and each other one, by group.
    pub(super) fronts: Vec<ObjectiveFront>,
    /// The groups compared with each other.
    pub(super) comparisons: Vec<GroupComparison>,
    /// The tuned sweeps compared with those of random draws.
    pub(super) contests: Vec<TuningContest>,
    /// The part of past sweeps in the suggestions of each of the whole sweeps.
    pub(super) priors: Vec<PriorShares>,
    /// The sweeps that those of the report grew out of, or that grew out of them; `None` where nothing is known.
    pub(super) lineage: Option<SweepLineage>,
    /// The rule by which jobs have values.
    pub(super) rule: ValueRule,
    /// The sentences that say what was asked for and could not be done.
    pub(super) warnings: Vec<String>,
}

impl<'a> ReportFindings<'a> {
    /// Returns what past sweeps gave to the sweep that a group is of.
    pub(super) fn past_sweeps_of(&self, group: &JobGroup<'_>) -> &[PriorShare] {
        let is_of = |whole: &JobGroup<'_>| std::ptr::eq(whole.population, group.population);
        let at = self.wholes.iter().position(is_of);
        at.map_or(&[], |at| &self.priors[at].shares)
    }

    /// Learns from a study what its sweep's config asks for.
    pub(super) fn of(sweep: &Sweep, study: &'a Study) -> Self {
        let RuledGroups { wholes, rule, filters, warnings } = study.groups(&sweep.analyze);
        let selection = select(&filters, &sweep.analyze, &wholes);
        let leaders = selection.groups.iter().map(GroupLeaders::of).collect();
        let middles = selection.groups.iter().map(GroupMiddle::of).collect();
        let importances = selection.groups.iter().map(learn_importance).collect();
        let default = wholes.first().and_then(|own| DefaultOutcome::of(sweep, own));
        let fronts = fronts(&selection.groups);
        let comparisons = compare_groups(&selection.groups, are_draws_of_one_space);
        let contests = contests(&wholes);
        let lineage = lineage(sweep, &wholes);
        let priors = wholes.iter().map(|whole| PriorShares::read(&whole.population.dir)).collect();
        Self {
            wholes,
            selection,
            leaders,
            middles,
            importances,
            default,
            fronts,
            comparisons,
            contests,
            priors,
            lineage,
            rule,
            warnings,
        }
    }

    /// Returns the groups that are studied.
    pub(super) fn groups(&self) -> &[JobGroup<'a>] {
        &self.selection.groups
    }

    /// Returns the sentences on which jobs have a value, what filters keep, and how the jobs are divided into groups.
    pub(super) fn selection_words(&self) -> Vec<String> {
        let steps = [&self.selection.filtered, &self.selection.split];
        let words = steps.into_iter().flatten().flat_map(|step| step.words.iter().cloned());
        self.rule.sentence().into_iter().chain(words).collect()
    }
}
