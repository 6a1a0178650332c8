//! The logs of well-known programs as these write them, read without a word of config but the objective, and once more by
//! Python.

use std::fs;

use serde_json::Value;

use crate::common::{fixture, python};
use crate::logs::{Logs, copy};

/// Returns a sweep of one job that left what a program wrote: its files, or what it printed.
fn of_program(program: &str, config: &str) -> Logs {
    let logs = Logs::empty(config);
    fs::write(logs.path("cfgs/000000.yaml"), "LR: 0.1\n").unwrap();
    let dir = logs.path("logs/000000");
    fs::create_dir_all(&dir).unwrap();
    let printed = dir.join("stdout.log");
    if program.starts_with("prints/") {
        fs::copy(fixture(&format!("programs/{program}.log")), printed).unwrap();
    } else {
        copy(&fixture(&format!("programs/{program}")), &dir);
        fs::write(printed, "begins\n").unwrap();
    }
    fs::write(dir.join("stderr.log"), "").unwrap();
    logs
}

/// Compares what a collect finds with what Python found.
fn check(program: &str, expected: &Value) {
    let objective = expected["objective"].as_array();
    let config = objective.map_or_else(String::new, |objective| {
        let [metric, goal] = [&objective[0], &objective[1]].map(|part| part.as_str().unwrap());
        format!("ANALYZE: {{OBJECTIVE: {{METRIC: '{metric}', GOAL: {goal}}}}}\n")
    });
    let logs = of_program(program, &config);
    let jobs = logs.collect(&["--jobs", "--json"]).stdout;
    let jobs: Value = serde_json::from_str(&jobs).unwrap();
    if let Some(objective) = objective {
        assert_eq!(jobs[0]["objective"], objective[2], "{program}: {}", objective[0]);
    }
    let curves = logs.table("curves.parquet");
    for (name, curve) in expected["curves"].as_object().unwrap() {
        let (kind, metric) = name.split_once('\n').unwrap();
        let expected: Vec<(i64, f64)> = serde_json::from_value(curve.clone()).unwrap();
        let found = curves.curve(0, kind, metric);
        let found: Vec<(i64, f64)> = found.into_iter().filter(|(_, v)| !v.is_nan()).collect();
        assert_eq!(found, expected, "{program}: {kind}.{metric}");
    }
    let kinds = curves.texts("phase");
    for (kind, rows) in expected["rows"].as_object().unwrap() {
        let found = kinds.iter().filter(|found| found.as_deref() == Some(kind)).count();
        assert_eq!(found as u64, rows.as_u64().unwrap(), "{program}: the rows of {kind}");
    }
}

#[test]
fn what_programs_write_and_print_is_read_as_python_reads_it() {
    let reader = fs::read_to_string(fixture("programs/scripts/read_curves.py")).unwrap();
    let expected = python(&reader, &[&fixture("programs")]);
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let programs = expected.as_object().unwrap();
    assert!(programs.len() > 30);
    for (program, expected) in programs {
        check(program, expected);
    }
}

#[test]
fn no_setting_that_a_program_prints_is_a_metric() {
    for (program, settings) in [
        ("prints/ultralytics", ["box", "epochs", "iou"]),
        ("prints/mmengine", ["seed", "num_workers", "GCC"]),
    ] {
        let logs = of_program(program, "");
        assert!(logs.collect(&[]).code < 2);
        let columns = logs.table("sweep.parquet").columns;
        for setting in settings {
            let is_it = |name: &&String| name.rsplit('.').next() == Some(setting);
            assert_eq!(columns.iter().find(is_it), None, "{program}");
        }
    }
}
