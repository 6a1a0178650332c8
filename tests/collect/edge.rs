//! One odd job among four: every case that was recorded from pycls ends well, costs the other jobs
//! nothing, and is named.

use std::collections::BTreeMap;
use std::fs;

use crate::logs::{Logs, as_pycls, text_of};
use serde_json::{Value, json};

/// The job that is odd; it has 10 epochs.
const ODD: u32 = 2;

/// What becomes of the odd job.
struct Case {
    name: &'static str,
    make: fn(&Logs),
    /// Its state.
    state: &'static str,
    /// Its last epoch that was tested.
    epoch: Option<i64>,
    /// What is remarked of it.
    remarks: &'static [&'static str],
}

/// Cases of the file that are about the sweep config or the report.
const OTHER_STAGES: [&str; 12] = [
    "wd_zero",
    "model_type_vit",
    "model_type_resnet",
    "model_type_regnet",
    "metric_typo",
    "metric_ema_beta",
    "metric_list_valued",
    "metric_text_valued",
    "metric_bool",
    "prefilter_removes_all",
    "extra_sweep_missing",
    "unknown_key_in_sweep_cfg",
];

/// Cases without logs of other jobs to compare with; they have tests of their own.
const OF_THE_WHOLE_SWEEP: [&str; 3] = ["no_logs_at_all", "logs_dir_missing", "one_job_only"];

const DONE: &str = "done";
const UNFINISHED: &str = "unfinished";

fn case(
    name: &'static str,
    make: fn(&Logs),
    state: &'static str,
    epoch: impl Into<Option<i64>>,
    remarks: &'static [&'static str],
) -> Case {
    Case { name, make, state, epoch: epoch.into(), remarks }
}

fn cases() -> Vec<Case> {
    let mut cases = of_missing_parts();
    cases.extend(of_odd_lines());
    cases.extend(of_odd_values());
    cases
}

fn of_missing_parts() -> Vec<Case> {
    vec![
        case("ok", |_| {}, DONE, 10, &[]),
        case("empty_stdout", |l| l.edit(ODD, |_| vec![]), UNFINISHED, None, &["no_record"]),
        case("truncated_in_json", |l| cut(l, "\"top5_err\""), UNFINISHED, 9, &["torn"]),
        case("truncated_in_prefix", |l| cut(l, "stats: "), UNFINISHED, 9, &["torn"]),
        case("truncated_between_tag_and_json", |l| cut(l, "{"), UNFINISHED, 9, &["torn"]),
        case("unfinished_epoch_12", |l| cut_line(l, "\"epoch\": \"8/10\""), UNFINISHED, 7, &[]),
        case("no_epoch_yet", |l| cut_line(l, "train_epoch"), UNFINISHED, None, &[]),
        case("killed_before_first_ema", |l| cut_line(l, "test_ema_epoch"), UNFINISHED, 1, &[]),
        case("missing_stderr", |l| remove(l, "stderr.log"), DONE, 10, &["no_stderr"]),
        case("missing_stdout", |l| remove(l, "stdout.log"), "waiting", None, &["no_stdout"]),
        case("no_job_has_ema", |l| without(l, "test_ema_epoch"), DONE, 10, &[]),
        case("no_epoch_times", |l| without(l, "epoch_times"), DONE, 10, &[]),
    ]
}

fn of_odd_lines() -> Vec<Case> {
    vec![
        case("stderr_not_utf8", |l| stderr(l, b"bad \xff byte\n"), DONE, 10, &["not_utf8"]),
        case("stdout_not_utf8", |l| bytes(l, b"pycls-download", b"\xff"), DONE, 10, &["not_utf8"]),
        case("noise_with_tag_not_json", |l| add(l, "json_stats: hello"), DONE, 10, &["not_json"]),
        case("tag_json_list", |l| add(l, "json_stats: [1, 2]"), DONE, 10, &["not_a_record"]),
        case("tag_json_number", |l| add(l, "json_stats: 5"), DONE, 10, &["not_a_record"]),
        case("tag_json_without_type", |l| add(l, "json_stats: {}"), DONE, 10, &["not_a_record"]),
        case("two_tags_in_line", two_tags, DONE, 10, &["many_tags"]),
        case("interleaved_line", broken_tag, DONE, 10, &["no_tag"]),
        case("crlf", |l| replace(l, "\n", "\r\n"), DONE, 10, &[]),
    ]
}

