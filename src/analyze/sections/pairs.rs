//! Shows two metrics over each other, each job coloured by its rank.

use super::empty;
use super::metric_view::capitalised;
use super::panels::{X_LABELS, Y_LABELS, metric_axis};
use crate::analyze::data::bits;
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::{Metric, MetricProblem};
use crate::analyze::plot::{self, BandedLine, ChartAxis, PointData, PointMark, StyleClass};
use crate::app::num::float;
use crate::page::number::number;
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// The classes of jobs: the share of the ranks up to which a job belongs to it, its colour, and its
/// text in the legend; the best last, so that they lie on top.
const CLASSES: [(f64, usize, &str); 3] =
    [(1.0, 6, "the others"), (0.5, 5, "the better half"), (0.1, 1, "the best tenth")];

/// Returns the section of `ANALYZE.PLOT_METRIC_PAIRS`.
pub fn pairs(asked: &[[String; 2]], groups: &[JobGroup<'_>]) -> PageSection {
    let mut section = empty("pairs", "Pairs of metrics");
    section.paragraphs.push("Where the good jobs lie in two metrics at once.".to_owned());
    for names in asked {
        let [x, y] = names.each_ref().map(|name| Metric::named(name));
        match row(&x, &y, groups) {
            Ok(grid) => section.grids.push(grid),
            Err(problem) => section.warnings.push(problem.sentence()),
        }
    }
    section
}

/// A point of a job: its row, and its values of both metrics.
type PairPoint = (usize, f64, f64);

fn row(x: &Metric, y: &Metric, groups: &[JobGroup<'_>]) -> Result<FigureGrid, MetricProblem> {
    let places: Vec<Vec<PairPoint>> =
        groups.iter().map(|group| places(x, y, group)).collect::<Result<_, _>>()?;
    let of = |value: fn(&PairPoint) -> f64| {
        places.iter().map(|own| own.iter().map(value).collect()).collect::<Vec<Vec<f64>>>()
    };
    let axes = metric_axis(x, &of(|p| p.1), X_LABELS).zip(metric_axis(y, &of(|p| p.2), Y_LABELS));
    let Some((x_axis, y_axis)) = axes else {
        return Err(x.problem(
            &format!("and `{}` never occur together in a job with a value", y.name),
            None,
        ));
    };
    let figure = |(at, (group, places)): (usize, (&JobGroup<'_>, &Vec<PairPoint>))| {
        let curves = curves((at, group), places, (x, y), (&x_axis, &y_axis));
        let heading = if groups.len() > 1 {
            group.name.clone()
        } else {
            format!("{} over {}", capitalised(&y.label), x.label)
        };
        let title = format!("{} over {}, by rank", y.label, x.label);
        let classes = CLASSES.iter().rev();
        let keys = classes.map(|(_, series, text)| FigureKey::new(StyleClass::Dot(*series), *text));
        let is_tuned = curves.iter().any(|curve| !curve.tuned.is_empty());
        let beside = is_tuned.then(|| FigureKey::new(StyleClass::Tuned, group.beside_draws()));
        FigureView {
            heading,
            svg: plot::lines(&curves, &x_axis, &y_axis, &title),
            keys: keys.chain(beside).collect(),
            note: String::new(),
        }
    };
    let title = if groups.len() > 1 {
        format!("{} over {}", capitalised(&y.label), x.label)
    } else {
        String::new()
    };
    let figures = groups.iter().zip(&places).enumerate().map(figure).collect();
    Ok(FigureGrid { title, columns: groups.len(), figures, ..FigureGrid::default() })
}

/// Returns the points of the jobs that have both metrics and a value, best first.
fn places(x: &Metric, y: &Metric, group: &JobGroup<'_>) -> Result<Vec<PairPoint>, MetricProblem> {
    let [xs, ys] = [
        x.values(&group.population.table, &group.objective)?,
        y.values(&group.population.table, &group.objective)?,
    ];
    let place = |row: usize| Some((row, xs[row]?, ys[row]?));
    Ok(group.ranked().into_iter().filter_map(place).collect())
}

/// Returns the points of the jobs, one line without corners for each class.
fn curves(
    (at, group): (usize, &JobGroup<'_>),
    places: &[PairPoint],
    (x, y): (&Metric, &Metric),
    (x_axis, y_axis): (&ChartAxis, &ChartAxis),
) -> Vec<BandedLine> {
    let is_inside = |place: &PairPoint| x_axis.shows(place.1) && y_axis.shows(place.2);
    let share = |rank: usize| float(rank + 1) / float(places.len());
    let curve = |(class, (most, series, name)): (usize, &(f64, usize, &str))| {
        let least = CLASSES.get(class + 1).map_or(0.0, |next| next.0);
        let own = |rank: usize| least < share(rank) && share(rank) <= *most;
        let own: Vec<&PairPoint> =
            places.iter().enumerate().filter(|(rank, _)| own(*rank)).map(|(_, p)| p).collect();
        // Of many points no name is shown, and to make them all takes longer than to draw.
        let are_named = own.iter().filter(|place| is_inside(place)).count() <= plot::MOST_NAMED;
        let mark = |place: &&PairPoint| {
            let is_named = are_named || !is_inside(place);
            let title = if is_named { title(group, place, (x, y)) } else { String::new() };
            PointMark { x: place.1, y: place.2, title }
        };
        let rows = bits(own.iter().map(|place| place.0), group.population.trials.jobs.len());
        let (x, y) = (x.name.clone(), y.name.clone());
        BandedLine {
            name: (*name).to_owned(),
            series: *series,
            marks: own.iter().map(mark).collect(),
            tuned: own.iter().filter(|p| group.job(p.0).is_chosen).map(|p| (p.1, p.2)).collect(),
            data: Some(PointData { group: at, x, y, rows, part: String::new() }),
            ..BandedLine::default()
        }
    };
    CLASSES.iter().enumerate().map(curve).collect()
}

/// Returns what the browser says of a point.
fn title(
    group: &JobGroup<'_>,
    &(row, at_x, at_y): &PairPoint,
    (x, y): (&Metric, &Metric),
) -> String {
    format!(
        "job {} · {} {} · {} {} · {} {}",
        group.job(row).id,
        group.objective.label,
        group.error(row).map(|error| group.objective.said(error)).unwrap_or_default(),
        x.label,
        number(at_x),
        y.label,
        number(at_y)
    )
}
