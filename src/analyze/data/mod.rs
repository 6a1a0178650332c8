//! The data that the page's script works with, as one JSON text: a few columns of all jobs
//! (`pack`), their configs (`config`), and what some of them logged (`details`).

mod config;
mod details;
mod pack;

use serde_json::{Value as Json, json};
use sweep_config::table::{ATTEMPTS, CAUSE, EPOCH_IND, HOST, SECONDS};

use super::categories::{cell_values, is_categorical, spelled};
use super::frame::IS_LOST;
use super::group::JobGroup;
use super::metrics::{MeasureUnit, Metric, Objective};
use super::parameters::{Parameter, parameters};
use crate::tables::PlainColumn;
use config::config;
use details::details;
use pack::{numbers, words};

pub(crate) use pack::bits;

/// The bytes of text that the columns of all sweeps, those of the configs among them, may take together at least.
const LEAST_COLUMNS: usize = 900_000;
/// The bytes that they may take more for each job.
const COLUMNS_PER_JOB: usize = 25;
/// The bytes that columns, curves and logs may take together: curves and logs have what the columns leave.
const MOST_DATA: usize = 3_600_000;
/// The bytes that curves and logs may take in any case.
const LEAST_DETAILS: usize = 400_000;
/// The bytes that they may take at most.
const MOST_DETAILS: usize = 1_000_000;

/// The end of the name of an objective's column with the values at the last epoch.
const LAST: &str = ".last";

/// The subject of the page's data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageSubject<'a> {
    /// The sweeps.
    pub wholes: &'a [JobGroup<'a>],
    /// The groups of jobs that figures show: the sweeps, or their splits.
    pub groups: &'a [JobGroup<'a>],
    /// The metrics that figures show.
    pub metrics: &'a [String],
    /// The objectives beside the first.
    pub others: &'a [Objective],
}

/// Returns the data of a page.
pub(crate) fn data(subject: PageSubject<'_>) -> Json {
    let PageSubject { wholes, groups, .. } = subject;
    let sweeps: Vec<Json> = wholes.iter().map(|group| sweep(group, subject)).collect();
    let group = |group: &JobGroup<'_>| {
        let of = wholes.iter().position(|whole| std::ptr::eq(whole.population, group.population));
        let jobs = group.population.trials.jobs.len();
        let is_all = group.len() == jobs;
        let rows = (!is_all).then(|| bits(group.rows().iter().copied(), jobs));
        json!({ "name": group.name, "sweep": of, "rows": rows })
    };
    let objective = wholes.first().map(|group| &group.objective);
    json!({
        "objective": objective.map(|o| o.label.as_str()),
        "unit": objective.map_or("", |o| o.unit.sign()),
        "minimize": objective.is_none_or(Objective::is_minimized),
        "groups": groups.iter().map(group).collect::<Vec<_>>(),
        "sweeps": sweeps,
    })
}

/// Returns the name of the column of an objective, by its place among the objectives.
pub(crate) fn objective_column(at: usize) -> String {
    if at == 0 { "objective".to_owned() } else { format!("objective-{at}") }
}

fn sweep(group: &JobGroup<'_>, subject: PageSubject<'_>) -> Json {
    let population = group.population;
    let jobs = &population.trials.jobs;
    let states: Vec<Option<&str>> = jobs.iter().map(|job| Some(job.state.name())).collect();
    let in_order = jobs.iter().enumerate().all(|(row, job)| job.id.0 as usize == row);
    let ids: Vec<Option<f64>> = jobs.iter().map(|job| Some(f64::from(job.id.0))).collect();
    let lost = group.rows_where(IS_LOST);
    let lost = (!lost.is_empty()).then(|| bits(lost, jobs.len()));
    let sweeps = subject.wholes.len();
    let all = LEAST_COLUMNS / sweeps + COLUMNS_PER_JOB * jobs.len();
    let (kept, room) = kept(columns(group, subject), all);
    let config = config(population, &kept, room);
    let used = all - room + config.to_string().len();
    let left = (MOST_DATA / sweeps).saturating_sub(used);
    let curve = population.curves.as_ref().map(|curves| curves.metric.as_str()).unwrap_or_default();
    let details = details(group, left.clamp(LEAST_DETAILS / sweeps, MOST_DETAILS / sweeps));
    json!({
        "name": group.name,
        "n": jobs.len(),
        "ids": if in_order { Json::Null } else { numbers(&ids) },
        "states": words(&states),
        "lost": lost,
        "config": config,
        "columns": kept,
        "curve_unit": group.objective.unit_of_curve(curve).sign(),
        "curve": curve,
        "details": details,
    })
}

/// Returns the columns that there is room for, each of equal ones once, and the room that is left.
fn kept(columns: Vec<Json>, mut room: usize) -> (Vec<Json>, usize) {
    let mut kept = Vec::<Json>::new();
    for mut column in columns {
        if let Some(same) = kept.iter().find(|known| known["values"] == column["values"]) {
            column["same"] = same["name"].clone();
            column["values"] = Json::Null;
        }
        let size = column.to_string().len();
        if size <= room {
            room -= size;
            kept.push(column);
        }
    }
    (kept, room)
}

