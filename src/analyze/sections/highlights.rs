//! Sums up the report in a few sentences.

use sweep_config::SeedReduction;

use super::coverage::{prefix, sentence};
use super::empty;
use super::next::good_range;
use crate::analyze::findings::ReportFindings;
use crate::analyze::frame::{IS_DIVERGED, IS_OPEN};
use crate::analyze::group::JobGroup;
use crate::analyze::importance::ImportanceResult;
use crate::analyze::leaders::{GroupLeaders, LeadingConfig, LeadingJob};
use crate::analyze::metrics::Objective;
use crate::analyze::sampled;
use crate::analyze::stats::PairEffect;
use crate::analyze::tunability::DefaultOutcome;
use crate::analyze::verdict::GroupComparison;
use crate::app::{count, listed};
use crate::page::PageSection;
use crate::page::number::number;

/// The greatest number of groups that are described and compared with the first.
const MOST_GROUPS: usize = 4;
/// The greatest number of parameters that are named.
const MOST_NAMED: usize = 3;

/// Returns the section about the groups, which `ANALYZE` made of the whole sweeps; `None` if no job
/// has a value.
pub(in crate::analyze) fn highlights(findings: &ReportFindings<'_>) -> Option<PageSection> {
    let (wholes, groups) = (&findings.wholes, findings.groups());
    let mut section = empty("short", "In short");
    let gain = findings.default.as_ref().and_then(DefaultOutcome::gain);
    let with_first = findings.comparisons.iter().filter(|c| c.a == 0 && c.b < MOST_GROUPS);
    if let Some(first) = groups.first() {
        section.points.extend(with_first.flat_map(|c| compared(c, &first.objective)));
        let contests = findings.contests.iter();
        section.points.extend(contests.map(|contest| contest.sentence(&first.objective)));
    }
    let learnt = findings.leaders.iter().zip(&findings.importances);
    for (group, (leaders, matters)) in groups.iter().zip(learnt).take(MOST_GROUPS) {
        let prefix = prefix(groups, group);
        let found = [
            lead(group, leaders),
            matter(group, matters),
            together(matters),
            good_values(group, matters),
        ];
        section.points.extend(found.into_iter().flatten().map(|words| sentence(&prefix, &words)));
    }
    if let Some((own, gain)) = wholes.first().zip(gain) {
        section.points.push(sentence(&prefix(wholes, own), &gain.words(own)));
    }
    for whole in wholes.iter().take(MOST_GROUPS) {
        section.points.extend(fate(whole).map(|words| sentence(&prefix(wholes, whole), &words)));
    }
    section.points.extend(left_out(wholes, groups));
    let any = groups.iter().any(|group| !group.ranked().is_empty());
    any.then_some(section)
}

