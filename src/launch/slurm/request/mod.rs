//! The request of a launch against what the cluster says of itself: what SLURM would never start is
//! refused before anything is submitted (pure).
//!
//! - `time`: how long tasks may run,
//! - `size`: what no node has.

mod size;
mod time;

use super::effective::EffectiveRequest;
use crate::app::Failure;
use crate::slurm::{ClusterLimits, SlurmPartition};

use size::too_large;
use time::{task_time, too_long};

pub(super) use time::TaskTime;

/// A sentence on what SLURM would not do, and what to do about it.
type RequestRefusal = (String, String);

/// A request, and one of the partitions that SLURM may choose for it; none that we know of.
type UsedPartition<'a> = (&'a EffectiveRequest, Option<&'a SlurmPartition>);

/// Checks the requests, and returns how long a task may run.
///
/// # Errors
///
/// Everything at once that SLURM could not fulfil.
pub(super) fn check_request(
    requests: &[EffectiveRequest],
    limits: &ClusterLimits,
) -> Result<TaskTime, Failure> {
    let mut refusals: Vec<RequestRefusal> = Vec::new();
    let mut used = Vec::new();
    for request in requests {
        for refusal in refusals_of(request, limits, &mut used) {
            if !refusals.contains(&refusal) {
                refusals.push(refusal);
            }
        }
    }
    refusals.extend(all_down(&used, limits));
    let time = task_time(used.iter().copied());
    refusals.extend(time.as_ref().err().cloned());
    match (time, refusals.as_slice()) {
        (Ok(time), []) => Ok(time),
        _ => Err(refuse(&refusals)),
    }
}

/// Returns why no partition of `a,b` can run a task, of which SLURM chooses one for each, and adds them to `used`.
fn refusals_of<'a>(
    request: &'a EffectiveRequest,
    limits: &'a ClusterLimits,
    used: &mut Vec<UsedPartition<'a>>,
) -> Vec<RequestRefusal> {
    // What another cluster has is not known.
    let is_here = !request.task.has_any(&["clusters"]);
    let there = if is_here { limits.partitions.as_slice() } else { &[] };
    let (mut refusals, mut impossible) = (Vec::new(), Vec::new());
    let mut is_possible = false;
    for name in request.partition().split(',') {
        let found = find(name, there);
        used.push((request, found));
        let Some(partition) = found else {
            if !name.is_empty() && !there.is_empty() {
                refusals.push(unknown(request, name, there));
            }
            is_possible = true;
            continue;
        };
        let found = impossibilities(request, partition, limits);
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
fn unknown(request: &EffectiveRequest, name: &str, there: &[SlurmPartition]) -> RequestRefusal {
    let there: Vec<&str> = there.iter().map(|partition| partition.name.as_str()).collect();
    let key = request.key(&["partition"], "PARTITION");
    (
        format!("{key}: this cluster has no partition `{name}`"),
        format!("it has {}; \"\" is its default", there.join(", ")),
    )
}

/// Refuses partitions none of which is up; one that is down beside others is only offered the jobs in vain.
fn all_down(used: &[UsedPartition<'_>], limits: &ClusterLimits) -> Option<RequestRefusal> {
    let known: Vec<_> = used.iter().filter_map(|(request, one)| Some((request, (*one)?))).collect();
    let is_down = |one: &SlurmPartition| !["", "UP"].contains(&one.state.as_str());
    let (request, _) = known.first()?;
    if known.len() < used.len() || !known.iter().all(|(_, one)| is_down(one)) {
        return None;
    }
    let key = request.key(&["partition"], "PARTITION");
    let down: Vec<String> =
        known.iter().map(|(_, one)| format!("`{}` is {}", one.name, one.state)).collect();
    let up = limits.partitions.iter().filter(|one| one.state == "UP");
    let up: Vec<&str> = up.map(|one| one.name.as_str()).collect();
    let hint = match up.as_slice() {
        [] => "no other one is up: ask the site".to_owned(),
        up => format!("these are up: {}", up.join(", ")),
    };
    Some((format!("{key}: partition {}", down.join(", ")), hint))
}

/// Returns why no task could ever start in a partition.
fn impossibilities(
    request: &EffectiveRequest,
    partition: &SlurmPartition,
    limits: &ClusterLimits,
) -> Vec<RequestRefusal> {
    let name = &partition.name;
    let nodes = limits.nodes.iter().filter(|node| node.partitions.contains(name));
    let large = too_large(request, name, &nodes.collect::<Vec<_>>());
    too_long(request, partition).into_iter().chain(large).collect()
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
    use super::super::effective::tests::requests;
    use super::*;
    use crate::slurm::{GenericResource, SlurmNode, SlurmTime};

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
        check_request(&requests(keys), &limits()).map_err(|failure| failure.to_string())
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
            ("NUM_GPUS: 1", "LAUNCH.NUM_GPUS: a task asks for 1 GPUs"),
            ("PARTITION: off", "partition `off` is DOWN"),
            ("PARTITION: long\nTIME_LIMIT: 721", "takes 720 minutes at most"),
            (
                "PARTITION: long\nTIME_LIMIT: 5\nEXTRA: [--time=1-0]",
                "LAUNCH.EXTRA asks for 1440 minutes",
            ),
            (
                "PARTITION: long\nEXTRA: [--time=INFINITE]",
                "LAUNCH.EXTRA asks for time without limit",
            ),
            ("EXTRA: ['-c 65']", "LAUNCH.EXTRA: a task asks for 65 CPUs"),
            ("EXTRA: ['-n 9 -c 8']", "LAUNCH.EXTRA: a task asks for 72 CPUs"),
            ("EXTRA: ['-c 4 --mem-per-cpu=2001M']", "LAUNCH.EXTRA: a task asks for 8004 MB"),
            ("EXTRA: ['-G 3 -p long']", "LAUNCH.EXTRA: a task asks for 3 GPUs"),
            (
                "GRES: 'lustre:1'",
                "LAUNCH.GRES: a task asks for 1 lustre, and no node of partition `short` has any",
            ),
            ("EXTRA: [-pnowhere]", "LAUNCH.EXTRA: this cluster has no partition `nowhere`"),
        ] {
            assert!(check(keys).unwrap_err().contains(words), "{keys}");
        }
    }
}
