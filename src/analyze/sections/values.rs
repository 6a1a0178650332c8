//! Shows the error over each metric: rows of metrics, columns of groups.

use super::by_category::{self, by_category, is_drawn_by_category};
use super::metric_view::{MetricView, TrendlessFigures, capitalised};
use super::next::says_ranges;
use super::panels::{X_LABELS, Y_LABELS, error_axis, metric_axis};
use super::spread::MetricSpread;
use super::{NO_ERRORS, empty};
use crate::analyze::categories::with_texts;
use crate::analyze::data::objective_column;
use crate::analyze::group::{JobGroup, MetricPoint};
use crate::analyze::leaders::seed_components;
use crate::analyze::metrics::{MeasureUnit, Metric, MetricProblem};
use crate::analyze::plot::{self, ChartAxis, PointData, ScatterFigure, SeedNoise, StyleClass};
use crate::analyze::stats::{BestRange, best_range, draws, is_trendless, spearman};
use crate::app::count;
use crate::page::number::{correlation, number};
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

const INTRO: &str = "Each point is a job; hover over it to see which. The best of a random quarter of the \
    jobs lies in the shaded range in 95 % of draws; the line is its median. A narrow range shows where good \
    values lie. It depends on the few best jobs, with the weight of at most eight equal ones, however many \
    jobs there are.";

/// The sentence on the bar at the side of figures of replicated configs.
const NOISE: &str = "The bar on the right shows ± one standard deviation between the seeds of a config: \
    smaller differences between points may be chance.";

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
    let noises: Vec<Option<SeedNoise>> = groups.iter().map(noise).collect();
    if noises.iter().any(Option::is_some) {
        section.paragraphs.push(NOISE.to_owned());
    }
    let (mut single, mut constant) = (FigureGrid::default(), Vec::new());
    let mut trendless = TrendlessFigures::default();
    for name in metrics {
        match row(&Metric::named(name), groups, (&y, &noises)) {
            Ok(MetricView::Trendless(grid)) => {
                trendless.push(&Metric::named(name).label, grid, groups);
            }
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
    section.grids.extend(trendless.grids());
    section
}

/// Returns a sentence on the jobs at the edge of the figures, which share the error's axis; `None`
/// if there are none.
fn far_out(groups: &[JobGroup<'_>], y: &ChartAxis) -> Option<String> {
    let n = groups.iter().flat_map(JobGroup::errors).filter(|&error| !y.shows(error)).count();
    let jobs = count(n, "job");
    (n > 0).then(|| {
        let (low, high) = (number(y.low()), y.said(y.high()));
        format!("{jobs} outside {low} to {high}, drawn as arrows at the edge.")
    })
}

fn row(
    metric: &Metric,
    groups: &[JobGroup<'_>],
    (y, noises): (&ChartAxis, &[Option<SeedNoise>]),
) -> Result<MetricView, MetricProblem> {
    if is_drawn_by_category(metric, groups) {
        return by_category(metric, groups, y);
    }
    let spread = MetricSpread::of(metric, groups).map_err(|problem| match groups.first() {
        Some(group) => with_texts(problem, group.population, metric),
        None => problem,
    })?;
    if let Some(value) = spread.only_value() {
        return Ok(MetricView::Constant(format!("{} {}", metric.label, number(value))));
    }
    let Some(x) = metric_axis(metric, &spread.drawn_values(), X_LABELS) else {
        return Err(metric.problem("has no number in any job with a value for the objective", None));
    };
    let several = groups.len() > 1;
    let figures = groups.iter().zip(&spread.points).enumerate().map(|(series, (group, points))| {
        let heading = if several { group.name.clone() } else { capitalised(&metric.label) };
        if !spread.is_drawn(series) {
            return empty_figure(heading, spread.why_not(series));
        }
        let (at_x, at_y) = (metric.name.clone(), objective_column(0));
        let data = PointData::of_all(series, at_x, at_y);
        figure(heading, (group, noises[series]), points, (&x, y), (series, &data))
    });
    let title = if several { capitalised(&metric.label) } else { String::new() };
    let figures = figures.collect();
    let grid = FigureGrid { title, columns: groups.len(), figures, ..FigureGrid::default() };
    let is_trendless = |(group, points): (&JobGroup<'_>, &Vec<MetricPoint>)| {
        points.is_empty() || is_trendless(&group.pairs_of(points))
    };
    Ok(if groups.iter().zip(&spread.points).all(is_trendless) {
        MetricView::Trendless(grid)
    } else {
        MetricView::Figures(grid)
    })
}

/// Returns the place of a figure that says why there is none.
fn empty_figure(heading: String, note: String) -> FigureView {
    FigureView { heading, svg: String::new(), keys: Vec::new(), note }
}

fn figure(
    heading: String,
    (group, noise): (&JobGroup<'_>, Option<SeedNoise>),
    points: &[MetricPoint],
    (x, y): (&ChartAxis, &ChartAxis),
    (series, data): (usize, &PointData),
) -> FigureView {
    let pairs = group.pairs_of(points);
    if pairs.is_empty() {
        return empty_figure(
            heading,
            "No job has both this metric and a value for the objective.".to_owned(),
        );
    }
    let best = best_range(&pairs).filter(|_| says_ranges(group));
    let title = |i: usize| {
        let point: &MetricPoint = &points[i];
        format!(
            "job {} · {} {} · {} {}",
            group.job(point.row).id,
            y.label,
            y.said(point.error),
            x.label,
            x.said(point.value)
        )
    };
    let places: Vec<(f64, f64)> = points.iter().map(|point| (point.value, point.error)).collect();
    let is_tuned = |&i: &usize| group.job(points[i].row).is_chosen;
    let tuned: Vec<usize> = (0..points.len()).filter(is_tuned).collect();
    let figure = ScatterFigure { x, y, points: &places, tuned: &tuned, best, noise, series, data };
    let svg = plot::scatter(figure, title);
    let note = note(group, points, x);
    let mut keys = keys(best, &pairs, (noise, group.objective.unit));
    if !tuned.is_empty() {
        keys.push(FigureKey::new(StyleClass::Tuned, group.beside_draws()));
    }
    FigureView { heading, svg, keys, note }
}

/// Returns the noise floor of a group, drawn at its median; `None` without replicates or where most configs are lost.
fn noise(group: &JobGroup<'_>) -> Option<SeedNoise> {
    let deviation = seed_components(group)?.seeds.sqrt();
    Some(SeedNoise { centre: group.median()?, deviation })
}

fn keys(
    best: Option<BestRange>,
    pairs: &[(f64, f64)],
    (noise, unit): (Option<SeedNoise>, MeasureUnit),
) -> Vec<FigureKey> {
    let mut keys = Vec::new();
    if let Some(best) = best {
        let (low, median, high) = (number(best.low), number(best.median), number(best.high));
        let draws = draws(pairs.len());
        keys.push(FigureKey::new(StyleClass::Median, format!("best of {draws}: {median}")));
        keys.push(FigureKey::new(StyleClass::Band, format!("{low} to {high}")));
    }
    if let Some(seeds) = noise {
        let text = format!("seeds: ±{}", unit.behind_difference(number(seeds.deviation)));
        keys.push(FigureKey::new(StyleClass::Noise, text));
    }
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
        parts.push(format!("{} outside the axes", count(sides, "job")));
    }
    let without = group.errors().len() - points.len();
    if without > 0 {
        parts.push(format!("{} without a value are left out", count(without, "job")));
    }
    if parts.is_empty() { String::new() } else { format!("{}.", parts.join("; ")) }
}
