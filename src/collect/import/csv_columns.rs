//! Decides what the columns of a table of results are: parameters, metrics, or facts of the run (pure).

use super::options::ImportOptions;
use crate::app::Failure;
use crate::trials::guess_goal;

/// The role of a column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnRole {
    /// Identifies the run.
    Id,
    Name,
    State,
    Started,
    Ended,
    /// A parameter of this name.
    Param(String),
    /// A metric of this name.
    Metric(String),
    /// None of these.
    Other,
}

/// The roles of all columns of a table, and the sentence on how they were found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ColumnRoles {
    pub(super) roles: Vec<ColumnRole>,
    pub(super) basis: String,
}

/// The beginnings of the names of parameters in tables of Optuna, `MLflow`, Ray and others.
const PARAMS: [&str; 8] =
    ["params_", "params.", "params/", "config.", "config/", "cfg.", "hparams.", "hparams/"];

/// Those of metrics.
const METRICS: [&str; 7] =
    ["metrics.", "metrics/", "metric.", "results.", "result.", "user_attrs_", "summary."];

/// Columns of numbers that were measured and say nothing of how good a run is.
const MEASURED: [&str; 12] = [
    "epoch",
    "step",
    "steps",
    "iteration",
    "time",
    "seconds",
    "duration",
    "runtime",
    "wall_time",
    "train_time",
    "elapsed",
    "memory",
];

/// Returns the role of a column that holds a fact of the run, by its name.
fn fact(name: &str) -> Option<ColumnRole> {
    Some(match name.to_lowercase().as_str() {
        "id" | "run_id" | "run_uuid" | "trial_id" | "trial" | "number" | "job" | "job_id"
        | "index" | "run"
        // pandas writes the index without a name.
        | "col0" => ColumnRole::Id,
        "name" | "run_name" | "tags.mlflow.runname" => ColumnRole::Name,
        "state" | "status" => ColumnRole::State,
        "start_time" | "datetime_start" | "started" | "created" | "created_at" => {
            ColumnRole::Started
        }
        "end_time" | "datetime_complete" | "ended" | "finished_at" => ColumnRole::Ended,
        "experiment_id" | "artifact_uri" | "source" => ColumnRole::Other,
        _ => return None,
    })
}

/// Finds the roles of columns by the options, or else by their names.
///
/// # Errors
///
/// When an option names no column, or there is no column of numbers that may be a result.
pub(super) fn roles(
    names: &[String],
    is_number: &dyn Fn(usize) -> bool,
    options: &ImportOptions,
) -> Result<ColumnRoles, Failure> {
    check(names, options)?;
    let found = if !options.params.is_empty() || !options.metrics.is_empty() {
        by_options(names, is_number, options)
    } else if names.iter().any(|name| without(name, &PARAMS).is_some()) {
        by_prefix(names, is_number)
    } else {
        by_name(names, is_number)
    };
    if !found.roles.iter().any(|role| matches!(role, ColumnRole::Metric(_))) {
        return Err(Failure::usage(
            "the table has no column of numbers that may be a result",
            format!("name one with `--metrics`; the columns are {}", names.join(", ")),
        ));
    }
    Ok(found)
}

/// Refuses options that name no column.
fn check(names: &[String], options: &ImportOptions) -> Result<(), Failure> {
    let unknown = options.params.iter().chain(&options.metrics).find(|name| !names.contains(name));
    match unknown {
        None => Ok(()),
        Some(name) => Err(Failure::usage(
            format!("the table has no column `{name}`"),
            format!("its columns are {}", names.join(", ")),
        )),
    }
}

