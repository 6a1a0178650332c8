//! The calm after the blows: plain launches until every job is settled.

use std::thread;
use std::time::{Duration, Instant};

use crate::arena::Arena;
use crate::bin;
use crate::cluster::Cluster;
use crate::journals::JobHistory;
use crate::processes::ProcessRole;

/// How a sweep came to its end.
#[derive(Debug, Default)]
pub struct Convergence {
    /// The plain launches after the last blow.
    pub launches: u32,
    /// The calls of `sweep_launch --release`, which held tasks need.
    pub releases: u32,
    /// The jobs that are not settled all the same.
    pub unsettled: Vec<u32>,
    /// What never left the queue, or went on without being in it.
    pub left: Vec<String>,
}

/// More plain launches than that are none that converge.
const LAUNCHES: u32 = 10;
/// A queue that has not emptied after so long stands still.
const PATIENCE: Duration = Duration::from_mins(15);

impl Arena<'_> {
    /// Launches the sweep again and again, as anyone would, until nothing is left of it.
    pub fn converge(&mut self) -> Convergence {
        for call in &mut self.calls {
            call.wait();
        }
        let _ = self.cluster.succeeds("scancel", &["-p", "high"]);
        let mut convergence = Convergence::default();
        loop {
            convergence.left = self.wait_until_quiet();
            convergence.unsettled = self.unsettled();
            let is_over = convergence.unsettled.is_empty() && convergence.left.is_empty();
            if is_over || convergence.launches == LAUNCHES {
                return convergence;
            }
            let before = convergence.unsettled.len();
            self.study.run(bin!("sweep_launch"), &["--yes"]);
            convergence.launches += 1;
            self.wait_until_quiet();
            let held = Self::queue(self.cluster).iter().any(|line| is_held(line));
            if held && self.unsettled().len() == before {
                self.study.run(bin!("sweep_launch"), &["--release"]);
                convergence.releases += 1;
            }
        }
    }

    /// Waits until no task of either cluster waits to run, and none runs; what stays in the queue.
    fn wait_until_quiet(&self) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let queue = [Self::queue(self.cluster), Self::queue(self.other)].concat();
            let is_quiet = queue.iter().all(|line| is_held(line)) && self.workers() == 0;
            if is_quiet || Instant::now() > end {
                return queue;
            }
            thread::sleep(Duration::from_millis(500));
        }
    }

    fn workers(&self) -> usize {
        let all = [&self.processes, &self.other_processes];
        all.iter().map(|it| it.with_role(ProcessRole::Worker).len()).sum()
    }

    /// The lines `7_3|PENDING|Resources` of a cluster's queue.
    pub fn queue(cluster: &Cluster) -> Vec<String> {
        let text = cluster.run("squeue", &["-h", "-r", "-a", "-o", "%i|%T|%r"]);
        text.lines().map(str::to_owned).collect()
    }

    fn unsettled(&self) -> Vec<u32> {
        let histories = JobHistory::all(&self.study, &self.truth());
        histories.iter().filter(|it| !it.is_settled()).map(|it| it.job).collect()
    }
}

/// Whether only a release lets a task run.
fn is_held(line: &str) -> bool {
    line.contains("PENDING") && line.to_lowercase().contains("held")
}
