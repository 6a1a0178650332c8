//! Kills processes that a worker's programs have started and that nobody else can end any more.
//!
//! A program has `SWEEP_WORKER_TOKEN` in its environment, and so has all that it starts, in
//! whatever process group or session. `/proc/PID/environ` shows it to the same user. A process that
//! was started with an emptied environment, or has overwritten its own, is not found.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// The variable that marks the processes of a claim.
pub(in crate::worker) const TOKEN: &str = "SWEEP_WORKER_TOKEN";

/// The time that processes may take to die. SIGKILL takes effect at once unless a process hangs in
/// the kernel, above all on a file system that does not answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two looks at the process table.
const PAUSE: Duration = Duration::from_millis(1);

/// Kills every process whose token `is_ours`. Returns true once a look at all processes finds none,
/// and false after [`PATIENCE`].
///
/// False after [`PATIENCE`].
pub(in crate::worker) fn kill_all(is_ours: impl Fn(&[u8]) -> bool) -> bool {
    let give_up = Instant::now() + PATIENCE;
    loop {
        let mut left = false;
        for pid in all_processes() {
            left |= kill_if(pid, &is_ours);
        }
        if !left {
            return true;
        }
        if Instant::now() > give_up {
            return false;
        }
        thread::sleep(PAUSE);
    }
}

/// Returns every process but this one.
pub(in crate::worker) fn all_processes() -> impl Iterator<Item = Pid> {
    let me = std::process::id();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let names = entries.map(|entry| -> OsString { entry.file_name() });
    names
        .filter_map(|name| name.to_str()?.parse::<i32>().ok())
        .filter(move |pid| u32::try_from(*pid) != Ok(me))
        .filter_map(Pid::from_raw)
}

/// Returns true if and only if the process bears this token.
pub(in crate::worker) fn has_token(pid: Pid, token: &[u8]) -> bool {
    match_token(pid, &|found: &[u8]| found == token) == TokenMatch::Ours
}

/// Sends SIGKILL to the process if its token is ours. Returns true if it was ours or may have been:
/// a process that is just ending shows no environment any more and may still hold files.
fn kill_if(pid: Pid, is_ours: &impl Fn(&[u8]) -> bool) -> bool {
    match match_token(pid, is_ours) {
        TokenMatch::Ours => {}
        TokenMatch::Ending => return true,
        TokenMatch::NotOurs => return false,
    }
    // The number may have passed to another process since we looked; a descriptor cannot.
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return true };
    if match_token(pid, is_ours) == TokenMatch::Ours {
        let _ = pidfd_send_signal(&process, Signal::KILL);
    }
    true
}

#[derive(Debug, PartialEq, Eq)]
enum TokenMatch {
    Ours,
    NotOurs,
    Ending,
}

fn match_token(pid: Pid, is_ours: &impl Fn(&[u8]) -> bool) -> TokenMatch {
    let pid = pid.as_raw_nonzero();
    let Ok(environ) = std::fs::read(format!("/proc/{pid}/environ")) else {
        return TokenMatch::NotOurs;
    };
    if environ.is_empty() {
        return if is_ending(pid.get()) { TokenMatch::Ending } else { TokenMatch::NotOurs };
    }
    let token = environ
        .split(|&byte| byte == 0)
        .find_map(|variable| variable.strip_prefix(TOKEN.as_bytes())?.strip_prefix(b"="));
    if token.is_some_and(is_ours) { TokenMatch::Ours } else { TokenMatch::NotOurs }
}

/// Returns true if and only if the process is ending but not yet a zombie.
fn is_ending(pid: i32) -> bool {
    /// `PF_EXITING` of the kernel's `include/linux/sched.h`.
    const EXITING: u64 = 0x4;
    let stat = std::fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The program's name is in parentheses and may hold anything.
    let Some(end) = stat.iter().rposition(|&byte| byte == b')') else { return false };
    let rest = std::ffi::OsStr::from_bytes(&stat[end + 1..]).to_string_lossy();
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next();
    // The state is field 3, the flags field 9.
    let flags: u64 = fields.nth(5).and_then(|flags| flags.parse().ok()).unwrap_or(0);
    !matches!(state, Some("Z" | "X")) && flags & EXITING != 0
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn what_bears_the_token_is_killed_in_another_session_too_and_nothing_else() {
        let token = format!("test-{}-{:?}", std::process::id(), Instant::now());
        let sleeper = |token: &str| {
            let mut command = Command::new("setsid");
            command.args(["sleep", "1000"]).env(TOKEN, token).stdout(Stdio::null());
            command.spawn().unwrap()
        };
        let (mut ours, mut other) = (sleeper(&token), sleeper("another"));
        assert!(kill_all(|found| found == token.as_bytes()));
        assert!(!ours.wait().unwrap().success());
        assert!(other.try_wait().unwrap().is_none());
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
