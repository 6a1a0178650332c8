//! Shows which jobs no other beats in all of several objectives.

use super::empty;
use super::panels::{X_LABELS, Y_LABELS, error_axis, metric_axis_of};
use crate::analyze::data::{bits, objective_column};
use crate::analyze::group::Group;
use crate::analyze::metrics::Objective;
use crate::analyze::plot::{self, BandedLine, PointData, PointMark, SERIES};
use crate::analyze::stats::pareto_front;
use crate::app::count;
use crate::page::number::number;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// Returns the section with the front of the first objective and each of the others; `None` for a
/// single objective.
pub fn pareto(groups: &[Group<'_>], others: &[Objective]) -> Option<PageSection> {
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

fn figure(groups: &[Group<'_>], other: &Objective, column: &str) -> Option<FigureView> {
    let both: Vec<Vec<ObjectivePoint>> = groups.iter().map(|group| both(group, other)).collect();
    let values: Vec<f64> = both.iter().flatten().map(|job| job.1).collect();
    let x = metric_axis_of(&other.label, other.spacing(), &values, X_LABELS)?;
    let y = error_axis(groups, Y_LABELS)?;
    let first = &groups.first()?.objective;
    let mut keys = Vec::new();
    let curve = |(series, jobs): (usize, &Vec<ObjectivePoint>)| {
        let group = &groups[series];
        let losses: Vec<(f64, f64)> =
            jobs.iter().map(|job| (other.goal.as_loss(job.1), first.goal.as_loss(job.2))).collect();
        let front = pareto_front(&losses);
        keys.push(FigureKey {
            class: format!("line s{}", series % SERIES),
            text: format!("{}: {} on the front", group.name, count(front.len(), "job")),
        });
        let mark = |&at: &usize| {
            let (row, x, y) = jobs[at];
            let title = format!(
                "job {} · {} {} · {} {}",
                group.job(row).id,
                first.label,
                number(y),
                other.label,
                number(x)
            );
            PointMark { x, y, title }
        };
        let line = front.iter().map(|&at| (jobs[at].1, jobs[at].2)).collect();
        let rows = bits(front.iter().map(|&at| jobs[at].0), group.population.jobs.len());
        let (x, y) = (column.to_owned(), objective_column(0));
        BandedLine {
            name: group.name.clone(),
            series,
            line,
            data: Some(PointData { group: series, x, y, rows }),
            marks: front.iter().map(mark).collect(),
            ..BandedLine::default()
        }
    };
    let curves: Vec<BandedLine> = both.iter().enumerate().map(curve).collect();
    let title = format!("{} over {}", y.label, x.label);
    let heading = format!("{} and {}", first.label, other.label);
    Some(FigureView {
        heading,
        svg: plot::lines(&curves, &x, &y, &title),
        keys,
        note: String::new(),
    })
}

fn both(group: &Group<'_>, other: &Objective) -> Vec<ObjectivePoint> {
    let values = other.values(group.population);
    group.rows().iter().filter_map(|&row| Some((row, values[row]?, group.error(row)?))).collect()
}
