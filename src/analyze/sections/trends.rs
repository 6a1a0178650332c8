//! Shows how each metric's range moves from group to group.

use super::empty;
use super::metric_view::capitalised;
use super::next::says_ranges;
use super::panels::{Y_LABELS, metric_axis};
use super::spread::MetricSpread;
use crate::analyze::group::{JobGroup, MetricPoint};
use crate::analyze::metrics::{Metric, MetricProblem};
use crate::analyze::plot::{self, ChartAxis, StyleClass, TrendFigure, TrendStop};
use crate::analyze::stats::{ValueSpan, best_range};
use crate::page::number::number;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

const INTRO: &str = "The groups from left to right. The light area is the range of all jobs, the dark area \
    the range of the best, and the points its median.";

/// Returns a section of trends, one for each metric that varies.
pub fn trends(id: &str, title: &str, metrics: &[String], groups: &[JobGroup<'_>]) -> PageSection {
    let mut section = empty(id, title);
    section.paragraphs.push(INTRO.to_owned());
    let (mut grid, mut constant, mut without) = (FigureGrid::default(), Vec::new(), Vec::new());
    for name in metrics {
        match trend(&Metric::named(name), groups) {
            Ok(MetricTrend::Figure(figure)) => grid.figures.push(figure),
            Ok(MetricTrend::Same) => constant.push(Metric::named(name).label),
            Ok(MetricTrend::None(why)) => {
                without.push(format!("{} ({why})", Metric::named(name).label));
            }
            Err(problem) => section.warnings.push(problem.sentence()),
        }
    }
    if !constant.is_empty() {
        section.paragraphs.push(format!("The same in all jobs: {}.", constant.join(", ")));
    }
    if !without.is_empty() {
        section.paragraphs.push(format!("Without a trend: {}.", without.join(", ")));
    }
    if !grid.figures.is_empty() {
        section.grids.push(grid);
    }
    section
}

/// The trend of a metric.
enum MetricTrend {
    Figure(FigureView),
    /// All jobs have the same value.
    Same,
    /// Fewer than two groups say something of it, and why.
    None(String),
}

fn trend(metric: &Metric, groups: &[JobGroup<'_>]) -> Result<MetricTrend, MetricProblem> {
    let spread = MetricSpread::of(metric, groups)?;
    if spread.only_value().is_some() {
        return Ok(MetricTrend::Same);
    }
    let stops: Vec<(usize, TrendStop)> = groups
        .iter()
        .zip(&spread.points)
        .enumerate()
        .filter(|(at, _)| spread.is_drawn(*at))
        .filter_map(|(at, (group, points))| Some((at, stop(at, group, points)?)))
        .collect();
    match stops.as_slice() {
        [] => return Ok(MetricTrend::None("too few jobs".to_owned())),
        [(at, _)] => {
            return Ok(MetricTrend::None(format!(
                "only {} has different values",
                groups[*at].name
            )));
        }
        _ => {}
    }
    let Some(y) = metric_axis(metric, &spread.drawn_values(), Y_LABELS) else {
        return Err(metric.problem("has no number in any job with a value for the objective", None));
    };
    let left_out = |at: usize| format!("{}: {}", groups[at].name, spread.why_not(at));
    let left_out: Vec<String> =
        (0..groups.len()).filter(|at| !spread.is_drawn(*at)).map(left_out).collect();
    let x =
        ChartAxis::of_names(&groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>());
    let key = |(at, stop): &(usize, TrendStop)| FigureKey {
        class: StyleClass::Dot(*at).to_string(),
        text: format!(
            "{}: {} ({} to {})",
            groups[*at].name,
            number(stop.best.median),
            number(stop.best.low),
            number(stop.best.high)
        ),
    };
    Ok(MetricTrend::Figure(FigureView {
        heading: capitalised(&metric.label),
        svg: plot::trend(TrendFigure { x: &x, y: &y, stops: &stops }),
        keys: stops.iter().map(key).collect(),
        note: left_out.join(" "),
    }))
}

fn stop(series: usize, group: &JobGroup<'_>, points: &[MetricPoint]) -> Option<TrendStop> {
    let best = best_range(&group.pairs_of(points)).filter(|_| says_ranges(group))?;
    let title = format!("{}: {}", group.name, number(best.median));
    let all = ValueSpan::of(points.iter().map(|p| p.value))?;
    Some(TrendStop { name: group.name.clone(), all, best, title, series })
}
