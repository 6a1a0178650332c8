//! What a real SLURM's partitions let in, and what is refused before it is submitted: the two must agree.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::bin;
use crate::cluster::{Cluster, Setup, wait_until};
use crate::common::Run;
use crate::study::Study;

/// Partitions that keep something out.
const PARTITIONS: [&str; 7] = [
    "PartitionName=short Nodes=ALL MaxTime=60",
    "PartitionName=narrow Nodes=n1 MaxNodes=1 MaxCPUsPerNode=2 MaxMemPerNode=1000",
    "PartitionName=wide Nodes=ALL MinNodes=2",
    "PartitionName=club Nodes=ALL AllowGroups=adm",
    "PartitionName=booked Nodes=ALL ReqResv=YES",
    "PartitionName=secret Nodes=ALL Hidden=YES MaxTime=60",
    "PartitionName=off Nodes=ALL State=DOWN",
];

fn start(accounting: bool) -> Option<Cluster> {
    let mut extra = PARTITIONS.map(str::to_owned).to_vec();
    extra.extend(accounting.then(|| "AccountingStorageEnforce=associations,qos".to_owned()));
    let cluster = Cluster::start(Setup { accounting, extra, ..Setup::default() })?;
    if accounting {
        cluster.run("sacctmgr", &["-i", "add", "account", "core"]);
        cluster.run("sacctmgr", &["-i", "add", "qos", "high"]);
        for (name, rule) in [
            ("core", "AllowAccounts=core"),
            ("rest", "DenyAccounts=lab"),
            ("fast", "AllowQos=high"),
        ] {
            let name = format!("PartitionName={name}");
            cluster.run("scontrol", &["create", &name, "Nodes=ALL", "State=UP", rule]);
        }
    }
    Some(cluster)
}

/// Requests in the words of `EXTRA`, and what a launch says of each.
const REFUSED: [(&str, &str); 20] = [
    ("-p short -t 61", "LAUNCH.EXTRA asks for 61 minutes"),
    ("-p narrow -N2", "asks for 2 nodes, but partition `narrow` allows 1"),
    ("-p narrow -c3 --mem=500", "3 CPUs per node, but partition `narrow` allows 2"),
    ("-p narrow --mem=1001", "allows 1000 MB per node (MaxMemPerNode)"),
    ("-p wide", "accepts only tasks of 2 nodes or more"),
    ("-p core", "`lab`, your default, is not allowed: partition `core` accepts only core"),
    (
        "-p rest -A lab",
        "LAUNCH.EXTRA: `lab` is not allowed: partition `rest` accepts all except lab",
    ),
    ("-p fast", "`normal`, your default, is not allowed: partition `fast` accepts only high"),
    ("-p booked", "accepts only jobs with a reservation"),
    ("-p off", "partition `off` is DOWN"),
    ("-c5", "a task asks for 5 CPUs, but no node of partition `debug` has more than 4"),
    ("--mem=8001", "8001 MB of memory, but no node of partition `debug` has more than 8000"),
    ("--gres=gpu:1", "1 GPU, but no node of partition `debug` has any"),
    ("-A nosuch", "LAUNCH.EXTRA: you have no account `nosuch`"),
    ("-q nosuch", "LAUNCH.EXTRA: your account has no QOS `nosuch`"),
    ("-q high", "LAUNCH.EXTRA: your account has no QOS `high`"),
    ("--reservation=nosuch", "LAUNCH.EXTRA: this cluster has no reservation `nosuch`"),
    ("-x n[1-3]", "LAUNCH.EXTRA: this cluster has no node `n3`"),
    ("-w n1 -x n1", "LAUNCH.EXTRA requires node `n1`, which LAUNCH.EXTRA excludes"),
    ("-x n1,n2", "LAUNCH.EXTRA leaves no node of partition `debug`"),
];

#[test]
fn what_a_launch_refuses_slurm_would_never_start_and_nothing_is_left_behind() {
    let Some(cluster) = start(true) else { return };
    let study = Study::new(&cluster, 1, "true", "MEM_PER_GPU: 0\nCPUS_PER_GPU: 0");
    for (extra, words) in REFUSED {
        let set = format!("LAUNCH.EXTRA=['{extra}']");
        let run = study.run(bin!("sweep_launch"), &["--yes", "--set", &set]).expect(3);
        assert!(run.stderr.contains(words), "{extra}: {}", run.stderr);
        assert!(!study.dir().submissions().exists(), "{extra}");
    }
    // Each is refused by sbatch as well, or waits for something else than its turn.
    let mut waiting = Vec::new();
    for (options, _) in REFUSED {
        let mut command = cluster.command("sbatch");
        command.args(["--parsable", "--output=/dev/null", "-t10", "-N1", "--ntasks-per-node=1"]);
        command.args(options.split(' '));
        let printed = Run::of(&command.arg("--wrap=true").output().unwrap());
        if printed.code == 0 {
            waiting.push((options, printed.stdout.trim().to_owned()));
        }
    }
    assert!(!waiting.is_empty());
    for (options, job) in waiting {
        let reason = || cluster.run("squeue", &["-h", "-o", "%r", "-j", &job]);
        wait_until(options, 30, || {
            !["", "None", "Priority", "Resources"].contains(&reason().as_str())
        });
        cluster.run("scancel", &[&job]);
    }
}

/// An ordinary user: nobody.
const NOBODY: u32 = 65_534;

#[test]
fn an_ordinary_user_gets_into_hidden_partitions_and_into_none_of_other_groups() {
    let Some(cluster) = start(false) else { return };
    if chown(cluster.work(), Some(NOBODY), Some(NOBODY)).is_err() {
        println!("only root can launch as another user");
        return;
    }
    let study = Study::new(&cluster, 2, "true", "PARTITION: secret");
    give_away(&cluster.work());
    let launch = |set: &[&str]| {
        let mut command: Command = cluster.command(bin!("sweep_launch"));
        command.uid(NOBODY).gid(NOBODY);
        command.arg("--sweep-cfg").arg(study.config()).arg("--yes").args(set);
        Run::of(&command.output().unwrap())
    };
    let run = launch(&["--set", "LAUNCH.PARTITION=club"]).expect(3);
    let words = "LAUNCH.PARTITION: partition `club` is for the groups adm, but you are in nogroup";
    assert!(run.stderr.contains(words), "{}", run.stderr);
    let run = launch(&["--set", "LAUNCH.TIME_LIMIT=61"]).expect(3);
    assert!(run.stderr.contains("partition `secret` allows 60 minutes"), "{}", run.stderr);
    launch(&[]).expect(0);
    study.expect_all_done(120);
}

/// Makes nobody the owner of all that is in a directory.
fn give_away(dir: &std::path::Path) {
    chown(dir, Some(NOBODY), Some(NOBODY)).unwrap();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        if entry.path().is_dir() {
            give_away(&entry.path());
        } else {
            chown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
}
