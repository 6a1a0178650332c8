//! Kills processes that a worker's programs have started and that nobody else can end any more.
//!
//! A program has `SWEEP_WORKER_TOKEN` in its environment, and so has all that it starts, in
//! whatever process group or session. `/proc/PID/environ` shows it to the same user. A process that
//! was started with an emptied environment, or has overwritten its own, is not found.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use sweep_config::fs;

/// The variable that marks the processes of a claim.
pub(in crate::worker) const TOKEN: &str = "SWEEP_WORKER_TOKEN";

/// The time that processes may take to die. SIGKILL takes effect at once unless a process hangs in
/// the kernel, above all on a file system that does not answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two looks at the process table.
const PAUSE: Duration = Duration::from_millis(1);

/// Kills every process whose token `is_ours`. Returns true once a look at all processes finds none,
/// and false after [`PATIENCE`].
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

/// Returns the token of the program that is kept alive by the worker that made the claim with this token.
pub(in crate::worker) fn kept_token(token: &str) -> String {
    let worker = token.rsplit_once('.').map_or(token, |(worker, _)| worker);
    format!("{worker}.kept")
}

/// Returns true if a process below this one bears the token, by the kernel's lists of children, which cost less than
/// a look at all processes; a kernel without such lists says nothing, which counts as true.
pub(in crate::worker) fn has_descendant_with(pid: Pid, token: &[u8]) -> bool {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero()));
    // A process that is gone has no children.
    let Ok(tasks) = tasks else { return false };
    let lists = tasks.flatten().map(|task| fs::read_to_string(&task.path().join("children")));
    lists.into_iter().any(|list| match list {
        Ok(list) => list
            .split_ascii_whitespace()
            .filter_map(|child| Pid::from_raw(child.parse().ok()?))
            .any(|child| has_token(child, token) || has_descendant_with(child, token)),
        // A thread that has ended meanwhile has no list either.
        Err(error) => error.is_not_found() && !has_lists_of_children(),
    })
}

fn has_lists_of_children() -> bool {
    std::fs::exists("/proc/thread-self/children").unwrap_or(false)
}

/// Returns true if and only if the process bears this token.
pub(in crate::worker) fn has_token(pid: Pid, token: &[u8]) -> bool {
    match_token(pid, &|found: &[u8]| found == token) == TokenMatch::Ours
}

/// Sends SIGKILL to the process if its token is ours. Returns true if it was ours or may have been.
fn kill_if(pid: Pid, is_ours: &impl Fn(&[u8]) -> bool) -> bool {
    match match_token(pid, is_ours) {
        TokenMatch::Ours => {}
        TokenMatch::Hidden => return true,
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
    /// The process shows no environment at the moment.
    Hidden,
}

fn match_token(pid: Pid, is_ours: &impl Fn(&[u8]) -> bool) -> TokenMatch {
    let pid = pid.as_raw_nonzero();
    let environ = match read_at_once(&format!("/proc/{pid}/environ")) {
        Ok(environ) => environ,
        // A process that is ending has none any more to some kernels, and an empty one to others.
        Err(error) if Errno::from_io_error(&error) == Some(Errno::SRCH) => Vec::new(),
        Err(_) => return TokenMatch::NotOurs,
    };
    if environ.is_empty() {
        return if hides_environment(pid.get()) { TokenMatch::Hidden } else { TokenMatch::NotOurs };
    }
    let token = environ
        .split(|&byte| byte == 0)
        .find_map(|variable| variable.strip_prefix(TOKEN.as_bytes())?.strip_prefix(b"="));
    if token.is_some_and(is_ours) { TokenMatch::Ours } else { TokenMatch::NotOurs }
}

/// Reads a file of `/proc` by one call: between two the process may become another program, and the second
/// then finds the end of the file.
fn read_at_once(path: &str) -> io::Result<Vec<u8>> {
    let mut size = 1 << 14;
    loop {
        let mut bytes = vec![0; size];
        let read = File::open(path)?.read(&mut bytes)?;
        if read < size {
            bytes.truncate(read);
            return Ok(bytes);
        }
        size *= 2;
    }
}

/// Returns true if and only if the process has an environment that cannot be read at the moment. One
/// that is just ending shows none any more and may still hold files; one that is just becoming
/// another program (`execve`) shows none until that program is loaded, and then its own.
fn hides_environment(pid: i32) -> bool {
    /// The kernel's own threads, which have none. To root they look like processes that are ending, and a
    /// look at the state of each of them at the end of every attempt would be dear.
    static KERNEL_THREADS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());
    /// `PF_EXITING` and `PF_KTHREAD` of the kernel's `include/linux/sched.h`.
    const EXITING: u64 = 0x4;
    const KERNEL_THREAD: u64 = 0x0020_0000;
    let mut kernel_threads = KERNEL_THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    if kernel_threads.contains(&pid) {
        return false;
    }
    let stat = std::fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The program's name is in parentheses and may hold anything.
    let Some(end) = stat.iter().rposition(|&byte| byte == b')') else { return false };
    let rest = std::ffi::OsStr::from_bytes(&stat[end + 1..]).to_string_lossy();
    // Of proc(5): the state is field 3, the flags 9, the start of the code 26, the bounds of the environment
    // 50 and 51. The kernel sets the two bounds to one number before it measures the environment of a
    // program that is being loaded, and the start of its code after that.
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next();
    let mut number =
        |skipped| fields.nth(skipped).and_then(|field| field.parse().ok()).unwrap_or(0);
    let (flags, code, from, to): (u64, u64, u64, u64) =
        (number(5), number(16), number(23), number(0));
    if flags & KERNEL_THREAD != 0 {
        kernel_threads.insert(pid);
        return false;
    }
    let emptied = code != 0 && to != 0 && from == to;
    let has_one = flags & EXITING != 0 || !emptied;
    has_one && !matches!(state, Some("Z" | "X"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
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

    #[test]
    fn a_process_that_becomes_another_program_at_the_moment_does_not_escape() {
        let mut script = tempfile::NamedTempFile::new().unwrap();
        script.write_all(b"exec /bin/sh \"$0\"\n").unwrap();
        for round in 0..100 {
            let token = format!("test-exec-{}-{round}-{:?}", std::process::id(), Instant::now());
            let mut restless =
                Command::new("/bin/sh").arg(script.path()).env(TOKEN, &token).spawn().unwrap();
            // The kernel wakes us a moment before the process has an environment of its own.
            let pid = Pid::from_child(&restless);
            while !has_token(pid, token.as_bytes()) {
                thread::yield_now();
            }
            let none_left = kill_all(|found| found == token.as_bytes());
            let ended = restless.try_wait().unwrap();
            let _ = restless.kill();
            restless.wait().unwrap();
            assert!(none_left && ended.is_some(), "round {round}: {ended:?}");
        }
    }
}
