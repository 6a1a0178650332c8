//! Shows how far random search came with its jobs, and if they are enough.

use super::coverage::{prefix, sentence};
use super::empty;
use super::panels::{X_LABELS, Y_LABELS};
use crate::analyze::group::Group;
use crate::analyze::plot::{self, AxisScale, BandedLine, ChartAxis, SERIES};
use crate::analyze::stats::{
    BestOf, OutlierEnds, ValueSpan, best_of, dkw, draw_counts, draws_for_dkw, mean_distance,
    robust_span,
};
use crate::app::count;
use crate::app::num::float;
use crate::page::number::number;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// Returns the section; `None` if no group has two jobs with a value.
pub fn search(groups: &[Group<'_>]) -> Option<PageSection> {
    let losses: Vec<Vec<f64>> = groups.iter().map(Group::censored_losses).collect();
    if groups.iter().all(|group| group.errors().len() < 2) {
        return None;
    }
    let mut section = empty("search", "How many jobs are enough");
    for (group, losses) in groups.iter().zip(&losses) {
        let words = in_words(group, losses);
        section.paragraphs.extend(words.map(|words| sentence(&prefix(groups, group), &words)));
    }
    let figures = [best(groups, &losses), enough(groups, &losses)].into_iter().flatten().collect();
    section.grids.push(FigureGrid { title: String::new(), columns: 0, figures });
    Some(section)
}

fn in_words(group: &Group<'_>, losses: &[f64]) -> Option<String> {
    let n = losses.len();
    let value = |loss: f64| number(group.objective.goal.as_loss(loss));
    let one = best_of(losses, 1)?;
    let half = best_of(losses, (n / 2).max(1))?;
    let all = best_of(losses, n)?;
    let near = draw_counts(n).into_iter().find(|&m| {
        // How much of the way from the mean to the best is still to go.
        best_of(losses, m).is_some_and(|b| b.mean - all.mean <= 0.05 * (one.mean - all.mean))
    });
    let near = near.map_or(String::new(), |m| {
        format!(" {} already get 95 % of the way from the mean to it.", count(m, "job"))
    });
    let wide = dkw(n);
    Some(format!(
        "the best of {}{} is {}; of half as many it would have been {} on average.{near} The \
         distribution is known to within ±{:.0} % of the jobs (95 % confidence); ±5 % take {} jobs.",
        count(n, "job"),
        lost_words(group.lost()),
        value(all.mean),
        value(half.mean),
        wide * 100.0,
        draws_for_dkw(0.05),
    ))
}

/// Returns the part of a sentence on the draws that found nothing; empty if there are none.
fn lost_words(lost: usize) -> String {
    match lost {
        0 => String::new(),
        lost => format!(", {lost} of which found nothing,"),
    }
}

/// Draws the best of m draws over m.
fn best(groups: &[Group<'_>], losses: &[Vec<f64>]) -> Option<FigureView> {
    let objective = &groups.first()?.objective;
    let value = |loss: f64| objective.goal.as_loss(loss);
    let curves: Vec<(usize, Vec<BestOf>)> = losses
        .iter()
        .enumerate()
        .map(|(series, losses)| {
            let counts = draw_counts(losses.len()).into_iter();
            (series, counts.filter_map(|m| best_of(losses, m)).collect::<Vec<_>>())
        })
        .filter(|(_, points)| points.len() > 1)
        .collect();
    let most = curves.iter().filter_map(|(_, points)| points.last()).map(|b| b.draws).max()?;
    let shown = curves.iter().flat_map(|(_, p)| p).flat_map(|b| [b.mean, b.low, b.high]);
    let shown =
        robust_span(&shown.filter(|loss| loss.is_finite()).collect::<Vec<_>>(), OutlierEnds::High)?;
    let (a, b) = (value(shown.low), value(shown.high));
    let y_span = ValueSpan { low: a.min(b), high: a.max(b) };
    let y =
        ChartAxis::new(format!("best {}", objective.label), AxisScale::Linear, y_span, Y_LABELS);
    let x = ChartAxis::exact(
        "jobs",
        AxisScale::Log10,
        ValueSpan { low: 1.0, high: float(most) },
        X_LABELS,
    );
    let edge = |points: &[BestOf], of: fn(&BestOf) -> f64| {
        points.iter().map(|best| (float(best.draws), value(of(best)))).collect::<Vec<_>>()
    };
    let drawn: Vec<BandedLine> = curves
        .iter()
        .map(|(series, points)| BandedLine {
            name: groups[*series].name.clone(),
            series: *series,
            line: edge(points, |best| best.mean),
            band: Some([edge(points, |best| best.low), edge(points, |best| best.high)]),
            ..BandedLine::default()
        })
        .collect();
    let title = format!("The best {} of so many jobs", objective.label);
    Some(FigureView {
        heading: "Random search: the best of so many jobs".to_owned(),
        svg: plot::lines(&drawn, &x, &y, &title),
        keys: keys(groups, curves.iter().map(|(series, _)| *series)),
        note:
            "The line is the expectation, exact; in 95 % of all choices of so many of these jobs \
               the best lies in the area. A job that found nothing counts as one of them."
                .to_owned(),
    })
}

/// Draws the distance of the EDF of m draws from the true one over m.
fn enough(groups: &[Group<'_>], losses: &[Vec<f64>]) -> Option<FigureView> {
    let most = losses.iter().map(Vec::len).max()?;
    let counts: Vec<usize> =
        draw_counts(4 * most.max(16)).into_iter().filter(|&m| m >= 4).collect();
    let (first, last) = (float(*counts.first()?), float(*counts.last()?));
    let line = |of: fn(usize) -> f64| counts.iter().map(|&m| (float(m), of(m))).collect();
    let here = |(series, group): (usize, &Group<'_>)| {
        let n = losses[series].len();
        let at = (float(n.max(4)), mean_distance(n.max(4)));
        let title = format!("{}: {}, mean distance {:.3}", group.name, count(n, "job"), at.1);
        BandedLine {
            series,
            marks: vec![plot::PointMark { x: at.0, y: at.1, title }],
            ..BandedLine::default()
        }
    };
    let mean = BandedLine {
        name: "mean".into(),
        series: 6,
        line: line(mean_distance),
        ..BandedLine::default()
    };
    let bound = BandedLine {
        name: "95 % bound".into(),
        series: 6,
        line: line(dkw),
        is_dashed: true,
        ..BandedLine::default()
    };
    let points = groups.iter().enumerate().map(here);
    let curves: Vec<BandedLine> = [mean, bound].into_iter().chain(points).collect();
    let x =
        ChartAxis::exact("jobs", AxisScale::Log10, ValueSpan { low: first, high: last }, X_LABELS);
    let y = ChartAxis::exact(
        "distance of the curve",
        AxisScale::Linear,
        ValueSpan { low: 0.0, high: 0.6 },
        Y_LABELS,
    );
    let key =
        |class: &str, text: &str| FigureKey { class: class.to_owned(), text: text.to_owned() };
    let mut keys = vec![key("line s6", "mean"), key("line dashed s6", "95 % bound")];
    keys.extend(groups.iter().enumerate().map(|(series, group)| FigureKey {
        class: format!("dot s{}", series % SERIES),
        text: group.name.clone(),
    }));
    Some(FigureView {
        heading: "Are these jobs enough?".to_owned(),
        svg: plot::lines(&curves, &x, &y, "Distance of the sampled distribution over the jobs"),
        keys,
        note:
            "How far the curve of so many jobs is from that of the whole space, at its worst place."
                .to_owned(),
    })
}

fn keys(groups: &[Group<'_>], series: impl Iterator<Item = usize>) -> Vec<FigureKey> {
    let key = |series: usize| FigureKey {
        class: format!("line s{}", series % SERIES),
        text: groups[series].name.clone(),
    };
    series.map(key).collect()
}
