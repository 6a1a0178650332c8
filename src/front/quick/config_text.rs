//! The sweep config that `sweepkit run` writes (pure), and if one that is there is of the same sweep.

use std::fmt::Write;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

use sweep_config::{Value, yaml};

use super::command_words;
use super::param_flag::QuickParam;
use super::run_args::RunArgs;
use crate::app::{Failure, FnvHasher};

/// The lines that may differ between two calls for one sweep.
const FREE: [&str; 5] =
    ["  NUM_CONFIGS:", "  LOCAL_WORKERS:", "  PARALLEL_JOBS:", "  EXECUTOR:", TUNED];

/// The line of a sweep that is tuned.
const TUNED: &str = "  STRATEGY: tpe";

/// A sweep that the command line describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuickSweep {
    pub(super) name: String,
    pub(super) params: Vec<QuickParam>,
    pub(super) command: String,
    /// The metric, and `maximize` or `minimize`; an experiment may have none.
    pub(super) objective: Option<(String, &'static str)>,
    /// The number of configs; none of a grid.
    pub(super) jobs: Option<u64>,
    pub(super) is_tuned: bool,
    pub(super) seeds: u32,
    pub(super) seed_key: String,
    pub(super) workers: Option<u32>,
    pub(super) is_slurm: bool,
    pub(super) experiment: Option<ExperimentKeys>,
}

/// The keys of a sweep of an experiment, beside those of any sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExperimentKeys {
    /// Its constants, as YAML for a line.
    pub(super) base: String,
    pub(super) keep_alive: bool,
}

impl QuickSweep {
    /// Reads the command line of a sweep with a command.
    ///
    /// # Errors
    ///
    /// When a parameter or the command is wrong.
    pub(super) fn of(args: &RunArgs) -> Result<Self, Failure> {
        let params = QuickParam::parse_all(&args.params)?;
        let command = command_words::command(&args.command)?;
        let quick = Self { params, command, ..Self::with_options(args) };
        Ok(quick.named(args, &command_words::program(&args.command)))
    }

    /// Returns what the options say of any sweep.
    pub(super) fn with_options(args: &RunArgs) -> Self {
        let objective = match (&args.maximize, &args.minimize) {
            (Some(metric), _) => Some((metric.clone(), "maximize")),
            (None, metric) => metric.clone().map(|metric| (metric, "minimize")),
        };
        Self {
            name: String::new(),
            params: Vec::new(),
            command: String::new(),
            objective,
            jobs: args.jobs,
            is_tuned: args.tune,
            seeds: args.seeds,
            seed_key: args.seed_key.clone(),
            workers: args.workers,
            is_slurm: args.slurm,
            experiment: None,
        }
    }

    /// Returns it with the name that was given, or else one that its text gives, after what it runs.
    pub(super) fn named(mut self, args: &RunArgs, program: &str) -> Self {
        self.name = args.name.clone().unwrap_or_else(|| {
            let mut digest = FnvHasher::default();
            digest.write(same_part(&self.text()).join("\n").as_bytes());
            format!("{program}-{:06x}", digest.finish() & 0x00ff_ffff)
        });
        self
    }

    /// Returns the path of its config: beside the caller.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!("{}.yaml", self.name.replace('/', "-")))
    }

    /// Returns the text of its config.
    pub(super) fn text(&self) -> String {
        let mut text = String::from(
            "# Written by `sweepkit run`. Edit it as you like, then continue with `sweepkit setup` and the \
             other stages.\n\
             # All keys: `sweep_setup --schema`, configs/reference.yaml.\n",
        );
        let _ = writeln!(text, "NAME: {}\nSETUP:", string(&self.name));
        let _ = match self.jobs {
            Some(jobs) => writeln!(text, "  NUM_CONFIGS: {jobs}"),
            None => writeln!(text, "  STRATEGY: grid"),
        };
        if self.is_tuned {
            let _ = writeln!(text, "{TUNED}");
        }
        if self.seeds > 1 {
            let _ = writeln!(text, "  REPLICATES: {}", self.seeds);
            let _ = writeln!(text, "  SEED_KEY: {}", string(&self.seed_key));
        }
        if let Some(keys) = &self.experiment {
            let _ = writeln!(text, "  FORMAT: json\n  BASE_CFG: {}", keys.base);
        }
        text.push_str(if self.params.is_empty() { "  SAMPLERS: {}\n" } else { "  SAMPLERS:\n" });
        for param in &self.params {
            let _ = writeln!(text, "    {}: {}", string(&param.name), param.sampler);
        }
        let executor = if self.is_slurm { "slurm" } else { "local" };
        let _ = writeln!(text, "LAUNCH:\n  EXECUTOR: {executor}");
        if let Some(workers) = self.workers {
            let key = if self.is_slurm { "PARALLEL_JOBS" } else { "LOCAL_WORKERS" };
            let _ = writeln!(text, "  {key}: {workers}");
        }
        let _ = writeln!(text, "  COMMAND: {}", string(&self.command));
        if let Some(keys) = &self.experiment {
            // What an experiment returns and yields is in this format.
            let _ =
                writeln!(text, "  KEEP_ALIVE: {}\nCOLLECT:\n  READERS: [jsonl]", keys.keep_alive);
        }
        if let Some((metric, goal)) = &self.objective {
            let metric = string(metric);
            let _ = writeln!(text, "ANALYZE:\n  OBJECTIVE: {{METRIC: {metric}, GOAL: {goal}}}");
        }
        text
    }

    /// Refuses a config that is there and is of another sweep.
    ///
    /// # Errors
    ///
    /// When more than the number of its jobs, and where they run, differs.
    pub(super) fn refuse_other(&self, path: &Path, there: &str) -> Result<(), Failure> {
        let text = self.text();
        let (ours, others) = (same_part(&text), same_part(there));
        if ours == others {
            return Ok(());
        }
        let only = |these: &[&str], those: &[&str]| {
            these.iter().find(|line| !those.contains(line)).map(|line| format!("`{}`", line.trim()))
        };
        let nothing = || "nothing".to_owned();
        let has = only(&others, &ours).unwrap_or_else(nothing);
        let asked = only(&ours, &others).unwrap_or_else(nothing);
        let path = path.display();
        let message =
            format!("`{path}` belongs to another sweep: it has {has} where this call has {asked}");
        let hint = format!(
            "choose another name (`--name`), or continue the existing sweep: `sweepkit launch {path}`, …"
        );
        Err(Failure::usage(message, hint))
    }
}

/// Returns the number of configs that a written config asks for.
pub(super) fn jobs_of(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(FREE[0])?.trim().parse().ok())
}

/// Returns the lines that are the same in all calls for one sweep.
fn same_part(text: &str) -> Vec<&str> {
    let is_free = |line: &&str| {
        line.trim_start().starts_with('#') || FREE.iter().any(|free| line.starts_with(free))
    };
    text.lines().filter(|line| !is_free(line)).collect()
}

/// Writes a text as YAML, for a line or within brackets.
fn string(text: &str) -> String {
    yaml::flow(&Value::Str(text.to_owned()))
}
