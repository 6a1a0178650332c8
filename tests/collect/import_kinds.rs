//! Runs that `MLflow`, Weights & Biases, Optuna and Hydra really wrote, imported; what is right was read by those programs
//! themselves (`expected.json` in the archives).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::bin;
use crate::common::{Run, Sandbox, python};
use crate::logs::{Logs, Table};

/// The name of the sweep directory that the tests import into.
pub(crate) const INTO: &str = "sweeps/old";

/// Unpacks an archive of `tests/fixtures/imports`.
pub(crate) fn unpacked(archive: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.unpack(&format!("imports/{archive}.tar.gz"));
    sandbox
}

/// Imports a source of a sandbox, with more arguments.
pub(crate) fn import(sandbox: &Sandbox, source: &str, more: &[&str]) -> Run {
    let args = [&["--import", source, "--into", INTO][..], more].concat();
    sandbox.run(bin!("sweep_collect"), &args)
}

/// All files below a directory, with their bytes; links as where they lead.
pub(crate) fn tree(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if path.is_symlink() {
            found.insert(name, path.read_link().unwrap().into_os_string().into_encoded_bytes());
        } else if path.is_dir() {
            let below =
                tree(&path).into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes));
            found.extend(below);
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

fn expected(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&sandbox.read("expected.json")).unwrap()
}

/// Returns the sampled values of each job.
fn sampled(logs: &Logs) -> Vec<Value> {
    let text = fs::read_to_string(logs.path("sampled.jsonl")).unwrap();
    let line = |line: &str| serde_json::from_str::<Value>(line).unwrap()["sampled"].clone();
    text.lines().map(line).collect()
}

fn record(logs: &Logs) -> Value {
    serde_json::from_str(&fs::read_to_string(logs.path("import.json")).unwrap()).unwrap()
}

fn left_out(logs: &Logs) -> u64 {
    let left_out = record(logs)["left_out"].clone();
    left_out.as_array().map_or(0, |all| all.iter().map(|it| it["runs"].as_u64().unwrap()).sum())
}

fn is_same(ours: &[(i64, f64)], theirs: &Value) -> bool {
    let number = |value: &Value| match value.as_f64() {
        // MLflow has no infinity in its database.
        Some(number) if number >= f64::MAX => f64::INFINITY,
        number => number.unwrap_or_else(|| odd_number(value)),
    };
    let theirs: Vec<(i64, f64)> = theirs
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| (pair[0].as_i64().unwrap(), number(&pair[1])))
        .collect();
    let same = |(a, b): (&(i64, f64), &(i64, f64))| a.0 == b.0 && a.1.to_bits() == b.1.to_bits();
    ours.len() == theirs.len() && ours.iter().zip(&theirs).all(same)
}

fn odd_number(value: &Value) -> f64 {
    match value.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        _ => panic!("{value}"),
    }
}

/// The expected values with Python's tokens as texts.
fn mlflow_expected(sandbox: &Sandbox, store: &str) -> Vec<Value> {
    let text =
        sandbox.read("expected.json").replace("NaN", "\"NaN\"").replace("Infinity", "\"Infinity\"");
    let all: Value = serde_json::from_str(&text).unwrap();
    all[store].as_array().unwrap().clone()
}

#[test]
fn both_stores_of_mlflow_give_each_run_once_with_its_values() {
    for (store, source) in [("files", "mlruns"), ("sqlite", "mlflow.db")] {
        let sandbox = unpacked("mlflow");
        let before = tree(sandbox.path());
        let all = mlflow_expected(&sandbox, store);
        let run = import(&sandbox, source, &[]).expect(1);
        assert!(run.stderr.contains("left out: 1 run deleted"), "{}", run.stderr);
        assert!(
            run.stderr.contains("1 run without metrics, the parent of others"),
            "{}",
            run.stderr
        );
        let mut after = tree(sandbox.path());
        after.retain(|path, _| !path.starts_with("sweeps/"));
        assert!(before == after, "an import writes nothing into its source");
        let logs = Logs::at(sandbox, INTO);
        let is_kept = |it: &&Value| it["deleted"] == false && it["name"] != "search";
        let wanted: Vec<&Value> = all.iter().filter(is_kept).collect();
        assert_eq!(wanted.len() as u64 + left_out(&logs), all.len() as u64);
        let ids: Vec<&Value> = wanted.iter().map(|it| &it["id"]).collect();
        assert_eq!(record(&logs)["runs"], ids.into_iter().cloned().collect::<Value>());
        compare(&logs, &wanted);
    }
}

