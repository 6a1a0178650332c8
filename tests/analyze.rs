//! The report, over the real binaries: collect, then analyze.
#![cfg(feature = "analysis")]
#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]

mod common;

use common::{Run, Sandbox, fixture};
use serde_json::Value;
use sweepkit::analyze::stats::{Summary, best_range};

const PLAIN: &str = "ROOT_DIR: sweeps\nNAME: digits/optim\nSETUP: {NUM_CONFIGS: 64}\n";

/// The digits sweep that pycls itself trained, collected.
fn digits(config: &str) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    sandbox.write("sweep.yaml", config);
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]);
    (sandbox, run)
}

fn page(sandbox: &Sandbox) -> String {
    readable(&sandbox.read("sweeps/digits/optim/analysis.html"))
}

/// The page without the escapes that only get into the way of a test.
fn readable(page: &str) -> String {
    page.replace("&#x3D;", "=").replace("&#x60;", "`")
}

fn golden() -> Value {
    let text = std::fs::read_to_string(fixture("analyze/sweep200.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn the_best_range_is_the_limit_of_pyclss_bootstrap_for_every_metric() {
    let golden = golden();
    let errors = numbers(&golden["vals"]["error"]);
    let limits = golden["exact_b_to_infinity"].as_object().unwrap();
    assert!(limits.len() > 15);
    for (metric, limit) in limits {
        let pairs: Vec<_> = errors.iter().copied().zip(numbers(&golden["vals"][metric])).collect();
        let range = best_range(&pairs).unwrap();
        let ours = [range.low, range.median, range.high];
        for (ours, theirs) in ours.into_iter().zip(numbers(limit)) {
            assert!(close(ours, theirs), "{metric}: {ours} is not {theirs}");
        }
    }
}

#[test]
fn the_summary_of_the_errors_is_pyclss() {
    let golden = golden();
    let edf = &golden["edf"];
    let summary = Summary::of(&numbers(&golden["vals"]["error"])).unwrap();
    assert_eq!(summary.n as u64, edf["n"].as_u64().unwrap());
    assert!(close(summary.min, edf["min"].as_f64().unwrap()));
    assert!(close(summary.mean, edf["mean"].as_f64().unwrap()));
}

#[test]
fn the_report_says_who_leads_and_shows_what_was_asked_for() {
    let analyze = "ANALYZE: {METRICS: [lr, wd], PLOT_CURVES_BEST: 2, PLOT_CURVES_WORST: 1, PRE_FILTERS: {done: [1, 1, 1]}}\n";
    let (sandbox, run) = digits(&format!("{PLAIN}DESC: <b>bold</b> & more\n{analyze}"));
    let run = run.expect(0);
    assert_eq!(run.stdout.trim(), "sweeps/digits/optim/analysis.html");
    assert!(run.stderr.contains("best: job 000019, error 5.833"), "{}", run.stderr);
    let page = page(&sandbox);
    for id in ["edf", "edf-filtered", "metrics", "complexity", "best", "worst", "jobs-0", "config"]
    {
        assert!(page.contains(&format!("<section id=\"{id}\">")), "{id}");
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id} is in the contents");
    }
    assert!(page.contains("optim: n = 64, min 5.833, mean 51.98"));
    assert!(page.contains("&lt;b&gt;bold&lt;/b&gt; &amp; more"), "a description is text, not HTML");
    assert_eq!(page.matches("<tr").count(), 65, "every job has a row");
    assert_eq!(page.matches("<svg").count(), 1 + 2 + 3, "one EDF, two metrics, three jobs");
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    let (sandbox, _) = digits(&format!("{PLAIN}ANALYZE: {{METRICS: [lr, wd, lr_wd]}}\n"));
    let first = page(&sandbox);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    assert_eq!(page(&sandbox), first);
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let (sandbox, _) = digits(&format!("{PLAIN}ANALYZE: {{METRICS: [lr]}}\n"));
    let page = page(&sandbox);
    for reference in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(reference), "{reference}");
    }
}

#[test]
fn a_misspelt_metric_costs_its_figure_only_and_the_nearest_is_named() {
    let (sandbox, run) = digits(&format!("{PLAIN}ANALYZE: {{METRICS: [cfg.OPTIM.BASELR, lr]}}\n"));
    let run = run.expect(1);
    assert!(run.stderr.contains("Did you mean `cfg.OPTIM.BASE_LR`?"), "{}", run.stderr);
    let page = page(&sandbox);
    assert!(page.contains("Error against learning rate"));
    assert!(page.contains("class=\"warning\""));
}

