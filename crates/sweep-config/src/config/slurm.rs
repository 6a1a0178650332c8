//! The keys of `LAUNCH` that SLURM alone knows: what a task asks for.

use std::path::PathBuf;

use super::given::GivenValue;
use super::section::ConfigSection;

/// The keys of `LAUNCH` that SLURM alone knows: what a task asks for. Empty texts ask for nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct SlurmOptions {
    /// `TEMPLATE`: a script template of the user's own; empty for ours.
    pub template: PathBuf,
    /// `PARTITION`: one text, or a list of partitions that each get the jobs offered.
    pub partitions: Vec<String>,
    /// `COMMENT`.
    pub comment: String,
    /// `NUM_GPUS` of a task, on each of its nodes.
    pub num_gpus: u32,
    /// `CPUS_PER_GPU`; of the task where it has no GPU; none for what the cluster gives unasked.
    pub cpus_per_gpu: Option<u32>,
    /// `MEM_PER_GPU` in GB; of the task where it has no GPU; none for what the cluster gives unasked.
    pub mem_per_gpu: Option<u32>,
    /// `MEM_FACTOR`: how much more memory a job gets, once, that ran out of it; 1 for none.
    pub mem_factor: f64,
    /// `GPU_TYPE`: a feature that nodes must have.
    pub gpu_type: String,
    /// `CONSTRAINT`: features beside `GPU_TYPE`.
    pub constraint: String,
    /// `GRES`, in place of `--gpus-per-node`.
    pub gres: String,
    /// `ACCOUNT`.
    pub account: String,
    /// `QOS`.
    pub qos: String,
    /// `EXCLUDE`: nodes to keep away from.
    pub exclude: String,
    /// `NODELIST`: nodes to run on.
    pub nodelist: String,
    /// `RESERVATION`.
    pub reservation: String,
    /// `NODES` of a job; with more than one, `srun` starts the program on all of them.
    pub nodes: u32,
    /// `TASKS_PER_NODE`: how many processes of the program `srun` starts on each node.
    pub tasks_per_node: u32,
    /// `EXTRA`: options of sbatch, as they stand.
    pub extra: Vec<String>,
    /// `MAIL`: an address.
    pub mail: String,
    /// `MAIL_TYPE`: on what.
    pub mail_type: String,
    /// `MAX_SUBMIT`: how many tasks may be in the queue, where the cluster does not say; 0 for any.
    pub max_submit: u32,
}

impl SlurmOptions {
    /// True if and only if a job is more than one process, which `srun` has to start.
    #[must_use]
    pub fn needs_srun(&self) -> bool {
        self.nodes > 1 || self.tasks_per_node > 1
    }

    /// Returns the CPUs of a task on each of its nodes, if any number is asked for.
    #[must_use]
    pub fn cpus(&self) -> Option<u32> {
        self.cpus_per_gpu.map(|cpus| cpus.saturating_mul(self.num_gpus.max(1)))
    }

    /// Returns the CPUs of each process of a job, if any number is asked for.
    #[must_use]
    pub fn cpus_of_process(&self) -> Option<u32> {
        self.cpus().map(|cpus| (cpus / self.tasks_per_node).max(1))
    }

    /// Returns the memory of a task on each of its nodes, in GB, if any is asked for.
    #[must_use]
    pub fn memory(&self) -> Option<u32> {
        self.mem_per_gpu.map(|memory| memory.saturating_mul(self.num_gpus.max(1)))
    }
}

/// Decodes them; `per_gpu` is `JOBS_PER_GPU`.
pub(super) fn decode(section: &ConfigSection<'_>, per_gpu: u32) -> SlurmOptions {
    let (gpu_type, gres) = (section.text("GPU_TYPE", ""), section.text("GRES", ""));
    // What has no meaning without a GPU asks for one, as it does in pycls.
    let names_gpus = per_gpu > 0 || !gpu_type.is_empty() || gres.starts_with("gpu");
    SlurmOptions {
        template: section.place("TEMPLATE"),
        partitions: partitions(section),
        comment: section.text("COMMENT", ""),
        num_gpus: section.whole("NUM_GPUS", 0..=10_000, u32::from(names_gpus)),
        cpus_per_gpu: section.whole_unless_zero("CPUS_PER_GPU", 10_000),
        mem_per_gpu: section.whole_unless_zero("MEM_PER_GPU", 1_000_000),
        mem_factor: section.at_least("MEM_FACTOR", 1.0, 1.5),
        gpu_type,
        constraint: section.text("CONSTRAINT", ""),
        gres,
        account: section.text("ACCOUNT", ""),
        qos: section.text("QOS", ""),
        exclude: section.text("EXCLUDE", ""),
        nodelist: section.text("NODELIST", ""),
        reservation: section.text("RESERVATION", ""),
        nodes: section.whole("NODES", 1..=100_000, 1),
        tasks_per_node: section.whole("TASKS_PER_NODE", 1..=10_000, 1),
        extra: extra(section),
        mail: section.text("MAIL", ""),
        mail_type: section.text("MAIL_TYPE", "END,FAIL"),
        max_submit: section.whole("MAX_SUBMIT", 0..=10_000_000, 0),
    }
}

/// Decodes the options of sbatch, with `~` and variables replaced in what they are set to.
fn extra(section: &ConfigSection<'_>) -> Vec<String> {
    let given = section.get("EXTRA").and_then(|given| given.list("a list of strings"));
    given.unwrap_or_default().iter().filter_map(GivenValue::option_place).collect()
}

/// Decodes the partitions: one text, which may name several for SLURM (`a,b`), or a list.
fn partitions(section: &ConfigSection<'_>) -> Vec<String> {
    let given = section.get("PARTITION");
    let given = match &given {
        None => return vec![String::new()],
        Some(given) if given.is_list() => given.list("a list of partitions"),
        Some(given) => return given.text().into_iter().collect(),
    };
    given.unwrap_or_default().iter().filter_map(GivenValue::text).collect()
}
