//! The whole pipeline in a shell, as a user types it, over a training program in Python.

#![cfg(feature = "analysis")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what a failure shows"
)]

#[path = "../support/common.rs"]
mod common;

use std::fs;
use std::path::Path;

use common::{Run, Sandbox, fixture};
use serde_json::Value;

const SWEEP: &str = "
ROOT_DIR: sweeps
NAME: line/rates
SETUP:
  NUM_CONFIGS: 24
  SAMPLERS:
    OPTIM.BASE_LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.0001, 10.0], QUANTIZE: 1.0e-6}
  BASE_CFG: {OPTIM: {MAX_EPOCH: 8}}
LAUNCH:
  EXECUTOR: local
  COMMAND: python3 train.py {{cfg}}
  MAX_RETRY: 0
ANALYZE: {METRICS: [lr], COMPLEXITY: [], PLOT_CURVES_BEST: 2, PLOT_CURVES_WORST: 1}
";

/// Types a line in a shell that finds our binaries.
fn shell(sandbox: &Sandbox, line: &str) -> Run {
    let binaries = Path::new(bin!("sweep_setup")).parent().unwrap().display().to_string();
    let path = format!("{binaries}:{}", std::env::var("PATH").unwrap());
    Run::of(&sandbox.command("sh").env("PATH", path).args(["-c", line]).output().unwrap())
}

fn ready() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", SWEEP);
    fs::copy(fixture("pipeline/train.py"), sandbox.join("train.py")).unwrap();
    sandbox
}

/// What training at a rate must come to: each pass multiplies the distance to 3 by one factor for
/// each point.
fn expected_error(rate: f64) -> Option<f64> {
    let factor: f64 = [0.5, 1.0, 1.5, 2.0].iter().map(|x| 1.0 - 2.0 * rate * x * x).product();
    let passes = |n: i32| 3.0 - 3.0 * factor.powi(n);
    (1..=8).all(|n| passes(n).abs() <= 1e6).then(|| (100.0 * factor.powi(8).abs()).min(100.0))
}

fn rate(sandbox: &Sandbox, job: usize) -> f64 {
    let text = sandbox.read(format!("sweeps/line/rates/cfgs/{job:06}.yaml"));
    let line = text.lines().find_map(|line| line.trim().strip_prefix("BASE_LR: ")).unwrap();
    line.parse().unwrap()
}

#[test]
fn four_commands_lead_from_a_design_space_to_a_true_report() {
    let sandbox = ready();
    shell(&sandbox, "sweep_setup --sweep-cfg sweep.yaml").expect(0);
    let errors: Vec<Option<f64>> = (0..24).map(|job| expected_error(rate(&sandbox, job))).collect();
    let diverged = errors.iter().filter(|error| error.is_none()).count();
    assert!((2..12).contains(&diverged), "{diverged}: the space has both kinds of rates");

    let launched = shell(&sandbox, "sweep_launch --sweep-cfg sweep.yaml --yes").expect(1);
    assert!(launched.stderr.contains(&format!("{diverged} failed")), "{}", launched.stderr);
    let collected = shell(&sandbox, "sweep_collect --sweep-cfg sweep.yaml").expect(1);
    assert!(collected.stdout.contains("the training has diverged"), "{}", collected.stdout);
    let analyzed = shell(&sandbox, "sweep_analyze --sweep-cfg sweep.yaml").expect(0);

    let entries: Vec<Value> =
        serde_json::from_str(&sandbox.read("sweeps/line/rates/sweep.json")).unwrap();
    for entry in &entries {
        let job = usize::try_from(entry["job"].as_u64().unwrap()).unwrap();
        let last = entry["test_epoch"]["top1_err"].as_array().and_then(|all| all.last());
        match (errors[job], last.and_then(Value::as_f64)) {
            (Some(expected), Some(error)) => {
                assert!((error - expected).abs() < 1e-6, "job {job}: {error}, not {expected}");
            }
            (None, _) => assert_eq!(entry["state"], "failed", "job {job}"),
            (Some(_), None) => panic!("job {job} was trained, and its errors are not there"),
        }
    }
    let least = errors.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let best = errors.iter().position(|&error| error == Some(least)).unwrap();
    assert!(analyzed.stderr.contains(&format!("best: job {best:06}")), "{}", analyzed.stderr);
    let page = sandbox.read(analyzed.stdout.trim());
    assert_eq!(page.matches("<tr id").count(), 24, "every job is in the listing");
}

#[test]
fn a_second_round_loses_nothing_and_runs_only_what_is_asked_for() {
    let sandbox = ready();
    let some =
        "--set SETUP.SAMPLERS.OPTIM.BASE_LR.RANGE='[0.0001, 0.01]' --set SETUP.NUM_CONFIGS=3";
    let all = ["setup", "launch", "collect", "analyze"];
    let line = |stage: &str| {
        let yes = if stage == "launch" { " --yes" } else { "" };
        format!("sweep_{stage} --sweep-cfg sweep.yaml {some}{yes}")
    };
    for stage in all {
        shell(&sandbox, &line(stage)).expect(0);
    }
    let json = sandbox.read("sweeps/line/rates/sweep.json");
    let attempts = sandbox.read("sweeps/line/rates/logs/000000/attempts.jsonl");

    let refused = shell(&sandbox, &line("setup")).expect(2);
    assert!(refused.stderr.contains("launched"), "{}", refused.stderr);
    for stage in &all[1..] {
        shell(&sandbox, &line(stage)).expect(0);
    }
    assert_eq!(sandbox.read("sweeps/line/rates/sweep.json"), json);
    assert_eq!(sandbox.read("sweeps/line/rates/logs/000000/attempts.jsonl"), attempts);
}