fn of_odd_values() -> Vec<Case> {
    vec![
        case("nan_loss", |l| set(l, "loss", "NaN"), DONE, 10, &["not_finite"]),
        case("inf_loss", |l| set(l, "loss", "-Infinity"), DONE, 10, &["not_finite"]),
        case("nan_top1_err_all", |l| set(l, "top1_err", "NaN"), DONE, 10, &["not_finite"]),
        case(
            "inconsistent_metrics",
            |l| replace(l, "\"epoch\": \"7/10\"", "\"epoch\": \"7/10\", \"new\": 1"),
            DONE,
            10,
            &["missing_metric"],
        ),
        case("duplicate_epochs", |l| again(l, "\"6/10\"", "\"9/10\""), DONE, 10, &["superseded"]),
        case("null_value", |l| set(l, "loss", "null"), DONE, 10, &[]),
        case(
            "null_value_and_duplicate_epoch",
            |l| {
                again(l, "\"6/10\"", "\"9/10\"");
                set(l, "loss", "null");
            },
            DONE,
            10,
            &["superseded"],
        ),
        case("error_above_100_or_below_1", |l| set(l, "top1_err", "250.0"), DONE, 10, &[]),
        case(
            "config_text_html",
            |l| replace(l, "\"DESC\": \"", "\"DESC\": \"</script><b>&amp; "),
            DONE,
            10,
            &[],
        ),
    ]
}

/// Cuts the log in the last `test_epoch` line, before `mark`.
fn cut(logs: &Logs, mark: &str) {
    logs.edit(ODD, |text| {
        let line = text.rfind("json_stats: {\"_type\": \"test_epoch\"").unwrap();
        let at = line + text[line..].find(mark).unwrap();
        text.as_bytes()[..at].to_vec()
    });
}

/// Cuts the log before the first line that holds `mark`.
fn cut_line(logs: &Logs, mark: &str) {
    let keep = |text: String| {
        let lines = text.lines().take_while(|line| !line.contains(mark));
        text_of(lines).into_bytes()
    };
    logs.edit(ODD, keep);
}

fn remove(logs: &Logs, file: &str) {
    fs::remove_file(logs.of_job(ODD, file)).unwrap();
}

fn stderr(logs: &Logs, text: &[u8]) {
    fs::write(logs.of_job(ODD, "stderr.log"), text).unwrap();
}

/// Takes out all records of a type.
fn without(logs: &Logs, kind: &str) {
    let mark = format!("\"_type\": \"{kind}\"");
    let keep = |text: String| {
        let lines = text.lines().filter(|line| !line.contains(&mark));
        text_of(lines).into_bytes()
    };
    logs.edit(ODD, keep);
}

fn replace(logs: &Logs, from: &str, to: &str) {
    logs.edit(ODD, |text| {
        assert!(text.contains(from), "`{from}` is in the log");
        text.replace(from, to).into_bytes()
    });
}

fn two_tags(logs: &Logs) {
    replace(logs, "json_stats: {\"_type\": \"test", "json_stats: json_stats: {\"_type\": \"test");
}

/// Another process prints into the tag of one record.
fn broken_tag(logs: &Logs) {
    let record = "stats: {\"_type\": \"test_epoch\", \"epoch\": \"4/";
    replace(logs, record, &format!("stWARNING{record}")[..]);
    replace(logs, "json_stWARNINGstats: ", "json_stWARNINGats: ");
}

/// Puts bytes in front of the first `mark`.
fn bytes(logs: &Logs, mark: &[u8], bytes: &[u8]) {
    logs.edit(ODD, |text| {
        let mut log = text.into_bytes();
        let at = log.windows(mark.len()).position(|window| window == mark).unwrap();
        log.splice(at..at, bytes.iter().copied());
        log
    });
}

fn add(logs: &Logs, line: &str) {
    logs.edit(ODD, |text| format!("{line}\n{text}").into_bytes());
}

/// Gives a metric another value in every record that has it.
fn set(logs: &Logs, metric: &str, value: &str) {
    let mark = format!(" \"{metric}\": ");
    logs.edit(ODD, |text| {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(&mark) {
            out.push_str(&rest[..at + mark.len()]);
            out.push_str(value);
            rest = &rest[at + mark.len()..];
            rest = &rest[rest.find([',', '}']).unwrap()..];
        }
        (out + rest).into_bytes()
    });
}

/// Logs the lines from the first `from` to the last `to` twice, as after a resume.
fn again(logs: &Logs, from: &str, to: &str) {
    logs.edit(ODD, |text| {
        let lines: Vec<&str> = text.lines().collect();
        let first = lines.iter().position(|line| line.contains(from)).unwrap();
        let last = lines.iter().rposition(|line| line.contains(to)).unwrap();
        let all = lines[..=last].iter().chain(&lines[first..]);
        text_of(all.copied()).into_bytes()
    });
}

