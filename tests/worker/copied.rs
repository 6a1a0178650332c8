//! Sweep directories that are copied or moved while their jobs run.

use std::process::Command;

use crate::bin;
use crate::launching::{Ready, wait_until};
use serde_json::Value;
use sweep_config::records::{Attempt, Outcome, read_attempts};
use sweep_config::{JobId, SweepDir};

/// Waits until a file that is named after the sweep directory is there.
const LOOP: &str =
    "d=$(basename {{sweep_dir}}); touch ready-$d; while [ ! -e go-$d ]; do sleep 0.05; done";

/// What `sweep_launch` and the like take to work in `root/copy`.
const IN_COPY: [&str; 2] = ["--set", "NAME=copy"];

fn copy(ready: &Ready) {
    let (from, to) = (ready.sandbox.join("root/sweep"), ready.sandbox.join("root/copy"));
    assert!(Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
}

fn collect(ready: &Ready, args: &[&str]) -> (Value, String) {
    let all = [&["--sweep-cfg", "sweep.yaml", "--json", "--dry-run"], args].concat();
    let run = ready.sandbox.run(bin!("sweep_collect"), &all);
    let status: Value = serde_json::from_str(&run.stdout).unwrap();
    (status["states"].clone(), run.stderr)
}

fn attempts(ready: &Ready, dir: &str) -> Vec<Attempt> {
    let dir = SweepDir::new(ready.sandbox.join("root").join(dir));
    read_attempts(&dir.attempts(JobId(0))).unwrap()
}

fn outcomes(ready: &Ready, dir: &str) -> Vec<Option<Outcome>> {
    attempts(ready, dir).into_iter().map(|attempt| attempt.end.map(|end| end.outcome)).collect()
}

#[test]
fn a_copy_of_a_sweep_that_runs_has_jobs_of_its_own_and_ends_nothing_of_the_originals() {
    let ready = Ready::new(1, LOOP, "");
    let mut launch = ready.start(bin!("sweep_launch"), &["--yes"], "log");
    wait_until("the job runs", || ready.sandbox.join("ready-sweep").exists());
    copy(&ready);
    let original = ready.dir().path().display().to_string();
    let said = format!("this directory is a copy of `{original}`: the tasks and workers of the");
    let (states, stderr) = collect(&ready, &IN_COPY);
    assert_eq!(states, serde_json::json!({"lost": 1}), "nobody works in the copy");
    assert!(stderr.contains(&said), "{stderr}");

    ready.sandbox.write("go-copy", "");
    let run = ready.launch(&IN_COPY).expect(0);
    assert!(run.stderr.contains(&said), "{}", run.stderr);
    assert_eq!(outcomes(&ready, "copy"), [Some(Outcome::Lost), Some(Outcome::Done)]);
    let reason = attempts(&ready, "copy")[0].end.clone().unwrap().reason;
    assert!(reason.contains(&format!("started in `{original}`")), "{reason}");

    let (states, stderr) = collect(&ready, &[]);
    assert_eq!(states, serde_json::json!({"running": 1}), "{}", ready.sandbox.read("log"));
    assert!(!stderr.contains("copy"), "{stderr}");
    ready.sandbox.write("go-sweep", "");
    assert_eq!(launch.wait(), Some(0), "{}", ready.sandbox.read("log"));
    assert_eq!(ready.outcomes(0), [Some(Outcome::Done)]);
}

#[test]
fn a_worker_by_hand_in_a_copy_leaves_the_program_of_the_original_alone() {
    let ready = Ready::new(1, LOOP, "");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("the job runs", || ready.sandbox.join("ready-sweep").exists());
    copy(&ready);
    ready.sandbox.write("go-copy", "");
    ready.work(&IN_COPY).expect(0);
    assert_eq!(outcomes(&ready, "copy"), [Some(Outcome::Lost), Some(Outcome::Done)]);
    assert!(worker.is_running() && !ready.programs().is_empty(), "{}", ready.sandbox.read("log"));
    ready.sandbox.write("go-sweep", "");
    assert_eq!(worker.wait(), Some(0), "{}", ready.sandbox.read("log"));
    assert_eq!(ready.outcomes(0), [Some(Outcome::Done)]);
}

#[test]
fn a_directory_that_is_renamed_while_a_job_runs_keeps_its_claim_until_the_worker_has_stopped() {
    let ready = Ready::new(2, LOOP, "MAX_RETRY: 0");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("the job runs", || ready.sandbox.join("ready-sweep").exists());
    std::fs::rename(ready.dir().path(), ready.sandbox.join("root/copy")).unwrap();
    let (states, stderr) = collect(&ready, &IN_COPY);
    assert_eq!(states, serde_json::json!({"running": 1, "waiting": 1}));
    assert!(!stderr.contains("copy of"), "{stderr}");

    ready.sandbox.write("go-sweep", "");
    assert_eq!(worker.wait(), Some(4), "{}", ready.sandbox.read("log"));
    assert!(!ready.dir().path().exists(), "nothing is made where the sweep was");
    ready.sandbox.write("go-copy", "");
    ready.work(&IN_COPY).expect(0);
    assert_eq!(outcomes(&ready, "copy"), [Some(Outcome::Lost), Some(Outcome::Done)]);
}

#[test]
fn a_link_to_the_directory_is_the_directory() {
    let ready = Ready::new(1, LOOP, "");
    let mut launch = ready.start(bin!("sweep_launch"), &["--yes"], "log");
    wait_until("the job runs", || ready.sandbox.join("ready-sweep").exists());
    std::os::unix::fs::symlink(ready.dir().path(), ready.sandbox.join("root/copy")).unwrap();
    let (states, stderr) = collect(&ready, &IN_COPY);
    assert_eq!(states, serde_json::json!({"running": 1}));
    assert!(!stderr.contains("copy of"), "{stderr}");
    ready.sandbox.write("go-sweep", "");
    assert_eq!(launch.wait(), Some(0), "{}", ready.sandbox.read("log"));
}
