//! Defines the arguments of the binaries of the stages: each has its own to parse, and `sweepkit` knows all of them, for
//! its help, completions and man pages. Each hands over to its stage, whose business it is what they ask for.

mod analyze;
mod collect;
mod figure;
mod launch;
mod setup;
mod worker;

pub use analyze::AnalyzeArgs;
pub use collect::CollectArgs;
pub use figure::FigureArgs;
pub use launch::LaunchArgs;
pub use setup::SetupArgs;
pub use worker::{WorkerArgs, run_worker};
