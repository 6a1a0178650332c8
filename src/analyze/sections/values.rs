//! Shows the error over each metric: rows of metrics, columns of groups.

use super::by_category::{self, by_category, is_drawn_by_category};
use super::panels::{X_LABELS, Y_LABELS, error_axis, metric_axis};
use super::{NO_ERRORS, empty};
use crate::analyze::categories::with_texts;
use crate::analyze::data::objective_column;
use crate::analyze::group::{JobGroup, MetricPoint};
use crate::analyze::metrics::{Metric, MetricProblem};
use crate::analyze::plot::{self, ChartAxis, PointData, ScatterFigure, StyleClass};
use crate::analyze::stats::{BestRange, ValueSpan, best_range, draws, spearman};
use crate::app::count;
use crate::page::number::{correlation, number};
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

const INTRO: &str = "Each point is a job; rest on it to see which. Of a quarter of the jobs, drawn \
    at random, take the best: in 95 % of such draws its value lies in the \
    shaded range, and the line is the median. A narrow range says where good values are.";

/// Returns a section of scatter plots.
pub fn values(id: &str, title: &str, metrics: &[String], groups: &[JobGroup<'_>]) -> PageSection {
    let mut section = empty(id, title);
    let Some(y) = error_axis(groups, Y_LABELS) else {
        section.warnings.push(NO_ERRORS.to_owned());
        return section;
    };
    let (of_categories, of_numbers): (Vec<Metric>, Vec<Metric>) = metrics
        .iter()
        .map(|name| Metric::named(name))
        .partition(|metric| is_drawn_by_category(metric, groups));
    if !of_numbers.is_empty() {
        section.paragraphs.push(INTRO.to_owned());
    }
    if !of_categories.is_empty() {
        section.paragraphs.push(by_category::WORDS.to_owned());
    }
    section.paragraphs.extend(far_out(groups, &y));
    let (mut single, mut constant) = (FigureGrid::default(), Vec::new());
    for name in metrics {
        match row(&Metric::named(name), groups, &y) {
            Ok(MetricView::Figures(mut grid)) if groups.len() == 1 => {
                single.figures.append(&mut grid.figures);
            }
            Ok(MetricView::Figures(grid)) => section.grids.push(grid),
            Ok(MetricView::Constant(what)) => constant.push(what),
            Err(problem) => section.warnings.push(problem.sentence()),
        }
    }
    if !constant.is_empty() {
        section.paragraphs.push(format!("The same in all jobs: {}.", constant.join(", ")));
    }
    if !single.figures.is_empty() {
        section.grids.push(single);
    }
    section
}

/// Returns a sentence on the jobs at the edge of the figures, which share the error's axis; `None`
/// if there are none.
fn far_out(groups: &[JobGroup<'_>], y: &ChartAxis) -> Option<String> {
    let n = groups.iter().flat_map(JobGroup::errors).filter(|&error| !y.shows(error)).count();
    let jobs = count(n, "job");
    (n > 0).then(|| {
        let (low, high) = (number(y.low()), number(y.high()));
        format!("{jobs} with a value beyond {low} to {high}: arrows at the edge.")
    })
}

/// The view of a metric.
pub(super) enum MetricView {
    Figures(FigureGrid),
    /// A sentence, if all jobs have the same value: a figure would be a vertical line.
    Constant(String),
}

fn row(
    metric: &Metric,
    groups: &[JobGroup<'_>],
    y: &ChartAxis,
) -> Result<MetricView, MetricProblem> {
    if is_drawn_by_category(metric, groups) {
        return by_category(metric, groups, y);
    }
    let points: Vec<Vec<MetricPoint>> =
        groups.iter().map(|group| points(group, metric)).collect::<Result<_, _>>()?;
    let values: Vec<f64> = points.iter().flatten().map(|point| point.value).collect();
    let axis = ValueSpan::of(values.iter().copied()).zip(metric_axis(metric, &values, X_LABELS));
    let Some((span, x)) = axis else {
        return Err(metric.problem("has no number in any job with an error", None));
    };
    if span.width() == 0.0 {
        return Ok(MetricView::Constant(format!("{} {}", metric.label, number(span.low))));
    }
    let several = groups.len() > 1;
    let figures = groups.iter().zip(&points).enumerate().map(|(series, (group, points))| {
        let heading = if several { group.name.clone() } else { capitalised(&metric.label) };
        let (at_x, at_y) = (metric.name.clone(), objective_column(0));
        let data = PointData { group: series, x: at_x, y: at_y, rows: String::new() };
        figure(heading, group, points, (&x, y), (series, &data))
    });
    let title = if several { capitalised(&metric.label) } else { String::new() };
    Ok(MetricView::Figures(FigureGrid { title, columns: groups.len(), figures: figures.collect() }))
}

fn points(group: &JobGroup<'_>, metric: &Metric) -> Result<Vec<MetricPoint>, MetricProblem> {
    group.points(metric).map_err(|problem| with_texts(problem, group.population, metric))
}

fn figure(
    heading: String,
    group: &JobGroup<'_>,
    points: &[MetricPoint],
    (x, y): (&ChartAxis, &ChartAxis),
    (series, data): (usize, &PointData),
) -> FigureView {
    let pairs = group.pairs_of(points);
    let Some(best) = best_range(&pairs) else {
        let note = "No job has both an error and a value.".to_owned();
        return FigureView { heading, svg: String::new(), keys: Vec::new(), note };
    };
    let title = |i: usize| {
        let point: &MetricPoint = &points[i];
        format!(
            "job {} · {} {} · {} {}",
            group.job(point.row).id,
            y.label,
            number(point.error),
            x.label,
            number(point.value)
        )
    };
    let places: Vec<(f64, f64)> = points.iter().map(|point| (point.value, point.error)).collect();
    let svg = plot::scatter(ScatterFigure { x, y, points: &places, best, series, data }, title);
    let note = note(group, points, x);
    FigureView { heading, svg, keys: keys(best, &pairs), note }
}

fn keys(best: BestRange, pairs: &[(f64, f64)]) -> Vec<FigureKey> {
    let (low, median, high) = (number(best.low), number(best.median), number(best.high));
    let draws = draws(pairs.len());
    let mut keys = vec![
        FigureKey::new(StyleClass::Median, format!("best of {draws}: {median}")),
        FigureKey::new(StyleClass::Band, format!("{low} to {high}")),
    ];
    if let Some(rho) = spearman(pairs) {
        keys.push(FigureKey::plain(format!("rank correlation {}", correlation(rho))));
    }
    keys
}

/// Returns a note on how many jobs lie at the sides, and how many cannot be in the figure.
fn note(group: &JobGroup<'_>, points: &[MetricPoint], x: &ChartAxis) -> String {
    let mut parts = Vec::new();
    let sides = points.iter().filter(|point| !x.shows(point.value)).count();
    if sides > 0 {
        parts.push(format!("{} beyond the sides", count(sides, "job")));
    }
    let without = group.errors().len() - points.len();
    if without > 0 {
        parts.push(format!("{} without a value are left out", count(without, "job")));
    }
    if parts.is_empty() { String::new() } else { format!("{}.", parts.join("; ")) }
}

/// Returns the sentence with a capital at its start; a name such as `w0` at its start stays as it
/// is.
pub(super) fn capitalised(sentence: &str) -> String {
    let first_word = sentence.split(' ').next().unwrap_or_default();
    let is_word = first_word.len() > 2 && first_word.chars().all(|c| c.is_ascii_lowercase());
    match sentence.chars().next() {
        Some(first) if is_word => first.to_uppercase().chain(sentence.chars().skip(1)).collect(),
        _ => sentence.to_owned(),
    }
}
