//! `MLflow`'s store in a file of `SQLite`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::common::{fixture, python};
use crate::logs::{Logs, curve};

/// A sweep of one job whose directory has the store that `MLflow` wrote, and where that lies.
fn stored() -> (Logs, PathBuf) {
    let logs = Logs::empty("");
    fs::write(logs.path("cfgs/000000.yaml"), "LR: 0.1\n").unwrap();
    let dir = logs.path("logs/000000");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("stdout.log"), "begins\n").unwrap();
    fs::write(dir.join("stderr.log"), "").unwrap();
    let store = fixture("programs/mlflow_sqlite/mlflow.db.tar.gz");
    let done = Command::new("tar").arg("xzf").arg(store).arg("-C").arg(&dir).status();
    assert!(done.unwrap().success());
    (logs, dir.join("mlflow.db"))
}

/// Runs statements of SQL, and leaves the file as they leave it.
fn change(store: &std::path::Path, statements: &str) {
    let program = format!(
        "import os, sqlite3, sys\nstore = sqlite3.connect(sys.argv[1])\nstore.executescript('''{statements}''')\nos._exit(0)"
    );
    python(&program, &[store]);
}

/// A second run that logs the steps from 2 on anew.
const SECOND: &str = "
    INSERT INTO runs (run_uuid, name, status, start_time, lifecycle_stage, experiment_id)
        SELECT 'feed', 'second', 'FINISHED', start_time + 9000, 'active', experiment_id FROM runs;
    INSERT INTO metrics SELECT key, value - 1, timestamp + 9000, 'feed', step, is_nan FROM metrics WHERE key = 'val_loss' AND step > 1;";

#[test]
fn a_store_is_read_as_python_reads_it_and_not_written() {
    let (logs, store) = stored();
    let before = fs::read(&store).unwrap();
    let said = logs.collect(&[]).stdout;
    assert!(said.contains("1 job has `mlflow.db`, read as mlflow"), "{said}");
    assert!(said.contains("      - mlflow\n"), "{said}");
    let program = "import json, sqlite3, sys\n\
        rows = sqlite3.connect(sys.argv[1]).execute('SELECT key, step, value FROM metrics WHERE is_nan = 0 AND value < 1e300 ORDER BY step')\n\
        found = {}\nfor key, step, value in rows: found.setdefault(key, []).append([step, value])\nprint(json.dumps(found))";
    let expected: serde_json::Value = serde_json::from_str(&python(program, &[&store])).unwrap();
    assert_eq!(expected.as_object().unwrap().len(), 3);
    for (metric, values) in expected.as_object().unwrap() {
        let values: Vec<(i64, f64)> = serde_json::from_value(values.clone()).unwrap();
        assert_eq!(curve(&logs, "mlflow", metric), values, "{metric}");
    }
    let odd = curve(&logs, "mlflow", "odd");
    assert!(odd[0].1.is_nan() && odd[1] == (1, f64::INFINITY), "{odd:?}");
    assert!(fs::read(&store).unwrap() == before);
    assert_eq!(fs::read_dir(store.parent().unwrap()).unwrap().count(), 3, "nothing beside it");
}

#[test]
fn a_run_that_was_cut_off_goes_on_in_the_next_and_others_stand_for_themselves() {
    let (logs, store) = stored();
    change(&store, &format!("UPDATE runs SET status = 'FAILED'; {SECOND}"));
    logs.collect(&[]);
    assert_eq!(curve(&logs, "mlflow", "val_loss"), [(0, 2.0), (1, 1.75), (2, 0.5), (3, 0.25)]);

    let (logs, store) = stored();
    change(&store, SECOND);
    let said = logs.collect(&[]).stdout;
    assert_eq!(curve(&logs, "mlflow.first", "val_loss")[2..], [(2, 1.5), (3, 1.25)]);
    assert_eq!(curve(&logs, "mlflow.second", "val_loss"), [(2, 0.5), (3, 0.25)]);
    assert!(said.contains("mlflow.db"), "{said}");
    // The next collect sees that one was deleted.
    change(&store, "UPDATE runs SET lifecycle_stage = 'deleted' WHERE name = 'second';");
    logs.collect(&[]);
    assert_eq!(curve(&logs, "mlflow", "val_loss")[2..], [(2, 1.5), (3, 1.25)]);
}

#[test]
fn what_a_program_wrote_and_did_not_put_into_the_store_yet_counts() {
    let (logs, store) = stored();
    let id = "(SELECT run_uuid FROM runs)";
    let wal = format!(
        "PRAGMA journal_mode = wal; INSERT INTO metrics VALUES ('val_loss', 9, 1, {id}, 7, 0);"
    );
    change(&store, &wal);
    assert!(store.with_file_name("mlflow.db-wal").exists());
    logs.collect(&[]);
    assert_eq!(curve(&logs, "mlflow", "val_loss").last(), Some(&(7, 9.0)));
    change(&store, &format!("INSERT INTO metrics VALUES ('val_loss', 8, 2, {id}, 8, 0);"));
    logs.collect(&[]);
    assert_eq!(curve(&logs, "mlflow", "val_loss").last(), Some(&(8, 8.0)));
}

#[test]
fn a_store_that_is_damaged_or_of_another_program_is_told() {
    let (logs, store) = stored();
    let bytes = fs::read(&store).unwrap();
    fs::write(&store, &bytes[..100_000]).unwrap();
    let said = logs.collect(&[]).expect(1).stdout;
    assert!(said.contains("malformed") && said.contains("mlflow.db"), "{said}");
    fs::remove_file(&store).unwrap();
    change(&store, "CREATE TABLE notes (text)");
    let said = logs.collect(&[]).stdout;
    assert!(said.contains("mlflow.db"), "{said}");
}

#[test]
fn a_store_that_a_program_keeps_locked_is_told_and_read_once_it_is_free() {
    let (logs, store) = stored();
    let program = "import sqlite3, sys\nstore = sqlite3.connect(sys.argv[1])\n\
        store.execute('BEGIN EXCLUSIVE')\nprint('locked', flush=True)\nsys.stdin.read()";
    let mut holder = Command::new("python3")
        .args(["-c", program])
        .arg(&store)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "locked\n");
    let said = logs.collect(&[]).expect(1).stdout;
    assert!(said.contains("locked") && said.contains("mlflow.db"), "{said}");
    drop(holder.stdin.take());
    holder.wait().unwrap();
    let said = logs.collect(&[]).stdout;
    assert!(!said.contains("locked"), "{said}");
    assert_eq!(curve(&logs, "mlflow", "val_loss").len(), 4);
}
