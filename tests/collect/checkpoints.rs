//! `sweep_collect` and checkpoints: only what nobody will resume from goes.

use std::fs;

use crate::logs::{Logs, OUTPUTS, text_of};
use sweep_config::claim::{ClaimOutcome, Claimant};
use sweep_config::records::{AttemptEvent, AttemptStart};
use sweep_config::{JobId, SweepDir};

/// Four jobs with three checkpoints each, of which the last is to stay; job 2 is unfinished.
fn with_checkpoints() -> Logs {
    let logs = Logs::four();
    for job in 0..4 {
        fs::create_dir(logs.of_job(job, "checkpoints")).unwrap();
        for epoch in 1..=3 {
            let name = format!("checkpoints/model_epoch_{epoch:04}.pyth");
            fs::write(logs.of_job(job, &name), "weights").unwrap();
        }
        fs::write(logs.of_job(job, "checkpoints/notes.txt"), "mine").unwrap();
        fs::write(logs.of_job(job, "model.pyth"), "best").unwrap();
    }
    let config = fs::read_to_string(logs.path("sweep_cfg.yaml")).unwrap();
    fs::write(logs.path("sweep_cfg.yaml"), config + "\nCOLLECT: {CHECKPOINTS_KEEP: last}\n")
        .unwrap();
    logs.edit(2, |text| text_of(text.lines().take(40)).into_bytes());
    logs
}

/// The checkpoints that are left of each job, and all else that must be.
fn left(logs: &Logs) -> Vec<Vec<u32>> {
    (0..4)
        .map(|job| {
            assert!(logs.of_job(job, "checkpoints/notes.txt").exists());
            assert!(logs.of_job(job, "model.pyth").exists());
            let path =
                |epoch: &u32| logs.of_job(job, &format!("checkpoints/model_epoch_{epoch:04}.pyth"));
            (1..=3).filter(|epoch| path(epoch).exists()).collect()
        })
        .collect()
}

#[test]
fn the_last_checkpoint_of_a_job_that_is_done_stays_and_an_unfinished_job_keeps_all() {
    let logs = with_checkpoints();
    let run = logs.collect(&[]).expect(1);
    assert_eq!(left(&logs), [vec![3], vec![3], vec![1, 2, 3], vec![3]]);
    assert!(run.stdout.contains("Deleted 6 checkpoints of 3 jobs done: 42 B"), "{}", run.stdout);
    assert!(!logs.collect(&[]).expect(1).stdout.contains("checkpoint"), "there is none to delete");
}

#[test]
fn nothing_is_deleted_unless_the_config_says_so() {
    let logs = with_checkpoints();
    let path = logs.path("sweep_cfg.yaml");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(&path, config.replace("CHECKPOINTS_KEEP: last", "")).unwrap();
    let run = logs.collect(&[]).expect(1);
    assert_eq!(left(&logs), vec![vec![1, 2, 3]; 4]);
    assert!(!run.stdout.contains("checkpoint"), "{}", run.stdout);
}

#[test]
fn none_and_all_mean_what_they_say() {
    let logs = with_checkpoints();
    logs.collect(&["--set=COLLECT.CHECKPOINTS_KEEP=all"]).expect(1);
    assert_eq!(left(&logs), vec![vec![1, 2, 3]; 4]);
    logs.collect(&["--set=COLLECT.CHECKPOINTS_KEEP=none"]).expect(1);
    assert_eq!(left(&logs), [vec![], vec![], vec![1, 2, 3], vec![]]);
}

#[test]
fn a_dry_run_lists_what_would_go_and_touches_nothing() {
    let logs = with_checkpoints();
    let run = logs.collect(&["--dry-run"]).expect(1);
    assert_eq!(left(&logs), vec![vec![1, 2, 3]; 4]);
    assert!(OUTPUTS.iter().all(|name| !logs.path(name).exists()));
    assert!(run.stdout.contains("Would delete 6 checkpoints of 3 jobs"), "{}", run.stdout);
    assert!(
        run.stdout.contains("  logs/000003/checkpoints/model_epoch_0002.pyth"),
        "{}",
        run.stdout
    );
    let status: serde_json::Value =
        serde_json::from_str(&logs.collect(&["--dry-run", "--json"]).expect(1).stdout).unwrap();
    assert_eq!(status["checkpoints"]["deleted"].as_array().unwrap().len(), 6);
    assert_eq!(status["checkpoints"]["bytes"], 42);
}

/// The journal's line of an attempt that has begun.
fn start() -> String {
    let start = AttemptStart {
        attempt: 1,
        submission: String::new(),
        host: "node1".to_owned(),
        pid: 1,
        started: "2026-01-01T00:00:00Z".to_owned(),
        command: "train".to_owned(),
        ..AttemptStart::default()
    };
    serde_json::to_string(&AttemptEvent::Start(start)).unwrap() + "\n"
}

#[test]
fn a_running_job_keeps_all_whatever_its_log_says_and_so_does_one_whose_worker_died() {
    let logs = with_checkpoints();
    let dir = SweepDir::new(logs.path(""));
    // Both logs are at their last epoch. This process is the worker that holds job 0.
    let mut worker = Claimant::new().unwrap();
    let ClaimOutcome::Mine(claim, _) = worker.take(&dir, JobId(0), <[_]>::is_empty).unwrap() else {
        panic!("nobody else holds the job")
    };
    for job in [0, 1] {
        fs::write(logs.of_job(job, "attempts.jsonl"), start()).unwrap();
    }
    let states = logs.status(1)["states"].clone();
    assert_eq!(states, serde_json::json!({"running": 1, "done": 1, "lost": 1, "unfinished": 1}));
    assert_eq!(left(&logs), [vec![1, 2, 3], vec![1, 2, 3], vec![1, 2, 3], vec![3]]);
    drop(claim);
}
