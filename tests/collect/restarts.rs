//! Rows of one place: what is superseded by a restart, and what belongs to another phase, fold or file.

use crate::logs::{Logs, curve, number, one_job};

/// The remarks of a collect: kind and how often.
fn remarks(logs: &Logs) -> Vec<(String, u64)> {
    let status = logs.status(1);
    let remarks = status["remarks"].as_array().unwrap().iter();
    let remark = |remark: &serde_json::Value| {
        (remark["kind"].as_str().unwrap().to_owned(), remark["times"].as_u64().unwrap())
    };
    remarks.map(remark).filter(|(kind, _)| kind != "no_record").collect()
}

const MMENGINE: &str = concat!(
    r#"{"mode": "train", "epoch": 1, "iter": 200, "loss": 2.0}"#,
    "\n",
    r#"{"mode": "val", "epoch": 1, "iter": 125, "mIoU": 0.48}"#,
    "\n",
    r#"{"mode": "train", "epoch": 1, "iter": 400, "loss": 1.0}"#,
    "\n",
    r#"{"mode": "val", "epoch": 1, "iter": 125, "mIoU": 0.41}"#,
    "\n",
);

#[test]
fn validation_rows_that_all_name_the_batches_of_their_set_are_no_restart() {
    let without = MMENGINE.replace(r#""mode": "train", "#, "").replace(r#""mode": "val", "#, "");
    // In one series with those of the training they are where the row before them is.
    for (text, repeated) in [(MMENGINE, &[("repeated".to_owned(), 1)][..]), (without.as_str(), &[])]
    {
        let logs = one_job("", &[("metrics.jsonl", text)]);
        assert_eq!(remarks(&logs), repeated, "{text}");
        let table = logs.table("sweep.parquet");
        let (train, val) = if text == MMENGINE { ("train", "val") } else { ("metrics", "metrics") };
        assert_eq!(number(&table, &format!("{val}.mIoU.max")), Some(0.48));
        assert_eq!(number(&table, &format!("{train}.loss.mean")), Some(1.5));
        assert_eq!(number(&table, &format!("{val}.mIoU.min")), Some(0.41));
    }
}

#[test]
fn a_column_that_names_the_phase_names_the_type() {
    let csv = "epoch,phase,loss\n0,train,0.9\n0,val,0.8\n1,train,0.5\n1,val,0.6\n";
    let row = |row: &str| {
        let [epoch, phase, loss] = row.split(',').collect::<Vec<_>>()[..] else { panic!() };
        format!("{{\"epoch\": {epoch}, \"Split\": \"{phase}\", \"loss\": {loss}}}\n")
    };
    let jsonl = csv.lines().skip(1).map(row).collect::<Vec<_>>().concat();
    let pattern = r"COLLECT: {READERS: [{READER: regex, PATTERN: '(?P<mode>train|val) (?P<epoch>\d+) (?P<loss>\S+)'}]}";
    let printed = "train 0 0.9\nval 0 0.8\ntrain 1 0.5\nval 1 0.6\n";
    for (config, file, text) in
        [("", "metrics.csv", csv), ("", "metrics.jsonl", &jsonl), (pattern, "stdout.log", printed)]
    {
        let logs = one_job(config, &[(file, text)]);
        assert_eq!(remarks(&logs), []);
        assert_eq!(curve(&logs, "train", "loss"), [(0, 0.9), (1, 0.5)], "{file}");
        assert_eq!(curve(&logs, "val", "loss"), [(0, 0.8), (1, 0.6)], "{file}");
        let table = logs.table("sweep.parquet");
        assert_eq!(number(&table, "train.loss.mean"), Some(0.7));
        assert_eq!(number(&table, "val.loss.min"), Some(0.6));
    }
    let named = one_job(
        "COLLECT: {READERS: [{READER: csv, TYPE: run}], FIELDS: {run.val.loss: test_epoch.top1_err}}",
        &[("metrics.csv", csv)],
    );
    assert_eq!(remarks(&named), []);
    assert_eq!(curve(&named, "run.train", "loss"), [(0, 0.9), (1, 0.5)]);
    assert_eq!(curve(&named, "test_epoch", "top1_err"), [(0, 0.8), (1, 0.6)]);
}

#[test]
fn a_tagged_record_of_another_phase_or_fold_supersedes_nothing() {
    let line = |more: &str, loss| {
        format!(
            "json_stats: {{\"_type\": \"fit\", \"epoch\": \"1/1\", {more}, \"loss\": {loss}}}\n"
        )
    };
    let phases = [line("\"split\": \"train\"", 0.9), line("\"split\": \"val\"", 0.8)].concat();
    let logs = one_job("", &[("stdout.log", &phases)]);
    logs.collect(&[]).expect(0);
    assert_eq!(curve(&logs, "fit.train", "loss"), [(1, 0.9)]);
    assert_eq!(curve(&logs, "fit.val", "loss"), [(1, 0.8)]);
    let fold = |fold: i32| {
        let first = line(&format!("\"fold\": {fold}"), 0.5 + f64::from(fold));
        [first.replace("1/1", "1/2"), first.replace("1/1", "2/2")].concat()
    };
    let logs = one_job("", &[("stdout.log", &[fold(0), fold(1)].concat())]);
    logs.collect(&[]).expect(0);
    assert_eq!(curve(&logs, "fit.fold=0", "loss"), [(1, 0.5), (2, 0.5)]);
    assert_eq!(curve(&logs, "fit.fold=1", "loss"), [(1, 1.5), (2, 1.5)]);
}

#[test]
fn folds_have_a_series_each_and_a_single_seed_does_not() {
    let rows: String = (0..3)
        .flat_map(|fold| (0..4).map(move |epoch| format!("{fold},{epoch},42,{fold}.{epoch}\n")))
        .collect();
    let logs = one_job("", &[("metrics.csv", &format!("fold,epoch,seed,loss\n{rows}"))]);
    assert_eq!(remarks(&logs), []);
    for fold in 0..3 {
        let series = curve(&logs, &format!("metrics.fold={fold}"), "loss");
        let expected = (0..4).map(|epoch| (epoch, format!("{fold}.{epoch}").parse().unwrap()));
        assert_eq!(series, expected.collect::<Vec<_>>());
    }
    assert_eq!(number(&logs.table("sweep.parquet"), "metrics.fold=1.seed"), Some(42.0));
    let results = one_job("", &[("metrics.csv", "fold,acc\n0,0.5\n1,0.75\n2,1.0\n")]);
    results.collect(&[]).expect(1);
    let table = results.table("sweep.parquet");
    assert_eq!(number(&table, "metrics.acc.mean"), Some(0.75), "one result a fold is one series");
}

/// A log of these epochs, each with its line as the loss.
fn log(epochs: &[i64]) -> String {
    let row = |(line, epoch)| format!("{{\"epoch\": {epoch}, \"loss\": {line}}}\n");
    (0..).zip(epochs).map(|(line, epoch): (i64, &i64)| row((line, epoch))).collect()
}

#[test]
fn a_restart_shows_by_rows_that_go_on_by_the_journal_or_by_a_header() {
    let going_on = one_job("", &[("metrics.jsonl", &log(&[1, 2, 3, 4, 2, 3, 4, 5]))]);
    assert_eq!(remarks(&going_on), [("superseded".to_owned(), 3)]);
    let expected = [(1, 0.0), (2, 4.0), (3, 5.0), (4, 6.0), (5, 7.0)];
    assert_eq!(curve(&going_on, "metrics", "loss"), expected);

    let once_more = one_job("", &[("metrics.jsonl", &log(&[1, 2, 3, 4, 2]))]);
    assert_eq!(remarks(&once_more), [("repeated".to_owned(), 1)], "one row may be anything");
    assert_eq!(number(&once_more.table("sweep.parquet"), "metrics.loss.mean"), Some(2.0));

    let attempt = |attempt: u32| {
        format!(
            r#"{{"event":"start","attempt":{attempt},"launch":"","host":"h","pid":1,"started":"2026-01-0{attempt}T00:00:00Z","command":"c"}}
{{"event":"end","attempt":{attempt},"ended":"2026-01-0{attempt}T01:00:00Z","seconds":1.0,"outcome":"failed","exit_code":1,"reason":"no"}}
"#
        )
    };
    let journal = [attempt(1), attempt(2)].concat();
    let journaled =
        one_job("", &[("metrics.jsonl", &log(&[1, 2, 3, 4, 2])), ("attempts.jsonl", &journal)]);
    assert_eq!(remarks(&journaled), [("superseded".to_owned(), 3)]);
    assert_eq!(curve(&journaled, "metrics", "loss"), [(1, 0.0), (2, 4.0)]);

    let csv = "epoch,loss\n1,0\n2,1\n3,2\nepoch,loss\n3,3\n";
    let headed = one_job("", &[("metrics.csv", csv)]);
    assert_eq!(remarks(&headed), [("superseded".to_owned(), 1)]);
    assert_eq!(curve(&headed, "metrics", "loss"), [(1, 0.0), (2, 1.0), (3, 3.0)]);
}

#[test]
fn several_rows_of_an_epoch_all_count() {
    let logs = one_job("", &[("metrics.jsonl", &log(&[1, 1, 1, 2, 2]))]);
    assert_eq!(remarks(&logs), [("repeated".to_owned(), 3)]);
    let table = logs.table("sweep.parquet");
    assert_eq!(number(&table, "metrics.loss.min"), Some(0.0));
    assert_eq!(number(&table, "metrics.loss"), Some(4.0));
    assert_eq!(curve(&logs, "metrics", "loss"), [(1, 2.0), (2, 4.0)], "of an epoch the last");
}

#[test]
fn two_files_of_one_type_overwrite_each_other_only_if_one_goes_on_from_the_other() {
    let catboost = |values: [f64; 2]| format!("iter\tRMSE\n0\t{}\n1\t{}\n", values[0], values[1]);
    let logs = one_job(
        "COLLECT: {READERS: [{READER: csv, FILES: ['*_error.tsv'], TYPE: cat}]}",
        &[("learn_error.tsv", &catboost([1.0, 0.5])), ("test_error.tsv", &catboost([1.5, 1.25]))],
    );
    assert_eq!(remarks(&logs), [("apart".to_owned(), 2)]);
    assert_eq!(curve(&logs, "cat.learn_error", "RMSE"), [(0, 1.0), (1, 0.5)]);
    assert_eq!(curve(&logs, "cat.test_error", "RMSE"), [(0, 1.5), (1, 1.25)]);

    let csv = |values: &[f64]| {
        let rows =
            (0..).zip(values).map(|(epoch, value): (i32, &f64)| format!("{epoch},{value}\n"));
        format!("epoch,loss\n{}", rows.collect::<String>())
    };
    let phases = one_job(
        "",
        &[("out/train/metrics.csv", &csv(&[1.0, 0.5])), ("out/val/metrics.csv", &csv(&[2.0, 1.5]))],
    );
    phases.collect(&[]).expect(1);
    assert_eq!(curve(&phases, "metrics.val", "loss"), [(0, 2.0), (1, 1.5)]);

    let versions = one_job(
        "",
        &[
            ("lightning_logs/version_0/metrics.csv", &csv(&[1.0, 0.5, 0.25])),
            ("lightning_logs/version_1/metrics.csv", &csv(&[3.0, 2.0])),
        ],
    );
    assert_eq!(remarks(&versions), [("superseded".to_owned(), 3)]);
    assert_eq!(curve(&versions, "metrics", "loss"), [(0, 3.0), (1, 2.0)]);
}
