//! Makes the log of a job whose result was told: what a program would have logged that reports the same values once.

use std::collections::BTreeMap;

use super::log::{JobLog, LogType};
use super::once::OnceFields;
use super::record::RESERVED;
use crate::collect::log_value::LogValue;

/// The type of values whose metric names none, as that of `metrics.jsonl`.
const KIND: &str = "metrics";

/// Returns the log that has these values of metrics; `test_epoch.top1_err` is the value `top1_err` of the type `test_epoch`.
pub(crate) fn told_log(values: &BTreeMap<String, f64>) -> JobLog {
    let mut kinds: BTreeMap<&str, BTreeMap<String, LogValue>> = BTreeMap::new();
    for (metric, value) in values {
        let typed = metric.split_once('.').filter(|(kind, _)| !RESERVED.contains(kind));
        let (kind, name) = typed.unwrap_or((KIND, metric));
        kinds.entry(kind).or_default().insert(name.to_owned(), LogValue::Float(*value));
    }
    let logged = |(name, fields): (&str, _)| LogType {
        name: name.to_owned(),
        once: Some(OnceFields::Named(fields)),
        untimed: 1,
        ..LogType::default()
    };
    JobLog::from_parts(kinds.into_iter().map(logged).collect(), 0)
}
