//! One job's entry of `sweep.json`, in the shape that pycls writes and its analysis loads.
//!
//! Beside pycls's keys there are `job`, `state` and, of replicates, `config`, which its analysis passes
//! over.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};
use sweep_config::JobId;

use super::reader::{Log, Logged, Once, Series};

/// What an entry is made of.
pub(crate) struct Entry<'a> {
    pub(crate) job: JobId,
    /// The number of its config, where that has several jobs.
    pub(crate) config: Option<u32>,
    pub(crate) state: &'a str,
    pub(crate) log: &'a Log,
    pub(crate) log_file: &'a str,
    pub(crate) err_file: &'a str,
    pub(crate) err: &'a str,
}

impl Entry<'_> {
    /// The entry as one line of strict JSON, its keys sorted.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("all keys are text, and memory does not fail")
    }
}

/// A value of an entry.
enum Field<'a> {
    Text(&'a str),
    Number(u32),
    Once(&'a Once),
    Series(&'a Series),
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields: BTreeMap<&str, Field<'_>> = BTreeMap::new();
        for (name, logged) in self.log.iter() {
            fields.insert(
                name,
                match logged {
                    Logged::Once(once) => Field::Once(once),
                    Logged::Series(series) => Field::Series(series),
                },
            );
        }
        fields.insert("job", Field::Number(self.job.0));
        if let Some(config) = self.config {
            fields.insert("config", Field::Number(config));
        }
        fields.insert("state", Field::Text(self.state));
        fields.insert("log_file", Field::Text(self.log_file));
        fields.insert("err_file", Field::Text(self.err_file));
        fields.insert("err", Field::Text(self.err));
        serializer.collect_map(fields)
    }
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u32(*number),
            Self::Once(once) => once.serialize(serializer),
            Self::Series(series) => series.serialize(serializer),
        }
    }
}

/// A metric of a series: one that was logged, or one that its positions give.
enum Metric {
    Logged(usize),
    EpochInd,
    EpochMax,
    IterInd,
    IterMax,
}

struct Column<'a>(&'a Series, Metric);

impl Serialize for Series {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let logged = self.names.iter().enumerate();
        let mut metrics: BTreeMap<&str, Metric> =
            logged.map(|(i, name)| (name.as_str(), Metric::Logged(i))).collect();
        metrics.insert("epoch_ind", Metric::EpochInd);
        metrics.insert("epoch_max", Metric::EpochMax);
        if self.has_iter {
            metrics.insert("iter_ind", Metric::IterInd);
            metrics.insert("iter_max", Metric::IterMax);
        }
        let mut map = serializer.serialize_map(Some(metrics.len()))?;
        for (name, metric) in metrics {
            map.serialize_entry(name, &Column(self, metric))?;
        }
        map.end()
    }
}

impl Serialize for Column<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.0.rows().iter();
        match self.1 {
            Metric::Logged(metric) => serializer.collect_seq(self.0.column(metric)),
            Metric::EpochInd => serializer.collect_seq(rows.map(|row| row.at.epoch)),
            Metric::EpochMax => serializer.collect_seq(rows.map(|row| row.epoch_max)),
            Metric::IterInd => serializer.collect_seq(rows.map(|row| row.at.iter)),
            Metric::IterMax => serializer.collect_seq(rows.map(|row| row.iter_max)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{Pycls, read_text};

    #[test]
    fn an_entry_has_the_shape_that_pycls_writes() {
        let text = br#"json_stats: {"_type": "x", "b": {"d": 1, "c": NaN}, "a": 0.6730}
json_stats: {"_type": "test_epoch", "epoch": "2/2", "e": 1}
json_stats: {"_type": "test_epoch", "epoch": "1/2", "e": 2.50}
"#;
        let (log, _) = read_text(&Pycls::new(), "", text);
        let entry = Entry {
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
