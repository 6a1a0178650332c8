//! The error against each metric: rows of metrics, columns of populations.

use super::{error_axis, figure, legend, title};
use crate::analyze::metric::Metric;
use crate::analyze::plot::{self, Axis, Point, Scatter, short};
use crate::analyze::population::Population;
use crate::analyze::report::{FigureView, Section};
use crate::analyze::stats::{BestRange, Edges, Span, best_range, beyond, draws, robust_span};
use crate::app::count;

/// A section of scatter plots.
#[must_use]
pub fn values(id: &str, title: &str, metrics: &[String], populations: &[Population]) -> Section {
    let mut section = Section { id: id.to_owned(), title: title.to_owned(), ..Section::default() };
    let Some(y) = error_axis(populations) else {
        section.warnings.push("No job has an error yet: there is nothing to draw.".to_owned());
        return section;
    };
    section.paragraphs.push(
        "Each point is a job. The shaded range holds the metric of the best of a quarter of the jobs, \
         drawn at random, in 95 % of the draws; the line is its median."
            .to_owned(),
    );
    for name in metrics {
        for (series, population) in populations.iter().enumerate() {
            match scatter(name, population, series, &y, populations.len() > 1) {
                Ok(figure) => section.figures.push(figure),
                Err(Gap::Constant(what)) => section.paragraphs.push(what),
                Err(Gap::Broken(why)) => section.warnings.push(why),
            }
        }
    }
    section.warnings.dedup();
    section
}

/// Why there is no figure.
enum Gap {
    /// All jobs have the same value: nothing is wrong.
    Constant(String),
    /// Something is.
    Broken(String),
}

impl From<String> for Gap {
    fn from(why: String) -> Self {
        Self::Broken(why)
    }
}

fn scatter(
    name: &str,
    population: &Population,
    series: usize,
    y: &Axis,
    several: bool,
) -> Result<FigureView, Gap> {
    let metric = Metric::of(&population.frame, name)?;
    let rows = population.ranked();
    let drawable = |v: f64| v.is_finite() && (!metric.log || v > 0.0);
    let (drawn, left_out): (Vec<usize>, Vec<usize>) =
        rows.into_iter().partition(|&row| drawable(metric.values[row]));
    let xs: Vec<f64> = drawn.iter().map(|&row| metric.values[row]).collect();
    let full = Span::of(xs.iter().copied())
        .ok_or_else(|| format!("`{name}`: no job of {} has it and an error.", population.name))?;
    if full.low == full.high {
        let value = short(full.low);
        return Err(Gap::Constant(format!(
            "`{name}` is {value} for all jobs of {}.",
            population.name
        )));
    }
    let span = x_span(&xs, metric.log).unwrap_or(full);
    let pairs: Vec<(f64, f64)> =
        drawn.iter().map(|&row| (population.errors[row], metric.values[row])).collect();
    let range = best_range(&pairs);
    let points: Vec<Point> = drawn
        .iter()
        .map(|&row| Point {
            value: metric.values[row],
            error: population.errors[row],
            title: format!(
                "{}\n{}: {}",
                title(population, row),
                metric.label,
                short(metric.values[row])
            ),
        })
        .collect();
    let x = Axis::new(&metric.label, metric.log, span);
    let note = note(&xs, span, &points, y, left_out.len());
    let plot = plot::scatter(&Scatter { x, y: y.clone(), points: &points, range, series });
    let whose = if several { format!(", {}", population.name) } else { String::new() };
    let caption = format!("Error against {}{whose}", metric.label);
    Ok(figure(&plot, caption, range_legend(range, pairs.len(), series), note)?)
}

/// The range to show of a metric: without those that are far out, in the terms of its axis.
fn x_span(xs: &[f64], log: bool) -> Option<Span> {
    if !log {
        return robust_span(xs, Edges::Both);
    }
    let logs: Vec<f64> = xs.iter().map(|x| x.log10()).collect();
    let shown = robust_span(&logs, Edges::Both)?;
    // Of the values themselves: 10 to the power of a logarithm misses them by a rounding.
    let inside = xs.iter().zip(&logs).filter(|(_, log)| shown.low <= **log && **log <= shown.high);
    Span::of(inside.map(|(x, _)| *x))
}

fn range_legend(
    range: Option<BestRange>,
    jobs: usize,
    series: usize,
) -> Vec<crate::analyze::report::Legend> {
    let text = |range: BestRange| {
        let (low, median, high) = (short(range.low), short(range.median), short(range.high));
        format!("best of {}: {median} [{low}, {high}]", draws(jobs))
    };
    range.map(|range| legend(series, text(range))).into_iter().collect()
}

/// How many jobs lie outside of the figure, and how many cannot be in it.
fn note(xs: &[f64], span: Span, points: &[Point], y: &Axis, left_out: usize) -> String {
    let (below, above) = beyond(xs, span);
    let top = y.ends().1;
    let high = points.iter().filter(|point| point.error > top).count();
    let mut parts = Vec::new();
    if high > 0 {
        parts.push(format!(
            "{} with an error above {} at the top edge",
            count(high, "job"),
            short(top)
        ));
    }
    if below + above > 0 {
        parts.push(format!("{} beyond the sides", count(below + above, "job")));
    }
    if left_out > 0 {
        parts.push(format!("{} without a value for this axis", count(left_out, "job")));
    }
    if parts.is_empty() { String::new() } else { format!("▲ {}.", parts.join("; ")) }
}
