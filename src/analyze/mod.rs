//! `sweep_analyze`: what was collected to `analysis.html`.
//!
//! Reads `sweep.parquet` and `curves.parquet` of the sweep (and of others that are laid over it) and
//! writes one self-contained page. *Plan*: the tables ([`frame`]) and which groups of jobs are
//! studied ([`group`], [`metrics`]; the numbers are [`stats`], pure). *Run*: [`sections`], one a
//! file, their figures ([`plot`]), the page ([`page`]). *Present*: the path, and a few words.

pub mod column;
mod compose;
pub mod curves;
pub mod data;
pub mod digest;
mod figures;
pub mod frame;
pub mod group;
pub mod matters;
pub mod metrics;
pub mod network;
pub mod origin;
pub mod parameters;
mod parquet_file;
pub mod plot;
mod present;
mod raster;
pub mod sampled;
pub mod sections;
pub mod stats;
pub mod study;

use std::path::PathBuf;

use indexmap::IndexSet;
use sweep_config::{Sweep, fs};

use crate::app::{Exit, Failure, Printer};
use crate::page;
use digest::digest;
use study::Study;

/// What `sweep_analyze` does besides the page.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Print the digest.
    pub summary: bool,
    /// Print the digest as JSON.
    pub json: bool,
    /// Where each figure goes as a file.
    pub figures: Option<PathBuf>,
    /// Further sweeps to lay over, beside those that the config names.
    pub also: Vec<Sweep>,
}

/// Analyzes a sweep and writes its report.
///
/// # Errors
///
/// When nothing was collected yet, and when a file cannot be read or written. A section that cannot
/// be made costs only itself: the page says why, and the exit code is 1.
pub fn analyze(sweep: &Sweep, options: &Options, printer: Printer) -> Result<Exit, Failure> {
    let study = Study::read(sweep, &options.also)?;
    let report = compose::page(sweep, &study);
    let html = page::render(&report)?;
    let path = sweep.dir().analysis_html();
    fs::write_atomic(&path, html.as_bytes())?;
    if let Some(directory) = &options.figures {
        figures::write(directory, &report, printer)?;
    }
    let warnings = report.sections.iter().flat_map(|section| &section.warnings);
    // Several sections may lack the same thing.
    let warnings: IndexSet<&str> = warnings.map(String::as_str).collect();
    let groups = study.groups();
    if options.summary || options.json {
        let named = warnings.iter().map(|warning| (*warning).to_owned()).collect();
        let digest = digest(&groups, named, path.display().to_string());
        present::digest(printer, &digest, options.json);
    } else if let Some(group) = groups.first() {
        present::present(printer, group, &path, &warnings);
    }
    Ok(if warnings.is_empty() { Exit::Done } else { Exit::Incomplete })
}
