//! Distributions as if the jobs of all groups were equally complex.

use super::{empty, panels::error_axis};
use crate::analyze::group::Group;
use crate::analyze::metrics::Metric;
use crate::analyze::plot::{self, EdfCurve, SERIES};
use crate::analyze::stats::{Normalised, Refusal, normalise};
use crate::page::number::number;
use crate::page::{Distribution, Sample, Section};

const LABELS: usize = 9;

/// The section over the first metric of complexity that all groups have; `None` of a single group,
/// and where no metric of complexity is known of all.
pub fn normalised(groups: &[Group<'_>], complexity: &[String]) -> Option<Section> {
    if groups.len() < 2 {
        return None;
    }
    let (metric, pairs) = complexity.iter().find_map(|name| {
        let metric = Metric::named(name);
        let pairs: Option<Vec<_>> = groups.iter().map(|group| pairs(group, &metric)).collect();
        Some((metric, pairs?))
    })?;
    let mut section = empty("edf-normalised", "Errors at equal complexity");
    match normalise(&pairs) {
        Err(refusal) => {
            let why = in_words(&refusal, groups, &metric);
            section.paragraphs.push(format!("The distributions cannot be normalised: {why}."));
        }
        Ok(weighed) => {
            section.paragraphs.push(intro(&weighed, &metric));
            section.distribution = distribution(groups, &weighed);
        }
    }
    Some(section)
}

/// `(complexity, loss)` of the jobs that have both; `None` if none has.
fn pairs(group: &Group<'_>, metric: &Metric) -> Option<Vec<(f64, f64)>> {
    let points = group.points(metric).ok().filter(|points| !points.is_empty())?;
    let goal = group.objective.goal;
    Some(points.iter().map(|point| (point.value, goal.as_loss(point.error))).collect())
}

fn in_words(refusal: &Refusal, groups: &[Group<'_>], metric: &Metric) -> String {
    let label = &metric.label;
    match refusal {
        Refusal::Apart => format!("they have no range of {label} in common"),
        Refusal::Empty { space, bin } => format!(
            "no job of {} has {label} between {} and {}",
            groups[*space].name,
            number(bin.low),
            number(bin.high)
        ),
    }
}

fn intro(weighed: &Normalised, metric: &Metric) -> String {
    format!(
        "A space of larger models is not a better one. Here each of {} bins of {} between {} and {} weighs \
         the same in every space, as in On Network Design Spaces (section 3.3); jobs outside are left out.",
        weighed.bins,
        metric.label,
        number(weighed.range.low),
        number(weighed.range.high)
    )
}

fn distribution(groups: &[Group<'_>], weighed: &Normalised) -> Option<Distribution> {
    let axis = error_axis(groups, LABELS)?;
    let (mut curves, mut samples) = (Vec::new(), Vec::new());
    for (series, (group, jobs)) in groups.iter().zip(&weighed.spaces).enumerate() {
        let goal = group.objective.goal;
        let mut jobs = jobs.clone();
        jobs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let end = if group.objective.is_minimized() { axis.high() } else { -axis.low() };
        let (corners, height) = corners(&jobs, end);
        let corners =
            corners.into_iter().map(|(loss, height)| (goal.as_loss(loss), height)).collect();
        let beyond = if height < 0.999 {
            format!("{}: more beyond the edge", group.name)
        } else {
            String::new()
        };
        curves.push(EdfCurve {
            name: group.name.clone(),
            series,
            corners,
            bands: Vec::new(),
            beyond,
        });
        let value = |loss: f64| number(goal.as_loss(loss));
        samples.push(Sample {
            class: format!("line s{}", series % SERIES),
            name: group.name.clone(),
            n: jobs.len(),
            min: jobs.first().map(|job| value(job.0)).unwrap_or_default(),
            median: crate::analyze::stats::weighted_quantile(&jobs, 0.5)
                .map(value)
                .unwrap_or_default(),
            mean: value(jobs.iter().map(|(loss, weight)| loss * weight).sum()),
        });
    }
    Some(Distribution { svg: plot::edf(&curves, &axis), note: String::new(), samples })
}

/// The corners of the weighted step function up to `end`, and its height there. Steps that are nearer
/// to each other than a pixel are one.
fn corners(sorted: &[(f64, f64)], end: f64) -> (Vec<(f64, f64)>, f64) {
    let least = sorted.first().map_or(end, |job| job.0);
    let pixel = (end - least) / 1000.0;
    let (mut corners, mut height) = (vec![(least, 0.0)], 0.0);
    for &(loss, weight) in sorted.iter().filter(|job| job.0 <= end) {
        if corners.last().is_none_or(|last| loss - last.0 >= pixel) {
            corners.push((loss, height));
        }
        height += weight;
        if let Some(last) = corners.last_mut() {
            *last = (last.0, height);
        }
    }
    corners.push((end, height));
    (corners, height)
}
