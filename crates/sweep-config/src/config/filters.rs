//! `PRE_FILTERS` and `SPLIT_FILTERS`: which jobs are kept, by a range of numbers or by named values.

use indexmap::IndexMap;

use super::ClosedInterval;
use super::given::GivenValue;
use crate::Value;
use crate::yaml::{self, NodeKind};

/// Keeps the jobs whose metric has one of certain values.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricFilter {
    /// A shortcut or a dotted path.
    pub metric: String,
    /// The values to keep.
    pub keep: KeptValues,
}

/// The values that a filter keeps.
#[derive(Debug, Clone, PartialEq)]
pub enum KeptValues {
    /// The numbers of a range `[min, max]`; pycls's middle number is for the eye only.
    Range(ClosedInterval),
    /// These texts, truth values, dates or nothing; each stands once.
    Named(Vec<Value>),
}

/// Filters that must all hold.
pub type MetricFilters = Vec<MetricFilter>;

const FORM: &str = "a list [MIN, MED, MAX] or [MIN, MAX]";
const NAMES: &str = "a list of names keeps these values: `[sgd, adam]`";

pub(super) fn splits(given: &GivenValue<'_>) -> IndexMap<String, MetricFilters> {
    given.section().all().map(|(name, given)| (name.to_owned(), filters(&given))).collect()
}

pub(super) fn filters(given: &GivenValue<'_>) -> MetricFilters {
    let filter = |(metric, given): (&str, GivenValue<'_>)| {
        Some(MetricFilter { metric: metric.to_owned(), keep: kept(&given)? })
    };
    given.section().all().filter_map(filter).collect()
}

/// Returns what a list keeps: a range if its ends are numbers, else the values that it names.
fn kept(given: &GivenValue<'_>) -> Option<KeptValues> {
    let items = given.list(&format!("{FORM}, or a list of the values to keep"))?;
    if items.is_empty() {
        let hint = Some("remove the filter to keep all jobs".to_owned());
        given.problem("an empty list keeps no jobs", hint);
        return None;
    }
    if items.iter().all(|item| name(item).is_some()) {
        return Some(KeptValues::Named(distinct(items.iter().filter_map(name))));
    }
    match items.as_slice() {
        [low, high] if is_range(&items) => range(given, low, high),
        [low, middle, high] if is_range(&items) => {
            if name(middle).is_some_and(|value| value != Value::Null) {
                let message = "the middle value is ignored: with numbers at both ends, this is a range [MIN, MED, MAX]";
                middle.warn(message, None);
            }
            range(given, low, high)
        }
        _ => {
            wrong_form(given, &items);
            None
        }
    }
}

/// Returns true if the first and the last item are no names: then they should be numbers.
fn is_range(items: &[GivenValue<'_>]) -> bool {
    let ends = [items.first(), items.last()];
    ends.into_iter().flatten().all(|end| name(end).is_none())
}

fn range(
    given: &GivenValue<'_>,
    low: &GivenValue<'_>,
    high: &GivenValue<'_>,
) -> Option<KeptValues> {
    let (low, high) = (low.bound()?, high.bound()?);
    if low > high {
        given.problem(format!("MIN {low} is above MAX {high}, so the filter keeps no jobs"), None);
        return None;
    }
    Some(KeptValues::Range(ClosedInterval { low, high }))
}

/// Reports a list that is neither a range nor names.
fn wrong_form(given: &GivenValue<'_>, items: &[GivenValue<'_>]) {
    let names: Vec<Value> = items.iter().filter_map(name).collect();
    if names.is_empty() {
        let hint = "numbers are read as a range: write `[64, 64]` to keep one value, or use COMPARE_BY to \
            make a group of each";
        given.problem(
            format!("expected {FORM}, found {}", given.node.found()),
            Some(hint.to_owned()),
        );
        return;
    }
    let is_number = |value: &Value| matches!(value, Value::Str(text) if yaml::plain(text).is_ok_and(|v| v.as_f64().is_some()));
    let hint = if names.iter().all(is_number) {
        "remove the quotes".to_owned()
    } else if names.iter().all(|value| *value == Value::Null) {
        format!("write `-.inf` or `.inf` for an open end of a range; {NAMES}")
    } else {
        format!("two numbers are a range, {NAMES}; use a separate filter for each")
    };
    given.problem("a list must contain either numbers or names", Some(hint));
}

/// Returns a value that a list may name; `None` of a number, and of what is no single value.
fn name(given: &GivenValue<'_>) -> Option<Value> {
    match &given.node.kind {
        NodeKind::Scalar(Value::Int(_) | Value::Float(_)) => None,
        NodeKind::Scalar(value) => Some(value.clone()),
        _ => None,
    }
}

fn distinct(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut distinct = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}
