//! Writes one figure for a paper: in its width, with its text in the size that is asked for, as SVG, PDF or PNG.

use std::path::{Path, PathBuf};

use sweep_config::{Sweep, fs};

use super::compose;
use super::figures::{self, NamedFigure};
use super::findings::ReportFindings;
use super::pdf::pdf;
use super::raster::png;
use super::study::Study;
use super::typeface::FigureTypeface;
use crate::app::num::whole;
use crate::app::{Exit, Failure, Printer};
use crate::page::figure::{FigureCanvas, FigurePaper, smallest_text};
use crate::page::{FigureKey, FigureLook, PageView, extent, standalone};

/// The name that stands for the names of all figures.
const LIST: &str = "list";
/// The size of text that is still read on paper, in points.
const LEGIBLE: f64 = 6.0;

/// A figure that is written instead of the report.
#[derive(Debug, Clone, Default)]
pub struct FigureRequest {
    /// Its name, or `list`.
    pub name: String,
    /// Its size.
    pub paper: FigurePaper,
    /// The file of the font that it has instead of our own.
    pub font: Option<PathBuf>,
    /// The file that it becomes, by its extension; `NAME.svg` if there is none.
    pub output: Option<PathBuf>,
}

/// A figure in the size of a paper.
struct SizedFigure {
    svg: String,
    scale: f64,
    /// True if it was not drawn for its size, but only scaled to it.
    is_fixed: bool,
    warnings: Vec<String>,
}

/// The kinds of files that a figure can be.
#[derive(Clone, Copy)]
enum FileKind {
    Svg,
    Pdf,
    Png,
}

