//! Shows the rank correlations of parameters, metrics and the objective with each other.

use rayon::prelude::*;

use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Metric;
use crate::analyze::parameters::Parameter;
use crate::analyze::plot::{self, CorrelationCell, StyleClass};
use crate::analyze::stats::{correlation_of_ranks, ranks, spearman};
use crate::page::{FigureGrid, FigureKey, FigureView, PageSection};

/// The greatest number of columns; more would not be readable.
const MOST: usize = 20;

const INTRO: &str = "Spearman's rank correlation of each pair over the jobs that have both: 1 if one always \
    rises with the other, −1 if it always falls, 0 without a monotone trend. Stronger correlations have \
    stronger colors.";

/// Returns the section of a group; `None` with fewer than two columns that vary.
pub fn correlations(
    id: &str,
    title: &str,
    group: &JobGroup<'_>,
    parameters: &[Parameter],
    metrics: &[String],
) -> Option<PageSection> {
    let columns = columns(group, parameters, metrics);
    if columns.len() < 3 {
        return None;
    }
    let mut section = empty(id, title);
    section.paragraphs.push(INTRO.to_owned());
    let names: Vec<&str> = columns.iter().map(|column| column.0.as_str()).collect();
    // What a search chose moves parameters together that the design space does not.
    let drawn: Vec<usize> =
        group.rows().iter().copied().filter(|&row| !group.job(row).is_chosen).collect();
    let svg = plot::matrix(&names, &cells(&columns, &drawn));
    let keys = vec![
        FigureKey::new(StyleClass::Dot(0), "one rises with the other"),
        FigureKey::new(StyleClass::Dot(1), "one falls"),
    ];
    let figure = FigureView { svg, keys, ..FigureView::default() };
    section.grids.push(FigureGrid { figures: vec![figure], ..FigureGrid::default() });
    Some(section)
}

type NamedColumn = (String, Vec<Option<f64>>);

fn columns(group: &JobGroup<'_>, parameters: &[Parameter], metrics: &[String]) -> Vec<NamedColumn> {
    let objective = &group.objective;
    let mut columns = vec![(objective.label.clone(), group.ended_errors())];
    let numbers = parameters.iter().filter(|parameter| parameter.words.is_empty());
    columns.extend(numbers.map(|parameter| (parameter.name.clone(), parameter.values.clone())));
    for name in metrics {
        let metric = Metric::named(name);
        if let Ok(values) = metric.values(&group.population.table, objective) {
            let is_new = |known: &NamedColumn| {
                known.0 != metric.label && !is_same(&known.1, &values, group.rows())
            };
            // A product of two columns says nothing that they do not.
            let is_product = metric.label.contains('×');
            if !is_product && varies(group, &values) && columns.iter().all(is_new) {
                columns.push((metric.label, values));
            }
        }
    }
    columns.truncate(MOST);
    columns
}

/// Returns true if two columns are equal wherever both have a value. A metric is missing in jobs
/// that logged nothing, the parameter that it repeats is not.
fn is_same(a: &[Option<f64>], b: &[Option<f64>], rows: &[usize]) -> bool {
    let mut both = rows.iter().filter_map(|&row| Some((a[row]?, b[row]?))).peekable();
    both.peek().is_some() && both.all(|(a, b)| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()))
}

fn varies(group: &JobGroup<'_>, values: &[Option<f64>]) -> bool {
    let mut present = group.rows().iter().filter_map(|&row| values[row]);
    let first = present.next();
    present.any(|value| Some(value) != first)
}

fn cells(columns: &[NamedColumn], rows: &[usize]) -> Vec<CorrelationCell> {
    let pairs: Vec<(usize, usize)> =
        (0..columns.len()).flat_map(|row| (0..row).map(move |column| (row, column))).collect();
    // Where no job lacks a value, ranks are taken once a column instead of once a pair.
    let complete = |(_, values): &NamedColumn| {
        let values: Option<Vec<f64>> = rows.iter().map(|&row| values[row]).collect();
        values.map(|values| ranks(&values))
    };
    let known: Vec<Option<Vec<f64>>> = columns.par_iter().map(complete).collect();
    let rho = |row: usize, column: usize| {
        if let (Some(a), Some(b)) = (&known[row], &known[column]) {
            return correlation_of_ranks(a, b);
        }
        let pair = |&job: &usize| Some((columns[row].1[job]?, columns[column].1[job]?));
        spearman(&rows.iter().filter_map(pair).collect::<Vec<_>>())
    };
    let cell = |&(row, column): &(usize, usize)| {
        Some(CorrelationCell { row, column, rho: rho(row, column)? })
    };
    pairs.par_iter().filter_map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_wherever_both_are_known_is_one_column() {
        let set_up = [Some(0.1), Some(0.2), Some(0.3), None];
        let logged = [Some(0.1), Some(0.2), None, None];
        let other = [Some(0.1), Some(0.25), Some(0.3), None];
        let rows = [0, 1, 2, 3];
        assert!(is_same(&set_up, &logged, &rows));
        assert!(!is_same(&set_up, &other, &rows));
        assert!(!is_same(&[Some(1.0), None], &[None, Some(1.0)], &[0, 1]), "nothing in common");
    }
}
