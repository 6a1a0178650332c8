//! The report's script in the real browser, driven by Playwright; its accessibility, by axe.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bin;
use crate::common::Sandbox;
use serde_json::{Value, json};

const SAMPLER: &str =
    "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-5, 10.0], QUANTIZE: 1.0e-10}";
/// One group, one objective.
pub const ONE: &str = "{METRICS: [lr, wd], PLOT_METRIC_PAIRS: [[lr, wd]], PLOT_CURVES_BEST: 2}";
/// Two groups, one of them with a name that a spreadsheet would compute; two objectives.
pub const SEVERAL: &str = "{METRICS: [lr, cfg.OPTIM.NESTEROV], PLOT_MODELS_BEST: 1, \
    OBJECTIVE: [{METRIC: test_epoch.top1_err, OVER: min}, {METRIC: epoch_times.train_fw_bw_time, OVER: last}], \
    SPLIT_FILTERS: {'=1+1, \"low\"': {lr: [-9, -9, -1]}, high: {lr: [-1, -1, 9]}}}";

/// The page of the digits sweep with such an `ANALYZE`.
pub fn page(sandbox: &Sandbox, name: &str, analyze: &str) -> PathBuf {
    let samplers = format!("{{OPTIM.BASE_LR: {SAMPLER}, OPTIM.WEIGHT_DECAY: {SAMPLER}}}");
    let config = format!(
        "ROOT_DIR: sweeps\nNAME: digits/optim\nSETUP: {{NUM_CONFIGS: 64, SAMPLERS: {samplers}}}\nANALYZE: {analyze}\n"
    );
    sandbox.write("sweep.yaml", config);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let page = sandbox.join(name);
    std::fs::rename(sandbox.join("sweeps/digits/optim/analysis.html"), &page).unwrap();
    page
}

/// The digits sweep, collected; every other job without Nesterov, so that there are two categories.
pub fn digits() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    for job in (0..64).step_by(2) {
        let path = format!("sweeps/digits/optim/logs/{job:06}/stdout.log");
        let log = sandbox.read(&path).replace("\"NESTEROV\": true", "\"NESTEROV\": false");
        sandbox.write(&path, log);
    }
    sandbox.write("collect.yaml", "ROOT_DIR: sweeps\nNAME: digits/optim\n");
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "collect.yaml"]).expect(0);
    sandbox
}

/// Whether tests do without `target/python`.
pub fn is_without_python() -> bool {
    std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some()
}

/// The number of jobs of a test that is about many: by hand also `SWEEP_PAGE_JOBS=10000`.
pub fn jobs_or(usual: u32) -> u32 {
    let asked = std::env::var("SWEEP_PAGE_JOBS").ok().and_then(|jobs| jobs.parse().ok());
    asked.unwrap_or(usual)
}

/// Runs a driver, a file beside this one, on these pages in the real browser, and returns what it found.
pub fn driven(driver: &str, arguments: &[PathBuf]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join("target/python/bin/python"))
        .arg(root.join("tests/analyze").join(driver))
        .args(arguments)
        .output()
        .expect("target/python is there (./run-tests makes it)");
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{failed}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}{failed}"))
}

/// Returns what the browser found in a page of one group and one of several.
fn drive() -> Option<Value> {
    if is_without_python() {
        return None;
    }
    let sandbox = digits();
    let pages = [page(&sandbox, "one.html", ONE), page(&sandbox, "several.html", SEVERAL)];
    Some(driven("page_drive.py", &pages))
}

fn text(found: &Value) -> &str {
    found.as_str().unwrap_or_else(|| panic!("no text: {found}"))
}

/// The first row of a saved table, its name, and how many rows it has.
fn saved(table: &Value) -> (Value, &str, usize) {
    let rows = table["rows"].as_array().expect("a table");
    (rows[0].clone(), text(&table["name"]), rows.len())
}

#[test]
fn a_reader_names_selects_sorts_searches_opens_and_saves() {
    let Some(found) = drive() else { return };
    assert_eq!(found["messages"], json!([]), "the console is silent");
    assert_eq!(found["requests"], json!([]), "nothing is asked of any network");
    assert_eq!(found["violations"], json!([]), "axe finds nothing");
    assert_ne!(found["light"], found["dark"], "dark mode has another paper");
    selection(&found);
    names(&found);
    assert_eq!(found["rows"], "64 of 64 jobs");
    assert_eq!(found["sorted"], Value::Bool(true));
    assert_eq!(found["searched"], found["below"], "a condition keeps what fulfils it");
    job(&found);
    files(&found);
    groups(&found);
    assert_eq!(found["overflow"], 0, "at 400 pixels nothing is wider than the window");
    assert!(text(&found["tapped"]).starts_with("Job 0"), "a tap opens: {}", found["tapped"]);
    assert!(text(&found["tapped_cell"]).contains(" and error: "), "{}", found["tapped_cell"]);
}

fn selection(found: &Value) {
    assert_eq!(found["brushed"], found["inside"], "the brush selects what lies in it");
    assert!(found["inside"].as_u64().unwrap() > 0);
    assert_eq!(found["painted"], found["along_painted"][1], "in every figure of jobs");
    assert_eq!(found["restored"], found["brushed"], "the address brings the brush back");
    assert_eq!(found["cleared"], "64 of 64 jobs");
    assert_eq!(found["along"], found["along_axis"], "a drag along an axis selects what crosses it");
    assert!(found["along"].as_u64().unwrap() > 0);
    assert_eq!(found["along_painted"][0], found["along_painted"][1], "in every figure of jobs");
    assert_eq!(found["along_restored"], found["along"], "the address brings it back");
}