/// Writes the figure of a request and prints the path of the file; or the names of the figures there are.
///
/// # Errors
///
/// If there is no such figure, if its text leaves no room for it, and if a file cannot be read or written.
pub(super) fn write(
    (sweep, also): (&Sweep, &[Sweep]),
    (study, findings): (&Study, &ReportFindings<'_>),
    request: &FigureRequest,
    printer: Printer,
) -> Result<Exit, Failure> {
    let masked = sweep.masked();
    let compose = || compose::page(&masked, study, findings);
    if request.name == LIST {
        list(&compose(), printer);
        return Ok(Exit::Done);
    }
    let path = request.output.clone();
    let path = path.unwrap_or_else(|| PathBuf::from(format!("{}.svg", request.name)));
    let kind = FileKind::of(&path)?;
    let typeface = match &request.font {
        Some(file) => FigureTypeface::of_file(file)?,
        None => FigureTypeface::built_in(),
    };
    let mut sized = sized(request, typeface.family(), compose)?;
    for known in std::iter::once(sweep).chain(also) {
        sized.svg = known.secret_values().masked(&sized.svg).into_owned();
    }
    let bytes = kind.bytes(&sized.svg, &request.name, &typeface).map_err(|why| {
        let message = format!("{} cannot be written: {why}", path.display());
        Failure::usage(message, "write it as SVG: --output FILE.svg")
    })?;
    fs::write_atomic(&path, &bytes)?;
    present(request, &sized, printer);
    printer.data(path.display());
    Ok(if sized.warnings.is_empty() { Exit::Done } else { Exit::Incomplete })
}

/// Prints the names of all figures, and what each shows.
fn list(page: &PageView, printer: Printer) {
    let figures = figures::all(page);
    let widest = figures.iter().map(|figure| figure.name.chars().count()).max().unwrap_or(0);
    for figure in figures {
        let shown = if figure.heading.is_empty() { &figure.section.title } else { figure.heading };
        printer.data(format_args!("{:widest$}  {shown}", figure.name));
    }
}

/// Draws the figure of a request: once to see what it is, and again where it has another size on paper.
fn sized(
    request: &FigureRequest,
    font: &str,
    compose: impl Fn() -> PageView,
) -> Result<SizedFigure, Failure> {
    let no_room =
        |why| Failure::usage(why, "ask for more room or for smaller text: --font-size 7pt");
    let mut page = compose();
    let (width, _, _) = measured(&named(&page, &request.name)?)?;
    let mut canvas = request.paper.canvas(width, 0).map_err(no_room)?;
    if let Some(first) = canvas {
        page = first.during(&compose);
        let (_, _, below) = measured(&named(&page, &request.name)?)?;
        // The lines of the keys were only known now.
        if first.height.is_some() && below > 0 {
            canvas = request.paper.canvas(width, below).map_err(no_room)?;
            page = canvas.unwrap_or(first).during(&compose);
        }
    }
    let figure = named(&page, &request.name)?;
    let (width, height, _) = measured(&figure)?;
    let is_fixed = canvas.is_some_and(|canvas: FigureCanvas| canvas.width != width);
    let scale = request.paper.scale((f64::from(width), f64::from(height)), is_fixed);
    let least_width = if is_fixed { request.paper.file_width() } else { 0.0 };
    let look = FigureLook { scale, font: font.to_owned(), least_width };
    // A narrow figure has room for its keys at its right.
    let room: i32 = whole(f64::midpoint(f64::from(width), least_width / scale));
    let svg = standalone(figure.svg, &wrapped(&figure.keys, width.max(room)), &look);
    let svg = svg.ok_or_else(|| damaged(&figure))?;
    Ok(SizedFigure { svg, scale, is_fixed, warnings: figure.section.warnings.clone() })
}

fn measured(figure: &NamedFigure<'_>) -> Result<(i32, i32, i32), Failure> {
    let (width, ..) = extent(figure.svg, &[]).ok_or_else(|| damaged(figure))?;
    extent(figure.svg, &wrapped(&figure.keys, width)).ok_or_else(|| damaged(figure))
}

/// Returns the keys of a figure in lines that fit its width; what continues a line has no sign.
fn wrapped(keys: &[FigureKey], width: i32) -> Vec<FigureKey> {
    /// The width of a letter and the room beside a line with a sign, in pixels.
    const LETTER: i32 = 7;
    const SIDE: i32 = 44;
    let room = usize::try_from((width - SIDE) / LETTER).unwrap_or(0).max(8);
    let mut lines = Vec::new();
    for key in keys {
        let (mut class, mut text) = (key.class.clone(), String::new());
        for word in key.text.split(' ') {
            if !text.is_empty() && text.chars().count() + 1 + word.chars().count() > room {
                let text = std::mem::take(&mut text);
                lines.push(FigureKey { class: std::mem::take(&mut class), text });
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        lines.push(FigureKey { class, text });
    }
    lines
}

fn damaged(figure: &NamedFigure<'_>) -> Failure {
    Failure::Damaged { message: format!("{} is not drawn as a figure", figure.name), hint: None }
}

/// Returns the figure of that name.
fn named<'a>(page: &'a PageView, name: &str) -> Result<NamedFigure<'a>, Failure> {
    let mut figures = figures::all(page);
    if let Some(at) = figures.iter().position(|figure| figure.name == name) {
        return Ok(figures.swap_remove(at));
    }
    let of_section = figures.iter().filter(|figure| figure.section.id == name);
    let mut near: Vec<String> = of_section.map(|figure| format!("`{}`", figure.name)).collect();
    if near.is_empty() {
        let distance = |figure: &NamedFigure<'_>| strsim::damerau_levenshtein(name, &figure.name);
        let mut close: Vec<(usize, &str)> =
            figures.iter().map(|figure| (distance(figure), figure.name.as_str())).collect();
        close.retain(|(distance, name)| 3 * distance <= name.chars().count());
        close.sort_unstable();
        near.extend(close.iter().take(3).map(|(_, name)| format!("`{name}`")));
    }
    let meant = match near.as_slice() {
        [] => String::new(),
        near => format!("did you mean {}? ", near.join(", ")),
    };
    let hint = format!("{meant}`--figure {LIST}` prints the names of all figures of this report");
    Err(Failure::usage(format!("there is no figure `{name}`"), hint))
}

/// Says what is not as one might have expected it.
fn present(request: &FigureRequest, sized: &SizedFigure, printer: Printer) {
    for warning in &sized.warnings {
        printer.warn(warning);
    }
    let name = &request.name;
    if sized.is_fixed && request.paper.height.is_some() {
        printer.note(format_args!("`{name}` keeps its proportions: it fits into that size"));
    }
    let text = smallest_text(sized.scale);
    if sized.is_fixed && text < LEGIBLE {
        printer.warn(format_args!(
            "`{name}` is only made smaller, and its text is {text:.1} pt high: it has {LEGIBLE} pt where it is {:.1} times \
             as wide",
            LEGIBLE / text
        ));
    }
}

impl FileKind {
    /// Returns the kind of file that a path names.
    fn of(path: &Path) -> Result<Self, Failure> {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match extension.as_str() {
            "svg" => Ok(Self::Svg),
            "pdf" => Ok(Self::Pdf),
            "png" => Ok(Self::Png),
            _ => Err(Failure::usage(
                format!("{} names no kind of figure", path.display()),
                "let it end in .svg, .pdf or .png",
            )),
        }
    }

    /// Returns the bytes of the file, or why there are none.
    fn bytes(self, svg: &str, name: &str, typeface: &FigureTypeface) -> Result<Vec<u8>, String> {
        let tree = || typeface.tree(svg).map_err(|error| error.to_string());
        match self {
            Self::Svg => Ok(svg.as_bytes().to_vec()),
            Self::Pdf => pdf(&tree()?, name).map_err(|problem| problem.to_string()),
            Self::Png => png(&tree()?).map_err(|error| error.to_string()),
        }
    }
}
