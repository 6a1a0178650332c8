//! The results of ended attempts: `results/<worker>.jsonl`, a file for each worker and a line for each attempt.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::format::{check_format, stamped_line};
use crate::SweepDir;
use crate::fs::{self, FsError};

/// The result of a job, as its worker read it when an attempt had ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultLine {
    /// The job.
    pub job: u32,
    /// The last attempt at it.
    pub attempt: u32,
    /// The name of the state that the job had then ([`JobState`](super::JobState)).
    pub state: String,
    /// The numbers that the objectives may read, by the columns of `sweep.parquet`; nothing of one that is not finite.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Option<f64>>,
    /// Why its logs could not be read; then nothing is known of its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

impl ResultLine {
    /// Appends the line to the file of a worker, which nobody else writes.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn append(&self, dir: &SweepDir, worker: &str) -> Result<(), FsError> {
        fs::create_dir_all(&dir.results())?;
        fs::append_line(&dir.results_of(worker), &stamped_line(self), false)
    }

    /// Reads the lines of all workers, in no order that means anything but within one worker; what a killed worker left half
    /// written is passed over.
    ///
    /// # Errors
    ///
    /// When a file is there and cannot be read, or a newer version wrote a line.
    pub fn all(dir: &SweepDir) -> Result<Vec<Self>, FsError> {
        let mut lines = Vec::new();
        for name in fs::list_or_empty(&dir.results())?.iter().filter(|name| is_of_worker(name)) {
            let path = dir.results().join(name);
            for line in fs::read(&path)?.split(|&byte| byte == b'\n') {
                check_format(line).map_err(|newer| newer.of(&path))?;
                lines.extend(serde_json::from_slice::<Self>(line).ok());
            }
        }
        Ok(lines)
    }
}

fn is_of_worker(name: &str) -> bool {
    !name.starts_with('.') && Path::new(name).extension().is_some_and(|end| end == "jsonl")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn torn_lines_are_passed_over_and_numbers_keep_their_bits() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        assert_eq!(ResultLine::all(&dir).unwrap(), []);
        let line = |job, value| ResultLine {
            job,
            attempt: 1,
            state: "done".into(),
            values: [("metrics.loss".to_owned(), value)].into(),
            unreadable: None,
        };
        let written = [line(3, Some(0.1 + 0.2)), line(4, None)];
        written[0].append(&dir, "b").unwrap();
        let torn = b"{\"job\":9,\"att";
        let path = dir.results_of("b");
        fs::write_atomic(&path, &[&fs::read(&path).unwrap()[..], torn].concat()).unwrap();
        written[1].append(&dir, "b").unwrap();
        fs::write_atomic(&dir.results_of("a"), torn).unwrap();
        assert_eq!(ResultLine::all(&dir).unwrap(), written);
    }
}
