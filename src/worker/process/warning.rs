//! Sends the warning before the time limit to those processes of a program that listen to it.
//!
//! The default action of SIGUSR1 is to end a process. Of a program like `bash -c 'python train.py'`
//! only one process may have a handler, so each is checked first: `/proc/PID/status` shows the
//! signals that it catches, and those that it blocks (to wait for them).

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::leftovers::{self, all_processes};
use crate::app::{Exit, Printer};

/// The answer that [`warn_on_this_node`] prints if a process listened.
pub(in crate::worker) const HEARD: &str = "heard";

/// Acts as a messenger on another node: sends the signal of this number to the processes there that
/// bear this token and listen to it.
pub fn warn_on_this_node(token: &str, signal: i32) -> Exit {
    let Some(signal) = Signal::from_named_raw(signal) else { return Exit::Usage };
    if warn_listeners(token, None, signal) {
        Printer::new(true).data(HEARD);
    }
    Exit::Done
}

/// The shells. They catch most signals once they have any trap, to run it before the signal ends
/// them.
const SHELLS: [&str; 6] = ["bash", "sh", "dash", "zsh", "ksh", "fish"];

/// Sends the signal to every process of this program, found by its group or token, that listens to
/// it; to a shell only if no other program listens, since the shell may be there to start that
/// program. Returns true if a process listened.
pub(in crate::worker) fn warn_listeners(token: &str, group: Option<Pid>, signal: Signal) -> bool {
    let (mut shells, mut programs) = (Vec::new(), Vec::new());
    for pid in all_processes() {
        let status = std::fs::read(format!("/proc/{}/status", pid.as_raw_nonzero()));
        let status = status.unwrap_or_default();
        let status = String::from_utf8_lossy(&status);
        let in_group = || group.is_some_and(|group| is_in_group(&status, group));
        let is_ours = || in_group() || leftovers::has_token(pid, token.as_bytes());
        let is = |names: &[&str]| program_name(&status).is_some_and(|name| names.contains(&name));
        // `srun` passes signals on to all processes of its tasks, and those that do not listen die;
        // on SIGTERM it kills them all.
        if is_heard(&status, signal.as_raw()) && !is(&["srun"]) && is_ours() {
            if is(&SHELLS) { shells.push(pid) } else { programs.push(pid) }
        }
    }
    let chosen = if programs.is_empty() { shells } else { programs };
    chosen.into_iter().filter(|pid| send(*pid, signal)).count() > 0
}

/// Returns the program's name from the text of `/proc/PID/status`.
fn program_name(status: &str) -> Option<&str> {
    status.lines().find_map(|line| line.strip_prefix("Name:\t"))
}

fn send(pid: Pid, signal: Signal) -> bool {
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return false };
    pidfd_send_signal(&process, signal).is_ok()
}

/// Returns true if the process is in this group, by `/proc/PID/status`, whose first number is that
/// of our own process table.
fn is_in_group(status: &str, group: Pid) -> bool {
    let groups = status.lines().find_map(|line| line.strip_prefix("NSpgid:"));
    let first = groups.and_then(|groups| groups.split_ascii_whitespace().next());
    first == Some(group.as_raw_nonzero().to_string().as_str())
}

/// Returns true if the signal is caught or blocked, by the bit masks of `/proc/PID/status`.
fn is_heard(status: &str, signal: i32) -> bool {
    let masks = status
        .lines()
        .filter_map(|line| line.strip_prefix("SigCgt:").or_else(|| line.strip_prefix("SigBlk:")));
    masks
        .filter_map(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .any(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_heard_by_who_catches_or_blocks_it() {
        let status = |caught: &str, blocked: &str| {
            format!(
                "Name:\tpython3\nSigBlk:\t{blocked}\nSigIgn:\t0000000000000200\nSigCgt:\t{caught}\n"
            )
        };
        let (none, usr1) = ("0000000000000000", "0000000000000200");
        assert!(is_heard(&status(usr1, none), 10));
        assert!(is_heard(&status(none, usr1), 10));
        assert!(!is_heard(&status(none, none), 10), "to ignore it is not to listen");
        assert!(!is_heard(&status(usr1, none), 12));
    }

    #[test]
    fn the_group_is_the_one_of_our_own_process_table() {
        let group = |number| Pid::from_raw(number).unwrap();
        let status = "Name:\tpython3\nNSpid:\t431\t7\nNSpgid:\t430\t6\nNSsid:\t9\t1\n";
        assert!(is_in_group(status, group(430)));
        assert!(
            !is_in_group(status, group(6))
                && !is_in_group(status, group(43))
                && !is_in_group("", group(1))
        );
    }
}
