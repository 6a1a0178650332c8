//! Past sweeps in the report: which of them gave how much to a sweep that is tuned.

use serde_json::{Value, json};

use crate::bin;
use crate::common::Sandbox;

fn config(name: &str, tune: &str) -> String {
    format!(
        "ROOT_DIR: sweeps\nNAME: {name}\nSETUP:\n  STRATEGY: tpe\n  NUM_CONFIGS: 30\n  TUNE: {{{tune}}}\n  \
         SAMPLERS: {{lr: {{log: [1e-4, 1]}}, mom: {{uniform: [0, 1]}}}}\n\
         ANALYZE: {{OBJECTIVE: {{METRIC: metrics.loss, GOAL: minimize}}}}\n"
    )
}

/// The loss of each job of a sweep.
fn losses(sandbox: &Sandbox, sweep: &str) -> Vec<f64> {
    let lines = sandbox.read(format!("sweeps/{sweep}/sampled.jsonl"));
    let loss = |line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let value = |key: &str| line["sampled"][key].as_f64().unwrap();
        (value("lr").log10() + 2.0).powi(2) + value("mom")
    };
    lines.lines().map(loss).collect()
}

/// A past sweep whose results are the losses times a factor.
fn past(sandbox: &Sandbox, name: &str, factor: f64) {
    let file = format!("{name}.yaml");
    sandbox.write(&file, config(name, "STARTUP: 30"));
    sandbox.run(bin!("sweep_setup"), &[&file]).expect(0);
    let line = |(job, loss): (usize, f64)| {
        format!("{}\n", json!({"job": job, "values": {"metrics.loss": factor * loss}}))
    };
    let told: String = losses(sandbox, name).into_iter().enumerate().map(line).collect();
    sandbox.write("told.jsonl", told);
    sandbox.run(bin!("sweep_setup"), &[&file, "--tell", "told.jsonl"]).expect(0);
}

/// Runs the jobs of the tuned sweep, as it were.
fn run(sandbox: &Sandbox) {
    for (job, loss) in (0_u64..).zip(losses(sandbox, "t")) {
        sandbox.write_done("t", job, &format!("{{\"epoch\": 1, \"loss\": {loss}}}\n"));
    }
    sandbox.run(bin!("sweep_collect"), &["t.yaml"]);
}

#[test]
fn the_report_says_which_past_sweep_gave_how_much() {
    let sandbox = Sandbox::new();
    past(&sandbox, "alike", 1.0);
    past(&sandbox, "opposite", -1.0);
    sandbox.write("sweeps/none/sweep_cfg.yaml", config("none", ""));
    sandbox.write("sweeps/none/setup.json", "{");
    let tune = "STARTUP: 10, CONTROL: 0, PRIOR_SWEEPS: all";
    sandbox.write("t.yaml", config("t", tune).replace("  SAMPLERS", "  RNG_SEED: 3\n  SAMPLERS"));
    sandbox.run(bin!("sweep_setup"), &["t.yaml"]).expect(0);
    sandbox.run(bin!("sweep_setup"), &["t.yaml", "--suggest", "5"]).expect(0);
    run(&sandbox);
    let said = sandbox.run(bin!("sweep_setup"), &["t.yaml", "--suggest", "5", "--json"]).expect(0);
    run(&sandbox);
    let answer: Value = serde_json::from_str(&said.stdout).unwrap();
    let printed = sandbox.run(bin!("sweep_analyze"), &["t.yaml", "--json"]).expect(0).stdout;
    let digest: Value = serde_json::from_str(&printed).unwrap();
    let shares = digest["sweeps"][0]["past_sweeps"].as_array().unwrap();
    let names: Vec<&str> = shares.iter().map(|share| share["sweep"].as_str().unwrap()).collect();
    assert_eq!(names, ["alike", "none", "opposite"]);
    let last = answer["priors"][0]["weight"].as_f64().unwrap();
    assert!(last > 0.3, "{answer}");
    let alike = &shares[0];
    assert_eq!((&alike["suggestions"], &alike["configs"]), (&json!(10), &json!(30)));
    for (key, expected) in
        [("first_weight", 0.5), ("last_weight", last), ("mean_weight", f64::midpoint(0.5, last))]
    {
        assert!((alike[key].as_f64().unwrap() - expected).abs() < 1e-9, "{key}: {alike}");
    }
    assert_eq!(shares[2]["last_weight"], 0.0);
    assert!(shares[1]["problem"].as_str().unwrap().starts_with("cannot be read: "), "{printed}");
    let summary = sandbox.run(bin!("sweep_analyze"), &["t.yaml", "--summary"]).expect(0).stdout;
    let words = "Past sweep `opposite` (minimize metrics.loss): weight 0.5 at first, 0 at last, 0.25 on average over 10 \
                 suggestions; 30 configs.";
    assert!(summary.contains(words), "{summary}");
    let page = sandbox.read("sweeps/t/analysis.html");
    assert!(page.contains("Past sweeps count in suggestions by how well"));
    assert!(page.contains("weight 0.5 at first, 0 at last"), "in the section on tuning");
}

#[test]
fn the_lineage_says_that_a_sweep_took_the_results_of_past_ones() {
    let sandbox = Sandbox::new();
    for (name, factor) in [("one", 1.0), ("two", 2.0), ("three", 3.0)] {
        past(&sandbox, name, factor);
    }
    let tune = "STARTUP: 10, CONTROL: 0, PRIOR_SWEEPS: [one, two]";
    sandbox.write("t.yaml", config("t", tune).replace("  SAMPLERS", "  RNG_SEED: 3\n  SAMPLERS"));
    sandbox.run(bin!("sweep_setup"), &["t.yaml"]).expect(0);
    sandbox.run(bin!("sweep_setup"), &["t.yaml", "--suggest", "5"]).expect(0);
    run(&sandbox);
    let printed = sandbox.run(bin!("sweep_analyze"), &["t.yaml", "--json"]).expect(0).stdout;
    let digest: Value = serde_json::from_str(&printed).unwrap();
    let links = digest["lineage"]["links"].as_array().expect("links");
    let to_t: Vec<&Value> = links.iter().filter(|link| link["to"] == "t").collect();
    let from: Vec<&Value> = to_t.iter().map(|link| &link["from"]).collect();
    assert_eq!(from, ["one", "two"], "what is no past sweep of it is none here: {links:?}");
    for link in to_t {
        assert_eq!(link["relations"], json!(["prior", "same_space"]), "{link}");
        assert_eq!((&link["ordered"], &link["reused_jobs"]), (&json!(true), &Value::Null));
        let changed = link["changed"].as_array().unwrap();
        let keys: Vec<&str> = changed.iter().map(|one| one["key"].as_str().unwrap()).collect();
        assert!(keys.contains(&"SETUP.TUNE.PRIOR_SWEEPS"), "{keys:?}");
    }
    let page = sandbox.read("sweeps/t/analysis.html");
    let words = "<code>t</code> from <code>one</code>: has its results as those of a past sweep; draws from the same \
                 design space.";
    assert!(page.contains(words), "the section: {words}");
    assert!(page.contains("Lineage of 4 sweeps: "), "the figure");
    assert!(page.contains("t from one") && page.contains("uses results"), "with its link and key");
}
