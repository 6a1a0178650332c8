//! The options of `sweep_setup`.

use std::path::PathBuf;

/// The options of a setup.
#[derive(Debug, Clone, Default)]
pub struct SetupOptions {
    /// Print the record as JSON.
    pub json: bool,
    /// Write nothing.
    pub dry_run: bool,
    /// Print the distribution of each parameter.
    pub preview: bool,
    /// Write the distributions to this file, as a page.
    pub html: Option<PathBuf>,
    /// Append configs to those that are there.
    pub extend: Option<ExtendRequest>,
    /// Other sweeps whose results stand for the same jobs of this one.
    pub reuse: Vec<PathBuf>,
    /// Values that jobs are made of in turn, `KEY=a,b`.
    pub sweeps: Vec<String>,
}

/// A request for more configs of a sweep.
#[derive(Debug, Clone, Copy)]
pub struct ExtendRequest {
    /// The number of new configs.
    pub by: u64,
    /// Append without asking where the design space has changed.
    pub yes: bool,
}
