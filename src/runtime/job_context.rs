//! Holds what is the same for all jobs of one sweep: where and how they run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use sweep_config::records::{SetupRecord, refuse_newer};
use sweep_config::{JobFormat, JobId, LaunchConfig, SlurmOptions, Sweep, SweepDir, Value, fs};

use super::command::{CommandFacts, CommandTemplate};
use super::shell::JobShell;
use super::signal::{signal_by_name, signal_name};
use crate::app::Failure;

/// Everything that a job needs besides its number.
#[derive(Debug)]
pub struct JobContext {
    /// The sweep directory, as an absolute path.
    pub dir: SweepDir,
    /// The directory that programs run in, as an absolute path.
    pub code_dir: String,
    /// The template of the command line.
    pub command: CommandTemplate,
    /// The shell that runs the command line.
    pub shell: JobShell,
    /// `TIME_LIMIT`, in minutes.
    pub time_limit: Option<u64>,
    /// When and how a program is warned that its task ends.
    pub(crate) warning: DeadlineWarning,
    /// The variables that bind a program to its share of the task.
    pub(crate) binding: Vec<(&'static str, String)>,
    /// `KEEP_ALIVE`: one program runs one job after another.
    pub(crate) keep_alive: bool,
    /// The words that start a job of several processes; empty for a job of one process.
    pub(crate) srun: Vec<String>,
    sweep_dir: String,
    sweep_name: String,
    mode: String,
    python_path: Option<String>,
}

/// The warning before the end of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeadlineWarning {
    pub(crate) before: Duration,
    /// The signal; none where the user wants no warning.
    pub(crate) signal: Option<Signal>,
}

impl JobContext {
    /// Returns the context of a launch, which copies `CODE_DIR` to `code/` before jobs run there.
    ///
    /// # Errors
    ///
    /// When the template of the command is wrong or missing, `CODE_DIR` is no directory, or there is no
    /// conda for `CONDA_ENV`.
    pub fn new(sweep: &Sweep) -> Result<Self, Failure> {
        let launch = &sweep.launch;
        let (command, code_dir) = (check_command(sweep), check_code_dir(&launch.code_dir));
        let template = template(launch).map(drop);
        let shell = match JobShell::new(launch) {
            Ok(shell) if command.is_ok() && code_dir.is_ok() && template.is_ok() => shell,
            shell => {
                let faults = [command, code_dir, template, shell.map(drop)];
                let faults = faults.into_iter().filter_map(Result::err);
                return Err(Failure::together(CANNOT_START, faults).expect_err("one is wrong"));
            }
        };
        if launch.code_dir.as_os_str().is_empty() {
            return Self::in_dir(sweep, Path::new("."), shell);
        }
        Self::in_dir(sweep, &sweep.dir().code(), shell)
    }

    /// Returns the context of a worker that was started by hand: it uses the copy of the code if
    /// there is one.
    ///
    /// # Errors
    ///
    /// Fails where [`new`](Self::new) fails.
    pub fn by_hand(sweep: &Sweep) -> Result<Self, Failure> {
        let context = Self::new(sweep)?;
        if Path::new(&context.code_dir).is_dir() {
            return Ok(context);
        }
        Self::in_dir(sweep, &sweep.launch.code_dir, context.shell)
    }

    /// Returns the context of jobs that run in this directory, by this shell.
    ///
    /// # Errors
    ///
    /// When the template of the command is wrong, or a path is not UTF-8.
    pub fn in_dir(sweep: &Sweep, code_dir: &Path, shell: JobShell) -> Result<Self, Failure> {
        let launch = &sweep.launch;
        let dir = SweepDir::new(absolute(sweep.dir().path())?);
        let code_dir = path_text(&absolute(code_dir)?)?;
        let default = launch.command.trim().is_empty();
        Ok(Self {
            sweep_dir: path_text(dir.path())?,
            dir,
            python_path: default.then(|| python_path(&code_dir)),
            code_dir,
            command: template(launch)?,
            shell,
            time_limit: launch.time_limit,
            warning: DeadlineWarning {
                before: Duration::from_secs(launch.warning_seconds(launch.time_limit)),
                signal: signal_by_name(&launch.signal),
            },
            binding: Vec::new(),
            keep_alive: launch.keep_alive,
            srun: srun(&launch.slurm),
            sweep_name: sweep.name.clone(),
            mode: launch.mode.clone(),
        })
    }

    /// Returns the jobs that were set up.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up, or not completely.
    pub fn jobs(&self) -> Result<Vec<JobId>, Failure> {
        let (jobs, kept) = self.jobs_and_kept_count()?;
        if kept == jobs.len() { Ok(jobs) } else { Err(self.mismatch(jobs.len(), kept)) }
    }

