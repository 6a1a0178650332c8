//! The parts that all binaries share: global flags, messages, exit codes, progress, numbers in text.

mod args;
mod clock;
mod confirm;
mod exit;
mod failure;
mod fnv;
mod job_numbers;
pub(crate) mod num;
mod path;
mod printer;
pub mod progress;
mod serve_address;
pub(crate) mod sweep_source;
#[cfg(feature = "analysis")]
pub(crate) mod sweep_walk;
pub(crate) mod tail;
mod text;
pub mod units;
mod visible;

pub use args::SweepArgs;
pub use clock::{host_name, now, unix_seconds};
pub use confirm::confirm;
pub use exit::Exit;
pub use failure::{Failure, run};
pub use fnv::FnvHasher;
pub use job_numbers::JobNumbers;
pub use path::{find_program, this_program};
pub use printer::Printer;
pub use serve_address::ServeAddress;
pub use text::{CALLED_AS, command, count, counts_by_reason, listed, ranges, thousands};
pub use units::span;
#[cfg(any(test, feature = "fuzzing"))]
pub use visible::check_visible;
pub(crate) use visible::visible;
pub use visible::visible_line;

/// The version that the records name.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
