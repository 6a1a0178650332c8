//! `SETUP.POINTS`: configs that are chosen, not drawn.

use super::given::GivenValue;
use super::section::ConfigSection;
use crate::yaml::NodeKind;
use crate::{Map, Value};

/// An item of `POINTS`.
#[derive(Debug, Clone, PartialEq)]
pub enum PointSource {
    /// The path of a file of points: CSV, JSON, JSON lines or Parquet.
    File(String),
    /// One point: dotted parameter -> value.
    Point(Map),
}

impl PointSource {
    /// Returns it as the sweep config has it.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::File(path) => Value::Str(path.clone()),
            Self::Point(point) => Value::Map(point.clone()),
        }
    }
}

/// The forms that `POINTS` may have, in words.
const EXPECTED: &str =
    "a file of points (CSV, JSON, JSON lines, Parquet), or a list of points and files";

/// Decodes the points; nobody reads their files here.
pub(super) fn decode(section: &ConfigSection<'_>) -> Vec<PointSource> {
    let Some(given) = section.get("POINTS").filter(|given| !given.is_nothing()) else {
        return Vec::new();
    };
    if given.is_list() {
        let items = given.list(EXPECTED).unwrap_or_default();
        return items.iter().filter_map(source).collect();
    }
    match &given.node.kind {
        NodeKind::Scalar(Value::Str(text)) if text.is_empty() => Vec::new(),
        NodeKind::Scalar(Value::Str(_)) => source(&given).into_iter().collect(),
        NodeKind::Scalar(_) => {
            let hint = "the number of values of a sampler is a key of the sampler: \
                        `SAMPLERS: {lr: {log: [1e-4, 1e-1], points: 5}}`";
            let found = given.node.found();
            given.problem(format!("expected {EXPECTED}, found {found}"), Some(hint.to_owned()));
            Vec::new()
        }
        _ => {
            let found = given.node.found();
            let hint = "write one point as a list of one: `POINTS: [{lr: 0.1}]`";
            given.problem(format!("expected {EXPECTED}, found {found}"), Some(hint.to_owned()));
            Vec::new()
        }
    }
}

fn source(given: &GivenValue<'_>) -> Option<PointSource> {
    if given.is_mapping() {
        given.check_names();
        given.check_data();
        let Value::Map(map) = given.node.to_value() else { return None };
        return Some(PointSource::Point(map));
    }
    match &given.node.kind {
        NodeKind::Scalar(Value::Str(text)) if !text.is_empty() => {
            given.place().map(PointSource::File)
        }
        _ => {
            given.expected("a point, e.g. {lr: 0.1}, or the path of a file of points");
            None
        }
    }
}
