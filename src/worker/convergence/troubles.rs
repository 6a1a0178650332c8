//! The troubles of a simulated sweep, and the records that a simulation writes.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use sweep_config::SubmissionId;
use sweep_config::records::{AttemptEnd, AttemptEvent, Outcome};

use crate::worker::identity::WorkerIdentity;
use crate::worker::policy::retry::RetryPolicy;

/// A sweep with its troubles.
#[derive(Debug, Clone)]
pub(super) struct Troubles {
    pub(super) jobs: u32,
    pub(super) per_task: u32,
    pub(super) max_retry: u32,
    pub(super) nodes: u32,
    /// The nodes on which every job dies at once, and the launches during which they do so; the first node is
    /// never one of them.
    pub(super) bad: BTreeMap<u32, RangeInclusive<u32>>,
    /// The nodes on which tasks end before their worker starts, likewise.
    pub(super) silent: BTreeMap<u32, RangeInclusive<u32>>,
    /// How often each job that is in here fails before it is done, and whether it does so at once.
    pub(super) failing: BTreeMap<u32, (u32, bool)>,
    pub(super) seed: u64,
}

pub(super) fn name(node: u32) -> String {
    format!("n{node}")
}

pub(super) fn end_of(attempt: u32, outcome: Outcome, seconds: f64) -> AttemptEvent {
    AttemptEvent::End(AttemptEnd {
        attempt,
        ended: String::new(),
        seconds,
        outcome,
        exit_code: None,
        signal: None,
        reason: String::new(),
        cause: None,
        progress: None,
    })
}

pub(super) fn policy(troubles: &Troubles, launch: SubmissionId, node: u32) -> RetryPolicy {
    RetryPolicy {
        identity: WorkerIdentity {
            submission: launch.to_string(),
            host: name(node),
            pid: 1,
            slurm_task: None,
        },
        memory: None,
        max_retry: troubles.max_retry,
        max_requeue: 1,
    }
}
