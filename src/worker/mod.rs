//! Runs jobs: claims one, runs its program, records how it ended, and goes on to the next.
//!
//! Reads the job configs (`cfgs/`) and, when started by `sweep_launch`, the ledger entry
//! (`launches/000001/submission.json`); writes `logs/000017/` (`attempts.jsonl`, `stdout.log`,
//! `stderr.log` and the claim). Knows nothing of other workers but their claims, so any number of
//! them, on any number of hosts, may work on one sweep directory.
//!
//! - [`command`]: the template of the command line, and the facts that fill it,
//! - `site`, `shell`, `prelude`: where and how the command lines of one sweep run, and what comes
//!   before them,
//! - `assignment`, `domain`, `queue`, `places`: the jobs that a worker is for, and which comes next,
//! - `campaign`: what a launch wants of a job, and when a failed one is tried again (pure),
//! - `budget`: how much more a worker may do (pure),
//! - `inbox`: signals to the worker and the end of its program, in one place to wait,
//! - `process`, `guard`, `leftovers`: the program's processes, and that none outlives its worker,
//! - `attempt`, `watch`: one start of a program, from its claim to its record,
//! - `output`, `cause`, `memory`, `verdict`: how it ended, and why,
//! - `breaker`: a launch whose jobs all fail in the same way is stopped,
//! - `task`, `deadline`, `warning`, `progress`: a task of SLURM's, its end, who is warned before, and
//!   whether anything came of it,
//! - `pack`, `binding`: several jobs of a task side by side, each with its share of it,
//! - `environment`: what jobs run on,
//! - [`hooks`], `scheduler`: what a worker asks of the cluster that it runs on, and how SLURM is asked,
//! - `run`, `work`: one worker from its start to its exit code, and the loop over its jobs,
//! - `report`: what it tells.

mod assignment;
mod attempt;
mod binding;
mod breaker;
mod budget;
mod campaign;
mod cause;
pub mod command;
mod deadline;
mod domain;
mod environment;
mod event;
mod guard;
pub mod hooks;
mod inbox;
mod leftovers;
mod memory;
mod output;
mod pack;
mod places;
mod prelude;
mod process;
mod progress;
mod queue;
mod report;
mod run;
mod scheduler;
mod shell;
mod site;
mod task;
mod verdict;
mod warning;
mod watch;
mod work;

pub use event::Event;
pub use guard::guard;
pub use prelude::prelude;
pub use run::{Options, run};
pub use shell::Shell;
pub use site::Site;
pub use warning::tell;
