//! `sweep_analyze`: turns what was collected into `analysis.html`.
//!
//! Reads `sweep.parquet` and `curves.parquet` of the sweep (and of others that are laid over it) and
//! writes one self-contained page. *Plan*: the tables ([`population`], `frame`) and which groups of jobs are
//! studied ([`group`], `metrics`; the numbers are [`stats`], pure). *Run*: [`sections`], one a
//! file, their figures ([`plot`]), the page ([`page`]). *Present*: the path, and a few words.

mod categories;
mod compose;
mod configs;
mod curves;
mod data;
mod digest;
mod fate;
mod figures;
mod filtering;
mod findings;
mod frame;
mod fronts;
pub mod group;
mod importance;
mod leaders;
mod lineage;
mod median_curves;
mod metrics;
mod middle;
mod network;
mod origin;
mod paper;
mod parameters;
mod pdf;
pub mod plot;
pub mod population;
mod present;
mod priors;
mod raster;
mod sampled;
pub mod sections;
mod selection;
mod selection_step;
pub mod stats;
mod study;
mod tunability;
mod tuning;
mod typeface;
mod unknown_values;
mod value_groups;
pub mod value_order;
mod verdict;

use std::path::PathBuf;

use indexmap::IndexSet;
use sweep_config::{Sweep, fs};

use crate::app::{Exit, Failure, Printer};
use crate::page;
use digest::digest;
use findings::ReportFindings;
pub use paper::FigureRequest;
use study::Study;

/// The output of `sweep_analyze` besides the page, and further sweeps.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Print the digest.
    pub summary: bool,
    /// Print the digest as JSON.
    pub json: bool,
    /// The directory that each figure is written to as a file.
    pub figures: Option<PathBuf>,
    /// The one figure to write instead of the report.
    pub figure: Option<FigureRequest>,
    /// Further sweeps to lay over, beside those that the config names.
    pub also: Vec<Sweep>,
}

/// Returns the report of a sweep as a page that is served, beside the sweeps that its config names; `number` counts its
/// reports.
///
/// # Errors
///
/// When nothing was collected yet, and when a file cannot be read.
pub fn served_page(sweep: &Sweep, number: &str) -> Result<String, Failure> {
    let study = Study::read(sweep, &[])?;
    let findings = ReportFindings::of(sweep, &study);
    let report = compose::page(&sweep.masked(), &study, &findings);
    let html = page::render_served(&report, number)?;
    Ok(sweep.secret_values().masked(&html).into_owned())
}

/// Analyzes a sweep and writes its report.
///
/// # Errors
///
/// When nothing was collected yet, and when a file cannot be read or written. A section that cannot
/// be made costs only itself: the page says why, and the exit code is 1.
pub fn analyze(sweep: &Sweep, options: &Options, printer: Printer) -> Result<Exit, Failure> {
    let study = Study::read(sweep, &options.also)?;
    let findings = ReportFindings::of(sweep, &study);
    if let Some(request) = &options.figure {
        return paper::write((sweep, &options.also), (&study, &findings), request, printer);
    }
    let report = compose::page(&sweep.masked(), &study, &findings);
    let mut html = page::render(&report)?;
    for known in std::iter::once(sweep).chain(&options.also) {
        html = known.secret_values().masked(&html).into_owned();
    }
    let path = sweep.dir().analysis_html();
    fs::write_atomic(&path, html.as_bytes())?;
    if let Some(directory) = &options.figures {
        figures::write(directory, &report, printer)?;
    }
    let warnings = report.sections.iter().flat_map(|section| &section.warnings);
    // Several sections may lack the same thing.
    let warnings: IndexSet<&str> = warnings.map(String::as_str).collect();
    if options.summary || options.json {
        let named = warnings.iter().map(|warning| (*warning).to_owned()).collect();
        let digest = digest(&findings, named, path.display().to_string());
        present::digest(printer, &digest, options.json);
    } else {
        present::present(printer, &findings, &path, &warnings);
    }
    Ok(if warnings.is_empty() { Exit::Done } else { Exit::Incomplete })
}
