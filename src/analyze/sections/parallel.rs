//! Draws parallel coordinates: a line per job, an upright axis per parameter, the objective last.

use serde_json::{Value as Json, json};

use super::empty;
use crate::analyze::data::objective_column;
use crate::analyze::group::JobGroup;
use crate::analyze::importance::ImportanceResult;
use crate::analyze::metrics::WIDE;
use crate::analyze::parameters::Parameter;
use crate::analyze::stats::ValueSpan;
use crate::app::count;
use crate::app::num::{float, whole};
use crate::page::figure::{FigureSize, FigureWriter, StyleClass, UNIT};
use crate::page::number::number;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// The greatest number of parameters with an axis: the most important ones.
const AXES: usize = 9;
/// The greatest number of jobs with a line: from the best tenth, and others evenly over the ranks.
const LINES: usize = 240;
const SIZE: FigureSize =
    FigureSize { width: 900, height: 330, left: 0, bottom: 0, class: "parallel" };
/// The least room of an axis, where the figure is drawn in another size.
const LEAST: i32 = 70;
/// The room above and below the axes, and at either side.
const ABOVE: i32 = 34;
const BELOW: i32 = 38;
const SIDE: i32 = 60;

/// Returns the section of a group; `None` with fewer than two parameters or jobs.
///
/// `at` is the index of the group among the page's.
pub fn parallel(
    id: &str,
    title: &str,
    (at, group): (usize, &JobGroup<'_>),
    matters: &ImportanceResult,
) -> Option<PageSection> {
    let axes = axes(group, matters);
    let ranked = group.ranked();
    if axes.len() < 3 || ranked.len() < 2 {
        return None;
    }
    let tenth = ranked.len().div_ceil(10);
    let best: Vec<usize> = evenly(&ranked[..tenth], LINES / 3);
    let others = evenly(&ranked[tenth..], LINES - best.len());
    let mut section = empty(id, title);
    section.paragraphs.push(format!(
        "Each line is a job, from parameter to parameter to its {}. Good values are where lines of the best \
         tenth meet. Drag along an axis to select the jobs in a range.",
        group.objective.label
    ));
    if group.chosen_jobs() > 0 {
        let jobs = count(group.chosen_jobs(), &format!("{} job", group.beside_draws()));
        section.paragraphs.push(format!("Among the lines: {jobs}, which are not draws."));
    }
    let figure = FigureView {
        svg: draw((at, group), &axes, (&others, &best, ranked[tenth - 1])),
        keys: vec![
            FigureKey::new(StyleClass::Solid(1), drawn("the best tenth", best.len(), tenth)),
            FigureKey::new(
                StyleClass::Solid(6),
                drawn("the others", others.len(), ranked.len() - tenth),
            ),
        ],
        ..FigureView::default()
    };
    section.grids.push(FigureGrid { figures: vec![figure], ..FigureGrid::default() });
    Some(section)
}

/// Says how many of the jobs of a colour have a line.
fn drawn(jobs: &str, lines: usize, all: usize) -> String {
    let all_jobs = count(all, "job");
    if lines < all {
        format!("{jobs}: {lines} of {all_jobs}")
    } else {
        format!("{jobs}: {all_jobs}")
    }
}

/// Returns at most `most` of the rows, evenly from the first to the last.
fn evenly(rows: &[usize], most: usize) -> Vec<usize> {
    let step = rows.len().div_ceil(most.max(1)).max(1);
    rows.iter().copied().step_by(step).collect()
}

/// An upright axis.
struct UprightAxis<'a> {
    name: String,
    /// The column of the page's data.
    column: String,
    values: Vec<Option<f64>>,
    span: ValueSpan,
    by_ratio: bool,
    words: &'a [String],
}

impl UprightAxis<'_> {
    /// Returns where a value lies, from 0 at the foot to 1 at the top.
    fn share(&self, value: f64) -> f64 {
        let at = |x: f64| if self.by_ratio { x.ln() } else { x };
        let width = at(self.span.high) - at(self.span.low);
        if width > 0.0 { (at(value) - at(self.span.low)) / width } else { 0.5 }
    }

    fn end(&self, value: f64) -> String {
        self.words.get(whole::<usize>(value)).cloned().unwrap_or_else(|| number(value))
    }
}

fn axes<'a>(group: &'a JobGroup<'_>, matters: &'a ImportanceResult) -> Vec<UprightAxis<'a>> {
    let order: Vec<usize> = match &matters.importance {
        Some(found) => found.effects.iter().map(|effect| effect.parameter).collect(),
        None => (0..matters.parameters.len()).collect(),
    };
    let of = |parameter: &'a Parameter| {
        let names = (parameter.name.as_str(), parameter.key.as_str());
        let values = parameter.values.clone();
        upright(group, names, values, &parameter.words)
    };
    let chosen = order.into_iter().take(AXES).filter_map(|at| of(&matters.parameters[at]));
    let objective = group.all_errors();
    let label = group.objective.unit.named(&group.objective.label);
    let column = objective_column(0);
    chosen.chain(upright(group, (&label, &column), objective, &[])).collect()
}

