//! The sweep config that `sweepkit init` writes (pure).

use std::fmt::Write;
use std::path::Path;

use sweep_config::{JobFormat, Value, yaml};

use super::config_source;
use super::script_option::{OptionKind, OptionRole, ScriptOption};
use crate::app::Failure;

/// The most of a description that is shown.
const ABOUT: usize = 70;

const HEAD: &str = "\
# Proposed by `sweepkit init`. Remove what you do not want to vary, and check the ranges: they are guesses around
# the defaults. All keys: configs/reference.yaml, or `sweep_setup --schema` for your editor.
";

const TAIL: &str = "\
# The metric that ranks the jobs: a name that your program prints (`val_acc: 0.93`) or logs.
# ANALYZE:
#   OBJECTIVE: {METRIC: val_acc, GOAL: maximize}
";

/// A sweep config to be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ConfigDraft {
    name: String,
    command: String,
    options: Vec<ScriptOption>,
    /// The lines of `BASE_CFG`.
    base: Vec<String>,
}

impl ConfigDraft {
    /// Returns an example.
    pub(super) fn empty() -> Self {
        let command = "python train.py {{args}}".to_owned();
        Self { name: "my_sweep".to_owned(), command, options: Vec::new(), base: Vec::new() }
    }

    /// Returns the draft for a program with options.
    pub(super) fn of_options(name: String, command: &str, options: Vec<ScriptOption>) -> Self {
        let mut command = format!("{command} {{{{args{}}}}}", bools(&options));
        if let Some(out) = options.iter().find(|option| option.role() == OptionRole::OutDir) {
            let _ = write!(command, " --{} {{{{out_dir}}}}", out.name);
        }
        Self { name, command, options, base: Vec::new() }
    }

    /// Returns the draft for a program of Hydra.
    pub(super) fn of_hydra(name: String, command: &str, config: &Value) -> Self {
        let command = format!("{command} {{{{hydra_args}}}} hydra.run.dir={{{{out_dir}}}}");
        Self { name, command, options: config_source::values(config), base: Vec::new() }
    }

    /// Returns the draft for a program that reads this file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub(super) fn of_file(
        path: &Path,
        format: JobFormat,
        command: Option<String>,
    ) -> Result<Self, Failure> {
        let config = config_source::read(path)?;
        let cfg = config_source::placeholder(format);
        let command = match command {
            None => format!("python train.py --config {cfg}"),
            Some(command) if command.contains("{{") => command,
            Some(command) => format!("{command} --config {cfg}"),
        };
        let base = match format {
            JobFormat::Toml => vec![format!("  BASE_CFG: {}", yaml::flow(&config))],
            _ => vec![format!("  BASE_CFG: {}", string(&path.to_string_lossy()))],
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name: stem, command, options: config_source::values(&config), base })
    }

    /// Returns the number of parameters that were found.
    pub(super) fn found(&self) -> usize {
        self.options.len()
    }

    /// Returns the number of parameters that are proposed to be varied.
    pub(super) fn varied(&self) -> usize {
        self.options.iter().filter(|option| self.is_varied(option)).count()
    }

    /// Returns the text of the sweep config.
    pub(super) fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        let _ = writeln!(text, "NAME: {}\nSETUP:\n  NUM_CONFIGS: 32", string(&self.name));
        for line in &self.base {
            let _ = writeln!(text, "{line}");
        }
        text.push_str(
            "  # The parameters to vary, each with its range or values; all others keep their \
            defaults.\n  SAMPLERS:\n",
        );
        if self.options.is_empty() {
            text.push_str(
                "    lr: {log: [1e-4, 1e-1]}\n    # opt: [sgd, adam]\n    # depth: {int: [1, 8]}\n",
            );
        } else if self.varied() == 0 {
            text.truncate(text.len() - 1);
            text.push_str(" {}\n");
        }
        for option in &self.options {
            if let Some(line) = self.line(option) {
                let _ = writeln!(text, "    {line}");
            }
        }
        self.seeds(&mut text);
        let _ = writeln!(
            text,
            "LAUNCH:\n  EXECUTOR: local    # or slurm\n  COMMAND: {}",
            string(&self.command)
        );
        text.push_str(TAIL);
        text
    }

    /// True if an option is proposed to be varied: if no name speaks for itself, the first that may be.
    fn is_varied(&self, option: &ScriptOption) -> bool {
        let role = |role| {
            move |option: &&ScriptOption| option.role() == role && option.sampler().is_some()
        };
        if self.options.iter().any(|option| role(OptionRole::Varied)(&option)) {
            return role(OptionRole::Varied)(&option);
        }
        self.options.iter().find(role(OptionRole::Possible)) == Some(option)
    }

    /// Returns the line of an option under `SAMPLERS`; none of what is no parameter.
    fn line(&self, option: &ScriptOption) -> Option<String> {
        let name = string(&option.name);
        let note = note(option);
        match (option.role(), option.sampler()) {
            (OptionRole::Varied | OptionRole::Possible, Some(sampler)) => {
                let mark = if self.is_varied(option) { "" } else { "# " };
                Some(format!("{mark}{name}: {sampler}{note}"))
            }
            (OptionRole::Varied | OptionRole::Possible, None) => {
                Some(format!("# {name}: []{note}"))
            }
            (OptionRole::Setting, _) if option.kind != OptionKind::Text => Some(format!(
                "# {name}: {}{note}",
                option.sampler().unwrap_or_else(|| "[]".to_owned())
            )),
            _ => None,
        }
    }

    /// Appends what there is to say of seeds.
    fn seeds(&self, text: &mut String) {
        let seed = self.options.iter().find(|option| option.role() == OptionRole::Seed);
        if let Some(seed) = seed {
            let name = string(&seed.name);
            let _ = writeln!(
                text,
                "  # Several seeds of each config:\n  # REPLICATES: 3\n  # SEED_KEY: {name}"
            );
        }
    }
}

/// Returns the form of truth values in `{{args}}`: as the program has them, if it has any.
fn bools(options: &[ScriptOption]) -> &'static str {
    let mut truths = options.iter().filter(|option| option.kind == OptionKind::Truth);
    match truths.next() {
        None => "",
        Some(first) if first.negatable || truths.any(|option| option.negatable) => " bools=no",
        Some(_) => " bools=flag",
    }
}

/// Returns what is known of an option, as a comment behind its line.
fn note(option: &ScriptOption) -> String {
    let default = option.default.as_ref().map(|value| format!("default {}", yaml::flow(value)));
    let about: String = option.about.chars().filter(|c| !c.is_control()).take(ABOUT).collect();
    let parts: Vec<String> =
        default.into_iter().chain(Some(about).filter(|it| !it.is_empty())).collect();
    if parts.is_empty() { String::new() } else { format!("    # {}", parts.join("; ")) }
}

/// Writes a text as YAML, for a line or within brackets.
fn string(text: &str) -> String {
    yaml::flow(&Value::Str(text.to_owned()))
}
