//! A task's request, by the options of `sbatch` (pure).
//!
//! Numbers are the least that a task certainly needs of each of its nodes: what is not understood asks for nothing.

use std::collections::BTreeMap;

use super::gres::GenericResource;
use super::node_names::node_names;
use super::submit_option::SubmitOption;
use super::time::SlurmTime;

/// The options of a task by name, each with the value that counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskRequest {
    options: BTreeMap<String, String>,
}

/// The least and the greatest number of nodes of a task; none where there is no greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeCount {
    /// The least number.
    pub least: u64,
    /// The greatest number.
    pub most: Option<u64>,
}

impl TaskRequest {
    /// Collects options, of which the last of a name counts.
    #[must_use]
    pub fn new(options: impl IntoIterator<Item = SubmitOption>) -> Self {
        Self { options: options.into_iter().map(|it| (it.name, it.value)).collect() }
    }

    /// Returns the value of an option; empty where it is not given.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.options.get(name).map_or("", String::as_str)
    }

    /// True if and only if one of these options is given.
    #[must_use]
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.options.contains_key(*name))
    }

    /// Returns the time limit; none where no time is asked for.
    #[must_use]
    pub fn time(&self) -> Option<SlurmTime> {
        self.options.get("time").map(|text| SlurmTime::parse(text))
    }

    /// Returns the shortest time limit in minutes that would do; none where none or no limit is asked for.
    #[must_use]
    pub fn least_time(&self) -> Option<u64> {
        let least = self.options.get("time-min").map(|text| SlurmTime::parse(text));
        least.or(self.time()).and_then(SlurmTime::minutes)
    }

    /// Returns the number of nodes.
    #[must_use]
    pub fn nodes(&self) -> NodeCount {
        let text = self.text("nodes");
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        let least = number(least);
        let most = number(most).filter(|most| least.is_some() && *most > 0);
        NodeCount { least: least.unwrap_or(1).max(1), most }
    }

    /// Returns the nodes all of which a task is to have; none where it names none, or in a file.
    #[must_use]
    pub fn required_nodes(&self) -> Vec<String> {
        node_names(self.text("nodelist")).unwrap_or_default()
    }

    /// Returns the nodes that a task is to keep away from; none where it names none, or in a file.
    #[must_use]
    pub fn excluded_nodes(&self) -> Vec<String> {
        node_names(self.text("exclude")).unwrap_or_default()
    }

    /// Returns the number of processes on a node.
    fn processes(&self) -> u64 {
        let share = |all: u64| self.nodes().most.map_or(1, |nodes| all.div_ceil(nodes));
        let of_node = || self.number("ntasks-per-node").unwrap_or(1);
        self.number("ntasks").map_or_else(of_node, share).max(1)
    }

    /// Returns the CPUs of a node.
    #[must_use]
    pub fn cpus(&self) -> u64 {
        let of_gpus = self.number("cpus-per-gpu").map(|cpus| cpus.saturating_mul(self.gpus()));
        let of_process = || self.number("cpus-per-task").unwrap_or(1);
        let cpus = of_gpus.unwrap_or_else(|| of_process().saturating_mul(self.processes()));
        let cpus = if self.has_any(&["overcommit"]) { 1 } else { cpus };
        cpus.max(self.number("mincpus").unwrap_or(0)).max(1)
    }

    /// Returns the memory of a node in MB; none where none is asked for, or all that there is.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        let of = |name: &str| self.options.get(name).and_then(|text| megabytes(text));
        let memory = of("mem")
            .or_else(|| Some(of("mem-per-cpu")?.saturating_mul(self.cpus())))
            .or_else(|| Some(of("mem-per-gpu")?.saturating_mul(self.gpus())));
        memory.filter(|memory| *memory > 0)
    }

    /// Returns the generic resources of a node.
    #[must_use]
    pub fn gres(&self) -> Vec<GenericResource> {
        let mut all = GenericResource::parse_list(self.text("gres"));
        for name in ["gpus-per-node", "gpus-per-socket", "gpus-per-task", "gpus"] {
            for mut gpus in self.gpu_list(name) {
                gpus.count = match name {
                    "gpus-per-task" => gpus.count.saturating_mul(self.processes()),
                    "gpus" => self.nodes().most.map_or(1, |nodes| gpus.count.div_ceil(nodes)),
                    _ => gpus.count,
                };
                all.push(gpus);
            }
        }
        all
    }

    /// Returns the number of GPUs of a node.
    #[must_use]
    pub fn gpus(&self) -> u64 {
        let gres = GenericResource::parse_list(self.text("gres"));
        let of_gres: u64 = gres.iter().filter(|it| it.name == "gpu").map(|it| it.count).sum();
        let others = ["gpus-per-node", "gpus-per-socket", "gpus-per-task", "gpus"];
        let others = others.iter().map(|name| {
            let all: u64 = self.gpu_list(name).iter().map(|it| it.count).sum();
            match *name {
                "gpus-per-task" => all.saturating_mul(self.processes()),
                "gpus" => self.nodes().most.map_or(all.min(1), |nodes| all.div_ceil(nodes)),
                _ => all,
            }
        });
        others.chain([of_gres]).max().unwrap_or(0)
    }

    fn gpu_list(&self, name: &str) -> Vec<GenericResource> {
        let items = self.text(name).split(',').filter(|it| !it.is_empty());
        let items: Vec<String> = items.map(|it| format!("gpu:{it}")).collect();
        GenericResource::parse_list(&items.join(","))
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.options.get(name).and_then(|text| number(text))
    }
}

