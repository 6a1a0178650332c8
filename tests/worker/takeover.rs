//! What becomes of a worker that was taken for dead, of its program and of its result.

use std::time::{Duration, Instant, SystemTime};

use crate::bin;
use crate::launching::{Ready, signal, wait_until};
use serde_json::json;
use sweep_config::claim::{HEARTBEAT, STALE};
use sweep_config::records::{AttemptEnd, AttemptEvent, AttemptStart, Outcome};
use sweep_config::{JobId, fs};

const LOOP: &str = "touch ready; while [ ! -e go ]; do sleep 0.05; done";

/// The claim of an attempt by a worker on another host.
fn foreign_claim(ready: &Ready, attempt: u32, age: Duration) {
    let claim = json!({"host": "far", "boot_id": "another", "pid_namespace": "pid:[1]", "pid": 1,
                       "start_time": 1, "token": "far.1"});
    let path =
        ready.sandbox.write(format!("root/sweep/logs/000000/claim.{attempt}"), claim.to_string());
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

fn record(ready: &Ready, event: &AttemptEvent) {
    let line = serde_json::to_string(event).unwrap();
    fs::append_line(&ready.dir().attempts(JobId(0)), &line, false).unwrap();
}

fn start(attempt: u32) -> AttemptEvent {
    AttemptEvent::Start(AttemptStart {
        attempt,
        host: "far".into(),
        pid: 1,
        ..AttemptStart::default()
    })
}

fn end(attempt: u32, outcome: Outcome) -> AttemptEvent {
    AttemptEvent::End(AttemptEnd {
        attempt,
        ended: String::new(),
        seconds: 0.0,
        outcome,
        exit_code: None,
        signal: None,
        reason: String::new(),
        cause: None,
        progress: None,
    })
}

#[test]
fn a_worker_whose_job_was_taken_over_ends_its_program_before_its_next_heartbeat() {
    let ready = Ready::new(1, LOOP, "");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("the job runs", || ready.sandbox.join("ready").exists());
    foreign_claim(&ready, 2, Duration::ZERO);
    let begin = Instant::now();
    wait_until("its program is gone", || ready.programs().is_empty());
    assert!(begin.elapsed() < HEARTBEAT, "{:?}", begin.elapsed());
    assert_eq!(worker.wait(), Some(1));
    assert_eq!(ready.outcomes(0), [None], "its end is the successor's to write");
}

#[test]
fn a_result_that_was_reached_before_the_job_was_taken_over_counts() {
    let ready = Ready::new(1, LOOP, "");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("the job runs", || ready.sandbox.join("ready").exists());
    signal(worker.id(), "STOP");
    ready.sandbox.write("go", "");
    wait_until("the program has ended", || ready.programs().len() <= 1);
    foreign_claim(&ready, 2, Duration::ZERO);
    record(&ready, &end(1, Outcome::Lost));
    record(&ready, &start(2));
    signal(worker.id(), "CONT");
    assert_eq!(worker.wait(), Some(0));
    assert_eq!(ready.outcomes(0), [Some(Outcome::Done), None]);
    record(&ready, &end(2, Outcome::Cancelled));
    let run = ready.launch(&[]).expect(0);
    assert!(run.stderr.contains("the job is done"), "{}", run.stderr);
}

#[test]
fn an_attempt_whose_predecessor_turns_out_to_be_done_stops_and_the_job_is_done() {
    let ready = Ready::new(1, LOOP, "");
    std::fs::create_dir_all(ready.dir().out_dir(JobId(0))).unwrap();
    record(&ready, &start(1));
    foreign_claim(&ready, 1, STALE * 2);
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("attempt 2 runs", || ready.sandbox.join("ready").exists());
    record(&ready, &end(1, Outcome::Done));
    assert_eq!(worker.wait(), Some(0), "{}", ready.sandbox.read("log"));
    assert_eq!(ready.outcomes(0), [Some(Outcome::Done), Some(Outcome::Cancelled)]);
    let reason = ready.attempts(0)[1].end.clone().unwrap().reason;
    assert_eq!(reason, "attempt 1 turned out to be done and counts instead");
}
