//! Rank correlations of parameters, metrics and the objective with each other.

use std::fmt::Write as _;

use rayon::prelude::*;

use super::empty;
use crate::analyze::group::Group;
use crate::analyze::metrics::Metric;
use crate::analyze::parameters::Parameter;
use crate::analyze::stats::{correlation_of_ranks, ranks, spearman};
use crate::page::number::correlation;
use crate::page::svg::{Size, UNIT, escape, open};
use crate::page::{FigureView, Grid, Section};

/// More would not be readable.
const MOST: usize = 20;
/// A cell's side, and the room for names, in CSS pixels.
const CELL: i32 = 30;
const NAMES: i32 = 150;

const INTRO: &str = "Spearman's rank correlation of each pair over the jobs that have both: 1 where one \
    rises with the other, −1 where it falls, 0 where neither.";

/// The section of a group; `None` with fewer than two columns that vary.
pub fn correlations(
    id: &str,
    title: &str,
    group: &Group<'_>,
    parameters: &[Parameter],
    metrics: &[String],
) -> Option<Section> {
    let columns = columns(group, parameters, metrics);
    if columns.len() < 3 {
        return None;
    }
    let mut section = empty(id, title);
    section.paragraphs.push(INTRO.to_owned());
    let figure = FigureView { svg: draw(&columns, group.rows()), ..FigureView::default() };
    section.grids.push(Grid { columns: 1, figures: vec![figure], ..Grid::default() });
    Some(section)
}

type Named = (String, Vec<Option<f64>>);

fn columns(group: &Group<'_>, parameters: &[Parameter], metrics: &[String]) -> Vec<Named> {
    let objective = &group.objective;
    let mut columns = vec![(objective.label.clone(), objective.values(group.population))];
    let numbers = parameters.iter().filter(|parameter| parameter.words.is_empty());
    columns.extend(numbers.map(|parameter| (parameter.name.clone(), parameter.values.clone())));
    for name in metrics {
        let metric = Metric::named(name);
        if let Ok(values) = metric.values(group.population, objective) {
            let is_new = |known: &Named| known.1 != values && known.0 != metric.label;
            if varies(group, &values) && columns.iter().all(is_new) {
                columns.push((metric.label, values));
            }
        }
    }
    columns.truncate(MOST);
    columns
}

fn varies(group: &Group<'_>, values: &[Option<f64>]) -> bool {
    let mut present = group.rows().iter().filter_map(|&row| values[row]);
    let first = present.next();
    present.any(|value| Some(value) != first)
}

fn draw(columns: &[Named], rows: &[usize]) -> String {
    let n = i32::try_from(columns.len()).unwrap_or(i32::MAX);
    let length = NAMES + n * CELL;
    let size = Size { width: length, height: length, left: 0, class: "matrix" };
    let mut svg = open(size, "Rank correlations");
    let cells: Vec<(usize, usize)> =
        (0..columns.len()).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
    let complete = |(_, values): &Named| {
        let values: Option<Vec<f64>> = rows.iter().map(|&row| values[row]).collect();
        values.map(|values| ranks(&values))
    };
    let known: Vec<Option<Vec<f64>>> = columns.par_iter().map(complete).collect();
    let values: Vec<Option<f64>> = cells
        .par_iter()
        .map(|&(i, j)| {
            if let (Some(a), Some(b)) = (&known[i], &known[j]) {
                return correlation_of_ranks(a, b);
            }
            let pair = |&row: &usize| Some((columns[i].1[row]?, columns[j].1[row]?));
            spearman(&rows.iter().filter_map(pair).collect::<Vec<_>>())
        })
        .collect();
    for (at, (name, _)) in (0..).zip(columns) {
        let (y, x) = ((at * CELL + CELL / 2) * UNIT, (NAMES - 6) * UNIT);
        let name = escape(name);
        let _ = write!(
            svg,
            "<text class=\"label end\" x=\"{x}\" y=\"{y}\" dy=\"0.35em\">{name}</text>"
        );
        let (x, y) = ((NAMES + at * CELL + CELL / 2) * UNIT, (n * CELL + 8) * UNIT);
        let _ = write!(
            svg,
            "<text class=\"label end\" x=\"{x}\" y=\"{y}\" dy=\"0.35em\" transform=\"rotate(-60 {x} {y})\">{name}</text>"
        );
    }
    for (&(i, j), value) in cells.iter().zip(&values) {
        let Some(rho) = value else { continue };
        let place = |k: usize| i32::try_from(k).unwrap_or(0) * CELL;
        let (x, y) = ((NAMES + place(j)) * UNIT, place(i) * UNIT);
        let class = if *rho < 0.0 { "falls" } else { "rises" };
        let (strength, edge, middle) = (rho.abs(), CELL * UNIT, CELL * UNIT / 2);
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{edge}\" height=\"{edge}\" fill-opacity=\"{strength:.2}\"><title>{} and {}: {rho}</title></rect>\
             <text class=\"tick middle\" x=\"{}\" y=\"{}\" dy=\"0.35em\">{rho}</text>",
            escape(&columns[i].0),
            escape(&columns[j].0),
            x + middle,
            y + middle,
            rho = correlation(*rho),
        );
    }
    svg.push_str("</svg>");
    svg
}
