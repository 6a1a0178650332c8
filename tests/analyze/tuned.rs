//! A tuned sweep beside one of random draws: which is the better search, and what the draws alone say.

use std::fs;

use serde_json::Value;

use crate::bin;
use crate::common::Sandbox;

const JOBS: u32 = 50;
const SETTINGS: &str = "ANALYZE: {OBJECTIVE: {METRIC: metrics.loss, GOAL: minimize}, METRICS: [cfg.lr, cfg.opt], PLOT_METRIC_PAIRS: [[cfg.lr, cfg.mom]]}\nSETUP:\n  \
                        NUM_CONFIGS: 50\n  SAMPLERS: {lr: {log: [1e-4, 1]}, mom: {uniform: [0, 1]}, a: {uniform: [0, 1]}, b: {uniform: [0, 1]}, opt: [sgd, adam]}\n";

/// The loss of a job: least where `lr` is 0.01 and the others are 0.3, 0.6 and 0.8. The last jobs of the tuned sweep are better,
/// whatever the tuner makes of that.
fn loss(sandbox: &Sandbox, sweep: &str, job: u32) -> f64 {
    if sweep == "t" && job >= JOBS - 8 {
        return f64::from(job) / 1e4;
    }
    let config = sandbox.read(format!("sweeps/{sweep}/cfgs/{job:06}.yaml"));
    let value = |key: &str| -> f64 {
        let line = config.lines().find(|line| line.starts_with(key)).expect("a sampled key");
        line.split(": ").nth(1).unwrap().parse().unwrap()
    };
    let others = [("mom", 0.3), ("a", 0.6), ("b", 0.8)];
    let others = others.map(|(key, best)| 4.0 * (value(&format!("{key}:")) - best).powi(2));
    (value("lr:").log10() + 2.0).powi(2) + others.iter().sum::<f64>()
}

/// Runs jobs, as it were: leaves their logs and journals.
fn run(sandbox: &Sandbox, sweep: &str, jobs: std::ops::Range<u32>) {
    for job in jobs {
        let loss = loss(sandbox, sweep, job);
        sandbox.write_done(sweep, job, &format!("{{\"epoch\": 1, \"loss\": {loss}}}\n"));
    }
    sandbox.run(bin!("sweep_collect"), &[&format!("{sweep}.yaml")]);
}

/// A tuned sweep `t` and one of random draws `r`, of as many jobs.
fn searches() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("r.yaml", format!("ROOT_DIR: sweeps\nNAME: r\n{SETTINGS}  RNG_SEED: 7\n"));
    let tune = "  STRATEGY: tpe\n  TUNE: {STARTUP: 10, CONTROL: 0.1}\n";
    sandbox.write("t.yaml", format!("ROOT_DIR: sweeps\nNAME: t\n{SETTINGS}{tune}"));
    for sweep in ["r.yaml", "t.yaml"] {
        sandbox.run(bin!("sweep_setup"), &[sweep]).expect(0);
    }
    run(&sandbox, "r", 0..JOBS);
    run(&sandbox, "t", 0..10);
    for from in (10..JOBS).step_by(10) {
        sandbox.run(bin!("sweep_setup"), &["t.yaml", "--suggest", "10"]).expect(0);
        run(&sandbox, "t", from..from + 10);
    }
    sandbox
}

fn losses(sandbox: &Sandbox, sweep: &str) -> Vec<f64> {
    (0..JOBS).map(|job| loss(sandbox, sweep, job)).collect()
}

fn least(losses: &[f64]) -> f64 {
    losses.iter().copied().fold(f64::INFINITY, f64::min)
}