fn compare(logs: &Logs, wanted: &[&Value]) {
    let (jobs, curves, sampled) =
        (logs.table("sweep.parquet"), logs.table("curves.parquet"), sampled(logs));
    let states = jobs.texts("state");
    for (job, it) in wanted.iter().enumerate() {
        let state = match it["status"].as_str().unwrap() {
            "FINISHED" => "done",
            "FAILED" => "failed",
            "KILLED" => "cancelled",
            _ => "running",
        };
        assert_eq!(states[job].as_deref(), Some(state), "{it}");
        for (metric, history) in it["history"].as_object().unwrap() {
            let ours = curves.curve(i64::try_from(job).unwrap(), "metrics", metric);
            assert!(is_same(&ours, history), "{metric}: {ours:?}, not {history}");
        }
        let params = &it["params"];
        let lr: f64 = params["lr"].as_str().unwrap().parse().unwrap();
        assert_eq!(sampled[job]["lr"].as_f64(), Some(lr));
        assert_eq!(sampled[job]["opt"], params["opt"]);
        let momentum =
            params.get("momentum").map(|text| text.as_str().unwrap().parse::<f64>().unwrap());
        assert_eq!(sampled[job].get("momentum").and_then(Value::as_f64), momentum);
        let cfg = fs::read_to_string(logs.path(format!("cfgs/{job:06}.yaml"))).unwrap();
        assert!(cfg.contains("epochs: 3\n") && cfg.contains("data: toy\n"), "{cfg}");
        if let Some(end) = it["end"].as_f64() {
            let seconds = (end - it["start"].as_f64().unwrap()) / 1000.0;
            assert_eq!(jobs.doubles("seconds")[job], Some(seconds));
        }
    }
    let config = fs::read_to_string(logs.path("sweep_cfg.yaml")).unwrap();
    assert!(
        config.contains("NUM_CONFIGS: 8\n") && config.contains("opt: [sgd, adam]\n"),
        "{config}"
    );
    assert!(config.contains("log: [0.0001, 10.0]\n"), "{config}");
}

#[test]
fn runs_of_weights_and_biases_keep_their_nested_configs_and_how_they_ended() {
    let sandbox = unpacked("wandb");
    let expected = expected(&sandbox);
    let run = import(&sandbox, "wandb", &[]).expect(1);
    assert!(run.stderr.contains("left out: 1 run whose file holds no run"), "{}", run.stderr);
    let logs = Logs::at(sandbox, INTO);
    let (jobs, curves, sampled) =
        (logs.table("sweep.parquet"), logs.table("curves.parquet"), sampled(&logs));
    assert_eq!(jobs.len(), 3);
    for (job, it) in expected.as_array().unwrap()[..3].iter().enumerate() {
        assert_eq!(record(&logs)["runs"][job], it["id"]);
        assert_eq!(jobs.texts("state")[job].as_deref(), it["end"].as_str());
        let config = &it["config"];
        let wanted = serde_json::json!({"optimizer.name": config["optimizer"]["name"],
            "optimizer.lr": config["optimizer"]["lr"], "layers": config["layers"], "dropout": config["dropout"]});
        assert_eq!(sampled[job], wanted);
        let ours = curves.curve(i64::try_from(job).unwrap(), "metrics", "val.loss");
        assert!(is_same(&ours, &it["history"]), "{ours:?}");
        assert_eq!(jobs.doubles("results.best")[job], it["history"][2][1].as_f64());
        assert_eq!(jobs.ints("cfg.epochs")[job], Some(3));
    }
    assert!(!jobs.columns.iter().any(|column| column.contains("_wandb")), "{:?}", jobs.columns);
    assert_eq!(jobs.ints("exit_code")[2], Some(3));
}

