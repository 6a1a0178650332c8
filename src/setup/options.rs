//! The options of `sweep_setup`.

use std::path::PathBuf;

/// The options of a setup.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct SetupOptions {
    /// Print the record as JSON.
    pub json: bool,
    /// Write nothing.
    pub dry_run: bool,
    /// Print the distribution of each parameter.
    pub preview: bool,
    /// Write the distributions to this file, as a page.
    pub html: Option<PathBuf>,
    /// Append so many new configs to those that are there.
    pub extend: Option<u64>,
    /// Append where the design space has changed, and write more configs than anybody asked for, without asking.
    pub yes: bool,
    /// Other sweeps whose results stand for the same jobs of this one.
    pub reuse: Vec<PathBuf>,
    /// Values that jobs are made of in turn, `KEY=a,b`.
    pub sweeps: Vec<String>,
}
