//! Which sections the page has, and over which groups of jobs.

use indexmap::IndexSet;
use sweep_config::{AnalyzeConfig, MetricFilter, Sweep};

use super::data::{PageSubject, data};
use super::group::JobGroup;
use super::importance::{ImportanceResult, learn_importance};
use super::metrics::Metric;
use super::sections::{self, RankEnd, empty};
use super::study::Study;
use crate::app::{VERSION, count};
use crate::page::number::number;
use crate::page::{PageSection, PageView};

/// Returns the page of a sweep.
pub(super) fn page(sweep: &Sweep, study: &Study) -> PageView {
    let analyze = &sweep.analyze;
    let all = study.groups();
    let (groups, mut sections) = study_groups(sweep, study, &all);
    let own: Vec<ImportanceResult> = groups.iter().map(learn_importance).collect();
    let metrics = shown_metrics(analyze, &groups);
    sections.extend(what_matters(&groups, &own, &metrics));
    sections.extend(studies(analyze, &groups));
    if let (Some(group), Some(own)) = (groups.first(), own.first()) {
        sections.extend(sections::next(sweep, group, &own.parameters));
    }
    sections.extend(jobs(sweep, &all));
    let highlights = sections::highlights(&all, &groups, &own);
    let mut sections: Vec<PageSection> = highlights.into_iter().chain(sections).collect();
    let (metrics, others) = (&metrics, &study.others);
    let subject = PageSubject { wholes: &all, groups: &groups, metrics, others };
    let data = data(subject).to_string().replace('<', "\\u003c");
    // Columns are read by who needs them: only now all that is damaged has been met. It concerns the page as a
    // whole, and stands where its reader begins.
    if let Some(first) = sections.first_mut() {
        first.warnings.extend(all.iter().flat_map(|group| group.population.damage()));
    }
    PageView {
        kind: "sweep report",
        name: sweep.name.clone(),
        desc: sweep.desc.clone(),
        facts: all.first().map(|own| sections::facts(own, &listing(0))).unwrap_or_default(),
        states: all.first().map(sections::states).unwrap_or_default(),
        sections,
        data,
        version: VERSION,
    }
}

/// Returns the groups that are studied, which the filters and splits of the config make of the whole sweeps,
/// and the sections that show them beside each other.
fn study_groups<'a>(
    sweep: &Sweep,
    study: &Study,
    all: &[JobGroup<'a>],
) -> (Vec<JobGroup<'a>>, Vec<PageSection>) {
    let analyze = &sweep.analyze;
    let mut groups = all.to_vec();
    let mut sections = vec![errors(study, all)];
    if !analyze.pre_filters.is_empty() {
        sections.push(filter(&analyze.pre_filters, &mut groups));
    }
    if !analyze.split_filters.is_empty() {
        sections.push(split(analyze, &mut groups));
    }
    sections.extend(comparisons(analyze, &groups, study));
    sections.extend(sections::differences(sweep, all));
    (groups, sections)
}

