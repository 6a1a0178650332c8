//! The size of a task against the nodes of a partition (pure).

use super::RequestRefusal;
use crate::launch::slurm::effective::EffectiveRequest;
use crate::slurm::SlurmNode;

/// Returns what a task asks for on a node that no node of the partition has.
pub(super) fn too_large(
    request: &EffectiveRequest,
    name: &str,
    nodes: &[&SlurmNode],
) -> Vec<RequestRefusal> {
    let over: Vec<RequestRefusal> = shortages(request, name, nodes).collect();
    if nodes.is_empty() || !over.is_empty() || nodes.iter().any(|node| fits(request, node)) {
        return if nodes.is_empty() { Vec::new() } else { over };
    }
    let task = &request.task;
    let memory = task.memory().map_or_else(String::new, |it| format!(", {it} MB of memory"));
    vec![(
        format!(
            "no node of partition `{name}` has {} CPUs{memory} and {} GPUs together",
            task.cpus(),
            task.gpus()
        ),
        "lower LAUNCH.CPUS_PER_GPU, MEM_PER_GPU or NUM_GPUS: `sinfo -o '%P %c %m %G'`".to_owned(),
    )]
}

/// True unless a node certainly lacks something. What the cluster does not tell may suffice.
fn fits(request: &EffectiveRequest, node: &SlurmNode) -> bool {
    let task = &request.task;
    task.cpus() <= cpus(node)
        && task.memory().unwrap_or(0) <= memory(node)
        && task.gres().iter().all(|asked| asked.is_within(&node.gres))
}

fn cpus(node: &SlurmNode) -> u64 {
    if node.cpus == 0 { u64::MAX } else { node.cpus.into() }
}

fn memory(node: &SlurmNode) -> u64 {
    if node.memory == 0 { u64::MAX } else { node.memory }
}

/// Returns a refusal for each thing of which no node has enough.
fn shortages<'a>(
    request: &'a EffectiveRequest,
    name: &'a str,
    nodes: &'a [&'a SlurmNode],
) -> impl Iterator<Item = RequestRefusal> + 'a {
    let most = |of: &dyn Fn(&SlurmNode) -> u64| nodes.iter().map(|it| of(it)).max().unwrap_or(0);
    let task = &request.task;
    let (most_cpus, most_memory) = (most(&cpus), most(&memory));
    let plain = [(CPUS, task.cpus(), most_cpus), (MEMORY, task.memory().unwrap_or(0), most_memory)];
    let plain = plain.into_iter().filter(|(_, asked, most)| asked > most);
    let plain =
        plain.map(|(thing, asked, most)| thing.refuse(request, name, thing.unit, asked, most));
    let gres = task.gres().into_iter().filter_map(move |asked| {
        let there = nodes.iter().map(|node| asked.count_in(&node.gres)).max().unwrap_or(0);
        let unit = match (asked.name.as_str(), &asked.kind) {
            ("gpu", None) => "GPUs".to_owned(),
            (name, kind) => {
                format!("{name}{}", kind.as_ref().map_or_else(String::new, |it| format!(":{it}")))
            }
        };
        let thing = if asked.name == "gpu" && !task.has_any(&["gres"]) { GPUS } else { GRES };
        (asked.count > there).then(|| thing.refuse(request, name, &unit, asked.count, there))
    });
    plain.chain(gres)
}

/// Something that a node has a number of.
#[derive(Debug, Clone, Copy)]
struct NodeThing {
    /// The key of `LAUNCH`, and the options of `sbatch` that ask for it.
    key: &'static str,
    options: &'static [&'static str],
    unit: &'static str,
    /// The field of `sinfo` that shows it.
    shown: &'static str,
}

const CPUS: NodeThing = NodeThing {
    key: "CPUS_PER_GPU",
    options: &["cpus-per-task", "cpus-per-gpu", "ntasks", "ntasks-per-node", "mincpus"],
    unit: "CPUs",
    shown: "%c",
};
const MEMORY: NodeThing = NodeThing {
    key: "MEM_PER_GPU",
    options: &["mem", "mem-per-cpu", "mem-per-gpu"],
    unit: "MB of memory",
    shown: "%m",
};
const GPUS: NodeThing = NodeThing {
    key: "NUM_GPUS",
    options: &["gpus", "gpus-per-node", "gpus-per-task", "gpus-per-socket"],
    unit: "GPUs",
    shown: "%G",
};
const GRES: NodeThing = NodeThing { key: "GRES", options: &["gres"], unit: "GRES", shown: "%G" };

impl NodeThing {
    fn refuse(
        self,
        request: &EffectiveRequest,
        partition: &str,
        unit: &str,
        asked: u64,
        most: u64,
    ) -> RequestRefusal {
        let key = request.key(self.options, self.key);
        let there = match most {
            0 => format!("no node of partition `{partition}` has any"),
            most => format!("no node of partition `{partition}` has more than {most}"),
        };
        (
            format!("{key}: a task asks for {asked} {unit}, and {there}"),
            format!("lower it, or choose another partition: `sinfo -o '%P {}'`", self.shown),
        )
    }
}
