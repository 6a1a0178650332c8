//! What a user sees of a sweep: every view, as text and as JSON.

use std::fs;
use std::process::Command;

use crate::bin;
use crate::logs::Logs;
use serde_json::Value;

/// How many of the 40 jobs of [`failing`] ran out of memory.
const TOO_LARGE: u32 = 12;

/// A sweep of 40 jobs, of which those with the largest batches failed on two nodes.
fn failing() -> Logs {
    let sampler = "TRAIN.BATCH_SIZE: {TYPE: value_sampler, VALUES: [256, 1024]}";
    let logs = Logs::empty("LAUNCH: {EXECUTOR: slurm, PARTITION: p, NUM_GPUS: 2}\n");
    let config = fs::read_to_string(logs.path("sweep_cfg.yaml")).unwrap();
    let with = format!("SETUP: {{SAMPLERS: {{{sampler}}}, ");
    fs::write(logs.path("sweep_cfg.yaml"), config.replace("SETUP: {", &with)).unwrap();
    let mut summary = Vec::new();
    for job in 0..40 {
        let is_large = job < TOO_LARGE;
        let batch = if is_large { 1024 } else { 256 };
        summary.push(format!("{job:06}.yaml: TRAIN.BATCH_SIZE {batch}\n"));
        fs::write(logs.path(format!("cfgs/{job:06}.yaml")), "OPTIM: {MAX_EPOCH: 2}\n").unwrap();
        fs::create_dir_all(logs.path(format!("logs/{job:06}"))).unwrap();
        let epoch =
            "json_stats: {\"_type\": \"test_epoch\", \"epoch\": \"1/2\", \"top1_err\": 9.5}\n";
        fs::write(logs.of_job(job, "stdout.log"), epoch).unwrap();
        let oom = format!(
            "Traceback (most recent call last):\n  File \"/home/u/train.py\", line 88, in <module>\n    \
             step()\nRuntimeError: CUDA out of memory. Tried to allocate {job}.00 MiB\n"
        );
        fs::write(logs.of_job(job, "stderr.log"), if is_large { oom } else { String::new() })
            .unwrap();
        let end = if is_large {
            r#""outcome":"failed","exit_code":1,"reason":"it exited with code 1""#
        } else {
            r#""outcome":"done","exit_code":0"#
        };
        let journal = format!(
            "{{\"event\":\"start\",\"attempt\":1,\"launch\":\"000001\",\"host\":\"n{}\",\"pid\":7,\"started\":\"2026-01-01T00:00:00Z\",\"command\":\"c\"}}\n\
             {{\"event\":\"end\",\"attempt\":1,\"ended\":\"2026-01-01T01:00:00Z\",\"seconds\":3600.0,{end}}}\n",
            job % 2
        );
        fs::write(logs.of_job(job, "attempts.jsonl"), journal).unwrap();
    }
    fs::write(logs.path("cfgs_summary.yaml"), summary.concat()).unwrap();
    logs
}

#[test]
fn failures_are_grouped_by_cause_with_what_they_have_in_common_and_how_to_rerun_them() {
    let logs = failing();
    let run = logs.collect(&["--failed"]).expect(1);
    for part in [
        "   12  failed  RuntimeError: CUDA out of memory. Tried to allocate 0.00 MiB\n",
        "train.py:88 · exit code 1 · on n0 (6), n1 (6)\n",
        "All 12 have TRAIN.BATCH_SIZE = 1024 (other jobs: none of 28), odds ratio ",
        "logs/000000/stderr.log:\n",
        "| RuntimeError: CUDA out of memory. Tried to allocate 0.00 MiB\n",
        " --only 0-11\n",
    ] {
        assert!(run.stdout.contains(part), "`{part}` in\n{}", run.stdout);
    }
    let status = logs.status(1);
    let group = &status["failures"][0];
    assert_eq!(group["jobs"].as_array().unwrap().len(), 12);
    assert_eq!(group["place"], "train.py:88");
    assert_eq!(group["hosts"]["n1"], 6);
    let text = group["in_common"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("All 12 have TRAIN.BATCH_SIZE = 1024"), "{text}");
}

#[test]
fn the_status_says_what_was_spent() {
    let text = failing().collect(&[]).expect(1).stdout;
    assert!(text.contains("  80.0 GPU-hours spent\n"), "{text}");
    assert!(text.contains("Failed jobs, by cause:\n"), "{text}");
}

#[test]
fn there_is_a_line_for_every_job() {
    let logs = failing();
    let text = logs.collect(&["--jobs", "-q"]).expect(1).stdout;
    assert_eq!(text.lines().count(), 40);
    let line = |job: u32| text.lines().nth(job as usize).unwrap();
    let path = |job: u32| logs.of_job(job, "stdout.log").display().to_string();
    assert_eq!(line(20), format!("{} [ 50%] [1/2  ]", path(20)));
    let failed = line(3);
    assert!(
        failed.starts_with(&format!("{} [ 50%] [1/2  ] failed [stderr] RuntimeError", path(3)))
    );
    let json = logs.collect(&["--jobs", "--json"]).expect(1).stdout;
    let jobs: Vec<Value> = serde_json::from_str(&json).unwrap();
    assert_eq!((jobs.len(), &jobs[3]["state"]), (40, &Value::from("failed")));
}

#[test]
fn everything_of_one_job_is_shown_and_nothing_written() {
    let logs = failing();
    let text = logs.collect(&["--job", "3"]).expect(1).stdout;
    for part in [
        "job 000003: failed, epoch 1 of 2\n",
        "  TRAIN.BATCH_SIZE 1024\n",
        "  1  2026-01-01T00:00:00Z on n1: 3600 s, exit code 1 it exited with code 1\n",
        "  OPTIM.MAX_EPOCH  2\n",
        "  test_epoch.top1_err",
        "stderr.log:\n  | Traceback",
    ] {
        assert!(text.contains(part), "`{part}` in\n{text}");
    }
    assert_eq!(logs.outputs(), [None, None, None]);
    let json = logs.collect(&["--job", "20", "--json"]).expect(0).stdout;
    let job: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(job["values"]["test_epoch.top1_err"], 9.5);
    assert!(logs.collect(&["--job", "40"]).expect(2).stderr.contains("the last one is 39"));
}

#[test]
fn the_live_view_needs_a_terminal_and_ends_when_all_is_settled() {
    let logs = failing();
    assert!(logs.collect(&["--watch"]).expect(2).stderr.contains("needs a terminal"));
    let args = logs.args().join(" ");
    let command = format!("{} {args} --watch 2", bin!("sweep_collect"));
    // `script` gives it a terminal.
    let output = Command::new("script").args(["-qec", &command, "/dev/null"]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(
        shown.contains("40 jobs, all started") && shown.contains("CUDA out of memory"),
        "{shown}"
    );
    assert_eq!(logs.outputs(), [None, None, None]);
}

#[test]
fn a_second_collect_gives_the_same_answer_and_the_same_files() {
    let logs = failing();
    let first = (logs.status(1), logs.outputs());
    let mut second = (logs.status(1), logs.outputs());
    // What was written is what differs: nothing had to be.
    second.0["written"] = first.0["written"].clone();
    assert_eq!(first, second);
}
