//! Shows distributions as if the jobs of all groups were equally complex.

use super::edf::{MOST_BANDS, end_of, lost_words};
use super::{empty, panels::error_axis};
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Metric;
use crate::analyze::plot::{self, EdfCurve, StyleClass};
use crate::analyze::stats::{
    BinnedDistribution, NormalisationRefusal, NormalisedSpaces, WeighedJob, effective_draws,
    normalise, weighted_quantile,
};
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
    let mut section = empty("edf-normalised", "Distribution at equal complexity");
    match normalise(&pairs) {
        Err(refusal) => {
            let why = in_words(&refusal, groups, &metric);
            section.paragraphs.push(format!("The distributions cannot be normalized: {why}."));
        }
        Ok(weighed) => {
            section.paragraphs.push(intro(&weighed, &metric));
            section.paragraphs.push(effective(&weighed, groups));
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

/// Says how much the unequal weights leave of the jobs, and what the areas are.
fn effective(weighed: &NormalisedSpaces, groups: &[JobGroup<'_>]) -> String {
    let own = |(group, jobs): (&JobGroup<'_>, &Vec<WeighedJob>)| {
        let effective = effective_draws(jobs.iter().map(|job| job.weight));
        let jobs = count(jobs.len(), group.unit());
        format!(
            "{jobs} of {} carry the information of {effective:.0} with equal weight",
            group.name
        )
    };
    let all: Vec<String> = groups.iter().zip(&weighed.spaces).map(own).collect();
    let band = if groups.len() <= MOST_BANDS {
        " The areas are 95 % intervals at each point."
    } else {
        ""
    };
    format!("{}.{band}", all.join("; "))
}

/// Counts the jobs that ended and have no complexity.
fn without(groups: &[JobGroup<'_>], pairs: &[Vec<(f64, f64)>], metric: &Metric) -> Option<String> {
    let all: usize = groups.iter().map(|group| group.settled().count()).sum();
    let n = all - pairs.iter().map(Vec::len).sum::<usize>();
    (n > 0).then(|| format!("{} without a known {} left out.", count(n, "job"), metric.label))
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
        "A space with larger models is not necessarily better. Here, each of {} bins of {} between {} and {} \
         has the same weight in every space, as in On Network Design Spaces (section 3.3). Jobs outside are \
         left out.",
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
        let mut jobs = jobs.clone();
        jobs.sort_by(|a, b| a.value.total_cmp(&b.value));
        curves.push(curve(series, group, &jobs, end_of(group, &axis)));
        samples.push(sample(series, group, &jobs));
    }
    if groups.len() > MOST_BANDS {
        for curve in &mut curves {
            curve.bands.clear();
        }
    }
    let is_lost = |job: &&WeighedJob| job.value.is_infinite();
    let lost = weighed.spaces.iter().flatten().filter(is_lost).count();
    let note = if lost > 0 { lost_words(groups, lost) } else { String::new() };
    Some(EdfView { svg: plot::edf(&curves, &axis), note, samples })
}

fn curve(series: usize, group: &JobGroup<'_>, jobs: &[WeighedJob], end: f64) -> EdfCurve {
    let goal = group.objective.goal;
    let corners = corners(jobs, end);
    let edge = |of: fn(&CurveCorner) -> f64| {
        corners.iter().map(|corner| (goal.as_loss(corner.loss), of(corner))).collect()
    };
    let is_whole = corners.last().is_some_and(|corner| corner.height >= 0.999);
    let beyond =
        if is_whole { String::new() } else { format!("{}: more beyond the edge", group.name) };
    EdfCurve {
        name: group.name.clone(),
        series,
        corners: edge(|corner| corner.height),
        bands: vec![[edge(|corner| corner.interval.0), edge(|corner| corner.interval.1)]],
        bounds: Vec::new(),
        tuned: Vec::new(),
        beyond,
    }
}

/// Returns the numbers of a group's curve of jobs, least loss first.
fn sample(series: usize, group: &JobGroup<'_>, jobs: &[WeighedJob]) -> EdfSample {
    let known = &jobs[..jobs.partition_point(|job| job.value.is_finite())];
    let known: Vec<(f64, f64)> = known.iter().map(|job| (job.value, job.weight)).collect();
    let weight: f64 = known.iter().map(|job| job.1).sum();
    let value = |loss: f64| group.objective.said_loss(loss);
    let mean = known.iter().map(|(loss, weight)| loss * weight).sum::<f64>() / weight;
    EdfSample {
        class: StyleClass::Solid(series).to_string(),
        name: group.name.clone(),
        n: known.len(),
        best: known.first().map(|job| value(job.0)).unwrap_or_default(),
        median: weighted_quantile(&known, weight / 2.0).map(value).unwrap_or_default(),
        mean: if weight > 0.0 { value(mean) } else { String::new() },
    }
}

/// A corner of a step function, with the band there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct CurveCorner {
    loss: f64,
    height: f64,
    interval: (f64, f64),
}

/// Returns the corners of the weighted step function up to `end`. Steps nearer to each other than a pixel are joined.
fn corners(sorted: &[WeighedJob], end: f64) -> Vec<CurveCorner> {
    /// The rise from which on the band is computed anew.
    const RISE: f64 = 1.0 / 128.0;
    let start = sorted.first().map_or(end, |job| job.value);
    let pixel = (end - start) / 1000.0;
    let mut curve = BinnedDistribution::of(sorted);
    let foot = CurveCorner { loss: start, height: 0.0, interval: curve.interval() };
    let (mut corners, mut banded) = (vec![foot, foot], 0.0);
    for job in sorted.iter().filter(|job| job.value <= end) {
        let corner = corners[corners.len() - 1];
        if job.value - corner.loss >= pixel {
            corners.extend([CurveCorner { loss: job.value, ..corner }; 2]);
        }
        curve.pass(job);
        let height = curve.height();
        if let Some(last) = corners.last_mut() {
            last.height = height;
            if height - banded >= RISE {
                (banded, last.interval) = (height, curve.interval());
            }
        }
    }
    corners.extend(corners.last().copied().map(|last| CurveCorner { loss: end, ..last }));
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_rises_in_steps_inside_its_band() {
        let job = |(value, bin)| WeighedJob { value, weight: 0.25, bin };
        let corners = corners(&[(1.0, 0), (2.0, 1), (3.0, 0), (9.0, 1)].map(job), 5.0);
        let steps: Vec<(f64, f64)> = corners.iter().map(|c| (c.loss, c.height)).collect();
        let expected = [(1.0, 0.0), (1.0, 0.25), (2.0, 0.25), (2.0, 0.5), (3.0, 0.5), (3.0, 0.75)];
        assert_eq!(steps, [expected.as_slice(), &[(5.0, 0.75)]].concat());
        for CurveCorner { height, interval: (low, high), .. } in corners {
            assert!(low <= height && height <= high, "{low} {height} {high}");
        }
    }
}
