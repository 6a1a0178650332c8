//! `sweep_analyze`: what was collected to `analysis.html`.
//!
//! Reads `sweep.parquet` and `curves.parquet` of the sweep (and of others that are laid over it) and
//! writes one self-contained page. *Plan*: which populations there are ([`population`]), and the
//! numbers ([`stats`], pure). *Run*: the sections, one a file. *Present*: the page, and a few words.

mod compose;
pub mod frame;
pub mod metric;
pub mod plot;
pub mod population;
mod present;
pub mod report;
pub mod sections;
pub mod stats;

use sweep_config::{Sweep, fs};

use crate::app::{Exit, Failure, Printer};
use population::Population;

/// Analyzes a sweep and writes its report.
///
/// # Errors
///
/// When nothing was collected yet, and when a file cannot be read or written. A section that cannot
/// be made costs only itself: the page says why, and the exit code is 1.
pub fn analyze(sweep: &Sweep, printer: Printer) -> Result<Exit, Failure> {
    let dir = sweep.dir();
    let main = Population::load(&sweep.name, dir.clone(), sweep)?;
    let page = compose::page(sweep, &main);
    let html = report::render(&page).map_err(|error| Failure::Damaged {
        message: format!("the report's template is damaged: {error}"),
        hint: None,
    })?;
    fs::write_atomic(&dir.analysis_html(), html.as_bytes())?;
    let warnings: Vec<&str> =
        page.sections.iter().flat_map(|section| &section.warnings).map(String::as_str).collect();
    present::present(printer, &main, &dir.analysis_html(), &warnings);
    Ok(if warnings.is_empty() { Exit::Done } else { Exit::Incomplete })
}
