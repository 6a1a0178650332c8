//! The arguments of `sweep_launch`.

use std::process::ExitCode;

use clap::Parser;

use crate::app::{self, JobNumbers, SweepArgs};
use crate::launch::{self, ConfigCondition, JobSelection, LaunchOptions, QueueAction};

const EXAMPLES: &str = "\
Examples:
  sweep_launch sweep.yaml                      show what will run, ask, then run it
  sweep_launch sweep.yaml --dry-run            show what would run and the SLURM scripts; change nothing
  sweep_launch sweep.yaml --canary 3 --yes     run three jobs first, the rest if these are done
  sweep_launch sweep.yaml --state failed       run only the failed jobs
  sweep_launch sweep.yaml --where 'lr < 0.1'   run only the matching configs

Start here: run `sweep_setup` first, and check progress with `sweep_collect`. `sweepkit` alone shows the sweeps of
the current directory. More: docs/guide/start.md; for clusters, docs/guide/slurm.md.";

/// Run the unfinished jobs of a sweep
///
/// Runs them on this machine and waits, or submits them to SLURM and returns.
///
/// Exit codes: 0 all are done (SLURM: submitted), 1 some are not, 2 the command line or the config is wrong, 3 SLURM
/// refused, 4 the file system failed or the sweep directory is damaged.
#[derive(Debug, Parser)]
#[command(name = "sweep_launch", version, after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a command line")]
pub struct LaunchArgs {
    /// The sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,

    /// Launch without asking
    #[arg(long, short)]
    pub yes: bool,

    /// Show what would run, including the SLURM scripts; change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Run only these jobs, if they are unfinished: `3,7-9`
    #[arg(long, value_name = "JOBS")]
    pub only: Option<JobNumbers>,

    /// Run only jobs in this state: `failed`, `timed-out`, … (repeatable)
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub state: Vec<String>,

    /// Run only jobs whose config meets this condition: `'OPTIM.BASE_LR > 1'`
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<ConfigCondition>,

    /// Run K jobs first, including the largest networks, and the rest only if these are done
    #[arg(long, value_name = "K", default_value_t = 0, hide_default_value = true)]
    pub canary: usize,

    /// Copy `LAUNCH.CODE_DIR` again, after showing what changes
    #[arg(long)]
    pub refresh_code: bool,

    /// Cancel this sweep's tasks in the SLURM queue; launch nothing
    #[arg(long, group = "verb")]
    pub cancel: bool,

    /// Hold this sweep's waiting tasks in the SLURM queue
    #[arg(long, group = "verb")]
    pub hold: bool,

    /// Release held tasks
    #[arg(long, group = "verb")]
    pub release: bool,
}

impl LaunchArgs {
    /// Does what they ask for.
    #[must_use]
    pub fn run(self) -> ExitCode {
        app::run(|| launch::run(&self.sweep.load_to_run()?, &self.options(), self.sweep.printer()))
    }

    fn options(&self) -> LaunchOptions {
        let actions = [
            (self.cancel, QueueAction::Cancel),
            (self.hold, QueueAction::Hold),
            (self.release, QueueAction::Release),
        ];
        LaunchOptions {
            yes: self.yes,
            dry_run: self.dry_run,
            selection: JobSelection {
                only: self.only.clone(),
                states: self.state.clone(),
                condition: self.condition.clone(),
            },
            canary: self.canary,
            refresh_code: self.refresh_code,
            action: actions.into_iter().find(|(given, _)| *given).map(|(_, action)| action),
        }
    }
}