/// Returns the columns of a sweep: its objectives, sampled parameters and metrics.
fn columns(group: &JobGroup<'_>, subject: PageSubject<'_>) -> Vec<Json> {
    let population = group.population;
    let mut columns = Vec::new();
    let mut add = |name: &str, label: &str, kind: &str, values: Json| {
        // A metric may be named as the parameter that it is.
        if columns.iter().any(|known: &Json| known["name"] == name) {
            return;
        }
        columns.push(json!({ "name": name, "label": label, "kind": kind, "values": values }));
    };
    add(&objective_column(0), &group.objective.label, "objective", numbers(&group.all_errors()));
    let parameters = parameters(group);
    for parameter in &parameters {
        let values = if parameter.words.is_empty() {
            Some(numbers(&parameter.values))
        } else {
            let texts: Vec<Option<&str>> =
                parameter.values.iter().map(|value| parameter.word((*value)?)).collect();
            words(&texts)
        };
        if let Some(values) = values {
            add(&parameter.key, &parameter.name, "parameter", values);
        }
    }
    for (at, other) in subject.others.iter().enumerate() {
        let values = numbers(&population.trials.values(at + 1));
        add(&objective_column(at + 1), &other.label, "metric", values);
    }
    for name in subject.metrics {
        let metric = Metric::named(name);
        if is_categorical(population, &metric) {
            let values = cell_values(population, &metric).unwrap_or_default();
            let texts: Vec<Option<String>> =
                values.iter().map(|value| value.as_ref().map(spelled)).collect();
            let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
            if let Some(values) = words(&texts) {
                add(name, &metric.label, "metric", values);
            }
        } else if let Ok(values) = metric.values(&population.table, &group.objective) {
            add(name, &metric.label, "metric", numbers(&values));
        }
    }
    for (name, label, values) in progress(group) {
        add(&name, &label, "progress", values);
    }
    for column in &mut columns {
        describe(column, group, subject, &parameters);
    }
    columns
}

/// Adds what is known of a column: that its numbers are whole, and their unit.
fn describe(
    column: &mut Json,
    group: &JobGroup<'_>,
    subject: PageSubject<'_>,
    parameters: &[Parameter],
) {
    let name = column["name"].as_str().unwrap_or_default().to_owned();
    if parameters.iter().any(|parameter| parameter.is_whole && parameter.key == name) {
        column["whole"] = Json::Bool(true);
    }
    let unit = unit(&name, group, subject).sign();
    if !unit.is_empty() {
        column["unit"] = Json::from(unit);
    }
}

/// Returns the unit of a column of a name.
fn unit(name: &str, group: &JobGroup<'_>, subject: PageSubject<'_>) -> MeasureUnit {
    let mut objectives = std::iter::once(&group.objective).chain(subject.others).enumerate();
    let plain = name.strip_suffix(LAST).unwrap_or(name);
    if let Some((_, objective)) = objectives.find(|(at, _)| objective_column(*at) == plain) {
        return objective.unit;
    }
    if name != SECONDS && !subject.metrics.iter().any(|metric| metric == name) {
        return MeasureUnit::Unknown;
    }
    let metric = Metric::named(name);
    let values = metric.values(&group.population.table, &group.objective).unwrap_or_default();
    metric.unit().of_values(values.into_iter().flatten())
}

/// Returns the columns that say how far the jobs came, and what they took: name, label, values.
fn progress(group: &JobGroup<'_>) -> Vec<(String, String, Json)> {
    let table = &group.population.table;
    let mut columns = Vec::new();
    let last = group.objective.values_at_last(table).filter(|last| *last != group.all_errors());
    if let Some(last) = last.filter(|last| last.iter().any(Option::is_some)) {
        let label = format!("{}, last", group.objective.label);
        columns.push((format!("{}{LAST}", objective_column(0)), label, numbers(&last)));
    }
    for (name, label) in [(EPOCH_IND, "epochs"), (SECONDS, "time"), (ATTEMPTS, "attempts")] {
        let values = table.numbers(name);
        // One attempt each is nothing to tell.
        let is_told = |value: &f64| name != ATTEMPTS || *value > 1.0;
        if values.iter().flatten().any(is_told) {
            columns.push((name.to_owned(), label.to_owned(), numbers(&values)));
        }
    }
    let params = Metric::named("params");
    let known = params.values(table, &group.objective).unwrap_or_default();
    if known.iter().any(Option::is_some) {
        columns.push((params.name.clone(), params.label, numbers(&known)));
    }
    for name in [HOST, CAUSE] {
        let Some(PlainColumn::Texts(texts)) = table.get(name) else { continue };
        let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
        if let Some(values) = words(&texts).filter(|_| texts.iter().any(Option::is_some)) {
            columns.push((name.to_owned(), name.to_owned(), values));
        }
    }
    columns
}
