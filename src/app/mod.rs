//! What the binaries share: global flags, messages, exit codes, progress.

mod args;
mod clock;
mod confirm;
mod exit;
mod failure;
mod fnv;
mod path;
mod printer;
pub mod progress;
mod text;

pub use args::SweepArgs;
pub use clock::{host_name, now, span, unix_seconds};
pub use confirm::confirm;
pub use exit::Exit;
pub use failure::{Failure, run};
pub use fnv::Fnv;
pub use path::find_program;
pub use printer::Printer;
pub use text::{command, count, ranges, thousands};

/// The version that the records name.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
