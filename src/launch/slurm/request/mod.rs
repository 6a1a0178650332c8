//! The request of a launch against what the cluster says of itself: what SLURM would never start is
//! refused before anything is submitted (pure).
//!
//! - `time`: how long tasks may run,
//! - `known`: accounts, QOS and reservations that it names; `named`: nodes,
//! - `policy`: what a partition lets in,
//! - `size`: what no node has.

mod known;
mod named;
mod policy;
mod size;
mod time;

use super::effective::EffectiveRequest;
use crate::app::Failure;
use crate::slurm::{ClusterLimits, SlurmPartition};

use known::unknown_names;
use named::{of_nodes, sees_all_nodes, unknown_nodes};
use policy::{not_let_in, too_much};
use time::{task_time, too_long};

pub(super) use time::TaskTime;

/// A sentence on what SLURM would not do, and what to do about it.
type RequestRefusal = (String, String);

/// A request, and one of the partitions that SLURM may choose for it; none that we know of.
type UsedPartition<'a> = (&'a EffectiveRequest, Option<&'a SlurmPartition>);

/// Checks the requests: returns how long a task may run, where that is known, and everything that SLURM could
/// not fulfil.
pub(super) fn check_request(
    requests: &[EffectiveRequest],
    limits: &ClusterLimits,
) -> (Option<TaskTime>, Vec<Failure>) {
    let mut refusals: Vec<RequestRefusal> = Vec::new();
    let mut used = Vec::new();
    for request in requests {
        let of_request = refusals_of(request, limits, &mut used);
        let unknown = unknown_names(request, limits).into_iter();
        let unknown = unknown.chain(unknown_nodes(request, limits));
        for refusal in of_request.into_iter().chain(unknown) {
            if !refusals.contains(&refusal) {
                refusals.push(refusal);
            }
        }
    }
    refusals.extend(all_down(&used, limits));
    let time = task_time(used.iter().copied());
    refusals.extend(time.as_ref().err().cloned());
    let failures =
        refusals.into_iter().map(|(message, hint)| Failure::Slurm { message, hint: Some(hint) });
    (time.ok(), failures.collect())
}

/// Returns why no partition of `a,b` can run a task, of which SLURM chooses one for each, and adds them to `used`.
fn refusals_of<'a>(
    request: &'a EffectiveRequest,
    limits: &'a ClusterLimits,
    used: &mut Vec<UsedPartition<'a>>,
) -> Vec<RequestRefusal> {
    // What another cluster has is not known.
    let is_here = !request.task.has_any(&["clusters"]);
    // A plugin of the site's may know other names, and choose the partition of a job that names none.
    let is_sure = !limits.is_rewritten;
    let there = if is_here { limits.partitions.as_slice() } else { &[] };
    let (mut refusals, mut impossible) = (Vec::new(), Vec::new());
    let mut is_possible = false;
    for name in request.partition().split(',') {
        let found = find(name, there).filter(|_| is_sure || !name.is_empty());
        used.push((request, found));
        let Some(partition) = found else {
            if is_sure && !name.is_empty() && !there.is_empty() {
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
        format!("choose from {}; \"\" is the default", there.join(", ")),
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
        [] => "no other partition is up: ask your site".to_owned(),
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
    let nodes: Vec<_> = nodes.collect();
    let mut found = not_let_in(request, partition, limits);
    found.extend(too_long(request, partition).filter(|_| !limits.access.lifted.time));
    found.extend(too_much(request, partition, (limits, &nodes)));
    if sees_all_nodes(partition, limits) {
        found.extend(of_nodes(request, name, (limits, &nodes)));
    }
    found
}

#[cfg(test)]
mod tests;
