//! Records the environment that jobs run in, once for all jobs that run in the same.

use std::collections::BTreeMap;
use std::hash::Hasher;
use std::process::{Command, Stdio};

use serde::Serialize;
use sweep_config::fs::{self, FsError};
use sweep_config::{SubmissionId, SweepDir};

use crate::app::FnvHasher;

/// The script that asks Python for its version and all of its packages in one go.
const PACKAGES: &str = "\
import importlib.metadata, json, platform
packages = {d.metadata['Name']: d.version for d in importlib.metadata.distributions() if d.metadata['Name']}
print(json.dumps({'version': platform.python_version(), 'packages': packages}, sort_keys=True))
";

/// The environment that jobs run in. It leaves out what differs between nodes of the same kind
/// (names, addresses, loads), so that these share one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct NodeEnvironment {
    /// The name and release of the kernel, e.g. `Linux 6.1.0`.
    kernel: String,
    cpu: String,
    /// The memory in GiB: nodes of the same kind differ by a few KiB.
    memory_gib: u64,
    /// The name, memory and driver of each GPU, as `nvidia-smi` prints them.
    gpus: Vec<String>,
    /// The version of the GPU driver; empty where `nvidia-smi` tells it.
    #[serde(skip_serializing_if = "String::is_empty")]
    gpu_driver: String,
    /// The version and packages of the `python` that jobs find; none where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    python: Option<serde_json::Value>,
    /// The variables that name the conda environment, the modules and the cluster.
    variables: BTreeMap<&'static str, String>,
}

/// The variables that are recorded.
const VARIABLES: [&str; 6] = [
    "CONDA_DEFAULT_ENV",
    "CONDA_PREFIX",
    "VIRTUAL_ENV",
    "LOADEDMODULES",
    "SLURM_CLUSTER_NAME",
    "SLURM_JOB_PARTITION",
];

impl NodeEnvironment {
    /// Gathers the environment of jobs on this machine; `shell` returns the command that runs a
    /// script as the jobs' scripts are run.
    pub(crate) fn gather(shell: &dyn Fn(&str) -> Command) -> Self {
        let smi = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"];
        // A command that hangs must not keep the jobs waiting.
        let smi = format!("timeout 20 nvidia-smi {}", smi.join(" "));
        let python = format!(
            "timeout 20 python -c \"$0\" 2> /dev/null || timeout 20 python3 -c \"$0\" # {}",
            "the interpreter that a job would find"
        );
        let gpus = output_of(shell(&smi)).unwrap_or_default();
        let variable = |name: &'static str| Some((name, std::env::var(name).ok()?));
        let mut ask = shell(&python);
        ask.arg(PACKAGES);
        Self {
            kernel: kernel(),
            cpu: first_field("/proc/cpuinfo", "model name"),
            memory_gib: to_gib(&first_field("/proc/meminfo", "MemTotal")),
            gpus: gpus.lines().map(str::to_owned).collect(),
            gpu_driver: gpu_driver(&gpus),
            python: output_of(ask).and_then(|text| serde_json::from_str(&text).ok()),
            variables: VARIABLES.into_iter().filter_map(variable).collect(),
        }
    }

    /// Writes the record unless it exists, and returns its name.
    pub(crate) fn record(
        &self,
        dir: &SweepDir,
        submission: Option<SubmissionId>,
    ) -> Result<String, FsError> {
        let text = serde_json::to_vec_pretty(self).expect("a record is plain data");
        let mut hash = FnvHasher::default();
        hash.write(&text);
        let name = format!("{:016x}", hash.finish());
        let folder = dir.environments(submission);
        let path = folder.join(format!("{name}.json"));
        if !path.exists() {
            fs::create_dir_all(&folder)?;
            fs::write_atomic(&path, &text)?;
        }
        Ok(name)
    }
}

/// Returns the name of the record of a node. The first worker of a submission on that node makes
/// the record: asking Python for its packages takes longer than many a job.
pub(crate) fn environment_of_node(
    dir: &SweepDir,
    submission: SubmissionId,
    node: &str,
    gather: impl FnOnce() -> NodeEnvironment,
) -> Result<String, FsError> {
    let path = dir.environments(Some(submission)).join(format!("node-{node}"));
    match fs::read_to_string(&path) {
        Ok(name) => Ok(name.trim().to_owned()),
        Err(e) if e.is_not_found() => {
            let name = gather().record(dir, Some(submission))?;
            fs::write_atomic(&path, format!("{name}\n").as_bytes())?;
            Ok(name)
        }
        Err(e) => Err(e),
    }
}

fn kernel() -> String {
    let system = rustix::system::uname();
    let words =
        [system.sysname(), system.release()].map(|word| word.to_string_lossy().into_owned());
    words.join(" ")
}

/// Returns the first value of a name in a file of `name : value` lines; empty where there is none.
fn first_field(path: &str, name: &str) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let value = fields.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim()).next();
    value.unwrap_or_default().to_owned()
}

/// Converts `16384256 kB` to whole GiB, rounded.
fn to_gib(memory: &str) -> u64 {
    const KIB: u64 = 1 << 20;
    let kib = memory.split(' ').next().and_then(|kib| kib.parse::<u64>().ok());
    (kib.unwrap_or(0) + KIB / 2) / KIB
}

/// Returns the version of the GPU driver where `nvidia-smi` printed nothing.
fn gpu_driver(gpus: &str) -> String {
    if !gpus.is_empty() {
        return String::new();
    }
    let text = std::fs::read("/proc/driver/nvidia/version").unwrap_or_default();
    String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned()
}

/// Returns what a command prints; none if it fails.
fn output_of(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bash(script: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn equal_environments_share_a_record_and_it_names_what_matters() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let environment = NodeEnvironment::gather(&bash);
        let first = environment.record(&dir, Some(SubmissionId(1))).unwrap();
        assert_eq!(environment.record(&dir, Some(SubmissionId(1))).unwrap(), first);
        let names = fs::list(&dir.environments(Some(SubmissionId(1)))).unwrap();
        assert_eq!(names, [format!("{first}.json")]);
        assert!(environment.kernel.starts_with("Linux "), "{environment:?}");
        let python = environment.python.unwrap();
        assert!(python["version"].as_str().unwrap().starts_with('3'), "{python}");
        assert!(python["packages"].as_object().is_some());
    }

    #[test]
    fn gpus_are_those_that_nvidia_smi_names_and_a_machine_without_python_is_fine() {
        let dir = tempfile::tempdir().unwrap();
        let smi = dir.path().join("nvidia-smi");
        fs::write_atomic(&smi, b"#!/bin/sh\necho 'Tesla V100, 16384 MiB, 535.1'\n").unwrap();
        Command::new("chmod").arg("+x").arg(&smi).status().unwrap();
        let timeout = crate::app::find_program("timeout").unwrap();
        fs::symlink(&timeout, &dir.path().join("timeout")).unwrap();
        let with_path = |script: &str| {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", script]).env("PATH", dir.path());
            command
        };
        let environment = NodeEnvironment::gather(&with_path);
        assert_eq!(environment.gpus, ["Tesla V100, 16384 MiB, 535.1"]);
        assert_eq!(environment.python, None);
    }
}
