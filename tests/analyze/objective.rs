//! Any objective, on logs without one field of pycls's; the digest; several configs; figures as files.

use std::fmt::Write as _;

use crate::bin;
use crate::common::Sandbox;
use serde_json::Value;

/// A sweep of jobs that logged `accuracy` and `size` as JSON lines: the accuracy is best at a rate of
/// 0.1 and less by `worse`; every tenth job logged nothing.
fn sweep(sandbox: &Sandbox, name: &str, worse: f64, analyze: &str) {
    let root = format!("sweeps/{name}");
    let mut summary = String::new();
    for job in 0..60u32 {
        let rate = 10f64.powf(-3.0 + f64::from(job) / 20.0);
        sandbox.write(format!("{root}/cfgs/{job:06}.yaml"), format!("LR: {rate}\nOUT_DIR: x\n"));
        let _ = writeln!(summary, "{job:06}.yaml: LR {rate}");
        if job % 10 == 9 {
            sandbox.write(format!("{root}/logs/{job:06}/stdout.log"), "out of luck\n");
            continue;
        }
        let best = 0.9 - worse - 0.1 * (rate.log10() + 1.0).powi(2) - f64::from(job % 7) * 0.001;
        let mut log = String::new();
        for epoch in 1..=5 {
            let accuracy = best * f64::from(epoch) / 5.0;
            let _ = writeln!(
                log,
                "{{\"epoch\": {epoch}, \"accuracy\": {accuracy}, \"size\": {}}}",
                job % 7
            );
        }
        sandbox.write(format!("{root}/logs/{job:06}/metrics.jsonl"), log);
    }
    sandbox.write(format!("{root}/cfgs_summary.yaml"), summary);
    let sampler =
        "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.001, 1.0], QUANTIZE: 1.0e-10}";
    sandbox.write(
        format!("{name}.yaml"),
        format!(
            "ROOT_DIR: sweeps\nNAME: {name}\nSETUP: {{NUM_CONFIGS: 60, SAMPLERS: {{LR: {sampler}}}}}\n{analyze}"
        ),
    );
    let config = format!("{name}.yaml");
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", &config]);
}

const OBJECTIVES: &str = "ANALYZE: {OBJECTIVE: [{METRIC: metrics.accuracy, GOAL: maximize}, \
    {METRIC: metrics.size, OVER: last}], METRICS: [LR], PLOT_CURVES_BEST: 1}\n";

fn json(sandbox: &Sandbox, args: &[&str]) -> Value {
    let run = sandbox.run(bin!("sweep_analyze"), args);
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|e| panic!("{e}: {} {}", run.stdout, run.stderr))
}

#[test]
fn the_greatest_accuracy_is_the_best_and_small_models_are_on_the_front() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "a", 0.0, &OBJECTIVES.replace("METRICS: [LR]", "METRICS: [cfg.LR]"));
    let digest = json(&sandbox, &["--sweep-cfg", "a.yaml", "--json"]);
    assert_eq!(digest["goal"], "maximize");
    assert_eq!(digest["warnings"], serde_json::json!([]));
    let own = &digest["sweeps"][0];
    assert_eq!((&own["jobs"], &own["with_value"]), (&Value::from(60), &Value::from(54)));
    let best = own["best_jobs"][0]["job"].as_u64().unwrap();
    assert!((35..=45).contains(&best), "the rate of the best job is near 0.1: {best}");
    assert!(own["best"].as_f64().unwrap() > own["median"].as_f64().unwrap());
    let range = &own["best_ranges"][0];
    let [low, high] = ["low", "high"].map(|end| range[end].as_f64().unwrap());
    assert!(low > 0.01 && low < 0.1 && high > 0.1 && high < 0.6, "{range}");
    assert!(own["importances"][0]["share"].as_f64().unwrap() > 0.5, "{own}");
    let page = sandbox.read("sweeps/a/analysis.html");
    assert!(
        page.contains("Pareto front") && page.contains("with metrics.accuracy at least that value")
    );
    assert!(page.contains("RANGE:"), "Paste them into the next sweep config");
}

