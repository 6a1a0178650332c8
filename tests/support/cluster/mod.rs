//! A real SLURM cluster of a test's own: all of it in one directory, on the loopback address, ended on drop.
//!
//! Its partitions are `debug` (the default), `other`, and `high`, whose jobs requeue those of the others.

#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part of this module")]
#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]
#![allow(clippy::print_stdout, reason = "what a failed test shows")]

mod commands;
mod conf;
mod daemons;
mod ports;
mod setup;
mod start;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use self::setup::Setup;
use daemons::Daemons;

/// A running cluster.
pub struct Cluster {
    dir: PathBuf,
    setup: Setup,
    daemons: Mutex<Daemons>,
}

impl Cluster {
    /// Where a test may put files: a directory that the cluster's user owns and every node sees.
    pub fn work(&self) -> PathBuf {
        self.dir.join("work")
    }

    /// The controller's log so far.
    pub fn controller_log(&self) -> String {
        fs::read_to_string(self.dir.join("log/slurmctld.log")).unwrap_or_default()
    }

    /// Ends a node's daemon with SIGKILL. Jobs on it run on, unheard: see [`Cluster::kill_node`].
    pub fn kill_slurmd(&self, node: &str) {
        self.daemons().kill(&format!("slurmd.{node}"));
    }

    /// Ends a node's daemon, and its jobs: what a loss of power does.
    pub fn kill_node(&self, node: &str) {
        self.kill_slurmd(node);
        let log = self.dir.join(format!("log/slurmd.{node}.log"));
        let name = format!("SLURMD_NODENAME={node}");
        let conf = format!("SLURM_CONF={}/", self.dir.display());
        for (pid, process) in processes() {
            let environ = fs::read(process.join("environ")).unwrap_or_default();
            let said = |text: &str| {
                environ.split(|byte| *byte == 0).any(|line| line.starts_with(text.as_bytes()))
            };
            if said(&name) && said(&conf) || has_open(&process, &log) {
                signal(pid, "KILL");
            }
        }
    }

    /// Starts a node's daemon again.
    pub fn start_slurmd(&self, node: &str) {
        let mut command = self.command("slurmd");
        command.args(["-D", "-N", node]);
        self.daemons().start(&format!("slurmd.{node}"), &mut command);
    }

    /// Starts a node's daemon again where a directory is another, empty one: a node that lacks the file system which
    /// the others share. False where that is forbidden; then the daemon is as before.
    pub fn start_slurmd_without(&self, node: &str, shared: &Path) -> bool {
        let script = "mount -t tmpfs tmpfs \"$0\" && exec \"$@\"";
        let words = ["--mount", "sh", "-c", script];
        let mut command = self.command("unshare");
        command.args(words).arg(shared).arg("true");
        let may = command.output().is_ok_and(|output| output.status.success());
        if may {
            let mut command = self.command("unshare");
            command.args(words).arg(shared).args(["slurmd", "-D", "-N", node]);
            self.daemons().start(&format!("slurmd.{node}"), &mut command);
        } else {
            self.start_slurmd(node);
        }
        may
    }

    /// Ends the controller in order; commands fail until it is started again, jobs run on.
    pub fn stop_controller(&self) {
        self.daemons().stop("slurmctld");
    }

    /// Starts the controller with what it wrote down, and waits until it answers.
    pub fn start_controller(&self) {
        self.launch_controller(&[]);
    }

    /// [`Cluster::stop_controller`] and [`Cluster::start_controller`].
    pub fn restart_controller(&self) {
        self.stop_controller();
        self.start_controller();
    }

    /// Waits until no job is in the queue.
    pub fn wait_until_empty(&self, seconds: u64) {
        wait_until("an empty queue", seconds, || self.run("squeue", &["-h"]).is_empty());
    }

    fn launch_controller(&self, arguments: &[&str]) {
        let mut command = self.command("slurmctld");
        command.arg("-D").args(arguments);
        self.daemons().start("slurmctld", &mut command);
        wait_until("the controller's answer", 60, || {
            assert!(
                self.daemons().runs("slurmctld"),
                "slurmctld ended:\n{}",
                self.controller_log()
            );
            self.succeeds("scontrol", &["ping"])
        });
    }

    fn daemons(&self) -> MutexGuard<'_, Daemons> {
        self.daemons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if thread::panicking() {
            let log = self.controller_log();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(40)..].join("\n");
            println!("the end of slurmctld.log:\n{last}");
        }
    }
}

/// Waits until something holds; panics after so many seconds.
pub fn wait_until(what: &str, seconds: u64, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !holds() {
        assert!(Instant::now() < end, "waited {seconds} s for {what}");
        thread::sleep(Duration::from_millis(200));
    }
}

/// Sends a signal; whoever has ended meanwhile needs none.
fn signal(pid: u32, name: &str) {
    let _ = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).output();
}

/// Every process, with its directory in `/proc`.
fn processes() -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
}

/// Whether a process has a file open.
fn has_open(process: &Path, file: &Path) -> bool {
    let Ok(entries) = fs::read_dir(process.join("fd")) else { return false };
    entries
        .filter_map(Result::ok)
        .any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to == file))
}
