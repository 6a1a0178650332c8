//! SLURM, as the workers of a simulation see it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use sweep_config::JobId;

use crate::slurm::TaskFate;
use crate::worker::task::hooks::{ClusterHooks, OtherTasks};

/// The cluster of a simulation.
#[derive(Debug, Default)]
pub(super) struct SimCluster {
    pub(super) others: RefCell<OtherTasks>,
    pub(super) excluded: RefCell<BTreeSet<String>>,
}

impl ClusterHooks for SimCluster {
    fn request_memory(&self, _: JobId, _: u32, _: u64) -> Result<(), String> {
        Ok(())
    }

    fn exclude_node(&self, node: &str) -> Result<(), String> {
        self.excluded.borrow_mut().insert(node.to_owned());
        Ok(())
    }

    fn other_tasks(&self) -> Option<OtherTasks> {
        Some(self.others.borrow().clone())
    }

    fn requeue(&self) -> Result<(), String> {
        Ok(())
    }

    fn fate(&self) -> TaskFate {
        TaskFate::GoesOn
    }

    fn cancel_pending(&self) -> Result<(), String> {
        Ok(())
    }
}
