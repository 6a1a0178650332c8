//! A file system that fails for a while, as a network's or a dying disk's does: `EIO` and `ESTALE` from the kernel.
//!
//! The sweep lies in a file system of the test's own (`tests/support/failing_fs.py`), which only root may mount.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::bin;
use crate::launching::{Ready, Started, wait_until};
use sweep_config::records::Outcome;

/// Each error, in what changes something and in everything.
const FAULTS: [(&str, &str); 4] = [
    ("5 writes", "Input/output error"),
    ("5 all", "Input/output error"),
    ("116 writes", "Stale file handle"),
    ("116 all", "Stale file handle"),
];

/// A minute and a half of tries.
const PATIENT: &str = "0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,10,10,10,10,10,10,10,10,10";

/// A sweep in a file system that fails while the file `fault` says so.
struct FailingDisk {
    ready: Ready,
    _server: Started,
}

impl FailingDisk {
    /// Mounts it; none where that is forbidden.
    fn new(jobs: u32, command: &str) -> Option<Self> {
        let ready = Ready::new(jobs, command, "MAX_RETRY: 0");
        let sandbox = &ready.sandbox;
        let server = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/failing_fs.py");
        fs::rename(sandbox.join("root"), sandbox.join("behind")).unwrap();
        fs::create_dir(sandbox.join("root")).unwrap();
        let log = fs::File::create(sandbox.join("mount.log")).unwrap();
        let mut server = Started(
            sandbox
                .command("python3")
                .args([server, "root", "behind", "fault"])
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .unwrap(),
        );
        wait_until("the file system is mounted, or may not be", || {
            sandbox.read("mount.log").contains("mounted") || !server.is_running()
        });
        if !server.is_running() {
            println!("left out: only root may mount a failing file system");
            return None;
        }
        Some(Self { ready, _server: server })
    }

    fn fault(&self) -> PathBuf {
        self.ready.sandbox.join("fault")
    }

    fn fail(&self, fault: &str) {
        let draft = self.ready.sandbox.write("fault.draft", fault);
        fs::rename(draft, self.fault()).unwrap();
    }

    fn start(&self, waits: &str) -> Started {
        let log = fs::File::create(self.ready.sandbox.join("log")).unwrap();
        let mut command = self.ready.sandbox.command(bin!("sweep_worker"));
        command
            .args(["--sweep-cfg", "sweep.yaml"])
            .env("SWEEP_DISK_RETRY", waits)
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        Started(command.spawn().unwrap())
    }

    fn log(&self) -> String {
        self.ready.sandbox.read("log")
    }

    /// Waits for a worker, which must have run each job once, to its end, and left no draft behind.
    #[track_caller]
    fn expect_all_done_once(&self, worker: &mut Started) {
        assert_eq!(worker.wait(), Some(0), "{}", self.log());
        for job in 0..self.ready.jobs {
            assert_eq!(self.ready.outcomes(job), [Some(Outcome::Done)], "{}", self.log());
        }
        let mut runs = self.ready.lines("runs");
        runs.sort_unstable();
        let jobs: Vec<String> = (0..self.ready.jobs).map(|job| job.to_string()).collect();
        assert_eq!(runs, jobs, "each program ran once");
        let mut find = Command::new("find");
        let drafts = find.arg(self.ready.dir().path()).args(["-name", ".tmp*"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&drafts.stdout), "");
    }
}

impl Drop for FailingDisk {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.fault());
        let _ = Command::new("umount").arg("-l").arg(self.ready.sandbox.join("root")).status();
    }
}

#[test]
fn a_worker_waits_for_a_file_system_that_fails_before_it_takes_a_job() {
    let Some(disk) = FailingDisk::new(2, "echo {{index}} >> runs") else { return };
    for (fault, words) in FAULTS {
        disk.fail(fault);
        let _ = fs::remove_file(disk.ready.sandbox.join("runs"));
        let mut worker = disk.start(PATIENT);
        wait_until("it says that it waits", || disk.log().contains("trying again"));
        assert!(disk.log().contains(words), "{}", disk.log());
        fs::remove_file(disk.fault()).unwrap();
        disk.expect_all_done_once(&mut worker);
        for job in 0..2 {
            fs::remove_dir_all(disk.ready.dir().logs().join(format!("{job:06}"))).unwrap();
        }
    }
}

#[test]
fn the_result_of_a_program_outlives_a_file_system_that_fails_at_its_end() {
    for (fault, words) in FAULTS {
        let command = format!(
            "echo {{{{index}}}} >> runs; [ {{{{index}}}} != 0 ] || echo '{fault}' > fault; true"
        );
        let Some(disk) = FailingDisk::new(2, &command) else { return };
        let mut worker = disk.start(PATIENT);
        wait_until("it says that it waits", || disk.log().contains("trying again for"));
        assert!(disk.log().contains(words), "{}", disk.log());
        fs::remove_file(disk.fault()).unwrap();
        disk.expect_all_done_once(&mut worker);
    }
}

#[test]
fn a_file_system_that_fails_while_a_program_runs_costs_it_nothing() {
    for (fault, _) in FAULTS {
        // A worker looks every two seconds whether its claim is still its own.
        let command =
            format!("echo {{{{index}}}} >> runs; echo '{fault}' > fault; sleep 5; rm fault");
        let Some(disk) = FailingDisk::new(1, &command) else { return };
        let mut worker = disk.start(PATIENT);
        disk.expect_all_done_once(&mut worker);
    }
}

#[test]
fn a_job_whose_result_could_never_be_written_is_run_again_by_another_worker() {
    let command = "echo {{index}} >> runs; [ -e second ] || echo '5 writes' > fault; true";
    let Some(disk) = FailingDisk::new(1, command) else { return };
    assert_eq!(disk.start("0.1,0.1").wait(), Some(4), "{}", disk.log());
    fs::remove_file(disk.fault()).unwrap();
    assert_eq!(disk.ready.outcomes(0), [None]);
    fs::write(disk.ready.sandbox.join("second"), "").unwrap();
    assert_eq!(disk.start(PATIENT).wait(), Some(0), "{}", disk.log());
    assert_eq!(disk.ready.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
    assert_eq!(disk.ready.lines("runs"), ["0", "0"]);
}
