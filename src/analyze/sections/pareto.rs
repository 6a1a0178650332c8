//! Shows which jobs no other beats in all of several objectives.

use super::empty;
use super::panels::{X_LABELS, Y_LABELS, error_axis, metric_axis_of};
use crate::analyze::data::{bits, objective_column};
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Objective;
use crate::analyze::plot::{self, BandedLine, PointData, PointMark, StyleClass};
use crate::analyze::stats::pareto_front;
use crate::app::count;
use crate::page::number::number;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// Returns the section with the front of the first objective and each of the others; `None` for a
/// single objective.
pub fn pareto(groups: &[JobGroup<'_>], others: &[Objective]) -> Option<PageSection> {
    let first = &groups.first()?.objective;
    if others.is_empty() {
        return None;
    }
    let mut section = empty("pareto", "Pareto front");
    section.paragraphs.push(format!(
        "On the line are the jobs that no other beats in both: better {} costs something else there.",
        first.label
    ));
    let mut grid = FigureGrid::default();
    for (at, other) in others.iter().enumerate() {
        match figure(groups, other, &objective_column(at + 1)) {
            Some(figure) => grid.figures.push(figure),
            None => section
                .warnings
                .push(format!("No job has both {} and {}.", first.label, other.label)),
        }
    }
    section.grids.push(grid);
    Some(section)
}

/// A job with values of both objectives: its row, the other objective's value, the first one's.
type ObjectivePoint = (usize, f64, f64);

fn figure(groups: &[JobGroup<'_>], other: &Objective, column: &str) -> Option<FigureView> {
    let both: Vec<Vec<ObjectivePoint>> = groups.iter().map(|group| both(group, other)).collect();
    let values = both.iter().map(|jobs| jobs.iter().map(|job| job.1).collect());
    let values: Vec<Vec<f64>> = values.collect();
    let x = metric_axis_of(&other.label, other.spacing(), &values, X_LABELS)?;
    let y = error_axis(groups, Y_LABELS)?;
    let first = &groups.first()?.objective;
    let fronts = both.iter().map(|jobs| front(jobs, (first, other)));
    let fronts: Vec<Vec<ObjectivePoint>> = fronts.collect();
    let key = |(series, front): (usize, &Vec<ObjectivePoint>)| {
        let text = format!("{}: {} on the front", groups[series].name, count(front.len(), "job"));
        FigureKey::new(StyleClass::Solid(series), text)
    };
    let keys = fronts.iter().enumerate().map(key).collect();
    let curve = |(series, front): (usize, &Vec<ObjectivePoint>)| {
        let data = (column.to_owned(), objective_column(0));
        curve((series, &groups[series]), front, (first, other), data)
    };
    let curves: Vec<BandedLine> = fronts.iter().enumerate().map(curve).collect();
    let title = format!("{} over {}", y.label, x.label);
    let heading = format!("{} and {}", first.label, other.label);
    let svg = plot::lines(&curves, &x, &y, &title);
    Some(FigureView { heading, svg, keys, note: String::new() })
}

/// Returns the jobs that no other job beats.
fn front(jobs: &[ObjectivePoint], (first, other): (&Objective, &Objective)) -> Vec<ObjectivePoint> {
    let losses = jobs.iter().map(|job| (other.goal.as_loss(job.1), first.goal.as_loss(job.2)));
    pareto_front(&losses.collect::<Vec<_>>()).into_iter().map(|at| jobs[at]).collect()
}

/// Returns the line of a group's front, with its jobs as points.
fn curve(
    (series, group): (usize, &JobGroup<'_>),
    front: &[ObjectivePoint],
    (first, other): (&Objective, &Objective),
    (x, y): (String, String),
) -> BandedLine {
    let mark = |&(row, x, y): &ObjectivePoint| {
        let (id, first_value, other_value) = (group.job(row).id, number(y), number(x));
        let title =
            format!("job {id} · {} {first_value} · {} {other_value}", first.label, other.label);
        PointMark { x, y, title }
    };
    let rows = bits(front.iter().map(|job| job.0), group.population.trials.jobs.len());
    BandedLine {
        name: group.name.clone(),
        series,
        line: front.iter().map(|job| (job.1, job.2)).collect(),
        data: Some(PointData { group: series, x, y, rows }),
        marks: front.iter().map(mark).collect(),
        ..BandedLine::default()
    }
}

fn both(group: &JobGroup<'_>, other: &Objective) -> Vec<ObjectivePoint> {
    let values = other.values(&group.population.table);
    group
        .rows()
        .iter()
        .filter_map(|&row| Some((row, values[row]?, group.settled_error(row)?)))
        .collect()
}
