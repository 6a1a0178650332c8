//! Nodes as `scontrol show node` reports them (pure).

use super::gres::GenericResource;

/// A node of the cluster. Zero is what the cluster does not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlurmNode {
    /// The name.
    pub name: String,
    /// The CPUs that jobs may have.
    pub cpus: u32,
    /// The memory in MB.
    pub memory: u64,
    /// The generic resources, such as GPUs.
    pub gres: Vec<GenericResource>,
    /// The features, those that it does not have at the moment too.
    pub features: Vec<String>,
    /// The partitions that it belongs to.
    pub partitions: Vec<String>,
}

/// Parses a node a line: `NodeName=n1 … CPUTot=4 … Gres=gpu:volta:2(S:0) … Partitions=debug,high …`.
pub(super) fn parse_nodes(printed: &str) -> Vec<SlurmNode> {
    let node = |line: &str| {
        let field = |name: &str| {
            let mut words = line.split_ascii_whitespace();
            words.find_map(|word| word.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
        };
        let name = field("NodeName")?;
        let number = |name| field(name).and_then(|text| text.parse().ok());
        // A site that does not manage memory leaves it at 1.
        let memory = number("RealMemory").filter(|mb| *mb > 1).unwrap_or(0);
        let features = field("AvailableFeatures").filter(|it| it != "(null)").unwrap_or_default();
        Some(SlurmNode {
            name,
            cpus: number("CPUTot").and_then(|cpus| cpus.try_into().ok()).unwrap_or(0),
            memory,
            gres: GenericResource::parse_list(&field("Gres").unwrap_or_default()),
            features: features.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            partitions: field("Partitions")?.split(',').map(str::to_owned).collect(),
        })
    };
    printed.lines().filter_map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::recorded::recorded;

    #[test]
    fn the_nodes_of_real_clusters_are_read() {
        for printed in recorded("nodes.txt") {
            let nodes = parse_nodes(&printed);
            let read = |node: &SlurmNode| {
                (node.cpus, node.memory, node.gres[0].count, node.partitions.len())
            };
            let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
            assert_eq!(names, ["n1", "n2"]);
            assert!(nodes.iter().all(|node| read(node) == (4, 8000, 2, 2)), "{nodes:?}");
            assert!(nodes.iter().all(|node| node.features == ["volta"]), "{nodes:?}");
        }
    }

    #[test]
    fn what_a_node_has_is_read() {
        let printed = "** hello **\nNodeName=n1 Arch=x86_64 AvailableFeatures=volta,ib CPUAlloc=0 CPUEfctv=4 CPUTot=4 Gres=gpu:volta:2(S:0-1) \
                       OS=Linux 5 RealMemory=8000 State=IDLE Partitions=debug,high \n\
                       NodeName=n2 CPUTot=8 Gres=(null) RealMemory=1 Partitions=debug\nNodeName=n3 CPUTot=1\n";
        let nodes = parse_nodes(printed);
        let first = (nodes[0].cpus, nodes[0].memory, nodes[0].gres[0].count);
        assert_eq!((first, nodes[0].partitions.len()), ((4, 8000, 2), 2));
        assert_eq!(nodes[0].features, ["volta", "ib"]);
        assert_eq!(nodes[1].name, "n2");
        assert_eq!((nodes[1].cpus, nodes[1].memory, nodes[1].gres.len()), (8, 0, 0));
        assert_eq!(nodes.len(), 2, "a node of no partition takes no job");
    }
}
