//! What ends a lasting blow.

use std::os::fd::OwnedFd;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, pidfd_send_signal};

use crate::arena::Arena;

/// The end of a blow that lasts.
pub enum Remedy {
    Continue(OwnedFd),
    StartSlurmd(String),
    /// As after it was set down.
    ReturnNode(String),
    /// Its daemon sees no shared directory.
    ShareAgain(String),
    StartController,
    ResumeTask(String),
    FreeDisk,
    ShowPartition,
}

impl Arena<'_> {
    /// Ends a blow after a while; the moment at which it does is `lasting` from now.
    pub fn later(&mut self, lasting: Duration, remedy: Remedy) {
        self.remedies.push((Instant::now() + lasting, remedy));
    }

    /// Ends the blows whose time has come.
    pub fn heal(&mut self) {
        let now = Instant::now();
        while let Some(at) = self.remedies.iter().position(|(due, _)| *due <= now) {
            let (_, remedy) = self.remedies.swap_remove(at);
            self.apply(remedy);
        }
    }

    /// Ends all blows.
    pub fn heal_all(&mut self) {
        // SLURM's commands need the controller.
        self.remedies.sort_by_key(|(_, remedy)| !matches!(remedy, Remedy::StartController));
        for (_, remedy) in std::mem::take(&mut self.remedies) {
            self.apply(remedy);
        }
    }

    fn apply(&mut self, remedy: Remedy) {
        match remedy {
            Remedy::Continue(process) => drop(pidfd_send_signal(&process, Signal::CONT)),
            Remedy::StartSlurmd(node) => {
                self.cluster.start_slurmd(&node);
                self.struck.remove(&node);
            }
            Remedy::ReturnNode(node) => {
                self.cluster.start_slurmd(&node);
                self.ask("scontrol", &["update", &format!("NodeName={node}"), "State=RESUME"]);
                self.struck.remove(&node);
            }
            Remedy::ShareAgain(node) => {
                self.cluster.kill_slurmd(&node);
                self.cluster.start_slurmd(&node);
                self.struck.remove(&node);
            }
            Remedy::StartController => {
                self.cluster.start_controller();
                self.controller_is_up = true;
            }
            Remedy::ResumeTask(task) => {
                // It may have ended meanwhile.
                let _ = self.cluster.succeeds("scontrol", &["resume", &task]);
            }
            Remedy::FreeDisk => {
                self.disk.as_ref().expect("a disk that was filled").free();
                self.disk_is_full = false;
            }
            Remedy::ShowPartition => {
                self.ask("scontrol", &["update", "PartitionName=debug", "Hidden=NO"]);
            }
        }
    }

    /// A command of SLURM's that must succeed in the end, whatever is down for a moment.
    fn ask(&mut self, program: &str, arguments: &[&str]) {
        for _ in 0..5 {
            if self.cluster.succeeds(program, arguments) {
                return;
            }
            if !self.controller_is_up {
                self.cluster.start_controller();
                self.controller_is_up = true;
                self.remedies.retain(|(_, it)| !matches!(it, Remedy::StartController));
            }
            thread::sleep(Duration::from_millis(500));
        }
    }
}