/// Checks one case, and that the other jobs have the values that pycls gives them.
fn check(case: &Case) {
    let logs = Logs::four();
    (case.make)(&logs);
    let code = i32::from(case.state != DONE);
    let status = logs.status(code);
    let name = case.name;
    let remarks: Vec<&str> =
        status["remarks"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
    assert_eq!(remarks, case.remarks, "{name}");
    for remark in status["remarks"].as_array().unwrap() {
        assert_eq!(remark["jobs"], json!([ODD]), "{name}");
    }
    let text = logs.collect(&[]).expect(code).stdout;
    let is_named = text.contains("000002") || text.contains("jobs 2\n");
    assert_eq!(is_named, !remarks.is_empty() || case.state == UNFINISHED, "{name}:\n{text}");

    let table = logs.table("sweep.parquet");
    assert_eq!(table.texts("state")[ODD as usize].as_deref(), Some(case.state), "{name}");
    assert_eq!(table.ints("epoch_ind")[ODD as usize], case.epoch, "{name}");
    let expected = logs.entries("pycls_sweep.json");
    for job in [0, 1, 3] {
        assert_eq!(as_pycls(&logs.entry(job)), as_pycls(&expected[job as usize]), "{name}");
    }
}

#[test]
fn every_odd_job_ends_well_is_named_and_costs_the_others_nothing() {
    cases().iter().for_each(check);
}

#[test]
fn every_case_that_was_recorded_from_pycls_has_a_test() {
    let recorded = fs::read(crate::common::fixture("edge/edge_cases.json")).unwrap();
    let recorded: Vec<Value> = serde_json::from_slice(&recorded).unwrap();
    let ours: Vec<&str> = cases().iter().map(|case| case.name).collect();
    for name in recorded.iter().map(|case| case["case"].as_str().unwrap()) {
        let known = ours.iter().chain(&OTHER_STAGES).chain(&OF_THE_WHOLE_SWEEP);
        assert!(known.into_iter().any(|known| *known == name), "no test of `{name}`");
    }
}

#[test]
fn a_sweep_with_one_log_or_none_is_collected() {
    for (kept, started) in [(1, 1), (0, 0)] {
        let logs = Logs::four();
        for job in kept..4 {
            fs::remove_dir_all(logs.of_job(job, "")).unwrap();
        }
        let status = logs.status(1);
        assert_eq!((&status["jobs"], &status["started"]), (&json!(4), &json!(started)));
        assert_eq!(logs.table("sweep.parquet").len(), 4);
    }
}

#[test]
fn nan_is_null_in_the_json_and_nan_in_the_tables() {
    let logs = Logs::four();
    replace(&logs, "\"loss\": ", "\"loss\": NaN, \"was\": ");
    logs.collect(&[]).expect(0);
    assert_eq!(logs.entry(ODD)["train_epoch"]["loss"], json!(vec![Value::Null; 10]));
    let table = logs.table("sweep.parquet");
    assert!(table.doubles("train_epoch.loss")[ODD as usize].unwrap().is_nan());
    assert_eq!(table.doubles("train_epoch.loss.min")[ODD as usize], None);
    let curves = logs.table("curves.parquet");
    let jobs = curves.ints("job");
    let nans = curves.doubles("loss").into_iter().zip(jobs);
    let odd = nans.filter(|(loss, _)| loss.is_some_and(f64::is_nan)).map(|(_, job)| job);
    assert_eq!(odd.collect::<Vec<_>>(), vec![Some(i64::from(ODD)); 10]);
}

#[test]
fn a_repeated_epoch_has_the_values_of_the_last_attempt_alone() {
    let logs = Logs::four();
    again(&logs, "\"6/10\"", "\"9/10\"");
    let text = fs::read_to_string(logs.of_job(ODD, "stdout.log")).unwrap();
    // Two lines of the iterations of epoch 6 in each attempt: the third begins the second one.
    let (second, _) = text.match_indices("train_iter\", \"epoch\": \"6/10\"").nth(2).unwrap();
    let marked = text[..second].to_owned() + &text[second..].replace("\"mem\": ", "\"mem\": 9");
    fs::write(logs.of_job(ODD, "stdout.log"), marked).unwrap();
    logs.collect(&[]).expect(0);
    for kind in ["train_epoch", "test_epoch", "test_ema_epoch"] {
        let entry = &logs.entry(ODD)[kind];
        assert_eq!(entry["epoch_ind"], json!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), "{kind}");
        let memory: Vec<String> =
            entry["mem"].as_array().unwrap().iter().map(Value::to_string).collect();
        let pycls = &logs.entries("pycls_sweep.json")[ODD as usize][kind]["mem"];
        for (i, mem) in memory.iter().enumerate() {
            let before = if i < 5 { "" } else { "9" };
            assert_eq!(*mem, format!("{before}{}", pycls[i]), "{kind} of epoch {}", i + 1);
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_rest_is_collected() {
    for file in ["stdout.log", "stderr.log"] {
        let logs = Logs::four();
        remove(&logs, file);
        let status = logs.sandbox.command("mkfifo").arg(logs.of_job(ODD, file)).status().unwrap();
        assert!(status.success());
        let run = logs.collect(&[]).expect(1);
        assert!(run.stdout.contains(&format!("logs/000002/{file}")), "{}", run.stdout);
        assert!(run.stdout.contains("it is not a regular file"), "{}", run.stdout);
        let jobs: BTreeMap<String, usize> =
            serde_json::from_value(logs.status(1)["states"].clone()).unwrap();
        assert!(jobs[DONE] >= 3, "{jobs:?}");
    }
}
