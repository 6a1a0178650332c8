//! Shows how far random search came with its jobs, and if they are enough.

use super::coverage::{prefix, sentence};
use super::empty;
use super::panels::{X_LABELS, Y_LABELS};
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Objective;
use crate::analyze::plot::{self, AxisScale, BandedLine, ChartAxis, PointMark, StyleClass};
use crate::analyze::stats::{
    BestOf, OutlierEnds, ValueSpan, best_of, dkw, draw_counts, draws_for_dkw, mean_distance,
    robust_span,
};
use crate::analyze::verdict::GroupComparison;
use crate::app::count;
use crate::app::num::float;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// The number of draws of which nobody wants to know how few of them would have been enough.
const FEW: usize = 10;

/// The ratio of the greatest to the least value from which the axis of the best is by ratio.
const BY_RATIO: f64 = 10.0;

/// The note below the figure of the best of m draws.
const BEST_NOTE: &str = "The line is the exact expectation. The area contains the best job in 95 % of all \
    choices of that many jobs. Jobs without a value count, too.";

/// The note on the comparisons of the best of some jobs.
const COMPARED_NOTE: &str = "The best of m jobs is compared, where m is the square root of the size of the \
    smaller group. A lost job counts as the worst value of both groups. Intervals are 95 % (jackknife).";

