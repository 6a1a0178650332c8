//! Simulates launches over random schedules: what the queue, the policies and the record of nodes decide
//! together has every job tried by each plain launch and, where no node is bad, brings it to its end.
//!
//! With a bad node the second is not promised: what a launch sees of a node counts for that launch and the
//! next, so that a few last jobs may meet the bad node each time without accusing it.
//!
//! Only the programs, the claims and SLURM are simulated. Jobs, journals and notes are real files.

mod simulation;
mod troubles;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use sweep_config::records::is_done;
use sweep_config::{JobId, SubmissionId, Sweep, fs};

use self::simulation::{DISTURBED, SimCluster, SimLaunch};
use self::troubles::{Troubles, policy};
use super::policy::retry::RetryPolicy;
use crate::ledger::NodeCrashes;
use crate::runtime::{JobContext, JobShell};

/// The launches after which everything must be over, where no node is bad.
const LAUNCHES: u32 = 10;

/// Launches again and again, and checks each launch.
fn check(troubles: &Troubles) {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("sweep.yaml");
    let text = format!("ROOT_DIR: {}\nNAME: s\nSETUP: {{NUM_CONFIGS: 1}}\n", root.path().display());
    fs::write_atomic(&path, text.as_bytes()).unwrap();
    let sweep = Sweep::load(&path, &["LAUNCH.CONDA_ENV=".to_owned()]).unwrap();
    let context = JobContext::in_dir(&sweep, root.path(), JobShell::bare()).unwrap();
    let faults = RefCell::new(BTreeMap::new());
    let mut random = ChaCha8Rng::seed_from_u64(troubles.seed);
    let mut excluded = BTreeSet::new();
    for number in 1..=LAUNCHES {
        let id = SubmissionId(number);
        let cluster = SimCluster { excluded: RefCell::new(excluded), ..SimCluster::default() };
        let policies: Vec<RetryPolicy> =
            (0..troubles.nodes).map(|node| policy(troubles, id, node)).collect();
        let launch = SimLaunch {
            troubles,
            context: &context,
            cluster: &cluster,
            id,
            running: RefCell::default(),
            faults: &faults,
        };
        launch.close_open();
        launch.run(&policies, &mut random);
        if number > DISTURBED {
            let all = (0..troubles.jobs).map(JobId);
            let untried: Vec<JobId> = all.filter(|job| launch.attempts(*job).is_empty()).collect();
            assert!(untried.is_empty(), "launch {number} has not tried {untried:?}");
        }
        if number == LAUNCHES && troubles.bad.is_empty() {
            check_the_end(&launch);
        }
        let left_out = NodeCrashes::new(&context.dir, id).left_out().unwrap();
        excluded = left_out.into_iter().collect();
    }
}

/// Checks that every job is done, or fails each time and had all its tries in the last launch.
fn check_the_end(launch: &SimLaunch<'_>) {
    let troubles = launch.troubles;
    for job in 0..troubles.jobs {
        let attempts = launch.attempts(JobId(job));
        let never = troubles.failing.get(&job).is_some_and(|(times, _)| *times == u32::MAX);
        assert!(is_done(&attempts) || never, "job {job}: {attempts:?}");
        let last = attempts.iter().filter(|it| it.start.submission == launch.id.to_string());
        let (tries, had) = (last.count(), usize::try_from(troubles.max_retry).unwrap() + 1);
        assert!(!never || tries == had, "job {job}: {tries} of {had} tries");
    }
}

fn any_troubles() -> impl Strategy<Value = Troubles> {
    let times = prop_oneof![Just(u32::MAX), 1_u32..3];
    let failing = prop::collection::btree_map(0_u32..24, (times, any::<bool>()), 0..12);
    let bad = prop::collection::btree_set(1_u32..4, 0..3);
    (1_u32..24, 1_u32..8, 0_u32..3, 1_u32..5, bad, failing, any::<u64>()).prop_map(
        |(jobs, per_task, max_retry, nodes, bad, failing, seed)| Troubles {
            jobs,
            per_task,
            max_retry,
            nodes,
            bad: bad.into_iter().filter(|node| *node < nodes).collect(),
            failing,
            seed,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn plain_launches_try_every_job_and_bring_it_to_its_end_on_sound_nodes(troubles in any_troubles()) {
        check(&troubles);
    }
}
