//! Shows the distributions of the objective by group, and says which jobs are in them.

use super::coverage::coverage;
use super::panels::error_axis;
use super::{NO_ERRORS, empty};
use crate::analyze::configs::ConfigOutcome;
use crate::analyze::group::JobGroup;
use crate::analyze::plot::{self, ChartAxis, EdfCurve, StyleClass};
use crate::analyze::stats::{EmpiricalDistribution, PointwiseBand, SampleSummary, dkw};
use crate::app::count;
use crate::page::{EdfSample, EdfView, PageSection};

/// The number of labels that the axis of the error has room for.
const LABELS: usize = 9;
/// The greatest number of groups with bands: those of more would cover each other.
pub(super) const MOST_BANDS: usize = 3;

/// Returns a section with one EDF for each group.
pub fn edf(id: &str, title: &str, intro: String, groups: &[JobGroup<'_>]) -> PageSection {
    let mut section = empty(id, title);
    section.paragraphs.push(intro);
    section.paragraphs.push(coverage(groups).join(" "));
    section.distribution = distribution(groups);
    match &mut section.distribution {
        None => section.warnings.push(NO_ERRORS.to_owned()),
        Some(distribution) if groups.len() <= MOST_BANDS => {
            let words = [Some(band_words(groups)), bounds_words(groups)].into_iter().flatten();
            let note = Some(std::mem::take(&mut distribution.note));
            let note = words.chain(note.filter(|note| !note.is_empty()));
            distribution.note = note.collect::<Vec<_>>().join(" ");
        }
        Some(_) => {}
    }
    section
}

/// Returns a sentence on what the areas around the curves are.
fn band_words(groups: &[JobGroup<'_>]) -> String {
    const INNER: &str = "; the darker area is the interval at each point (Clopper, Pearson)";
    let inner = if groups.len() == 1 { INNER } else { "" };
    format!(
        "With 95 % confidence, the curve of the whole design space lies in the light area (Dvoretzky, \
         Kiefer, Wolfowitz){inner}."
    )
}

/// Returns a sentence on what the dashed lines are; `None` if there are none.
fn bounds_words(groups: &[JobGroup<'_>]) -> Option<String> {
    let open: usize = groups.iter().map(JobGroup::open).sum();
    let unit = groups.first()?.unit();
    let words = match open {
        0 => return None,
        1 => &format!("1 {unit} is still open: however it ends"),
        _ => &format!("{} are still open: however they end", count(open, unit)),
    };
    Some(format!(
        "The curve counts only those that ended. {words}, the curve will lie between the dashed lines."
    ))
}

/// Returns the corners of the lowest and of the highest curve over all ways in which the open jobs
/// may end, the worst-case bounds of Manski ("Partial Identification of Probability Distributions",
/// 2003, chapter 1); none if no job is open.
fn bounds(group: &JobGroup<'_>, end: f64, start: f64) -> Vec<Vec<(f64, f64)>> {
    if group.open() == 0 {
        return Vec::new();
    }
    let edges = |of: fn(&ConfigOutcome) -> f64| -> Vec<(f64, f64)> {
        let losses: Vec<f64> = group.configs().iter().map(of).collect();
        let corners = EmpiricalDistribution::of(losses).corners(end).into_iter();
        // What may end best of all is below everything: the axis begins here.
        corners.map(|(x, height)| (x.max(start), height)).collect()
    };
    vec![edges(|config| config.worst), edges(|config| config.best)]
}

fn distribution(groups: &[JobGroup<'_>]) -> Option<EdfView> {
    let axis = error_axis(groups, LABELS)?;
    let edfs: Vec<EmpiricalDistribution> =
        groups.iter().map(|group| EmpiricalDistribution::of(group.censored_losses())).collect();
    let curves: Vec<EdfCurve> = groups
        .iter()
        .zip(&edfs)
        .enumerate()
        .map(|(series, (group, edf))| curve(series, group, edf, &axis, groups.len()))
        .collect();
    let samples = groups.iter().enumerate().filter_map(|(series, group)| sample(series, group));
    Some(EdfView {
        svg: plot::edf(&curves, &axis),
        note: note(groups, &axis),
        samples: samples.collect(),
    })
}

/// Returns the end of an axis as a loss.
pub(super) fn end_of(group: &JobGroup<'_>, axis: &ChartAxis) -> f64 {
    if group.objective.is_minimized() { axis.high() } else { -axis.low() }
}

/// Returns the start of an axis as a loss.
fn start_of(group: &JobGroup<'_>, axis: &ChartAxis) -> f64 {
    if group.objective.is_minimized() { axis.low() } else { -axis.high() }
}

fn curve(
    series: usize,
    group: &JobGroup<'_>,
    edf: &EmpiricalDistribution,
    axis: &ChartAxis,
    groups: usize,
) -> EdfCurve {
    let goal = group.objective.goal;
    let end = end_of(group, axis);
    let n = edf.sorted().len();
    let corners = edf.corners(end);
    let edge = |height: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> {
        corners.iter().map(|&(x, y)| (goal.as_loss(x), height(y))).collect()
    };
    let mut bands = Vec::new();
    if groups <= MOST_BANDS && n > 0 {
        let half = dkw(n);
        bands.push([edge(&|y| (y - half).max(0.0)), edge(&|y| (y + half).min(1.0))]);
    }
    if groups == 1 && n > 0 {
        let band = PointwiseBand::new(n);
        bands.push([edge(&|y| band.at(y).0), edge(&|y| band.at(y).1)]);
    }
    let mut outer = Vec::new();
    if groups <= MOST_BANDS {
        outer = bounds(group, end, start_of(group, axis));
        outer.iter_mut().flatten().for_each(|corner| corner.0 = goal.as_loss(corner.0));
    }
    let further = edf.sorted().iter().filter(|&&loss| loss > end).count();
    let beyond = match further {
        0 => String::new(),
        _ => format!("{}: {} beyond the edge", group.name, count(further, "job")),
    };
    let corners = edge(&|y| y);
    let rows = group.rows().iter().filter(|&&row| group.job(row).is_chosen);
    let tuned = rows.filter_map(|&row| group.settled_error(row)).collect();
    EdfCurve { name: group.name.clone(), series, corners, bands, bounds: outer, tuned, beyond }
}

/// Returns a note on how many jobs lie beyond the edge, and how many have no value and never will.
fn note(groups: &[JobGroup<'_>], axis: &ChartAxis) -> String {
    let beyond = |group: &JobGroup<'_>| {
        let end = end_of(group, axis);
        group.losses().iter().filter(|&&loss| loss > end).count()
    };
    let far: usize = groups.iter().map(beyond).sum();
    let lost: usize = groups.iter().map(JobGroup::lost).sum();
    let mut parts = Vec::new();
    if far > 0 {
        let label = &axis.label;
        let unit = groups.first().map_or("job", JobGroup::unit);
        parts.push(format!(
            "{} with a worse {label} beyond the edge; the table counts them.",
            count(far, unit)
        ));
    }
    let beside: usize = groups.iter().map(JobGroup::chosen_jobs).sum();
    if beside > 0 {
        let words: Vec<&str> =
            groups.iter().filter(|g| g.chosen_jobs() > 0).map(JobGroup::beside_draws).collect();
        let same = words.iter().all(|word| *word == words[0]);
        let jobs =
            count(beside, &format!("{} job", if same { words[0] } else { "tuned or chosen" }));
        parts.push(format!("Strokes at the foot: {jobs}, no draws and not in the curves."));
    }
    if lost > 0 {
        parts.push(lost_words(groups, lost));
    }
    parts.join(" ")
}

/// Returns a sentence on how the curves count jobs that are lost.
pub(super) fn lost_words(groups: &[JobGroup<'_>], lost: usize) -> String {
    format!(
        "{} ended without a value. The curve and the median count them as worse than all others, so the \
         curve ends below 1; the mean leaves them out.",
        count(lost, groups.first().map_or("job", JobGroup::unit)),
    )
}

fn sample(series: usize, group: &JobGroup<'_>) -> Option<EdfSample> {
    let SampleSummary { n, min, mean } = SampleSummary::of(&group.losses())?;
    let value = |loss: f64| group.objective.said_loss(loss);
    Some(EdfSample {
        class: StyleClass::Solid(series).to_string(),
        name: group.name.clone(),
        n,
        best: value(min),
        median: group.median().map_or("–".to_owned(), |median| group.objective.said(median)),
        mean: value(mean),
    })
}