#[test]
fn a_better_space_is_named_and_what_differs_is_listed() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "good", 0.0, OBJECTIVES);
    sweep(&sandbox, "poor", 0.2, OBJECTIVES);
    let digest = json(&sandbox, &["--sweep-cfg", "good.yaml", "poor.yaml", "--json"]);
    let against = &digest["comparisons"][0];
    assert!(against["a_better"].as_f64().unwrap() > 0.8, "{against}");
    let page = sandbox.read("sweeps/good/analysis.html");
    let words = against["words"].as_str().unwrap();
    assert!(words.starts_with("good is clearly better than poor: P(good better"), "{words}");
    let plain = page.replace("&lt;", "<").replace("&#x3D;", "=");
    assert!(plain.contains(words), "the page says the same");
    assert!(page.contains("What differs between the sweeps"));
}

#[test]
fn the_summary_is_for_people_and_figures_become_files() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "a", 0.0, OBJECTIVES);
    let run = sandbox.run(
        bin!("sweep_analyze"),
        &["--sweep-cfg", "a.yaml", "--summary", "--figures", "figures"],
    );
    for words in [
        "objective: highest `metrics.accuracy` of its epochs (maximize)",
        "best jobs:",
        "best ranges (95 %):",
        "what matters",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let svg = sandbox.read("figures/edf.svg");
    assert!(svg.starts_with("<?xml") && svg.contains("xmlns=") && !svg.contains("var("), "{svg}");
}

#[test]
fn an_objective_that_nobody_logged_is_named_with_its_neighbours() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "a", 0.0, "ANALYZE: {OBJECTIVE: {METRIC: metrics.acuracy, GOAL: maximize}}\n");
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "a.yaml"]).expect(1);
    assert!(
        run.stderr.contains("`metrics.acuracy`") && run.stderr.contains("`metrics.accuracy"),
        "{}",
        run.stderr
    );
}

/// Sweeps at the edge of what has statistics: each gives a page and no panic.
#[test]
fn a_sweep_of_one_job_of_equal_jobs_of_nan_or_of_nothing_has_a_page() {
    let cases: [(&str, &[&str]); 4] =
        [("one", &["0.5"]), ("equal", &["0.5"; 40]), ("nan", &["NaN"; 40]), ("silent", &[""; 40])];
    for (name, accuracies) in cases {
        let sandbox = Sandbox::new();
        for (job, accuracy) in accuracies.iter().enumerate() {
            let root = format!("sweeps/{name}");
            sandbox.write(format!("{root}/cfgs/{job:06}.yaml"), format!("LR: {job}\n"));
            let log = format!("{{\"epoch\": 1, \"accuracy\": {accuracy}}}\n");
            let log = if accuracy.is_empty() { String::new() } else { log };
            sandbox.write(format!("{root}/logs/{job:06}/metrics.jsonl"), log);
        }
        let analyze = OBJECTIVES.replace(
            "METRICS",
            "PLOT_MODELS_BEST: 1, PLOT_METRIC_PAIRS: [[cfg.LR, metrics.accuracy]], METRICS",
        );
        let config =
            format!("ROOT_DIR: sweeps\nNAME: {name}\nSETUP: {{NUM_CONFIGS: 40}}\n{analyze}");
        sandbox.write("sweep.yaml", config);
        sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
        let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml", "--summary"]);
        assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
        let page = sandbox.read(format!("sweeps/{name}/analysis.html"));
        assert!(page.ends_with("</html>\n"), "{name}");
        let shown = page.split("<script type=\"application/json\"").next().unwrap();
        assert!(!shown.contains("NaN") && !shown.contains(">inf"), "{name}: no number is invented");
    }
}
