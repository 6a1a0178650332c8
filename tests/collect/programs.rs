//! Logs that training programs really wrote, read without a word of config.

use std::fs;

use crate::common::fixture;
use crate::logs::{Logs, Table, copy};
use parquet::record::Field;

/// A job for each program, in this order.
const PROGRAMS: [&str; 8] = [
    "lightning",
    "keras",
    "keras_resumed",
    "tensorboard_torch",
    "tensorboard_tensorflow",
    "tensorboardx",
    "trainer",
    "jsonl",
];

/// A sweep whose jobs are these programs' logs.
fn programs(collect: &str) -> Logs {
    let logs = Logs::empty(&format!("COLLECT: {collect}\n"));
    for (job, program) in (0..).zip(PROGRAMS) {
        fs::write(logs.path(format!("cfgs/{job:06}.yaml")), "LR: 0.1\n").unwrap();
        copy(&fixture(&format!("programs/{program}")), &logs.path(format!("logs/{job:06}")));
        fs::write(logs.of_job(job, "stdout.log"), "started\n").unwrap();
        fs::write(logs.of_job(job, "stderr.log"), "").unwrap();
    }
    logs
}

fn job(program: &str) -> usize {
    PROGRAMS.iter().position(|known| *known == program).unwrap()
}

/// The value of a column for a program's job.
fn value(table: &Table, program: &str, column: &str) -> Option<f64> {
    table.doubles(column)[job(program)]
}

/// The values of a metric of a program's job in one phase, by epoch or step.
fn curve(curves: &Table, program: &str, phase: &str, metric: &str) -> Vec<(i64, f64)> {
    curves.curve(i64::try_from(job(program)).unwrap(), phase, metric)
}

#[test]
fn every_program_is_read_from_its_usual_files() {
    let logs = programs("{}");
    let status = logs.status(1);
    let (table, curves) = (logs.table("sweep.parquet"), logs.table("curves.parquet"));

    assert_eq!(value(&table, "lightning", "metrics.val_loss.min"), {
        let text =
            fs::read_to_string(fixture("programs/lightning/lightning_logs/version_0/metrics.csv"));
        let text = text.unwrap();
        let losses = text.lines().skip(1).filter_map(|line| line.split(',').nth(5)?.parse().ok());
        losses.reduce(f64::min)
    });
    assert_eq!(curve(&curves, "lightning", "metrics", "train_loss_epoch").len(), 4);
    assert_eq!(curve(&curves, "lightning", "metrics", "val_acc")[0], (0, 0.6875));

    assert_eq!(value(&table, "keras", "log.loss"), Some(f64::INFINITY));
    assert_eq!(value(&table, "keras", "log.val_loss"), None, "`NA` is no value");
    assert_eq!(curve(&curves, "keras", "history", "accuracy").len(), 3, "parted by semicolons");
    let resumed = curve(&curves, "keras_resumed", "history", "val_accuracy");
    assert_eq!(resumed, [(0, 0.625), (1, 0.8125), (2, 0.875), (3, 0.875), (4, 0.9375)]);

    let train = curve(&curves, "tensorboard_torch", "tensorboard", "loss/train");
    assert_eq!(train[..2], [(0, 1.0), (1, 0.5)]);
    let bad = curve(&curves, "tensorboard_torch", "tensorboard", "loss/bad");
    assert!(bad[0].1.is_nan() && bad[1].1.is_infinite());
    assert_eq!(curve(&curves, "tensorboard_torch", "tensorboard", "loss/new_style"), [(4, 0.25)]);
    let rates = curve(&curves, "tensorboard_tensorflow", "validation", "evaluation/lr");
    assert_eq!(rates[..3], [(0, 0.1), (1, 0.05), (2, 0.025)], "doubles within tensors");
    let accuracy = curve(&curves, "tensorboard_tensorflow", "train", "epoch_accuracy");
    assert_eq!(accuracy[4], (4, 0.9));
    assert!(!curve(&curves, "tensorboardx", "tensorboard", "loss/train").is_empty());

    assert_eq!(value(&table, "trainer", "trainer_state.best_metric"), Some(0.625));
    let evals = curve(&curves, "trainer", "log_history", "eval_accuracy");
    assert_eq!(evals.iter().map(|(step, _)| *step).collect::<Vec<_>>(), [8, 16, 24]);

    let losses = curve(&curves, "jsonl", "val", "val/loss");
    assert_eq!(losses.len(), 5);
    assert!(losses[3].1.is_nan() && (losses[4].1 - 0.42).abs() < 1e-12);
    let trained = curve(&curves, "jsonl", "train", "loss");
    assert_eq!(trained.len(), 5, "the row for the validation took nothing from it");

    let diverged: Vec<bool> =
        table.column("diverged").into_iter().map(|d| d == Field::Bool(true)).collect();
    let marked: Vec<&str> =
        PROGRAMS.into_iter().zip(&diverged).filter(|(_, d)| **d).map(|(p, _)| p).collect();
    assert_eq!(marked, ["keras", "tensorboard_torch"]);
    assert_eq!(status["diverged"], 2);
}

#[test]
fn fields_get_the_names_that_the_report_knows() {
    let logs = programs("{FIELDS: {metrics.val_acc: test_epoch.top1_acc}, READERS: [csv]}");
    logs.collect(&[]).expect(1);
    let table = logs.table("sweep.parquet");
    assert!(!table.columns.iter().any(|name| name.starts_with("tensorboard.")));
    assert!(!table.columns.contains(&"metrics.val_acc".to_owned()));
    assert!(value(&table, "lightning", "test_epoch.top1_acc").is_some());
}

#[test]
fn a_program_that_only_prints_is_read_by_a_pattern() {
    let pattern = r"'epoch (?P<epoch>\d+).*loss (?P<loss>\S+)'";
    let logs =
        programs(&format!("{{READERS: [{{READER: regex, TYPE: train, PATTERN: {pattern}}}]}}"));
    fs::write(logs.of_job(0, "stdout.log"), "epoch 1 | loss 0.5\nepoch 2 | loss 0.25\n").unwrap();
    logs.collect(&[]).expect(1);
    let curves = logs.table("curves.parquet");
    assert_eq!(curve(&curves, "lightning", "train", "loss"), [(1, 0.5), (2, 0.25)]);
}

#[test]
fn a_wrong_reader_is_refused_with_its_place() {
    let logs = programs(
        "{READERS: [jsonl, tsv, {READER: regex, PATTERN: 'a('}, {READER: csv, FILES: [../x]}]}",
    );
    let run = logs.collect(&[]).expect(2);
    for part in [
        "READERS[1]",
        "READERS[2]",
        "READERS[3]",
        "not a valid regular expression",
        "points outside",
    ] {
        assert!(run.stderr.contains(part), "{part} in {}", run.stderr);
    }
}
