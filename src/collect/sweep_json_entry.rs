//! One job's entry of `sweep.json`, in the shape that pycls writes and its analysis loads.
//!
//! Beside pycls's keys there are `job`, `state` and, of replicates, `config`, which its analysis passes
//! over.

use std::collections::BTreeMap;

use sweep_config::JobId;

use super::json;
use super::log_value::LogValue;
use super::reader::{JobLog, LogSeries, LoggedType};

/// The bytes before the first entry of `sweep.json`, between two of them, and after the last.
pub(crate) const HEAD: &[u8] = b"[\n";
pub(crate) const SEPARATOR: &[u8] = b",\n";
pub(crate) const FOOT: &[u8] = b"\n]\n";

/// The parts of an entry.
pub(crate) struct SweepJsonEntry<'a> {
    pub(crate) job: JobId,
    /// The number of its config, where that has several jobs.
    pub(crate) config: Option<u32>,
    pub(crate) state: &'a str,
    pub(crate) log: &'a JobLog,
    pub(crate) log_file: &'a str,
    pub(crate) err_file: &'a str,
    pub(crate) err: &'a str,
}

impl SweepJsonEntry<'_> {
    /// The entry as one line of strict JSON, its keys sorted.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut fields: BTreeMap<&str, EntryField<'_>> = BTreeMap::new();
        fields.extend(self.log.iter().map(|(name, logged)| (name, EntryField::Logged(logged))));
        fields.insert("job", EntryField::Number(self.job.0));
        if let Some(config) = self.config {
            fields.insert("config", EntryField::Number(config));
        }
        fields.insert("state", EntryField::Text(self.state));
        fields.insert("log_file", EntryField::Text(self.log_file));
        fields.insert("err_file", EntryField::Text(self.err_file));
        fields.insert("err", EntryField::Text(self.err));
        let mut out = Vec::with_capacity(USUAL);
        json::object(&mut out, fields, |out, field| match field {
            EntryField::Text(text) => json::write(out, text),
            EntryField::Number(number) => json::write(out, &number),
            EntryField::Logged(LoggedType::Once(once)) => once.put_json(out, put),
            EntryField::Logged(LoggedType::Series(series)) => put_series(out, series),
        });
        out
    }
}

/// The length of an entry of some tens of epochs.
const USUAL: usize = 16 << 10;

/// A value of an entry.
enum EntryField<'a> {
    Text(&'a str),
    Number(u32),
    Logged(LoggedType<'a>),
}

/// A metric of a series: one that was logged, or one that its positions give.
enum EntryMetric {
    Logged(usize),
    EpochInd,
    EpochMax,
    IterInd,
    IterMax,
}

fn put_series(out: &mut Vec<u8>, series: &LogSeries) {
    let logged = series.names.iter().enumerate();
    let mut metrics: BTreeMap<&str, EntryMetric> =
        logged.map(|(i, name)| (name.as_str(), EntryMetric::Logged(i))).collect();
    metrics.insert("epoch_ind", EntryMetric::EpochInd);
    metrics.insert("epoch_max", EntryMetric::EpochMax);
    if series.has_iter {
        metrics.insert("iter_ind", EntryMetric::IterInd);
        metrics.insert("iter_max", EntryMetric::IterMax);
    }
    let rows = || series.rows().iter();
    json::object(out, metrics, |out, metric| match metric {
        EntryMetric::Logged(metric) => list(out, series.column(metric), put),
        EntryMetric::EpochInd => list(out, rows().map(|row| row.at.epoch), json::int),
        EntryMetric::EpochMax => list(out, rows().map(|row| row.epoch_max), int_or_null),
        EntryMetric::IterInd => list(out, rows().map(|row| row.at.iter), json::int),
        EntryMetric::IterMax => list(out, rows().map(|row| row.iter_max), int_or_null),
    });
}

fn put(out: &mut Vec<u8>, log_value: &LogValue) {
    match log_value {
        LogValue::Int(int) => json::int(out, *int),
        LogValue::Float(float) => json::float(out, *float),
        other => json::write(out, other),
    }
}

fn int_or_null(out: &mut Vec<u8>, int: Option<i64>) {
    match int {
        Some(int) => json::int(out, int),
        None => out.extend_from_slice(b"null"),
    }
}

fn list<V>(
    out: &mut Vec<u8>,
    values: impl Iterator<Item = V>,
    mut value: impl FnMut(&mut Vec<u8>, V),
) {
    let mut before = b'[';
    for item in values {
        out.push(before);
        value(out, item);
        before = b',';
    }
    out.extend_from_slice(if before == b'[' { b"[]" } else { b"]" });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{PyclsReader, read_text};

    #[test]
    fn an_entry_has_the_shape_that_pycls_writes() {
        let text = br#"json_stats: {"_type": "x", "b": {"d": 1, "c": NaN}, "a": 0.6730}
json_stats: {"_type": "test_epoch", "epoch": "2/2", "e": 1}
json_stats: {"_type": "test_epoch", "epoch": "1/2", "e": 2.50}
"#;
        let (log, _) = read_text(&PyclsReader::new(), "", text);
        let entry = SweepJsonEntry {
            job: JobId(3),
            config: None,
            state: "done",
            log: &log,
            log_file: "l",
            err_file: "f",
            err: "é\"",
        };
        let expected = concat!(
            r#"{"err":"é\"","err_file":"f","job":3,"log_file":"l","state":"done","#,
            r#""test_epoch":{"e":[2.5,1],"epoch":["1/2","2/2"],"epoch_ind":[1,2],"#,
            r#""epoch_max":[2,2]},"x":{"a":0.673,"b":{"c":null,"d":1}}}"#
        );
        assert_eq!(String::from_utf8(entry.to_json()).unwrap(), expected);
    }
}
