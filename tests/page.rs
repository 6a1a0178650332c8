//! The report's script in the real browser, driven by Playwright; its accessibility, by axe.
#![cfg(feature = "analysis")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test may be plain, and may panic"
)]

mod common;

use std::path::Path;
use std::process::Command;

use common::Sandbox;
use serde_json::Value;

/// What the browser found on the page of the digits sweep; nothing where `SWEEP_TESTS_WITHOUT_FRAMES` is
/// set, which does without `target/python`.
fn drive() -> Option<Value> {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return None;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    let analyze =
        "ANALYZE: {METRICS: [lr, wd], PLOT_METRIC_PAIRS: [[lr, wd]], PLOT_CURVES_BEST: 2}\n";
    let sampler =
        "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-5, 10.0], QUANTIZE: 1.0e-10}";
    let samplers = format!("{{OPTIM.BASE_LR: {sampler}, OPTIM.WEIGHT_DECAY: {sampler}}}");
    let config = format!(
        "ROOT_DIR: sweeps\nNAME: digits/optim\nSETUP: {{NUM_CONFIGS: 64, SAMPLERS: {samplers}}}\n{analyze}"
    );
    sandbox.write("sweep.yaml", config);
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let python = root.join("target/python/bin/python");
    let output = Command::new(python)
        .arg(root.join("tests/page/drive.py"))
        .arg(sandbox.join("sweeps/digits/optim/analysis.html"))
        .output()
        .expect("target/python is there (./run-tests makes it)");
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    Some(serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}{failed}")))
}

#[test]
fn a_reader_names_selects_sorts_searches_and_opens_jobs() {
    let Some(found) = drive() else { return };
    assert_eq!(found["messages"], serde_json::json!([]), "the console is silent");
    assert_eq!(found["requests"], serde_json::json!([]), "nothing is asked of any network");
    assert_eq!(found["rows"], "64 of 64 jobs");
    let hover = found["hover"].as_str().unwrap();
    assert!(hover.contains("job ") && hover.contains("error "), "{hover}");
    assert_eq!(found["brushed"], found["inside"], "the brush selects what lies in it");
    assert!(found["inside"].as_u64().unwrap() > 0);
    assert!(found["painted"].as_u64().unwrap() > 1, "in every figure: {}", found["painted"]);
    assert_eq!(found["restored"], found["brushed"], "the address brings the brush back");
    assert_eq!(found["cleared"], "64 of 64 jobs");
    assert_eq!(found["sorted"], Value::Bool(true));
    assert_eq!(found["searched"], found["below"], "a condition keeps what fulfils it");
    assert_eq!(found["dialog"], "Job 000012");
    assert!(found["curves"].as_u64().unwrap() > 0, "the job's curves are drawn");
    assert_eq!(found["keyboard"], Value::Bool(true), "a job is opened without a mouse");
    assert!(found["svg"].as_str().unwrap().starts_with("<svg"), "{}", found["svg"]);
    assert!(found["csv"].as_str().unwrap().starts_with("job,state,learning rate,error\n"));
    assert_ne!(found["light"], found["dark"], "dark mode has another paper");
    assert_eq!(found["overflow"], 0, "at 400 pixels nothing is wider than the window");
    assert_eq!(found["violations"], serde_json::json!([]), "axe finds nothing serious");
}
