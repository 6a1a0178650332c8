//! Parameters whose values are names: filters, groups of each value, and what is said of them.

use serde_json::Value;

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::simulation::{JobEnd, sweep};

/// 72 configs: all combinations. The sampler's order is not that of the alphabet or of the numbers.
const GRID: &str = "  STRATEGY: grid\n  SAMPLERS:\n    opt: [sgd, adam, lion]\n    bs: [32, 128, 64]\n    flag: [true, false]\n    code: ['1', '0']\n    lr: [0.1, 0.2]\n";

/// The error of a job, by what was sampled for it.
fn error(opt: &str, bs: f64, lr: f64) -> f64 {
    let of_opt = match opt {
        "sgd" => 20.0,
        "adam" => 18.0,
        _ => 25.0 - 60.0 * lr,
    };
    of_opt + bs / 64.0 + 10.0 * lr
}

fn error_of(sampled: &Value) -> f64 {
    let number = |name: &str| sampled[name].as_f64().unwrap();
    error(sampled["opt"].as_str().unwrap(), number("bs"), number("lr"))
}

/// The grid, run: jobs of lion with the greater learning rate and the greatest batch fail half-way.
fn grid(analyze: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "grid", 1, (GRID, analyze), |_, draw| {
        let error = error(draw.word("opt"), draw.number("bs"), draw.number("lr"));
        let fails = draw.word("opt") == "lion" && draw.number("bs") > 100.0;
        if fails { JobEnd::Failed(error) } else { JobEnd::Done(error) }
    });
    sandbox
}

/// Returns the sampled values of each job.
fn sampled(sandbox: &Sandbox, name: &str) -> Vec<Value> {
    let lines = sandbox.read(format!("sweeps/{name}/sampled.jsonl"));
    let sampled = |line: &str| serde_json::from_str::<Value>(line).unwrap()["sampled"].clone();
    lines.lines().map(sampled).collect()
}

fn analyze(sandbox: &Sandbox, format: &str, set: &[&str]) -> Run {
    let sets = set.iter().flat_map(|set| ["--set", set]);
    let args: Vec<&str> = ["--sweep-cfg", "grid.yaml", format].into_iter().chain(sets).collect();
    sandbox.run(bin!("sweep_analyze"), &args)
}

fn digest(sandbox: &Sandbox, set: &[&str]) -> Value {
    let run = analyze(sandbox, "--json", set);
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.stderr))
}

