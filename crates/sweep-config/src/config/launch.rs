//! `LAUNCH`: how to run the jobs.

use std::path::PathBuf;

use super::section::ConfigSection;
use super::slurm::{self, SlurmOptions};
use crate::named::named;

/// `LAUNCH`: how to run the jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct LaunchConfig {
    /// `MODE` (also `RUN_MODE` at the top): passed on to the program.
    pub mode: String,
    /// `COMMAND`: the template of a job's command line; empty for pycls's own, which needs jobs of pycls's.
    pub command: String,
    /// `EXECUTOR`.
    pub executor: Executor,
    /// `CODE_DIR`: the directory that is copied to `code/`, where the jobs run; empty to run them in
    /// the directory of the call, without a copy.
    pub code_dir: PathBuf,
    /// `CODE_MAX_MB`: how much that copy may hold, in millions of bytes.
    pub code_max_mb: u64,
    /// `PARALLEL_JOBS`: how many jobs at once.
    pub parallel_jobs: usize,
    /// `LOCAL_WORKERS`: workers of the local executor; 0 for `PARALLEL_JOBS`, capped by the cores.
    pub local_workers: usize,
    /// `MAX_RETRY`: how often a job that failed is started again.
    pub max_retry: u32,
    /// `MAX_REQUEUE`: how often a job that ran into the time limit goes on.
    pub max_requeue: u32,
    /// `MAX_SAME_FAILURES`: how many jobs may fail in the same way before any is done; 0 for any
    /// number.
    pub max_same_failures: usize,
    /// `TIME_LIMIT`: of one attempt, in minutes; under SLURM, of a task, which else has its partition's own.
    pub time_limit: Option<u64>,
    /// `SIGNAL`: the name of the warning before the time limit, without `SIG`; empty for none.
    pub signal: String,
    /// `SIGNAL_BEFORE`: how many seconds before the limit it is sent.
    pub signal_before: u64,
    /// `CONDA_ENV`: the environment to activate; empty for none.
    pub conda_env: String,
    /// `MODULES` to load.
    pub modules: Vec<String>,
    /// `ENV`: variables of the jobs' environment.
    pub env: Vec<(String, String)>,
    /// `KEEP_ALIVE`: whether the command is started once for many jobs, which it is handed one by one.
    pub keep_alive: bool,
    /// `PRE_COMMANDS`: lines of shell before the first job.
    pub pre_commands: Vec<String>,
    /// `MAX_GPU_HOURS` that a launch may cost; 0 for any number.
    pub max_gpu_hours: f64,
    /// The resources that SLURM is asked for.
    pub slurm: SlurmOptions,
    /// The packing of jobs into tasks.
    pub packing: JobPacking,
}

impl LaunchConfig {
    /// Returns how many seconds before the end of its task a program is warned: `SIGNAL_BEFORE`, but not
    /// before half of the time limit, in minutes, is over.
    #[must_use]
    pub fn warning_seconds(&self, time_limit: Option<u64>) -> u64 {
        let half = time_limit.map_or(u64::MAX, |minutes| minutes.saturating_mul(30));
        self.signal_before.min(half)
    }
}

/// The packing of jobs into the tasks of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPacking {
    /// `JOBS_PER_TASK`: how many a task runs, one after the other.
    pub jobs_per_task: u32,
    /// The number of jobs that a task runs side by side: `PARALLEL_PER_TASK`, or `JOBS_PER_GPU` times `NUM_GPUS`.
    pub parallel: u32,
}

/// `LAUNCH.EXECUTOR`: what runs the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Executor {
    /// SLURM where `sbatch` is found, else this machine.
    Auto,
    /// SLURM.
    Slurm,
    /// This machine.
    Local,
}

named!(pub Executor { Auto = "auto", Slurm = "slurm", Local = "local" });

/// Longer than any machine runs, short enough that no sum of times overflows.
const MINUTES_OF_TEN_YEARS: i64 = 10 * 366 * 24 * 60;

/// SLURM's own names of its signals are those of the system.
const SIGNALS: [(&str, &str); 7] = [
    ("USR1", "USR1"),
    ("USR2", "USR2"),
    ("TERM", "TERM"),
    ("INT", "INT"),
    ("HUP", "HUP"),
    ("CONT", "CONT"),
    ("", ""),
];

