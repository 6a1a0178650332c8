//! Runs jobs: claims one, runs its program, records how it ended, and goes on to the next.
//!
//! Reads the job configs (`cfgs/`) and, when started by `sweep_launch`, the ledger entry
//! (`launches/000001/submission.json`); writes `logs/000017/` (`attempts.jsonl`, `stdout.log`,
//! `stderr.log` and the claim). Knows nothing of other workers but their claims, so any number of
//! them, on any number of hosts, may work on one sweep directory.
//!
//! - [`command`]: the template of the command line, and the facts that fill it,
//! - `queue`: which job comes next, and when a failed one is tried again (pure),
//! - `process`, `guard`, `leftovers`: the program's processes, and that none outlives its worker,
//! - `attempt`: one start of a program, from its claim to its record,
//! - `work`: the loop over all jobs.

mod attempt;
pub mod command;
mod event;
mod guard;
mod inbox;
mod leftovers;
mod process;
mod queue;
mod shell;
mod site;
mod verdict;
mod work;

pub use event::Event;
pub use guard::guard;
pub use queue::Campaign;
pub use shell::{Shell, find_program};
pub use site::Site;
pub use work::{Options, run};