    /// Returns the jobs as [`jobs`](Self::jobs) does, without configs that an extension has written
    /// and not yet announced.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up, or configs are missing.
    pub(crate) fn jobs_at_least(&self) -> Result<Vec<JobId>, Failure> {
        let (mut jobs, kept) = self.jobs_and_kept_count()?;
        if jobs.len() < kept {
            return Err(self.mismatch(jobs.len(), kept));
        }
        jobs.truncate(kept);
        Ok(jobs)
    }

    /// Returns the jobs after `last` that were appended to the sweep, in order.
    ///
    /// While `sweep_setup --extend` runs, the directory may be in any state; no job counts as new
    /// then.
    pub(crate) fn appended_jobs(&self, last: Option<JobId>) -> Vec<JobId> {
        let mut jobs = self.jobs_at_least().unwrap_or_default();
        jobs.retain(|job| Some(*job) > last);
        jobs
    }

    fn jobs_and_kept_count(&self) -> Result<(Vec<JobId>, usize), Failure> {
        let list = || match self.dir.jobs() {
            Err(e) if e.is_not_found() => Ok(Vec::new()),
            jobs => jobs,
        };
        let jobs = list()?;
        if jobs.is_empty() {
            let message = format!("`{}` contains no job configs", self.dir.cfgs().display());
            return Err(Failure::usage(
                message,
                "run `sweep_setup` with the same sweep config first",
            ));
        }
        let kept = self.kept_count()?;
        // Some may have been appended in between.
        Ok((if jobs.len() < kept { list()? } else { jobs }, kept))
    }

    fn mismatch(&self, found: usize, kept: usize) -> Failure {
        Failure::Damaged {
            message: format!(
                "`{}` contains {found} job configs, but sweep_setup wrote {kept}",
                self.dir.cfgs().display(),
            ),
            hint: Some(
                "run `sweep_setup` again (with `--extend` if that was interrupted), or restore the files"
                    .into(),
            ),
        }
    }

    fn kept_count(&self) -> Result<usize, Failure> {
        let path = self.dir.setup_json();
        let damaged = |what: &str| Failure::Damaged {
            message: format!("`{}` {what}", path.display()),
            hint: Some("run `sweep_setup` again".into()),
        };
        let bytes = match fs::read(&path) {
            Err(e) if e.is_not_found() => return Err(damaged("is missing")),
            bytes => bytes?,
        };
        refuse_newer(&path, &bytes)?;
        let record: SetupRecord =
            serde_json::from_slice(&bytes).map_err(|e| damaged(&format!("is damaged: {e}")))?;
        usize::try_from(record.kept).map_err(|_| damaged("names more configs than there can be"))
    }

    /// Returns the facts about a job that its program may need.
    pub fn facts(&self, job: JobId) -> CommandFacts {
        let utf8 = |path: PathBuf| path.to_string_lossy().into_owned();
        CommandFacts {
            job,
            cfg: utf8(self.dir.cfg(job)),
            cfg_json: utf8(self.dir.cfg_json(job)),
            cfg_toml: utf8(self.dir.cfg_toml(job)),
            out_dir: utf8(self.dir.out_dir(job)),
            mode: self.mode.clone(),
            sweep_dir: self.sweep_dir.clone(),
            code_dir: self.code_dir.clone(),
            sweep_name: self.sweep_name.clone(),
        }
    }

    /// Returns a job's command line, with the commands that prepare its environment.
    ///
    /// # Errors
    ///
    /// When the template names what the job's config does not have, or the config is wrong.
    pub fn script(&self, job: JobId, facts: &CommandFacts) -> Result<String, Failure> {
        let config = self.config(job)?;
        let params = if self.command.needs_params() { self.params()? } else { Vec::new() };
        if let Some(config) = &config {
            self.command.converted(config)?;
        }
        Ok(self.shell.script(&self.command.render(facts, config.as_ref(), &params)?))
    }

    /// Returns the config of a job, if the command needs it.
    fn config(&self, job: JobId) -> Result<Option<Value>, Failure> {
        if !self.command.needs_config() {
            return Ok(None);
        }
        Ok(Some(JobFormat::read_file(&self.dir.cfg(job))?))
    }

