//! Finds the values that filters name and no job has.

use std::collections::BTreeSet;

use sweep_config::{KeptValues, MetricFilter};

use super::categories::{CategoryList, cell_values, spelled};
use super::filtering::{alternatives, cell};
use super::group::JobGroup;
use super::metrics::Metric;
use crate::trials::{CellValue, nearest};

/// The greatest number of values that a remark lists.
const LISTED: usize = 12;

/// Returns a remark on each value that filters name and no job of the groups' sweeps has.
pub(super) fn unknown_values<'f>(
    filters: impl Iterator<Item = &'f MetricFilter>,
    groups: &[JobGroup<'_>],
) -> Vec<String> {
    let mut remarks = BTreeSet::new();
    for filter in filters {
        let KeptValues::Named(names) = &filter.keep else { continue };
        let metric = Metric::named(&filter.metric);
        let columns = groups.iter().map(|group| cell_values(group.population, &metric));
        // A metric that no job has is told of where the filter is applied.
        let Ok(columns) = columns.collect::<Result<Vec<_>, _>>() else { continue };
        let values = columns.iter().flatten().flatten();
        let Some(first) = groups.first() else { continue };
        let known = CategoryList::of(&metric, first.population, values);
        for name in names.iter().map(cell).filter(|name| known.place(name).is_none()) {
            let (metric, hint) = (&filter.metric, hint(&name, &known.values));
            remarks.insert(format!("No job has `{metric}` {}.{hint}", spelled(&name)));
        }
    }
    remarks.into_iter().collect()
}

/// Returns what may have been meant by a value that no job has: a sentence with a space before it.
fn hint(name: &CellValue, known: &[CellValue]) -> String {
    let plain = name.spelled().to_lowercase();
    let twin = known.iter().find(|value| value.spelled().to_lowercase() == plain);
    if let Some(twin) = twin {
        let there = spelled(twin);
        return match twin {
            CellValue::Int(_) | CellValue::Float(_) => {
                format!(
                    " Jobs have the number {there}; keep it with the range `[{there}, {there}]`."
                )
            }
            CellValue::Bool(_) => format!(" Jobs have the boolean {there}; remove the quotes."),
            CellValue::Text(_) if matches!(name, CellValue::Bool(_)) => {
                format!(" Jobs have the text {there}; add quotes.")
            }
            _ => format!(" Did you mean `{there}`?"),
        };
    }
    let names: Vec<String> = known.iter().map(spelled).collect();
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    let near = nearest(&spelled(name), &texts);
    if !near.is_empty() {
        return format!(" Did you mean {}?", near.join(" or "));
    }
    if names.len() <= LISTED {
        format!(" Jobs have {}.", alternatives(&names))
    } else {
        String::new()
    }
}
