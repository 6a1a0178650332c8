//! A launch's request, held against what the cluster says of itself.

use sweep_config::{SubmissionId, Sweep};

use super::effective::{EffectiveRequest, effective_config};
use super::request::{TaskTime, check_request};
use super::script::ScriptRenderer;
use crate::app::Failure;
use crate::slurm::{ClusterLimits, Slurm};

/// A request, and what the cluster says to it.
#[derive(Debug)]
pub(super) struct CheckedRequest {
    /// The lines of a script before the worker.
    pub(super) prelude: String,
    /// The request of the tasks of each partition; one at least.
    pub(super) requests: Vec<EffectiveRequest>,
    pub(super) limits: ClusterLimits,
    /// The time of a task; none where it lacks one.
    pub(super) time: Option<TaskTime>,
    /// Each thing that SLURM would never do.
    pub(super) refusals: Vec<Failure>,
}

impl CheckedRequest {
    /// Asks the cluster.
    ///
    /// # Errors
    ///
    /// When a template or value is wrong, or SLURM does not answer.
    pub(super) fn new(sweep: &Sweep, slurm: &Slurm) -> Result<Self, Failure> {
        let prelude = crate::runtime::prelude(&sweep.launch)?;
        let requests = EffectiveRequest::all(&ScriptRenderer {
            launch: &sweep.launch,
            sweep: &sweep.name,
            submission: SubmissionId(0).to_string(),
            logs: "logs".as_ref(),
            prelude: &prelude,
            bad_nodes: &[],
            time_limit: None,
            worker: Vec::new(),
        })?;
        let partitions = effective_config(&sweep.launch, &requests).slurm.partitions;
        let task = &requests[0].task;
        let limits = slurm.limits(&partitions, task)?;
        let (time, refusals) = check_request(&requests, &limits);
        Ok(Self { prelude, requests, limits, time, refusals })
    }
}
