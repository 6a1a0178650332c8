//! Runs the jobs of a sweep that are not done.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::app::{self, SweepArgs};
use sweepkit::launch::{self, QueueAction};

/// Run the jobs of a sweep that are not done
///
/// On this machine, or by SLURM: then it hands them over and ends.
///
/// Exit codes: 0 all of them are done (SLURM: submitted), 1 some are not, 2 wrong command line or config, 3 SLURM said
/// no, 4 the file system failed or the sweep directory is damaged.
#[derive(Debug, Parser)]
#[command(version)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a command line")]
struct LaunchArgs {
    #[command(flatten)]
    sweep: SweepArgs,

    /// Launch without asking
    #[arg(long, short)]
    yes: bool,

    /// Show what would run, with the scripts for SLURM, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Run only these jobs of those that are not done: `3,7-9`
    #[arg(long, value_name = "JOBS")]
    only: Option<launch::JobNumbers>,

    /// Run only those in this state (`failed`, `timed-out`, …; may be given several times)
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    state: Vec<String>,

    /// Run only those of whose config this is true: `'OPTIM.BASE_LR > 1'`
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<launch::ConfigCondition>,

    /// Run K jobs first, the largest networks among them; the others only if these are done
    #[arg(long, value_name = "K", default_value_t = 0, hide_default_value = true)]
    canary: usize,

    /// Copy `LAUNCH.CODE_DIR` anew, after showing what changes
    #[arg(long)]
    refresh_code: bool,

    /// Cancel what this sweep has in SLURM's queue, and nothing else
    #[arg(long, group = "verb")]
    cancel: bool,

    /// Have SLURM start no more of the tasks that wait
    #[arg(long, group = "verb")]
    hold: bool,

    /// Have SLURM start them after all
    #[arg(long, group = "verb")]
    release: bool,
}

impl LaunchArgs {
    fn options(&self) -> launch::LaunchOptions {
        let actions = [
            (self.cancel, QueueAction::Cancel),
            (self.hold, QueueAction::Hold),
            (self.release, QueueAction::Release),
        ];
        launch::LaunchOptions {
            yes: self.yes,
            dry_run: self.dry_run,
            selection: launch::JobSelection {
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

fn main() -> ExitCode {
    let args = LaunchArgs::parse();
    app::run(|| launch::run(&args.sweep.load()?, &args.options(), args.sweep.printer()))
}
