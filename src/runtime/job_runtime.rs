//! Where and how the jobs of one sweep run: all that is the same for each of them.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use sweep_config::records::SetupRecord;
use sweep_config::{JobId, SlurmOptions, Sweep, SweepDir, fs, yaml};

use super::command::{Command, Facts};
use super::shell::Shell;
use super::signal::signal_by_name;
use crate::app::Failure;

/// Everything that a job needs beside its number.
#[derive(Debug)]
pub struct Site {
    /// The sweep directory, absolute.
    pub dir: SweepDir,
    /// The directory that programs run in, absolute.
    pub code_dir: String,
    /// The command line's template.
    pub command: Command,
    /// The shell that it is for.
    pub shell: Shell,
    /// `TIME_LIMIT` in minutes.
    pub time_limit: u64,
    /// How a program is told that its task ends.
    pub(crate) warning: Warning,
    /// The variables that bind a program to its share of the task.
    pub(crate) binding: Vec<(&'static str, String)>,
    /// What starts a job of several processes; empty for a job of one.
    pub(crate) srun: Vec<String>,
    sweep_dir: String,
    sweep_name: String,
    mode: String,
    python_path: Option<String>,
}

/// The warning before the end of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Warning {
    pub(crate) before: Duration,
    /// None where the user wants no warning.
    pub(crate) signal: Option<Signal>,
}

impl Site {
    /// The site of a launch: `CODE_DIR` will be copied to `code/` before its jobs run there.
    ///
    /// # Errors
    ///
    /// When the command's template is wrong, `CODE_DIR` is no directory, or there is no conda for
    /// `CONDA_ENV`.
    pub fn new(sweep: &Sweep) -> Result<Self, Failure> {
        let code_dir = &sweep.launch.code_dir;
        if code_dir.as_os_str().is_empty() {
            return Self::in_dir(sweep, Path::new("."), Shell::new(&sweep.launch)?);
        }
        if !code_dir.is_dir() {
            let message = format!("LAUNCH.CODE_DIR: `{}` is no directory", code_dir.display());
            return Err(Failure::usage(message, "name the directory that the command is run in"));
        }
        Self::in_dir(sweep, &sweep.dir().code(), Shell::new(&sweep.launch)?)
    }

