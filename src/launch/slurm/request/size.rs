//! The size of a task against the nodes of a partition (pure).

use super::RequestRefusal;
use crate::launch::slurm::effective::EffectiveRequest;
use crate::slurm::SlurmNode;

/// Returns what a task asks for on a node that none of these nodes has, or too few of them, which are those of a
/// place such as a partition.
pub(super) fn too_large(
    request: &EffectiveRequest,
    place: &str,
    nodes: &[&SlurmNode],
) -> Vec<RequestRefusal> {
    let task = &request.task;
    let over: Vec<RequestRefusal> =
        shortages(request, place, nodes).chain(no_features(request, place, nodes)).collect();
    let fitting = nodes.iter().filter(|node| fits(request, node)).count() as u64;
    if nodes.is_empty() || fitting >= task.nodes().least {
        return Vec::new();
    }
    if !over.is_empty() {
        return over;
    }
    let memory = task.memory().map_or_else(String::new, |it| format!(", {it} MB of memory"));
    let have = match fitting {
        0 => format!("no node of {place} has"),
        1 => format!("only 1 node of {place} has"),
        some => format!("only {some} nodes of {place} have"),
    };
    let features = task.text("constraint");
    let features =
        if features.is_empty() { String::new() } else { format!(" and the features {features}") };
    vec![(
        format!("{have} {} CPUs{memory} and {} GPUs{features} together", task.cpus(), task.gpus()),
        "lower LAUNCH.CPUS_PER_GPU, MEM_PER_GPU, NUM_GPUS or NODES: `sinfo -o '%P %c %m %G %f'`"
            .to_owned(),
    )]
}

/// Refuses features that no node has.
fn no_features(
    request: &EffectiveRequest,
    place: &str,
    nodes: &[&SlurmNode],
) -> Option<RequestRefusal> {
    let asked = request.task.text("constraint");
    let is_missing = !nodes.iter().any(|node| has_features(asked, node));
    is_missing.then(|| {
        let key = request.key(&["constraint"], "GPU_TYPE and CONSTRAINT");
        (
            format!("{key}: no node of {place} has the features {asked}"),
            "choose existing features: `sinfo -o '%P %f'`".to_owned(),
        )
    })
}

/// True unless a node certainly lacks a feature of `a&b|c`; what else a constraint may hold is not judged.
fn has_features(asked: &str, node: &SlurmNode) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "_-.:&|,".contains(c);
    if asked.is_empty() || !asked.chars().all(is_plain) {
        return true;
    }
    let has = |name: &str| node.features.iter().any(|feature| feature == name);
    asked.split('|').any(|all| all.split(['&', ',']).all(has))
}

/// True unless a node certainly lacks something. What the cluster does not tell may suffice.
fn fits(request: &EffectiveRequest, node: &SlurmNode) -> bool {
    let task = &request.task;
    task.cpus() <= cpus(node)
        && task.memory().unwrap_or(0) <= memory(node)
        && task.gres().iter().all(|asked| asked.is_within(&node.gres))
        && has_features(task.text("constraint"), node)
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
    place: &'a str,
    nodes: &'a [&'a SlurmNode],
) -> impl Iterator<Item = RequestRefusal> + 'a {
    let most = |of: &dyn Fn(&SlurmNode) -> u64| nodes.iter().map(|it| of(it)).max().unwrap_or(0);
    let task = &request.task;
    let (most_cpus, most_memory) = (most(&cpus), most(&memory));
    let plain = [(CPUS, task.cpus(), most_cpus), (MEMORY, task.memory().unwrap_or(0), most_memory)];
    let plain = plain.into_iter().filter(|(_, asked, most)| asked > most);
    let plain =
        plain.map(|(thing, asked, most)| thing.refuse(request, place, thing.unit, asked, most));
    let gres = task.gres().into_iter().filter_map(move |asked| {
        let there = nodes.iter().map(|node| asked.count_in(&node.gres)).max().unwrap_or(0);
        let unit = match (asked.name.as_str(), &asked.kind) {
            ("gpu", None) => "GPUs".to_owned(),
            (name, kind) => {
                format!("{name}{}", kind.as_ref().map_or_else(String::new, |it| format!(":{it}")))
            }
        };
        let thing = if asked.name == "gpu" && !task.has_any(&["gres"]) { GPUS } else { GRES };
        (asked.count > there).then(|| thing.refuse(request, place, &unit, asked.count, there))
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
const GRES: NodeThing =
    NodeThing { key: "GRES", options: &["gres"], unit: "resources", shown: "%G" };

impl NodeThing {
    fn refuse(
        self,
        request: &EffectiveRequest,
        place: &str,
        unit: &str,
        asked: u64,
        most: u64,
    ) -> RequestRefusal {
        let key = request.key(self.options, self.key);
        let unit = if asked == 1 { unit.trim_end_matches('s') } else { unit };
        let there = match most {
            0 => format!("no node of {place} has any"),
            most => format!("no node of {place} has more than {most}"),
        };
        (
            format!("{key}: a task asks for {asked} {unit}, but {there}"),
            format!("lower it, or choose another partition: `sinfo -o '%P {}'`", self.shown),
        )
    }
}
