//! Writes the report's figures as files: SVG to work on, PNG for print.

use std::path::Path;

use rayon::prelude::*;
use sweep_config::fs;

use super::raster::png;
use super::typeface::FigureTypeface;
use crate::app::{Failure, Printer, count};
use crate::page::{
    EdfSample, FigureKey, FigureLook, FigureView, PageSection, PageView, standalone,
};

/// A figure of the page.
pub(super) struct NamedFigure<'a> {
    /// Its name: that of its section, with a number if the section has several figures.
    pub(super) name: String,
    /// The section.
    pub(super) section: &'a PageSection,
    /// Its heading; may be empty.
    pub(super) heading: &'a str,
    /// The SVG element.
    pub(super) svg: &'a str,
    /// The meanings of its colours, its heading before them.
    pub(super) keys: Vec<FigureKey>,
}

/// Writes each figure of the page as `SECTION.svg` and `SECTION.png`, or `SECTION-1`, `SECTION-2`, …
/// where a section has several, into a directory that is made if need be.
///
/// # Errors
///
/// If a file cannot be written.
pub(super) fn write(directory: &Path, page: &PageView, printer: Printer) -> Result<(), Failure> {
    fs::create_dir_all(directory)?;
    let look = FigureLook::default();
    let svg =
        |figure: NamedFigure<'_>| Some((figure.name, standalone(figure.svg, &figure.keys, &look)?));
    let figures: Vec<(String, String)> = all(page).into_iter().filter_map(svg).collect();
    let typeface = FigureTypeface::built_in();
    figures.par_iter().try_for_each(|(name, svg)| {
        fs::write_atomic(&directory.join(format!("{name}.svg")), svg.as_bytes())?;
        let path = directory.join(format!("{name}.png"));
        let drawn = typeface.tree(svg).map_err(Into::into).and_then(|tree| png(&tree));
        let drawn = drawn.map_err(|error| Failure::Damaged {
            message: format!("{} cannot be drawn: {error}", path.display()),
            hint: Some("the SVG file next to it is complete".to_owned()),
        })?;
        Ok::<(), Failure>(fs::write_atomic(&path, &drawn)?)
    })?;
    let figures = count(figures.len(), "figure");
    printer.note(format_args!("{figures} in {}", directory.display()));
    Ok(())
}

/// Returns the figures of a page, in its order.
pub(super) fn all(page: &PageView) -> Vec<NamedFigure<'_>> {
    page.sections.iter().flat_map(of_section).collect()
}

fn of_section(section: &PageSection) -> Vec<NamedFigure<'_>> {
    let grids = section.grids.iter().flat_map(|grid| &grid.figures);
    let distribution = section.distribution.iter();
    let figures: Vec<(&str, &str, Vec<FigureKey>)> = distribution
        .map(|distribution| ("", distribution.svg.as_str(), curves(&distribution.samples)))
        .chain(grids.map(|figure| (figure.heading.as_str(), figure.svg.as_str(), legend(figure))))
        .filter(|(_, svg, _)| !svg.is_empty())
        .collect();
    let several = figures.len() > 1;
    let name = |i| if several { format!("{}-{}", section.id, i + 1) } else { section.id.clone() };
    let named =
        |(i, (heading, svg, keys))| NamedFigure { name: name(i), section, heading, svg, keys };
    figures.into_iter().enumerate().map(named).collect()
}

/// Returns the keys of a figure and its heading, which may name a job, as the first of them.
fn legend(figure: &FigureView) -> Vec<FigureKey> {
    let heading = FigureKey::plain(figure.heading.clone());
    let heading = Some(heading).filter(|heading| !heading.text.is_empty());
    heading.into_iter().chain(figure.keys.iter().cloned()).collect()
}

/// Returns the keys of an EDF's curves, which the page has in a table; none for a single curve.
fn curves(samples: &[EdfSample]) -> Vec<FigureKey> {
    let key =
        |sample: &EdfSample| FigureKey { class: sample.class.clone(), text: sample.name.clone() };
    if samples.len() > 1 { samples.iter().map(key).collect() } else { Vec::new() }
}
