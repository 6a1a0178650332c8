//! What a test may choose of its cluster.

/// A cluster's size and settings; `Setup::default()` is two nodes of four processors, without accounting.
#[derive(Debug, Clone)]
pub struct Setup {
    /// How many nodes; they are called `n1`, `n2`, …
    pub nodes: usize,
    /// Whether each node is a host of its own, with a host name, a process table and a boot id that differ from the
    /// others'; of use to root only.
    pub hosts: bool,
    /// Processors of a node. They need not exist.
    pub cpus: usize,
    /// GPUs of a node, of type `volta`; with any, the nodes have the feature `volta` too.
    pub gpus: usize,
    /// One more than the largest index of an array (`MaxArraySize`).
    pub max_array: u32,
    /// How many jobs the account may have in the queue (`MaxSubmitJobs`); includes `accounting`.
    pub max_submit: Option<u32>,
    /// Whether there is a data base, so that `sacct` answers.
    pub accounting: bool,
    /// The user and group that daemons and commands run as; of use to root only.
    pub as_user: Option<(u32, u32)>,
    /// Seconds of silence after which a node is down.
    pub slurmd_timeout: u32,
    /// Seconds from SIGTERM to SIGKILL.
    pub kill_wait: u32,
    /// Seconds for which an ended job stays in the controller's memory.
    pub min_job_age: u32,
    /// Further lines of `slurm.conf`; of two lines of one name the later counts, so that these win.
    pub extra: Vec<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            nodes: 2,
            hosts: false,
            cpus: 4,
            gpus: 0,
            max_array: 1001,
            max_submit: None,
            accounting: false,
            as_user: None,
            // A busy machine keeps a healthy node silent for seconds.
            slurmd_timeout: 30,
            kill_wait: 3,
            min_job_age: 5,
            extra: Vec::new(),
        }
    }
}

impl Setup {
    /// Whether there is a data base: for itself or for a limit.
    pub fn has_accounting(&self) -> bool {
        self.accounting || self.max_submit.is_some()
    }
}
