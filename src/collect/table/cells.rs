//! The cells of a job's row of `sweep.parquet`, from its config and its log.

use std::collections::BTreeSet;

use sweep_config::table::{CFG, EPOCH_IND, EPOCH_MAX, MAX, MEAN, MIN};
use sweep_config::{Map, Value};

use super::row::JobRow;
use crate::collect::log_value::LogValue;
use crate::collect::reader::{JobLog, LogSeries, LoggedType, each_below, is_position};

/// Adds a config that no program logged, under [`CFG`].
pub(crate) fn push_config(row: &mut JobRow, config: Map) {
    for (key, value) in config {
        each_below(&mut [CFG, &key].concat(), &value, &mut |name, value| row.push(&[name], value));
    }
}

/// Returns the cells of a whole default config.
pub(crate) fn flat_defaults(defaults: Value) -> Vec<(String, LogValue)> {
    let mut row = JobRow::default();
    if let Value::Map(map) = defaults {
        push_config(&mut row, map);
    }
    row.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

/// Adds the parameters that a job's config lacks, because it is older than they are.
pub(crate) fn push_defaults(row: &mut JobRow, defaults: &[(String, LogValue)]) {
    if defaults.is_empty() {
        return;
    }
    let given: BTreeSet<String> = row.iter().map(|(name, _)| name.to_owned()).collect();
    let lacks = |name: &str| {
        // A mapping that was given takes the place of a default for it as a whole.
        let below = given.range(format!("{name}.")..).next();
        let is_above =
            (0..name.len()).any(|i| name.as_bytes()[i] == b'.' && given.contains(&name[..i]));
        !given.contains(name)
            && !is_above
            && !below.is_some_and(|g| g.starts_with(&format!("{name}.")))
    };
    if given.iter().any(|name| name.starts_with(CFG)) {
        let lacking = defaults.iter().filter(|(name, _)| lacks(name));
        lacking.for_each(|(name, value)| row.push(&[name], value.clone()));
    }
}

/// Adds all that was logged, the config included.
pub(crate) fn push_log(row: &mut JobRow, log: &JobLog) {
    for (kind, logged) in log.iter() {
        match logged {
            LoggedType::Once(once) => {
                once.each_leaf(&mut |name, value| row.push(&[kind, ".", name], value));
            }
            LoggedType::Series(series) => push_series(row, kind, series),
        }
    }
}

fn push_series(row: &mut JobRow, kind: &str, series: &LogSeries) {
    let Some(last) = series.rows().last() else { return };
    row.push(&[kind, ".", EPOCH_IND], LogValue::Int(last.at.epoch));
    row.push(&[kind, ".", EPOCH_MAX], LogValue::int_or_null(last.epoch_max));
    for (metric, name) in series.names.iter().enumerate() {
        if is_position(name) {
            continue;
        }
        let value = series.last(metric).cloned().unwrap_or(LogValue::Null);
        row.push(&[kind, ".", name], value);
        let Some(summary) = MetricSummary::of(series.column(metric)) else { continue };
        row.push(&[kind, ".", name, MAX], LogValue::Float(summary.max));
        row.push(&[kind, ".", name, MEAN], LogValue::Float(summary.mean));
        row.push(&[kind, ".", name, MIN], LogValue::Float(summary.min));
    }
}

/// The least, greatest and mean number of a metric.
#[derive(Debug, PartialEq)]
struct MetricSummary {
    min: f64,
    max: f64,
    mean: f64,
}

impl MetricSummary {
    /// Summarizes the values that are numbers and not NaN; `None` if there are none. An infinity that passed is neither
    /// the least nor the greatest; one that stayed may be.
    fn of<'a>(values: impl Iterator<Item = &'a LogValue>) -> Option<Self> {
        let (mut min, mut max, mut sum, mut n) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0.0);
        let mut last = f64::NAN;
        for number in values.filter_map(LogValue::number).filter(|number| !number.is_nan()) {
            if number.is_finite() {
                min = number.min(min);
                max = number.max(max);
            }
            last = number;
            sum += number;
            n += 1.0;
        }
        // A NaN is no number to `min` and `max`.
        let is_kept = last.is_infinite() || min > max;
        let kept = if is_kept { last } else { f64::NAN };
        (n > 0.0).then(|| Self { min: min.min(kept), max: max.max(kept), mean: sum / n })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{PyclsReader, read_text};

    fn cells(log: &str) -> Vec<(String, String)> {
        let (log, _) = read_text(&PyclsReader::new(), "", log.as_bytes());
        let mut row = JobRow::default();
        push_log(&mut row, &log);
        row.iter().map(|(name, value)| (name.to_owned(), format!("{value:?}"))).collect()
    }

    #[test]
    fn a_mapping_becomes_dotted_names_and_a_list_stays() {
        let cells =
            cells(r#"json_stats: {"_type": "cfg", "A": {"B": {"C": 1}, "D": [2]}, "E": {}}"#);
        let names: Vec<&str> = cells.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["cfg.A.B.C", "cfg.A.D", "cfg.E"]);
        assert_eq!(cells[0].1, "Int(1)");
    }

    #[test]
    fn a_config_that_lacks_a_parameter_has_its_default() {
        let defaults = Value::Map(Map::from_iter([
            ("A".to_owned(), Value::Map(Map::from_iter([("B".to_owned(), Value::Int(1))]))),
            ("C".to_owned(), Value::Int(2)),
        ]));
        let defaults = flat_defaults(defaults);
        let filled = |names: &[&str]| {
            let mut row = JobRow::default();
            for name in names {
                row.push(&[name], LogValue::Int(9));
            }
            push_defaults(&mut row, &defaults);
            row.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(filled(&["cfg.C"]), ["cfg.C", "cfg.A.B"]);
        assert_eq!(filled(&["cfg.A"]), ["cfg.A", "cfg.C"], "A is something else by now");
        assert_eq!(filled(&["job"]), ["job"], "a job without a config has none");
    }

    #[test]
    fn a_series_becomes_its_last_value_and_what_it_went_through() {
        let cells = cells(
            "json_stats: {\"_type\": \"t\", \"epoch\": \"1/3\", \"e\": 4, \"eta\": \"a\"}\n\
             json_stats: {\"_type\": \"t\", \"epoch\": \"2/3\", \"e\": 1, \"eta\": \"b\"}\n\
             json_stats: {\"_type\": \"t\", \"epoch\": \"3/3\", \"e\": NaN, \"eta\": \"c\"}\n",
        );
        let cells: Vec<(&str, &str)> =
            cells.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            cells,
            [
                ("t.epoch_ind", "Int(3)"),
                ("t.epoch_max", "Int(3)"),
                ("t.e", "Float(NaN)"),
                ("t.e.max", "Float(4.0)"),
                ("t.e.mean", "Float(2.5)"),
                ("t.e.min", "Float(1.0)"),
                ("t.eta", "Text(\"c\")"),
            ]
        );
    }
}
