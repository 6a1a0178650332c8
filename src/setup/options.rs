//! The options of `sweep_setup`.

use std::path::PathBuf;

use sweep_config::SweepDir;

use crate::app::JobNumbers;

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
    /// Append the points of these files; `-` is stdin.
    pub add: Vec<PathBuf>,
    /// Append so many further replicates of the configs that are there.
    pub extend_replicates: Option<u32>,
    /// The jobs whose configs get further replicates; all by default.
    pub only: Option<JobNumbers>,
    /// Append where the design space has changed, and write more configs than anybody asked for, without asking.
    pub yes: bool,
    /// Other sweeps whose results stand for the same jobs of this one.
    pub reuse: Vec<PathBuf>,
    /// Values that jobs are made of in turn, `KEY=a,b`.
    pub sweeps: Vec<String>,
}

impl SetupOptions {
    /// Returns true if jobs are appended to those of a sweep; points of one that is yet to be set up are not.
    pub(crate) fn appends_to(&self, dir: &SweepDir) -> bool {
        let extends = self.extend.is_some() || self.extend_replicates.is_some();
        extends || (!self.add.is_empty() && dir.setup_json().exists())
    }
}
