//! What the tests on SLURM rely on: the cluster of their own behaves as a real one, because it is one.

use crate::cluster::{Cluster, Setup};
use std::fs;

#[test]
fn an_array_of_twenty_runs_to_completion() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    cluster.submit(&["--array=0-19"], "echo $SLURM_ARRAY_TASK_ID > $SLURM_ARRAY_TASK_ID.done");
    cluster.wait_until_empty(120);
    assert_eq!(fs::read_dir(cluster.work()).unwrap().count(), 20);
}
