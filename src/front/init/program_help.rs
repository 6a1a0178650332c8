//! Asks a program for its help, within a time.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::app::Failure;

/// The time that a program has: to import its libraries takes seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// The most of a help that is read.
const MOST_BYTES: u64 = 1 << 20;

/// Runs a program with `--help`, and returns what it prints. It is killed, with all that it started, when its time is over.
///
/// # Errors
///
/// When it cannot be started, fails, or does not end.
pub(super) fn ask(words: &[String]) -> Result<String, Failure> {
    let line = format!("{} --help", words.join(" "));
    let hint = "run it yourself to see why; `sweepkit init` alone writes an example to fill in";
    let fault = |why: String| Failure::usage(format!("`{line}` {why}"), hint);
    let (program, args) =
        words.split_first().ok_or_else(|| fault("is not a command".to_owned()))?;
    let mut child = Command::new(program)
        .args(args.iter().filter(|word| !word.contains("{{")))
        .arg("--help")
        // One option a line, and no colours.
        .envs([("COLUMNS", "200"), ("NO_COLOR", "1"), ("TERM", "dumb")])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|e| fault(format!("cannot be started: {e}")))?;
    let (out, err) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let Some(status) = wait(&mut child) else {
        return Err(fault(format!("did not finish within {} s", PATIENCE.as_secs())));
    };
    let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
    if !status.success() {
        let last = err.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        return Err(fault(format!("failed: {}", last.trim())));
    }
    Ok(if out.trim().is_empty() { err } else { out })
}

/// Reads a pipe to its end, in a thread of its own.
fn reader(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let _ = pipe.take(MOST_BYTES).read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits for the program; none if its time is over. What it leaves behind is killed either way.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    let begin = Instant::now();
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let kill = || {
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    };
    loop {
        match child.try_wait() {
            Ok(None) if begin.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(10)),
            Ok(Some(status)) => {
                kill();
                return Some(status);
            }
            _ => {
                kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}
