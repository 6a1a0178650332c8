//! Makes the groups that are studied of whole sweeps: what filters keep of them, and splits.

use indexmap::IndexMap;
use sweep_config::{AnalyzeConfig, MetricFilter, MetricFilters};

use super::filtering::in_words;
use super::group::JobGroup;
use super::selection_step::SelectionStep;
use super::unknown_values::unknown_values;
use super::value_groups::compare_by;
use crate::app::count;

/// The titles of the sections.
const FILTERED: &str = "Distribution, filtered";
const SPLIT: &str = "Distribution, split";

/// The groups that are studied, and what made them.
#[derive(Debug)]
pub(super) struct GroupSelection<'a> {
    /// The groups.
    pub(super) groups: Vec<JobGroup<'a>>,
    /// The result of `PRE_FILTERS`, if there are any that take jobs away.
    pub(super) filtered: Option<SelectionStep<'a>>,
    /// The result of `SPLIT_FILTERS` or `COMPARE_BY`, if there is one.
    pub(super) split: Option<SelectionStep<'a>>,
}

/// Applies filters, then makes the groups that the config asks for; `filters` are the pre-filters that take jobs away.
pub(super) fn select<'a>(
    filters: &[MetricFilter],
    analyze: &AnalyzeConfig,
    wholes: &[JobGroup<'a>],
) -> GroupSelection<'a> {
    let mut groups = wholes.to_vec();
    let mut filtered = (!filters.is_empty()).then(|| filter(filters, &mut groups));
    let unknown = unknown_values(analyze.pre_filters.iter(), wholes);
    if !unknown.is_empty() {
        let step = filtered.get_or_insert_with(|| SelectionStep::titled(FILTERED));
        step.warnings.extend(unknown);
    }
    let splits = &analyze.split_filters;
    let split = if splits.is_empty() {
        let names = &analyze.compare_by;
        (!names.is_empty()).then(|| compare_by(names, &mut groups))
    } else {
        Some(split(splits, &mut groups))
    };
    GroupSelection { groups, filtered, split }
}

/// Applies the pre-filters; filters that cannot be applied, or would leave nothing, are not.
fn filter<'a>(filters: &[MetricFilter], groups: &mut Vec<JobGroup<'a>>) -> SelectionStep<'a> {
    let refused = |why: String| SelectionStep {
        warnings: vec![format!("The filters are not applied: {why}.")],
        ..SelectionStep::titled(FILTERED)
    };
    let words = in_words(filters);
    let kept: Result<Vec<JobGroup<'_>>, _> =
        groups.iter().map(|group| group.filtered(group.name.clone(), filters)).collect();
    let kept = match kept {
        Err(problem) => return refused(problem.sentence().trim_end_matches('.').to_owned()),
        Ok(kept) if kept.iter().any(JobGroup::is_empty) => {
            return refused(format!("{words} would keep no jobs"));
        }
        Ok(kept) => kept,
    };
    let jobs = |groups: &[JobGroup<'_>]| groups.iter().map(JobGroup::len).sum::<usize>();
    let valued = |groups: &[JobGroup<'_>]| groups.iter().map(|g| g.errors().len()).sum::<usize>();
    let removed = jobs(groups) - jobs(&kept);
    let removed_valued = valued(groups) - valued(&kept);
    let step = |words: Vec<String>, groups| SelectionStep {
        words,
        groups,
        ..SelectionStep::titled(FILTERED)
    };
    if removed == 0 {
        let jobs = count(jobs(groups), "job");
        return step(vec![format!("All {jobs} have {words}, so nothing was removed.")], Vec::new());
    }
    let kept_words = format!(
        "Only jobs with {words} are kept, which is a different population: {removed} of {} removed, \
         {removed_valued} of them with a value.",
        count(jobs(groups), "job"),
    );
    *groups = kept;
    if removed_valued == 0 {
        let same = "The distribution is the same as above.".to_owned();
        return step(vec![kept_words, same], Vec::new());
    }
    step(vec![kept_words], groups.clone())
}

/// Splits a single sweep; several are groups already, as in pycls.
fn split<'a>(
    splits: &IndexMap<String, MetricFilters>,
    groups: &mut Vec<JobGroup<'a>>,
) -> SelectionStep<'a> {
    let warned =
        |why: String| SelectionStep { warnings: vec![why], ..SelectionStep::titled(SPLIT) };
    let [whole] = groups.as_slice() else {
        return warned(
            "SPLIT_FILTERS is ignored: it works only for a single sweep, without EXTRA_SWEEP_NAMES.".into(),
        );
    };
    let parts: Result<Vec<JobGroup<'_>>, _> =
        splits.iter().map(|(name, filters)| whole.filtered(name.clone(), filters)).collect();
    let parts = match parts {
        Ok(parts) => parts,
        Err(problem) => return warned(format!("The sweep is not split: {}", problem.sentence())),
    };
    let (parts, empty): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| !part.is_empty());
    let rule = |(name, filters): (&String, &MetricFilters)| match in_words(filters) {
        words if words.is_empty() => format!("{name}: all jobs"),
        words => format!("{name}: only jobs with {words}"),
    };
    let rules: Vec<String> = splits.iter().map(rule).collect();
    let words = vec![format!("The same jobs, split. {}.", rules.join("; "))];
    let names = empty.iter().map(|part| format!("No job is in the split `{}`.", part.name));
    let unknown = unknown_values(splits.values().flatten(), std::slice::from_ref(whole));
    let warnings = names.chain(unknown).collect();
    let step = SelectionStep { title: SPLIT.to_owned(), words, warnings, groups: parts.clone() };
    if !parts.is_empty() {
        *groups = parts;
    }
    step
}
