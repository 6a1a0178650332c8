//! Makes the log of a job whose result was told.

use std::collections::BTreeMap;

use sweep_config::table;

use super::log::{JobLog, LogType};
use super::once::OnceFields;
use crate::collect::log_value::LogValue;

/// Returns the log that has these values of metrics, in columns of their own ([`table::TOLD`]): whether a metric is logged over epochs,
/// and under which type, is a matter of the jobs that ran.
pub(crate) fn told_log(values: &BTreeMap<String, f64>) -> JobLog {
    let fields: BTreeMap<String, LogValue> =
        values.iter().map(|(metric, value)| (metric.clone(), LogValue::Float(*value))).collect();
    let told = LogType {
        name: table::TOLD.trim_end_matches('.').to_owned(),
        once: Some(OnceFields::Named(fields)),
        untimed: 1,
        ..LogType::default()
    };
    JobLog::from_parts(if values.is_empty() { Vec::new() } else { vec![told] }, 0)
}
