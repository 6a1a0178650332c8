//! A program that runs once, and ends when this process does.

use std::io::{Read, Result as IoResult};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// The greatest number of bytes that are read from a program.
const MOST: u64 = 256 << 20;
/// The interval of the checks whether a program that closed its stdout has ended.
const PATIENCE: Duration = Duration::from_millis(2);

/// Starts a program beside a guard, whose stdin ends when this process does, however it does: then the
/// guard ends the group, whatever is in it.
const GUARDED: &str = r#"exec 3<&0 </dev/null
(cat <&3; kill -9 0) >/dev/null 2>&1 &
exec 3<&-
exec "$@""#;

/// A program that is to run.
#[derive(Debug)]
pub(super) struct EntrypointProgram(Command);

/// The end of a program that ended by itself.
#[derive(Debug)]
pub(super) struct ProgramExit {
    pub(super) status: ExitStatus,
    /// The bytes that it printed.
    pub(super) stdout: Vec<u8>,
}

impl EntrypointProgram {
    pub(super) fn new(name: &str, args: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", GUARDED, "sh", name]).args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        Self(command)
    }

    /// Runs it in a directory.
    pub(super) fn within(mut self, dir: &Path) -> Self {
        self.0.current_dir(dir);
        self
    }

    /// Runs it, for `timeout` seconds at most. It writes to the stderr of this process.
    ///
    /// # Errors
    ///
    /// Why it did not end by itself, in words.
    pub(super) fn run(mut self, timeout: u32) -> Result<ProgramExit, String> {
        let mut child = self.0.spawn().map_err(|error| format!("could not be started: {error}"))?;
        let guard = child.stdin.take();
        let mut running = RunningEntrypoint { child, guard };
        let Some(stdout) = running.child.stdout.take() else {
            return Err("has no stdout".to_owned());
        };
        let end = Instant::now() + Duration::from_secs(timeout.into());
        let too_long = || format!("did not finish within {timeout} s and was stopped");
        let stdout = match read(stdout).recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            Ok(Ok(stdout)) => stdout,
            Ok(Err(error)) => return Err(format!("could not be read: {error}")),
            Err(_) => return Err(too_long()),
        };
        if stdout.len() as u64 > MOST {
            return Err(format!("printed more than {} MiB and was stopped", MOST >> 20));
        }
        loop {
            match running.child.try_wait() {
                Ok(Some(status)) => return Ok(ProgramExit { status, stdout }),
                Ok(None) if Instant::now() < end => thread::sleep(PATIENCE),
                Ok(None) => return Err(too_long()),
                Err(error) => return Err(format!("cannot be waited for: {error}")),
            }
        }
    }
}

/// A running program, which is ended with all that it started when it is dropped.
#[derive(Debug)]
struct RunningEntrypoint {
    child: Child,
    guard: Option<ChildStdin>,
}

impl Drop for RunningEntrypoint {
    fn drop(&mut self) {
        // The guard is in the group as long as its stdin is open, so that the group is still this one.
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        drop(self.guard.take());
        let _ = self.child.wait();
    }
}

/// Reads all that a program prints, up to a byte more than is accepted, on a thread so that waiting can end.
fn read(stdout: ChildStdout) -> Receiver<IoResult<Vec<u8>>> {
    let (send, receive) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(MOST + 1).read_to_end(&mut bytes);
        // Nobody listens any more where the program took too long.
        let _ = send.send(read.map(|_| bytes));
    });
    receive
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, timeout: u32) -> Result<ProgramExit, String> {
        EntrypointProgram::new("sh", &["-c", script]).run(timeout)
    }

    #[test]
    fn output_and_exit_code_are_those_of_the_program() {
        let ended = run("printf hello; exit 3", 60).unwrap();
        assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(3), &b"hello"[..]));
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_what_it_started() {
        let started = Instant::now();
        assert!(run("sleep 600 & sleep 600", 1).unwrap_err().contains("within 1 s"));
        assert!(run("exec >&-; sleep 600", 1).unwrap_err().contains("within 1 s"));
        assert!(started.elapsed() < Duration::from_mins(1));
    }

    #[test]
    fn a_program_that_never_stops_printing_is_ended() {
        assert!(run("yes", 60).unwrap_err().contains("more than 256 MiB"));
    }

    #[test]
    fn a_program_that_is_not_there_says_so_by_its_exit_code() {
        let ended = EntrypointProgram::new("no-such-program-at-all", &[]).run(60).unwrap();
        assert_eq!(ended.status.code(), Some(127));
    }
}
