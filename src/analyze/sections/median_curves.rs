//! Shows how the middle of each group learns.

use sweep_config::ObjectiveGoal;

use super::curves::{axis_of_values, epoch_axis, label};
use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::median_curves::{GroupCurve, MedianCurves, MedianPoint};
use crate::analyze::plot::{self, BandedLine, StyleClass};
use crate::analyze::stats::MedianInterval;
use crate::app::count;
use crate::page::number::number;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// Returns the section; `None` if no group has six configs that logged over epochs.
pub fn median_curves(groups: &[JobGroup<'_>]) -> Option<PageSection> {
    let found = MedianCurves::of(groups)?;
    let figure = figure(groups, &found)?;
    let mut section = empty("learning", "Median learning curves");
    section.paragraphs.push(in_words(groups, &found));
    section.grids.push(FigureGrid { figures: vec![figure], ..FigureGrid::default() });
    Some(section)
}

fn in_words(groups: &[JobGroup<'_>], found: &MedianCurves) -> String {
    let mut words = format!(
        "The median {} ({}) at each epoch, with its exact 95 % interval. Jobs that ended keep their last value",
        label(&found.metric),
        found.phase
    );
    if found.groups.iter().any(|curve| curve.lost > 0) {
        words += "; lost jobs count as worse than all others from their last epoch on";
    }
    if found.groups.iter().any(|curve| curve.open > 0) {
        words += "; open jobs count up to their last epoch";
    }
    let of_group = |curve: &GroupCurve| {
        let group = &groups[curve.group];
        let parts = [(curve.lost, "lost"), (curve.open, "open")];
        let parts =
            parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
        let parts: Vec<String> =
            std::iter::once(count(curve.configs, group.unit())).chain(parts).collect();
        let sampled = if curve.is_sampled { " (an even selection)" } else { "" };
        format!("{}: {}{sampled}", group.name, parts.join(", "))
    };
    let of_groups: Vec<String> = found.groups.iter().map(of_group).collect();
    format!("{words}. {}.", of_groups.join("; "))
}

/// Draws the medians of all groups with their intervals.
fn figure(groups: &[JobGroup<'_>], found: &MedianCurves) -> Option<FigureView> {
    let points = || found.groups.iter().flat_map(|curve| &curve.points);
    let value = |loss: f64| found.goal.as_loss(loss);
    let shown = points().flat_map(|point| {
        let MedianInterval { median, low, high } = point.found;
        [median, low, high].into_iter().filter(|loss| loss.is_finite()).map(value)
    });
    let shown: Vec<f64> = shown.collect();
    let y = axis_of_values(&found.metric, &shown, found.goal == ObjectiveGoal::Minimize)?;
    let y = y.measured(groups.first()?.objective.unit_of_curve(&found.metric));
    let epochs = points().map(|point| point.epoch);
    let x = epoch_axis(epochs.clone().fold(1.0, f64::min), epochs.fold(1.0, f64::max));
    let edge = |curve: &GroupCurve, of: fn(&MedianPoint) -> f64| {
        curve.points.iter().map(|point| (point.epoch, value(of(point)))).collect::<Vec<_>>()
    };
    let line = |curve: &GroupCurve| BandedLine {
        name: groups[curve.group].name.clone(),
        series: curve.group,
        line: edge(curve, |point| point.found.median),
        band: Some([edge(curve, |point| point.found.low), edge(curve, |point| point.found.high)]),
        ..BandedLine::default()
    };
    let lines: Vec<BandedLine> = found.groups.iter().map(line).collect();
    let label = label(&found.metric);
    let title = format!("Median {label} over the epochs");
    Some(FigureView {
        heading: format!("Median {label}, {}", found.phase),
        svg: plot::lines(&lines, &x, &y, &title),
        keys: found
            .groups
            .iter()
            .filter_map(|curve| key(groups, curve, (&found.metric, found.goal)))
            .collect(),
        note: String::new(),
    })
}

/// Returns the legend of a group's curve: its name, and the median at its last epoch.
fn key(
    groups: &[JobGroup<'_>],
    curve: &GroupCurve,
    (metric, goal): (&str, ObjectiveGoal),
) -> Option<FigureKey> {
    let last = curve.points.last()?;
    let value = |loss: f64| goal.as_loss(loss);
    let unit = groups[curve.group].objective.unit_of_curve(metric);
    let end = |loss: f64| match value(loss) {
        value if value.is_finite() => unit.behind(number(value)),
        _ => "lost".to_owned(),
    };
    let MedianInterval { median, mut low, mut high } = last.found;
    if goal == ObjectiveGoal::Maximize {
        (low, high) = (high, low);
    }
    let text = format!(
        "{}: {} ({} to {}) at epoch {}, of {}",
        groups[curve.group].name,
        end(median),
        end(low),
        end(high),
        number(last.epoch),
        count(last.configs, groups[curve.group].unit()),
    );
    Some(FigureKey::new(StyleClass::Solid(curve.group), text))
}
