//! Learning curves of the best or the worst jobs.

use super::{NO_ERRORS, empty};
use crate::analyze::curves::{JobCurves, TEST, TEST_EMA, TRAIN};
use crate::analyze::group::Group;
use crate::analyze::plot::{self, Axis, CurvesFigure, Line, Mark, Phase, SERIES, Scale};
use crate::analyze::sampled::{self, Parameters};
use crate::analyze::stats::Span;
use crate::page::number::number;
use crate::page::{FigureView, Grid, Key, Section};

/// Whose curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Of the jobs with the least errors.
    Best,
    /// Of those with the greatest.
    Worst,
}

/// A phase: its type in the table, what the legend calls it, its stroke.
const PHASES: [(&str, &str, Phase, &str); 3] = [
    (TRAIN, "train", Phase::Train, "line dashed"),
    (TEST, "test", Phase::Test, "line dotted"),
    (TEST_EMA, "test, EMA", Phase::Ema, "line"),
];

const INTRO: &str =
    "Error over the epochs, by ratio: a step of one is a halving. The point is the least.";

/// How many labels the axis of the epochs has room for.
const EPOCH_LABELS: usize = 6;

/// A section with the curves of the `n` best (or worst) jobs of each group.
pub fn curves(groups: &[Group<'_>], n: usize, which: Which, parameters: &Parameters) -> Section {
    let (id, title) = match which {
        Which::Best => ("best", "Best jobs"),
        Which::Worst => ("worst", "Worst jobs"),
    };
    let mut section = empty(id, title);
    let chosen: Vec<Vec<usize>> = groups.iter().map(|group| choose(group, n, which)).collect();
    if chosen.iter().all(Vec::is_empty) {
        section.warnings.push(NO_ERRORS.to_owned());
        return section;
    }
    section.paragraphs.push(INTRO.to_owned());
    for group in groups {
        if let Err(why) = &group.population.curves {
            section.warnings.push(format!("{}: no learning curves: {why}.", group.name));
        }
    }
    let drawn =
        || groups.iter().zip(&chosen).flat_map(|(g, rows)| rows.iter().map(move |r| (g, *r)));
    let Some(y) = error_axis(drawn().filter_map(|(group, row)| curves_of(group, row))) else {
        section.warnings.push("None of these jobs logged a learning curve.".to_owned());
        return section;
    };
    for (series, (group, rows)) in groups.iter().zip(&chosen).enumerate() {
        let title = if groups.len() > 1 { group.name.clone() } else { String::new() };
        let figures = rows.iter().map(|&row| figure(group, row, &y, series, parameters));
        section.grids.push(Grid { title, columns: 0, figures: figures.collect() });
    }
    section
}

/// The rows of the `n` best (or worst) jobs that have an error.
pub(super) fn choose(group: &Group<'_>, n: usize, which: Which) -> Vec<usize> {
    let mut ranked = group.ranked();
    if which == Which::Worst {
        ranked.reverse();
    }
    ranked.truncate(n);
    ranked
}

/// `Job 000012 · error 4.2`.
pub(super) fn heading(group: &Group<'_>, row: usize) -> String {
    let error = group.error(row).map(number).unwrap_or_default();
    format!("Job {} · error {error}", group.job(row).id)
}

fn curves_of<'a>(group: &Group<'a>, row: usize) -> Option<&'a JobCurves> {
    group.population.curves.as_ref().ok()?.of(group.job(row).id)
}

/// From a power of two to a power of two, or to 100 where the error is a percentage that comes
/// near it; by difference if no error is above 0, and `None` if there is none at all.
fn error_axis<'a>(curves: impl Iterator<Item = &'a JobCurves>) -> Option<Axis> {
    /// An error of almost nothing must not flatten the rest.
    const MOST_HALVINGS: i32 = 10;
    let values: Vec<f64> = curves.flat_map(JobCurves::values).flatten().map(|at| at.1).collect();
    Span::of(values.iter().copied())?;
    let Some(span) = Span::of(values.into_iter().filter(|&value| value > 0.0)) else {
        return Some(Axis::exact("error", Scale::Linear, Span { low: 0.0, high: 1.0 }, 5));
    };
    let is_percentage = (64.0..=100.0).contains(&span.high);
    let high = if is_percentage { 100.0 } else { span.high.log2().ceil().exp2() };
    let low = span.low.log2().floor().exp2().max(high * 2f64.powi(-MOST_HALVINGS));
    let low = if low < high { low } else { high / 2.0 };
    Some(Axis::exact("error", Scale::Log2, Span { low, high }, 8))
}

fn figure(
    group: &Group<'_>,
    row: usize,
    y: &Axis,
    series: usize,
    parameters: &Parameters,
) -> FigureView {
    let job = group.job(row);
    let heading = heading(group, row);
    let note = sampled::brief(parameters, &job.sampled);
    let Some(logged) = curves_of(group, row) else {
        let note = format!("No learning curve was logged. {note}");
        return FigureView { heading, svg: String::new(), keys: Vec::new(), note };
    };
    let (mut lines, mut keys, mut marks) = (Vec::new(), Vec::new(), Vec::new());
    let last_phase = PHASES.map(|row| row.0).into_iter().rfind(|phase| logged.contains_key(*phase));
    let last_phase = last_phase.unwrap_or_default();
    for (phase, name, stroke, class) in PHASES {
        let Some(points) = logged.get(phase) else { continue };
        lines.push(Line { phase: stroke, points: points.clone() });
        let Some(&least) = points.iter().min_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
        let text = format!("{name}: {}", number(least.1));
        keys.push(Key { class: format!("{class} s{}", series % SERIES), text });
        // A line of one point cannot be seen, and of the last phase the least error counts.
        if points.len() == 1 || phase == last_phase {
            marks.push(mark(name, least));
        }
    }
    let epochs = lines.iter().flat_map(|line| &line.points).map(|point| point.0);
    let planned = group.population.curves.as_ref().ok().and_then(|curves| curves.epochs(job.id));
    let last = epochs.chain(planned).fold(1.0, f64::max);
    let x = epoch_axis(last);
    let title = format!("Learning curves of job {}", job.id);
    let figure = CurvesFigure { x: &x, y, lines: &lines, marks: &marks, series, title: &title };
    FigureView { heading, svg: plot::curves(figure), keys, note }
}

/// From the first epoch to the last; of a single one, with room around it.
fn epoch_axis(last: f64) -> Axis {
    let span = Span { low: 1.0, high: last };
    if last > 1.0 {
        Axis::exact("epoch", Scale::Linear, span, EPOCH_LABELS)
    } else {
        Axis::new("epoch", Scale::Linear, span, 1)
    }
}

fn mark(phase: &str, (epoch, error): (f64, f64)) -> Mark {
    let title = format!("{phase}: {} at epoch {}", number(error), number(epoch));
    Mark { x: epoch, y: error, title }
}
