//! A sweep config, loaded, validated and complete.
//!
//! (stub: the loader is filled in by the config branch)

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::{Problems, SweepDir, Value};

/// `--set KEY.PATH=VALUE` arguments, as typed.
pub type Overrides = Vec<String>;

/// A closed interval of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The least number in it.
    pub low: f64,
    /// The greatest number in it.
    pub high: f64,
}

/// A whole sweep config. Only [`Sweep::load`] makes one, so whoever holds it holds a valid one.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// `ROOT_DIR`: where sweep directories lie.
    pub root_dir: PathBuf,
    /// `NAME`: the sweep directory below it; may hold slashes.
    pub name: String,
    /// `DESC`: what the sweep is for.
    pub desc: String,
    /// `NUM_PROC`: threads for everything but the jobs.
    pub num_proc: usize,
    /// `SETUP`.
    pub setup: Setup,
    /// `LAUNCH`.
    pub launch: Launch,
    /// `COLLECT`.
    pub collect: Collect,
    /// `ANALYZE`.
    pub analyze: Analyze,
    /// The file it was loaded from.
    pub source: PathBuf,
    /// The bytes of that file.
    pub text: String,
    /// The overrides that were applied, as typed.
    pub overrides: Overrides,
}

/// `SETUP`: how to sample the job configs.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// `NUM_CONFIGS`: how many unique configs at most.
    pub num_configs: u64,
    /// `NUM_SAMPLES`: how many candidates at most.
    pub num_samples: u64,
    /// `CHUNK_SIZE`: how many candidates a thread draws at a time; changes nothing in the result.
    pub chunk_size: u64,
    /// `RNG_SEED`.
    pub rng_seed: u64,
    /// `BASE_CFG`: the config that every job starts from.
    pub base_cfg: Value,
    /// `SAMPLERS`, in the order of the file: dotted parameter -> sampler.
    pub samplers: IndexMap<String, Sampler>,
    /// `CONSTRAINTS`.
    pub constraints: Constraints,
}

/// `SETUP.CONSTRAINTS`.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraints {
    /// `CX.FLOPS`; `None` is off. An open side is infinite.
    pub flops: Option<Interval>,
    /// `CX.PARAMS`, likewise.
    pub params: Option<Interval>,
    /// `CX.ACTS`, likewise.
    pub acts: Option<Interval>,
    /// `REGNET.NUM_STAGES`: least and greatest number of stages; of regnets only.
    pub num_stages: (u32, u32),
}

/// Draws one parameter (or, composite, several).
#[derive(Debug, Clone, PartialEq)]
pub enum Sampler {
    /// `value_sampler`: one of `VALUES`, each as likely.
    Value(Vec<Value>),
    /// `int_sampler` and `float_sampler`.
    Scalar(Law, Quantized),
    /// `list_sampler`: `LENGTH` items, each drawn on its own.
    List {
        /// How many items.
        length: usize,
        /// How each is drawn.
        item: Box<Sampler>,
    },
    /// `regnet_sampler`: the six parameters of a RegNet.
    Regnet(RegnetRanges),
}

/// The distribution of a scalar sampler (`RAND_TYPE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// `uniform`.
    Uniform,
    /// `log_uniform`.
    LogUniform,
    /// `power2_uniform`.
    Power2Uniform,
    /// `power2_or_log_uniform`.
    Power2OrLogUniform,
    /// `normal`.
    Normal,
    /// `log_normal`.
    LogNormal,
}

/// A closed range of multiples of a quantum: `RANGE` and `QUANTIZE` of a scalar sampler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantized {
    /// Of an `int_sampler`.
    Int {
        /// The least value.
        low: i64,
        /// The greatest value.
        high: i64,
        /// Values are multiples of it.
        quantum: i64,
    },
    /// Of a `float_sampler`.
    Float {
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
        /// Values are multiples of it, in decimal.
        quantum: f64,
    },
}

/// The ranges of a `regnet_sampler`; its laws and quanta are fixed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegnetRanges {
    /// `DEPTH`: uniform, quantum 1.
    pub depth: (i64, i64),
    /// `W0`: log-uniform, quantum 8.
    pub w0: (i64, i64),
    /// `WA`: log-uniform, quantum 0.1.
    pub wa: (f64, f64),
    /// `WM`: log-uniform, quantum 0.001.
    pub wm: (f64, f64),
    /// `GROUP_W`: power of two or log-uniform, quantum 8.
    pub group_w: (i64, i64),
    /// `BOT_MUL`: power of two, quantum 1/128.
    pub bot_mul: (f64, f64),
}

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

/// `COLLECT`.
#[derive(Debug, Clone, PartialEq)]
pub struct Collect {
    /// `CHECKPOINTS_KEEP`.
    pub checkpoints_keep: CheckpointsKeep,
}

/// `COLLECT.CHECKPOINTS_KEEP`: which checkpoints of a job that is done stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointsKeep {
    /// All.
    All,
    /// The last one of each job.
    Last,
    /// None.
    None,
}

/// Keeps the jobs whose metric lies in `[min, max]`; pycls's middle number is for the eye only.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// A shortcut or a dotted path.
    pub metric: String,
    /// The range to keep.
    pub keep: Interval,
}

/// Filters that must all hold.
pub type Filters = Vec<Filter>;

/// `ANALYZE` (also `ANALYSIS`): what the report shows.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "one field a key of pycls's config")]
pub struct Analyze {
    /// `METRICS`: shortcuts or dotted paths.
    pub metrics: Vec<String>,
    /// `COMPLEXITY`: likewise.
    pub complexity: Vec<String>,
    /// `PLOT_METRIC_VALUES`.
    pub plot_metric_values: bool,
    /// `PLOT_METRIC_TRENDS`.
    pub plot_metric_trends: bool,
    /// `PLOT_COMPLEXITY_VALUES`.
    pub plot_complexity_values: bool,
    /// `PLOT_COMPLEXITY_TRENDS`.
    pub plot_complexity_trends: bool,
    /// `PLOT_CURVES_BEST`: how many.
    pub plot_curves_best: usize,
    /// `PLOT_CURVES_WORST`: how many.
    pub plot_curves_worst: usize,
    /// `PLOT_MODELS_BEST`: how many.
    pub plot_models_best: usize,
    /// `PLOT_MODELS_WORST`: how many.
    pub plot_models_worst: usize,
    /// `PRE_FILTERS`.
    pub pre_filters: Filters,
    /// `SPLIT_FILTERS`: name of the split -> its filters.
    pub split_filters: IndexMap<String, Filters>,
    /// `EXTRA_SWEEP_NAMES`: other sweeps below `ROOT_DIR` to lay over.
    pub extra_sweep_names: Vec<String>,
}

impl Sweep {
    /// Loads a sweep config, applies the overrides and validates the whole.
    ///
    /// # Errors
    ///
    /// All problems of the file and the overrides at once.
    pub fn load(_path: &Path, _overrides: &[String]) -> Result<Self, Problems> {
        todo!()
    }

    /// The sweep directory.
    #[must_use]
    pub fn dir(&self) -> SweepDir {
        SweepDir::new(self.root_dir.join(&self.name))
    }
}
