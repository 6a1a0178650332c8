//! Shows the learning curves of the best or the worst jobs.

use super::{NO_ERRORS, empty};
use crate::analyze::curves::{JobCurves, TEST, TEST_EMA, TRAIN};
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::MeasureUnit;
use crate::analyze::plot::{
    self, AxisScale, ChartAxis, CurvePhase, CurvesFigure, LearningCurve, PointMark, StyleClass,
};
use crate::analyze::sampled;
use crate::analyze::stats::{OutlierEnds, ValueSpan, robust_span};
use crate::page::number::number;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// The end of a ranking from which jobs are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankEnd {
    /// The jobs with the least errors.
    Best,
    /// The jobs with the greatest errors.
    Worst,
}

/// pycls's phases, their names in the legend, and their strokes.
const PHASES: [(&str, &str, CurvePhase); 3] = [
    (TRAIN, "train", CurvePhase::Train),
    (TEST, "test", CurvePhase::Test),
    (TEST_EMA, "test, EMA", CurvePhase::Ema),
];
/// The greatest number of phases: more have no stroke of their own.
const MOST_PHASES: usize = 3;

const BY_RATIO: &str = "Over epochs, on logarithmic axes: each grid line is half of the next. The dot marks \
    the best value.";
const BY_DIFFERENCE: &str = "Over epochs. The dot marks the best value.";

/// The number of labels that the axis of the epochs has room for.
const EPOCH_LABELS: usize = 6;