fn names(digest: &Value) -> Vec<&str> {
    digest["sweeps"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect()
}

fn jobs(digest: &Value) -> Vec<u64> {
    digest["sweeps"].as_array().unwrap().iter().map(|s| s["jobs"].as_u64().unwrap()).collect()
}

/// The page, with its quotes.
fn page(sandbox: &Sandbox) -> String {
    sandbox.read("sweeps/grid/analysis.html").replace("&#x3D;", "=").replace("&quot;", "\"")
}

#[track_caller]
fn expect_warning(sandbox: &Sandbox, set: &str, words: &str) {
    let run = analyze(sandbox, "--json", &[set]).expect(1);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let warnings = found["warnings"].to_string().replace("\\\"", "\"");
    assert!(warnings.contains(words), "{set}: {warnings}");
}

#[test]
fn a_filter_names_texts_and_truth_values_and_every_output_says_so() {
    let sandbox = grid("");
    let filter = "ANALYZE.PRE_FILTERS={cfg.opt: [sgd, adam], cfg.flag: [true]}";
    let found = digest(&sandbox, &[filter]);
    assert_eq!(jobs(&found), [24]);
    assert_eq!(found["warnings"], serde_json::json!([]));
    let words = "Only jobs with opt sgd or adam and flag true are kept, which is a different population: 48 \
        of 72 jobs removed";
    assert!(found["selection"][0].as_str().unwrap().starts_with(words), "{}", found["selection"]);
    assert!(page(&sandbox).contains(words), "the page");
    assert!(analyze(&sandbox, "--summary", &[filter]).stdout.contains(words), "the terminal");
}

#[test]
fn two_numbers_are_a_range_also_over_a_list_of_numbers_and_a_quoted_number_is_a_text() {
    let sandbox = grid("");
    let of = |filter: &str| jobs(&digest(&sandbox, &[&format!("ANALYZE.PRE_FILTERS={filter}")]));
    assert_eq!(of("{cfg.bs: [32, 128]}"), [72], "64 lies between them");
    assert_eq!(of("{cfg.bs: [64, 64]}"), [24]);
    assert_eq!(of("{cfg.flag: [1, 1]}"), [36], "truth values are 0 and 1 in a range, as before");
    assert_eq!(of("{cfg.code: ['0']}"), [36], "a text that looks like a number");
    expect_warning(
        &sandbox,
        "ANALYZE.PRE_FILTERS={cfg.code: [0, 0]}",
        "To keep certain values, list them: `cfg.code: [\"1\", \"0\"]`.",
    );
    expect_warning(
        &sandbox,
        "ANALYZE.PRE_FILTERS={cfg.bs: ['32']}",
        "No job has `cfg.bs` \"32\". Jobs have the number 32; keep it with the range `[32, 32]`.",
    );
    expect_warning(
        &sandbox,
        "ANALYZE.PRE_FILTERS={cfg.flag: ['true']}",
        "Jobs have the boolean true; remove the quotes.",
    );
}

#[test]
fn a_value_that_no_job_has_is_told_of_with_the_nearest() {
    let sandbox = grid("");
    let filter = "ANALYZE.PRE_FILTERS={cfg.opt: [sgdd, adam]}";
    expect_warning(&sandbox, filter, "No job has `cfg.opt` sgdd. Did you mean `sgd`?");
    assert_eq!(jobs(&digest(&sandbox, &[filter])), [24], "the others are kept");
    expect_warning(
        &sandbox,
        "ANALYZE.SPLIT_FILTERS={a: {cfg.opt: [sgd]}, b: {cfg.opt: [rmsprop]}}",
        "No job has `cfg.opt` rmsprop. Jobs have sgd, adam or lion.",
    );
    expect_warning(&sandbox, "ANALYZE.PRE_FILTERS={state: [doen]}", "Did you mean `done`?");
    expect_warning(&sandbox, "ANALYZE.PRE_FILTERS={cfg.opr: [sgd]}", "Did you mean `cfg.opt`");
    expect_warning(&sandbox, "ANALYZE.METRICS=[cfg.otp]", "Did you mean `cfg.opt`");
}

#[test]
fn the_values_of_a_parameter_are_groups_in_the_samplers_order_and_pairs_of_a_grid() {
    let sandbox = grid("");
    let found = digest(&sandbox, &["ANALYZE.COMPARE_BY=cfg.opt"]);
    assert_eq!((names(&found), jobs(&found)), (vec!["sgd", "adam", "lion"], vec![24; 3]));
    assert_eq!(found["comparisons"].as_array().unwrap().len(), 3);
    let sampled = sampled(&sandbox, "grid");
    // Each job of one with that of the other which has all else in common.
    let wins = |one: &str, other: &str| {
        let rest = |job: &Value| ["bs", "flag", "code", "lr"].map(|key| job[key].to_string());
        let of =
            |opt: &str| sampled.iter().filter(move |job| job["opt"] == opt).collect::<Vec<_>>();
        let others = of(other);
        let partner = |job: &Value| *others.iter().find(|o| rest(o) == rest(job)).unwrap();
        of(one).into_iter().filter(|job| error_of(job) < error_of(partner(job))).count()
    };
    for comparison in found["comparisons"].as_array().unwrap() {
        let [a, b] = ["a", "b"].map(|side| comparison[side].as_str().unwrap());
        let pairs = &comparison["pairs"];
        assert_eq!((&pairs["wins"], &pairs["losses"]), (&wins(a, b).into(), &wins(b, a).into()));
        assert_eq!(pairs["left_out"], 0, "{comparison}");
    }
    let words = "adam is clearly better than sgd: of 24 shared configs, adam is better in 24";
    assert!(found["comparisons"][0]["words"].as_str().unwrap().starts_with(words), "{found}");
    let page = page(&sandbox);
    assert!(page.contains("<h2>Distribution by opt</h2>") && page.contains(words), "the page");
    assert!(!page.contains("<h2>What to try next</h2>"), "it says of which group");
    let run = analyze(&sandbox, "--figures=figures", &["ANALYZE.COMPARE_BY=cfg.opt"]);
    for opt in ["sgd", "adam", "lion"] {
        assert!(run.stderr.contains(&format!("{opt}: best: job")), "{}", run.stderr);
    }
}

#[test]
fn numbers_and_combinations_are_groups_too_and_with_seeds_configs_are_paired() {
    let sandbox = grid("");
    let found = digest(&sandbox, &["ANALYZE.COMPARE_BY=cfg.bs"]);
    assert_eq!(names(&found), ["bs 32", "bs 128", "bs 64"]);
    let found = digest(&sandbox, &["ANALYZE.COMPARE_BY=[cfg.flag, cfg.opt]"]);
    assert_eq!(jobs(&found), [12; 6]);
    assert_eq!(names(&found)[..2], ["flag true, sgd", "flag true, adam"]);
    // A text needs quotes to be told from a number.
    let found = digest(&sandbox, &["ANALYZE.COMPARE_BY=cfg.code"]);
    assert_eq!(names(&found), ["code \"1\"", "code \"0\""]);

    let sandbox = Sandbox::new();
    let seeds = "  STRATEGY: grid\n  REPLICATES: 3\n  SAMPLERS: {opt: [sgd, adam], lr: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]}\n";
    sweep(&sandbox, "grid", 1, (seeds, "COMPARE_BY: cfg.opt"), |_, draw| {
        JobEnd::Done(error(draw.word("opt"), 0.0, draw.number("lr")) + draw.normal())
    });
    let pairs = &digest(&sandbox, &[])["comparisons"][0]["pairs"];
    let count = |name: &str| pairs[name].as_u64().unwrap();
    assert_eq!(count("wins") + count("ties") + count("losses"), 7, "configs, not jobs: {pairs}");
}

#[test]
fn a_parameter_is_found_by_the_end_of_its_name() {
    let sandbox = grid("");
    let found = digest(&sandbox, &["ANALYZE.COMPARE_BY=opt"]);
    assert_eq!(names(&found), ["sgd", "adam", "lion"]);
    let found = digest(&sandbox, &["ANALYZE.PRE_FILTERS={opt: [sgd]}", "ANALYZE.METRICS=[flag]"]);
    assert_eq!((jobs(&found), &found["warnings"]), (vec![24], &serde_json::json!([])));
    assert!(page(&sandbox).contains("data-y=\"flag\" data-rows-of=\"[\"false\",\"true\"]\""));
}

#[test]
fn the_word_of_one_job_makes_no_categories_of_the_numbers_of_others() {
    let sandbox = grid("METRICS: [note.score]");
    for job in 0..72 {
        let path = format!("sweeps/grid/logs/{job:06}/stdout.log");
        let score = if job == 7 { "\"N/A\"".to_owned() } else { format!("{job}.5") };
        let line = format!(
            "json_stats: {{\"_type\": \"note\", \"epoch\": \"2/2\", \"score\": {score}}}\n"
        );
        let log = sandbox.read(&path) + &line;
        sandbox.write(&path, log);
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "grid.yaml"]);
    assert_eq!(digest(&sandbox, &[])["warnings"], serde_json::json!([]));
    let page = page(&sandbox);
    assert!(page.contains("data-x=\"note.score\"") && !page.contains("data-rows-of"));
}

