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

/// The well-known logs that are not written by the programs themselves here, but after the form that these have, each
/// with a column and its value.
const REWRITTEN: &[(&str, &str, &str, f64)] = &[
    // Ultralytics before and since 8.2.
    (
        "runs/detect/train/results.csv",
        "                  epoch,         train/box_loss,      metrics/mAP50(B)\n                      1,                 1.2345,               0.25000\n                      2,                 1.1000,               0.50000\n",
        "results.metrics/mAP50(B).max",
        0.5,
    ),
    (
        "runs/detect/train/results.csv",
        "epoch,time,train/box_loss,metrics/mAP50(B)\n1,8.5,1.2345,0.25\n2,16.5,1.1,0.125\n",
        "results.metrics/mAP50(B).max",
        0.25,
    ),
    // keras.callbacks.CSVLogger("training.log").
    (
        "training.log",
        "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.5,0.25,1.75\n1,0.75,1.25,0.5,1.5\n",
        "training.val_loss.min",
        1.5,
    ),
    // timm, train.py.
    (
        "output/train/20240101-101010-resnet/summary.csv",
        "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\n0,6.5,6.25,0.5,1.5,1e-05\n1,6.25,6.0,1.25,3.5,0.1\n",
        "summary.eval_top1.max",
        1.25,
    ),
    // detectron2: JSONWriter.
    (
        "output/metrics.json",
        "{\"iteration\": 19, \"total_loss\": 1.5, \"lr\": 0.001}\n{\"bbox/AP\": 15.25, \"iteration\": 39, \"total_loss\": 1.25}\n",
        "metrics.bbox/AP.max",
        15.25,
    ),
    // mmcv 1: the first line is the environment and the config.
    (
        "work_dirs/a/20210101_101010.log.json",
        "{\"env_info\": \"sys.platform: linux\", \"config\": \"model = dict()\", \"seed\": null}\n{\"mode\": \"train\", \"epoch\": 1, \"iter\": 50, \"lr\": 0.01, \"loss\": 2.5}\n{\"mode\": \"val\", \"epoch\": 1, \"iter\": 25, \"lr\": 0.01, \"mIoU\": 0.5}\n",
        "val.mIoU.max",
        0.5,
    ),
    // mmengine.
    (
        "work_dirs/a/20240101_101010/vis_data/scalars.json",
        "{\"lr\": 0.01, \"loss\": 2.5, \"epoch\": 1, \"iter\": 50, \"step\": 50}\n{\"accuracy/top1\": 62.5, \"step\": 1}\n",
        "scalars.accuracy/top1",
        62.5,
    ),
    // DETR, DeiT, MAE: log.txt.
    (
        "out/log.txt",
        "{\"train_loss\": 2.5, \"test_acc1\": 10.5, \"epoch\": 0, \"n_parameters\": 100}\n{\"train_loss\": 2.25, \"test_acc1\": 12.5, \"epoch\": 1, \"n_parameters\": 100}\n",
        "log.test_acc1.max",
        12.5,
    ),
    // Hugging Face: Trainer.save_metrics.
    (
        "out/all_results.json",
        "{\n    \"epoch\": 3.0,\n    \"eval_loss\": 0.375,\n    \"eval_samples\": 100\n}\n",
        "all_results.eval_loss",
        0.375,
    ),
    // LlamaFactory.
    (
        "saves/trainer_log.jsonl",
        "{\"current_steps\": 5, \"total_steps\": 10, \"loss\": 1.5, \"lr\": 5e-05, \"epoch\": 0.5, \"percentage\": 50.0, \"elapsed_time\": \"0:00:05\"}\n{\"current_steps\": 10, \"total_steps\": 10, \"loss\": 1.25, \"lr\": 0.0, \"epoch\": 1.0, \"percentage\": 100.0}\n",
        "trainer_log.loss.min",
        1.25,
    ),
    // Stable-Baselines3: the CSV logger, and its Monitor.
    (
        "logs/progress.csv",
        "rollout/ep_rew_mean,time/total_timesteps,time/iterations\n21.5,2048,1\n26.25,4096,2\n",
        "progress.rollout/ep_rew_mean.max",
        26.25,
    ),
    (
        "logs/monitor.csv",
        "#{\"t_start\": 1700000000.5, \"env_id\": \"CartPole-v1\"}\nr,l,t\n21.0,21,0.5\n35.0,35,0.75\n",
        "monitor.r.max",
        35.0,
    ),
    // Ray: a result a line.
    (
        "ray/trial/result.json",
        "{\"mean_accuracy\": 0.5, \"training_iteration\": 1, \"config\": {\"lr\": 0.1}}\n{\"mean_accuracy\": 0.75, \"training_iteration\": 2, \"config\": {\"lr\": 0.1}}\n",
        "result.mean_accuracy.max",
        0.75,
    ),
    // Spinning Up.
    (
        "data/progress.txt",
        "Epoch\tAverageEpRet\tTotalEnvInteracts\n0\t-1.5\t4000\n1\t2.5\t8000\n",
        "progress.AverageEpRet.max",
        2.5,
    ),
];

#[test]
fn well_known_logs_are_read_without_a_word_of_config() {
    let logs = Logs::empty("");
    for (job, (file, text, ..)) in (0..).zip(REWRITTEN) {
        fs::write(logs.path(format!("cfgs/{job:06}.yaml")), "LR: 0.1\n").unwrap();
        let path = logs.of_job(job, file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::write(logs.of_job(job, "stdout.log"), "begins\n").unwrap();
        fs::write(logs.of_job(job, "stderr.log"), "").unwrap();
    }
    let said = logs.collect(&[]).expect(1).stdout;
    assert!(!said.contains("without a record"), "{said}");
    let table = logs.table("sweep.parquet");
    for (job, (file, _, column, value)) in REWRITTEN.iter().enumerate() {
        assert_eq!(table.doubles(column)[job], Some(*value), "{file}: {column}");
    }
}
