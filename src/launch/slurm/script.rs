//! The batch script of a job array (pure, but for reading a template of the user's own).

use std::path::Path;

use handlebars::Handlebars;
use serde::Serialize;
use sweep_config::records::JobArray;
use sweep_config::{LaunchConfig, fs};

use super::options::options;
use crate::app::{Failure, count};

const OURS: &str = include_str!("../../../templates/sbatch.sh.hbs");

/// The fields that a template may use.
#[derive(Debug, Serialize)]
struct ScriptFields<'a> {
    /// A description in one line.
    title: String,
    /// Each `--name=value` that belongs behind an `#SBATCH`.
    options: Vec<String>,
    /// The lines before the worker: modules, variables, the conda environment, the user's commands.
    prelude: &'a str,
    /// The worker's command line, quoted for the shell.
    worker: String,
    sweep: &'a str,
    part: u32,
    tasks: u32,
}

/// Renders the scripts of a submission; its fields are common to all of them.
#[derive(Debug)]
pub(super) struct ScriptRenderer<'a> {
    pub(super) launch: &'a LaunchConfig,
    /// `NAME` of the sweep.
    pub(super) sweep: &'a str,
    /// The number of the submission, `000001`.
    pub(super) submission: String,
    /// The directory of SLURM's own output.
    pub(super) logs: &'a Path,
    pub(super) prelude: &'a str,
    /// Nodes that failed in the submission before.
    pub(super) bad_nodes: &'a [String],
    /// The shortest time limit of a task in minutes, if it is known.
    pub(super) time_limit: Option<u64>,
    /// The worker's command line without the number of the array.
    pub(super) worker: Vec<String>,
}

impl ScriptRenderer<'_> {
    /// Renders the script of each array.
    ///
    /// # Errors
    ///
    /// When the user's template cannot be read, is wrong, or names what does not exist.
    pub(super) fn render(&self, parts: &[JobArray]) -> Result<Vec<String>, Failure> {
        let own = &self.launch.slurm.template;
        let (name, template) = if own.as_os_str().is_empty() {
            ("templates/sbatch.sh.hbs".to_owned(), OURS.to_owned())
        } else {
            (own.display().to_string(), fs::read_to_string(own)?)
        };
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        registry.register_template_string(&name, &template).map_err(|e| {
            let (line, column) = e.pos().unwrap_or((1, 1));
            wrong(&name, line, column, &e.reason().to_string())
        })?;
        parts
            .iter()
            .map(|part| {
                registry.render(&name, &self.fields(part, parts.len())?).map_err(|e| {
                    let (line, column) = (e.line_no.unwrap_or(1), e.column_no.unwrap_or(1));
                    wrong(&name, line, column, &e.reason().to_string())
                })
            })
            .collect()
    }

    fn fields(&self, part: &JobArray, parts: usize) -> Result<ScriptFields<'_>, Failure> {
        let jobs: usize = part.jobs.iter().map(|(first, last)| (last - first) as usize + 1).sum();
        let title = format!(
            "Sweep {}, submission {}, part {} of {parts}: {} in {}{}.",
            one_line(self.sweep),
            self.submission,
            part.number + 1,
            count(jobs, "job"),
            count(part.tasks as usize, "task"),
            if part.canary { ", the canary" } else { "" },
        );
        let number = part.number.to_string();
        let words = self.worker.iter().map(String::as_str).chain(["--part", &number]);
        let worker = shlex::try_join(words).map_err(|_| {
            Failure::usage(
                "the worker's command line contains a NUL character",
                "rename the directory",
            )
        })?;
        Ok(ScriptFields {
            title,
            options: options(part, self.launch, self.time_limit, (self.logs, self.bad_nodes))?,
            prelude: self.prelude.trim_end(),
            worker,
            sweep: self.sweep,
            part: part.number,
            tasks: part.tasks,
        })
    }
}

/// Replaces control characters by blanks: a comment of the script must not continue on its next line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn wrong(template: &str, line: usize, column: usize, what: &str) -> Failure {
    Failure::usage(
        format!("LAUNCH.TEMPLATE `{template}`, line {line}, column {column}: {what}"),
        "a template may use `options`, `prelude`, `worker`, `title`, `sweep`, `part` and `tasks`; start from \
         templates/sbatch.sh.hbs",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::tests::launch;

    fn render(launch: &LaunchConfig) -> Result<Vec<String>, Failure> {
        let words = ["/opt/sweep worker", "--sweep-cfg", "/sweeps/it's/sweep_cfg.yaml"];
        let part = JobArray {
            number: 0,
            name: "s-000001-0-abcd".into(),
            partition: "debug".into(),
            tasks: 2,
            parallel: 1,
            slots: 1,
            quota: 1,
            jobs: vec![(0, 0), (5, 5)],
            canary: false,
        };
        let scripts = ScriptRenderer {
            launch,
            sweep: "digits/plain\nrm -rf /",
            submission: "000001".into(),
            logs: Path::new("/sweeps/s/logs/sbatch"),
            prelude: "export A='b c'\n",
            bad_nodes: &[],
            time_limit: launch.time_limit,
            worker: words.map(str::to_owned).to_vec(),
        };
        scripts.render(&[part])
    }

    #[test]
    fn a_script_reads_well_and_quotes_everything() {
        let launch = launch("NUM_GPUS: 0\nCPUS_PER_GPU: 1\nMEM_PER_GPU: 1\nTIME_LIMIT: 5");
        insta::assert_snapshot!(render(&launch).unwrap()[0]);
    }

    #[test]
    fn a_template_of_the_users_own_is_taken_and_a_misspelt_field_in_it_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("own.hbs");
        let with = |text: &str| {
            fs::write_atomic(&path, text.as_bytes()).unwrap();
            render(&launch(&format!("TEMPLATE: {}", path.display())))
        };
        let script =
            with("#!/bin/sh\n{{#each options}}\n#SBATCH {{this}}\n{{/each}}\n{{worker}}\n");
        assert!(script.unwrap()[0].starts_with("#!/bin/sh\n#SBATCH --job-name="));
        let message = with("#!/bin/sh\n#SBATCH --time={{time_limt}}\n").unwrap_err().to_string();
        assert!(message.contains("line 2") && message.contains("time_limt"), "{message}");
        assert!(with("{{#each}").unwrap_err().to_string().contains("line 1"));
    }
}
