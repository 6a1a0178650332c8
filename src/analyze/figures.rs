//! Writes the report's figures as files: SVG to work on, PNG for print.

use std::path::Path;

use rayon::prelude::*;
use sweep_config::fs;

use super::raster::PngRasterizer;
use crate::app::{Failure, Printer, count};
use crate::page::{EdfSample, FigureKey, FigureView, PageSection, PageView, standalone};

/// Writes each figure of the page as `SECTION.svg` and `SECTION.png`, or `SECTION-1`, `SECTION-2`, …
/// where a section has several, into a directory that is made if need be.
///
/// # Errors
///
/// If a file cannot be written.
pub(super) fn write(directory: &Path, page: &PageView, printer: Printer) -> Result<(), Failure> {
    fs::create_dir_all(directory)?;
    let figures: Vec<(String, String)> = page.sections.iter().flat_map(named).collect();
    let rasterizer = PngRasterizer::new();
    figures.par_iter().try_for_each(|(name, svg)| {
        fs::write_atomic(&directory.join(format!("{name}.svg")), svg.as_bytes())?;
        let path = directory.join(format!("{name}.png"));
        let png = rasterizer.png(svg).map_err(|error| Failure::Damaged {
            message: format!("{} cannot be drawn: {error}", path.display()),
            hint: Some("the SVG file next to it is complete".to_owned()),
        })?;
        Ok::<(), Failure>(fs::write_atomic(&path, &png)?)
    })?;
    let figures = count(figures.len(), "figure");
    printer.note(format_args!("{figures} in {}", directory.display()));
    Ok(())
}

/// Returns the figures of a section as `(name, SVG)`, the name without an extension.
fn named(section: &PageSection) -> Vec<(String, String)> {
    let grids = section.grids.iter().flat_map(|grid| &grid.figures);
    let distribution = section.distribution.iter();
    let figures: Vec<String> = distribution
        .map(|distribution| (&distribution.svg, curves(&distribution.samples)))
        .chain(grids.map(|figure| (&figure.svg, legend(figure))))
        .filter_map(|(svg, keys)| standalone(svg, &keys))
        .collect();
    let several = figures.len() > 1;
    let name = |i| if several { format!("{}-{}", section.id, i + 1) } else { section.id.clone() };
    figures.into_iter().enumerate().map(|(i, svg)| (name(i), svg)).collect()
}

/// Returns the keys of a figure and its heading, which may name a job, as the first of them.
fn legend(figure: &FigureView) -> Vec<FigureKey> {
    let heading = FigureKey { class: String::new(), text: figure.heading.clone() };
    let heading = Some(heading).filter(|heading| !heading.text.is_empty());
    heading.into_iter().chain(figure.keys.iter().cloned()).collect()
}

/// Returns the keys of an EDF's curves, which the page has in a table; none for a single curve.
fn curves(samples: &[EdfSample]) -> Vec<FigureKey> {
    let key =
        |sample: &EdfSample| FigureKey { class: sample.class.clone(), text: sample.name.clone() };
    if samples.len() > 1 { samples.iter().map(key).collect() } else { Vec::new() }
}