#[test]
fn metrics_that_are_no_numbers_are_said_to_be_so() {
    let metrics = "[cfg.MODEL.TYPE, cfg.ANYNET.WIDTHS, anynet_w, cfg.OPTIM.NESTEROV]";
    let (sandbox, run) = digits(&format!("{PLAIN}ANALYZE: {{METRICS: {metrics}}}\n"));
    run.expect(1);
    let page = page(&sandbox);
    assert!(page.contains("`cfg.MODEL.TYPE`: it is text or a list"), "text");
    assert!(page.contains("`anynet_w` is 32 for all jobs of optim."), "a list with a shortcut");
    assert!(page.contains("`cfg.OPTIM.NESTEROV` is 1 for all jobs of optim."), "a truth value");
}

#[test]
fn a_filter_that_would_leave_nothing_is_not_applied() {
    let (sandbox, run) = digits(&format!("{PLAIN}ANALYZE: {{PRE_FILTERS: {{error: [0, 1]}}}}\n"));
    run.expect(1);
    assert!(page(&sandbox).contains("error in [0, 1] would keep no job"));
}

#[test]
fn filters_are_in_pyclss_terms_where_a_learning_rate_is_its_logarithm() {
    let filters = "{low: {lr: [-9, -1]}, high: {lr: [-1, 9]}, none: {lr: [8, 9]}}";
    let (sandbox, run) = digits(&format!("{PLAIN}ANALYZE: {{SPLIT_FILTERS: {filters}}}\n"));
    run.expect(1);
    let page = page(&sandbox);
    assert!(page.contains("low: n = 2") || page.contains("low: n = 3"), "about half of 64");
    assert!(page.contains("No job is in the split `none`."));
}

#[test]
fn another_sweep_is_laid_over_and_one_that_is_missing_is_named() {
    let extra = "ANALYZE: {METRICS: [lr], EXTRA_SWEEP_NAMES: [digits/optim, digits/gone]}\n";
    let (sandbox, run) = digits(&format!("{PLAIN}{extra}"));
    assert!(run.expect(1).stderr.contains("The sweep `digits/gone` is not shown"));
    let page = page(&sandbox);
    assert!(page.contains("Trend of learning rate"));
    assert_eq!(page.matches("n = 64").count(), 2);
}

/// Logs of jobs that went wrong in every way that matters to a report.
fn odd_sweep(logs: &[&str]) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", "ROOT_DIR: .\nNAME: odd\nSETUP: {NUM_CONFIGS: 3}\nANALYZE: {METRICS: [lr], PLOT_CURVES_BEST: 1}\n");
    for (i, log) in logs.iter().enumerate() {
        sandbox.write(format!("odd/cfgs/{i:06}.yaml"), "OPTIM: {BASE_LR: 0.1, MAX_EPOCH: 2}\n");
        if !log.is_empty() {
            sandbox.write(format!("odd/logs/{i:06}/stdout.log"), log);
        }
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]);
    (sandbox, run)
}

fn epoch(i: u32, error: &str) -> String {
    format!(
        "json_stats: {{\"_type\": \"test_epoch\", \"epoch\": \"{i}/2\", \"top1_err\": {error}, \"min_top1_err\": {error}}}\n"
    )
}

#[test]
fn sweeps_without_results_have_a_page_that_says_so() {
    let nan = epoch(1, "NaN");
    for logs in [vec!["", ""], vec!["no record\n"], vec![nan.as_str(), "Killed\n"]] {
        let (sandbox, run) = odd_sweep(&logs);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(sandbox.read("odd/analysis.html").contains("No job has an error yet"));
    }
}

#[test]
fn one_job_and_jobs_that_are_all_equal_are_fine() {
    let log = epoch(1, "50.0") + &epoch(2, "25.0");
    for logs in [vec![log.as_str()], vec![log.as_str(), log.as_str(), log.as_str()]] {
        let (sandbox, run) = odd_sweep(&logs);
        assert_ne!(run.code, 101, "{}", run.stderr);
        let page = readable(&sandbox.read("odd/analysis.html"));
        assert!(page.contains("min 25, mean 25"));
        assert!(page.contains("least test error, in percent"), "without averaged weights");
        assert!(page.contains("`lr` is 0.1 for all jobs of odd."));
    }
}

#[test]
fn before_the_first_collect_the_command_to_type_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", PLAIN);
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(2);
    assert!(run.stderr.contains("sweep_collect --sweep-cfg sweep.yaml"), "{}", run.stderr);
}

#[test]
fn a_damaged_table_is_named_and_no_crash() {
    let (sandbox, _) = digits(PLAIN);
    for bytes in [&b""[..], b"PAR1", b"PAR1 is not enough PAR1"] {
        sandbox.write("sweeps/digits/optim/sweep.parquet", bytes);
        let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(4);
        assert!(run.stderr.contains("sweep.parquet` holds no table"), "{}", run.stderr);
    }
}
