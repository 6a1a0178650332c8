//! Faults of a sweep that cannot be launched, told together with what the cluster would refuse.

use sweep_config::{Sweep, SweepDir};

use super::plan::LaunchPlan;
use super::select::JobSelection;
use super::slurm::{LaunchHistory, LaunchJobs, SubmissionPlan};
use crate::app::Failure;
use crate::ledger::{QueueSnapshot, job_states};
use crate::runtime::CANNOT_START;
use crate::slurm::Slurm;

/// Puts faults of the config into one failure, with those of a submission of these jobs.
pub(super) fn with_refusals(
    mut faults: Vec<Failure>,
    sweep: &Sweep,
    slurm: Option<&Slurm>,
    plan: Option<(LaunchPlan, usize)>,
) -> Failure {
    if let Some(slurm) = slurm {
        let (jobs, in_queue) =
            plan.map_or((Vec::new(), 0), |(plan, in_queue)| (plan.jobs, in_queue));
        let jobs = LaunchJobs { canary: &[], others: &jobs };
        let before = LaunchHistory { experience: None, bad_nodes: Vec::new(), in_queue };
        faults.extend(SubmissionPlan::plan(sweep, jobs, &slurm.once(), before).err());
    }
    Failure::together(CANNOT_START, faults).expect_err("there is a fault")
}

/// Chooses the jobs as a launch would, without a word and without a trace, and counts those that the sweep's tasks
/// in the queue may run at once; none where that cannot be told.
pub(super) fn trial_plan(
    sweep: &Sweep,
    selection: &JobSelection,
    slurm: Option<&Slurm>,
) -> Option<(LaunchPlan, usize)> {
    let slurm = slurm?;
    let dir = SweepDir::new(std::path::absolute(sweep.dir().path()).ok()?);
    let jobs = dir.jobs().ok()?;
    let snapshot = QueueSnapshot::take(&dir, &slurm.once()).ok()?;
    let mut states = job_states(&dir, &jobs, &snapshot.evidence()).ok()?;
    snapshot.mark_queued(&mut states);
    let selected = selection.of(&dir, &states).ok()?;
    Some((LaunchPlan::new(&states, &selected), snapshot.jobs_at_once()))
}