/// Parses a number of things: `4`, `2k`.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    match text.strip_suffix(['k', 'K']) {
        Some(thousands) => thousands.parse::<u64>().ok()?.checked_mul(1024),
        None => text.parse().ok(),
    }
}

/// Parses memory: `4000`, `4000M`, `4G`, `4GB`, `1T`, `512K`.
fn megabytes(text: &str) -> Option<u64> {
    let upper = text.trim().to_ascii_uppercase();
    let plain = upper.strip_suffix('B').filter(|it| !it.ends_with(|c: char| c.is_ascii_digit()));
    let plain = plain.unwrap_or(&upper);
    let digits = plain.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: u64 = digits.parse().ok()?;
    match &plain[digits.len()..] {
        "" | "M" => Some(count),
        "K" => Some(count.div_ceil(1024)),
        "G" => count.checked_mul(1024),
        "T" => count.checked_mul(1024 * 1024),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::submit_option::read_options;
    use super::*;

    fn task(options: &str) -> TaskRequest {
        TaskRequest::new(read_options([options]))
    }

    #[test]
    fn a_node_must_have_what_its_processes_need_together() {
        for (options, cpus, memory, gpus) in [
            ("", 1, None, 0),
            ("-N1 --ntasks-per-node=4 -c 2 --mem=4G", 8, Some(4096), 0),
            ("-N1 -n 8 -c2", 16, None, 0),
            ("-N2 -n 7", 4, None, 0),
            ("-N2-4 -n 8", 2, None, 0),
            ("-n 8", 1, None, 0),
            ("--nodes=1,3 -n 8", 1, None, 0),
            ("-N1 -n8 -O", 1, None, 0),
            ("-c4 --mem-per-cpu=512", 4, Some(2048), 0),
            ("--mem=0", 1, None, 0),
            ("-N1 --gpus-per-task=2 -n3 --cpus-per-gpu=4 --mem-per-gpu=1G", 24, Some(6144), 6),
            ("-N2 --gpus=a100:3", 1, None, 2),
            ("--gres=gpu:volta:2,shard:9", 1, None, 2),
            ("--gpus-per-node=a:1,b:2", 1, None, 3),
            ("--mincpus=6", 6, None, 0),
            ("-t 5 --mem=some -c many", 1, None, 0),
        ] {
            let task = task(options);
            assert_eq!(
                (task.cpus(), task.memory(), task.gpus()),
                (cpus, memory, gpus),
                "{options}"
            );
        }
    }

    #[test]
    fn the_last_option_of_a_name_counts() {
        let task = task("--time=60 -p a --time 1-0 --time-min=5 --partition=b");
        assert_eq!((task.time(), task.text("partition")), (Some(SlurmTime::Minutes(1440)), "b"));
        assert_eq!(task.least_time(), Some(5));
        assert_eq!(super::tests::task("-t0").least_time(), None);
    }
}
