//! Which sections the page has, and over which groups of jobs.

use indexmap::IndexSet;
use sweep_config::{AnalyzeConfig, Sweep};

use super::data::{PageSubject, data};
use super::findings::ReportFindings;
use super::group::JobGroup;
use super::metrics::Metric;
use super::sections::{self, RankEnd, empty};
use super::selection_step::SelectionStep;
use super::study::Study;
use crate::app::VERSION;
use crate::page::{PageSection, PageView};

/// Returns the page of a sweep.
pub(super) fn page(sweep: &Sweep, study: &Study, findings: &ReportFindings<'_>) -> PageView {
    let (all, groups) = (&findings.wholes, findings.groups());
    let metrics = shown_metrics(&sweep.analyze, groups);
    let mut sections = answers(sweep, study, findings);
    sections.extend(rest(sweep, study, findings, &metrics).into_iter().map(folded));
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

/// Returns what a reader came for, in that order: the verdict, the distributions behind it, what matters and what to try next,
/// the best jobs.
fn answers(sweep: &Sweep, study: &Study, findings: &ReportFindings<'_>) -> Vec<PageSection> {
    let (analyze, groups) = (&sweep.analyze, findings.groups());
    let mut sections: Vec<PageSection> = sections::highlights(findings).into_iter().collect();
    sections.extend(distributions(study, findings));
    sections.extend(sections::comparison(findings, &study.objective));
    sections.extend(sections::tuning(findings));
    sections.extend(sections::pareto(findings));
    sections.extend(sections::importance(groups, &findings.importances));
    if let (Some(group), Some(own)) = (groups.first(), findings.importances.first()) {
        // Several groups have each their own good values: these are those of the first.
        let of = if groups.len() > 1 { format!(": {}", group.name) } else { String::new() };
        let title = format!("What to try next{of}");
        sections.extend(sections::next(&title, sweep, group, own, findings.default.as_ref()));
    }
    let best = analyze.plot_curves_best;
    sections.extend((best > 0).then(|| sections::curves(groups, best, RankEnd::Best)));
    sections.extend(tables(&findings.wholes).next());
    sections
}

/// Returns the sections that answer further questions.
fn rest(
    sweep: &Sweep,
    study: &Study,
    findings: &ReportFindings<'_>,
    metrics: &[String],
) -> Vec<PageSection> {
    let (all, groups, own) = (&findings.wholes, findings.groups(), &findings.importances);
    let mut sections: Vec<PageSection> = tables(all).skip(1).collect();
    sections.push(sections::population(all));
    sections.extend(by_group("parallel", "Parallel coordinates", groups, |id, title, at| {
        sections::parallel(id, title, (at, &groups[at]), &own[at])
    }));
    sections.extend(studies(&sweep.analyze, groups, study.is_single()));
    sections.extend(by_group("correlations", "Correlations", groups, |id, title, at| {
        sections::correlations(id, title, &groups[at], &own[at].parameters, metrics)
    }));
    sections.extend(sections::search(groups, &findings.comparisons));
    sections.extend(sections::normalised(groups, &complexity(&sweep.analyze, groups)));
    sections.extend(sections::replicates(groups));
    sections.extend(sections::differences(sweep, all));
    sections.extend(sections::cost(sweep, all));
    sections.extend(sections::lineage(findings.lineage.as_ref()));
    sections.push(sections::provenance(sweep, all));
    sections
}

/// Returns a section of each group, of which the title tells it from those of others.
fn by_group(
    id: &str,
    title: &str,
    groups: &[JobGroup<'_>],
    section: impl Fn(&str, &str, usize) -> Option<PageSection>,
) -> Vec<PageSection> {
    let of = |at: usize| match groups {
        [_] => section(id, title, at),
        _ => section(&format!("{id}-{at}"), &format!("{title}: {}", groups[at].name), at),
    };
    (0..groups.len()).filter_map(of).collect()
}

/// Returns a section as one that is folded, but for one that warns.
fn folded(section: PageSection) -> PageSection {
    PageSection { fold: section.warnings.is_empty(), ..section }
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

/// Returns the tables of the jobs of the whole sweeps, whatever became of them.
fn tables<'a>(all: &'a [JobGroup<'_>]) -> impl Iterator<Item = PageSection> + 'a {
    all.iter().enumerate().map(move |(i, group)| {
        let title = if all.len() > 1 { format!("Jobs of {}", group.name) } else { "Jobs".into() };
        sections::jobs(&listing(i), &title, group)
    })
}

/// The metrics that figures show, each once.
fn shown_metrics(analyze: &AnalyzeConfig, groups: &[JobGroup<'_>]) -> Vec<String> {
    let complexity = complexity(analyze, groups);
    let pairs = analyze.plot_metric_pairs.iter().flatten();
    let names: IndexSet<&String> = analyze.metrics.iter().chain(&complexity).chain(pairs).collect();
    names.into_iter().cloned().collect()
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

/// The sections that ANALYZE asks for. Trends over groups need groups with an order: the parts of a single sweep have one,
/// several sweeps have none.
fn studies(
    analyze: &AnalyzeConfig,
    groups: &[JobGroup<'_>],
    are_ordered: bool,
) -> Vec<PageSection> {
    let mut sections = Vec::new();
    let several = groups.len() > 1 && are_ordered;
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
    let worst = analyze.plot_curves_worst;
    sections.extend((worst > 0).then(|| sections::curves(groups, worst, RankEnd::Worst)));
    let asked =
        [(analyze.plot_models_best, RankEnd::Best), (analyze.plot_models_worst, RankEnd::Worst)];
    for (n, which) in asked.into_iter().filter(|(n, _)| *n > 0) {
        sections.push(sections::models(groups, n, which));
    }
    sections
}
