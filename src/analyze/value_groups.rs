//! `COMPARE_BY`: a group of jobs for each value of a parameter.

use std::collections::BTreeSet;

use super::categories::{self, CategoryList, cell_values, spelled};
use super::group::JobGroup;
use super::metrics::Metric;
use super::selection_step::SelectionStep;
use crate::app::count;
use crate::page::number::number;
use crate::trials::CellValue;

/// The greatest number of groups: of more, neither curves nor verdicts can be read.
const MOST: usize = 12;

/// A parameter by whose values jobs are grouped.
struct ComparedParameter {
    metric: Metric,
    /// By sweep, then by row: the value of each job.
    columns: Vec<Vec<Option<CellValue>>>,
    list: CategoryList,
}

/// Divides each sweep into a group for each value of a metric, or for each combination of those of several.
pub(super) fn compare_by<'a>(
    names: &[String],
    groups: &mut Vec<JobGroup<'a>>,
) -> SelectionStep<'a> {
    let parameters: Result<Vec<ComparedParameter>, String> =
        names.iter().map(|name| parameter(name, groups)).collect();
    let labels: Vec<&str> = names
        .iter()
        .map(|name| name.strip_prefix(sweep_config::table::CFG).unwrap_or(name))
        .collect();
    let labels = labels.join(" and ");
    let title = format!("Distribution by {labels}");
    let refused = |why: String| SelectionStep {
        warnings: vec![format!("The jobs are not compared by {labels}: {why}")],
        ..SelectionStep::titled(title.clone())
    };
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(why) => return refused(why),
    };
    let parts = parts(&parameters, groups);
    if parts.len() > MOST {
        return refused(format!(
            "there would be {} groups, and the limit is {MOST}. Choose groups with SPLIT_FILTERS.",
            parts.len()
        ));
    }
    let grouped: usize = parts.iter().map(JobGroup::len).sum();
    let without = groups.iter().map(JobGroup::len).sum::<usize>() - grouped;
    let each = if names.len() > 1 { "combination of values" } else { "value" };
    let left_out = match without {
        0 => String::new(),
        1 => " 1 job has no value and is in no group.".to_owned(),
        n => format!(" {} have no value and are in no group.", count(n, "job")),
    };
    let words = format!("The same jobs by {labels}, one group per {each}.{left_out}");
    groups.clone_from(&parts);
    SelectionStep { words: vec![words], groups: parts, ..SelectionStep::titled(title) }
}

/// Returns a parameter with its values, or why its values make no groups.
fn parameter(name: &str, groups: &[JobGroup<'_>]) -> Result<ComparedParameter, String> {
    let metric = Metric::named(name);
    let columns: Result<Vec<_>, _> =
        groups.iter().map(|group| cell_values(group.population, &metric)).collect();
    let columns = columns.map_err(|problem| problem.sentence())?;
    let of_group = |(group, column): (&JobGroup<'_>, &Vec<Option<CellValue>>)| {
        group.rows().iter().filter_map(|&row| column[row].clone()).collect::<Vec<_>>()
    };
    let present: Vec<CellValue> = groups.iter().zip(&columns).flat_map(of_group).collect();
    let Some(first) = groups.first() else { return Err(format!("no job has `{name}`.")) };
    let list = CategoryList::of(&metric, first.population, present.iter());
    match list.values.as_slice() {
        [] => Err(format!("no job has `{name}`.")),
        [only] => Err(format!("`{name}` is {} in all jobs.", spelled(only))),
        values if values.len() > MOST => Err(too_many(&metric, values, &present)),
        _ => Ok(ComparedParameter { metric, columns, list }),
    }
}

/// Says that there are too many values, and what divides the jobs instead.
fn too_many(metric: &Metric, values: &[CellValue], present: &[CellValue]) -> String {
    let name = metric.column().unwrap_or(&metric.name);
    let n = values.len();
    let start = format!("`{}` has {n} different values, and the limit is {MOST}.", metric.name);
    let numbers: Option<Vec<f64>> = present.iter().map(CellValue::number).collect();
    let Some(mut numbers) = numbers else {
        let some: Vec<String> = values.iter().take(2).map(spelled).collect();
        let list = some.join(", ");
        return format!(
            "{start} Choose groups: `SPLIT_FILTERS: {{some: {{{name}: [{list}]}}, …}}`."
        );
    };
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let half = numbers.len() / 2;
    let middle = number(f64::midpoint(numbers[half - 1], numbers[half]));
    format!(
        "{start} Split it into ranges: `SPLIT_FILTERS: {{low: {{{name}: [-.inf, {middle}]}}, high: {{{name}: [{middle}, .inf]}}}}`."
    )
}

/// Returns the groups that are not empty: those of the first sweep first, each sweep's in the order of the values.
fn parts<'a>(parameters: &[ComparedParameter], groups: &[JobGroup<'a>]) -> Vec<JobGroup<'a>> {
    let mut parts = Vec::new();
    for (sweep, group) in groups.iter().enumerate() {
        let places = |row: usize| -> Option<Vec<usize>> {
            parameters.iter().map(|p| p.list.place(p.columns[sweep][row].as_ref()?)).collect()
        };
        let all: BTreeSet<Vec<usize>> =
            group.rows().iter().filter_map(|&row| places(row)).collect();
        for combination in all {
            let name_of = |(p, &at): (&ComparedParameter, &usize)| {
                categories::name(&p.metric, &p.list.values[at])
            };
            let names: Vec<String> = parameters.iter().zip(&combination).map(name_of).collect();
            let combined = names.join(", ");
            let name =
                if groups.len() > 1 { format!("{}: {combined}", group.name) } else { combined };
            let is_in = |row: usize| places(row).as_ref() == Some(&combination);
            parts.push(group.with_rows(name, is_in));
        }
    }
    parts
}
