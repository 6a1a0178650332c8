//! Numbers of the page in one form: the script's words beside those that stand in the file.

use serde_json::{Value, json};

use crate::bin;
use crate::common::Sandbox;
use crate::page::{driven, is_without_python};

/// Numbers of many sizes, exact halves between two short ones, and numbers that round to a further digit.
const LOSSES: [f64; 26] = [
    3.587_41e-5,
    1e-5,
    0.000_1,
    0.000_123_456,
    0.000_099_996,
    7.8125,
    1.0625,
    0.45675,
    12.345,
    9.9996,
    99.995,
    640.0,
    1234.5,
    1235.5,
    9999.6,
    10_000.0,
    12_345.0,
    12_344.5,
    99_999.9,
    123_456.7,
    999_999.6,
    1_234_567.0,
    1.0625e7,
    2.5e-7,
    -0.5,
    -12_345.25,
];

/// A sweep with a job for each loss; its parameters are a whole number, and the size of that loss.
fn sweep(sandbox: &Sandbox) -> std::path::PathBuf {
    let seeds: Vec<usize> = (0..LOSSES.len()).map(|job| job * job * 54_321 + 7).collect();
    let rates = LOSSES.map(f64::abs);
    let space = format!(
        "{{NUM_CONFIGS: 26, STRATEGY: grid, ZIP: [[id, rate]], SAMPLERS: {{id: {seeds:?}, rate: {rates:?}}}}}"
    );
    let objective =
        "{OBJECTIVE: {METRIC: metrics.loss, GOAL: minimize, OVER: last}, METRICS: [cfg.rate]}";
    sandbox.write(
        "n.yaml",
        format!("ROOT_DIR: sweeps\nNAME: n\nSETUP: {space}\nANALYZE: {objective}\n"),
    );
    sandbox.run(bin!("sweep_setup"), &["n.yaml"]).expect(0);
    for (job, loss) in LOSSES.iter().enumerate() {
        let log = format!("{{\"epoch\": 1, \"loss\": {loss:?}}}\n");
        sandbox.write(format!("sweeps/n/logs/{job:06}/metrics.jsonl"), log);
    }
    sandbox.run(bin!("sweep_collect"), &["n.yaml"]);
    sandbox.run(bin!("sweep_analyze"), &["n.yaml"]).expect(0);
    sandbox.join("sweeps/n/analysis.html")
}

#[test]
fn the_script_says_numbers_as_the_file_does() {
    if is_without_python() {
        return;
    }
    let sandbox = Sandbox::new();
    let found = driven("numbers_drive.py", &[sweep(&sandbox)]);
    assert_eq!(found["messages"], json!([]), "the console is silent");
    let rows = |name: &str| found[name].as_object().expect("cells by job").clone();
    let (written, shown, told) = (rows("written"), rows("shown"), rows("told"));
    assert_eq!(written.len(), LOSSES.len());
    for (job, cells) in &written {
        assert_eq!(cells, &shown[job], "the table, job {job}");
        assert_eq!(cells, &told[job], "the tip, job {job}");
    }
    assert_eq!(written["000000"], json!(["3.587×10⁻⁵", "7", "3.587×10⁻⁵"]));
    assert_eq!(written["000016"][0], "12,345");
    assert_eq!(written["000025"], json!(["−12,345", "33,950,632", "12,345"]));
    let searched = found["searched"].as_array().unwrap();
    assert!(
        searched.iter().all(|search| search[1] == search[2]),
        "what is shown is found: {searched:?}"
    );
    assert_eq!(searched.len(), 7);
    assert_eq!(found["chip"], "rate 3.587×10⁻⁵ to 12,345");
    assert_eq!(found["address"], json!(["rate=3.58741e-5..12345"]), "addresses have plain numbers");
    let plain = |cell: &Value| cell.as_str().unwrap().parse::<f64>().is_ok();
    assert!(found["csv"].as_array().unwrap().iter().all(plain), "and CSV: {}", found["csv"]);
}
