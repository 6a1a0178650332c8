//! Simulates launches over random schedules: what the queue, the policies and the record of nodes decide
//! together brings every job to its end by plain launches alone, on sound and on bad nodes.
//!
//! Only the programs, the claims and SLURM are simulated. Jobs, journals and notes are real files.

mod cluster;
mod simulation;
mod troubles;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use sweep_config::records::is_done;
use sweep_config::{JobId, SubmissionId, Sweep, fs};

use self::cluster::SimCluster;
use self::simulation::{DISTURBED, SimLaunch};
use self::troubles::{Troubles, policy};
use super::policy::retry::RetryPolicy;
use crate::runtime::{JobContext, JobShell};

/// The launches after which everything must be over.
const LAUNCHES: u32 = 30;

/// Launches again and again until every job is at its end, and checks each launch. Returns the number of
/// launches.
fn check(troubles: &Troubles) -> u32 {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("sweep.yaml");
    let text = format!("ROOT_DIR: {}\nNAME: s\nSETUP: {{NUM_CONFIGS: 1}}\n", root.path().display());
    fs::write_atomic(&path, text.as_bytes()).unwrap();
    let sweep = Sweep::load(&path, &["LAUNCH.CONDA_ENV=".to_owned()]).unwrap();
    let context = JobContext::in_dir(&sweep, root.path(), JobShell::bare()).unwrap();
    let faults = RefCell::new(BTreeMap::new());
    let mut random = ChaCha8Rng::seed_from_u64(troubles.seed);
    for number in 1..=LAUNCHES {
        let id = SubmissionId(number);
        let cluster = SimCluster::default();
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
        launch.leave_out_nodes();
        launch.run(&policies, &mut random);
        launch.note_silent();
        if number > DISTURBED {
            let untried: Vec<JobId> =
                launch.jobs().filter(|job| launch.attempts(*job).is_empty()).collect();
            assert!(
                untried.is_empty() || launch.has_silent(),
                "launch {number} has not tried {untried:?}"
            );
            if is_over(&launch) {
                return number;
            }
        }
    }
    panic!("not over after {LAUNCHES} launches");
}

/// Returns true if and only if every job is done, or fails each time and had all its tries in this launch.
fn is_over(launch: &SimLaunch<'_>) -> bool {
    launch.jobs().all(|job| {
        let attempts = launch.attempts(job);
        let fails =
            launch.troubles.failing.get(&job.0).is_some_and(|(times, _)| *times == u32::MAX);
        let last = attempts.iter().filter(|it| it.start.submission == launch.id.to_string());
        let (tries, had) = (last.count(), launch.troubles.max_retry as usize + 1);
        if fails { tries == had } else { is_done(&attempts) }
    })
}

fn any_troubles() -> impl Strategy<Value = Troubles> {
    let times = prop_oneof![Just(u32::MAX), 1_u32..3];
    let failing = prop::collection::btree_map(0_u32..24, (times, any::<bool>()), 0..12);
    let during =
        (1_u32..4, prop_oneof![Just(LAUNCHES), 1_u32..6]).prop_map(|(first, last)| first..=last);
    let nodes_during = |most| prop::collection::btree_map(1_u32..4, during.clone(), 0..most);
    let nodes = (1_u32..5, nodes_during(3), nodes_during(2));
    (1_u32..24, 1_u32..8, 0_u32..3, nodes, failing, any::<u64>()).prop_map(
        |(jobs, per_task, max_retry, (nodes, bad, silent), failing, seed)| Troubles {
            jobs,
            per_task,
            max_retry,
            nodes,
            bad: bad.into_iter().filter(|(node, _)| *node < nodes).collect(),
            silent: silent.into_iter().filter(|(node, _)| *node < nodes).collect(),
            failing,
            seed,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn plain_launches_bring_every_job_to_its_end(troubles in any_troubles()) {
        check(&troubles);
    }
}

#[test]
fn a_bad_node_that_few_last_jobs_meet_is_left_out() {
    let slow = [0, 3, 4, 5, 12].map(|job| (job, (u32::MAX, false)));
    for at_once in [false, true] {
        let others = [(6, (1, at_once)), (13, (2, at_once))];
        check(&Troubles {
            jobs: 16,
            per_task: 6,
            max_retry: 0,
            nodes: 2,
            bad: [(1, 1..=LAUNCHES)].into(),
            silent: BTreeMap::new(),
            failing: slow.into_iter().chain(others).collect(),
            seed: 12_062_521_034_490_908_001,
        });
    }
}
