//! What each job logged over its epochs, from `curves.parquet`.

use std::collections::BTreeMap;
use std::path::Path;

use sweep_config::{JobId, table};

use super::frame::{job_ids, read_table};
use crate::app::Failure;

/// The type of the epochs of training.
pub const TRAIN: &str = "train_epoch";
/// The type of the tests.
pub const TEST: &str = "test_epoch";
/// The type of the tests of the averaged weights.
pub const TEST_EMA: &str = "test_ema_epoch";
/// What learning curves may show, the likeliest first: the first that was logged is taken.
const METRICS: [&str; 3] = ["top1_err", "error", "loss"];

/// The curves of one job: phase -> `(epoch, value)`, in the order of the epochs.
pub type JobCurves = BTreeMap<String, Vec<(f64, f64)>>;

/// One metric of all jobs of one sweep over their epochs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// Which; empty if none of those that can be drawn was logged.
    pub metric: &'static str,
    jobs: BTreeMap<JobId, JobCurves>,
    epochs: BTreeMap<JobId, f64>,
}

impl Curves {
    /// Reads `curves.parquet`; epochs without a number for the metric are left out.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is no such table.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let (rows, table) = read_table(path)?;
        let ids = job_ids(&table, rows).unwrap_or_default();
        let phases = table.text_column(table::PHASE);
        let epochs = table.numbers(table::EPOCH, rows);
        let lasts = table.numbers(table::EPOCH_MAX, rows);
        let metric = METRICS.into_iter().find(|metric| table.get(metric).is_some());
        let metric = metric.unwrap_or_default();
        let values = table.numbers(metric, rows);
        let mut curves = Self { metric, ..Self::default() };
        for (row, &id) in ids.iter().enumerate() {
            if let Some(last) = lasts[row] {
                let known = curves.epochs.entry(id).or_insert(last);
                *known = known.max(last);
            }
            let phase = phases.get(row).and_then(Option::as_ref);
            if let (Some(phase), Some(epoch), Some(value)) = (phase, epochs[row], values[row]) {
                let job = curves.jobs.entry(id).or_default();
                job.entry(phase.clone()).or_default().push((epoch, value));
            }
        }
        Ok(curves)
    }

    /// The curves of a job; `None` if it logged none.
    pub fn of(&self, job: JobId) -> Option<&JobCurves> {
        self.jobs.get(&job)
    }

    /// How many epochs the job has, as far as it said.
    pub fn epochs(&self, job: JobId) -> Option<f64> {
        self.epochs.get(&job).copied()
    }
}
