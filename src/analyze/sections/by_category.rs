//! Shows the objective by category: for each text or truth value of a metric the jobs that have it.

use super::metric_view::{MetricView, capitalised};
use crate::analyze::categories::{self, CategoryList, cell_values, is_categorical, spelled};
use crate::analyze::data::objective_column;
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::{Metric, MetricProblem};
use crate::analyze::plot::{self, ChartAxis, PointData, StripFigure, StripRow, StyleClass};
use crate::analyze::stats::quantile;
use crate::app::count;
use crate::page::{FigureGrid, FigureKey, FigureView};
use crate::trials::CellValue;

/// The greatest number of categories that are drawn.
const MOST: usize = 24;
/// The least number of ended jobs or configs that have quartiles.
const LEAST_OF_A_BOX: usize = 4;

/// The words on figures by category.
pub(super) const WORDS: &str = "By category: each row shows the jobs with one value. The box is the middle \
    half of the jobs that ended, the line their median; lost jobs count as worse than all others.";

/// Returns true if a metric is drawn by category, since a group holds texts or truth values of it.
pub(in crate::analyze) fn is_drawn_by_category(metric: &Metric, groups: &[JobGroup<'_>]) -> bool {
    groups.iter().any(|group| is_categorical(group.population, metric))
}

/// Returns the figures of a metric by category, a figure a group; `x` is the axis of the objective.
pub(super) fn by_category(
    metric: &Metric,
    groups: &[JobGroup<'_>],
    x: &ChartAxis,
) -> Result<MetricView, MetricProblem> {
    let columns: Vec<Vec<Option<CellValue>>> = groups
        .iter()
        .map(|group| cell_values(group.population, metric))
        .collect::<Result<_, _>>()?;
    let present = groups.iter().zip(&columns);
    let present: Vec<&CellValue> = present
        .flat_map(|(group, column)| group.rows().iter().filter_map(|&row| column[row].as_ref()))
        .collect();
    let Some(first) = groups.first() else {
        return Err(metric.problem("has no value in any job", None));
    };
    let list = CategoryList::of(metric, first.population, present.into_iter());
    match list.values.as_slice() {
        [] => return Err(metric.problem("has no value in any job", None)),
        [only] => return Ok(MetricView::Constant(format!("{} {}", metric.label, spelled(only)))),
        values if values.len() > MOST => {
            let what =
                format!("has {} different values; rows are drawn for up to {MOST}", values.len());
            return Err(metric.problem(&what, None));
        }
        _ => {}
    }
    let several = groups.len() > 1;
    let figure = |(series, (group, column)): (usize, (&JobGroup<'_>, &Vec<Option<CellValue>>))| {
        let heading = if several { group.name.clone() } else { capitalised(&metric.label) };
        figure(heading, metric, (group, column), &list, (x, series))
    };
    let figures = groups.iter().zip(&columns).enumerate().map(figure).collect();
    let title = if several { capitalised(&metric.label) } else { String::new() };
    Ok(MetricView::Figures(FigureGrid {
        title,
        columns: groups.len(),
        figures,
        ..FigureGrid::default()
    }))
}

fn figure(
    heading: String,
    metric: &Metric,
    (group, column): (&JobGroup<'_>, &[Option<CellValue>]),
    list: &CategoryList,
    (x, series): (&ChartAxis, usize),
) -> FigureView {
    let place = |row: usize| list.place(column[row].as_ref()?);
    let parts: Vec<JobGroup<'_>> = list
        .values
        .iter()
        .enumerate()
        .map(|(at, value)| group.with_rows(spelled(value), |row| place(row) == Some(at)))
        .collect();
    let rows: Vec<StripRow> = parts.iter().map(strip_row).collect();
    let point = |&row: &usize| Some((row, group.error(row)?, place(row)?));
    let points: Vec<(usize, f64, usize)> = group.rows().iter().filter_map(point).collect();
    let title = |i: usize| {
        let (row, value, at) = points[i];
        let name = categories::name(metric, &list.values[at]);
        format!("job {} · {} {} · {name}", group.job(row).id, x.label, x.said(value))
    };
    let (at_x, at_y) = (objective_column(0), metric.name.clone());
    let data = PointData::of_all(series, at_x, at_y);
    let label = metric.label.as_str();
    let is_tuned = |&i: &usize| group.job(points[i].0).is_chosen;
    let tuned: Vec<usize> = (0..points.len()).filter(is_tuned).collect();
    let beside =
        (!tuned.is_empty()).then(|| FigureKey::new(StyleClass::Tuned, group.beside_draws()));
    let (rows, points, tuned, data) = (&rows, &points, &tuned, &data);
    let figure = StripFigure { label, x, rows, points, tuned, series, data };
    let without = group.rows().iter().filter(|&&row| place(row).is_none()).count();
    FigureView {
        heading,
        svg: plot::strip(figure, title),
        keys: parts.iter().map(|part| FigureKey::plain(words(part))).chain(beside).collect(),
        note: match without {
            0 => String::new(),
            n => format!("{} without this parameter left out.", count(n, "job")),
        },
    }
}

/// Returns the row of the jobs of a category.
fn strip_row(part: &JobGroup<'_>) -> StripRow {
    let losses = part.censored_losses();
    let value = |p: f64| Some(part.objective.goal.as_loss(quantile(&losses, p)?));
    let middle_half = value(0.25).zip(value(0.75)).filter(|_| losses.len() >= LEAST_OF_A_BOX);
    // The lower end of a goal to maximize is the worse one.
    let middle_half = middle_half.map(|(a, b)| (a.min(b), a.max(b)));
    let counts = (losses.len(), part.lost());
    StripRow { name: part.name.clone(), middle_half, median: part.median(), counts }
}

/// Returns the numbers of a category: how many jobs it has, their median, and how many of them are lost or go on.
fn words(part: &JobGroup<'_>) -> String {
    let ended = part.settled().count();
    let mut words = vec![format!("{}: {}", part.name, count(ended, part.unit()))];
    match part.median() {
        Some(median) => words.push(format!("median {}", part.objective.said(median))),
        None if ended > 0 => words.push("no median: half are lost".to_owned()),
        None => {}
    }
    if part.lost() > 0 {
        words.push(format!("{} lost", part.lost()));
    }
    if part.open() > 0 {
        words.push(format!("{} more open", part.open()));
    }
    words.join(", ")
}
