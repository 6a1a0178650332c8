//! The blows of a run: which, in which order, and with what luck; a function of the run's size and seed.

use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

/// What can befall a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlowKind {
    KillWorker,
    KillProgram,
    KillStepd,
    KillSlurmd,
    KillController,
    EndController,
    KillCollect,
    KillLaunch,
    LosePower,
    CutOff,
    StopWorker,
    Suspend,
    CancelTask,
    CancelArray,
    Requeue,
    Preempt,
    FillDisk,
    Relaunch,
    LaunchTwice,
    HidePartition,
    OtherCluster,
    HideShare,
}

impl BlowKind {
    /// Each kind with its name and how often it comes among some 350 blows.
    pub const ALL: [(Self, &'static str, u32); 22] = [
        (Self::KillWorker, "kill -9 of a worker", 70),
        (Self::KillProgram, "kill -9 of a program", 53),
        (Self::KillStepd, "kill -9 of a slurmstepd", 18),
        (Self::KillSlurmd, "kill -9 of a slurmd", 17),
        (Self::KillController, "kill -9 of slurmctld", 7),
        (Self::EndController, "SIGTERM of slurmctld", 7),
        (Self::KillCollect, "kill -9 of a collect", 4),
        (Self::KillLaunch, "kill -9 of a launch", 13),
        (Self::LosePower, "power loss of a node", 14),
        (Self::CutOff, "node cut off and set down", 14),
        (Self::StopWorker, "SIGSTOP of a worker", 14),
        (Self::Suspend, "suspend of a task", 14),
        (Self::CancelTask, "scancel of a task", 27),
        (Self::CancelArray, "scancel of an array", 5),
        (Self::Requeue, "requeue of a task", 8),
        (Self::Preempt, "array that preempts", 27),
        (Self::FillDisk, "full disk", 16),
        (Self::Relaunch, "relaunch", 4),
        (Self::LaunchTwice, "two launches at once", 3),
        (Self::HidePartition, "hidden partition", 2),
        (Self::OtherCluster, "launch and collect on another cluster", 2),
        (Self::HideShare, "node without the shared directory", 6),
    ];
}

/// A blow of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedBlow {
    pub kind: BlowKind,
    /// Chooses among its possible targets.
    pub luck: u32,
}

/// What a run is asked for.
#[derive(Debug, Clone)]
pub struct RunSize {
    pub jobs: u32,
    /// How long blows come.
    pub storm: Duration,
    pub seed: u64,
}

/// How many jobs may run at once.
pub const PARALLEL: u32 = 16;
/// The time from one blow to the next where the storm is long.
const PERIOD: Duration = Duration::from_millis(2600);
/// The fewest blows: each kind, and the frequent ones twice.
const FEWEST: u32 = 40;

impl RunSize {
    pub fn new(jobs: u32, storm: Duration, seed: u64) -> Self {
        Self { jobs, storm, seed }
    }

    /// The blows in their order.
    pub fn plan(&self) -> Vec<PlannedBlow> {
        let wanted = u32::try_from(self.storm.as_millis() / PERIOD.as_millis()).unwrap();
        let wanted = wanted.max(FEWEST);
        let total: u32 = BlowKind::ALL.iter().map(|(.., weight)| weight).sum();
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mut blows = Vec::new();
        for (kind, _, weight) in BlowKind::ALL {
            let count = (wanted * weight / total).max(1);
            blows.extend((0..count).map(|_| PlannedBlow { kind, luck: random.random() }));
        }
        blows.shuffle(&mut random);
        blows
    }

    /// How long a lasting blow lasts that takes so many seconds in a long run.
    pub fn lasting(&self, seconds: f64) -> Duration {
        let share = self.storm.as_secs_f64() / 900.0;
        Duration::from_secs_f64(seconds * share.clamp(0.15, 1.0))
    }

    /// How long a usual job takes, in seconds, for the jobs to last as long as the blows.
    pub fn pace(&self) -> f64 {
        self.storm.as_secs_f64() * f64::from(PARALLEL) * 0.27 / f64::from(self.jobs)
    }
}

#[test]
fn a_seed_gives_the_same_blows_and_none_is_left_out() {
    let size = |seed| RunSize::new(300, Duration::from_mins(20), seed);
    assert_eq!(size(3).plan(), size(3).plan());
    assert_ne!(size(3).plan(), size(4).plan());
    for storm in [1, 1200] {
        let plan = RunSize { storm: Duration::from_secs(storm), ..size(3) }.plan();
        for (kind, name, _) in BlowKind::ALL {
            assert!(plan.iter().any(|blow| blow.kind == kind), "{name}");
        }
    }
}