pub(super) fn decode(section: ConfigSection<'_>) -> LaunchConfig {
    // pycls still knows this key and ignores it, with what it holds.
    let _ = section.get("SCRIPT");
    let conda_prefix = std::env::var("CONDA_PREFIX").unwrap_or_default();
    let per_gpu = section.whole("JOBS_PER_GPU", 0..=4096, 0);
    let slurm = slurm::decode(&section, per_gpu);
    let launch = LaunchConfig {
        mode: section.text("MODE", "train"),
        command: section.text("COMMAND", ""),
        executor: section.one_of("EXECUTOR", Executor::NAMED, Executor::Auto),
        code_dir: section.place("CODE_DIR"),
        code_max_mb: section.whole("CODE_MAX_MB", 1..=1_000_000, 200),
        parallel_jobs: section.whole("PARALLEL_JOBS", 1..=100_000, 128),
        local_workers: section.whole("LOCAL_WORKERS", 0..=4096, 0),
        max_retry: section.whole("MAX_RETRY", 0..=10_000, 3),
        max_requeue: section.whole("MAX_REQUEUE", 0..=10_000, 100),
        max_same_failures: section.whole("MAX_SAME_FAILURES", 0..=100_000, 10),
        time_limit: section.whole_unless_zero("TIME_LIMIT", MINUTES_OF_TEN_YEARS),
        signal: section.one_of("SIGNAL", &SIGNALS, "USR1").to_owned(),
        signal_before: section.whole("SIGNAL_BEFORE", 1..=65_535, 300),
        conda_env: section.text("CONDA_ENV", &conda_prefix),
        modules: section.texts("MODULES", &[]),
        env: variables(&section),
        keep_alive: keep_alive(&section, &slurm),
        pre_commands: section.texts("PRE_COMMANDS", &[]),
        max_gpu_hours: section.at_least("MAX_GPU_HOURS", 0.0, 0.0),
        packing: packing(&section, &slurm, per_gpu),
        slurm,
    };
    section.finish();
    launch
}

/// Decodes the variables by name, in the order of the file.
fn variables(section: &ConfigSection<'_>) -> Vec<(String, String)> {
    let Some(given) = section.get("ENV") else { return Vec::new() };
    let mut variables = Vec::new();
    for (name, value) in given.section().all() {
        if !is_variable(name) {
            value.problem(format!("`{name}` is not a valid variable name"), None);
        }
        variables.extend(value.text().map(|value| (name.to_owned(), value)));
    }
    variables
}

/// `srun` has no pipe to each of several processes.
fn keep_alive(section: &ConfigSection<'_>, slurm: &SlurmOptions) -> bool {
    let keep_alive = section.flag("KEEP_ALIVE", false);
    if keep_alive && slurm.needs_srun() {
        let message =
            "a program that is kept alive cannot use several nodes or processes for a job";
        let hint = "set either NODES and TASKS_PER_NODE, or this".to_owned();
        section.problem("KEEP_ALIVE", message, Some(hint));
    }
    keep_alive
}

fn is_variable(name: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit())
}

/// Jobs side by side share GPUs; a job of several processes has its task to itself.
fn packing(section: &ConfigSection<'_>, slurm: &SlurmOptions, per_gpu: u32) -> JobPacking {
    let per_task: u32 = section.whole("PARALLEL_PER_TASK", 1..=4096, 1);
    let by_gpu = per_gpu.saturating_mul(slurm.num_gpus);
    if per_gpu > 0 && (by_gpu == 0 || (section.has("PARALLEL_PER_TASK") && per_task != by_gpu)) {
        let message = format!(
            "is {per_gpu}, which with NUM_GPUS {} contradicts PARALLEL_PER_TASK {per_task}",
            slurm.num_gpus
        );
        section.problem("JOBS_PER_GPU", message, Some("give one of the two".to_owned()));
    }
    let parallel = if by_gpu > 0 { by_gpu } else { per_task };
    if parallel > 1 && slurm.needs_srun() {
        let message = format!(
            "jobs that share a task ({parallel} at once) cannot use several nodes or processes each"
        );
        section.problem(
            "PARALLEL_PER_TASK",
            message,
            Some("set either NODES and TASKS_PER_NODE, or this".to_owned()),
        );
    }
    JobPacking { jobs_per_task: section.whole("JOBS_PER_TASK", 1..=1_000_000, 1), parallel }
}
