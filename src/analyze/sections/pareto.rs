//! Shows which jobs no other beats in both of two objectives, and the others faintly.

use super::coverage::prefix;
use super::empty;
use super::panels::{X_LABELS, Y_LABELS, error_axis, metric_axis_of};
use crate::analyze::data::{bits, objective_column};
use crate::analyze::findings::ReportFindings;
use crate::analyze::fronts::{FrontPoint, ObjectiveFront};
use crate::analyze::group::JobGroup;
use crate::analyze::plot::{
    self, FrontCurve, FrontPart, MOST_LISTED, MOST_NAMED, PointData, PointMark, StyleClass,
};
use crate::app::{count, listed};
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// Returns the section with the front of the first objective and each of the others; `None` for a
/// single objective.
pub(in crate::analyze) fn pareto(findings: &ReportFindings<'_>) -> Option<PageSection> {
    let (groups, fronts) = (findings.groups(), &findings.fronts);
    let first = &groups.first()?.objective;
    fronts.first()?;
    let mut section = empty("pareto", "Pareto front");
    section.paragraphs.push(format!(
        "The line connects the {0}s that no other {0} beats in both objectives: improving {1} there costs \
         something else. Faint points are dominated: another {0} is at least as good in both and better in \
         one.",
        groups.iter().find(|group| group.is_replicated()).map_or("job", JobGroup::unit),
        first.label
    ));
    let mut grid = FigureGrid::default();
    for of_other in fronts.chunk_by(|a, b| a.other == b.other) {
        let label = &of_other[0].objective(groups).label;
        let several = fronts.len() > of_other.len();
        let beginning =
            if several { format!("{} and {label}: ", first.label) } else { String::new() };
        let words = of_other.iter().map(|front| {
            format!("{beginning}{}{}.", prefix(groups, &groups[front.group]), front.words(groups))
        });
        section.paragraphs.push(words.collect::<Vec<_>>().join(" "));
        match figure(groups, of_other) {
            Some(figure) => grid.figures.push(figure),
            None => {
                section.warnings.push(format!("No job has both {} and {label}.", first.label));
            }
        }
    }
    section.grids.push(grid);
    Some(section)
}

fn figure(groups: &[JobGroup<'_>], fronts: &[ObjectiveFront]) -> Option<FigureView> {
    let other = fronts.first()?.objective(groups);
    let costs = |front: &ObjectiveFront| {
        front.front.iter().chain(&front.dominated).map(|point| point.cost).collect()
    };
    let values: Vec<Vec<f64>> = fronts.iter().map(costs).collect();
    let x = metric_axis_of(&other.label, other.spacing(), &values, X_LABELS)?.measured(other.unit);
    let y = error_axis(groups, Y_LABELS)?;
    let first = &groups.first()?.objective;
    let key = |front: &ObjectiveFront| {
        let group = &groups[front.group];
        let n = count(front.front.len(), group.unit());
        let text = format!("{}: {n} on the front", group.name);
        FigureKey::new(StyleClass::Solid(front.group), text)
    };
    let curves: Vec<FrontCurve> = fronts.iter().map(|front| curve(groups, front)).collect();
    let is_cut = |curve: &FrontCurve| {
        curve.dominated.data.is_none() && curve.dominated.marks.len() > MOST_LISTED
    };
    let cut = "The CSV contains only the front.";
    Some(FigureView {
        heading: format!("{} and {}", first.label, other.label),
        svg: plot::front(&curves, &x, &y, &format!("{} over {}", y.label, x.label)),
        keys: fronts.iter().map(key).collect(),
        note: if curves.iter().any(is_cut) { cut.to_owned() } else { String::new() },
    })
}

fn curve(groups: &[JobGroup<'_>], front: &ObjectiveFront) -> FrontCurve {
    FrontCurve {
        name: groups[front.group].name.clone(),
        series: front.group,
        front: part(groups, front, (&front.front, "on the front")),
        dominated: part(groups, front, (&front.dominated, "dominated")),
    }
}

fn part(
    groups: &[JobGroup<'_>],
    front: &ObjectiveFront,
    (points, name): (&[FrontPoint], &str),
) -> FrontPart {
    let (group, other) = (&groups[front.group], front.objective(groups));
    let title = |point: &FrontPoint| {
        let ids: Vec<String> =
            point.rows.iter().map(|&row| group.job(row).id.to_string()).collect();
        let (value, cost) = (group.objective.said(point.value), other.said(point.cost));
        let jobs = if ids.len() == 1 { "job" } else { "jobs" };
        let (jobs, first) = (format!("{jobs} {}", listed(&ids)), &group.objective.label);
        format!("{jobs} · {first} {value} · {} {cost} · {name}", other.label)
    };
    // Of more, none is named in the figure.
    let are_named = points.len() <= MOST_NAMED;
    let mark = |point: &FrontPoint| PointMark {
        x: point.cost,
        y: point.value,
        title: if are_named { title(point) } else { String::new() },
    };
    let rows = points.iter().flat_map(|point| point.rows.iter().copied());
    // The script knows jobs: a config of several seeds is none of them.
    let data = (!group.is_replicated()).then(|| PointData {
        group: front.group,
        x: objective_column(front.other),
        y: objective_column(0),
        rows: bits(rows, group.population.trials.jobs.len()),
        part: name.to_owned(),
    });
    FrontPart { marks: points.iter().map(mark).collect(), data }
}
