//! Shows distributions as if the jobs of all groups were equally complex.

use super::edf::{end_of, lost_words};
use super::{empty, panels::error_axis};
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Metric;
use crate::analyze::plot::{self, EdfCurve, StyleClass};
use crate::analyze::stats::{NormalisationRefusal, NormalisedSpaces, normalise, weighted_quantile};
use crate::app::count;
use crate::page::number::number;
use crate::page::{EdfSample, EdfView, PageSection};

const LABELS: usize = 9;

/// Returns the section over the first metric of complexity that all groups have; `None` for a
/// single group, or without such a metric.
pub fn normalised(groups: &[JobGroup<'_>], complexity: &[String]) -> Option<PageSection> {
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
            section.paragraphs.extend(without(groups, &pairs, &metric));
            section.distribution = distribution(groups, &weighed);
        }
    }
    Some(section)
}

/// Returns `(complexity, loss)` of the jobs that have both, an infinite loss for those that are
/// lost; `None` if none has both.
fn pairs(group: &JobGroup<'_>, metric: &Metric) -> Option<Vec<(f64, f64)>> {
    let complexity = metric.values(&group.population.table, &group.objective).ok()?;
    let pair = |(row, loss): (usize, f64)| Some((complexity[row]?, loss));
    let pairs: Vec<(f64, f64)> = group.settled().filter_map(pair).collect();
    pairs.iter().any(|(_, loss)| loss.is_finite()).then_some(pairs)
}

/// Counts the jobs that ended and have no complexity.
fn without(groups: &[JobGroup<'_>], pairs: &[Vec<(f64, f64)>], metric: &Metric) -> Option<String> {
    let all: usize = groups.iter().map(|group| group.settled().count()).sum();
    let n = all - pairs.iter().map(Vec::len).sum::<usize>();
    (n > 0)
        .then(|| format!("{} of unknown {} cannot be among them.", count(n, "job"), metric.label))
}

fn in_words(refusal: &NormalisationRefusal, groups: &[JobGroup<'_>], metric: &Metric) -> String {
    let label = &metric.label;
    match refusal {
        NormalisationRefusal::Apart => format!("they have no range of {label} in common"),
        NormalisationRefusal::Empty { space, bin } => format!(
            "no job of {} has {label} between {} and {}",
            groups[*space].name,
            number(bin.low),
            number(bin.high)
        ),
    }
}

fn intro(weighed: &NormalisedSpaces, metric: &Metric) -> String {
    format!(
        "A space of larger models is not a better one. Here each of {} bins of {} between {} and {} weighs \
         the same in every space, as in On Network Design Spaces (section 3.3); jobs outside are left out.",
        weighed.bins,
        metric.label,
        number(weighed.range.low),
        number(weighed.range.high)
    )
}

fn distribution(groups: &[JobGroup<'_>], weighed: &NormalisedSpaces) -> Option<EdfView> {
    let axis = error_axis(groups, LABELS)?;
    let (mut curves, mut samples) = (Vec::new(), Vec::new());
    for (series, (group, jobs)) in groups.iter().zip(&weighed.spaces).enumerate() {
        let goal = group.objective.goal;
        let mut jobs = jobs.clone();
        jobs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (corners, height) = corners(&jobs, end_of(group, &axis));
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
            bounds: Vec::new(),
            beyond,
        });
        samples.push(sample(series, group, &jobs));
    }
    let is_lost = |job: &(f64, f64)| job.0.is_infinite();
    let lost = weighed.spaces.iter().flatten().filter(|job| is_lost(job)).count();
    let note = if lost > 0 { lost_words(groups, lost) } else { String::new() };
    Some(EdfView { svg: plot::edf(&curves, &axis), note, samples })
}

/// Returns the numbers of a group's curve from pairs of loss and weight, least first.
fn sample(series: usize, group: &JobGroup<'_>, jobs: &[(f64, f64)]) -> EdfSample {
    let known = &jobs[..jobs.partition_point(|job| job.0.is_finite())];
    let weight: f64 = known.iter().map(|job| job.1).sum();
    let value = |loss: f64| number(group.objective.goal.as_loss(loss));
    let mean = known.iter().map(|(loss, weight)| loss * weight).sum::<f64>() / weight;
    EdfSample {
        class: StyleClass::Solid(series).to_string(),
        name: group.name.clone(),
        n: known.len(),
        min: known.first().map(|job| value(job.0)).unwrap_or_default(),
        median: weighted_quantile(known, weight / 2.0).map(value).unwrap_or_default(),
        mean: if weight > 0.0 { value(mean) } else { String::new() },
    }
}

/// Returns the corners of the weighted step function up to `end`, and its height there. Steps
/// nearer to each other than a pixel are joined.
fn corners(sorted: &[(f64, f64)], end: f64) -> (Vec<(f64, f64)>, f64) {
    let least = sorted.first().map_or(end, |job| job.0);
    let pixel = (end - least) / 1000.0;
    let (mut corners, mut height) = (vec![(least, 0.0), (least, 0.0)], 0.0);
    for &(loss, weight) in sorted.iter().filter(|job| job.0 <= end) {
        if corners.last().is_none_or(|last| loss - last.0 >= pixel) {
            corners.extend([(loss, height), (loss, height)]);
        }
        height += weight;
        if let Some(last) = corners.last_mut() {
            last.1 = height;
        }
    }
    corners.push((end, height));
    (corners, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_rises_in_steps() {
        let (corners, height) = corners(&[(1.0, 0.25), (2.0, 0.5), (9.0, 0.25)], 5.0);
        let steps = [(1.0, 0.0), (1.0, 0.25), (2.0, 0.25), (2.0, 0.75), (5.0, 0.75)];
        assert_eq!(corners, steps);
        assert!((height - 0.75).abs() < f64::EPSILON);
    }
}