    /// Returns the files that the command names beside the job's config, which are to be written before it runs.
    ///
    /// # Errors
    ///
    /// When the config is wrong, or holds what a format cannot.
    pub(crate) fn converted_configs(&self, job: JobId) -> Result<Vec<(PathBuf, String)>, Failure> {
        let Some(config) = self.config(job)? else { return Ok(Vec::new()) };
        let converted = self.command.converted(&config)?;
        Ok(converted
            .into_iter()
            .map(|(format, text)| (format.path(&self.dir, job), text))
            .collect())
    }

    /// Returns the dotted paths of the parameters that were sampled, derived or given for the jobs.
    fn params(&self) -> Result<Vec<String>, Failure> {
        let path = self.dir.setup_json();
        match SetupRecord::read(&path)? {
            Some(record) if !record.params.is_empty() || !record.rounds.is_empty() => {
                Ok(record.params)
            }
            _ => {
                let message = format!("`{}` does not list the sampled parameters", path.display());
                Err(Failure::usage(
                    message,
                    "set up the sweep again, or write the parameters one by one in LAUNCH.COMMAND",
                ))
            }
        }
    }

    /// Returns the variables of an attempt that differ between attempts.
    pub fn variables_of_attempt(
        &self,
        facts: &CommandFacts,
        attempt: u32,
    ) -> Vec<(&'static str, String)> {
        let mut variables = facts.variables_of_job().to_vec();
        variables.push(("SWEEP_ATTEMPT", attempt.to_string()));
        variables
    }

    /// Returns the variables that all attempts of one worker share, beside the worker's own environment.
    pub fn shared_variables(&self, facts: &CommandFacts) -> Vec<(&'static str, String)> {
        let mut variables = facts.shared_variables().to_vec();
        if let Some(signal) = self.warning.signal.and_then(signal_name) {
            variables.push(("SWEEP_SIGNAL", signal.to_owned()));
        }
        variables.extend(self.binding.iter().cloned());
        variables.extend(self.python_path.clone().map(|path| ("PYTHONPATH", path)));
        variables
    }
}

/// The heading of several reasons for which nothing can be started.
pub(crate) const CANNOT_START: &str = "this sweep cannot be launched";

fn check_code_dir(code_dir: &Path) -> Result<(), Failure> {
    if code_dir.as_os_str().is_empty() || code_dir.is_dir() {
        return Ok(());
    }
    let message = format!("LAUNCH.CODE_DIR: `{}` is not a directory", code_dir.display());
    Err(Failure::usage(message, "set it to the directory that the command runs in"))
}

/// Refuses a sweep that says not what to run, unless its jobs are pycls's, whose program is known.
fn check_command(sweep: &Sweep) -> Result<(), Failure> {
    if !sweep.launch.command.trim().is_empty() || sweep.setup.is_for_pycls() {
        return Ok(());
    }
    let hint = "set it, for example `COMMAND: python train.py --cfg {{cfg}} --out {{out_dir}}`; only pycls \
        jobs (SETUP.DEFAULTS: pycls, or a pycls model as MODEL.TYPE in BASE_CFG) have a default";
    Err(Failure::usage("LAUNCH.COMMAND is missing: it is the command line of each job", hint))
}

/// Returns the template of the command, which must be the same for all jobs of a program that is kept alive.
fn template(launch: &LaunchConfig) -> Result<CommandTemplate, Failure> {
    let template = CommandTemplate::parse(&launch.command)?;
    if launch.keep_alive {
        template.refuse_job_names()?;
    }
    Ok(template)
}

/// Returns the words before the command line of a job of several processes: `srun` uses all nodes
/// of the task, starts the command once per process, and ends all processes when one fails.
fn srun(slurm: &SlurmOptions) -> Vec<String> {
    if !slurm.needs_srun() {
        return Vec::new();
    }
    let nodes = format!("--nodes={}", slurm.nodes);
    let tasks = format!("--ntasks-per-node={}", slurm.tasks_per_node);
    let cpus = slurm.cpus_of_process().map(|cpus| format!("--cpus-per-task={cpus}"));
    let begin = ["srun".to_owned(), nodes, tasks];
    begin.into_iter().chain(cpus).chain(["--kill-on-bad-exit=1".to_owned()]).collect()
}

/// Returns the `PYTHONPATH` for pycls's program, which imports the package beside it.
fn python_path(code_dir: &str) -> String {
    match std::env::var("PYTHONPATH") {
        Ok(path) if !path.is_empty() => format!("{code_dir}:{path}"),
        _ => code_dir.to_owned(),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|e| fs::FsError::new("find", path, e).into())
}

/// Returns a path as text, since command lines and variables are text.
fn path_text(path: &Path) -> Result<String, Failure> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        let message = format!("the path `{}` is not UTF-8", path.display());
        Failure::usage(message, "rename the directory")
    })
}
