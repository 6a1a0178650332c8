//! The nodes that a task names, to run on or to keep away from, against those that there are (pure).

use super::RequestRefusal;
use super::size::too_large;
use crate::launch::slurm::effective::EffectiveRequest;
use crate::slurm::{ClusterLimits, SlurmNode, SlurmPartition};

/// The options that name nodes, and their keys.
const OPTIONS: [(&str, &str); 2] = [("nodelist", "NODELIST"), ("exclude", "EXCLUDE")];

/// The most nodes that a sentence names.
const MOST_NAMED: usize = 8;

/// True unless nodes of a partition are certainly hidden from this user.
pub(super) fn sees_all_nodes(partition: &SlurmPartition, limits: &ClusterLimits) -> bool {
    let nodes = limits.nodes.iter().filter(|node| node.partitions.contains(&partition.name));
    partition.total_nodes.is_none_or(|total| total == nodes.count() as u64)
}

/// Refuses names of nodes that the cluster has not.
pub(super) fn unknown_nodes(
    request: &EffectiveRequest,
    limits: &ClusterLimits,
) -> Vec<RequestRefusal> {
    let sees_all = limits.partitions.iter().all(|one| sees_all_nodes(one, limits));
    if limits.nodes.is_empty() || !sees_all || request.task.has_any(&["clusters"]) {
        return Vec::new();
    }
    let refuse = |(option, key): (&str, &str)| {
        let named = match option {
            "nodelist" => request.task.required_nodes(),
            _ => request.task.excluded_nodes(),
        };
        let unknown = others(&named, |name| limits.nodes.iter().any(|node| node.name == *name))?;
        let there = limits.nodes.iter().map(|node| node.name.as_str());
        let hint = if limits.nodes.len() > MOST_NAMED {
            "`sinfo -N` lists its nodes".to_owned()
        } else {
            format!("it has {}", there.collect::<Vec<_>>().join(", "))
        };
        Some((format!("{}: this cluster has no {unknown}", request.key(&[option], key)), hint))
    };
    OPTIONS.into_iter().filter_map(refuse).collect()
}

/// Returns why the nodes of a partition, as far as the task may use them, can never run it.
pub(super) fn of_nodes(
    request: &EffectiveRequest,
    name: &str,
    (limits, nodes): (&ClusterLimits, &[&SlurmNode]),
) -> Vec<RequestRefusal> {
    let refusals = of_required(request, name, (limits, nodes));
    if nodes.is_empty() || !refusals.is_empty() {
        return refusals;
    }
    let (required, excluded) = (request.task.required_nodes(), request.task.excluded_nodes());
    let is_enough = !required.is_empty() && required.len() as u64 >= request.task.nodes().least;
    let may_use =
        |name: &String| !excluded.contains(name) && (!is_enough || required.contains(name));
    let left: Vec<&SlurmNode> = nodes.iter().copied().filter(|node| may_use(&node.name)).collect();
    let exclude = request.key(&["exclude"], "EXCLUDE");
    if left.is_empty() {
        let message = format!("{exclude} leaves no node of partition `{name}`");
        return vec![(message, "exclude fewer, or choose another partition".to_owned())];
    }
    let limit = if is_enough {
        format!(" in {}", request.key(&["nodelist"], "NODELIST"))
    } else if left.len() < nodes.len() {
        format!(" without {exclude}")
    } else {
        String::new()
    };
    too_large(request, &format!("partition `{name}`{limit}"), &left)
}

/// Returns why a task cannot have all nodes that it requires. Of a list that is longer than the task needs, some
/// versions of SLURM take what there is.
fn of_required(
    request: &EffectiveRequest,
    name: &str,
    (limits, nodes): (&ClusterLimits, &[&SlurmNode]),
) -> Vec<RequestRefusal> {
    let (required, excluded) = (request.task.required_nodes(), request.task.excluded_nodes());
    let mut found = Vec::new();
    if required.len() as u64 > request.task.nodes().least {
        return found;
    }
    let key = request.key(&["nodelist"], "NODELIST");
    let has = |name: &String| nodes.iter().any(|node| node.name == *name);
    let is_unknown = |name: &String| !limits.nodes.iter().any(|node| node.name == *name);
    if let Some(names) = others(&required, |name| has(name) || is_unknown(name)) {
        found.push((
            format!("{key}: partition `{name}` has no {names}"),
            format!("name nodes of the partition: `sinfo -N -p {name}`"),
        ));
    }
    if let Some(names) = others(&required, |name| !excluded.contains(name)) {
        let exclude = request.key(&["exclude"], "EXCLUDE");
        found.push((
            format!("{key} requires {names}, which {exclude} excludes"),
            "remove it from one of them".to_owned(),
        ));
    }
    found
}

/// Returns the names for which something does not hold, as `node` and their list; none if it holds for all.
fn others(names: &[String], holds: impl Fn(&String) -> bool) -> Option<String> {
    let mut rest: Vec<&str> = names.iter().filter(|it| !holds(it)).map(String::as_str).collect();
    rest.dedup();
    let more = rest.len().saturating_sub(MOST_NAMED);
    rest.truncate(MOST_NAMED);
    let quoted: Vec<String> = rest.iter().map(|name| format!("`{name}`")).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!quoted.is_empty()).then(|| format!("node {}{more}", quoted.join(", ")))
}
