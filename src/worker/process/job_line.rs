//! The pipes to a program that is kept alive: jobs go in, one line each, and answers come out.
//!
//! docs/reference/keep-alive.md describes the lines for those who write such programs.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};

use rustix::io::ioctl_fionbio;
use serde::{Deserialize, Serialize};
use sweep_config::secrets::without_credentials;

use super::output_file::append_to;

/// The number of bytes that an answer may have.
const MAX_ANSWER: usize = 64 * 1024;

/// The number of characters of a line that a message quotes.
const MAX_QUOTE: usize = 80;

/// A job as it is handed to a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::worker) struct JobOrder<'a> {
    /// The number of the job.
    pub(in crate::worker) job: u32,
    /// The number of the attempt.
    pub(in crate::worker) attempt: u32,
    /// The path of its config.
    pub(in crate::worker) cfg: &'a str,
    /// Its own directory.
    pub(in crate::worker) out_dir: &'a str,
    /// The file to which its standard output is to be appended.
    pub(in crate::worker) stdout: &'a Path,
    pub(in crate::worker) stderr: &'a Path,
    /// The variables of its environment that differ between jobs.
    pub(in crate::worker) env: BTreeMap<&'static str, String>,
}

/// The answer of a program: how a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct JobAnswer {
    job: u32,
    attempt: u32,
    exit_code: u8,
    /// Whether the program ends now, and takes no further job.
    #[serde(default)]
    last: bool,
}

/// The news from a program that runs a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::worker) enum JobNews {
    /// There is no whole answer yet.
    Nothing,
    /// The job ended, with this exit code.
    Ended(u8),
    /// No answer can come any more: the program has closed its standard output.
    Closed,
    /// It wrote what is no answer to the job, which this describes.
    Garbled(String),
}

/// The pipes to a program that is kept alive.
#[derive(Debug)]
pub(in crate::worker) struct JobLine {
    jobs: ChildStdin,
    answers: ChildStdout,
    /// The beginning of a line whose end has not come yet.
    read: Vec<u8>,
    /// The job and the attempt that the program has.
    has: (u32, u32),
    is_last: bool,
}

impl JobLine {
    /// Takes the pipes of a program that was started with them.
    pub(super) fn of(child: &mut Child) -> io::Result<Self> {
        let missing = || io::Error::other("it was started without pipes");
        let jobs = child.stdin.take().ok_or_else(missing)?;
        let answers = child.stdout.take().ok_or_else(missing)?;
        ioctl_fionbio(&answers, true)?;
        Ok(Self { jobs, answers, read: Vec::new(), has: (0, 0), is_last: false })
    }

    /// Returns the pipe of the answers, to wait for them.
    pub(super) fn answers(&self) -> io::Result<OwnedFd> {
        self.answers.as_fd().try_clone_to_owned()
    }

    /// Hands over a job. Returns false if the program takes none any more.
    ///
    /// # Errors
    ///
    /// When the files of the job's output cannot be written.
    pub(in crate::worker) fn hand_over(&mut self, order: &JobOrder<'_>) -> io::Result<bool> {
        append_to(order.stdout)?;
        append_to(order.stderr)?;
        // What a program says unasked is no answer to this job.
        if self.news() != JobNews::Nothing || !self.read.is_empty() {
            return Ok(false);
        }
        self.has = (order.job, order.attempt);
        let mut line = serde_json::to_vec(order).map_err(io::Error::other)?;
        line.push(b'\n');
        Ok(self.jobs.write_all(&line).is_ok())
    }

    /// Returns true if and only if the program has said that it takes no further job.
    pub(in crate::worker) fn is_last(&self) -> bool {
        self.is_last
    }

    /// Returns what the program has said since the last call.
    pub(in crate::worker) fn news(&mut self) -> JobNews {
        let mut piece = [0; 4096];
        loop {
            if let Some(end) = self.read.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return self.understand(&line);
            }
            if self.read.len() > MAX_ANSWER {
                return garbled(&self.read);
            }
            match self.answers.read(&mut piece) {
                Ok(0) if self.read.is_empty() => return JobNews::Closed,
                Ok(0) => return garbled(&std::mem::take(&mut self.read)),
                Ok(read) => self.read.extend_from_slice(&piece[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return JobNews::Nothing,
                Err(_) => return JobNews::Closed,
            }
        }
    }

    fn understand(&mut self, line: &[u8]) -> JobNews {
        match serde_json::from_slice::<JobAnswer>(line) {
            Ok(answer) if (answer.job, answer.attempt) == self.has => {
                self.is_last = answer.last;
                JobNews::Ended(answer.exit_code)
            }
            _ => garbled(line),
        }
    }
}

fn garbled(line: &[u8]) -> JobNews {
    let text = String::from_utf8_lossy(line);
    let text = without_credentials(text.trim());
    let quote: String = text.chars().take(MAX_QUOTE).collect();
    let more = if text.chars().nth(MAX_QUOTE).is_some() { "…" } else { "" };
    JobNews::Garbled(format!(
        "its program wrote `{quote}{more}` where LAUNCH.KEEP_ALIVE expects an answer (docs/reference/keep-alive.md)"
    ))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// Hands a job to a shell that runs this script, and returns what comes of it.
    fn ask(script: &str) -> JobNews {
        let dir = tempfile::tempdir().unwrap();
        let (stdout, stderr) = (dir.path().join("stdout.log"), dir.path().join("stderr.log"));
        let mut command = Command::new("bash");
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = JobLine::of(&mut child).unwrap();
        let order = JobOrder {
            job: 7,
            attempt: 2,
            cfg: "cfg",
            out_dir: "out",
            stdout: &stdout,
            stderr: &stderr,
            env: BTreeMap::from([("SWEEP_INDEX", "7".to_owned())]),
        };
        assert!(line.hand_over(&order).unwrap());
        let news = loop {
            match line.news() {
                JobNews::Nothing => std::thread::yield_now(),
                news => break news,
            }
        };
        drop(line);
        child.wait().unwrap();
        assert!(stdout.is_file() && stderr.is_file());
        news
    }

    #[test]
    fn a_line_that_names_the_job_and_its_exit_code_is_an_answer() {
        let split = r#"read -r job; printf '{"job": 7, "attempt": 2,'; sleep 0.05; printf ' "exit_code": 3}\n'"#;
        assert_eq!(ask(split), JobNews::Ended(3));
        let echo = r#"read -r job; case $job in *'"SWEEP_INDEX":"7"'*) echo '{"job":7,"attempt":2,"exit_code":0,"more":[]}';; esac"#;
        assert_eq!(ask(echo), JobNews::Ended(0));
    }

    #[test]
    fn anything_else_is_quoted_and_an_end_without_an_answer_is_none() {
        let told = |script: &str| match ask(script) {
            JobNews::Garbled(told) => told,
            other => panic!("{other:?}"),
        };
        assert!(told("read -r job; echo epoch 1").contains("wrote `epoch 1` where"));
        let other = r#"read -r job; echo '{"job":7,"attempt":1,"exit_code":0}'"#;
        assert!(told(other).contains(r#"`{"job":7,"attempt":1,"exit_code":0}`"#));
        assert!(told("read -r job; printf half").contains("`half`"));
        assert!(told("read -r job; head -c 100000 /dev/zero | tr '\\0' x").contains("x…`"));
        assert_eq!(ask("read -r job"), JobNews::Closed);
    }
}
