//! The log: lines as pycls prints them, above all `json_stats: {...}`.
//!
//! A line is `[file:  42]: text`. Data are JSON with sorted keys and the spacing of Python's `json`,
//! numbers of a measurement with four decimals, those of a config with all of theirs.

use std::io::{self, Write};
use std::panic::Location;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::Formatter;

/// Decimals of a number that was measured.
const DECIMALS: usize = 4;

/// Writes the log of a job.
pub(crate) struct StatsLog<W> {
    out: W,
}

impl<W: Write> StatsLog<W> {
    /// A log that goes to `out`, which should hand on each line at once.
    pub(crate) fn new(out: W) -> Self {
        Self { out }
    }

    /// One line of text.
    #[track_caller]
    pub(crate) fn info(&mut self, text: &str) -> io::Result<()> {
        let here = Location::caller();
        let file = here.file().rsplit('/').next().unwrap_or_default();
        writeln!(self.out, "[{file}: {:>3}]: {text}", here.line())
    }

    /// A config: every number with all its decimals.
    #[track_caller]
    pub(crate) fn exact(&mut self, kind: &str, data: &impl Serialize) -> io::Result<()> {
        self.info(&json_stats(kind, data, None)?)
    }

    /// A measurement.
    #[track_caller]
    pub(crate) fn measured(&mut self, kind: &str, data: &impl Serialize) -> io::Result<()> {
        self.info(&json_stats(kind, data, Some(DECIMALS))?)
    }
}

fn json_stats(kind: &str, data: &impl Serialize, decimals: Option<usize>) -> io::Result<String> {
    let mut value = serde_json::to_value(data)?;
    if let Value::Object(map) = &mut value {
        map.insert("_type".to_owned(), kind.into());
    }
    value.sort_all_objects();
    let mut line = b"json_stats: ".to_vec();
    let style = PythonStyle { decimals };
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut line, style))?;
    String::from_utf8(line).map_err(io::Error::other)
}

/// `{"a": 1, "b": [2, 3]}`.
struct PythonStyle {
    decimals: Option<usize>,
}

impl Formatter for PythonStyle {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        match self.decimals {
            Some(decimals) => write!(out, "{value:.decimals$}"),
            // As Python: `0.1`, `1.0`, `1e-10`.
            None => write!(out, "{value:?}"),
        }
    }
}

/// Seconds as `days,hours:minutes:seconds`, two digits each.
pub(crate) fn time_string(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole seconds")]
    let total = seconds.max(0.0) as u64;
    let (days, hours, minutes) = (total / 86_400, total / 3600 % 24, total / 60 % 60);
    format!("{days:02},{hours:02}:{minutes:02}:{:02}", total % 60)
}

/// The most memory that the process has had, in MB; 0 where the system does not say.
pub(crate) fn peak_memory() -> u64 {
    let status = std::fs::File::open("/proc/self/status").and_then(io::read_to_string);
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    kib.div_ceil(1024)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_what_pycls_would_print() {
        let mut log = StatsLog::new(Vec::new());
        let data = json!({"lr": 0.13955, "epoch": "1/10", "mem": 908});
        log.measured("train_epoch", &data).unwrap();
        let line = String::from_utf8(log.out).unwrap();
        let (prefix, rest) = line.split_once("]: ").unwrap();
        let number = prefix.strip_prefix("[log.rs: ").unwrap();
        assert!(number.len() == 3 && number.trim().parse::<u32>().is_ok(), "{prefix}");
        let stats = r#"{"_type": "train_epoch", "epoch": "1/10", "lr": 0.1396, "mem": 908}"#;
        assert_eq!(rest, format!("json_stats: {stats}\n"));
    }

    #[test]
    fn a_config_keeps_all_decimals_and_is_sorted_at_every_level() {
        let data = json!({"B": {"Z": 1e-10, "A": 2.0}, "A": [1, 2]});
        let stats = r#"json_stats: {"A": [1, 2], "B": {"A": 2.0, "Z": 1e-10}, "_type": "cfg"}"#;
        assert_eq!(json_stats("cfg", &data, None).unwrap(), stats);
    }

    #[test]
    fn times_have_days() {
        assert_eq!(time_string(2.0 * 86_400.0 + 3.0 * 3600.0 + 4.0 * 60.0 + 5.9), "02,03:04:05");
    }
}