/// Returns the values of a trial as Optuna itself reads them.
fn trial_values(logs: &Logs, trials: &Value, names: &[&str]) {
    let (jobs, curves) = (logs.table("sweep.parquet"), logs.table("curves.parquet"));
    let (states, sampled) = (jobs.texts("state"), sampled(logs));
    let trials: Vec<&Value> =
        trials.as_array().unwrap().iter().filter(|it| it["state"] != "WAITING").collect();
    assert_eq!(jobs.len(), trials.len());
    for (job, it) in trials.into_iter().enumerate() {
        let state = match it["state"].as_str().unwrap() {
            "COMPLETE" => "done",
            "PRUNED" => "pruned",
            "FAIL" => "failed",
            _ => "running",
        };
        assert_eq!(states[job].as_deref(), Some(state), "{it}");
        assert_eq!(sampled[job], it["params"], "{job}");
        for (at, name) in names.iter().enumerate() {
            let value = it["values"][at].as_f64().filter(|_| state == "done");
            assert_eq!(number(&jobs, name, job), value, "{job} {name}");
        }
        let curve = curves_of(&curves, job);
        assert_eq!(curve.len(), it["intermediate"].as_object().unwrap().len());
        for (step, value) in curve {
            assert_eq!(it["intermediate"][step.to_string()].as_f64(), Some(value));
        }
    }
}

fn number(jobs: &Table, column: &str, job: usize) -> Option<f64> {
    jobs.doubles(column)[job]
}

fn curves_of(curves: &Table, job: usize) -> Vec<(i64, f64)> {
    if !curves.columns.iter().any(|column| column == "intermediate") {
        return Vec::new();
    }
    curves.curve(i64::try_from(job).unwrap(), "metrics", "intermediate")
}

#[test]
fn both_storages_of_optuna_give_trials_with_the_declared_space_and_objective() {
    for (storage, source) in [("sqlite", "optuna.db"), ("journal", "optuna.log")] {
        let sandbox = unpacked("optuna");
        let expected = expected(&sandbox)[storage].clone();
        let refused = import(&sandbox, source, &[]).expect(2).stderr;
        assert!(refused.contains("`one`, `two`") && refused.contains("--experiment"), "{refused}");
        import(&sandbox, source, &["--experiment", "one"]).expect(1);
        let logs = Logs::at(sandbox, INTO);
        trial_values(&logs, &expected["one"], &["results.value"]);
        assert_eq!(left_out(&logs), 6);
        let config = fs::read_to_string(logs.path("sweep_cfg.yaml")).unwrap();
        for piece in [
            "lr:\n      log: [1.0e-05, 0.1]\n",
            "depth:\n      int: [1, 8]\n",
            "width:\n      log_int: [16, 1024]\n",
            "dropout:\n      uniform: [0.0, 0.5]\n      step: 0.125\n",
            "opt: [sgd, adam, null]\n",
            "momentum:\n      uniform: [0.0, 1.0]\n",
            "METRIC: results.value\n    GOAL: maximize\n",
        ] {
            assert!(config.contains(piece), "{piece}: {config}");
        }
        let run =
            logs.sandbox.run(bin!("sweep_collect"), &[INTO, "--jobs", "--json", "-q"]).expect(1);
        let ranked: Value = serde_json::from_str(&run.stdout).unwrap();
        let objective = |it: &Value| it["objective"].as_f64();
        let ours: Vec<Option<f64>> = ranked.as_array().unwrap().iter().map(objective).collect();
        let of = |it: &Value| it["values"][0].as_f64().filter(|_| it["state"] == "COMPLETE");
        let theirs: Vec<Option<f64>> = expected["one"].as_array().unwrap().iter().map(of).collect();
        assert_eq!(ours, theirs);
    }
}

#[test]
fn a_study_of_two_objectives_has_both_with_their_goals() {
    let sandbox = unpacked("optuna");
    let expected = expected(&sandbox)["sqlite"]["two"].clone();
    let run = import(&sandbox, "optuna.db", &["--experiment=two"]).expect(0);
    assert!(run.stderr.contains("left out: 1 run enqueued, not started"), "{}", run.stderr);
    let logs = Logs::at(sandbox, INTO);
    trial_values(&logs, &expected, &["results.loss", "results.size"]);
    let config = fs::read_to_string(logs.path("sweep_cfg.yaml")).unwrap();
    let goals = [
        "METRIC: results.loss\n      GOAL: minimize",
        "METRIC: results.size\n      GOAL: maximize",
    ];
    assert!(goals.iter().all(|goal| config.contains(goal)), "{config}");
}

