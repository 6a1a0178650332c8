//! Runs one of SLURM's commands within a time, and again where the controller was only busy.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::Slurm;
use super::error::{CallError, SlurmError};
use super::variables::is_dropped;

/// The output of a command.
#[derive(Debug)]
pub(super) struct CommandOutput {
    pub(super) stdout: String,
    /// The standard error, which may hold notes although the command succeeded.
    pub(super) stderr: String,
}

impl Slurm {
    /// Runs a command, and again if it fails for a transient reason, as often as is allowed.
    pub(super) fn ask(
        &self,
        program: &'static str,
        args: &[String],
    ) -> Result<CommandOutput, SlurmError> {
        let mut waits = self.retry.iter();
        loop {
            let error = match self.call(program, args) {
                Ok(printed) => return Ok(printed),
                Err(failed) => SlurmError::new(program, failed),
            };
            match waits.next() {
                Some(wait) if error.is_transient() => thread::sleep(*wait),
                _ => return Err(error),
            }
        }
    }

    /// Runs a command once.
    pub(super) fn call(&self, program: &str, args: &[String]) -> Result<CommandOutput, CallError> {
        let mut output =
            [scratch().map_err(CallError::Missing)?, scratch().map_err(CallError::Missing)?];
        let [stdout, stderr] = &output;
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null());
        command.stdout(stdout.try_clone().map_err(CallError::Missing)?);
        command.stderr(stderr.try_clone().map_err(CallError::Missing)?);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| is_dropped(program, name)) {
                command.env_remove(name);
            }
        }
        let mut child = command.spawn().map_err(CallError::Missing)?;
        if !ends_within(Pid::from_child(&child), self.timeout) {
            // It may have ended meanwhile; it is reaped either way.
            let _ = child.kill();
            let _ = child.wait();
            let [_, words] = output.each_mut().map(content);
            return Err(CallError::TimedOut { after: self.timeout, words });
        }
        let status = child.wait().map_err(CallError::Missing)?;
        let [stdout, stderr] = output.each_mut().map(content);
        if status.success() {
            return Ok(CommandOutput { stdout, stderr });
        }
        Err(CallError::Refused { status, words: format!("{stderr}\n{stdout}") })
    }
}

/// Creates a file without a name: unlike a pipe, it needs no reader while the command writes.
fn scratch() -> io::Result<File> {
    tempfile::tempfile()
}

/// Reads a whole file as text; bytes that are not UTF-8 are replaced.
fn content(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // What cannot be read back was not printed, as far as we know.
    let _ = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// True once the child has ended, which leaves it unreaped; false when the time is over.
fn ends_within(child: Pid, time: Duration) -> bool {
    let Ok(process) = pidfd_open(child, PidfdFlags::empty()) else { return true };
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).ok();
        let mut waiting = [PollFd::new(&process, PollFlags::IN)];
        match poll(&mut waiting, timeout.as_ref()) {
            Ok(0) => return false,
            Ok(_) => return true,
            // A signal to us in between.
            Err(_) if left.is_zero() => return false,
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slurm(timeout: Duration) -> Slurm {
        Slurm { retry: vec![Duration::from_millis(1); 3], timeout }
    }

    fn sh(script: &str) -> [String; 2] {
        ["-c".to_owned(), script.to_owned()]
    }

    #[test]
    fn a_command_that_hangs_is_ended_and_said_so() {
        let failed =
            slurm(Duration::from_millis(50)).call("sh", &sh("exec sleep 1000")).unwrap_err();
        assert!(matches!(failed, CallError::TimedOut { .. }), "{failed:?}");
    }

    #[test]
    fn much_output_on_both_streams_blocks_nobody() {
        let script = "seq 100000; seq 100000 >&2";
        let printed = slurm(Duration::from_mins(1)).call("sh", &sh(script)).unwrap();
        assert_eq!(printed.stdout.lines().count(), 100_000);
        assert_eq!(printed.stderr, printed.stdout);
    }

    #[test]
    fn a_controller_that_is_busy_is_asked_again() {
        let dir = tempfile::tempdir().unwrap();
        let count = dir.path().join("count");
        let count = count.display();
        let script = format!(
            "echo x >> {count}; [ $(wc -l < {count}) -ge 3 ] && echo fine && exit 0; \
             echo 'slurm_load_jobs error: Socket timed out on send/recv operation' >&2; exit 1"
        );
        let slurm = slurm(Duration::from_mins(1));
        assert_eq!(slurm.ask("sh", &sh(&script)).unwrap().stdout, "fine\n");
        let error = slurm.ask("sh", &sh("echo 'Invalid partition' >&2; exit 1")).unwrap_err();
        assert!(!error.is_transient());
    }
}