fn names(found: &Value) {
    for hover in ["hover", "thread", "pair", "front"] {
        let said = text(&found[hover]);
        assert!(said.contains("job 0") && said.contains("BASE_LR"), "{hover}: {said}");
    }
    let curve = text(&found["curve"]);
    assert!(curve.starts_with("optim\nerror ") && curve.contains("share of jobs 0."), "{curve}");
    assert!(text(&found["cell"]).contains("BASE_LR and error: "), "{}", found["cell"]);
}

fn job(found: &Value) {
    assert_eq!(found["dialog"], "Job 000012");
    let config = text(&found["config"]);
    // As it is in cfgs/000012.yaml, beyond what was sampled; true is no 1.
    for line in ["  STEM_TYPE: simple_stem_in", "  SE_ON: false", "  MAX_EPOCH: 10", "logs/000012"]
    {
        assert!(config.contains(line), "{line} in {config}");
    }
    let bold = found["bold"].as_array().unwrap();
    assert!(bold.len() == 2 && text(&bold[0]).contains("BASE_LR: "), "{bold:?}");
    let texts = found["curve_texts"].as_array().unwrap();
    for wanted in ["top1_err (%)", "epoch", "10", "test_ema_epoch"] {
        assert!(texts.contains(&json!(wanted)), "{wanted} in {texts:?}");
    }
    assert_eq!(found["details"], 64, "there is room for the logs of all");
    let no_room = text(&found["no_room"]);
    assert!(no_room.contains("room for the curves and logs of 63 jobs"), "{no_room}");
    assert!(no_room.contains("no room in this page for OPTIM.STEPS: see cfgs/000012.yaml."));
    assert!(found["curves"].as_u64().unwrap() > 0, "the job's curves are drawn");
    assert_eq!(found["keyboard"], Value::Bool(true), "a job is opened without a mouse");
    assert!(text(&found["best"]).starts_with("Job 0"), "from parallel coordinates, too");
    assert_eq!(
        found["dialog_overflow"], 0,
        "at 400 pixels the dialog is not wider than the window"
    );
}

fn files(found: &Value) {
    let figures = &found["figures"];
    assert!(figures[0] == figures[1] && figures[0] == figures[2], "of every figure: {figures}");
    assert_eq!(found["svg"][0], "metrics-1.svg");
    assert!(text(&found["svg"][1]).starts_with("<svg"), "{}", found["svg"]);
    let csv = &found["csv"];
    let jobs = json!(["job", "state", "learning rate", "error"]);
    assert_eq!(saved(&csv["metrics"]), (jobs, "metrics-1.csv", 65));
    let pair = json!(["job", "state", "learning rate", "weight decay"]);
    assert_eq!(saved(&csv["pairs"]), (pair, "pairs.csv", 65));
    let (heads, name, rows) = saved(&csv["parallel"]);
    assert_eq!((name, rows, &heads[4]), ("parallel.csv", 65, &json!("error")));
    let (heads, _, rows) = saved(&csv["correlations"]);
    assert_eq!((heads, rows), (json!(["a", "b", "rank correlation"]), 4), "three columns");
    shares(&csv["edf"]);
    assert_eq!(saved(&csv["matters"]).0, json!(["curve", "BASE_LR", "mean rank (0 = best)"]));
}

/// The CSV of a distribution has a row for each value, with the share of jobs that have at most that one.
fn shares(table: &Value) {
    let (heads, _, rows) = saved(table);
    assert_eq!(heads, json!(["curve", "error", "share of jobs"]));
    let number = |cell: &Value| text(cell).parse::<f64>().unwrap();
    let all = table["rows"].as_array().unwrap()[1..].iter();
    let all: Vec<(f64, f64)> = all.map(|row| (number(&row[1]), number(&row[2]))).collect();
    assert!(all.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1), "{all:?}");
    assert!(rows > 50 && (all[0].1 - 1.0 / 64.0).abs() < 1e-6, "a row a value: {all:?}");
    assert!((all[all.len() - 1].1 - 1.0).abs() < 1e-9, "of all 64 jobs: {all:?}");
}

fn groups(found: &Value) {
    assert_eq!(found["groups_files"][0], found["groups_files"][1], "of every figure");
    let csv = &found["groups_csv"];
    let (heads, name, rows) = saved(&csv["metrics-trends"]);
    assert_eq!((name, rows, &heads[3]), ("metrics-trends.csv", 3, &json!("low of the best")));
    let first = &csv["metrics-trends"]["rows"][1];
    assert_eq!(first[0], "'=1+1, \"low\"", "one cell, and no formula");
    assert!(text(&first[1]).parse::<f64>().unwrap() < 0.1, "{first}");
    let words = text(&found["category"]);
    assert!(words.starts_with("job 0") && words.contains("OPTIM.NESTEROV "), "{words}");
    let (heads, name, rows) = saved(&found["categories"]);
    assert_eq!((name, rows), ("metrics-3.csv", 28), "the figure of the first group");
    assert_eq!(heads, json!(["job", "state", "test_epoch.top1_err", "OPTIM.NESTEROV"]));
    let of = |row: &Value| {
        row[3]
            == if row[0].as_str().unwrap().parse::<u32>().unwrap().is_multiple_of(2) {
                "false"
            } else {
                "true"
            }
    };
    let all = found["categories"]["rows"].as_array().unwrap();
    assert!(all[1..].iter().all(of), "{all:?}");
    assert_eq!(saved(&csv["models-best"]).0, json!(["line", "block", "width"]));
    let (heads, _, rows) = saved(&csv["pareto"]);
    assert_eq!((&heads[0], &heads[1]), (&json!("group"), &json!("job")));
    assert!(rows > 2, "the jobs on the fronts");
}
