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
    /// The tasks that waited when all jobs were settled, to try again what always fails: they are cancelled.
    pub cancelled: usize,
    /// What never left the queue.
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
        self.wait_until_settled();
        convergence.unsettled = self.unsettled();
        while !convergence.unsettled.is_empty() && convergence.launches < LAUNCHES {
            let before = convergence.unsettled.len();
            self.study.run(bin!("sweep_launch"), &["--yes"]);
            convergence.launches += 1;
            self.wait_until_settled();
            convergence.unsettled = self.unsettled();
            let held = Self::queue(self.cluster).iter().any(|line| is_held(line));
            if held && convergence.unsettled.len() == before {
                self.study.run(bin!("sweep_launch"), &["--release"]);
                convergence.releases += 1;
                self.wait_until_settled();
            }
        }
        convergence.cancelled = self.queues().len();
        for cluster in [self.cluster, self.other] {
            cluster.succeeds("scancel", &["--state=PENDING", "--partition=debug"]);
        }
        self.wait(|arena| arena.queues().is_empty() && arena.workers() == 0);
        convergence.left = self.queues();
        convergence
    }

    /// Waits until all jobs are settled, or no task of either cluster runs or will run by itself.
    fn wait_until_settled(&self) {
        self.wait(|arena| {
            let waits = arena.queues().iter().any(|line| !is_held(line)) || arena.workers() > 0;
            !waits || arena.unsettled().is_empty()
        });
    }

    fn wait(&self, is_over: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_over(self) && Instant::now() < end {
            thread::sleep(Duration::from_secs(1));
        }
    }

    fn queues(&self) -> Vec<String> {
        [Self::queue(self.cluster), Self::queue(self.other)].concat()
    }

    fn workers(&self) -> usize {
        let all = [&self.processes, &self.other_processes];
        all.iter().map(|it| it.with_role(ProcessRole::Worker).len()).sum()
    }

    /// The lines `7_3|PENDING|Resources` of a cluster's queue.
    fn queue(cluster: &Cluster) -> Vec<String> {
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
