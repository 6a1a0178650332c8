//! The processes of one cluster's tasks: found by their environment, and hit only if they are still the same.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use crate::cluster::Cluster;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// What a process of a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessRole {
    Worker,
    /// A job's program, or what it has started.
    Program,
    Stepd,
}

/// The processes of a cluster, by its directory.
pub struct ClusterProcesses {
    dir: PathBuf,
}

impl ClusterProcesses {
    pub fn of(cluster: &Cluster) -> Self {
        Self { dir: cluster.work().parent().unwrap().to_owned() }
    }

    /// The processes of that role, in the order of their ids.
    pub fn with_role(&self, role: ProcessRole) -> Vec<Pid> {
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let mut found: Vec<i32> = pids.filter(|pid| self.role(*pid) == Some(role)).collect();
        found.sort_unstable();
        found.into_iter().filter_map(Pid::from_raw).collect()
    }

    /// Describes the processes of that role: the command, and what its environment says of job, task and node.
    pub fn described(&self, role: ProcessRole) -> Vec<String> {
        let describe = |pid: Pid| {
            let read = |name: &str| {
                let file = format!("/proc/{}/{name}", pid.as_raw_nonzero());
                String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).replace('\0', " ")
            };
            let told = ["SWEEP_INDEX=", "SWEEP_ATTEMPT=", "SLURM_ARRAY_", "SLURMD_NODENAME="];
            let environ = read("environ");
            let words =
                environ.split(' ').filter(|it| told.iter().any(|name| it.starts_with(name)));
            format!("{pid:?} {}: {}", read("cmdline"), words.collect::<Vec<_>>().join(" "))
        };
        self.with_role(role).into_iter().map(describe).collect()
    }

    /// Sends a signal to one of that role; gives the hold on it, or nothing if there is none.
    pub fn hit(&self, role: ProcessRole, signal: Signal, luck: u32) -> Option<OwnedFd> {
        let found = self.with_role(role);
        let chosen = *found.get(usize::try_from(luck).ok()? % found.len().max(1))?;
        let process = pidfd_open(chosen, PidfdFlags::empty()).ok()?;
        // The id may belong to another one since; what is held now stays the same.
        let is_same = self.role(chosen.as_raw_nonzero().get()) == Some(role);
        (is_same && pidfd_send_signal(&process, signal).is_ok()).then_some(process)
    }

    /// The role of a process; none if it is not the cluster's, or has another one.
    fn role(&self, pid: i32) -> Option<ProcessRole> {
        let process = PathBuf::from(format!("/proc/{pid}"));
        let words = fs::read(process.join("cmdline")).ok()?;
        let mut words = words.split(|byte| *byte == 0);
        let program = words.next()?;
        if program.starts_with(b"slurmstepd") {
            return self.logs_of_ours(&process).then_some(ProcessRole::Stepd);
        }
        let environ = fs::read(process.join("environ")).ok()?;
        let conf = format!("SLURM_CONF={}/slurm.conf", self.dir.display());
        let mut variables = environ.split(|byte| *byte == 0);
        if !variables.clone().any(|it| it == conf.as_bytes()) {
            return None;
        }
        if variables.any(|it| it.starts_with(b"SWEEP_WORKER_TOKEN=")) {
            return Some(ProcessRole::Program);
        }
        let is_worker = program.ends_with(b"/sweep_worker") && words.next() == Some(b"--sweep-cfg");
        is_worker.then_some(ProcessRole::Worker)
    }

    /// Whether a process writes to a log of this cluster.
    fn logs_of_ours(&self, process: &Path) -> bool {
        let logs = self.dir.join("log");
        let Ok(entries) = fs::read_dir(process.join("fd")) else { return false };
        entries
            .flatten()
            .any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to.starts_with(&logs)))
    }
}