/// Returns the sections about the jobs of the whole sweeps, whatever became of them.
fn jobs(sweep: &Sweep, all: &[JobGroup<'_>]) -> Vec<PageSection> {
    let mut sections = vec![sections::population(all)];
    sections.extend(sections::cost(sweep, all));
    for (i, group) in all.iter().enumerate() {
        let title = if all.len() > 1 { format!("Jobs of {}", group.name) } else { "Jobs".into() };
        sections.push(sections::jobs(&listing(i), &title, group));
    }
    sections.push(sections::provenance(sweep, all));
    sections
}

/// The metrics that figures show, each once.
fn shown_metrics(analyze: &AnalyzeConfig, groups: &[JobGroup<'_>]) -> Vec<String> {
    let complexity = complexity(analyze, groups);
    let pairs = analyze.plot_metric_pairs.iter().flatten();
    let names: IndexSet<&String> = analyze.metrics.iter().chain(&complexity).chain(pairs).collect();
    names.into_iter().cloned().collect()
}

/// Returns the sections that compare the groups with each other.
fn comparisons(
    analyze: &AnalyzeConfig,
    groups: &[JobGroup<'_>],
    study: &Study,
) -> Vec<PageSection> {
    let sections = [
        sections::comparison(groups),
        sections::normalised(groups, &complexity(analyze, groups)),
        sections::search(groups),
        sections::replicates(groups),
        sections::pareto(groups, &study.others),
    ];
    sections.into_iter().flatten().collect()
}

/// Returns the sections on the parameters that the objective depends on, for each group.
fn what_matters(
    groups: &[JobGroup<'_>],
    own: &[ImportanceResult],
    metrics: &[String],
) -> Vec<PageSection> {
    let mut sections = Vec::new();
    for (i, (group, matters)) in groups.iter().zip(own).enumerate() {
        let (id, of) = if groups.len() > 1 {
            (format!("-{i}"), format!(": {}", group.name))
        } else {
            (String::new(), String::new())
        };
        let (matter, correlate) = (format!("matters{id}"), format!("correlations{id}"));
        sections.extend(sections::importance(
            &matter,
            &format!("What matters{of}"),
            group,
            matters,
        ));
        let across = format!("parallel{id}");
        sections.extend(sections::parallel(
            &across,
            &format!("Parallel coordinates{of}"),
            (i, group),
            matters,
        ));
        sections.extend(sections::correlations(
            &correlate,
            &format!("Correlations{of}"),
            group,
            &matters.parameters,
            metrics,
        ));
    }
    sections
}

/// The anchor of the listing of a sweep's jobs.
fn listing(sweep: usize) -> String {
    format!("jobs-{sweep}")
}

fn errors(study: &Study, groups: &[JobGroup<'_>]) -> PageSection {
    let intro = format!(
        "The {} of a job is its {}. The curve is the share of the jobs whose {0} is at {} so much: \
         the further up and to the {}, the better the design space.",
        study.objective.label,
        study.objective.words,
        if study.objective.is_minimized() { "most" } else { "least" },
        if study.objective.is_minimized() { "left" } else { "right" },
    );
    let mut section = sections::edf("edf", "Errors", intro, groups);
    section.warnings.extend(study.missing.iter().cloned());
    section
}

/// Applies the pre-filters; filters that cannot be applied, or would leave nothing, are not.
fn filter(filters: &[MetricFilter], groups: &mut Vec<JobGroup<'_>>) -> PageSection {
    const ID: (&str, &str) = ("edf-filtered", "Errors, filtered");
    let refused = |why: String| {
        let warnings = vec![format!("The filters are not applied: {why}.")];
        PageSection { warnings, ..empty(ID.0, ID.1) }
    };
    let words = in_words(filters);
    let kept: Result<Vec<JobGroup<'_>>, _> =
        groups.iter().map(|group| group.filtered(group.name.clone(), filters)).collect();
    let kept = match kept {
        Err(problem) => return refused(problem.sentence().trim_end_matches('.').to_owned()),
        Ok(kept) if kept.iter().any(JobGroup::is_empty) => {
            return refused(format!("{words} would keep no job"));
        }
        Ok(kept) => kept,
    };
    let jobs = |groups: &[JobGroup<'_>]| groups.iter().map(JobGroup::len).sum::<usize>();
    let tested = |groups: &[JobGroup<'_>]| groups.iter().map(|g| g.errors().len()).sum::<usize>();
    let removed = jobs(groups) - jobs(&kept);
    let removed_tested = tested(groups) - tested(&kept);
    if removed == 0 {
        let sentence =
            format!("All {} have {words}: nothing was removed.", count(jobs(groups), "job"));
        return PageSection { paragraphs: vec![sentence], ..empty(ID.0, ID.1) };
    }
    let intro = format!(
        "Kept are jobs with {words}: {} of {} removed, {removed_tested} of them with an error.",
        removed,
        count(jobs(groups), "job"),
    );
    *groups = kept;
    if removed_tested == 0 {
        let same = "The distribution is the one above.".to_owned();
        return PageSection { paragraphs: vec![intro, same], ..empty(ID.0, ID.1) };
    }
    sections::edf(ID.0, ID.1, intro, groups)
}

/// `error in [0, 30], done in [1, 1]`.
fn in_words(filters: &[MetricFilter]) -> String {
    let word = |filter: &MetricFilter| {
        format!("{} in [{}, {}]", filter.metric, number(filter.keep.low), number(filter.keep.high))
    };
    filters.iter().map(word).collect::<Vec<_>>().join(" and ")
}

/// Splits a single sweep; several are groups already, as in pycls.
fn split(analyze: &AnalyzeConfig, groups: &mut Vec<JobGroup<'_>>) -> PageSection {
    const ID: (&str, &str) = ("edf-split", "Errors, split");
    let warned = |why: String| PageSection { warnings: vec![why], ..empty(ID.0, ID.1) };
    let [whole] = groups.as_slice() else {
        return warned(
            "SPLIT_FILTERS are for one sweep: with EXTRA_SWEEP_NAMES they do nothing.".into(),
        );
    };
    let parts: Result<Vec<JobGroup<'_>>, _> = analyze
        .split_filters
        .iter()
        .map(|(name, filters)| whole.filtered(name.clone(), filters))
        .collect();
    let parts = match parts {
        Ok(parts) => parts,
        Err(problem) => return warned(format!("The sweep is not split: {}", problem.sentence())),
    };
    let (parts, empty): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| !part.is_empty());
    let rules = analyze.split_filters.iter();
    let rules = rules.map(|(name, filters)| format!("{name}: {}", in_words(filters)));
    let intro = format!("The same jobs in parts. {}.", rules.collect::<Vec<_>>().join("; "));
    let mut section = sections::edf(ID.0, ID.1, intro, &parts);
    let names = empty.iter().map(|part| format!("No job is in the split `{}`.", part.name));
    section.warnings.extend(names);
    if !parts.is_empty() {
        *groups = parts;
    }
    section
}

/// Returns the metrics of complexity that are shown. Of the default ones those that any job has, since most programs log
/// none.
fn complexity(analyze: &AnalyzeConfig, groups: &[JobGroup<'_>]) -> Vec<String> {
    let is_there = |name: &&String| {
        let metric = Metric::named(name);
        groups.iter().any(|group| group.points(&metric).is_ok())
    };
    if analyze.complexity == AnalyzeConfig::COMPLEXITY {
        analyze.complexity.iter().filter(is_there).cloned().collect()
    } else {
        analyze.complexity.clone()
    }
}

/// The sections that ANALYZE asks for.
fn studies(analyze: &AnalyzeConfig, groups: &[JobGroup<'_>]) -> Vec<PageSection> {
    let mut sections = Vec::new();
    let several = groups.len() > 1;
    let mut add = |id: &str, title: &str, metrics: &[String], values: bool, trends: bool| {
        if !metrics.is_empty() && values {
            sections.push(sections::values(id, title, metrics, groups));
        }
        if !metrics.is_empty() && trends && several {
            let (id, title) = (format!("{id}-trends"), format!("{title}: trends"));
            sections.push(sections::trends(&id, &title, metrics, groups));
        }
    };
    let (values, trends) = (analyze.plot_metric_values, analyze.plot_metric_trends);
    add("metrics", "Metrics", &analyze.metrics, values, trends);
    let (values, trends) = (analyze.plot_complexity_values, analyze.plot_complexity_trends);
    add("complexity", "Complexity", &complexity(analyze, groups), values, trends);
    if !analyze.plot_metric_pairs.is_empty() {
        sections.push(sections::pairs(&analyze.plot_metric_pairs, groups));
    }
    let asked =
        [(analyze.plot_curves_best, RankEnd::Best), (analyze.plot_curves_worst, RankEnd::Worst)];
    for (n, which) in asked.into_iter().filter(|(n, _)| *n > 0) {
        sections.push(sections::curves(groups, n, which));
    }
    let asked =
        [(analyze.plot_models_best, RankEnd::Best), (analyze.plot_models_worst, RankEnd::Worst)];
    for (n, which) in asked.into_iter().filter(|(n, _)| *n > 0) {
        sections.push(sections::models(groups, n, which));
    }
    sections
}
