//! Draws sweeps in the order of their launches, one below the other, with an arc from each to those that grew out of it.

use serde_json::json;

use crate::analyze::lineage::{LineageLink, LineageSweep, SweepLineage, SweepRelation};
use crate::app::count;
use crate::app::num::{float, saturated};
use crate::page::figure::{
    FigureSize, FigureWriter, MARGIN, StyleClass, TextPlace, UNIT, text_width,
};
use crate::page::{FigureGrid, FigureKey, FigureView};

/// The width of the figure: as much as one of several side by side has, on a phone too. The height of a sweep, and the room for arcs at the left.
const WIDTH: i32 = 290;
const ROW: i32 = 44;
const ARCS: i32 = 70;
/// The greatest number of sweeps that are drawn.
const MOST: usize = 40;
/// The size of text in pixels, as the style sheet has it.
const TEXT: i32 = 12;

/// The kinds of links, the surest first: what a record says, what configs say, and the nearest config.
const KINDS: [(StyleClass, &str); 3] = [
    (StyleClass::Solid(0), "uses results"),
    (StyleClass::Dashed(2), "same design space"),
    (StyleClass::Dotted(6), "nearest config"),
];

/// Returns the figure of a family.
pub(super) fn graph(family: &SweepLineage) -> Option<FigureGrid> {
    let sweeps = &family.sweeps[..family.sweeps.len().min(MOST)];
    let height = 2 * MARGIN + ROW * i32::try_from(sweeps.len()).ok()?;
    let size = FigureSize { width: WIDTH, height, left: 0, bottom: 0, class: "lineage" };
    let mut svg = FigureWriter::open_wide(size, &title(family), true);
    for link in &family.links {
        arc(&mut svg, sweeps, link);
    }
    for (at, sweep) in sweeps.iter().enumerate() {
        row(&mut svg, at, sweep);
    }
    let parts: Vec<_> =
        family.links.iter().map(|link| json!([link.from, [[link.to, link.how()]]])).collect();
    let numbers = json!({ "heads": ["sweep", "grew into", "how"], "parts": parts });
    svg.element("metadata").text(numbers);
    let has = |kind: &usize| family.links.iter().any(|link| kind_of(link) == *kind);
    let kinds = (0..KINDS.len()).filter(has).map(|kind| KINDS[kind]);
    let more = family.sweeps.len() - sweeps.len();
    let note = if more > 0 { format!("{} more.", count(more, "sweep")) } else { String::new() };
    let keys = kinds.map(|(class, text)| FigureKey::new(class, text)).collect();
    let figure = FigureView { svg: svg.finish(), keys, note, ..FigureView::default() };
    Some(FigureGrid { figures: vec![figure], ..FigureGrid::default() })
}

/// Returns what the figure shows, for those who cannot see it.
fn title(family: &SweepLineage) -> String {
    let links = family.links.iter().map(|link| format!("{} from {}", link.to, link.from));
    format!(
        "Lineage of {}: {}",
        count(family.sweeps.len(), "sweep"),
        links.collect::<Vec<_>>().join(", ")
    )
}

fn kind_of(link: &LineageLink) -> usize {
    if link.is_recorded() {
        0
    } else if link.relations.contains(&SweepRelation::Nearest) {
        2
    } else {
        1
    }
}

/// Returns where the dot of a sweep is, in units.
fn dot(at: usize) -> (f64, f64) {
    let unit = f64::from(UNIT);
    (f64::from(ARCS) * unit, (f64::from(MARGIN) + (float(at) + 0.5) * f64::from(ROW)) * unit)
}

/// Draws the arc of a link, with its arrow at the sweep that grew.
fn arc(svg: &mut FigureWriter, sweeps: &[LineageSweep], link: &LineageLink) {
    let place = |name: &str| sweeps.iter().position(|sweep| sweep.name == name);
    let (Some(from), Some(to)) = (place(&link.from), place(&link.to)) else { return };
    let ((x, start), (_, end)) = (dot(from), dot(to));
    let unit = f64::from(UNIT);
    let bend = (20.0 + 11.0 * float(from.abs_diff(to))).min(f64::from(ARCS)) * unit;
    let (class, _) = KINDS[kind_of(link)];
    let (tip, left) = (x - 7.0 * unit, x - bend);
    let path =
        format!("M{x:.0} {start:.0}C{left:.0} {start:.0} {left:.0} {end:.0} {tip:.0} {end:.0}");
    let curve = svg.element("path").attribute("class", class).attribute("fill", "none");
    curve.attribute("stroke-width", 7).attribute("d", path).title(&format!(
        "{}: {}",
        link.to,
        link.how()
    ));
    let arrow =
        format!("M{tip:.0} {end:.0}l{:.0} {:.0}v{:.0}z", -8.0 * unit, -4.0 * unit, 8.0 * unit);
    svg.group(StyleClass::Points(series(class))).content(|svg| {
        svg.element("path").attribute("d", arrow).end();
    });
    svg.end_line();
}

/// Returns the number of a line's colour.
fn series(class: StyleClass) -> usize {
    match class {
        StyleClass::Solid(series) | StyleClass::Dashed(series) | StyleClass::Dotted(series) => {
            series
        }
        _ => 0,
    }
}

/// Draws a sweep: its dot, its name, and below it what is known of it.
fn row(svg: &mut FigureWriter, at: usize, sweep: &LineageSweep) {
    let (x, y) = dot(at);
    let unit = f64::from(UNIT);
    svg.group(StyleClass::Points(if sweep.reported { 1 } else { 6 })).content(|svg| {
        let circle = svg.element("circle").attribute("cx", x).attribute("cy", y);
        circle.attribute("r", 5 * UNIT).title(if sweep.reported { "in this report" } else { "" });
    });
    let line = |down: &'static str| TextPlace {
        at: (x + 12.0 * unit, y),
        down,
        anchor: "start",
        is_upright: false,
    };
    svg.text(StyleClass::Label, line("-0.15em"), fitting(&sweep.name));
    svg.text(StyleClass::Tick, line("1.15em"), fitting(&facts(sweep)));
    svg.end_line();
}

fn facts(sweep: &LineageSweep) -> String {
    let configs = sweep.configs.map(|n| count(saturated(n), "config"));
    let launched = sweep.launched.as_ref().map(|time| time.chars().take(10).collect());
    let launched = launched.unwrap_or_else(|| "not launched".to_owned());
    let dirty = if sweep.dirty { "+" } else { "" };
    let commit = sweep.commit.as_ref().map(|commit| format!("{commit:.7}{dirty}"));
    let parts = configs.into_iter().chain([launched]).chain(commit);
    parts.collect::<Vec<_>>().join(" · ")
}

/// Returns a text that fits beside a dot: names of sweeps often begin alike, so their ends are kept.
fn fitting(text: &str) -> String {
    let room = f64::from(WIDTH - ARCS - 12 - MARGIN);
    let letters: Vec<char> = text.chars().collect();
    let cut = |from: usize| -> String {
        let start = if from > 0 { "…" } else { "" };
        start.chars().chain(letters[from..].iter().copied()).collect()
    };
    let fits = |text: &String| text_width(text, TEXT) <= room;
    (0..letters.len()).map(cut).find(fits).unwrap_or_else(|| "…".to_owned())
}
