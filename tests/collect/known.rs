//! The logs of well-known programs, found by their usual names and told by their content.

use std::fs;

use crate::common::{fixture, python};
use crate::logs::{Logs, Table, copy};
use parquet::record::Field;

/// Programs whose fixtures they wrote themselves.
const WRITTEN: [&str; 7] =
    ["catboost", "dvclive", "sacred", "mlflow", "wandb", "lightgbm", "xgboost"];

/// A sweep with a job for each of the written fixtures.
fn written(config: &str) -> Logs {
    let logs = Logs::empty(config);
    for (job, program) in (0..).zip(WRITTEN) {
        fs::write(logs.path(format!("cfgs/{job:06}.yaml")), "LR: 0.1\n").unwrap();
        let dir = logs.path(format!("logs/{job:06}"));
        copy(&fixture(&format!("programs/{program}")), &dir);
        for file in ["stdout.log", "stderr.log"] {
            if !dir.join(file).exists() {
                fs::write(dir.join(file), "").unwrap();
            }
        }
    }
    logs
}

/// The value of a column for a job.
#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn number(table: &Table, column: &str, job: usize) -> Option<f64> {
    match table.column(column)[job] {
        Field::Long(int) => Some(int as f64),
        Field::Double(double) => Some(double),
        _ => None,
    }
}

#[test]
fn what_trackers_wrote_is_read_as_python_reads_it() {
    let logs = written("");
    let said = logs.collect(&["--json"]).expect(1).stdout;
    let expected = python(
        &fs::read_to_string(fixture("programs/scripts/read_again.py")).unwrap(),
        &[&fixture("programs")],
    );
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    let table = logs.table("sweep.parquet");
    for (job, program) in WRITTEN.iter().enumerate() {
        for (column, value) in expected[program].as_object().unwrap() {
            assert_eq!(number(&table, column, job), value.as_f64(), "{program}: {column}");
        }
    }
    let curves = logs.table("curves.parquet");
    let losses = curves.curve(4, "wandb", "val.loss");
    assert_eq!(losses.len(), 5);
    assert!(losses[3].1.is_nan() && losses[4] == (4, 1.0));
    assert_eq!(curves.curve(3, "mlflow", "val_loss"), [(0, 2.0), (1, 1.75), (2, 1.5), (3, 1.25)]);
    assert_eq!(curves.curve(2, "metrics", "val.acc"), [(1, 0.25), (3, 0.75)]);
    for said_so in [
        "`wandb`, read as wandb",
        "- wandb",
        "`mlruns`, read as mlflow",
        "- mlflow",
        "`valid_1_l2: N`",
    ] {
        assert!(said.contains(said_so), "{said_so} in {said}");
    }
}

#[test]
fn stores_are_read_where_the_config_names_their_readers() {
    let logs = written(
        "COLLECT: {READERS: [wandb, mlflow, {READER: sacred, TYPE: exp}, {READER: keyvalue, TYPE: printed}]}\n",
    );
    logs.collect(&[]).expect(1);
    let table = logs.table("sweep.parquet");
    assert_eq!(table.doubles("wandb.late")[4], Some(1.5));
    assert_eq!(table.doubles("mlflow.final")[3], Some(0.75));
    assert_eq!(table.doubles("exp.val.acc")[2], Some(0.75));
    assert_eq!(table.doubles("printed.test-rmse")[6], Some(0.428_45));
}
