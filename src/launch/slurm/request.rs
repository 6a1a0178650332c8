//! The request of a launch against what the cluster says of itself: what SLURM would never start is
//! refused before anything is submitted (pure).

use sweep_config::LaunchConfig;

use crate::app::Failure;
use crate::slurm::{ClusterLimits, PartitionTime, SlurmNode, SlurmPartition};

/// The time limit of a task in minutes, shortest and longest over the partitions; none where neither
/// the config nor the cluster says one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TaskTime {
    pub(super) shortest: Option<u64>,
    pub(super) longest: Option<u64>,
}

/// A sentence on what SLURM would not do, and what to do about it.
type RequestRefusal = (String, String);

/// Checks the request, and returns how long a task may run.
///
/// # Errors
///
/// Everything at once that SLURM could not fulfil.
pub(super) fn check_request(
    launch: &LaunchConfig,
    limits: &ClusterLimits,
) -> Result<TaskTime, Failure> {
    let mut refusals: Vec<RequestRefusal> = Vec::new();
    let mut used = Vec::new();
    for names in &launch.slurm.partitions {
        for refusal in refusals_of(names, launch, limits, &mut used) {
            if !refusals.contains(&refusal) {
                refusals.push(refusal);
            }
        }
    }
    refusals.extend(all_down(&used, limits));
    let time = task_time(launch, &used);
    refusals.extend(time.as_ref().err().cloned());
    match (time, refusals.as_slice()) {
        (Ok(time), []) => Ok(time),
        _ => Err(refuse(&refusals)),
    }
}

/// Returns why no partition of `a,b` can run a task, of which SLURM chooses one for each, and adds those that
/// exist to `used`.
fn refusals_of<'a>(
    names: &str,
    launch: &LaunchConfig,
    limits: &'a ClusterLimits,
    used: &mut Vec<&'a SlurmPartition>,
) -> Vec<RequestRefusal> {
    let there = &limits.partitions;
    let (mut refusals, mut impossible) = (Vec::new(), Vec::new());
    let mut is_possible = false;
    for name in names.split(',') {
        let Some(partition) = find(name, there) else {
            if !name.is_empty() && !there.is_empty() {
                refusals.push(unknown(name, there));
            }
            is_possible = true;
            continue;
        };
        used.push(partition);
        let found = impossibilities(launch, partition, limits);
        is_possible |= found.is_empty();
        impossible.extend(found);
    }
    if !is_possible {
        refusals.extend(impossible);
    }
    refusals
}

fn find<'a>(name: &str, there: &'a [SlurmPartition]) -> Option<&'a SlurmPartition> {
    there.iter().find(|one| if name.is_empty() { one.is_default } else { one.name == name })
}

/// Refuses a partition that does not exist, and names those that do, which SLURM does not.
fn unknown(name: &str, there: &[SlurmPartition]) -> RequestRefusal {
    let there: Vec<&str> = there.iter().map(|partition| partition.name.as_str()).collect();
    (
        format!("LAUNCH.PARTITION: this cluster has no partition `{name}`"),
        format!("it has {}; \"\" is its default", there.join(", ")),
    )
}

/// Refuses partitions none of which is up; one that is down beside others is only offered the jobs in vain.
fn all_down(used: &[&SlurmPartition], limits: &ClusterLimits) -> Option<RequestRefusal> {
    let is_down = |one: &&&SlurmPartition| !["", "UP"].contains(&one.state.as_str());
    let down: Vec<_> = used.iter().filter(is_down).collect();
    if down.is_empty() || down.len() < used.len() {
        return None;
    }
    let down: Vec<String> =
        down.iter().map(|one| format!("`{}` is {}", one.name, one.state)).collect();
    let up = limits.partitions.iter().filter(|one| one.state == "UP");
    let up: Vec<&str> = up.map(|one| one.name.as_str()).collect();
    let hint = match up.as_slice() {
        [] => "no other one is up: ask the site".to_owned(),
        up => format!("these are up: {}", up.join(", ")),
    };
    Some((format!("LAUNCH.PARTITION: partition {}", down.join(", ")), hint))
}

/// Returns why no task could ever start in a partition.
fn impossibilities(
    launch: &LaunchConfig,
    partition: &SlurmPartition,
    limits: &ClusterLimits,
) -> Vec<RequestRefusal> {
    let name = &partition.name;
    let mut found = Vec::new();
    if let (Some(minutes), Some(most)) = (launch.time_limit, partition.max_time.minutes())
        && minutes > most
    {
        found.push((
            format!("LAUNCH.TIME_LIMIT is {minutes}, and partition `{name}` takes {most} minutes at most"),
            format!("set it to {most} or less, or choose a partition for longer tasks (`sinfo -o '%P %l'`)"),
        ));
    }
    let nodes = limits.nodes.iter().filter(|node| node.partitions.contains(name));
    found.extend(too_large(launch, name, &nodes.collect::<Vec<_>>()));
    found
}

