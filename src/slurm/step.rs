//! `srun`: runs a command on each node of the job that this process is in.

use super::{Slurm, SlurmError};

impl Slurm {
    /// Runs a command once on each of so many nodes, beside what runs there; returns what all of them
    /// printed.
    ///
    /// # Errors
    ///
    /// When SLURM does not start it, or it fails on a node.
    pub fn on_each_node(&self, nodes: u32, command: &[String]) -> Result<String, SlurmError> {
        let nodes = [format!("--nodes={nodes}"), format!("--ntasks={nodes}")];
        let printed =
            self.call("srun", &[&OPTIONS.map(str::to_owned), &nodes[..], command].concat());
        printed.map(|printed| printed.stdout).map_err(|e| SlurmError::new("srun", e))
    }
}

/// Options by which the command shares the resources of the job without taking any.
const OPTIONS: [&str; 8] = [
    "--overlap",
    "--quiet",
    "--mem=0",
    "--gres=none",
    "--mpi=none",
    "--cpu-bind=none",
    "--cpus-per-task=1",
    "--ntasks-per-node=1",
];