#[test]
fn what_makes_no_groups_is_refused_with_what_to_write_instead() {
    let sandbox = Sandbox::new();
    let setup = "  NUM_CONFIGS: 40\n  SAMPLERS:\n    lr: {TYPE: float_sampler, RANGE: [0.0, 1.0]}\n    opt: [sgd, adam]\n    momentum: {TYPE: value_sampler, VALUES: [0.8, 0.9], WHEN: opt == 'sgd'}\n    same: [x]\n";
    sweep(&sandbox, "grid", 1, (setup, ""), |_, draw| JobEnd::Done(draw.number("lr")));
    let by = |key: &str| format!("ANALYZE.COMPARE_BY={key}");
    expect_warning(
        &sandbox,
        &by("cfg.lr"),
        "`cfg.lr` has 40 different values, and the limit is 12. Split it into ranges: \
         `SPLIT_FILTERS: {low: {cfg.lr: [-.inf, 0.",
    );
    expect_warning(&sandbox, &by("cfg.momentun"), "Did you mean `cfg.momentum`?");
    expect_warning(&sandbox, &by("cfg.same"), "`cfg.same` is x in all jobs.");
    let found = digest(&sandbox, &[&by("cfg.momentum")]);
    let sampled = sampled(&sandbox, "grid");
    let without = sampled.iter().filter(|job| job["opt"] == "adam").count();
    let words = format!("{without} jobs have no value and are in no group.");
    assert!(found["selection"][0].as_str().unwrap().ends_with(&words), "{}", found["selection"]);
    assert_eq!(names(&found), ["momentum 0.8", "momentum 0.9"]);
    // The halves that the refusal proposes are halves.
    let run = analyze(&sandbox, "--json", &[&by("cfg.lr")]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let warning = found["warnings"][0].as_str().unwrap();
    let proposed = warning.split("SPLIT_FILTERS: ").nth(1).unwrap().trim_end_matches("`.");
    let found = digest(&sandbox, &[&format!("ANALYZE.SPLIT_FILTERS={proposed}")]);
    assert_eq!(jobs(&found), [20, 20], "{proposed}");
    let both = ["ANALYZE.SPLIT_FILTERS={a: {cfg.opt: [sgd]}}", "ANALYZE.COMPARE_BY=cfg.opt"];
    let run = analyze(&sandbox, "--json", &both).expect(2);
    assert!(run.stderr.contains("SPLIT_FILTERS, which also divides the jobs"), "{}", run.stderr);
}

#[test]
fn of_several_sweeps_each_has_a_group_for_each_value() {
    let sandbox = grid("COMPARE_BY: cfg.flag");
    let fewer = "  STRATEGY: grid\n  SAMPLERS: {flag: [true, false], lr: [0.1, 0.2]}\n";
    sweep(&sandbox, "other", 1, (fewer, ""), |_, draw| JobEnd::Done(20.0 + draw.number("lr")));
    let args = ["--sweep-cfg", "grid.yaml", "other.yaml", "--json"];
    let run = sandbox.run(bin!("sweep_analyze"), &args);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let expected = ["grid: flag true", "grid: flag false", "other: flag true", "other: flag false"];
    assert_eq!((names(&found), jobs(&found)), (expected.to_vec(), vec![36, 36, 2, 2]));
}

#[test]
fn a_filter_on_how_jobs_ended_takes_none_away() {
    let sandbox = grid("");
    for filter in ["{done: [1, 1, 1]}", "{state: [done]}"] {
        let found = digest(&sandbox, &[&format!("ANALYZE.PRE_FILTERS={filter}")]);
        let own = &found["sweeps"][0];
        assert_eq!(
            (&own["jobs"], &own["with_value"], &own["lost"]),
            (&72.into(), &64.into(), &8.into()),
            "{filter}"
        );
        assert!(found["selection"][0].as_str().unwrap().contains("count as worse"), "{found}");
    }
    let found = digest(&sandbox, &["ANALYZE.PRE_FILTERS={done: [0, 1, 1]}"]);
    assert_eq!((jobs(&found), found["sweeps"][0]["lost"].as_u64()), (vec![72], Some(0)));
    assert_eq!(found["selection"], serde_json::json!([]), "it asks for nothing");
    let found = digest(&sandbox, &["ANALYZE.PRE_FILTERS={state: [failed]}"]);
    assert_eq!(jobs(&found), [8], "who asks for failed jobs gets them");
}

#[test]
fn a_metric_of_names_is_drawn_by_category_with_its_numbers() {
    let sandbox = grid("PRE_FILTERS: {done: [1, 1]}, METRICS: [cfg.opt, cfg.flag, cfg.bs]");
    let found = digest(&sandbox, &[]);
    assert_eq!(found["warnings"], serde_json::json!([]));
    let page = page(&sandbox);
    let sampled = sampled(&sandbox, "grid");
    // scipy's and numpy's median; lost ones are the greatest.
    let median = |opt: &str| {
        let of = sampled.iter().filter(|job| job["opt"] == opt);
        let lost = |job: &Value| opt == "lion" && job["bs"].as_f64() > Some(100.0);
        let mut errors: Vec<f64> =
            of.map(|job| if lost(job) { f64::INFINITY } else { error_of(job) }).collect();
        errors.sort_by(f64::total_cmp);
        f64::midpoint(errors[11], errors[12])
    };
    for (opt, lost) in [("sgd", ""), ("adam", ""), ("lion", ", 8 lost")] {
        let median = (median(opt) * 1000.0).round() / 1000.0;
        let words = format!("{opt}: 24 jobs, median {median} %{lost}");
        assert!(page.contains(&words), "{words}");
    }
    assert!(page.contains("data-rows-of=\"[\"lion\",\"adam\",\"sgd\"]\""), "from the bottom");
    assert!(page.contains("data-rows-of=\"[\"false\",\"true\"]\""));
    assert_eq!(page.matches("data-rows-of").count(), 2, "numbers stay a scatter plot");
    assert!(!page.contains("contains text"));
}
