//! A disk that is full while a worker claims a job, writes its journal, or records a result.
//!
//! The logs of the sweep lie in a small file system of their own, which only root may mount.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::bin;
use crate::launching::{Ready, Started, wait_until};
use sweep_config::fs;
use sweep_config::records::Outcome;

/// A sweep whose logs lie in a file system of 128 KB.
struct SmallDisk {
    ready: Ready,
    logs: PathBuf,
}

impl SmallDisk {
    /// Mounts it; none where that is forbidden.
    fn new(jobs: u32, command: &str, launch: &str) -> Option<Self> {
        let ready = Ready::new(jobs, command, launch);
        let logs = ready.dir().logs();
        std::fs::create_dir_all(&logs).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"])
            .arg(&logs)
            .stderr(Stdio::null())
            .status();
        if !mount.is_ok_and(|status| status.success()) {
            println!("left out: only root may mount a small file system");
            return None;
        }
        Some(Self { ready, logs })
    }

    /// Leaves no byte of room.
    fn fill(&self) {
        let _ = std::fs::write(self.logs.join("ballast"), vec![0; 256 * 1024]);
    }

    fn make_room(&self) {
        std::fs::remove_file(self.logs.join("ballast")).unwrap();
    }

    /// Puts commands of SLURM's first in `PATH` that write down how they were called.
    fn fake_slurm(&self) -> String {
        let sandbox = &self.ready.sandbox;
        let log = sandbox.join("scontrol.log").display().to_string();
        for name in ["scontrol", "squeue"] {
            let script = format!("#!/bin/bash\necho \"$*\" >> {log}\n");
            let path = sandbox.write(format!("bin/{name}"), script);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        format!("{}:{}", sandbox.join("bin").display(), std::env::var("PATH").unwrap())
    }

    /// Starts a worker whose patience has such waits; what it prints goes to `log`.
    fn start(&self, waits: &str, args: &[&str], variables: &[(&str, &str)]) -> Started {
        let sandbox = &self.ready.sandbox;
        let log = std::fs::File::create(sandbox.join("log")).unwrap();
        let mut command = sandbox.command(bin!("sweep_worker"));
        command
            .args(["--sweep-cfg", "sweep.yaml"])
            .args(args)
            .env("SWEEP_DISK_RETRY", waits)
            .envs(variables.iter().copied())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        Started(command.spawn().unwrap())
    }

    fn log(&self) -> String {
        self.ready.sandbox.read("log")
    }

    fn wait_until_it_waits(&self) {
        wait_until("the worker says that it waits", || self.log().contains("trying again for"));
    }

    /// The names of all temporary files below the logs.
    fn litter(&self) -> Vec<String> {
        let folders = fs::list(&self.logs).unwrap();
        let folders = folders.iter().map(|name| self.logs.join(name)).filter(|path| path.is_dir());
        let names = folders.flat_map(|folder| fs::list(&folder).unwrap());
        names.filter(|name| name.starts_with(".tmp")).collect()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.logs).status();
    }
}

/// Half a minute of tries.
const PATIENT: &str =
    "0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1";

#[test]
fn a_worker_waits_for_a_full_disk_before_it_claims_a_job() {
    let Some(disk) = SmallDisk::new(3, ":", "MAX_RETRY: 0") else { return };
    disk.fill();
    let mut worker = disk.start(PATIENT, &[], &[]);
    disk.wait_until_it_waits();
    assert_eq!(disk.litter(), [""; 0]);
    disk.make_room();
    assert_eq!(worker.wait(), Some(0), "{}", disk.log());
    assert_eq!(disk.ready.done(), 3);
    assert!((0..3).all(|job| disk.ready.attempts(job).len() == 1), "{}", disk.log());
    assert!(disk.log().contains("No space left on device"), "{}", disk.log());
}

#[test]
fn the_result_of_a_program_is_kept_until_there_is_room_for_it() {
    // The journal is made to end where a page does: the next line needs another page.
    let command = "f={{out_dir}}/attempts.jsonl; n=$(stat -c %s $f); \
                   head -c $((4096 - n)) /dev/zero | tr '\\0' x >> $f; \
                   head -c 300000 /dev/zero > {{sweep_dir}}/logs/ballast; true";
    let Some(disk) = SmallDisk::new(1, command, "MAX_RETRY: 0") else { return };
    let mut worker = disk.start(PATIENT, &[], &[]);
    disk.wait_until_it_waits();
    assert_eq!(disk.ready.outcomes(0), [None]);
    disk.make_room();
    assert_eq!(worker.wait(), Some(0), "{}", disk.log());
    assert_eq!(disk.ready.outcomes(0), [Some(Outcome::Done)]);
}

#[test]
fn a_task_whose_patience_is_over_is_held_and_burns_no_job() {
    let Some(disk) = SmallDisk::new(4, ":", "MAX_RETRY: 0") else { return };
    let part = serde_json::json!({
        "number": 0, "name": "sweep-1-0", "partition": "", "tasks": 4, "parallel": 4, "slots": 1,
        "quota": 1, "jobs": [[0, 3]],
    });
    let submission = serde_json::json!({
        "format_version": 1, "tool_version": "0", "executor": "slurm", "submitted": "", "host": "h",
        "command": "", "code_dir": disk.ready.sandbox.path(), "workers": 4, "jobs": [[0, 3]],
        "parts": [part], "overrides": [],
    });
    disk.ready.sandbox.write("root/sweep/launches/000001/submission.json", submission.to_string());
    let path = disk.fake_slurm();
    disk.fill();
    let task = [("SLURM_ARRAY_JOB_ID", "77"), ("SLURM_ARRAY_TASK_ID", "2"), ("PATH", &path)];
    let args = ["--launch", "000001", "--part", "0"];
    let mut worker = disk.start("0.1,0.1", &args, &task);
    assert_eq!(worker.wait(), Some(4), "{}", disk.log());
    let told = disk.ready.lines("scontrol.log");
    assert!(told.iter().any(|line| line == "requeuehold 77_2"), "{told:?}");
    assert!(disk.log().contains("this task is held"), "{}", disk.log());
    assert_eq!(disk.litter(), [""; 0]);
    disk.make_room();
    assert!((0..4).all(|job| disk.ready.attempts(job).is_empty()));
}