/// Returns what a task asks for on a node that no node of the partition has.
fn too_large(launch: &LaunchConfig, name: &str, nodes: &[&SlurmNode]) -> Vec<RequestRefusal> {
    let slurm = &launch.slurm;
    let cpus =
        slurm.cpus_of_process().map_or(0, |cpus| u64::from(cpus) * u64::from(slurm.tasks_per_node));
    let memory = slurm.memory().map_or(0, |gb| u64::from(gb) * 1024);
    let gpus = if slurm.gres.is_empty() { u64::from(slurm.num_gpus) } else { 0 };
    let has = |node: &SlurmNode| {
        // What the cluster does not tell may suffice; no GPU is no GPU.
        let told = |number: u64| if number == 0 { u64::MAX } else { number };
        [told(node.cpus.into()), told(node.memory), node.gpus.into()]
    };
    let asked = [cpus, memory, gpus];
    let fits = |node: &&&SlurmNode| has(node).iter().zip(asked).all(|(has, asked)| asked <= *has);
    if nodes.is_empty() || nodes.iter().any(|node| fits(&node)) {
        return Vec::new();
    }
    let most = |of: usize| nodes.iter().map(|node| has(node)[of]).max().unwrap_or(0);
    let keys = [
        ("CPUS_PER_GPU", "CPUs", "%c"),
        ("MEM_PER_GPU", "MB of memory", "%m"),
        ("NUM_GPUS", "GPUs", "%G"),
    ];
    let over = keys.iter().enumerate().filter(|(of, _)| asked[*of] > most(*of));
    let over = over.map(|(of, (key, unit, shown))| {
        (
            format!("LAUNCH.{key}: a task asks for {} {unit}, and no node of partition `{name}` has more than {}", asked[of], most(of)),
            format!("lower it, or choose another partition: `sinfo -o '%P {shown}'`"),
        )
    });
    let over: Vec<RequestRefusal> = over.collect();
    if !over.is_empty() {
        return over;
    }
    vec![(
        format!(
            "no node of partition `{name}` has {cpus} CPUs, {memory} MB of memory and {gpus} GPUs together"
        ),
        "lower LAUNCH.CPUS_PER_GPU, MEM_PER_GPU or NUM_GPUS: `sinfo -o '%P %c %m %G'`".to_owned(),
    )]
}

/// Returns the time of a task: `TIME_LIMIT`, else what the partitions give unasked.
fn task_time(launch: &LaunchConfig, used: &[&SlurmPartition]) -> Result<TaskTime, RequestRefusal> {
    if launch.time_limit.is_some() {
        return Ok(TaskTime { shortest: launch.time_limit, longest: launch.time_limit });
    }
    let asks_itself = launch.slurm.extra.iter().any(|it| it.starts_with("--time=") || it == "-t");
    let endless = |one: &&&SlurmPartition| one.default_time == PartitionTime::Unset;
    if let Some(one) = used.iter().find(endless).filter(|_| !asks_itself) {
        let most = one.max_time.minutes().map(|most| format!("; it takes {most} at most"));
        return Err((
            format!(
                "LAUNCH.TIME_LIMIT is missing, and partition `{}` has no DefaultTime",
                one.name
            ),
            format!("say how many minutes a task may take{}", most.unwrap_or_default()),
        ));
    }
    let times = used.iter().map(|one| one.default_time.minutes().filter(|_| !asks_itself));
    let times: Option<Vec<u64>> = times.collect();
    let times = times.unwrap_or_default();
    Ok(TaskTime { shortest: times.iter().copied().min(), longest: times.iter().copied().max() })
}

/// Puts all that was found into one failure.
fn refuse(refusals: &[RequestRefusal]) -> Failure {
    if let [(message, hint)] = refusals {
        return Failure::Slurm { message: message.clone(), hint: Some(hint.clone()) };
    }
    let lines = refusals.iter().map(|(message, hint)| format!("\n- {message}: {hint}"));
    let message = format!("SLURM would never start these tasks:{}", lines.collect::<String>());
    Failure::Slurm {
        message,
        hint: Some("nothing was submitted: change the config, and launch again".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::tests::launch;

    fn partition(name: &str, default_time: PartitionTime) -> SlurmPartition {
        let is_default = name == "short";
        SlurmPartition { name: name.into(), is_default, default_time, ..SlurmPartition::default() }
    }

    fn limits() -> ClusterLimits {
        let node = |partition: &str, cpus, memory, gpus| SlurmNode {
            name: String::new(),
            cpus,
            memory,
            gpus,
            partitions: vec![partition.to_owned()],
        };
        let mut partitions = vec![
            partition("short", PartitionTime::Minutes(30)),
            partition("long", PartitionTime::Minutes(600)),
            partition("endless", PartitionTime::Unset),
            partition("odd", PartitionTime::Unknown),
            partition("off", PartitionTime::Unknown),
        ];
        partitions[1].max_time = PartitionTime::Minutes(720);
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
        check_request(&launch(keys), &limits()).map_err(|failure| failure.to_string())
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
            ("PARTITION: endless\nEXTRA: ['--time=5']", time(None, None)),
        ] {
            assert_eq!(check(keys), expected, "{keys}");
        }
        for keys in
            ["PARTITION: endless", "PARTITION: 'short,endless'", "PARTITION: [long, endless]"]
        {
            let message = check(keys).unwrap_err();
            assert_eq!(
                message,
                "LAUNCH.TIME_LIMIT is missing, and partition `endless` has no DefaultTime"
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
        ] {
            assert!(check(keys).is_ok(), "{keys}: {:?}", check(keys));
        }
        for (keys, words) in [
            ("CPUS_PER_GPU: 64\nMEM_PER_GPU: 7", "together"),
            ("NUM_GPUS: 1", "LAUNCH.NUM_GPUS: a task asks for 1 GPUs"),
            ("PARTITION: off", "partition `off` is DOWN"),
            ("PARTITION: long\nTIME_LIMIT: 721", "takes 720 minutes at most"),
        ] {
            assert!(check(keys).unwrap_err().contains(words), "{keys}");
        }
    }
}
