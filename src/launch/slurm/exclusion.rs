//! Decides which accused nodes a submission can leave out: those that the cluster has, and not all nodes of a
//! partition (pure).

use std::collections::BTreeSet;

use crate::ledger::LeftOutNode;
use crate::slurm::ClusterLimits;

/// The nodes that a submission leaves out, and those that it cannot do without.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NodeExclusion {
    pub(super) out: Vec<LeftOutNode>,
    /// Accused nodes that stay, since their partition has no others.
    pub(super) kept: Vec<LeftOutNode>,
}

impl NodeExclusion {
    /// Splits the accused nodes for a submission to these partitions; an empty name is the default one. Where
    /// the cluster does not tell its nodes, all of the accused are left out.
    ///
    /// SLURM refuses the name of a node that is gone, and never starts tasks that exclude every node.
    pub(super) fn new(
        mut accused: Vec<LeftOutNode>,
        partitions: &[String],
        limits: &ClusterLimits,
    ) -> Self {
        if limits.nodes.is_empty() {
            return Self { out: accused, kept: Vec::new() };
        }
        accused.retain(|node| limits.nodes.iter().any(|it| it.name == node.name));
        let mut needed: BTreeSet<&str> = BTreeSet::new();
        for partition in limits.partitions.iter().filter(|it| it.is_one_of(partitions)) {
            let nodes = limits.nodes.iter().filter(|it| it.partitions.contains(&partition.name));
            let names: Vec<&str> = nodes.map(|it| it.name.as_str()).collect();
            if names.iter().all(|name| accused.iter().any(|node| node.name == *name)) {
                needed.extend(names);
            }
        }
        let (kept, out) = accused.into_iter().partition(|node| needed.contains(node.name.as_str()));
        Self { out, kept }
    }

    /// Returns what the preview says of it, by name.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&'static str, String)> {
        let listed = |nodes: &[LeftOutNode]| {
            let texts: Vec<String> = nodes.iter().map(ToString::to_string).collect();
            (!nodes.is_empty()).then(|| texts.join(", "))
        };
        let out = listed(&self.out).map(|text| ("excluded", text));
        let kept = listed(&self.kept).map(|text| {
            ("in doubt", format!("{text}; the partition has no other nodes, so they are used"))
        });
        out.into_iter().chain(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::LeftOutReason;
    use crate::slurm::{SlurmNode, SlurmPartition};

    fn split(accused: &str, partitions: &[&str], nodes: &[(&str, &str)]) -> (String, String) {
        let partition = |name: &str| SlurmPartition {
            name: name.into(),
            is_default: name == "one",
            ..SlurmPartition::default()
        };
        let node = |(name, partitions): &(&str, &str)| SlurmNode {
            name: (*name).to_owned(),
            partitions: partitions.split(',').map(str::to_owned).collect(),
            ..SlurmNode::default()
        };
        let limits = ClusterLimits {
            partitions: ["one", "two"].map(partition).to_vec(),
            nodes: nodes.iter().map(node).collect(),
            ..ClusterLimits::default()
        };
        let left_out =
            |name: &str| LeftOutNode { name: name.to_owned(), reason: LeftOutReason::CrashesJobs };
        let accused = accused.split(',').map(left_out).collect();
        let partitions: Vec<String> = partitions.iter().map(|it| (*it).to_owned()).collect();
        let exclusion = NodeExclusion::new(accused, &partitions, &limits);
        let names = |nodes: &[LeftOutNode]| {
            nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(",")
        };
        (names(&exclusion.out), names(&exclusion.kept))
    }

    #[test]
    fn what_is_gone_is_not_named_and_no_partition_loses_all_its_nodes() {
        let nodes = [("a", "one"), ("b", "one,two"), ("c", "two")];
        for (accused, partitions, nodes, out, kept) in [
            ("a", &[""][..], &nodes[..], "a", ""),
            ("a,gone", &[""], &nodes, "a", ""),
            ("a,b", &[""], &nodes, "", "a,b"),
            ("a,b", &["one", "two"], &nodes, "", "a,b"),
            ("a,b", &["two"], &nodes, "a,b", ""),
            ("b,c", &["one,two"], &nodes, "", "b,c"),
            ("a,gone", &[""], &[], "a,gone", ""),
        ] {
            let split = split(accused, partitions, nodes);
            assert_eq!(split, (out.into(), kept.into()), "{accused} {partitions:?}");
        }
    }
}