/// Returns the verdict on two groups, and on the best of some of their jobs if one is better.
fn compared(found: &GroupComparison, objective: &Objective) -> Vec<String> {
    let search = found.search.as_ref().filter(|search| search.verdict().reach().is_some());
    let search = search.map(|search| search.sentence(objective));
    std::iter::once(found.sentence(objective)).chain(search).collect()
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

/// Returns a sentence on the best job or config, and the median.
fn lead(group: &JobGroup<'_>, leaders: &GroupLeaders) -> Option<String> {
    let half = match group.median() {
        Some(median) => {
            format!(
                "Half of the {}s that ended reach {}",
                group.unit(),
                group.objective.said(median)
            )
        }
        None => format!("Half of the {}s that ended have no value", group.unit()),
    };
    let best = match leaders.configs.first() {
        Some(config) => best_config(group, leaders, config),
        None => best_job(group, leaders, leaders.jobs.first()?),
    };
    Some(format!("the best of {best}. {half}."))
}

/// Returns words on the best job: what was sampled, its value, and the value that it ended with.
fn best_job(group: &JobGroup<'_>, leaders: &GroupLeaders, best: &LeadingJob) -> String {
    let job = group.job(best.row);
    let sampled = match sampled::brief(job) {
        text if text.is_empty() => text,
        text => format!(" ({text})"),
    };
    let at_last = best
        .at_last
        .map(|last| format!(" over its epochs, {} at the last one", group.objective.said(last)));
    let equals = match leaders.equals {
        0 => String::new(),
        n => format!("; {} the same value", has(n)),
    };
    format!(
        "{} with a value is job {}{}{sampled}: {} {}{}{}{equals}",
        count(leaders.with_value, "job"),
        job.id,
        match (job.is_tuned, job.is_chosen) {
            (true, _) => ", which was tuned",
            (_, true) => ", which was chosen",
            _ => "",
        },
        group.objective.label,
        group.objective.said(best.value),
        at_last.unwrap_or_default(),
        if best.is_open { ", still running" } else { "" },
    )
}

/// Returns a count of other jobs with its verb: `1 other job has`.
fn has(others: usize) -> String {
    format!("{} {}", count(others, "other job"), if others == 1 { "has" } else { "have" })
}

/// Returns words on the best config: its value over its seeds, how sure that is, and the seeds.
fn best_config(group: &JobGroup<'_>, leaders: &GroupLeaders, best: &LeadingConfig) -> String {
    let values: Vec<String> = best.seeds.iter().copied().map(number).collect();
    let error = best.standard_error.filter(|_| group.over_seeds() == SeedReduction::Mean);
    let error = error.map(|error| {
        format!(" ± {} (standard error)", group.objective.unit.behind_difference(number(error)))
    });
    let ids: Vec<String> = best.rows.iter().map(|&row| group.job(row).id.to_string()).collect();
    format!(
        "{} with a value is that of jobs {}: {} {} {}{}; its seeds: {}",
        count(leaders.configs_with_value, "config"),
        listed(&ids),
        group.over_seeds().name(),
        group.objective.label,
        group.objective.said(best.value),
        error.unwrap_or_default(),
        listed(&values),
    )
}

/// Returns a sentence on the parameters that the objective depends on.
fn matter(group: &JobGroup<'_>, matters: &ImportanceResult) -> Option<String> {
    let label = &group.objective.label;
    if matters.importance.is_some() && matters.learnt().is_none() {
        return Some(format!("the sampled parameters explain almost nothing of the {label}."));
    }
    let named: Vec<String> = matters
        .named()
        .take(MOST_NAMED)
        .map(|(parameter, effect)| format!("{} ({:.0} %)", parameter.name, effect.share * 100.0))
        .collect();
    (!named.is_empty()).then(|| format!("the {label} depends most on {}.", named.join(", ")))
}

/// Returns a sentence on the pair that carries more than its parts; `None` where none does.
fn together(matters: &ImportanceResult) -> Option<String> {
    let PairEffect { parameters: (a, b), share, .. } = matters.pair_of_note()?;
    let [a, b] = [*a, *b].map(|at| &matters.parameters[at].name);
    Some(format!(
        "{a} and {b} matter together, beyond what each does alone ({:.0} %): which values of one are good \
         depends on the other.",
        share * 100.0
    ))
}

/// Returns a sentence on the ranges that the parameters that matter have in the best jobs.
fn good_values(group: &JobGroup<'_>, matters: &ImportanceResult) -> Option<String> {
    let named: Vec<String> = matters
        .named()
        .take(MOST_NAMED)
        .filter_map(|(parameter, _)| {
            let (range, all) = good_range(group, parameter)?;
            let [low, high, least, greatest] =
                [range.low, range.high, all.low, all.high].map(number);
            (range.high - range.low < all.width())
                .then(|| format!("{} {low} to {high} (of {least} to {greatest})", parameter.name))
        })
        .collect();
    (!named.is_empty()).then(|| format!("good values: {}.", named.join(", ")))
}

/// Returns a sentence on the jobs that are lost, diverged or still open; `None` if there are none.
fn fate(group: &JobGroup<'_>) -> Option<String> {
    let lost = group.lost_jobs();
    let diverged = group.rows_where(IS_DIVERGED).len();
    let open = group.rows_where(IS_OPEN).len();
    let mut parts = Vec::new();
    if lost > 0 {
        parts.push(format!("{} ended without a value", count(lost, "job")));
    }
    let boundless = group.boundless_jobs();
    if boundless > 0 {
        parts.push(format!("{} with an infinite value", count(boundless, "job")));
    }
    if diverged > 0 {
        parts.push(format!("{} diverged", count(diverged, "job")));
    }
    if open > 0 {
        parts.push(format!("{} still open", count(open, "job")));
    }
    (!parts.is_empty()).then(|| format!("{}: see Population.", parts.join(", ")))
}
