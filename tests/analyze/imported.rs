//! The report of runs that another tool has done.

use std::fmt::Write as _;

use serde_json::Value;

use crate::bin;
use crate::common::Sandbox;

fn analyzed(sandbox: &Sandbox, dir: &str) -> Value {
    let run = sandbox.run(bin!("sweep_analyze"), &[dir, "--json"]);
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|e| panic!("{e}: {} {}", run.stdout, run.stderr))
}

#[test]
fn what_varied_in_a_table_has_importances_and_ranges() {
    let sandbox = Sandbox::new();
    let mut text = "lr,opt,seed_of_nothing,val_acc\n".to_owned();
    for run in 0..60_u32 {
        let lr = 10f64.powf(-4.0 + f64::from(run * 7 % 60) / 20.0);
        let acc = 0.9 - 0.1 * (lr.log10() + 2.5).powi(2);
        let _ = writeln!(text, "{lr},{},3,{acc}", ["sgd", "adam"][run as usize % 2]);
    }
    sandbox.write("runs.csv", text);
    let objective = "ANALYZE.OBJECTIVE={METRIC: val_acc, GOAL: maximize}";
    let args = ["--import", "runs.csv", "--into", "old", "--set", objective];
    sandbox.run(bin!("sweep_collect"), &args).expect(0);
    let digest = analyzed(&sandbox, "old");
    let sweep = &digest["sweeps"][0];
    assert_eq!((&sweep["jobs"], &sweep["with_value"]), (&Value::from(60), &Value::from(60)));
    assert_eq!(sweep["importances"][0]["parameter"], "lr", "{sweep}");
    assert_eq!(sweep["importances"][0]["beyond_chance"], true, "{sweep}");
    let names: Vec<&Value> =
        sweep["importances"].as_array().unwrap().iter().map(|it| &it["parameter"]).collect();
    assert_eq!(names, ["lr", "opt"], "what is the same in all is no parameter");
    let range = &sweep["best_ranges"][0];
    let (low, high) = (range["low"].as_f64().unwrap(), range["high"].as_f64().unwrap());
    assert!(low < 10f64.powf(-2.5) && 10f64.powf(-2.5) < high && high < 0.02, "{range}");
    let page = sandbox.read("old/analysis.html");
    assert!(page.contains("SETUP.SAMPLERS of the next sweep"), "it says what to try next");
}

#[test]
fn a_trial_that_was_pruned_or_failed_counts_as_worse_than_all_and_one_that_runs_is_open() {
    let sandbox = Sandbox::new();
    sandbox.unpack("imports/optuna.tar.gz");
    let args = ["--import", "optuna.db", "--into", "old", "--experiment", "one"];
    sandbox.run(bin!("sweep_collect"), &args).expect(1);
    let digest = analyzed(&sandbox, "old");
    let expected: Value = serde_json::from_str(&sandbox.read("expected.json")).unwrap();
    let trials = expected["sqlite"]["one"].as_array().unwrap();
    let of = |state: &str| trials.iter().filter(|it| it["state"] == state).count();
    let best = trials.iter().filter(|it| it["state"] == "COMPLETE");
    let best = best.map(|it| it["values"][0].as_f64().unwrap()).fold(0.0, f64::max);
    let sweep = &digest["sweeps"][0];
    assert_eq!(sweep["best"].as_f64(), Some(best), "{sweep}");
    assert_eq!(sweep["with_value"], of("COMPLETE"), "{sweep}");
    assert_eq!(sweep["lost"], of("FAIL") + of("PRUNED"), "{sweep}");
    assert_eq!(sweep["unsettled"], of("RUNNING"), "{sweep}");
}
