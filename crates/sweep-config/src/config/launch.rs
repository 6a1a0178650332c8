//! `LAUNCH`: how to run the jobs.

use std::path::PathBuf;

use super::section::Section;

/// `LAUNCH`: how to run the jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// `MODE` (also `RUN_MODE` at the top): passed on to the program.
    pub mode: String,
    /// `COMMAND`: the template of a job's command line; empty for pycls's own.
    pub command: String,
    /// `EXECUTOR`.
    pub executor: Executor,
    /// `CODE_DIR`: the directory that jobs run in; empty for the one of the call.
    pub code_dir: PathBuf,
    /// `PARALLEL_JOBS`: how many jobs at once.
    pub parallel_jobs: usize,
    /// `LOCAL_WORKERS`: workers of the local executor; 0 for `PARALLEL_JOBS`, capped by the cores.
    pub local_workers: usize,
    /// `MAX_RETRY`: how often a job that failed is started again.
    pub max_retry: u32,
    /// `TIME_LIMIT`: of one attempt, in minutes.
    pub time_limit: u64,
    /// `CONDA_ENV`: the environment to activate; empty for none.
    pub conda_env: String,
    /// `COMMENT` for sbatch.
    pub comment: String,
    /// `NUM_GPUS` of a job.
    pub num_gpus: u32,
    /// `CPUS_PER_GPU`.
    pub cpus_per_gpu: u32,
    /// `MEM_PER_GPU` in GB.
    pub mem_per_gpu: u32,
    /// `PARTITION`.
    pub partition: String,
    /// `GPU_TYPE`: a feature that nodes must have.
    pub gpu_type: String,
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

const EXECUTORS: [(&str, Executor); 3] =
    [("auto", Executor::Auto), ("slurm", Executor::Slurm), ("local", Executor::Local)];

pub(super) fn decode(section: Section<'_>) -> Launch {
    // pycls still knows this key and ignores it, with what it holds.
    let _ = section.get("SCRIPT");
    let conda_prefix = std::env::var("CONDA_PREFIX").unwrap_or_default();
    let launch = Launch {
        mode: section.text("MODE", "train"),
        command: section.text("COMMAND", ""),
        executor: section.one_of("EXECUTOR", &EXECUTORS, Executor::Auto),
        code_dir: section.text("CODE_DIR", "").into(),
        parallel_jobs: section.whole("PARALLEL_JOBS", 1, 128),
        local_workers: section.whole("LOCAL_WORKERS", 0, 0),
        max_retry: section.whole("MAX_RETRY", 0, 3),
        time_limit: section.whole("TIME_LIMIT", 1, 4200),
        conda_env: section.text("CONDA_ENV", &conda_prefix),
        comment: section.text("COMMENT", ""),
        num_gpus: section.whole("NUM_GPUS", 0, 1),
        cpus_per_gpu: section.whole("CPUS_PER_GPU", 1, 10),
        mem_per_gpu: section.whole("MEM_PER_GPU", 1, 60),
        partition: section.text("PARTITION", "learnfair"),
        gpu_type: section.text("GPU_TYPE", "volta"),
    };
    section.finish();
    launch
}