fn upright<'a>(
    group: &JobGroup<'_>,
    (name, column): (&str, &str),
    values: Vec<Option<f64>>,
    words: &'a [String],
) -> Option<UprightAxis<'a>> {
    let span = ValueSpan::of(group.rows().iter().filter_map(|&row| values[row]))?;
    let by_ratio = words.is_empty() && span.low > 0.0 && span.high / span.low >= WIDE / 10.0;
    Some(UprightAxis {
        name: name.to_owned(),
        column: column.to_owned(),
        values,
        span,
        by_ratio,
        words,
    })
}

/// The places of the axes, in units.
#[derive(Clone, Copy)]
struct ParallelLayout {
    size: FigureSize,
    axes: usize,
}

impl ParallelLayout {
    /// Returns the layout of a number of axes: on the canvas of a paper, if there is one with room for them.
    fn of(axes: usize) -> Self {
        let size = SIZE.on_canvas();
        let least = LEAST * i32::try_from(axes).unwrap_or(i32::MAX / LEAST);
        Self { size: if size.width < least { SIZE } else { size }, axes }
    }

    /// Returns where the axis of an index stands, from the left.
    fn x(self, at: usize) -> f64 {
        let step = f64::from(self.size.width - 2 * SIDE) / float(self.axes - 1);
        ((f64::from(SIDE) + step * float(at)) * f64::from(UNIT)).round()
    }

    /// Returns where a share of the axes' length lies, from the top.
    fn y(self, share: f64) -> f64 {
        let bottom = self.size.height - BELOW;
        ((f64::from(bottom) - share * f64::from(bottom - ABOVE)) * f64::from(UNIT)).round()
    }
}

fn draw(
    (at, group): (usize, &JobGroup<'_>),
    axes: &[UprightAxis<'_>],
    (others, best, last_of_best): (&[usize], &[usize], usize),
) -> String {
    let layout = ParallelLayout::of(axes.len());
    let title = "Parallel coordinates of the parameters";
    let mut svg = FigureWriter::open_wide(layout.size, title, false);
    let (top, right, bottom) = (layout.y(1.0), layout.size.width * UNIT, layout.y(0.0));
    let group_element = svg.element("g").attribute("data-group", at);
    let group_element =
        group_element.attribute("data-box", format_args!("0 {top} {right} {bottom}"));
    let threshold = group.error(last_of_best).unwrap_or(f64::NAN);
    let group_element = group_element
        .attribute("data-best", threshold)
        .attribute("data-minimized", group.objective.is_minimized());
    group_element.attribute("data-axes", data(layout, axes)).content(|svg| {
        for (class, rows) in [(StyleClass::Threads(6), others), (StyleClass::BestThreads(1), best)]
        {
            svg.group(class).content(|svg| {
                for &row in rows {
                    thread(svg, (group, row), layout, axes);
                }
            });
            svg.end_line();
        }
    });
    svg.end_line();
    for (at, axis) in axes.iter().enumerate() {
        upright_line(&mut svg, axis, layout, at);
    }
    svg.finish()
}

/// Returns the data of the axes for the page's script.
fn data(layout: ParallelLayout, axes: &[UprightAxis<'_>]) -> Json {
    let one = |(at, axis): (usize, &UprightAxis<'_>)| {
        json!({
            "column": axis.column,
            "x": layout.x(at),
            "low": axis.span.low,
            "high": axis.span.high,
            "ratio": axis.by_ratio,
            "words": axis.words,
        })
    };
    Json::Array(axes.iter().enumerate().map(one).collect())
}

fn thread(
    svg: &mut FigureWriter,
    (group, row): (&JobGroup<'_>, usize),
    layout: ParallelLayout,
    axes: &[UprightAxis<'_>],
) {
    let point = |(at, axis): (usize, &UprightAxis<'_>)| {
        Some(format!("{},{}", layout.x(at), layout.y(axis.share(axis.values[row]?))))
    };
    let points: Vec<String> = axes.iter().enumerate().filter_map(point).collect();
    let thread = svg.element("polyline").attribute("points", points.join(" "));
    thread.title(&format!("job {}", group.job(row).id));
}

fn upright_line(svg: &mut FigureWriter, axis: &UprightAxis<'_>, layout: ParallelLayout, at: usize) {
    let (x, top, bottom) = (layout.x(at), layout.y(1.0), layout.y(0.0));
    let line = svg.element("line").attribute("class", StyleClass::Axis);
    let line = line.attribute("x1", x).attribute("x2", x);
    line.attribute("y1", top).attribute("y2", bottom).attribute("stroke-width", 6).end();
    let texts = [
        (StyleClass::Tick, top - 24.0, axis.end(axis.span.high)),
        (StyleClass::Tick, bottom + 52.0, axis.end(axis.span.low)),
        (StyleClass::Label, bottom + 112.0, axis.name.clone()),
    ];
    for (class, y, text) in texts {
        let element = svg.element("text").attribute("class", format_args!("{class} middle"));
        element.attribute("x", x).attribute("y", y).text(text);
    }
}
