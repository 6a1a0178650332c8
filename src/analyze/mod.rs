//! `sweep_analyze`: what was collected to `analysis.html`.
//!
//! Reads `sweep.parquet` and `curves.parquet` of the sweep (and of others that are laid over it) and
//! writes one self-contained page. *Plan*: the tables ([`frame`]) and which groups of jobs are
//! studied ([`group`], [`metrics`]; the numbers are [`stats`], pure). *Run*: [`sections`], one a
//! file, their figures ([`plot`]), the page ([`page`]). *Present*: the path, and a few words.

mod compose;
pub mod curves;
pub mod frame;
pub mod group;
pub mod metrics;
pub mod network;
pub mod plot;
mod present;
pub mod sampled;
pub mod sections;
pub mod stats;
pub mod study;

use indexmap::IndexSet;
use sweep_config::{Sweep, fs};

use crate::app::{Exit, Failure, Printer};
use crate::page;
use study::Study;

/// Analyzes a sweep and writes its report.
///
/// # Errors
///
/// When nothing was collected yet, and when a file cannot be read or written. A section that cannot
/// be made costs only itself: the page says why, and the exit code is 1.
pub fn analyze(sweep: &Sweep, printer: Printer) -> Result<Exit, Failure> {
    let study = Study::read(sweep)?;
    let report = compose::page(sweep, &study);
    let html = page::render(&report)?;
    let path = sweep.dir().analysis_html();
    fs::write_atomic(&path, html.as_bytes())?;
    let warnings = report.sections.iter().flat_map(|section| &section.warnings);
    // Several sections may lack the same thing.
    let warnings: IndexSet<&str> = warnings.map(String::as_str).collect();
    if let Some(group) = study.groups().first() {
        present::present(printer, group, &study.parameters, &path, &warnings);
    }
    Ok(if warnings.is_empty() { Exit::Done } else { Exit::Incomplete })
}
