//! Requests against clusters of several kinds.

use super::*;
use crate::launch::slurm::effective::tests::requests;
use crate::slurm::{
    GenericResource, LiftedLimits, MemoryLimit, NameRule, PartitionDoor, SlurmNode, SlurmTime,
};

fn partition(name: &str, default_time: SlurmTime) -> SlurmPartition {
    let is_default = name == "short";
    SlurmPartition { name: name.into(), is_default, default_time, ..SlurmPartition::default() }
}

fn limits() -> ClusterLimits {
    let node = |partition: &str, cpus, memory, gpus| SlurmNode {
        name: String::new(),
        cpus,
        memory,
        gres: vec![GenericResource { name: "gpu".into(), kind: None, count: gpus }],
        partitions: vec![partition.to_owned()],
        ..SlurmNode::default()
    };
    let mut partitions = vec![
        partition("short", SlurmTime::Minutes(30)),
        partition("long", SlurmTime::Minutes(600)),
        partition("endless", SlurmTime::Unset),
        partition("odd", SlurmTime::Unknown),
        partition("off", SlurmTime::Unknown),
    ];
    partitions[1].max_time = SlurmTime::Minutes(720);
    partitions[4].state = "DOWN".to_owned();
    let nodes = vec![
        node("short", 4, 8000, 0),
        node("short", 64, 4000, 0),
        node("long", 8, 0, 2),
        node("endless", 0, 0, 0),
    ];
    ClusterLimits { partitions, nodes, ..ClusterLimits::default() }
}

fn check(keys: &str) -> Result<TaskTime, String> {
    check_with(keys, &limits())
}

fn check_with(keys: &str, limits: &ClusterLimits) -> Result<TaskTime, String> {
    let (time, refusals) = check_request(&requests(keys), limits);
    Failure::together("SLURM would never start these tasks", refusals)
        .map_err(|failure| failure.to_string())?;
    Ok(time.unwrap())
}