/// Returns a section with the curves of the `n` best (or worst) jobs of each group.
pub fn curves(groups: &[JobGroup<'_>], n: usize, which: RankEnd) -> PageSection {
    let (id, title) = match which {
        RankEnd::Best => ("best", "Best jobs"),
        RankEnd::Worst => ("worst", "Worst jobs"),
    };
    let mut section = empty(id, title);
    let chosen: Vec<Vec<usize>> = groups.iter().map(|group| choose(group, n, which)).collect();
    if chosen.iter().all(Vec::is_empty) {
        section.warnings.push(NO_ERRORS.to_owned());
        return section;
    }
    for group in groups {
        if let Err(why) = &group.population.curves {
            section.warnings.push(format!("{}: no learning curves: {why}.", group.name));
        }
    }
    let chosen: Vec<Vec<ChosenJob>> = groups
        .iter()
        .zip(chosen)
        .map(|(group, rows)| rows.into_iter().map(|row| (row, curves_of(group, row))).collect())
        .collect();
    let drawn = || chosen.iter().flatten().filter_map(|(_, curves)| curves.as_ref());
    let Some(y) = value_axis(groups, drawn()) else {
        section.warnings.push("None of these jobs logged a learning curve.".to_owned());
        return section;
    };
    let intro = if y.scale() == AxisScale::Log2 { BY_RATIO } else { BY_DIFFERENCE };
    section.paragraphs.push(intro.to_owned());
    for (series, (group, chosen)) in groups.iter().zip(&chosen).enumerate() {
        let title = if groups.len() > 1 { group.name.clone() } else { String::new() };
        let figures = chosen.iter().map(|job| figure(group, job, &y, series));
        section.grids.push(FigureGrid {
            title,
            figures: figures.collect(),
            ..FigureGrid::default()
        });
    }
    section
}

/// A chosen job: its row, and the curves that it logged.
type ChosenJob = (usize, Option<JobCurves>);

/// Returns the rows of the `n` best (or worst) jobs that have an error.
pub(super) fn choose(group: &JobGroup<'_>, n: usize, which: RankEnd) -> Vec<usize> {
    let mut ranked = group.ranked();
    if which == RankEnd::Worst {
        // One that goes on is not bad yet.
        ranked.retain(|&row| group.settled_error(row).is_some());
        ranked.reverse();
    }
    ranked.truncate(n);
    ranked
}

/// Returns the heading of a job's figure: `Job 000012 · error 4.2`.
pub(super) fn heading(group: &JobGroup<'_>, row: usize) -> String {
    let error = group.error(row).map(|error| group.objective.said(error)).unwrap_or_default();
    format!("Job {} · {} {error}", group.job(row).id, group.objective.label)
}

fn curves_of(group: &JobGroup<'_>, row: usize) -> Option<JobCurves> {
    group.population.curves.as_ref().ok()?.of(group.job(row).id)
}

/// Returns the axis of the values: logarithmic for an error, where less is better and none is below
/// 0.
fn value_axis<'a>(
    groups: &[JobGroup<'_>],
    curves: impl Iterator<Item = &'a JobCurves>,
) -> Option<ChartAxis> {
    let values: Vec<f64> =
        curves.flat_map(|curves| curves.phases.values()).flatten().map(|at| at.1).collect();
    let metric = groups.iter().find_map(|group| group.population.curves.as_ref().ok());
    let metric = metric.map_or("", |curves| curves.metric.as_str());
    let is_minimized = groups.first().is_none_or(|group| group.objective.is_minimized());
    let unit =
        groups.first().map_or(MeasureUnit::Unknown, |group| group.objective.unit_of_curve(metric));
    Some(axis_of_values(metric, &values, is_minimized)?.measured(unit))
}

/// Returns the name of a metric on axes.
pub(super) fn label(metric: &str) -> &str {
    match metric {
        "" | "top1_err" => "error",
        metric => metric,
    }
}

/// Returns the axis of values of a metric; `None` if there are none.
pub(super) fn axis_of_values(
    metric: &str,
    values: &[f64],
    is_minimized: bool,
) -> Option<ChartAxis> {
    let all = ValueSpan::of(values.iter().copied())?;
    let label = label(metric);
    if is_minimized && all.low >= 0.0 {
        return Some(halving_axis(label, values));
    }
    let shown = robust_span(values, OutlierEnds::Both)?;
    Some(ChartAxis::new(label, AxisScale::Linear, shown, 6))
}

/// Returns a logarithmic axis between powers of two, or up to 100 if the error is a percentage that
/// comes near it; a linear one if no error is above 0, or if all are near to each other.
fn halving_axis(label: &str, values: &[f64]) -> ChartAxis {
    /// The greatest number of halvings below the greatest value: an error of almost nothing must
    /// not flatten the rest.
    const MOST_HALVINGS: i32 = 10;
    /// The ratio of its ends from which the axis has three labels.
    const LEAST_RATIO: f64 = 4.0;
    let Some(span) = ValueSpan::of(values.iter().copied().filter(|&value| value > 0.0)) else {
        return ChartAxis::exact(label, AxisScale::Linear, ValueSpan { low: 0.0, high: 1.0 }, 5);
    };
    let is_percentage = (64.0..=100.0).contains(&span.high);
    let high = if is_percentage { 100.0 } else { span.high.log2().ceil().exp2() };
    let low = span.low.log2().floor().exp2().max(high * 2f64.powi(-MOST_HALVINGS));
    if high / low < LEAST_RATIO {
        return ChartAxis::new(label, AxisScale::Linear, span, 6);
    }
    ChartAxis::exact(label, AxisScale::Log2, ValueSpan { low, high }, 8)
}

/// Returns the phases to draw, their names in the legend and their strokes: pycls's, or else the
/// first of those that were logged, a training phase dashed, the last one solid.
fn phases(logged: &JobCurves) -> Vec<(&str, &str, CurvePhase)> {
    let known = PHASES.into_iter().filter(|row| logged.phases.contains_key(row.0));
    let known: Vec<(&str, &str, CurvePhase)> = known.collect();
    if !known.is_empty() {
        return known;
    }
    let names: Vec<&str> = logged.phases.keys().map(String::as_str).take(MOST_PHASES).collect();
    let stroke = |at: usize, name: &str| match name {
        name if name.to_lowercase().contains("train") && names.len() > 1 => CurvePhase::Train,
        _ if at + 1 == names.len() || names.len() == 2 => CurvePhase::Ema,
        _ => CurvePhase::Test,
    };
    names.iter().enumerate().map(|(at, name)| (*name, *name, stroke(at, name))).collect()
}

fn figure(
    group: &JobGroup<'_>,
    (row, logged): &ChosenJob,
    y: &ChartAxis,
    series: usize,
) -> FigureView {
    let job = group.job(*row);
    let heading = heading(group, *row);
    let note = sampled::brief(job);
    let Some(logged) = logged else {
        let note = format!("No learning curve was logged. {note}");
        return FigureView { heading, note, ..FigureView::default() };
    };
    let phases = phases(logged);
    let line = |&(phase, name, stroke): &(&str, &str, CurvePhase)| LearningCurve {
        name: name.to_owned(),
        phase: stroke,
        points: logged.phases[phase].clone(),
    };
    let lines: Vec<LearningCurve> = phases.iter().map(line).collect();
    let (mut keys, mut marks) = (Vec::new(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        let loss = |point: &(f64, f64)| group.objective.goal.as_loss(point.1);
        let best = line.points.iter().min_by(|a, b| loss(a).total_cmp(&loss(b)));
        let Some(&best) = best else { continue };
        keys.push(FigureKey::new(
            class(line.phase, series),
            format!("{}: {}", line.name, y.said(best.1)),
        ));
        // A line of one point cannot be seen, and of the last phase the best value counts.
        if line.points.len() == 1 || at + 1 == lines.len() {
            marks.push(mark(&line.name, best, y));
        }
    }
    let epochs = lines.iter().flat_map(|line| &line.points).map(|point| point.0);
    let first = epochs.clone().fold(1.0, f64::min);
    let x = epoch_axis(first, epochs.chain(logged.epochs).fold(1.0, f64::max));
    let title = format!("Learning curves of job {}", job.id);
    let figure = CurvesFigure { x: &x, y, lines: &lines, marks: &marks, series, title: &title };
    FigureView { heading, svg: plot::curves(figure), keys, note }
}

/// Returns the class of a phase's line.
fn class(phase: CurvePhase, series: usize) -> StyleClass {
    match phase {
        CurvePhase::Train => StyleClass::Dashed(series),
        CurvePhase::Test => StyleClass::Dotted(series),
        CurvePhase::Ema => StyleClass::Solid(series),
    }
}

/// Returns an axis from the first epoch to the last, with room around a single one. The first is 1, or 0 where epochs are
/// counted from there.
pub(super) fn epoch_axis(first: f64, last: f64) -> ChartAxis {
    let span = ValueSpan { low: first, high: last };
    if last > first {
        ChartAxis::exact("epoch", AxisScale::Linear, span, EPOCH_LABELS)
    } else {
        ChartAxis::new("epoch", AxisScale::Linear, span, 1)
    }
}

fn mark(phase: &str, (epoch, error): (f64, f64), y: &ChartAxis) -> PointMark {
    let title = format!("{phase}: {} at epoch {}", y.said(error), number(epoch));
    PointMark { x: epoch, y: error, title }
}
