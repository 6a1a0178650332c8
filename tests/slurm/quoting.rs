//! Hostile values through `sbatch` and `srun` of a real SLURM: the program gets them byte for byte.

use crate::cluster::{Cluster, Setup};
use crate::common::Run;
use crate::{bin, hostile};

#[test]
fn a_program_that_srun_starts_gets_hostile_values_as_they_are() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let launch = serde_json::json!({
        "COMMAND": format!("srun --ntasks=1 python3 {}", hostile::PASSED),
        "EXECUTOR": "slurm", "PARTITION": "debug", "NUM_GPUS": 0, "CPUS_PER_GPU": 1, "MEM_PER_GPU": 1,
        "TIME_LIMIT": 10, "CONDA_ENV": "", "MAX_RETRY": 0,
    });
    let text = format!("ROOT_DIR: root\nNAME: s\nSETUP: {}\nLAUNCH: {launch}\n", hostile::setup());
    std::fs::write(cluster.work().join("sweep.yaml"), text).unwrap();
    std::fs::write(cluster.work().join("show.py"), hostile::SHOW).unwrap();
    let run = |program: &str, args: &[&str]| {
        let mut command = cluster.command(program);
        command.arg(cluster.work().join("sweep.yaml")).args(args);
        Run::of(&command.output().unwrap()).expect(0)
    };
    run(bin!("sweep_setup"), &[]);
    run(bin!("sweep_launch"), &["--yes"]);
    cluster.wait_until_empty(120);
    let log = |name: &str| {
        std::fs::read_to_string(cluster.work().join("root/s/logs/000000").join(name))
            .unwrap_or_default()
    };
    assert!(!log("stdout.log").is_empty(), "{}", log("stderr.log"));
    hostile::expect_all(&log("stdout.log"));
}
