//! Shows what tuning came to: the best so far beside what random draws are expected to find.

use super::coverage::{prefix, sentence};
use super::empty;
use super::search::{BestCurve, best_axes, best_edge};
use crate::analyze::findings::ReportFindings;
use crate::analyze::group::JobGroup;
use crate::analyze::plot::{self, BandedLine, StyleClass};
use crate::analyze::priors::{PriorShare, PriorShares};
use crate::analyze::stats::{BestOf, best_of, draw_counts};
use crate::analyze::tuning::{best_so_far, settled_losses};
use crate::app::count;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// The note below the figure.
const NOTE: &str = "The steps are the best so far, in the order of the jobs. The other line is the exact \
    expectation of the best of m random draws; the area contains it in 95 % of all choices of m draws.";

/// The note on how two searches are compared.
const COMPARED_NOTE: &str = "Two searches are compared by as many jobs of each: how many of the one are better than \
    every job of the other, against how often that happens between two random searches (Rosenbaum's exact \
    test, corrected by Holm). The interval is that of a shift of all results. One sweep of each says \
    nothing about other problems.";

/// The note on past sweeps.
const PRIORS_NOTE: &str = "Past sweeps count in suggestions by how well what they say agrees with the sweep's own results, \
    which have the weight 1:";

/// Returns the section; `None` if no sweep was tuned.
pub(in crate::analyze) fn tuning(findings: &ReportFindings<'_>) -> Option<PageSection> {
    let wholes = &findings.wholes;
    let tuned: Vec<&JobGroup<'_>> = wholes.iter().filter(|g| g.tuned_jobs() > 0).collect();
    let first = tuned.first()?;
    let mut section = empty("tuning", "Tuning");
    section
        .paragraphs
        .extend(tuned.iter().map(|group| sentence(&prefix(wholes, group), &in_words(group))));
    let contests = findings.contests.iter();
    section.paragraphs.extend(contests.map(|contest| contest.sentence(&first.objective)));
    if !findings.contests.is_empty() {
        section.paragraphs.push(COMPARED_NOTE.to_owned());
    }
    let all = wholes.iter().zip(&findings.priors);
    for (group, PriorShares { shares, damaged }) in all.filter(|(g, _)| g.tuned_jobs() > 0) {
        let named = |share: &PriorShare| sentence(&prefix(wholes, group), &share.words());
        section.points.extend(shares.iter().map(named));
        if *damaged > 0 {
            let records = count(*damaged, "record");
            let of = &group.name;
            section.warnings.push(format!("{of}: {records} of suggestions cannot be read."));
        }
    }
    if !section.points.is_empty() {
        section.paragraphs.push(PRIORS_NOTE.to_owned());
    }
    let figures: Vec<FigureView> = figure(wholes).into_iter().collect();
    if !figures.is_empty() {
        section.grids.push(FigureGrid { figures, ..FigureGrid::default() });
    }
    Some(section)
}

/// Returns words on how many jobs were tuned, and what they and the draws came to.
fn in_words(group: &JobGroup<'_>) -> String {
    let (tuned, all) = (group.tuned_jobs(), group.len());
    let of = count(all, "job");
    let best_drawn = group.losses().into_iter().reduce(f64::min);
    let best = best_so_far(&settled_losses(group)).last().copied();
    let value = |loss: f64| group.objective.said_loss(loss);
    let best = best.map(|(jobs, loss)| {
        format!(
            " The best {} after {} is {}.",
            group.objective.label,
            count(jobs, group.unit()),
            value(loss)
        )
    });
    let best_drawn = best_drawn.map(|loss| {
        let draws = count(group.configs().len(), "random draw");
        format!(" The best of its {draws} is {}.", value(loss))
    });
    format!(
        "{tuned} of {of} {} chosen by the results of earlier ones.{}{} Only draws count in curves, bands, tests and \
         shares.",
        if tuned == 1 { "was" } else { "were" },
        best.unwrap_or_default(),
        best_drawn.unwrap_or_default(),
    )
}

/// Draws the best so far of each tuned sweep, with the expected best of random draws: of the sweeps that were drawn, or else
/// of the draws of the tuned ones.
fn figure(wholes: &[JobGroup<'_>]) -> Option<FigureView> {
    let objective = &wholes.first()?.objective;
    let is_tuned = |group: &JobGroup<'_>| group.tuned_jobs() > 0;
    let any_drawn = wholes.iter().any(|group| !is_tuned(group));
    let references: Vec<BestCurve> = wholes
        .iter()
        .enumerate()
        .filter(|(_, group)| !any_drawn || !is_tuned(group))
        .map(|(series, group)| (series, expected(&group.censored_losses())))
        .filter(|(_, points)| points.len() > 1)
        .collect();
    let tuned = wholes.iter().enumerate().filter(|(_, group)| is_tuned(group));
    let tuned: Vec<BestCurve> =
        tuned.map(|(series, group)| (series, steps(group))).filter(|t| t.1.len() > 1).collect();
    let (x, y) = best_axes(&[references.as_slice(), tuned.as_slice()].concat(), objective)?;
    let mut keys = Vec::new();
    let mut lines = Vec::new();
    for (series, points) in &references {
        let (name, is_dashed) = (&wholes[*series].name, !any_drawn);
        let edge = |of: fn(&BestOf) -> f64| best_edge(points, objective, of);
        let class = if is_dashed { StyleClass::Dashed } else { StyleClass::Solid };
        let draws = format!("{name}: expected of random draws");
        keys.push(FigureKey::new(class(*series), draws.clone()));
        lines.push(BandedLine {
            name: draws,
            series: *series,
            line: edge(|best| best.mean),
            band: Some([edge(|best| best.low), edge(|best| best.high)]),
            is_dashed,
            ..BandedLine::default()
        });
    }
    for (series, points) in &tuned {
        let name = format!("{}: tuned, best so far", wholes[*series].name);
        keys.push(FigureKey::new(StyleClass::Solid(*series), name.clone()));
        let line = best_edge(points, objective, |best| best.mean);
        lines.push(BandedLine { name, series: *series, line, ..BandedLine::default() });
    }
    let title = format!("Best {} so far by number of jobs", objective.label);
    Some(FigureView {
        heading: "Best so far, tuned and at random".to_owned(),
        svg: plot::lines(&lines, &x, &y, &title),
        keys,
        note: NOTE.to_owned(),
    })
}

/// Returns the best of growing numbers of draws.
fn expected(losses: &[f64]) -> Vec<BestOf> {
    draw_counts(losses.len()).into_iter().filter_map(|m| best_of(losses, m)).collect()
}

/// Returns the corners of the best so far.
fn steps(group: &JobGroup<'_>) -> Vec<BestOf> {
    let mut corners: Vec<BestOf> = Vec::new();
    for (draws, loss) in best_so_far(&settled_losses(group)) {
        let at = |loss: f64| BestOf { draws, mean: loss, low: loss, high: loss };
        corners.extend(corners.last().map(|last| at(last.mean)));
        corners.push(at(loss));
    }
    corners
}
