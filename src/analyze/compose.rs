//! Which sections the page has, and over which groups of jobs.

use indexmap::IndexSet;
use sweep_config::{AnalyzeConfig, Sweep};

use super::data::{PageSubject, data};
use super::findings::ReportFindings;
use super::group::JobGroup;
use super::importance::ImportanceResult;
use super::metrics::Metric;
use super::sections::{self, RankEnd, empty};
use super::selection_step::SelectionStep;
use super::study::Study;
use crate::app::VERSION;
use crate::page::{PageSection, PageView};

/// Returns the page of a sweep.
pub(super) fn page(sweep: &Sweep, study: &Study, findings: &ReportFindings<'_>) -> PageView {
    let analyze = &sweep.analyze;
    let (all, groups, own) = (&findings.wholes, findings.groups(), &findings.importances);
    let mut sections = distributions(study, findings);
    sections.extend(comparisons(analyze, findings, study));
    sections.extend(sections::differences(sweep, all));
    let metrics = shown_metrics(analyze, groups);
    sections.extend(what_matters(groups, own, &metrics));
    sections.extend(studies(analyze, groups));
    if let (Some(group), Some(own)) = (groups.first(), own.first()) {
        // Several groups have each their own good values: these are those of the first.
        let of = if groups.len() > 1 { format!(": {}", group.name) } else { String::new() };
        let title = format!("What to try next{of}");
        sections.extend(sections::next(&title, sweep, group, own, findings.default.as_ref()));
    }
    sections.extend(jobs(sweep, all));
    let highlights = sections::highlights(findings);
    let mut sections: Vec<PageSection> = highlights.into_iter().chain(sections).collect();
    let (metrics, others) = (&metrics, &study.others);
    let subject = PageSubject { wholes: all, groups, metrics, others };
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

/// Returns the sections with the distributions of the whole sweeps, and of what the config makes of them.
fn distributions(study: &Study, findings: &ReportFindings<'_>) -> Vec<PageSection> {
    let mut errors = errors(study, &findings.wholes);
    errors.warnings.extend(findings.warnings.iter().cloned());
    errors.paragraphs.extend(findings.rule.sentence());
    let filtered = findings.selection.filtered.as_ref();
    let filtered = filtered.map(|step| selected("edf-filtered", step));
    let split = findings.selection.split.as_ref();
    let split = split.map(|step| selected("edf-split", step));
    [Some(errors), filtered, split].into_iter().flatten().collect()
}

/// Returns the section of what filters made.
fn selected(id: &str, step: &SelectionStep<'_>) -> PageSection {
    let title = &step.title;
    let mut section = match step.words.split_first() {
        Some((intro, [])) if !step.groups.is_empty() => {
            sections::edf(id, title, intro.clone(), &step.groups)
        }
        _ => PageSection { paragraphs: step.words.clone(), ..empty(id, title) },
    };
    section.warnings.extend(step.warnings.iter().cloned());
    section
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
    findings: &ReportFindings<'_>,
    study: &Study,
) -> Vec<PageSection> {
    let groups = findings.groups();
    let sections = [
        sections::comparison(findings, &study.objective),
        sections::normalised(groups, &complexity(analyze, groups)),
        sections::search(groups, &findings.comparisons),
        sections::tuning(findings),
        sections::replicates(groups),
        sections::pareto(findings),
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
        "The {} of a job is its {}. The curve shows, for each value, the share of jobs with {0} at {} that \
         value. A curve further up and to the {} is a better design space.",
        study.objective.label,
        study.objective.words,
        if study.objective.is_minimized() { "most" } else { "least" },
        if study.objective.is_minimized() { "left" } else { "right" },
    );
    let mut section = sections::edf("edf", "Distribution", intro, groups);
    section.warnings.extend(study.missing.iter().cloned());
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
        let by_category =
            |name: &&String| sections::is_drawn_by_category(&Metric::named(name), groups);
        let metrics: Vec<String> =
            metrics.iter().filter(|name| !by_category(name)).cloned().collect();
        if !metrics.is_empty() && trends && several {
            let (id, title) = (format!("{id}-trends"), format!("{title}: trends"));
            sections.push(sections::trends(&id, &title, &metrics, groups));
        }
    };
    let (values, trends) = (analyze.plot_metric_values, analyze.plot_metric_trends);
    add("metrics", "Metrics", &analyze.metrics, values, trends);
    let (values, trends) = (analyze.plot_complexity_values, analyze.plot_complexity_trends);
    add("complexity", "Complexity", &complexity(analyze, groups), values, trends);
    if !analyze.plot_metric_pairs.is_empty() {
        sections.push(sections::pairs(&analyze.plot_metric_pairs, groups));
    }
    sections.extend(sections::median_curves(groups));
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