#[test]
fn a_tuned_sweep_says_if_it_beats_random_draws_and_only_its_draws_are_a_population() {
    let sandbox = searches();
    let args = ["t.yaml", "r.yaml", "--json"];
    let printed = sandbox.run(bin!("sweep_analyze"), &args).expect(0).stdout;
    let digest: Value = serde_json::from_str(&printed).unwrap();
    let (tuned, random) = (losses(&sandbox, "t"), losses(&sandbox, "r"));
    let contest = &digest["tuning"][0];
    assert_eq!((&contest["tuned"], &contest["random"]), (&"t".into(), &"r".into()));
    assert_eq!(contest["jobs"], JOBS);
    let close = |value: &Value, expected: f64| {
        let value = value.as_f64().expect("a number");
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}: {contest}");
    };
    close(&contest["best_tuned"], least(&tuned));
    close(&contest["best_random"], least(&random));
    close(&contest["gain"], least(&random) - least(&tuned));
    // The probability that the best of both are all of one is a product of shares.
    let ahead = tuned.iter().filter(|&&loss| loss < least(&random)).count();
    assert_eq!(contest["ahead"][0], ahead);
    let share = |j: u32| f64::from(JOBS - j) / f64::from(2 * JOBS - j);
    close(&contest["p"], 2.0 * (0..u32::try_from(ahead).unwrap()).map(share).product::<f64>());
    assert!(ahead >= 6, "{contest}");
    assert_eq!(contest["verdict"], "tuned");
    let low = contest["gain_interval"][0].as_f64().unwrap();
    let high = contest["gain_interval"][1].as_f64().unwrap();
    let mut sorted = tuned.clone();
    sorted.sort_by(f64::total_cmp);
    // Six of fifty are enough: C(50, 6) / C(100, 6) is 0.0133, C(50, 5) / C(100, 5) 0.0281.
    close(&contest["gain_interval"][0], least(&random) - sorted[5]);
    assert!(0.0 < low && low < high, "{contest}");

    let words = contest["words"].as_str().unwrap();
    assert!(words.starts_with("After 50 jobs of each, t (tuned) is better than r"), "{words}");
    let args = ["t.yaml", "r.yaml", "--summary"];
    let summary = sandbox.run(bin!("sweep_analyze"), &args).expect(0).stdout;
    assert!(summary.contains(words), "{summary}");
    let page = sandbox.read("sweeps/t/analysis.html");
    assert!(
        page.matches(&words.replace('<', "&lt;")).count() >= 2,
        "among the first sentences, and in the section"
    );
    assert!(page.contains("Best so far, tuned and at random"));
    assert_eq!(digest["comparisons"], Value::Array(Vec::new()), "draws of one space are alike");
    let short = section(&page, "short");
    assert!(!short.contains("the data show no difference"), "{short}");
    assert!(short.contains("<li>After 50 jobs of each, t (tuned) is better"), "{short}");
    assert!(!page.contains("<section id=\"compare\">"), "nothing else is compared");
    check_records(&digest, &tuned);
    check_figures(&sandbox);
    check_another_space(&sandbox);
}

/// Draws of another space say which space is better.
fn check_another_space(sandbox: &Sandbox) {
    let wide = SETTINGS.replace("mom: {uniform: [0, 1]}", "mom: {uniform: [0, 2]}");
    sandbox.write("w.yaml", format!("ROOT_DIR: sweeps\nNAME: w\n{wide}"));
    sandbox.run(bin!("sweep_setup"), &["w.yaml"]).expect(0);
    run(sandbox, "w", 0..JOBS);
    let args = ["t.yaml", "w.yaml", "--json"];
    let printed = sandbox.run(bin!("sweep_analyze"), &args).expect(0).stdout;
    let digest: Value = serde_json::from_str(&printed).unwrap();
    let compared = &digest["comparisons"][0];
    assert_eq!((&compared["a"], &compared["b"]), (&"t".into(), &"w".into()), "{digest}");
}

fn section<'p>(page: &'p str, id: &str) -> &'p str {
    let from = page.find(&format!("<section id=\"{id}\"")).expect("the section");
    &page[from..from + page[from..].find("</section>").unwrap()]
}

/// The best so far rises with each record, and ends with the last job.
fn check_records(digest: &Value, tuned: &[f64]) {
    let records = digest["sweeps"][0]["best_so_far"].as_array().unwrap();
    let last = records.last().unwrap();
    assert_eq!(last[0], tuned.len());
    for record in records {
        let jobs = usize::try_from(record[0].as_u64().unwrap()).unwrap();
        let best = least(&tuned[..jobs]);
        assert!((record[1].as_f64().unwrap() - best).abs() < 1e-9, "{record}");
    }
    assert!(digest["sweeps"][1].get("best_so_far").is_none());
}

/// Figures mark what was tuned, and their numbers are of the draws.
fn check_figures(sandbox: &Sandbox) {
    sandbox.run(bin!("sweep_analyze"), &["t.yaml"]).expect(0);
    let page = sandbox.read("sweeps/t/analysis.html");
    let is_tuned = |job: &u32| {
        fs::read_to_string(sandbox.join(format!("sweeps/t/suggestions/{job:06}.json")))
            .is_ok_and(|record| record.contains("\"tuned\""))
    };
    let tuned = (0..JOBS).filter(is_tuned).count();
    assert!((30..40).contains(&tuned), "{tuned}");
    let scatter = section(&page, "metrics");
    // A scatter plot and a strip by category, and a pair of metrics.
    for (figures, number) in [(scatter, 2), (section(&page, "pairs"), 1)] {
        let marks: Vec<&str> = figures.split("class=\"tuned\" d=\"").skip(1).collect();
        assert_eq!(marks.len(), number);
        for marks in marks {
            let outlines = marks.split('"').next().unwrap().matches('M').count();
            assert!(0 < outlines && outlines <= tuned, "{outlines} of {tuned}");
        }
        assert_eq!(figures.matches("sign tuned").count(), number, "the keys name them");
    }
    let lines = format!("Among the lines: {tuned} tuned jobs, which are not draws.");
    assert!(section(&page, "parallel").contains(&lines), "{lines}");
    let distribution = section(&page, "edf");
    let words = format!("Strokes at the foot: {tuned} tuned jobs, no draws and not in the curves.");
    assert!(distribution.contains(&words), "{words}");
    let draws = format!("<td class=\"number\">{}</td>", JOBS as usize - tuned);
    assert!(distribution.contains(&draws), "the curve is of the draws");
}