#[test]
fn a_time_limit_is_needed_where_the_partition_has_no_default() {
    let time = |shortest, longest| Ok(TaskTime { shortest, longest });
    for (keys, expected) in [
        ("", time(Some(30), Some(30))),
        ("PARTITION: long", time(Some(600), Some(600))),
        ("PARTITION: [long, short]", time(Some(30), Some(600))),
        ("PARTITION: odd", time(None, None)),
        ("PARTITION: endless\nTIME_LIMIT: 5", time(Some(5), Some(5))),
        ("PARTITION: endless\nEXTRA: ['--time=5']", time(Some(5), Some(5))),
        ("PARTITION: long\nTIME_LIMIT: 60\nEXTRA: ['-t 1:00:01']", time(Some(61), Some(61))),
        ("PARTITION: endless\nTIME_LIMIT: 60\nEXTRA: [--time=0]", time(None, None)),
        ("PARTITION: [endless, odd]\nEXTRA: ['-p long']", time(Some(600), Some(600))),
        ("PARTITION: nowhere\nEXTRA: [-Msouth]", time(None, None)),
    ] {
        assert_eq!(check(keys), expected, "{keys}");
    }
    for keys in ["PARTITION: endless", "PARTITION: 'short,endless'", "PARTITION: [long, endless]"] {
        let message = check(keys).unwrap_err();
        assert_eq!(
            message,
            "LAUNCH.TIME_LIMIT is missing and partition `endless` has no DefaultTime"
        );
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let keys = "NUM_GPUS: 3\nCPUS_PER_GPU: 30\nMEM_PER_GPU: 4\nTIME_LIMIT: 721";
    insta::assert_snapshot!(
        [
            check("PARTITION: [nowhere, endless]"),
            check(&format!("PARTITION: [long, off, short, nowhere]\n{keys}")),
        ]
        .map(Result::unwrap_err)
        .join("\n")
    );
}

#[test]
fn what_some_node_of_some_partition_can_run_is_not_refused() {
    for keys in [
        "CPUS_PER_GPU: 64\nMEM_PER_GPU: 3",
        "CPUS_PER_GPU: 4\nMEM_PER_GPU: 7",
        "PARTITION: 'off,short'\nTIME_LIMIT: 5",
        "PARTITION: [off, short]\nTIME_LIMIT: 5",
        "PARTITION: 'long,short'\nNUM_GPUS: 2",
        "PARTITION: long\nNUM_GPUS: 2\nMEM_PER_GPU: 900",
        "PARTITION: long\nTIME_LIMIT: 720",
        "PARTITION: odd\nNUM_GPUS: 99\nCPUS_PER_GPU: 99",
        "PARTITION: long\nTIME_LIMIT: 4200\nEXTRA: ['--time=12:00:00']",
        "PARTITION: long\nTIME_LIMIT: 4200\nEXTRA: ['--time-min=60']",
        "CPUS_PER_GPU: 99\nEXTRA: ['-c 4']",
        "MEM_PER_GPU: 99\nEXTRA: ['--mem=8000']",
        "MEM_PER_GPU: 99\nEXTRA: ['--mem=0']",
    ] {
        assert!(check(keys).is_ok(), "{keys}: {:?}", check(keys));
    }
    for (keys, words) in [
        ("CPUS_PER_GPU: 64\nMEM_PER_GPU: 7", "together"),
        ("NUM_GPUS: 1", "LAUNCH.NUM_GPUS: a task asks for 1 GPU,"),
        ("PARTITION: off", "partition `off` is DOWN"),
        ("PARTITION: long\nTIME_LIMIT: 721", "allows 720 minutes"),
        (
            "PARTITION: long\nTIME_LIMIT: 5\nEXTRA: [--time=1-0]",
            "LAUNCH.EXTRA asks for 1440 minutes",
        ),
        ("PARTITION: long\nEXTRA: [--time=INFINITE]", "LAUNCH.EXTRA asks for unlimited time"),
        ("EXTRA: ['-c 65']", "LAUNCH.EXTRA: a task asks for 65 CPUs"),
        ("EXTRA: ['-n 9 -c 8']", "LAUNCH.EXTRA: a task asks for 72 CPUs"),
        ("EXTRA: ['-c 4 --mem-per-cpu=2001M']", "LAUNCH.EXTRA: a task asks for 8004 MB"),
        ("EXTRA: ['-G 3 -p long']", "LAUNCH.EXTRA: a task asks for 3 GPUs"),
        (
            "GRES: 'lustre:1'",
            "LAUNCH.GRES: a task asks for 1 lustre, but no node of partition `short` has any",
        ),
        ("EXTRA: [-pnowhere]", "LAUNCH.EXTRA: this cluster has no partition `nowhere`"),
    ] {
        assert!(check(keys).unwrap_err().contains(words), "{keys}");
    }
}

/// A cluster of one partition, changed as a test wants it, with a node of 4 CPUs and 8,000 MB.
fn one(change: impl Fn(&mut SlurmPartition, &mut ClusterLimits)) -> ClusterLimits {
    let mut limits = limits();
    limits.partitions.truncate(1);
    limits.nodes.truncate(1);
    limits.nodes[0].features = vec!["volta".to_owned(), "ib".to_owned()];
    let mut partition = limits.partitions.remove(0);
    change(&mut partition, &mut limits);
    limits.partitions.push(partition);
    limits
}

fn names(text: &str) -> Vec<String> {
    text.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn only(text: &str) -> NameRule {
    NameRule::Only(names(text))
}

#[test]
fn who_is_certainly_kept_out_is_refused_and_nobody_else() {
    let groups = |mine: Option<&str>| {
        one(|partition, limits| {
            partition.groups = only("ml,cv");
            limits.access.groups = mine.map(names);
        })
    };
    let message = check_with("", &groups(Some("users,physics"))).unwrap_err();
    let words = "partition `short` is for the groups ml, cv, but you are in users, physics";
    assert!(message.contains(words), "{message}");
    assert!(
        check_with("", &groups(Some("users,cv"))).is_ok() && check_with("", &groups(None)).is_ok()
    );

    let accounts = |rule: NameRule, line: Option<&str>, is_rewritten| {
        one(|partition, limits| {
            partition.accounts = rule.clone();
            limits.access.account = line.map(names);
            limits.is_rewritten = is_rewritten;
        })
    };
    for (keys, rule, line, words) in [
        (
            "ACCOUNT: lab",
            only("core"),
            "lab",
            "LAUNCH.ACCOUNT: `lab` is not allowed: partition `short` accepts only core",
        ),
        (
            "EXTRA: [-Alab]",
            NameRule::AllBut(names("lab")),
            "lab,root",
            "LAUNCH.EXTRA: `lab` is not allowed",
        ),
        ("", only("core"), "lab", "`lab`, your default, is not allowed"),
        ("", only("core"), "", "no account is given, but partition `short` accepts only core"),
    ] {
        let message = check_with(keys, &accounts(rule, Some(line), false)).unwrap_err();
        assert!(message.contains(words), "{keys}: {message}");
    }
    assert!(check_with("ACCOUNT: lab", &accounts(only("core,lab"), Some("lab"), false)).is_ok());
    assert!(check_with("", &accounts(only("core"), Some("lab,core,root"), false)).is_ok());
    assert!(check_with("ACCOUNT: lab", &accounts(only("core"), None, false)).is_ok());
    assert!(check_with("", &accounts(only("core"), Some("lab"), true)).is_ok());

    let qos = |mine: Option<&str>| {
        one(|partition, limits| {
            partition.qos_allowed = only("high");
            limits.access.qos = mine.map(str::to_owned);
        })
    };
    let message = check_with("QOS: low", &qos(Some("low"))).unwrap_err();
    assert!(
        message.contains("LAUNCH.QOS: `low` is not allowed: partition `short` accepts only high")
    );
    assert!(
        check_with("", &qos(Some("high"))).is_ok() && check_with("QOS: low", &qos(None)).is_ok()
    );
}

#[test]
fn what_a_partition_gives_to_no_job_is_refused() {
    let refused = |keys: &str, change: fn(&mut SlurmPartition, &mut ClusterLimits), words: &str| {
        let message = check_with(keys, &one(change)).unwrap_err();
        assert!(message.contains(words), "{keys}: {message}");
    };
    refused("NODES: 3", |it, _| it.nodes_of_job = (Some(0), Some(2)), "allows 2");
    refused("NODES: 3", |it, _| it.total_nodes = Some(2), "allows 2");
    refused("", |it, _| it.nodes_of_job = (Some(2), None), "only tasks of 2 nodes or more");
    refused("CPUS_PER_GPU: 3", |it, _| it.max_cpus = Some(2), "3 CPUs per node");
    let of_node = |it: &mut SlurmPartition, _: &mut ClusterLimits| {
        it.max_memory = Some(MemoryLimit::PerNode(2000));
    };
    refused("MEM_PER_GPU: 2", of_node, "allows 2000 MB per node (MaxMemPerNode)");
    let of_cpu = |_: &mut SlurmPartition, limits: &mut ClusterLimits| {
        limits.max_memory = Some(MemoryLimit::PerCpu(1000));
    };
    refused("MEM_PER_GPU: 4", of_cpu, "1000 MB per CPU (MaxMemPerCPU)");
    assert!(check_with("MEM_PER_GPU: 3", &one(of_cpu)).is_ok(), "it gets four CPUs");
    refused("CONSTRAINT: a100|h100", |_, _| {}, "has the features a100|h100");
    assert!(check_with("CONSTRAINT: volta&ib|a100", &one(|_, _| {})).is_ok());
    assert!(check_with("CONSTRAINT: '[rack1*2]'", &one(|_, _| {})).is_ok());
    refused("NODES: 2", |_, _| {}, "only 1 node of partition `short` has 1 CPUs");
    refused("", |it, _| it.doors.push(PartitionDoor::Reservation), "only jobs with a reservation");
    refused("", |it, _| it.doors.push(PartitionDoor::RootOnly), "is for root only");
    assert!(
        check_with("RESERVATION: r", &one(|it, _| it.doors.push(PartitionDoor::Reservation)))
            .is_ok()
    );
}

#[test]
fn what_may_be_lifted_or_is_not_seen_is_not_refused() {
    let lifted = one(|partition, limits| {
        partition.max_time = SlurmTime::Minutes(60);
        partition.nodes_of_job = (Some(2), Some(2));
        limits.access.lifted = LiftedLimits { time: true, least_nodes: true, most_nodes: true };
    });
    assert!(check_with("TIME_LIMIT: 61", &lifted).is_ok());
    let hidden_nodes = one(|partition, _| partition.total_nodes = Some(2));
    assert!(check_with("CPUS_PER_GPU: 99", &hidden_nodes).is_ok());
    let rewritten = one(|partition, limits| {
        partition.max_time = SlurmTime::Minutes(60);
        limits.is_rewritten = true;
    });
    for keys in ["TIME_LIMIT: 61", "PARTITION: any", ""] {
        assert!(check_with(keys, &rewritten).is_ok(), "{keys}");
    }
    assert!(check_with("PARTITION: short\nTIME_LIMIT: 61", &rewritten).is_err());
}