#[test]
fn a_multirun_of_hydra_is_read_where_it_is_and_its_groups_are_sampled() {
    let sandbox = unpacked("hydra");
    let before = tree(&sandbox.join("multirun"));
    import(&sandbox, "multirun", &[]).expect(1);
    let logs = Logs::at(sandbox, INTO);
    let jobs = logs.table("sweep.parquet");
    let models = [
        ("mlp", 0.1, 3),
        ("mlp", 0.01, 3),
        ("cnn", 0.1, 3),
        ("cnn", 0.01, 3),
        ("mlp", 0.5, 4),
        ("mlp", 7.0, 4),
    ];
    for (job, (it, (model, lr, epochs))) in sampled(&logs).iter().zip(models).enumerate() {
        assert_eq!(*it, serde_json::json!({"model": model, "lr": lr, "epochs": epochs}));
        let is_over = job < 5;
        assert_eq!(
            jobs.texts("state")[job].as_deref(),
            Some(if is_over { "done" } else { "unfinished" })
        );
        assert_eq!(jobs.doubles("results.acc")[job], is_over.then_some(1.0 - lr));
        let width = if model == "mlp" { 32 } else { 8 };
        assert_eq!(jobs.ints("cfg.model.width")[job], Some(width));
        let last = lr * f64::from(i32::try_from(width).unwrap()) / f64::from(epochs);
        assert_eq!(jobs.doubles("metrics.val_loss")[job], is_over.then_some(last));
    }
    let shown = logs.sandbox.run(bin!("sweep_collect"), &[INTO, "--job", "5"]).expect(1).stdout;
    assert!(shown.contains("Hydra run 2026-11-29/11-00-00/1: unfinished, wrote no"), "{shown}");
    let reason = jobs.texts("reason")[5].clone().unwrap();
    assert!(reason.contains("`results.json`"), "{reason}");
    assert!(before == tree(&logs.sandbox.join("multirun")));
    // The job that crashed is run once more by its owner: its results count from then on.
    let job = logs.sandbox.join("multirun/2026-11-29/11-00-00/1");
    fs::write(job.join("results.json"), "{\"acc\": 0.5}").unwrap();
    fs::write(job.join("metrics.jsonl"), "{\"epoch\": 0, \"val_loss\": 1.0}\n").unwrap();
    logs.sandbox.run(bin!("sweep_collect"), &[INTO]).expect(0);
    assert_eq!(logs.table("sweep.parquet").doubles("results.acc")[5], Some(0.5));
}

#[test]
fn a_job_of_hydra_that_lacks_what_the_others_wrote_has_failed_if_another_was_started_after_it() {
    let sandbox = unpacked("hydra");
    let job = sandbox.join("multirun/2026-11-29/10-00-00/1");
    fs::remove_file(job.join("results.json")).unwrap();
    import(&sandbox, "multirun", &[]).expect(1);
    let jobs = Logs::at(sandbox, INTO).table("sweep.parquet");
    assert_eq!(jobs.texts("state")[1].as_deref(), Some("failed"), "though it has some epochs");
    let reason = "wrote no `results.json`, which most other jobs have";
    assert_eq!(jobs.texts("reason")[1].as_deref(), Some(reason));
}

#[test]
fn a_distribution_that_nobody_knows_is_told_and_nothing_imported() {
    let sandbox = unpacked("optuna");
    let change = "import sqlite3, sys\nstore = sqlite3.connect(sys.argv[1])\nstore.execute(\"UPDATE trial_params SET \
        distribution_json = replace(distribution_json, 'FloatDist', 'CauchyDist')\")\nstore.commit()";
    python(change, &[&sandbox.join("optuna.db")]);
    let said = import(&sandbox, "optuna.db", &["--experiment", "one"]).expect(4).stderr;
    assert!(said.contains("CauchyDistribution") && said.contains("another version"), "{said}");
    assert!(!sandbox.join(INTO).exists());
}

#[test]
fn a_table_of_optuna_is_told_by_the_beginnings_of_its_names() {
    let sandbox = unpacked("optuna");
    let expected = expected(&sandbox)["sqlite"]["one"].clone();
    let run = import(&sandbox, "trials.csv", &[]).expect(1);
    assert!(
        run.stderr.contains("metrics value, user_attrs_flops; not used: duration"),
        "{}",
        run.stderr
    );
    let logs = Logs::at(sandbox, INTO);
    let jobs = logs.table("sweep.parquet");
    for (job, it) in expected.as_array().unwrap().iter().enumerate() {
        let value = it["values"][0].as_f64().filter(|_| it["state"] == "COMPLETE");
        assert_eq!(number(&jobs, "results.value", job), value);
        assert_eq!(
            sampled(&logs)[job].get("lr").and_then(Value::as_f64),
            it["params"].get("lr").and_then(Value::as_f64)
        );
    }
}
