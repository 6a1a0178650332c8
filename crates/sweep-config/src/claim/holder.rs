//! The holder of a claim, and whether its process still runs.

use std::path::Path;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::fs::{self, FsError};
use crate::records::Attempt;

/// The identity of a process that claims jobs; no other process ever has the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimHolder {
    /// The host name, for people.
    pub host: String,
    /// The kernel's own name for its current run: differs between hosts, and after a reboot.
    pub boot_id: String,
    /// The table that `pid` counts in; containers on one host have their own.
    pub pid_namespace: String,
    /// The process id.
    pub pid: u32,
    /// The start of that process, in clock ticks since boot: process ids are reused, pairs are not.
    pub start_time: u64,
    /// Unique to the claim.
    pub token: String,
    /// The SLURM task of a launch that it runs in, `123_4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slurm: Option<String>,
    /// The number of times that SLURM had started that task again before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarts: Option<u32>,
    /// The submission whose task that is (`000001`): two clusters may give tasks one number.
    #[serde(default, rename = "launch", skip_serializing_if = "Option::is_none")]
    pub submission: Option<String>,
    /// The sweep directory in which the claim was made, an absolute path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep_dir: Option<String>,
    /// The number of the claim's own file: a copy of it has another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inode: Option<u64>,
}

/// One of the runs of a SLURM task: a task that was started again has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRun {
    /// The task, `123_4`.
    pub task: String,
    /// The number of times that SLURM had started it again before; none where an older version did not record it.
    pub restarts: Option<u32>,
    /// The submission whose task it is (`000001`); none where an older version did not record it.
    pub submission: Option<String>,
}

impl TaskRun {
    /// True if and only if the other one is a run of the same task, not of another cluster's task of that number.
    pub(super) fn is_of_task(&self, other: &Self) -> bool {
        let submissions = self.submission.as_ref().zip(other.submission.as_ref());
        self.task == other.task && submissions.is_none_or(|(ours, others)| ours == others)
    }

    /// True if and only if the other one is an earlier run of the same task, by SLURM's count.
    pub(super) fn is_after(&self, other: &Self) -> bool {
        self.is_of_task(other)
            && self.restarts.zip(other.restarts).is_some_and(|(ours, others)| ours > others)
    }
}

impl ClaimHolder {
    /// Returns the identity of this process.
    pub(super) fn this_process(token: String) -> Result<Self, FsError> {
        let pid = std::process::id();
        let stat = Path::new("/proc/self/stat");
        let running = fs::read_to_string(stat)?;
        let started = ProcessStat::parse(&running).map(|stat| stat.start_time);
        Ok(Self {
            host: host_name(),
            boot_id: kernel_word("/proc/sys/kernel/random/boot_id")?,
            pid_namespace: pid_namespace().to_owned(),
            pid,
            start_time: started.unwrap_or_default(),
            token,
            slurm: None,
            restarts: None,
            submission: None,
            sweep_dir: None,
            inode: None,
        })
    }

    /// Returns the run of a task that the holder belongs to; none outside of SLURM.
    pub(super) fn run(&self) -> Option<TaskRun> {
        let (restarts, submission) = (self.restarts, self.submission.clone());
        self.slurm.clone().map(|task| TaskRun { task, restarts, submission })
    }

    /// True if and only if our process table is the one that the holder is in.
    ///
    /// The host name does not tell: containers and cloned machines share names.
    pub fn shares_our_processes(&self) -> bool {
        self.boot_id == boot_id() && self.pid_namespace == pid_namespace()
    }

    /// True if and only if the holder ran on this host, by its name, before it started anew.
    pub fn is_from_before_reboot(&self) -> bool {
        self.boot_id != boot_id() && self.host == host_name()
    }

    /// True if and only if the process runs; of a holder in our process table only.
    pub(super) fn is_running(&self) -> bool {
        let path = format!("/proc/{}/stat", self.pid);
        let text = fs::read_to_string(Path::new(&path)).unwrap_or_default();
        ProcessStat::parse(&text).is_some_and(|stat| {
            stat.start_time == self.start_time && !matches!(stat.state, 'Z' | 'X')
        })
    }
}

/// Reads a value that the kernel provides in a file of one line.
pub(super) fn kernel_word(path: &str) -> Result<String, FsError> {
    Ok(fs::read_to_string(Path::new(path))?.trim_end().to_owned())
}

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Returns the kernel's name for its run, which no process outlives.
fn boot_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    once(&ID, || kernel_word("/proc/sys/kernel/random/boot_id").ok())
}

/// Returns the name of this process's table of processes, which it never leaves.
fn pid_namespace() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    let read = || std::fs::read_link("/proc/self/ns/pid").ok();
    once(&NAME, || read().map(|link| link.to_string_lossy().into_owned()))
}

/// Returns a word that is read once, for ten thousand claims; empty as long as it cannot be read.
fn once(known: &'static OnceLock<String>, read: impl FnOnce() -> Option<String>) -> &'static str {
    match (known.get(), read) {
        (Some(word), _) => word,
        (None, read) => read().map_or("", |word| known.get_or_init(|| word)),
    }
}

/// Returns the number of the last attempt; 0 before the first.
pub(super) fn last_number(attempts: &[Attempt]) -> u32 {
    attempts.iter().map(|attempt| attempt.start.attempt).max().unwrap_or(0)
}

/// The content of `/proc/PID/stat`.
struct ProcessStat {
    state: char,
    start_time: u64,
}

impl ProcessStat {
    /// Parses the line: the program's name, in parentheses, may hold anything, what follows it may not.
    fn parse(text: &str) -> Option<Self> {
        let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace();
        let state = fields.next()?.chars().next()?;
        // The state is field 3, the start time field 22.
        let start_time = fields.nth(18)?.parse().ok()?;
        Some(Self { state, start_time })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_with_parentheses_and_spaces_does_not_shift_the_fields() {
        let numbers: Vec<String> = (4..=30).map(|n| n.to_string()).collect();
        let stat = ProcessStat::parse(&format!("7 (a) b (c) S {}", numbers.join(" "))).unwrap();
        assert_eq!((stat.state, stat.start_time), ('S', 22));
    }

    #[test]
    fn this_process_runs_and_one_with_another_start_time_does_not() {
        let me = ClaimHolder::this_process("token".into()).unwrap();
        assert!(me.shares_our_processes());
        assert!(me.is_running());
        let recycled = ClaimHolder { start_time: me.start_time + 1, ..me.clone() };
        assert!(!recycled.is_running());
        assert!(!ClaimHolder { boot_id: "another".into(), ..me }.shares_our_processes());
    }

    #[test]
    fn a_zombie_does_not_run() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = rustix::process::Pid::from_child(&child);
        let options =
            rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        rustix::process::waitid(rustix::process::WaitId::Pid(id), options).unwrap();
        let stat = fs::read_to_string(Path::new(&format!("/proc/{}/stat", child.id()))).unwrap();
        let start_time = ProcessStat::parse(&stat).unwrap().start_time;
        let me = ClaimHolder::this_process("token".into()).unwrap();
        let zombie = ClaimHolder { pid: child.id(), start_time, ..me };
        assert!(!zombie.is_running());
        child.wait().unwrap();
    }
}
