//! Asks SLURM on behalf of a worker in one of its tasks.

use std::ffi::OsString;
use std::time::Duration;

use sweep_config::records::{AcceptedArray, AttemptStart};
use sweep_config::{JobId, SubmissionId, SweepDir};

use super::hooks::{ClusterHooks, OtherTasks};
use super::slurm_task::SlurmTask;
use crate::app::num::{float, whole};
use crate::app::{now, this_program};
use crate::ledger::{self, LedgerEntry, run_of_attempt};
use crate::slurm::{Slurm, TaskFate, TaskId, TaskState, WantedRun};
use crate::worker::process::warning;

/// The time that SLURM may take to say why it ends a task: it kills the worker soon after.
const HASTE: Duration = Duration::from_secs(2);

/// The time that a step on all nodes may take; a heartbeat may be late by that much.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

/// The time that SLURM may take to say which other tasks there are.
const PATIENCE: Duration = Duration::from_secs(10);

/// SLURM, as a worker in one of its tasks sees it.
#[derive(Debug)]
pub(in crate::worker) struct SlurmHooks<'a> {
    pub(in crate::worker) slurm: Slurm,
    pub(in crate::worker) dir: &'a SweepDir,
    pub(in crate::worker) submission: SubmissionId,
    /// The number of the job array in its submission, and its unique name.
    pub(in crate::worker) array: (u32, &'a str),
    pub(in crate::worker) task: &'a SlurmTask,
    pub(in crate::worker) mem_factor: f64,
}

impl SlurmHooks<'_> {
    fn id(&self) -> TaskId {
        TaskId { array: self.task.array, index: Some(self.task.index) }
    }

    /// Returns this run of the task.
    fn run(&self) -> WantedRun {
        WantedRun {
            task: self.id(),
            at: Some(self.task.began),
            restarts: self.task.restarts,
            submitted: None,
            cluster: Some(self.task.cluster.clone()).filter(|name| !name.is_empty()),
        }
    }

    /// Returns SLURM's numbers of the arrays of this submission.
    fn arrays(&self) -> Result<Vec<u64>, String> {
        let entry = ledger::read_entry(self.dir, self.submission).map_err(|e| e.to_string())?;
        let arrays = entry.iter().flat_map(LedgerEntry::arrays);
        Ok(arrays.map(|(_, accepted)| accepted.job_id).collect())
    }
}

impl SlurmHooks<'_> {
    /// Returns the names of the arrays whose tasks may take jobs of this one; a canary keeps to itself.
    fn names_for_others(&self) -> Vec<String> {
        let entry = ledger::read_entry(self.dir, self.submission).ok().flatten();
        let arrays: Vec<_> = entry.iter().flat_map(LedgerEntry::arrays).collect();
        let in_canary =
            arrays.iter().any(|(array, _)| array.canary && array.number == self.array.0);
        let may = arrays.iter().filter(|(array, _)| !in_canary || array.number == self.array.0);
        may.map(|(_, accepted)| accepted.name.clone()).collect()
    }
}

impl ClusterHooks for SlurmHooks<'_> {
    /// Submits the script of the worker's own array with other options: those on the command line
    /// win.
    fn request_memory(&self, job: JobId, attempt: u32, had: u64) -> Result<(), String> {
        let (array, name) = self.array;
        let name = format!("{name}-memory-{}-{attempt}", job.0);
        let options = ["--array=0".to_owned(), format!("--mem={}M", scaled(had, self.mem_factor))];
        let arguments = ["--prefer".to_owned(), job.to_string()];
        let script = self.dir.array_script(self.submission, array);
        let submitted =
            self.slurm.submit(&script, &options, &arguments, &name).map_err(|e| e.to_string())?;
        let record = AcceptedArray {
            name,
            job_id: submitted.id,
            cluster: submitted.cluster,
            submitted: now(),
        };
        let path = self.dir.memory_accepted(self.submission, job, attempt);
        ledger::write_accepted(&path, &record).map_err(|e| e.to_string())
    }

    fn exclude_node(&self, node: &str) -> Result<(), String> {
        let excluded = self.slurm.job(self.id()).map(|job| job.excluded).unwrap_or_default();
        let arrays = self.arrays()?;
        self.slurm.exclude_node(&arrays, node, &excluded).map_err(|e| e.to_string())
    }

    fn other_tasks(&self) -> Option<OtherTasks> {
        let me = self.id();
        let names = self.names_for_others();
        if names.is_empty() {
            return None;
        }
        let queue = self.slurm.once().within(PATIENCE).queue_with_ended(&names).ok()?;
        let mut others = OtherTasks::default();
        for task in queue.tasks.into_iter().filter(|task| task.id != me) {
            match task.state {
                TaskState::Pending => others.waiting += 1,
                TaskState::Active | TaskState::Other(_) => others.active += 1,
                TaskState::Over if ledger::is_silent(&task) => {
                    others.silent.push((task.nodes, task.id.to_string()));
                }
                TaskState::Over => {}
            }
        }
        Some(others)
    }

    fn requeue(&self) -> Result<(), String> {
        self.slurm.requeue(self.id()).map_err(|e| e.to_string())
    }

    fn fate(&self) -> TaskFate {
        let slurm = self.slurm.within(HASTE).once();
        let Ok(job) = slurm.job(self.id()) else { return TaskFate::Unknown };
        let fate = job.fate_for_its_process(self.task.restarts, &self.task.all_nodes);
        // SLURM starts the tasks of nodes that it gives up again, too.
        let is_node_lost = fate == TaskFate::NodeFailed
            || (fate == TaskFate::StartsAgain && slurm.is_down(&self.task.all_nodes));
        if !is_node_lost {
            return fate;
        }
        // It may have ordered the end for another reason, before it lost the node.
        match slurm.fate_of_run(&self.run()) {
            TaskFate::Unknown => TaskFate::NodeFailed,
            TaskFate::GoesOn => TaskFate::Unknown,
            accounted => accounted,
        }
    }

    fn signal_listeners(&self, token: &str, signal: i32) -> Option<bool> {
        if self.task.nodes < 2 {
            return None;
        }
        let me = this_program("sweep_worker").ok()?;
        let me: Result<Vec<String>, _> = me.into_iter().map(OsString::into_string).collect();
        let mut command = me.ok()?;
        command.extend(["--tell".to_owned(), token.to_owned(), signal.to_string()]);
        let printed = self.slurm.within(STEP_TIMEOUT).on_each_node(self.task.nodes, &command);
        Some(printed.ok()?.contains(warning::HEARD))
    }

    fn end_of(&self, start: &AttemptStart) -> TaskFate {
        let slurm = self.slurm.within(STEP_TIMEOUT).once();
        let entry = |id| ledger::read_entry(self.dir, id).ok();
        let entry = start.submission.parse().ok().and_then(entry);
        let run = entry.and_then(|entry| run_of_attempt(entry.as_ref(), start));
        let Some(run) = run else { return TaskFate::Unknown };
        match slurm.fate_of_run(&run) {
            // Another cluster may have a node of that name, too.
            TaskFate::Unknown
                if run.may_be_of(&self.task.cluster) && slurm.is_down(&start.host) =>
            {
                TaskFate::NodeFailed
            }
            fate => fate,
        }
    }

    fn cancel_pending(&self) -> Result<(), String> {
        self.slurm.cancel(&self.arrays()?, true).map_err(|e| e.to_string())
    }
}

fn scaled(megabytes: u64, factor: f64) -> u64 {
    whole((float(megabytes) * factor).ceil())
}
