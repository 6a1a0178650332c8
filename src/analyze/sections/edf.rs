//! Error distributions of groups, with who is in them and who is not.

use super::panels::error_axis;
use super::words::who_is_in;
use super::{NO_ERRORS, empty};
use crate::analyze::group::Group;
use crate::analyze::plot::{self, EdfCurve, SERIES};
use crate::analyze::stats::{Edf, Summary, quantile};
use crate::app::count;
use crate::page::number::number;
use crate::page::{Distribution, Sample, Section};

/// How many labels the axis of the error has room for.
const LABELS: usize = 9;

/// A section with one EDF a group.
pub fn edf(id: &str, title: &str, intro: String, groups: &[Group<'_>]) -> Section {
    let mut section = empty(id, title);
    section.paragraphs.push(intro);
    section.paragraphs.extend(who_is_in(groups));
    section.distribution = distribution(groups);
    if section.distribution.is_none() {
        section.warnings.push(NO_ERRORS.to_owned());
    }
    section
}

fn distribution(groups: &[Group<'_>]) -> Option<Distribution> {
    let axis = error_axis(groups, LABELS)?;
    let curve = |(series, group): (usize, &Group<'_>)| {
        let edf = Edf::of(group.errors());
        let beyond = axis.count_above(edf.sorted());
        let beyond = format!("{}: {} further right", group.name, count(beyond, "job"));
        EdfCurve { series, edf, beyond }
    };
    let curves: Vec<EdfCurve> = groups.iter().enumerate().map(curve).collect();
    let beyond: usize = curves.iter().map(|curve| axis.count_above(curve.edf.sorted())).sum();
    let note = match beyond {
        0 => String::new(),
        n => format!(
            "{} with an error above {} beyond the right edge; the table counts {}.",
            count(n, "job"),
            number(axis.high()),
            if n == 1 { "it" } else { "them" },
        ),
    };
    let samples = groups.iter().zip(&curves).filter_map(|(group, curve)| sample(group, curve));
    Some(Distribution { svg: plot::edf(&curves, &axis), note, samples: samples.collect() })
}

fn sample(group: &Group<'_>, curve: &EdfCurve) -> Option<Sample> {
    let Summary { n, min, mean } = group.summary()?;
    let median = quantile(curve.edf.sorted(), 0.5)?;
    Some(Sample {
        class: format!("line s{}", curve.series % SERIES),
        name: group.name.clone(),
        n,
        min: number(min),
        median: number(median),
        mean: number(mean),
    })
}
