//! `CONSTRAINTS.COMMAND`: a user's program that reports numbers of job configs.
//!
//! As many of it run as there are threads, each for as long as it lives: a line with a config goes
//! in, a line with numbers comes out. One that dies is started once more for the same config.

use std::io::{BufRead, BufReader, Error, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value as Json;
use sweep_config::{Constraints, Map, StrictJson, Value};

use crate::app::Failure;

/// The greatest length of an answer, in bytes.
const LONGEST_ANSWER: usize = 1 << 20;
/// The number of characters that are shown of a wrong answer.
const SHOWN: usize = 200;

/// The programs that wait for a config, and why none may be asked any more.
#[derive(Debug)]
pub(crate) struct MetricReporter<'a> {
    command: &'a str,
    timeout: Duration,
    idle: Mutex<Vec<ReporterProgram>>,
    failure: Mutex<Option<String>>,
}

/// The outcome of a question.
enum ReporterAnswer {
    /// The numbers.
    Numbers(Map),
    /// The program ended without an answer.
    Died(String),
    /// The program failed in a way that a second question would not change.
    Wrong(String),
}

impl<'a> MetricReporter<'a> {
    /// Prepares the programs of a sweep, none of which is started yet; `None` where it has no command.
    pub(crate) fn new(constraints: &'a Constraints) -> Option<Self> {
        let command = constraints.command.as_str();
        let timeout = Duration::from_secs(constraints.command_timeout.into());
        let (idle, failure) = (Mutex::default(), Mutex::default());
        (!command.is_empty()).then_some(Self { command, timeout, idle, failure })
    }

    /// Asks for the numbers of a job config; `None` once the program has failed, see
    /// [`MetricReporter::failure`].
    pub(crate) fn ask(&self, config: &Value) -> Option<Map> {
        let line = config.to_json().to_string();
        let mut is_second = false;
        loop {
            if lock(&self.failure).is_some() {
                return None;
            }
            // The second time a new one: those that wait may be about to die of the same.
            let idle = if is_second { None } else { lock(&self.idle).pop() };
            let why = match idle.map_or_else(|| ReporterProgram::start(self.command), Ok) {
                Err(why) => why,
                Ok(mut program) => match program.ask(&line, self.timeout) {
                    ReporterAnswer::Numbers(numbers) => {
                        lock(&self.idle).push(program);
                        return Some(numbers);
                    }
                    ReporterAnswer::Died(_) if !is_second => {
                        is_second = true;
                        continue;
                    }
                    ReporterAnswer::Died(why) | ReporterAnswer::Wrong(why) => why,
                },
            };
            let why = format!("{why}; the config was {}", shortened(&line));
            lock(&self.failure).get_or_insert(why);
            return None;
        }
    }

    /// Returns why the program can be asked no more, if it failed.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let why = lock(&self.failure).clone()?;
        Some(Failure::usage(
            format!("SETUP.CONSTRAINTS.COMMAND: `{}` {why}", self.command),
            "for each job config (one JSON line on stdin), the program must print one line with a JSON \
             object of numbers, such as {\"cost\": 1.5}, and flush it",
        ))
    }
}

/// Locks a mutex. The content of a poisoned one is whole: no change here can stop halfway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running program.
#[derive(Debug)]
struct ReporterProgram {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<Result<String, Error>>,
}

impl ReporterProgram {
    fn start(command: &str) -> Result<Self, String> {
        let started = Command::new("sh")
            .args(["-c", command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn();
        let mut child = started.map_err(|error| format!("could not be started: {error}"))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("has no stdin or stdout".to_owned());
        };
        Ok(Self { child, stdin, lines: read_lines(stdout) })
    }

    fn ask(&mut self, line: &str, timeout: Duration) -> ReporterAnswer {
        let asked = self.stdin.write_all(format!("{line}\n").as_bytes());
        if asked.and_then(|()| self.stdin.flush()).is_err() {
            return ReporterAnswer::Died(self.ended());
        }
        match self.lines.recv_timeout(timeout) {
            Ok(Ok(answer)) => match numbers(&answer) {
                Some(numbers) => ReporterAnswer::Numbers(numbers),
                None => {
                    ReporterAnswer::Wrong(format!("answered `{}`", shortened(answer.trim_end())))
                }
            },
            Ok(Err(error)) => ReporterAnswer::Wrong(format!("gave an unreadable answer: {error}")),
            Err(RecvTimeoutError::Timeout) => {
                ReporterAnswer::Wrong(format!("did not answer within {} s", timeout.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => ReporterAnswer::Died(self.ended()),
        }
    }

    /// Ends the program and says how it ended; a user reads it only the second time.
    fn ended(&mut self) -> String {
        self.end();
        match self.child.wait() {
            Ok(status) => format!("exited twice without answering ({status})"),
            Err(error) => format!("exited twice without answering ({error})"),
        }
    }

    /// Ends the program and what it started. One that ended by itself keeps its exit code.
    fn end(&mut self) {
        if let Ok(None) = self.child.try_wait()
            && let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
        {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for ReporterProgram {
    fn drop(&mut self) {
        self.end();
        let _ = self.child.wait();
    }
}

/// Reads the lines of a program on a thread of its own, so that waiting for one can end.
fn read_lines(stdout: ChildStdout) -> Receiver<Result<String, Error>> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        loop {
            let mut line = String::new();
            let message = match (&mut reader).take(LONGEST_ANSWER as u64).read_line(&mut line) {
                Ok(0) => return,
                Ok(LONGEST_ANSWER) => Err(Error::other("a line of more than 1 MiB")),
                Ok(_) => Ok(line),
                Err(error) => Err(error),
            };
            let is_last = message.is_err();
            if send.send(message).is_err() || is_last {
                return;
            }
        }
    });
    receive
}

/// Parses the numbers of an answer; truth values are numbers too.
fn numbers(answer: &str) -> Option<Map> {
    let Ok(StrictJson(Json::Object(entries))) = serde_json::from_str(answer) else { return None };
    let number = |(key, value): (String, Json)| {
        let value = match value {
            Json::Bool(flag) => Value::Bool(flag),
            Json::Number(number) => match number.as_i64() {
                Some(whole) => Value::Int(whole),
                None => Value::Float(number.as_f64()?),
            },
            _ => return None,
        };
        Some((key, value))
    };
    entries.into_iter().map(number).collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
