//! An experiment in one Python file: what its class says of itself, as the Python package describes it.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sweep_config::{Value, yaml};

use super::config_text::{ExperimentKeys, QuickSweep};
use super::param_flag::QuickParam;
use super::run_args::RunArgs;
use crate::app::{Failure, find_program};

/// The parts of a sweep config that an experiment brings with it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ExperimentSketch {
    name: String,
    /// The names of its fields.
    fields: Vec<String>,
    /// The fields that are drawn, with the fields that they stand for.
    params: Vec<QuickParam>,
    /// Its constants.
    base: Vec<(String, Value)>,
    command: String,
    keep_alive: bool,
    /// Whether all of its settings can be run.
    is_countable: bool,
    objective: Option<(String, &'static str)>,
}

impl ExperimentSketch {
    /// Asks Python for the experiment that `FILE.py:Class` names, or reads its description from standard input.
    ///
    /// # Errors
    ///
    /// When the text names no experiment, or the file cannot be loaded.
    pub(super) fn of(target: &str, is_on_stdin: bool) -> Result<Self, Failure> {
        let is_target = target.split_once(".py:").is_some_and(|(_, class)| !class.is_empty());
        if !is_target {
            let message = format!("`{target}` is not an experiment");
            let hint = "write FILE.py:CLASS, or put the command of a job after `--`";
            return Err(Failure::usage(message, hint));
        }
        let mut text = String::new();
        if is_on_stdin {
            let read = io::stdin().lock().read_to_string(&mut text);
            read.map_err(|e| broken(target, &e.to_string()))?;
        } else {
            text = ask_python(target)?;
        }
        let value =
            yaml::read(Path::new(target), &text).map_err(|e| broken(target, &e.to_string()));
        Self::parse(&value?).ok_or_else(|| broken(target, "the description lacks a part"))
    }

    fn parse(value: &Value) -> Option<Self> {
        let Value::Map(map) = value else { return None };
        let get = |key: &str| map.iter().find(|(name, _)| *name == key).map(|(_, value)| value);
        let objective = |goal: &'static str| Some((text(get(goal)?)?, goal));
        let Value::Map(base) = get("base")? else { return None };
        let param = |entry: &Value| match list(entry)? {
            [name, sampler] => Some(QuickParam { name: text(name)?, sampler: yaml::flow(sampler) }),
            _ => None,
        };
        Some(Self {
            name: text(get("name")?)?,
            fields: list(get("fields")?)?.iter().map(text).collect::<Option<_>>()?,
            params: list(get("samplers")?)?.iter().map(param).collect::<Option<_>>()?,
            base: base.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            command: text(get("command")?)?,
            keep_alive: get("keep_alive")? == &Value::Bool(true),
            is_countable: get("countable")? == &Value::Bool(true),
            objective: objective("maximize").or_else(|| objective("minimize")),
        })
    }

    /// Returns its sweep, as the options want it.
    ///
    /// # Errors
    ///
    /// When an option names no field, or too little says which settings are to be run.
    pub(super) fn sweep(mut self, args: &RunArgs) -> Result<QuickSweep, Failure> {
        for param in QuickParam::parse_all(&args.params)? {
            self.replace(param)?;
        }
        if args.jobs.is_none() && !args.grid && !self.is_countable {
            let message = format!("{} has fields that are drawn from a range", self.name);
            let hint = "say how many settings to draw (`--jobs 64`), or give these fields values by --param and add --grid";
            return Err(Failure::usage(message, hint));
        }
        let options = QuickSweep::with_options(args);
        let base = Value::Map(self.base.into_iter().collect());
        let experiment = ExperimentKeys { base: yaml::flow(&base), keep_alive: self.keep_alive };
        let quick = QuickSweep {
            params: self.params,
            command: self.command,
            objective: options.objective.clone().or(self.objective),
            experiment: Some(experiment),
            ..options
        };
        Ok(quick.named(args, &self.name))
    }

    /// Replaces the space or the constant of a field.
    fn replace(&mut self, param: QuickParam) -> Result<(), Failure> {
        let field = param.name.split('.').next().unwrap_or_default().to_owned();
        if !self.fields.contains(&field) {
            let message = format!("--param {}: {} has no such field", param.name, self.name);
            return Err(Failure::usage(
                message,
                format!("its fields are {}", self.fields.join(", ")),
            ));
        }
        self.base.retain(|(name, _)| *name != field);
        let points = format!("{field}_points");
        match self.params.iter_mut().find(|it| it.name == field || it.name == points) {
            Some(old) => *old = param,
            None => self.params.push(param),
        }
        Ok(())
    }
}

fn text(value: &Value) -> Option<String> {
    if let Value::Str(text) = value { Some(text.clone()) } else { None }
}

fn list(value: &Value) -> Option<&[Value]> {
    if let Value::List(items) = value { Some(items) } else { None }
}

fn broken(target: &str, why: &str) -> Failure {
    Failure::usage(
        format!("`{target}` could not be described: {why}"),
        "install the wheel and the Python package of one version of sweepkit",
    )
}

/// Has the Python package describe an experiment.
fn ask_python(target: &str) -> Result<String, Failure> {
    let Some(python) = python() else {
        let hint = "activate the environment that has your libraries and sweepkit";
        return Err(Failure::usage("there is no `python` in PATH", hint));
    };
    let mut command = Command::new(&python);
    command.args(["-m", "sweepkit._sketch", target]).stdin(Stdio::null());
    let output = command.output().map_err(|e| {
        let message = format!("cannot start `{}`: {e}", python.display());
        Failure::usage(message, "activate the environment that has your libraries and sweepkit")
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if said.contains("No module named sweepkit") || said.contains("No module named 'sweepkit'") {
        let message = format!("`{}` does not have the package sweepkit", python.display());
        return Err(Failure::usage(message, "install it there: `pip install sweepkit`"));
    }
    let (before, error) = said.rsplit_once("error: ").unwrap_or(("", &said));
    let message = if before.trim().is_empty() {
        error.to_owned()
    } else {
        format!("{error}\n{}", before.trim_end())
    };
    Err(Failure::usage(
        message,
        format!("correct the class, then run the same command again: `{target}`"),
    ))
}

/// Finds the Python beside this program, as in an environment that is not activated, or else that of `PATH`.
fn python() -> Option<PathBuf> {
    let me = std::env::current_exe().unwrap_or_default();
    let beside = ["python", "python3"].map(|name| me.with_file_name(name));
    let beside = beside.into_iter().find(|path| path.is_file());
    beside.or_else(|| find_program("python")).or_else(|| find_program("python3"))
}
