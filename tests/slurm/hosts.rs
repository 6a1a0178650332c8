//! Workers that cannot see each other's processes: nodes that are hosts of their own, on a real SLURM.

use std::collections::BTreeSet;
use std::fs;

use crate::cluster::{Cluster, Setup, wait_until};
use crate::study::Study;
use sweep_config::JobId;
use sweep_config::claim::ClaimHolder;
use sweep_config::records::Outcome;

/// Two nodes that are hosts of their own, each with room for one job.
fn two_hosts() -> Setup {
    Setup { cpus: 1, hosts: true, ..Setup::default() }
}

fn holder(study: &Study<'_>, job: u32) -> ClaimHolder {
    let claim = study.dir().claim(JobId(job), 1);
    serde_json::from_str(&fs::read_to_string(claim).unwrap()).unwrap()
}

#[test]
fn nodes_may_be_hosts_with_names_processes_and_boot_ids_of_their_own() {
    let Some(cluster) = Cluster::start(two_hosts()) else { return };
    let command = "cat /proc/sys/kernel/random/boot_id > boot.{{index}}; hostname > name.{{index}}\n\
                   while [ ! -e go ]; do sleep 0.1; done";
    let study = Study::new(&cluster, 2, command, "");
    study.launch(&[]);
    study.wait_until_running(2);
    let names = ["name.0", "name.1"].map(|file| study.read(file));
    let expected = ["host-n1\n", "host-n2\n"].map(str::to_owned);
    assert_eq!(BTreeSet::from(names), BTreeSet::from(expected));
    let ours = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let boots = [ours, study.read("boot.0"), study.read("boot.1")];
    assert_eq!(boots.iter().collect::<BTreeSet<_>>().len(), 3, "{boots:?}");
    let holders = [holder(&study, 0), holder(&study, 1)];
    assert!(holders.iter().all(|it| !it.shares_our_processes()), "{holders:?}");
    assert_ne!(holders[0].pid_namespace, holders[1].pid_namespace);

    let node = study.attempts(1)[0].start.host.clone();
    cluster.kill_node(&node);
    cluster.give_up(&node);
    cluster.start_slurmd(&node);
    wait_until("the job's next start", 120, || study.attempts(1).len() == 2);
    // The journal knows the start before the program has written over what the first one wrote.
    wait_until("a fourth boot id", 30, || {
        let boot = study.read("boot.1");
        boot.len() == boots[0].len() && !boots.contains(&boot)
    });
    assert_eq!(study.attempts(1)[1].start.host, node);
    fs::write(study.path("go"), "").unwrap();
    study.expect_all_done(120);
}

#[test]
fn a_job_whose_task_slurm_preempts_on_a_node_that_is_off_was_preempted_as_sacct_says() {
    let setup = Setup { nodes: 1, accounting: true, ..two_hosts() };
    let Some(cluster) = Cluster::start(setup) else { return };
    let study = Study::new(&cluster, 1, "while [ ! -e go ]; do sleep 0.1; done", "MAX_RETRY: 0");
    study.launch(&[]);
    study.wait_until_running(1);
    cluster.kill_node("n1");
    cluster.submit(&["-p", "high", "--exclusive"], "sleep 1");
    let task = study.attempts(0)[0].start.slurm.clone().unwrap();
    wait_until("the preemption", 60, || {
        let states = cluster.sacct(&["-D", "-X", "-o", "State", "-j", &task]);
        states.first().is_some_and(|state| state == "PREEMPTED")
    });
    fs::write(study.path("go"), "").unwrap();
    cluster.start_slurmd("n1");
    study.expect_all_done(120);
    assert_eq!(study.outcomes(0), [Some(Outcome::Preempted), Some(Outcome::Done)]);
}

#[test]
fn a_cluster_of_hosts_leaves_no_process_and_no_file() {
    let Some(cluster) = Cluster::start(two_hosts()) else { return };
    let study = Study::new(&cluster, 2, "sleep 1000", "");
    study.launch(&[]);
    study.wait_until_running(2);
    let dir = cluster.work().parent().unwrap().to_owned();
    let here = format!("{}/", dir.display());
    assert!(!users_of(&here).is_empty());
    drop(cluster);
    assert_eq!(users_of(&here), [0; 0]);
    assert!(!dir.exists());
}

/// The processes whose environment names a directory.
fn users_of(dir: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &u32| {
        let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environ).contains(dir)
    })
    .collect()
}
