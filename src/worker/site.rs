//! Where and how the jobs of one sweep run: all that is the same for each of them.

use std::path::Path;

use sweep_config::records::SetupRecord;
use sweep_config::{JobId, Sweep, SweepDir, fs, yaml};

use super::command::{Command, Facts};
use super::shell::Shell;
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
    sweep_dir: String,
    sweep_name: String,
    mode: String,
    python_path: Option<String>,
}

impl Site {
    /// The site of a sweep.
    ///
    /// # Errors
    ///
    /// When the command's template is wrong, `CODE_DIR` is no directory, or there is no conda for
    /// `CONDA_ENV`.
    pub fn new(sweep: &Sweep) -> Result<Self, Failure> {
        let launch = &sweep.launch;
        let dir = SweepDir::new(absolute(sweep.dir().path())?);
        let here = launch.code_dir.as_os_str().is_empty();
        let code_dir = if here { Path::new(".") } else { &launch.code_dir };
        if !code_dir.is_dir() {
            let message = format!("LAUNCH.CODE_DIR: `{}` is no directory", code_dir.display());
            return Err(Failure::usage(message, "name the directory that the command is run in"));
        }
        let code_dir = text(&absolute(code_dir)?)?;
        let default = launch.command.trim().is_empty();
        Ok(Self {
            sweep_dir: text(dir.path())?,
            dir,
            python_path: default.then(|| python_path(&code_dir)),
            code_dir,
            command: Command::parse(&launch.command)?,
            shell: Shell::new(&launch.conda_env)?,
            time_limit: launch.time_limit,
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
        let kept = self.kept()?;
        if usize::try_from(kept) != Ok(jobs.len()) {
            return Err(Failure::Damaged {
                message: format!(
                    "`{}` holds {} job configs, but sweep_setup wrote {kept}",
                    self.dir.cfgs().display(),
                    jobs.len()
                ),
                hint: Some(
                    "run `sweep_setup` again (an `--extend` that was cut short: once more), or restore \
                     the files"
                        .into(),
                ),
            });
        }
        Ok(jobs)
    }

    fn kept(&self) -> Result<u64, Failure> {
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
        Ok(record.kept)
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
        variables.extend(self.python_path.clone().map(|path| ("PYTHONPATH", path)));
        variables
    }
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
