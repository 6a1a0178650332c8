//! The parameters under `grid`: choices and evenly spaced numbers.

use indexmap::IndexMap;
use sweep_config::{Value, yaml};

use super::block::{GridParameter, is_removed};
use super::literal;
use crate::convert::grid_values;
use crate::convert::source::{SourceItem, SourceSection, join};

/// The most points of one parameter.
const MOST: i64 = 100_000;

/// Reads what is below a key; nested mappings are dotted paths.
pub(super) fn read(item: &SourceItem<'_>, path: &str, found: &mut IndexMap<String, GridParameter>) {
    let Some(section) = item.section() else { return };
    for below in section.rest() {
        let path = join(path, &below.key);
        if is_removed(&below) {
            found.insert(path, parameter(&below, Vec::new(), "", None, true));
            continue;
        }
        let Some(inner) = below.section() else { continue };
        let Some(kind) = type_of(&inner) else {
            read(&below, &path, found);
            continue;
        };
        if kind == "parameter_collection" {
            match inner.get("params") {
                Some(params) => read(&params, &path, found),
                None => below.problem("a parameter_collection has no `params`", None),
            }
            continue;
        }
        let values = values(&inner, &kind);
        let zip = inner.get("zip_id").and_then(|item| item.text());
        inner.finish(&format!("a grid parameter of type `{kind}`"));
        let Some(values) = values else { continue };
        let grid = parameter(&below, values, &kind, zip, false);
        if found.insert(path.clone(), grid).is_some() {
            below.problem(format!("`{path}` is given twice"), Some("remove one of the two"));
        }
    }
}

fn parameter(
    item: &SourceItem<'_>,
    values: Vec<Value>,
    kind: &str,
    zip: Option<String>,
    is_removed: bool,
) -> GridParameter {
    let (key, mark, kind) = (item.path.clone(), item.mark, kind.to_owned());
    GridParameter { values, zip, key, mark, kind, is_removed }
}

/// Returns the type of a parameter; none for a mapping that holds parameters.
pub(super) fn type_of(section: &SourceSection<'_>) -> Option<String> {
    let given = section.get("type")?;
    if given.node.entries().is_some() { None } else { given.text() }
}

fn values(section: &SourceSection<'_>, kind: &str) -> Option<Vec<Value>> {
    match kind {
        "choice" => options(section),
        "range" => {
            let (low, high) = (number(section, "min"), number(section, "max"));
            let (low, high, step) = (low?, high?, number(section, "step")?);
            let values = grid_values::arange(&low, &high, &step);
            if values.is_none() {
                section.whole.problem("the range has no values, or too many", None);
            }
            values
        }
        "uniform" | "loguniform" => {
            let (low, high) = (number(section, "min"), number(section, "max"));
            let count = section.get("num").map(|item| item.count().map(|count| (count, item)));
            let Some(count) = count else {
                section.whole.problem("`num` is missing", None);
                return None;
            };
            let (low, high, (count, item)) = (low?.as_f64()?, high?.as_f64()?, count?);
            let Some(count) = u32::try_from(count).ok().filter(|_| count <= MOST) else {
                item.problem(format!("more than {MOST} points"), None);
                return None;
            };
            if kind == "loguniform" && (low <= 0.0 || high <= 0.0) {
                section.whole.problem("a logarithm needs `min` and `max` above 0", None);
                return None;
            }
            let make =
                if kind == "uniform" { grid_values::linspace } else { grid_values::logspace };
            Some(make(low, high, count).into_iter().map(Value::Float).collect())
        }
        _ => {
            let message = format!("`{kind}` is not a type of a grid parameter");
            section
                .whole
                .problem(message, Some("the types are choice, range, uniform and loguniform"));
            let _ = section.rest();
            None
        }
    }
}

/// Returns the values of a choice.
pub(super) fn options(section: &SourceSection<'_>) -> Option<Vec<Value>> {
    let Some(given) = section.get("options") else {
        section.whole.problem("`options` is missing", None);
        return None;
    };
    let values: Vec<Value> =
        given.list()?.iter().map(|item| literal::value(&item.value())).collect();
    if values.is_empty() {
        given.problem("is empty", None);
        return None;
    }
    let is_reference = |value: &&Value| matches!(value, Value::Str(text) if text.contains("${"));
    if let Some(value) = values.iter().find(is_reference) {
        let message = format!("`{}` in options cannot be converted", yaml::flow(value));
        given.problem(message, Some("write the values, or put the reference under `fixed`"));
        return None;
    }
    Some(values)
}

/// Returns a number of a parameter.
pub(super) fn number(section: &SourceSection<'_>, key: &str) -> Option<Value> {
    let Some(given) = section.get(key) else {
        section.whole.problem(format!("`{key}` is missing"), None);
        return None;
    };
    match literal::value(&given.value()) {
        number @ (Value::Int(_) | Value::Float(_)) => Some(number),
        _ => given.number(),
    }
}
