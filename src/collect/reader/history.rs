//! The history of a training in one document: mappings of lists, as Keras (`{"loss": [2, 1]}`) and Sacred
//! (`{"loss": {"steps": [0, 10], "values": [2, 1]}}`) write it, or a list of mappings (`[{"epoch": 1, "loss": 2}]`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use sweep_config::{Map, Value};

use super::jsonl;
use super::record::RecordFields;
use crate::collect::log_value::LogValue;

/// Returns the rows of a mapping whose values are all such lists; `None` of any other mapping.
pub(super) fn rows(map: &Map) -> Option<Vec<RecordFields<'static>>> {
    if map.is_empty() { None } else { by_index(map).or_else(|| by_step(map)) }
}

/// Returns the rows of a list of mappings; `None` of any other list.
pub(super) fn entries(list: &[Value]) -> Option<Vec<RecordFields<'static>>> {
    let map = |entry: &Value| if let Value::Map(map) = entry { Some(map.clone()) } else { None };
    let rows: Option<Vec<_>> = list.iter().map(|entry| Some(row(map(entry)?))).collect();
    rows.filter(|rows| !rows.is_empty())
}

/// Returns the row that a mapping is, nested ones flat.
pub(super) fn row(entry: Map) -> RecordFields<'static> {
    let mut fields = Vec::with_capacity(entry.len());
    for (name, value) in entry {
        jsonl::flatten(&mut fields, Cow::Owned(name), value.into());
    }
    fields
}

/// Lists of one length, of more than one item: the rows are their items.
fn by_index(map: &Map) -> Option<Vec<RecordFields<'static>>> {
    let lists: Vec<(&String, &Vec<Value>)> =
        map.iter().map(|(name, value)| Some((name, numbers(value)?))).collect::<Option<_>>()?;
    let len = lists.first()?.1.len();
    if len < 2 || lists.iter().any(|(_, items)| items.len() != len) {
        return None;
    }
    let row = |at: usize| lists.iter().map(|(name, items)| field(name, &items[at])).collect();
    Some((0..len).map(row).collect())
}

/// Mappings of `steps` and `values`: a row for each step.
fn by_step(map: &Map) -> Option<Vec<RecordFields<'static>>> {
    let mut rows: BTreeMap<i64, RecordFields<'static>> = BTreeMap::new();
    for (name, value) in map {
        let Value::Map(metric) = value else { return None };
        let (steps, values) = (numbers(metric.get("steps")?)?, numbers(metric.get("values")?)?);
        for (step, value) in steps.iter().zip(values) {
            let Value::Int(step) = step else { return None };
            let row = rows.entry(*step).or_insert_with(|| vec![field("step", &Value::Int(*step))]);
            row.push(field(name, value));
        }
    }
    Some(rows.into_values().collect())
}

/// Returns the items of a list of numbers, of which some may be missing.
fn numbers(value: &Value) -> Option<&Vec<Value>> {
    let Value::List(items) = value else { return None };
    let is_number = |item: &Value| matches!(item, Value::Int(_) | Value::Float(_) | Value::Null);
    items.iter().all(is_number).then_some(items)
}

fn field(name: &str, value: &Value) -> (Cow<'static, str>, LogValue) {
    (Cow::Owned(name.to_owned()), value.clone().into())
}
