//! Chosen configs are shown and may be the best, and no statistic takes them for draws.

use serde_json::Value;

use crate::bin;
use crate::common::Sandbox;

const SWEEP: &str = "ROOT_DIR: sweeps\nNAME: s\nANALYZE: {OBJECTIVE: {METRIC: metrics.acc, GOAL: maximize}}\nSETUP:\n  \
                     NUM_CONFIGS: 30\n  SAMPLERS: {lr: {log: [1e-4, 1]}}\n";

/// A sweep whose jobs have logged values, that of drawn ones by their number among these.
fn collected(points: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", format!("{SWEEP}{points}"));
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let jobs = std::fs::read_dir(sandbox.join("sweeps/s/cfgs")).unwrap().count();
    let chosen = jobs - 30;
    for job in 0..jobs {
        let value = if job < chosen {
            0.99
        } else {
            f64::from(u32::try_from((job - chosen) * 7 % 30).unwrap()) / 40.0
        };
        let log = format!("{{\"epoch\": 1, \"acc\": {value}}}\n");
        sandbox.write(format!("sweeps/s/logs/{job:06}/metrics.jsonl"), log);
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
    sandbox
}

fn digest(sandbox: &Sandbox) -> Value {
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml", "--json"]);
    let digest: Value = serde_json::from_str(&run.stdout).unwrap();
    digest["sweeps"][0].clone()
}

#[test]
fn statistics_are_those_of_the_draws_and_the_best_job_may_be_a_chosen_one() {
    let (drawn, chosen) = (collected(""), collected("  POINTS: [{lr: 0.25}, {lr: 0.5}]\n"));
    let (plain, with) = (digest(&drawn), digest(&chosen));
    for name in
        ["best", "median", "mean", "iqm", "iqm_interval", "best_ranges", "importances", "explained"]
    {
        assert_eq!(with[name], plain[name], "{name}");
    }
    assert_eq!(
        (&plain["jobs"], &with["jobs"], &with["chosen"]),
        (&30.into(), &32.into(), &2.into())
    );
    let best = &with["best_jobs"][0];
    assert_eq!(
        (&best["job"], &best["chosen"], &best["value"]),
        (&0.into(), &true.into(), &0.99.into())
    );
    let page = chosen.read("sweeps/s/analysis.html");
    assert!(page.contains("2 chosen jobs are not draws from the design space"));
    assert!(!drawn.read("sweeps/s/analysis.html").contains("chosen job"));
}

#[test]
fn tuned_configs_are_shown_and_change_no_statistic_of_the_draws() {
    let suggested = || {
        let sandbox = Sandbox::new();
        let tune = "  STRATEGY: tpe\n  TUNE: {STARTUP: 12, CONTROL: 0.2}\n";
        sandbox.write("sweep.yaml", format!("{SWEEP}{tune}"));
        sandbox.run(bin!("sweep_setup"), &["sweep.yaml"]).expect(0);
        let log = |from: u32, to: u32| {
            for job in from..to {
                let value = f64::from(job * 7 % 30) / 40.0;
                sandbox.write_done("s", job, &format!("{{\"epoch\": 1, \"acc\": {value}}}\n"));
            }
            sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
        };
        log(0, 12);
        for _ in 0..2 {
            sandbox.run(bin!("sweep_setup"), &["sweep.yaml", "--suggest", "6"]).expect(0);
        }
        log(12, 24);
        sandbox
    };
    let sandbox = suggested();
    let found = digest(&sandbox);
    let is_drawn = |job: &u32| {
        *job < 12
            || sandbox.read(format!("sweeps/s/suggestions/{job:06}.json")).contains("\"control\"")
    };
    let drawn: Vec<u32> = (0..24).filter(is_drawn).collect();
    let mean = drawn.iter().map(|job| f64::from(job * 7 % 30) / 40.0).sum::<f64>()
        / f64::from(u32::try_from(drawn.len()).unwrap());
    assert!((13..19).contains(&drawn.len()), "the control group is drawn: {drawn:?}");
    assert_eq!(found["jobs"], 24);
    assert_eq!(found["chosen"], 24 - drawn.len());
    assert!((found["mean"].as_f64().unwrap() - mean).abs() < 1e-12, "{found}");
}