fn by_options(
    names: &[String],
    is_number: &dyn Fn(usize) -> bool,
    options: &ImportOptions,
) -> ColumnRoles {
    let (params, metrics) = (&options.params, &options.metrics);
    let role = |(at, name): (usize, &String)| match () {
        () if params.contains(name) => ColumnRole::Param(name.clone()),
        () if metrics.contains(name) => ColumnRole::Metric(name.clone()),
        () => match fact(name) {
            Some(fact) => fact,
            None if params.is_empty() => ColumnRole::Param(name.clone()),
            None if metrics.is_empty() && is_number(at) => ColumnRole::Metric(name.clone()),
            None => ColumnRole::Other,
        },
    };
    let basis = match (params.is_empty(), metrics.is_empty()) {
        (false, false) => "as `--params` and `--metrics` say",
        (true, _) => "as `--metrics` says, all others being parameters",
        (_, true) => "as `--params` says, all other numbers being metrics",
    };
    ColumnRoles { roles: names.iter().enumerate().map(role).collect(), basis: basis.to_owned() }
}

fn by_prefix(names: &[String], is_number: &dyn Fn(usize) -> bool) -> ColumnRoles {
    let role = |(at, name): (usize, &String)| {
        if let Some(param) = without(name, &PARAMS) {
            return ColumnRole::Param(param.to_owned());
        }
        if let Some(metric) = without(name, &METRICS) {
            return ColumnRole::Metric(metric.to_owned());
        }
        match fact(name) {
            Some(fact) => fact,
            None if is_number(at) => ColumnRole::Metric(name.clone()),
            None => ColumnRole::Other,
        }
    };
    let basis = "by the beginnings of their names".to_owned();
    ColumnRoles { roles: names.iter().enumerate().map(role).collect(), basis }
}

fn by_name(names: &[String], is_number: &dyn Fn(usize) -> bool) -> ColumnRoles {
    let is_metric = |name: &str| {
        let last = name.rsplit(['.', '/']).next().unwrap_or(name).to_lowercase();
        guess_goal(name).is_some() || MEASURED.contains(&last.as_str())
    };
    let mut roles: Vec<ColumnRole> = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        roles.push(match fact(name) {
            Some(fact) => fact,
            None if is_number(at) && is_metric(name) => ColumnRole::Metric(name.clone()),
            None => ColumnRole::Param(name.clone()),
        });
    }
    let mut basis = "by their names";
    let is_good =
        |role: &ColumnRole| matches!(role, ColumnRole::Metric(name) if guess_goal(name).is_some());
    if !roles.iter().any(is_good) {
        let is_open = |at: &usize| matches!(roles[*at], ColumnRole::Param(_)) && is_number(*at);
        if let Some(last) = (0..names.len()).rev().find(is_open) {
            roles[last] = ColumnRole::Metric(names[last].clone());
            basis = "since no name says so, the last column of numbers being the result";
        }
    }
    ColumnRoles { roles, basis: basis.to_owned() }
}

fn without<'n>(name: &'n str, beginnings: &[&str]) -> Option<&'n str> {
    beginnings.iter().find_map(|begin| name.strip_prefix(begin)).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(names: &[&str], words: &[&str], options: &ImportOptions) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let is_number = |at: usize| !words.contains(&names[at].as_str());
        let found = roles(&names, &is_number, options).unwrap();
        let role = |role: &ColumnRole| match role {
            ColumnRole::Param(name) => format!("p:{name}"),
            ColumnRole::Metric(name) => format!("m:{name}"),
            other => format!("{other:?}"),
        };
        found.roles.iter().map(role).collect()
    }

    #[test]
    fn columns_are_told_by_options_or_else_by_their_names() {
        let none = ImportOptions::default();
        let optuna =
            ["number", "value", "datetime_start", "params_lr", "user_attrs_flops", "state"];
        assert_eq!(
            said(&optuna, &["state", "datetime_start"], &none),
            ["Id", "m:value", "Started", "p:lr", "m:flops", "State"]
        );
        assert_eq!(
            said(&["lr", "loss", "val_acc", "seconds"], &["loss"], &none),
            ["p:lr", "p:loss", "m:val_acc", "m:seconds"],
            "a column of words is no metric, whatever its name"
        );
        assert_eq!(said(&["a", "b", "y"], &[], &none), ["p:a", "p:b", "m:y"]);
        let options = ImportOptions { metrics: vec!["a".to_owned()], ..ImportOptions::default() };
        assert_eq!(said(&["a", "b", "loss"], &[], &options), ["m:a", "p:b", "p:loss"]);
    }
}
