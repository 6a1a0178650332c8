//! Logs that nobody named: found, read where they are certain, and told of with the line to paste.

use std::fs;
use std::process::Command;

use crate::bin;
use crate::logs::{Logs, curve};
use parquet::record::Field;

/// A sweep of some jobs that have these files each.
fn sweep(config: &str, jobs: u32, files: &[(&str, &str)]) -> Logs {
    let logs = Logs::empty(config);
    for job in 0..jobs {
        fs::write(logs.path(format!("cfgs/{job:06}.yaml")), "LR: 0.1\n").unwrap();
        for (name, text) in [("stdout.log", "begins\n"), ("stderr.log", "")].iter().chain(files) {
            let path = logs.of_job(job, name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    logs
}

/// Returns what a collect of these files prints.
fn said(config: &str, files: &[(&str, &str)]) -> String {
    sweep(config, 3, files).collect(&[]).expect(1).stdout
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

/// The value of a column for the first job.
#[track_caller]
fn first(logs: &Logs, column: &str) -> Field {
    logs.table("sweep.parquet").column(column)[0].clone()
}

#[test]
fn a_log_that_no_reader_knows_is_named_with_the_line_to_paste() {
    let files = [("eval/scores.csv", "round,acc\n1,0.5\n2,0.75\n"), ("notes.txt", "Dear all,\n")];
    let text = said("", &files);
    has(&text, &["3 jobs have `eval/scores.csv`", "- {READER: csv, FILES: [\"eval/scores.csv\"]}"]);
    assert!(!text.contains("notes.txt"));
    has(&text, &["3 jobs without a record in any log"]);
    // What it says to paste reads it.
    let logs = sweep(
        "COLLECT:\n  READERS:\n    - {READER: csv, FILES: [\"eval/scores.csv\"]}\n",
        1,
        &files,
    );
    logs.collect(&[]).expect(1);
    assert_eq!(first(&logs, "scores.acc.max"), Field::Double(0.75));
}

#[test]
fn what_other_readers_leave_in_stdout_is_named() {
    let text = said(
        "COLLECT: {READERS: [{READER: csv, FILES: [none.csv]}]}\n",
        &[("stdout.log", "epoch 1\nval_acc: 0.5 lr=0.1\n")],
    );
    has(&text, &["3 jobs print `val_acc: N` in `stdout.log`", "- keyvalue\n"]);
    has(&text, &["COLLECT.READERS[0] (csv, FILES: none.csv) matches no file in any job"]);
}

#[test]
fn a_number_that_is_all_a_program_prints_is_named() {
    let files = [("stdout.log", "loading data\n0.5\n9.25e-1\n\n")];
    let text = said("", &files);
    has(&text, &["3 jobs end with a number on a line of its own in `stdout.log`"]);
    let line = text.lines().find(|line| line.contains("PATTERN")).unwrap();
    let logs = sweep(&format!("COLLECT:\n  READERS:\n  {line}\n"), 1, &files);
    logs.collect(&[]).expect(1);
    assert_eq!(first(&logs, "stdout.value"), Field::Double(0.925));
    assert_eq!(curve(&logs, "stdout", "value").len(), 2);
    for other in ["0.5\nbye\n", "took 12\n", "nan\n", "1.2.3\n", ""] {
        let text = said("", &[("stdout.log", other)]);
        assert!(!text.contains("PATTERN"), "{other}: {text}");
    }
}

#[test]
fn readers_and_fields_that_match_nothing_are_remarked() {
    let config = "COLLECT: {READERS: [pycls, {READER: regex, PATTERN: 'los (?P<loss>\\S+)'}], FIELDS: {train.x: val.y}}\n";
    let text = said(config, &[("stdout.log", "loss 0.5\n")]);
    has(
        &text,
        &[
            "READERS[0] (pycls) matches files but finds no record in them",
            "READERS[1] (regex) matches files but finds no record",
            "COLLECT.FIELDS renames `train.x` to `val.y`, but no job logs it",
        ],
    );
    let config = "COLLECT: {READERS: [{READER: csv, FILES: [m.csv]}], FIELDS: {m.x: val.y}}\n";
    let text = said(config, &[("m.csv", "epoch,x\n1,2\n")]);
    assert!(!text.contains("READERS[0] (csv"), "{text}");
    assert!(!text.contains("FIELDS renames"), "{text}");
}

#[test]
fn files_that_are_named_are_read_at_any_depth_and_in_any_folder() {
    let table = "epoch,loss\n1,0.5\n";
    let files = [
        ("a/b/c/d/e/f/g.csv", table),
        ("wandb/run/h.csv", table),
        ("checkpoints/i.csv", table),
        (".hidden/j.csv", table),
    ];
    let config = "COLLECT: {READERS: [{READER: csv, FILES: [a/b/c/d/e/f/g.csv, 'wandb/**/h.csv', 'checkpoints/*.csv', .hidden/j.csv]}]}\n";
    let logs = sweep(config, 1, &files);
    logs.collect(&[]).expect(1);
    for name in ["g", "h", "i", "j"] {
        assert_eq!(first(&logs, &format!("{name}.loss")), Field::Double(0.5), "{name}");
    }
    // Without a word of config: four directories below the job's own.
    let logs = sweep(
        "",
        1,
        &[("a/b/c/d/metrics.csv", table), ("x/y/z/v/w/metrics.jsonl", "{\"l\": 1}\n")],
    );
    logs.collect(&[]).expect(1);
    assert_eq!(first(&logs, "metrics.loss"), Field::Double(0.5));
    assert!(!logs.table("sweep.parquet").columns.contains(&"metrics.l".to_owned()));
}

#[test]
fn a_pycls_reader_alone_reads_the_files_that_it_names() {
    let config = "COLLECT: {READERS: [{READER: pycls, FILES: [run.log]}]}\n";
    let record =
        "json_stats: {\"_type\": \"test_epoch\", \"epoch\": \"1/2\", \"top1_err\": 12.5}\n";
    let logs = sweep(config, 1, &[("run.log", record)]);
    logs.collect(&[]).expect(1);
    assert_eq!(first(&logs, "test_epoch.top1_err"), Field::Double(12.5));
}

#[test]
fn a_trainers_state_below_checkpoints_is_read() {
    let state =
        r#"{"best_metric": 0.25, "log_history": [{"epoch": 1.0, "step": 8, "eval_loss": 0.25}]}"#;
    let logs = sweep("", 2, &[("out/checkpoints/checkpoint-8/trainer_state.json", state)]);
    let text = logs.collect(&[]).expect(1).stdout;
    assert_eq!(first(&logs, "log_history.eval_loss"), Field::Double(0.25));
    has(&text, &["read as trainer because no usual file has a record"]);
}

#[test]
fn metrics_without_an_objective_are_proposed_ready_to_paste() {
    let files = [("metrics.csv", "epoch,step,val_acc,loss\n0,1,0.5,1.5\n1,2,0.75,1.25\n")];
    let text = said("", &files);
    has(
        &text,
        &[
            "ANALYZE.OBJECTIVE is not set, so jobs cannot be ranked",
            "check the guessed GOAL",
            "  OBJECTIVE: {METRIC: metrics.val_acc, GOAL: maximize}\n  OBJECTIVE: {METRIC: metrics.loss, GOAL: minimize}",
        ],
    );
    let text = said("ANALYZE: {OBJECTIVE: {METRIC: acc, GOAL: maximize}}\n", &files);
    has(
        &text,
        &[
            "No job has a value for ANALYZE.OBJECTIVE",
            "OBJECTIVE: {METRIC: metrics.val_acc, GOAL: maximize}",
        ],
    );
    let logs = sweep("ANALYZE: {OBJECTIVE: {METRIC: val_acc, GOAL: maximize}}\n", 2, &files);
    let text = logs.collect(&["--jobs", "--json"]).expect(1).stdout;
    has(&text, &["\"objective\":0.75"]);
    assert!(!logs.collect(&[]).expect(1).stdout.contains("OBJECTIVE"), "it is there");
}

#[test]
fn lines_of_a_printed_log_are_not_called_tagged() {
    let text = said(
        "COLLECT: {READERS: [{READER: jsonl, FILES: [stdout.log]}]}\n",
        &[("stdout.log", "a\nb\n")],
    );
    has(&text, &["6 lines in 3 jobs should be JSON but are not"]);
}

#[test]
fn a_log_that_begins_later_is_found_by_the_next_collect() {
    let logs = sweep("", 1, &[("runs/results.csv", "")]);
    logs.collect(&[]).expect(1);
    fs::write(logs.of_job(0, "runs/results.csv"), "epoch,loss\n1,0.5\n").unwrap();
    logs.collect(&[]).expect(1);
    let grown = logs.outputs();
    assert_eq!(first(&logs, "results.loss"), Field::Double(0.5));
    fs::remove_dir_all(logs.path(".collect_cache")).unwrap();
    logs.collect(&[]).expect(1);
    assert!(logs.outputs() == grown, "the whole is what grew");
}

/// The outputs of a collect that knows of none before it; what the others left is put back.
fn fresh(logs: &Logs) -> [Option<Vec<u8>>; 3] {
    let kept = logs.path("kept");
    fs::create_dir(&kept).unwrap();
    let names = [".collect_cache", "sweep.json", "sweep.parquet", "curves.parquet"];
    for name in names {
        fs::rename(logs.path(name), kept.join(name)).unwrap();
    }
    logs.collect(&[]).expect(1);
    let outputs = logs.outputs();
    fs::remove_dir_all(logs.path(".collect_cache")).unwrap();
    for name in names {
        fs::rename(kept.join(name), logs.path(name)).unwrap();
    }
    fs::remove_dir(kept).unwrap();
    outputs
}

#[test]
fn after_every_step_of_a_job_the_outputs_are_those_of_a_first_collect() {
    let logs = sweep("", 2, &[]);
    let append = |file: &str, text: &str| {
        let path = logs.of_job(0, file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut all = fs::read_to_string(&path).unwrap_or_default();
        all.push_str(text);
        fs::write(path, all).unwrap();
    };
    for (file, text) in [
        ("stderr.log", "epoch 1 val_loss: 2.5\n"),
        ("stdout.log", "Epoch 1/3\nlr: 0.1\n"),
        ("stdout.log", "loss: 0.5 - val_lo"),
        ("stdout.log", "ss: 0.25\nEpoch 2/3\n"),
        ("stdout.log", "\rloss: 0.4\rloss: 0.3 - val_loss: 0.125\n"),
        ("runs/a/results.csv", ""),
        ("runs/a/results.csv", "epoch,val_loss\n"),
        ("stdout.log", "Epoch 1/3\nval_loss: 7\n"),
        ("runs/a/results.csv", "1,0.75\n"),
        ("mlruns/0/1234567890abcdef/metrics/acc", "1795970221114 0.5 0\n"),
        (
            "checkpoints/checkpoint-1/trainer_state.json",
            "{\"log_history\": [{\"step\": 1, \"loss\": 2}]}",
        ),
        ("metrics.jsonl", "{\"epoch\": 1, \"loss\": 0.5}\n"),
        (
            "stdout.log",
            "json_stats: {\"_type\": \"test_epoch\", \"epoch\": \"1/2\", \"top1_err\": 12.5}\n",
        ),
    ] {
        append(file, text);
        logs.collect(&[]).expect(1);
        assert!(logs.outputs() == fresh(&logs), "after {text:?} in {file}");
    }
}

#[test]
fn the_live_view_shows_what_a_collect_advises() {
    let logs = sweep("", 1, &[("eval/scores.csv", "round,acc\n1,0.5\n")]);
    let metrics = sweep("", 1, &[("metrics.csv", "epoch,val_acc\n1,0.5\n")]);
    for (logs, advice) in [
        (&logs, "- {READER: csv, FILES: [\"eval/scores.csv\"]}"),
        (&metrics, "OBJECTIVE: {METRIC: metrics.val_acc, GOAL: maximize}"),
    ] {
        let args = logs.args().join(" ");
        // `script` gives it a terminal; it goes on, since the jobs are not settled.
        let command = format!("timeout 2 {} {args} --watch 60", bin!("sweep_collect"));
        let output = Command::new("script").args(["-qec", &command, "/dev/null"]).output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        has(&shown, &[advice]);
    }
}

#[test]
fn a_directory_with_very_many_files_is_remarked() {
    let logs = sweep("", 1, &[]);
    for number in 0..10_001 {
        fs::write(logs.of_job(0, &format!("{number}.bin")), "").unwrap();
    }
    let text = logs.collect(&[]).expect(1).stdout;
    has(&text, &["1 job with too many files to search them all for logs"]);
}
