//! Shows the networks of the best or the worst jobs: the width of each block, and the numbers that
//! define it.

use indexmap::IndexSet;

use super::curves::{choose, heading};
use super::model_keys::{NetworkCost, cost_key, costs, keys};
use super::{NO_ERRORS, RankEnd, empty};
use crate::analyze::group::JobGroup;
use crate::analyze::network::outline;
use crate::analyze::plot::{self, AxisScale, ChartAxis, ModelFigure, PointMark};
use crate::analyze::stats::ValueSpan;
use crate::models::regnet::RegnetParams;
use crate::models::{ModelError, NetworkKind, NetworkOutline};
use crate::page::{FigureGrid, FigureView, PageSection};

const INTRO: &str =
    "The width of each block by index, on a logarithmic scale: each step is a stage.";

const FORMULA: &str =
    "The dotted line shows the widths of a RegNet before rounding, w0 + wa · block.";

/// The number of labels that the axes have room for.
const X_LABELS: usize = 6;
const Y_LABELS: usize = 7;

/// The greatest number of blocks that are all points; of a deeper network, each stage's first is
/// one.
const MOST_POINTS: u32 = 64;

/// The number of parts of the line of a RegNet's formula, which the logarithmic axis bends.
const LINE_PARTS: u32 = 64;

/// A chosen job: its row, and the outline of its network.
type DrawnModel = (usize, Result<NetworkOutline, ModelError>);

/// Returns a section with the networks of the `n` best (or worst) jobs of each group.
pub fn models(groups: &[JobGroup<'_>], n: usize, which: RankEnd) -> PageSection {
    let (id, title) = match which {
        RankEnd::Best => ("models-best", "Best models"),
        RankEnd::Worst => ("models-worst", "Worst models"),
    };
    let mut section = empty(id, title);
    let read = |group: &JobGroup<'_>| -> Vec<DrawnModel> {
        let rows = choose(group, n, which).into_iter();
        rows.map(|row| (row, outline(&group.population.table, row))).collect()
    };
    let drawn: Vec<Vec<DrawnModel>> = groups.iter().map(read).collect();
    if drawn.iter().all(Vec::is_empty) {
        section.warnings.push(NO_ERRORS.to_owned());
        return section;
    }
    let outlines: Vec<&NetworkOutline> =
        drawn.iter().flatten().filter_map(|(_, outline)| outline.as_ref().ok()).collect();
    let Some((x, y)) = axes(&outlines) else {
        section.warnings.extend(reasons(&drawn));
        return section;
    };
    section.paragraphs.push(intro(&outlines));
    for (series, (group, drawn)) in groups.iter().zip(&drawn).enumerate() {
        let title = if groups.len() > 1 { group.name.clone() } else { String::new() };
        let costs = costs(group);
        let figures = drawn.iter().map(|model| figure((series, group), model, &costs, (&x, &y)));
        section.grids.push(FigureGrid {
            title,
            figures: figures.collect(),
            ..FigureGrid::default()
        });
    }
    section
}

/// Returns the figure of a job's network, or why there is none.
fn figure(
    (series, group): (usize, &JobGroup<'_>),
    (row, outline): &DrawnModel,
    costs: &[NetworkCost],
    axes: (&ChartAxis, &ChartAxis),
) -> FigureView {
    let heading = heading(group, *row);
    let outline = match outline {
        Ok(outline) => outline,
        Err(why) => return FigureView { heading, note: no_drawing(why), ..FigureView::default() },
    };
    let title = format!("The network of job {}", group.job(*row).id);
    let svg = draw(outline, axes, series, &title);
    let mut keys = keys(outline, series);
    keys.extend(costs.iter().filter_map(|cost| cost_key(cost, *row)));
    FigureView { heading, svg, keys, note: String::new() }
}

fn intro(outlines: &[&NetworkOutline]) -> String {
    let is_regnet = |outline: &&NetworkOutline| matches!(outline.kind, NetworkKind::RegNet(_));
    if outlines.iter().any(is_regnet) { format!("{INTRO} {FORMULA}") } else { INTRO.to_owned() }
}

/// Returns the reasons why jobs have no drawing, each once.
fn reasons(drawn: &[Vec<DrawnModel>]) -> Vec<String> {
    let whys = drawn.iter().flatten().filter_map(|(_, outline)| outline.as_ref().err());
    let whys: IndexSet<String> = whys.map(no_drawing).collect();
    whys.into_iter().collect()
}

fn no_drawing(why: &ModelError) -> String {
    format!("There is no model to draw: {why}.")
}

/// Returns the axes that all figures share, so that depths and widths can be compared; `None`
/// without a network.
fn axes(outlines: &[&NetworkOutline]) -> Option<(ChartAxis, ChartAxis)> {
    let depth = outlines.iter().map(|outline| outline.depth()).max()?;
    let widths = outlines.iter().flat_map(|outline| {
        let line = line(outline).into_iter().map(|point| point.1);
        outline.stages.iter().map(|stage| f64::from(stage.width)).chain(line)
    });
    let widths = ValueSpan::of(widths)?;
    let octaves =
        ValueSpan { low: widths.low.log2().floor().exp2(), high: widths.high.log2().ceil().exp2() };
    let blocks = ValueSpan { low: -0.5, high: f64::from(depth) - 0.5 };
    let labels = usize::try_from(depth).map_or(X_LABELS, |depth| depth.min(X_LABELS));
    let x = ChartAxis::exact("block", AxisScale::Linear, blocks, labels);
    Some((x, ChartAxis::new("width", AxisScale::Log2, octaves, Y_LABELS)))
}

fn draw(
    outline: &NetworkOutline,
    (x, y): (&ChartAxis, &ChartAxis),
    series: usize,
    title: &str,
) -> String {
    let stages: Vec<(f64, f64)> = outline
        .stages
        .iter()
        .map(|stage| (f64::from(stage.depth), f64::from(stage.width)))
        .collect();
    let (formula, marks) = (line(outline), marks(outline));
    let (formula, marks) = (formula.as_slice(), marks.as_slice());
    plot::model(ModelFigure { x, y, stages: &stages, formula, marks, series, title })
}

/// Returns the widths before they were rounded to stages, over the index of the block; empty if the
/// network is not a RegNet.
fn line(outline: &NetworkOutline) -> Vec<(f64, f64)> {
    let NetworkKind::RegNet(RegnetParams { slope, initial_width, depth, .. }) = outline.kind else {
        return Vec::new();
    };
    let Ok(first) = u32::try_from(initial_width) else { return Vec::new() };
    let (first, last) = (f64::from(first), f64::from(depth.saturating_sub(1)));
    let parts = depth.saturating_sub(1).clamp(1, LINE_PARTS);
    let point = |part: u32| {
        let block = last * f64::from(part) / f64::from(parts);
        (block, first + slope * block)
    };
    (0..=parts).map(point).collect()
}

fn marks(outline: &NetworkOutline) -> Vec<PointMark> {
    let (deep, count) = (outline.depth() > MOST_POINTS, outline.stages.len());
    let mut marks = Vec::new();
    let mut block = 0;
    for (i, stage) in outline.stages.iter().enumerate() {
        let last = if deep { block } else { block + stage.depth - 1 };
        marks.extend((block..=last).map(|at| PointMark {
            x: f64::from(at),
            y: f64::from(stage.width),
            title: format!("block {at} · stage {} of {count} · width {}", i + 1, stage.width),
        }));
        block += stage.depth;
    }
    marks
}
