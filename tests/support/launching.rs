//! A sweep directory that is ready to be launched, and a look at what came of it.

#![allow(dead_code, reason = "each test program uses its own part of this module")]
#![allow(unreachable_pub, reason = "a test program has no outside")]
#![allow(clippy::unwrap_used, reason = "a test may fail in the plainest way")]
#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sweep_config::records::{Attempt, Outcome, read_attempts};
use sweep_config::{JobId, SweepDir};

use crate::bin;
use crate::common::{Run, Sandbox};

/// A sweep that was set up.
pub struct Ready {
    pub sandbox: Sandbox,
    pub jobs: u32,
}

impl Ready {
    /// A sweep of so many jobs, `command` being the YAML text of `LAUNCH.COMMAND`, and more keys
    /// of `LAUNCH` as they stand in a file.
    pub fn new(jobs: u32, command: &str, launch: &str) -> Self {
        let ready = Self { sandbox: Sandbox::new(), jobs };
        let command = serde_json::Value::from(command);
        let mut text = format!("ROOT_DIR: root\nNAME: sweep\nSETUP:\n  NUM_CONFIGS: {jobs}\n");
        write!(text, "LAUNCH:\n  EXECUTOR: local\n  COMMAND: {command}\n").unwrap();
        for line in launch.lines() {
            writeln!(text, "  {}", line.trim()).unwrap();
        }
        ready.sandbox.write("sweep.yaml", text);
        for job in 0..jobs {
            ready.set_job(job, &format!("OPTIM:\n  BASE_LR: {:?}\n", f64::from(job) / 16.0));
        }
        let record = format!(
            "{{\"format_version\": 1, \"tool_version\": \"0\", \"seed\": 1, \"requested\": {jobs}, \
             \"kept\": {jobs}, \"candidates\": {jobs}, \"duplicates\": 0, \"rejections\": {{}}, \
             \"overrides\": []}}"
        );
        ready.sandbox.write("root/sweep/setup.json", record);
        ready
    }

    /// Replaces the config of one job.
    pub fn set_job(&self, job: u32, config: &str) {
        self.sandbox.write(format!("root/sweep/cfgs/{job:06}.yaml"), config);
    }

    pub fn dir(&self) -> SweepDir {
        SweepDir::new(self.sandbox.join("root/sweep"))
    }

    /// `sweep_launch --yes` to its end.
    pub fn launch(&self, args: &[&str]) -> Run {
        let mut all = vec!["--sweep-cfg", "sweep.yaml", "--yes"];
        all.extend(args);
        self.sandbox.run(bin!("sweep_launch"), &all)
    }

    /// `sweep_worker` to its end.
    pub fn work(&self, args: &[&str]) -> Run {
        let mut all = vec!["--sweep-cfg", "sweep.yaml"];
        all.extend(args);
        self.sandbox.run(bin!("sweep_worker"), &all)
    }

    /// One of the binaries, started and left alone; what it prints goes to `log`.
    pub fn start(&self, program: &str, args: &[&str], log: &str) -> Started {
        let file = fs::File::options().create(true).append(true).open(self.sandbox.join(log));
        let file = file.unwrap();
        let child = self
            .sandbox
            .command(program)
            .args(["--sweep-cfg", "sweep.yaml"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn();
        Started(child.unwrap())
    }

    pub fn attempts(&self, job: u32) -> Vec<Attempt> {
        read_attempts(&self.dir().attempts(JobId(job))).unwrap()
    }

    /// How the job's attempts ended, in their order.
    pub fn outcomes(&self, job: u32) -> Vec<Option<Outcome>> {
        self.attempts(job).into_iter().map(|attempt| attempt.end.map(|end| end.outcome)).collect()
    }

    /// How many jobs have an end line `done`; panics where one has two.
    pub fn done(&self) -> u32 {
        (0..self.jobs)
            .map(|job| {
                let outcomes = self.outcomes(job);
                let done = outcomes.iter().filter(|o| **o == Some(Outcome::Done)).count();
                assert!(done <= 1, "job {job} was run again after it was done: {outcomes:?}");
                u32::try_from(done).unwrap()
            })
            .sum()
    }

    /// What the job's program has printed.
    pub fn stdout(&self, job: u32) -> String {
        self.sandbox.read(format!("root/sweep/logs/{job:06}/stdout.log"))
    }

    /// Lines of a file in the sandbox; none where there is no file.
    pub fn lines(&self, file: &str) -> Vec<String> {
        let text = fs::read_to_string(self.sandbox.join(file)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The process ids of programs of this sweep, found by their environment.
    pub fn programs(&self) -> Vec<u32> {
        let dir = format!("SWEEP_DIR={}", self.dir().path().display());
        processes(|_, environ| {
            let mut variables = environ.split('\0');
            variables.any(|variable| variable == dir)
        })
    }

    /// The process ids of this sweep's running binaries of that name.
    pub fn binaries(&self, name: &str) -> Vec<u32> {
        binaries_in(self.sandbox.path(), name)
    }
}

/// The process ids of running binaries of that name that were called in a folder.
pub fn binaries_in(folder: &Path, name: &str) -> Vec<u32> {
    processes(|pid, _| {
        let read = |what| fs::read(format!("/proc/{pid}/{what}")).unwrap_or_default();
        let line = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
        let cwd = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
        let program = line.split(' ').next().unwrap_or_default();
        program.ends_with(name) && !line.contains("--guard") && cwd == folder
    })
}

/// A process that a failing test does not leave behind.
pub struct Started(pub Child);

impl Started {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Its exit code, once it has ended; none if a signal ended it.
    pub fn wait(&mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn processes(is_wanted: impl Fn(u32, &str) -> bool) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        is_wanted(*pid, &String::from_utf8_lossy(&environ))
    })
    .collect()
}

/// Waits for what must come; a minute without it is a failure.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_mins(1), "waited a minute until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a signal by its name; a process that is gone is fine.
pub fn signal(pid: u32, name: &str) {
    let _ = Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .stderr(Stdio::null())
        .status()
        .unwrap();
}
