//! The report's figures as files.

use std::path::Path;

use sweep_config::fs;

use crate::app::{Failure, Printer, count};
use crate::page::{Page, standalone};

/// Writes each figure of the page as `SECTION.svg`, or `SECTION-1.svg`, `SECTION-2.svg`, … where a
/// section has several, into a directory that is made if need be.
///
/// # Errors
///
/// When a file cannot be written.
pub(super) fn write(directory: &Path, page: &Page, printer: Printer) -> Result<(), Failure> {
    fs::create_dir_all(directory)?;
    let mut written = 0;
    for section in &page.sections {
        let grids = section.grids.iter().flat_map(|grid| &grid.figures);
        let figures: Vec<String> = section
            .distribution
            .iter()
            .map(|distribution| &distribution.svg)
            .chain(grids.map(|figure| &figure.svg))
            .filter_map(|svg| standalone(svg))
            .collect();
        let several = figures.len() > 1;
        for (i, svg) in figures.iter().enumerate() {
            let number = if several { format!("-{}", i + 1) } else { String::new() };
            let path = directory.join(format!("{}{number}.svg", section.id));
            fs::write_atomic(&path, svg.as_bytes())?;
            written += 1;
        }
    }
    let figures = count(written, "figure");
    printer.note(format_args!("{figures} in {}", directory.display()));
    Ok(())
}
