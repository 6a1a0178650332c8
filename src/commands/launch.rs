//! The arguments of `sweep_launch`.

use std::process::ExitCode;

use clap::Parser;

use crate::app::{self, SweepArgs};
use crate::launch::{self, ConfigCondition, JobNumbers, JobSelection, LaunchOptions, QueueAction};

const EXAMPLES: &str = "\
Examples:
  sweep_launch sweep.yaml                      show what will run, ask, run it
  sweep_launch sweep.yaml --dry-run            show it, with the scripts for SLURM, and change nothing
  sweep_launch sweep.yaml --canary 3 --yes     three jobs first, the others if these are done
  sweep_launch sweep.yaml --state failed       only what failed
  sweep_launch sweep.yaml --where 'lr < 0.1'   only these configs

Start here: `sweep_setup` comes first, `sweep_collect` says how it goes. `sweepkit` shows where the present folder
stands. docs/guide/start.md, and docs/guide/slurm.md for clusters.";

/// Run the jobs of a sweep that are not done
///
/// On this machine, or by SLURM: then it hands them over and ends.
///
/// Exit codes: 0 all of them are done (SLURM: submitted), 1 some are not, 2 wrong command line or config, 3 SLURM said
/// no, 4 the file system failed or the sweep directory is damaged.
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

    /// Show what would run, with the scripts for SLURM, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Run only these jobs of those that are not done: `3,7-9`
    #[arg(long, value_name = "JOBS")]
    pub only: Option<JobNumbers>,

    /// Run only those in this state (`failed`, `timed-out`, …; may be given several times)
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub state: Vec<String>,

    /// Run only those of whose config this is true: `'OPTIM.BASE_LR > 1'`
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<ConfigCondition>,

    /// Run K jobs first, the largest networks among them; the others only if these are done
    #[arg(long, value_name = "K", default_value_t = 0, hide_default_value = true)]
    pub canary: usize,

    /// Copy `LAUNCH.CODE_DIR` anew, after showing what changes
    #[arg(long)]
    pub refresh_code: bool,

    /// Cancel what this sweep has in SLURM's queue, and nothing else
    #[arg(long, group = "verb")]
    pub cancel: bool,

    /// Have SLURM start no more of the tasks that wait
    #[arg(long, group = "verb")]
    pub hold: bool,

    /// Have SLURM start them after all
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
