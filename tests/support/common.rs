//! What the tests of all stages share: a directory of their own and the real binaries in it.

#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part of this module")]
#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A directory of a test's own, in which it runs the binaries as a user would.
pub struct Sandbox {
    dir: TempDir,
}

/// What a binary printed, and how it ended.
#[derive(Debug)]
pub struct Run {
    /// Its exit code; -1 if a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Sandbox {
    /// A new, empty directory.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary directory") }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The path of a file in it.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path().join(path)
    }

    /// Writes a file in it, with the directories above, and gives its path.
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("the directory");
        fs::write(&path, text).expect("the file");
        path
    }

    /// Leaves what a job leaves that is done: its `metrics.jsonl` and its journal.
    pub fn write_done(&self, sweep: &str, job: impl Into<u64>, metrics: &str) {
        let dir = format!("sweeps/{sweep}/logs/{:06}", job.into());
        self.write(format!("{dir}/metrics.jsonl"), metrics);
        let start = r#"{"event":"start","attempt":1,"launch":"000001","host":"h","pid":7,"started":"2026-01-01T00:00:00Z","command":":"}"#;
        let end = r#"{"event":"end","attempt":1,"ended":"2026-01-01T01:00:00Z","seconds":1.0,"outcome":"done","exit_code":0,"reason":""}"#;
        self.write(format!("{dir}/attempts.jsonl"), format!("{start}\n{end}\n"));
    }

    /// Reads a file in it.
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.join(path);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// A command that runs in it, with no variable of ours in its environment.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("SWEEP_") || name.starts_with("SLURM_") {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs a binary (`bin!("sweep_setup")`) to its end.
    pub fn run(&self, program: &str, args: &[&str]) -> Run {
        let mut command = self.command(program);
        command.args(args);
        Run::of(&command.output().expect("the binary starts"))
    }

    /// Unpacks a `.tar.gz` of `tests/fixtures` into it.
    pub fn unpack(&self, fixture: &str) {
        let status = self.command("tar").arg("xzf").arg(self::fixture(fixture)).status();
        assert!(status.expect("tar runs").success(), "tar xzf {fixture}");
    }
}

impl Run {
    /// What a finished process left.
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Itself, if it ended with `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// The path of a file in `tests/fixtures`.
pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}

/// The path of one of our binaries.
#[macro_export]
macro_rules! bin {
    ($name:literal) => {
        env!(concat!("CARGO_BIN_EXE_", $name))
    };
}

/// Runs a Python program with arguments and gives what it printed.
#[track_caller]
pub fn python(program: &str, args: &[&Path]) -> String {
    let output =
        Command::new("python3").arg("-c").arg(program).args(args).output().expect("python3 runs");
    let run = Run::of(&output);
    assert_eq!(run.code, 0, "python3 failed: {}", run.stderr);
    run.stdout
}