    /// The site of a worker that was started by hand: the copy of the code where there is one.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn by_hand(sweep: &Sweep) -> Result<Self, Failure> {
        let site = Self::new(sweep)?;
        if Path::new(&site.code_dir).is_dir() {
            return Ok(site);
        }
        Self::in_dir(sweep, &sweep.launch.code_dir, site.shell)
    }

    /// The site of jobs that run in this directory, by this shell.
    ///
    /// # Errors
    ///
    /// When the command's template is wrong, or a path is no text.
    pub fn in_dir(sweep: &Sweep, code_dir: &Path, shell: Shell) -> Result<Self, Failure> {
        let launch = &sweep.launch;
        let dir = SweepDir::new(absolute(sweep.dir().path())?);
        let code_dir = text(&absolute(code_dir)?)?;
        let default = launch.command.trim().is_empty();
        Ok(Self {
            sweep_dir: text(dir.path())?,
            dir,
            python_path: default.then(|| python_path(&code_dir)),
            code_dir,
            command: Command::parse(&launch.command)?,
            shell,
            time_limit: launch.time_limit,
            warning: Warning {
                before: Duration::from_secs(launch.warning_seconds()),
                signal: signal_by_name(&launch.signal),
            },
            binding: Vec::new(),
            srun: srun(&launch.slurm),
            sweep_name: sweep.name.clone(),
            mode: launch.mode.clone(),
        })
    }

    /// The jobs that were set up.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up, or not to the end.
    pub fn jobs(&self) -> Result<Vec<JobId>, Failure> {
        let (jobs, kept) = self.jobs_and_kept()?;
        if kept == jobs.len() { Ok(jobs) } else { Err(self.mismatch(jobs.len(), kept)) }
    }

    /// As [`jobs`](Self::jobs), but configs that an extension has written and not yet announced
    /// are left out.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up, or configs are missing.
    pub(crate) fn jobs_at_least(&self) -> Result<Vec<JobId>, Failure> {
        let (mut jobs, kept) = self.jobs_and_kept()?;
        if jobs.len() < kept {
            return Err(self.mismatch(jobs.len(), kept));
        }
        jobs.truncate(kept);
        Ok(jobs)
    }

    /// The jobs behind `last` that were appended to the sweep, in order.
    ///
    /// While `sweep_setup --extend` is at work the directory may look in any way; there is nothing
    /// new then.
    pub(crate) fn appended(&self, last: Option<JobId>) -> Vec<JobId> {
        let mut jobs = self.jobs_at_least().unwrap_or_default();
        jobs.retain(|job| Some(*job) > last);
        jobs
    }

    fn jobs_and_kept(&self) -> Result<(Vec<JobId>, usize), Failure> {
        let jobs = match self.dir.jobs() {
            Err(e) if e.is_not_found() => Vec::new(),
            jobs => jobs?,
        };
        if jobs.is_empty() {
            let message = format!("`{}` holds no job configs", self.dir.cfgs().display());
            return Err(Failure::usage(
                message,
                "run `sweep_setup` with the same --sweep-cfg first",
            ));
        }
        Ok((jobs, self.kept()?))
    }

    fn mismatch(&self, found: usize, kept: usize) -> Failure {
        Failure::Damaged {
            message: format!(
                "`{}` holds {found} job configs, but sweep_setup wrote {kept}",
                self.dir.cfgs().display(),
            ),
            hint: Some(
                "run `sweep_setup` again (an `--extend` that was cut short: once more), or restore \
                 the files"
                    .into(),
            ),
        }
    }

    fn kept(&self) -> Result<usize, Failure> {
        let path = self.dir.setup_json();
        let damaged = |what: &str| Failure::Damaged {
            message: format!("`{}` {what}", path.display()),
            hint: Some("run `sweep_setup` again".into()),
        };
        let bytes = match fs::read(&path) {
            Err(e) if e.is_not_found() => return Err(damaged("is missing")),
            bytes => bytes?,
        };
        let record: SetupRecord =
            serde_json::from_slice(&bytes).map_err(|e| damaged(&format!("is damaged: {e}")))?;
        usize::try_from(record.kept).map_err(|_| damaged("names more configs than there can be"))
    }

    /// What a program may want to know of its job.
    pub fn facts(&self, job: JobId) -> Facts {
        let utf8 = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
        Facts {
            job,
            cfg: utf8(self.dir.cfg(job)),
            out_dir: utf8(self.dir.out_dir(job)),
            mode: self.mode.clone(),
            sweep_dir: self.sweep_dir.clone(),
            code_dir: self.code_dir.clone(),
            sweep_name: self.sweep_name.clone(),
        }
    }

    /// A job's command line, what activates its environment included.
    ///
    /// # Errors
    ///
    /// When the template asks for what the job's config does not have, or the config is wrong.
    pub fn script(&self, job: JobId, facts: &Facts) -> Result<String, Failure> {
        let config = if self.command.needs_config() {
            let path = self.dir.cfg(job);
            Some(yaml::read(&path, &fs::read_to_string(&path)?)?)
        } else {
            None
        };
        Ok(self.shell.script(&self.command.render(facts, config.as_ref())?))
    }

    /// The environment of an attempt, beside the worker's own.
    pub fn variables(&self, facts: &Facts, attempt: u32) -> Vec<(&'static str, String)> {
        let mut variables = facts.variables().to_vec();
        variables.push(("SWEEP_ATTEMPT", attempt.to_string()));
        variables.extend(self.binding.iter().cloned());
        variables.extend(self.python_path.clone().map(|path| ("PYTHONPATH", path)));
        variables
    }
}

/// The words before the command line of a job that has several processes, on one node or more: all
/// of the task's nodes, the command once for each process, and all end when one fails.
fn srun(slurm: &SlurmOptions) -> Vec<String> {
    if !slurm.needs_srun() {
        return Vec::new();
    }
    let nodes = format!("--nodes={}", slurm.nodes);
    let tasks = format!("--ntasks-per-node={}", slurm.tasks_per_node);
    let cpus = format!("--cpus-per-task={}", slurm.cpus_of_process());
    ["srun", &nodes, &tasks, &cpus, "--kill-on-bad-exit=1"].map(str::to_owned).to_vec()
}

/// pycls's program imports the package that lies beside it.
fn python_path(code_dir: &str) -> String {
    match std::env::var("PYTHONPATH") {
        Ok(path) if !path.is_empty() => format!("{code_dir}:{path}"),
        _ => code_dir.to_owned(),
    }
}

fn absolute(path: &Path) -> Result<std::path::PathBuf, Failure> {
    std::path::absolute(path).map_err(|e| fs::FsError::new("find", path, e).into())
}

/// Command lines and variables are text, and a path that is none could not be put into them whole.
fn text(path: &Path) -> Result<String, Failure> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        let message = format!("the path `{}` is not UTF-8", path.display());
        Failure::usage(message, "rename the directory")
    })
}