/// Returns the section; `None` if no group has two jobs with a value.
pub(crate) fn search(groups: &[JobGroup<'_>], compared: &[GroupComparison]) -> Option<PageSection> {
    let losses: Vec<Vec<f64>> = groups.iter().map(JobGroup::censored_losses).collect();
    if groups.iter().all(|group| group.losses().len() < 2) {
        return None;
    }
    let mut section = empty("search", "How many jobs are enough");
    for (group, losses) in groups.iter().zip(&losses) {
        let words = in_words(group, losses);
        section.paragraphs.extend(words.map(|words| sentence(&prefix(groups, group), &words)));
    }
    let searches = compared.iter().filter_map(|comparison| comparison.search.as_ref());
    section.paragraphs.extend(searches.map(|found| found.sentence(&groups[0].objective)));
    if compared.iter().any(|comparison| comparison.search.is_some()) {
        section.paragraphs.push(COMPARED_NOTE.to_owned());
    }
    let figures = [best(groups, &losses), enough(groups, &losses)].into_iter().flatten().collect();
    section.grids.push(FigureGrid { figures, ..FigureGrid::default() });
    Some(section)
}

fn in_words(group: &JobGroup<'_>, losses: &[f64]) -> Option<String> {
    let n = losses.len();
    let value = |loss: f64| group.objective.said_loss(loss);
    let one = best_of(losses, 1)?;
    let half = best_of(losses, (n / 2).max(1))?;
    let all = best_of(losses, n)?;
    // How much of the way from the mean to the best is still to go falls with the number of draws.
    let is_near = |m: usize| {
        best_of(losses, m).is_some_and(|b| b.mean - all.mean <= 0.05 * (one.mean - all.mean))
    };
    let near = (n > FEW).then(|| first_true(1, n, is_near));
    let unit = group.unit();
    let near = near.map_or(String::new(), |m| {
        format!(" {} already reach 95 % of the gain from the mean to it.", count(m, unit))
    });
    let wide = dkw(n);
    Some(format!(
        "the best of {}{} is {}; with half as many, it would have been {} on average.{near} The distribution \
         is known to within ±{:.0} % of the {unit}s (95 % confidence).",
        count(n, unit),
        lost_words(group.lost()),
        value(all.mean),
        value(half.mean),
        wide * 100.0,
    ))
}

/// Returns the first number from `low` to `high` for which a condition holds that holds from there on, and for `high`.
fn first_true(mut low: usize, mut high: usize, holds: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// Returns the part of a sentence on the draws that found nothing; empty if there are none.
fn lost_words(lost: usize) -> String {
    match lost {
        0 => String::new(),
        lost => format!(" ({lost} lost)"),
    }
}

/// The best of growing numbers of draws from a group, by the group's index.
pub(super) type BestCurve = (usize, Vec<BestOf>);

/// Draws the best of m draws over m.
fn best(groups: &[JobGroup<'_>], losses: &[Vec<f64>]) -> Option<FigureView> {
    let objective = &groups.first()?.objective;
    let curves = losses.iter().map(|losses| {
        draw_counts(losses.len()).into_iter().filter_map(|m| best_of(losses, m)).collect()
    });
    let curves: Vec<BestCurve> =
        curves.enumerate().filter(|(_, points): &BestCurve| points.len() > 1).collect();
    let (x, y) = best_axes(&curves, objective)?;
    let edge = |points: &[BestOf], of: fn(&BestOf) -> f64| best_edge(points, objective, of);
    let drawn = curves.iter().map(|(series, points)| BandedLine {
        name: groups[*series].name.clone(),
        series: *series,
        line: edge(points, |best| best.mean),
        band: Some([edge(points, |best| best.low), edge(points, |best| best.high)]),
        ..BandedLine::default()
    });
    let title = format!("Expected best {} by number of jobs", objective.label);
    Some(FigureView {
        heading: "Random search: expected best by number of jobs".to_owned(),
        svg: plot::lines(&drawn.collect::<Vec<_>>(), &x, &y, &title),
        keys: keys(groups, curves.iter().map(|(series, _)| *series)),
        note: BEST_NOTE.to_owned(),
    })
}

/// Returns the corners of a line through one of the numbers of each point.
pub(super) fn best_edge(
    points: &[BestOf],
    objective: &Objective,
    of: fn(&BestOf) -> f64,
) -> Vec<(f64, f64)> {
    let at = |best: &BestOf| (float(best.draws), objective.goal.as_loss(of(best)));
    points.iter().map(at).collect()
}

/// Returns the axes of the numbers of draws and of the best values; `None` if there is no value.
///
/// The expectations are shown whole, by ratio where they span much, so that a flat line is one that does not fall; of
/// the areas around them, as much as fits.
pub(super) fn best_axes(
    curves: &[BestCurve],
    objective: &Objective,
) -> Option<(ChartAxis, ChartAxis)> {
    let points = || curves.iter().flat_map(|(_, points)| points);
    let most = points().map(|best| best.draws).max()?;
    let means = ValueSpan::of(points().map(|best| best.mean))?;
    let ends: Vec<f64> = points().flat_map(|best| [best.low, best.high]).collect();
    let ends: Vec<f64> = ends.into_iter().filter(|end| end.is_finite()).collect();
    let shown = robust_span(&ends, OutlierEnds::High).map_or(means, |ends| ends.join(means));
    let [a, b] = [shown.low, shown.high].map(|loss| objective.goal.as_loss(loss));
    let y = ValueSpan { low: a.min(b), high: a.max(b) };
    let x = ValueSpan { low: 1.0, high: float(most) };
    let label = format!("best {}", objective.label);
    let scale = if y.low > 0.0 && y.high / y.low >= BY_RATIO {
        AxisScale::Log10
    } else {
        AxisScale::Linear
    };
    Some((
        ChartAxis::exact("jobs", AxisScale::Log10, x, X_LABELS),
        ChartAxis::new(label, scale, y, Y_LABELS).measured(objective.unit),
    ))
}

/// Draws the distance of the EDF of m draws from the true one over m.
fn enough(groups: &[JobGroup<'_>], losses: &[Vec<f64>]) -> Option<FigureView> {
    let most = losses.iter().map(Vec::len).max()?;
    let counts: Vec<usize> =
        draw_counts(4 * most.max(16)).into_iter().filter(|&m| m >= 4).collect();
    let x = ValueSpan { low: float(*counts.first()?), high: float(*counts.last()?) };
    let x = ChartAxis::exact("jobs", AxisScale::Log10, x, X_LABELS);
    let y = ValueSpan { low: 0.0, high: 0.6 };
    let y = ChartAxis::exact("distance of the curve", AxisScale::Linear, y, Y_LABELS);
    let line = |name: &str, is_dashed, of: fn(usize) -> f64| BandedLine {
        name: name.to_owned(),
        series: 6,
        line: counts.iter().map(|&m| (float(m), of(m))).collect(),
        is_dashed,
        ..BandedLine::default()
    };
    let mut curves = vec![line("mean", false, mean_distance), line("95 % bound", true, dkw)];
    let mut keys = vec![
        FigureKey::new(StyleClass::Solid(6), "mean"),
        FigureKey::new(StyleClass::Dashed(6), "95 % bound"),
    ];
    for (series, group) in groups.iter().enumerate() {
        curves.push(here(series, group, losses[series].len()));
        keys.push(FigureKey::new(StyleClass::Dot(series), group.name.as_str()));
    }
    Some(FigureView {
        heading: "Are these jobs enough?".to_owned(),
        svg: plot::lines(&curves, &x, &y, "Distance of the sampled distribution over the jobs"),
        keys,
        note: format!(
            "The largest distance between the curve of that many jobs and the curve of the whole space. To \
                 know it within ±5 % (95 % confidence) takes {} jobs.",
            draws_for_dkw(0.05)
        ),
    })
}

/// Returns the point of a group with `n` values.
fn here(series: usize, group: &JobGroup<'_>, n: usize) -> BandedLine {
    let (x, y) = (float(n.max(4)), mean_distance(n.max(4)));
    let title = format!("{}: {}, mean distance {y:.3}", group.name, count(n, "job"));
    BandedLine { series, marks: vec![PointMark { x, y, title }], ..BandedLine::default() }
}

fn keys(groups: &[JobGroup<'_>], series: impl Iterator<Item = usize>) -> Vec<FigureKey> {
    let key = |series| FigureKey::new(StyleClass::Solid(series), groups[series].name.as_str());
    series.map(key).collect()
}
