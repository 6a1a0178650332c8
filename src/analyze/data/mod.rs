//! The data that the page's script works with, as one JSON text: a few columns of all jobs
//! (`pack`), their configs (`config`), and what some of them logged (`details`).

mod config;
mod details;
mod pack;

use serde_json::{Value as Json, json};

use super::group::Group;
use super::metrics::{Metric, Objective};
use super::parameters::parameters;
use config::config;
use details::details;
use pack::{numbers, words};

pub use pack::bits;

/// So many bytes of text the columns of all sweeps may take together, those of the configs with them:
/// so many at least, and so many a job.
const LEAST_COLUMNS: usize = 900_000;
const COLUMNS_PER_JOB: usize = 25;
/// So many the curves and logs: what the columns leave of so much, within these bounds.
const MOST_DATA: usize = 3_600_000;
const LEAST_DETAILS: usize = 400_000;
const MOST_DETAILS: usize = 1_000_000;

/// What the page's data is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The sweeps.
    pub wholes: &'a [Group<'a>],
    /// What the figures are about.
    pub groups: &'a [Group<'a>],
    /// The metrics that figures show.
    pub metrics: &'a [String],
    /// The objectives beside the first.
    pub others: &'a [Objective],
}

/// The data of a page.
pub fn data(subject: Subject<'_>) -> Json {
    let Subject { wholes, groups, .. } = subject;
    let sweeps: Vec<Json> = wholes.iter().map(|group| sweep(group, subject)).collect();
    let group = |group: &Group<'_>| {
        let of = wholes.iter().position(|whole| std::ptr::eq(whole.population, group.population));
        let jobs = group.population.jobs.len();
        let is_all = group.len() == jobs;
        let rows = (!is_all).then(|| bits(group.rows().iter().copied(), jobs));
        json!({ "name": group.name, "sweep": of, "rows": rows })
    };
    let objective = wholes.first().map(|group| &group.objective);
    json!({
        "objective": objective.map(|o| o.label.as_str()),
        "minimize": objective.is_none_or(Objective::is_minimized),
        "groups": groups.iter().map(group).collect::<Vec<_>>(),
        "sweeps": sweeps,
    })
}

/// What the column of an objective is called, of the first or of a further one.
pub fn objective_column(at: usize) -> String {
    if at == 0 { "objective".to_owned() } else { format!("objective-{at}") }
}

fn sweep(group: &Group<'_>, subject: Subject<'_>) -> Json {
    let population = group.population;
    let jobs = &population.jobs;
    let states: Vec<Option<&str>> = jobs.iter().map(|job| Some(job.state.name())).collect();
    let in_order = jobs.iter().enumerate().all(|(row, job)| job.id.0 as usize == row);
    let ids: Vec<Option<f64>> = jobs.iter().map(|job| Some(f64::from(job.id.0))).collect();
    let sweeps = subject.wholes.len();
    let all = LEAST_COLUMNS / sweeps + COLUMNS_PER_JOB * jobs.len();
    let (kept, room) = kept(columns(group, subject), all);
    let config = config(population, &kept, room);
    let used = all - room + config.to_string().len();
    let left = (MOST_DATA / sweeps).saturating_sub(used);
    let details = details(group, left.clamp(LEAST_DETAILS / sweeps, MOST_DETAILS / sweeps));
    json!({
        "name": group.name,
        "n": jobs.len(),
        "ids": if in_order { Json::Null } else { numbers(&ids) },
        "states": words(&states),
        "config": config,
        "columns": kept,
        "curve": population.curves.as_ref().map(|curves| curves.metric.as_str()).unwrap_or_default(),
        "details": details,
    })
}

/// The columns that there is room for, each of equal ones once, and the room that is left.
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

/// The objectives, the sampled parameters, the metrics.
fn columns(group: &Group<'_>, subject: Subject<'_>) -> Vec<Json> {
    let population = group.population;
    let mut columns = Vec::new();
    let mut add = |name: &str, label: &str, kind: &str, values: Json| {
        columns.push(json!({ "name": name, "label": label, "kind": kind, "values": values }));
    };
    let objective = group.objective.values(population);
    add(&objective_column(0), &group.objective.label, "objective", numbers(&objective));
    for parameter in parameters(group) {
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
        let values = numbers(&other.values(population));
        add(&objective_column(at + 1), &other.label, "metric", values);
    }
    for name in subject.metrics {
        let metric = Metric::named(name);
        if let Ok(values) = metric.values(population, &group.objective) {
            add(name, &metric.label, "metric", numbers(&values));
        }
    }
    columns
}
