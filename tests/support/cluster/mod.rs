//! A real SLURM cluster of a test's own: all of it in one directory, on the loopback address, ended on drop.
//!
//! Its partitions are `debug` (the default), `other`, and `high`, whose jobs requeue those of the others.

#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part of this module")]
#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]
#![allow(clippy::print_stdout, reason = "what a failed test shows")]

mod commands;
mod conf;
mod daemons;
mod nodes;
mod ports;
mod setup;
mod start;

use std::fs;
use std::path::PathBuf;
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

    /// Ends the controller in order; commands fail until it is started again, jobs run on.
    pub fn stop_controller(&self) {
        self.daemons().stop("slurmctld");
    }

    /// Ends the controller with SIGKILL; what it had not written down is lost.
    pub fn kill_controller(&self) {
        self.daemons().kill("slurmctld");
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

    /// Adds a line to `slurm.conf`, which holds from here on.
    pub fn reconfigure(&self, line: &str) {
        let path = self.dir.join("slurm.conf");
        let text = fs::read_to_string(&path).expect("the configuration");
        fs::write(path, format!("{text}{line}\n")).expect("the configuration");
        self.run("scontrol", &["reconfigure"]);
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
