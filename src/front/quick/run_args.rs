//! The arguments of `sweepkit run`.

use clap::{ArgGroup, Args};

const EXAMPLES: &str = "\
Examples:
  sweepkit run --param lr=log:1e-4:1e-1 --param opt=sgd,adam --param depth=int:1:8 \\
      --jobs 32 --maximize val_acc -- python train.py {{args}}
  sweepkit run study.py:Study --jobs 64 --workers 4
  sweepkit run --grid --param lr=0.1,0.01 --param amp=true,false --minimize val_loss \\
      -- python train.py '{{args bools=flag}}' --out {{out_dir}}

{{args}} becomes `--lr=0.01 --opt=sgd --depth=3`. For {{hydra_args}}, {{cfg}} (the path of a YAML file), {{lr}} and
more, see docs/guide/start.md. Run the same command again to continue; add configs with more --jobs. The metric is
one that your program prints (`val_acc: 0.93`) or logs as CSV, JSON lines, TensorBoard, ... An experiment in one Python file
(docs/guide/experiment.md) brings its parameters, command and metric with it.";

/// Run a whole sweep from the command line, up to the report
///
/// Writes a sweep config to the current directory, sets up the sweep, runs the jobs, collects their logs and writes the
/// report. Prints the path of the report. Exit code 1: some work is left, as the output explains.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("objective").args(["maximize", "minimize", "experiment"]).required(true).multiple(true))]
pub(crate) struct RunArgs {
    /// A parameter and its values (`opt=sgd,adam`), or its distribution and range: `lr=log:1e-4:1e-1`; also `uniform`,
    /// `int`, `log_int`, `power2`, `normal`, `log_normal`; `depth=int:2:8:2` has step 2 (repeatable)
    #[arg(
        long = "param",
        short,
        value_name = "NAME=SPACE",
        required_unless_present = "experiment"
    )]
    pub(super) params: Vec<String>,

    /// The number of configs to sample
    #[arg(long, short, value_name = "N", required_unless_present_any = ["grid", "experiment"],
        value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(super) jobs: Option<u64>,

    /// Run every combination of the values instead
    #[arg(long, conflicts_with = "jobs")]
    pub(super) grid: bool,

    /// Let the results choose the next configs (`STRATEGY: tpe`) after the first 10; --jobs is the budget
    #[arg(long, conflicts_with = "grid", requires = "jobs")]
    pub(super) tune: bool,

    /// Rank jobs by this metric, higher is better
    #[arg(long, value_name = "METRIC", conflicts_with = "minimize")]
    pub(super) maximize: Option<String>,

    /// Rank jobs by this metric, lower is better
    #[arg(long, value_name = "METRIC")]
    pub(super) minimize: Option<String>,

    /// The name of the sweep [default: derived from the parameters, metric and command]
    #[arg(long, short, value_name = "NAME")]
    pub(super) name: Option<String>,

    /// The number of seeds per config; each is a job
    #[arg(long, value_name = "K", default_value_t = 1, hide_default_value = true,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) seeds: u32,

    /// The parameter that receives the seed
    #[arg(long, value_name = "NAME", default_value = "seed")]
    pub(super) seed_key: String,

    /// The number of jobs to run at once [default: one per core]
    #[arg(long, short, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) workers: Option<u32>,

    /// Run the jobs on SLURM instead of this machine
    #[arg(long)]
    pub(super) slurm: bool,

    /// Override one key of the sweep config, e.g. `--set LAUNCH.PARTITION=gpu` (repeatable)
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    pub(super) overrides: Vec<String>,

    /// An experiment in one Python file, in place of a command; --param replaces the space of a field
    #[arg(value_name = "FILE.py:CLASS", conflicts_with = "command")]
    pub(super) experiment: Option<String>,

    /// The description of the experiment, on standard input: `-`
    #[arg(long, hide = true, requires = "experiment", value_parser = ["-"])]
    pub(super) sketch: Option<String>,

    /// The command of a job, with {{args}} in place of its parameters
    #[arg(last = true, required_unless_present = "experiment", value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}
