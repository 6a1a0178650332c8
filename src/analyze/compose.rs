//! Which sections the page has, and over which populations.

use sweep_config::{Analyze, Sweep, SweepDir};

use super::population::Population;
use super::report::{Page, Section};
use super::sections;
use crate::app::{VERSION, count};

/// The page of a sweep.
pub(super) fn page(sweep: &Sweep, main: &Population) -> Page {
    let mut sections = Vec::new();
    let (all, missing) = with_extras(sweep, main);
    let mut first = sections::edf("edf", "Errors", error_is(main), &all);
    first.warnings.extend(missing);
    sections.push(first);
    let mut populations = all.clone();
    if !sweep.analyze.pre_filters.is_empty() {
        sections.push(filter(&sweep.analyze, &mut populations));
    }
    if !sweep.analyze.split_filters.is_empty() {
        sections.push(split(&sweep.analyze, &mut populations));
    }
    sections.extend(studies(&sweep.analyze, &populations));
    let tables = all.iter().enumerate();
    sections.extend(tables.map(|(i, population)| sections::jobs(&format!("jobs-{i}"), population)));
    sections.push(sections::config(sweep));
    Page {
        name: sweep.name.clone(),
        desc: sweep.desc.clone(),
        facts: sections::facts(main),
        sections,
        version: VERSION,
    }
}

/// The sweep and those that are laid over it, and which of these could not be read.
fn with_extras(sweep: &Sweep, main: &Population) -> (Vec<Population>, Vec<String>) {
    let (mut populations, mut missing) = (vec![main.clone()], Vec::new());
    for name in &sweep.analyze.extra_sweep_names {
        let dir = SweepDir::new(sweep.root_dir.join(name));
        match Population::load(name, dir, sweep) {
            Ok(population) => populations.push(population),
            Err(why) => missing.push(format!("The sweep `{name}` is not shown: {why}.")),
        }
    }
    (populations, missing)
}

fn error_is(main: &Population) -> String {
    match main.error_is {
        "" => "No job has logged a test error yet.".to_owned(),
        what => format!("The error of a job is its {what}, in percent."),
    }
}

/// Applies the pre-filters; a filter that cannot be applied, or leaves nothing, is not.
fn filter(analyze: &Analyze, populations: &mut Vec<Population>) -> Section {
    let filters: Vec<String> = analyze
        .pre_filters
        .iter()
        .map(|filter| format!("{} in [{}, {}]", filter.metric, filter.keep.low, filter.keep.high))
        .collect();
    let kept: Result<Vec<_>, String> =
        populations.iter().map(|p| p.filtered(&p.name, &analyze.pre_filters)).collect();
    let section = |intro: String| sections::edf("edf-filtered", "Errors, filtered", intro, &[]);
    let warned = |why: String| {
        let warnings = vec![format!("The filters are not applied: {why}")];
        Section { warnings, ..section(String::new()) }
    };
    let kept = match kept {
        Ok(kept) if kept.iter().any(|p| p.rows.is_empty()) => {
            return warned(format!("{} would keep no job.", filters.join(", ")));
        }
        Ok(kept) => kept,
        Err(why) => return warned(why),
    };
    let jobs = |populations: &[Population]| populations.iter().map(|p| p.rows.len()).sum::<usize>();
    let removed = jobs(populations) - jobs(&kept);
    let intro =
        format!("Kept are jobs with {}: {} removed.", filters.join(", "), count(removed, "job"));
    *populations = kept;
    if removed == 0 {
        return Section { warnings: Vec::new(), paragraphs: vec![intro], ..section(String::new()) };
    }
    sections::edf("edf-filtered", "Errors, filtered", intro, populations)
}

/// Splits a single population; with several there is nothing to split, as in pycls.
fn split(analyze: &Analyze, populations: &mut Vec<Population>) -> Section {
    let section = |populations: &[Population]| {
        sections::edf("edf-split", "Errors, split", String::new(), populations)
    };
    let warned = |why: String| Section { warnings: vec![why], ..section(&[]) };
    let [whole] = populations.as_slice() else {
        let several =
            "SPLIT_FILTERS are for one sweep: beside EXTRA_SWEEP_NAMES they are not applied.";
        return warned(several.to_owned());
    };
    let parts: Result<Vec<_>, String> =
        analyze.split_filters.iter().map(|(name, filters)| whole.filtered(name, filters)).collect();
    match parts {
        Err(why) => warned(format!("The sweep is not split: {why}")),
        Ok(parts) => {
            let (parts, empty): (Vec<_>, Vec<_>) =
                parts.into_iter().partition(|part| !part.rows.is_empty());
            let mut section = section(&parts);
            let names = empty.iter().map(|part| format!("No job is in the split `{}`.", part.name));
            section.warnings.extend(names);
            if !parts.is_empty() {
                *populations = parts;
            }
            section
        }
    }
}

/// The sections that ANALYZE asks for.
fn studies(analyze: &Analyze, populations: &[Population]) -> Vec<Section> {
    let mut sections = Vec::new();
    let several = populations.len() > 1;
    let mut study = |id: &str, title: &str, metrics: &[String], values: bool, trends: bool| {
        if !metrics.is_empty() && values {
            sections.push(sections::values(id, title, metrics, populations));
        }
        if !metrics.is_empty() && trends && several {
            let (id, title) = (format!("{id}-trends"), format!("{title}: trends"));
            sections.push(sections::trends(&id, &title, metrics, populations));
        }
    };
    let (values, trends) = (analyze.plot_metric_values, analyze.plot_metric_trends);
    study("metrics", "Metrics", &analyze.metrics, values, trends);
    let (values, trends) = (analyze.plot_complexity_values, analyze.plot_complexity_trends);
    study("complexity", "Complexity", &analyze.complexity, values, trends);
    for (n, worst) in [(analyze.plot_curves_best, false), (analyze.plot_curves_worst, true)] {
        if n > 0 {
            sections.push(sections::curves(populations, n, worst));
        }
    }
    if analyze.plot_models_best + analyze.plot_models_worst > 0 {
        sections.push(Section {
            id: "models".to_owned(),
            title: "Models".to_owned(),
            paragraphs: vec![
                "PLOT_MODELS_BEST and PLOT_MODELS_WORST ask for drawings of models: this version has none."
                    .to_owned(),
            ],
            ..Section::default()
        });
    }
    sections
}
