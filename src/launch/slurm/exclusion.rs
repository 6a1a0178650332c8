//! Decides which accused nodes a submission can leave out: those that the cluster has, and not all nodes of a
//! partition (pure).

use std::collections::BTreeSet;

use crate::ledger::LeftOutNode;
use crate::slurm::{ClusterLimits, TaskRequest};

/// The nodes that a submission leaves out, and those that it cannot do without.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NodeExclusion {
    pub(super) out: Vec<LeftOutNode>,
    /// Accused nodes that stay, since there are no others, or the tasks require them.
    pub(super) kept: Vec<LeftOutNode>,
}

impl NodeExclusion {
    /// Splits the accused nodes for a submission of such tasks to these partitions; an empty name is the default one.
    /// Where the cluster does not tell its nodes, all of the accused are left out that the tasks do not require.
    ///
    /// SLURM refuses the name of a node that is gone, and never starts tasks that exclude every node or one that they
    /// require.
    pub(super) fn new(
        mut accused: Vec<LeftOutNode>,
        task: &TaskRequest,
        partitions: &[String],
        limits: &ClusterLimits,
    ) -> Self {
        if !limits.nodes.is_empty() {
            accused.retain(|node| limits.nodes.iter().any(|it| it.name == node.name));
        }
        let (required, excluded) = (task.required_nodes(), task.excluded_nodes());
        let mut needed: BTreeSet<&str> = required.iter().map(String::as_str).collect();
        for partition in limits.partitions.iter().filter(|it| it.is_one_of(partitions)) {
            let nodes = limits.nodes.iter().filter(|it| it.partitions.contains(&partition.name));
            let names = nodes.map(|it| it.name.as_str());
            let names: Vec<&str> =
                names.filter(|name| !excluded.iter().any(|it| it == name)).collect();
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
            ("in doubt", format!("{text}; kept, since these tasks may use no other nodes"))
        });
        out.into_iter().chain(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::LeftOutReason;
    use crate::slurm::{SlurmNode, SlurmPartition, read_options};

    fn split(accused: &str, partitions: &[&str], nodes: &[(&str, &str)]) -> (String, String) {
        split_with("", accused, partitions, nodes)
    }

    fn split_with(
        options: &str,
        accused: &str,
        partitions: &[&str],
        nodes: &[(&str, &str)],
    ) -> (String, String) {
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
        let exclusion = NodeExclusion::new(
            accused,
            &TaskRequest::new(read_options([options])),
            &partitions,
            &limits,
        );
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

    #[test]
    fn what_the_config_requires_stays_and_what_it_excludes_is_no_other_node() {
        let nodes = [("a", "one"), ("b", "one"), ("c", "one")];
        for (options, accused, nodes, out, kept) in [
            ("--exclude=c", "a", &nodes[..], "a", ""),
            ("--exclude=[bc]", "a", &nodes, "a", ""),
            ("--exclude=b,c", "a", &nodes, "", "a"),
            ("--nodelist=a", "a,b", &nodes, "b", "a"),
            ("--nodelist=a", "a", &[], "", "a"),
        ] {
            let split = split_with(options, accused, &[""], nodes);
            assert_eq!(split, (out.into(), kept.into()), "{options}");
        }
    }
}
