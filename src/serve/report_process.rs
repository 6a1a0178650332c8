//! Reports are made by another process of this program, so that their memory goes with it, and a report that cannot be made
//! costs itself alone.
//!
//! That process brings the tables up to date, prints the sweep directory and what hindered it in one line, makes the page and
//! prints it.

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};

use bytes::Bytes;
use rustix::process::{Signal, set_parent_process_death_signal};
use sweep_config::{Sweep, fs};

use crate::analyze::served_page;
use crate::app::{Exit, Failure, SweepArgs};
use crate::collect::update;

/// A report that was made, or why there is none, or none of today.
#[derive(Debug, Default)]
pub(super) struct MadeReport {
    pub(super) html: Option<Bytes>,
    pub(super) problem: Option<String>,
    /// The tables are up to date.
    pub(super) is_collected: bool,
}

/// A process that makes a report.
pub(super) struct ReportProcess {
    child: Child,
    output: BufReader<ChildStdout>,
    /// The reason why the report is not of today.
    problem: Option<String>,
    /// The config names another sweep by now.
    is_other: bool,
}

impl ReportProcess {
    /// Starts it, and waits until the tables are up to date.
    pub(super) fn begin(sweep: &Sweep, number: u64) -> io::Result<Self> {
        // By this name it is the program that runs, even where another version has its place by now.
        let mut command = Command::new("/proc/self/exe");
        command.arg("--served-report").arg(number.to_string()).arg("--sweep-cfg").arg(&sweep.named);
        command.args(sweep.typed.iter().flat_map(|set| ["--set", set]));
        // A Ctrl-C is for the server, which waits for the tables.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("it has no output"))?;
        let (mut output, mut line) = (BufReader::new(output), String::new());
        output.read_line(&mut line)?;
        let (dir, hindrance) = line.trim_end_matches('\n').split_once('\t').unwrap_or_default();
        let is_other = !dir.is_empty() && dir != one_line(sweep.dir().path().display());
        let problem = match hindrance {
            _ if is_other => Some(format!(
                "`{}` names another sweep now: start the server again",
                sweep.named.display()
            )),
            "" => None,
            hindrance => Some(format!("the report is of the last collect, since {hindrance}")),
        };
        Ok(Self { child, output, problem, is_other })
    }

    /// Takes the page.
    pub(super) fn end(mut self) -> io::Result<MadeReport> {
        let mut page = Vec::new();
        self.output.read_to_end(&mut page)?;
        let status = self.child.wait()?;
        let is_made = status.success() && !self.is_other;
        let why = || match String::from_utf8_lossy(&page) {
            said if said.is_empty() => {
                format!("the report could not be made: {status}, see the terminal")
            }
            said => said.into_owned(),
        };
        let is_collected = is_made && self.problem.is_none();
        let problem = self.problem.or_else(|| (!is_made).then(why));
        Ok(MadeReport { html: is_made.then(|| page.into()), problem, is_collected })
    }
}

/// Brings the tables up to date, and hands the page of a report to the server that waits for it. The exit code is 1 where that
/// is a reason instead of a page.
///
/// # Errors
///
/// When the server has gone away.
pub fn hand_report(args: &SweepArgs, number: u64) -> Result<Exit, Failure> {
    // Nobody else waits for it.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let sweep = args.load();
    if let Ok(sweep) = &sweep {
        let hindrance = if sweep.dir().is_imported() { None } else { update(sweep).err() };
        let hindrance = hindrance.map(|failure| failure.with_source()).unwrap_or_default();
        let dir = one_line(sweep.dir().path().display());
        hand(&format!("{dir}\t{}\n", one_line(hindrance)))?;
    } else {
        hand("\n")?;
    }
    match sweep.and_then(|sweep| served_page(&sweep, &number.to_string())) {
        Ok(html) => hand(&html).map(|()| Exit::Done),
        Err(failure) => hand(&failure.with_source()).map(|()| Exit::Incomplete),
    }
}

fn hand(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(written.map_err(|e| fs::FsError::new("write", std::path::Path::new("/dev/stdout"), e))?)
}

/// Returns a text without the characters that end a line or its first part.
fn one_line(text: impl Display) -> String {
    text.to_string().replace(['\n', '\t'], " ")
}
