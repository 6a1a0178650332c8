//! The report in a notebook that was saved: a frame that needs neither network nor kernel.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::bin;
use crate::figures::digits;

#[test]
fn a_saved_notebook_shows_the_page_and_its_script_works_there() {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return;
    }
    let sandbox = digits();
    std::fs::copy(sandbox.join("sweep.yaml"), sandbox.join("sweeps/digits/optim/sweep_cfg.yaml"))
        .unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let programs = Path::new(bin!("sweep_analyze")).parent().unwrap();
    let output = Command::new(root.join("target/python/bin/python"))
        .arg(root.join("tests/analyze/notebook_drive.py"))
        .args([sandbox.join("sweeps/digits/optim"), sandbox.join("notebook.html")])
        .env("PYTHONPATH", root.join("python"))
        .env("SWEEPKIT_BIN_DIR", programs)
        .current_dir(sandbox.join("."))
        .output()
        .expect("target/python is there (./run-tests makes it)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["heading"], "digits/optim", "{told}");
    assert_eq!(
        (&told["errors"], &told["requests"]),
        (&Value::from(Vec::<u8>::new()), &Value::from(Vec::<u8>::new()))
    );
    assert!(told["rows"].as_u64().unwrap() > 0 && told["still"] == true, "{told}");
    assert!((told["height"].as_f64().unwrap() - 502.0).abs() < 3.0, "{told}");
    assert!(told["instead"].as_str().unwrap().contains("best: job 19"), "{told}");
}
