//! The command line of a worker, on this machine and in a SLURM task.

use std::path::{Path, PathBuf};

use sweep_config::{SubmissionId, Sweep, escape_variables};

use crate::app::Failure;
use crate::runtime::JobContext;

/// The call that makes a worker see the same sweep as this launch does, wherever that was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WorkerCall {
    pub(super) program: PathBuf,
    pub(super) args: Vec<String>,
}

impl WorkerCall {
    /// Returns the command line for the jobs of a submission.
    ///
    /// # Errors
    ///
    /// When `sweep_worker` does not lie beside this program.
    pub(super) fn new(
        sweep: &Sweep,
        context: &JobContext,
        submission: SubmissionId,
    ) -> Result<Self, Failure> {
        let me = std::env::current_exe().unwrap_or_default();
        let program = me.with_file_name("sweep_worker");
        if !program.is_file() {
            let message = format!("`{}` is missing", program.display());
            return Err(Failure::usage(message, "install all sweepkit binaries together"));
        }
        Ok(Self { program, args: args(sweep, context, submission) })
    }

    /// Returns program and arguments.
    pub(super) fn words(self) -> Vec<String> {
        let program = self.program.to_string_lossy().into_owned();
        std::iter::once(program).chain(self.args).collect()
    }
}

fn args(sweep: &Sweep, context: &JobContext, submission: SubmissionId) -> Vec<String> {
    let root = std::path::absolute(&sweep.root_dir).unwrap_or_else(|_| sweep.root_dir.clone());
    let root = format!("ROOT_DIR={}", place(&root));
    let sets = sweep.overrides.iter().cloned().chain(replaced(sweep)).chain([root]);
    let cfg = context.dir.submission_cfg(submission).to_string_lossy().into_owned();
    let mut args = vec!["--sweep-cfg".to_owned(), cfg];
    args.extend(sets.flat_map(|set| ["--set".to_owned(), set]));
    args.extend(["--launch".to_owned(), submission.to_string()]);
    args
}

/// Returns the overrides for keys in which `~` or variables were replaced: the node may know others.
fn replaced(sweep: &Sweep) -> Vec<String> {
    let launch = &sweep.launch;
    let value = |key: &str| match key {
        "LAUNCH.CODE_DIR" => Some(place(&launch.code_dir)),
        "LAUNCH.TEMPLATE" => Some(place(&launch.slurm.template)),
        "LAUNCH.EXTRA" => {
            let options: Vec<String> = launch.slurm.extra.iter().map(|it| quoted(it)).collect();
            Some(format!("[{}]", options.join(", ")))
        }
        _ => None,
    };
    sweep.replaced.iter().filter_map(|key| Some(format!("{key}={}", value(key)?))).collect()
}

fn place(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// Quotes a text as JSON, which is YAML too: one that holds `: ` or ` #` stays one text, and a `$` itself.
fn quoted(text: &str) -> String {
    serde_json::Value::from(escape_variables(text)).to_string()
}
