//! Sweeps whose first jobs fail, and nodes on which jobs die, on a real SLURM.

use crate::bin;
use crate::cluster::{Cluster, Setup};
use crate::study::Study;
use sweep_config::records::Outcome;

#[test]
fn jobs_that_fail_keep_no_others_from_being_tried() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let command = "test $(( {{index}} % 10 )) -ge 3 || exit 3";
    let study = Study::new(&cluster, 30, command, "MAX_RETRY: 0\nJOBS_PER_TASK: 10");
    for launches in 1..=2 {
        study.launch(&[]);
        study.cluster.wait_until_empty(120);
        for job in 0..30 {
            let fails = job % 10 < 3;
            let outcome = if fails { Outcome::Failed } else { Outcome::Done };
            let outcomes = study.outcomes(job);
            assert_eq!(
                outcomes,
                vec![Some(outcome); if fails { launches } else { 1 }],
                "job {job}"
            );
        }
    }
    assert_eq!(study.read("twice"), "");
}

#[test]
fn a_node_on_which_jobs_die_at_once_loses_them_to_another_and_is_left_out() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let command = "[ $SLURMD_NODENAME != n2 ] || exit 1; sleep 0.3";
    let study = Study::new(&cluster, 60, command, "MAX_RETRY: 3\nPARALLEL_JOBS: 8");
    study.launch(&[]);
    study.expect_all_done(240);
    for job in 0..60 {
        let there = study.attempts(job).iter().filter(|it| it.start.host == "n2").count();
        assert!(there <= 1, "job {job} was tried {there} times on the bad node");
    }
    let run = study.run(bin!("sweep_collect"), &["--dry-run"]);
    let word = "excluded, also from the next launch: n2 (jobs die at once here but run elsewhere)";
    assert!(run.stderr.contains(word), "{}{}", run.stdout, run.stderr);
}
