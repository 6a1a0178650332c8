//! The results of one collect, which `present` shows.

use std::path::PathBuf;

use sweep_config::SweepDir;

use super::advice::CollectAdvice;
use super::checkpoints::CheckpointCleanup;
use super::job::JobStatus;
use super::node_report::NodeReport;
use super::objective::ObjectiveCounts;
use super::status::SweepStatus;

/// The results of one collect.
pub(crate) struct CollectReport {
    pub(crate) dir: SweepDir,
    pub(crate) status: SweepStatus,
    pub(crate) job_statuses: Vec<JobStatus>,
    pub(crate) cleaned: CheckpointCleanup,
    pub(crate) written: Vec<PathBuf>,
    pub(crate) nodes: NodeReport,
    pub(crate) advice: CollectAdvice,
    pub(crate) objective: ObjectiveCounts,
}
