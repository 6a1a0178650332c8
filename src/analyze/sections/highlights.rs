//! Sums up the report in a few sentences.

use super::compare::in_words;
use super::coverage::{prefix, sentence};
use super::empty;
use super::next::ranges;
use crate::analyze::frame::{IS_DIVERGED, IS_OPEN};
use crate::analyze::group::JobGroup;
use crate::analyze::importance::ImportanceResult;
use crate::analyze::parameters::Parameter;
use crate::analyze::sampled;
use crate::analyze::stats::{MainEffect, ValueSpan, compare};
use crate::app::count;
use crate::page::PageSection;
use crate::page::number::number;

/// The greatest number of groups that are described and compared with the first.
const MOST_GROUPS: usize = 4;
/// The greatest number of parameters that are named, and the least share of the variance that each
/// of them explains.
const MOST_NAMED: usize = 3;
const LEAST_SHARE: f64 = 0.02;

/// Returns the section about the groups, which `ANALYZE` made of the whole sweeps; `None` if no job
/// has a value.
pub fn highlights(
    wholes: &[JobGroup<'_>],
    groups: &[JobGroup<'_>],
    own: &[ImportanceResult],
) -> Option<PageSection> {
    let mut section = empty("short", "In short");
    for (group, matters) in groups.iter().zip(own).take(MOST_GROUPS) {
        let prefix = prefix(groups, group);
        let found = [lead(group), matter(group, matters), good_values(group, matters)];
        section.points.extend(found.into_iter().flatten().map(|words| sentence(&prefix, &words)));
    }
    if let Some((first, others)) = groups.split_first() {
        let others = others.iter().take(MOST_GROUPS - 1);
        section.points.extend(others.filter_map(|other| {
            let found = compare(&first.censored_losses(), &other.censored_losses())?;
            Some(in_words((&first.name, &other.name), found))
        }));
    }
    for whole in wholes.iter().take(MOST_GROUPS) {
        section.points.extend(fate(whole).map(|words| sentence(&prefix(wholes, whole), &words)));
    }
    section.points.extend(left_out(wholes, groups));
    let any = groups.iter().any(|group| !group.errors().is_empty());
    any.then_some(section)
}

/// Returns a sentence on how many jobs the filters leave out; `None` if they leave out none.
fn left_out(wholes: &[JobGroup<'_>], groups: &[JobGroup<'_>]) -> Option<String> {
    let is_in = |whole: &JobGroup<'_>, row: usize| {
        let of_it = groups.iter().filter(|g| std::ptr::eq(g.population, whole.population));
        of_it.into_iter().any(|group| group.rows().binary_search(&row).is_ok())
    };
    let out = |whole: &JobGroup<'_>| whole.rows().iter().filter(|&&row| !is_in(whole, row)).count();
    let n: usize = wholes.iter().map(out).sum();
    (n > 0).then(|| format!("{} left out of the above by the filters of the config.", are(n)))
}

/// Returns a count with its verb: `1 job is`, `3 jobs are`.
fn are(jobs: usize) -> String {
    format!("{} {}", count(jobs, "job"), if jobs == 1 { "is" } else { "are" })
}

/// Returns a sentence on the best job, and the median.
fn lead(group: &JobGroup<'_>) -> Option<String> {
    let ranked = group.ranked();
    let &best = ranked.first()?;
    let job = group.job(best);
    let label = &group.objective.label;
    let sampled = match sampled::brief(job) {
        text if text.is_empty() => text,
        text => format!(" ({text})"),
    };
    Some(format!(
        "the best of {} with a value is job {}{sampled}: {label} {}. Half of them reach {}.",
        count(ranked.len(), "job"),
        job.id,
        number(group.error(best)?),
        number(group.median()?),
    ))
}

/// Returns a sentence on the parameters that the objective depends on.
fn matter(group: &JobGroup<'_>, matters: &ImportanceResult) -> Option<String> {
    let label = &group.objective.label;
    if matters.importance.is_some() && matters.learnt().is_none() {
        return Some(format!("what was sampled explains next to nothing of the {label}."));
    }
    let named: Vec<String> = weighty(matters)
        .map(|(parameter, effect)| format!("{} ({:.0} %)", parameter.name, effect.share * 100.0))
        .collect();
    (!named.is_empty()).then(|| format!("the {label} depends most on {}.", named.join(", ")))
}

/// Returns a sentence on the ranges that the parameters that matter have in the best jobs.
fn good_values(group: &JobGroup<'_>, matters: &ImportanceResult) -> Option<String> {
    let ranges = ranges(group, &matters.parameters);
    let of = |parameter: &Parameter| {
        let range = ranges.iter().find(|(key, _)| *key == parameter.key)?.1;
        let all = ValueSpan::of(group.rows().iter().filter_map(|&row| parameter.values[row]))?;
        let [low, high, least, greatest] = [range.low, range.high, all.low, all.high].map(number);
        (range.high - range.low < all.width())
            .then(|| format!("{} {low} to {high} (of {least} to {greatest})", parameter.name))
    };
    let named: Vec<String> = weighty(matters).filter_map(|(parameter, _)| of(parameter)).collect();
    (!named.is_empty()).then(|| format!("good values: {}.", named.join(", ")))
}

/// Returns the parameters that matter most, with their effects; none if the forest learnt nothing.
fn weighty(matters: &ImportanceResult) -> impl Iterator<Item = (&Parameter, &MainEffect)> {
    let effects = matters.learnt().into_iter().flat_map(|found| &found.effects);
    let named = effects.map(|effect| (&matters.parameters[effect.parameter], effect));
    named.filter(|(_, effect)| effect.share >= LEAST_SHARE).take(MOST_NAMED)
}

/// Returns a sentence on the jobs that are lost, diverged or still open; `None` if there are none.
fn fate(group: &JobGroup<'_>) -> Option<String> {
    let lost = group.lost();
    let diverged = group.rows_where(IS_DIVERGED).len();
    let open = group.rows_where(IS_OPEN).len();
    let mut parts = Vec::new();
    if lost > 0 {
        parts.push(format!("{} ended without a value", count(lost, "job")));
    }
    if diverged > 0 {
        parts.push(format!("{} diverged", count(diverged, "job")));
    }
    if open > 0 {
        parts.push(format!("{} may still go on", count(open, "job")));
    }
    (!parts.is_empty()).then(|| format!("{}: see Population.", parts.join(", ")))
}
