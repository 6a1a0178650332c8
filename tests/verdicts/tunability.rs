//! The best config beside `BASE_CFG`'s own values.

use serde_json::{Value, json};

use crate::bin;
use crate::common::Sandbox;
use crate::simulation::{JobEnd, digest, sweep};

const GRID: &str =
    "  STRATEGY: grid\n  SAMPLERS: {X: [1, 2, 3], Y: [a, b, c]}\n  BASE_CFG: {X: 2, Y: b, Z: 7}\n";

/// The report of a grid of errors 10 to 32: tens by X, ones by Y.
fn report(setup: &str, default: impl Fn(f64) -> JobEnd) -> (Sandbox, Value) {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "s", 1, (setup, ""), |_, draw| {
        let ones = "abc".find(draw.word("Y")).unwrap();
        let tens = draw.number("X");
        let error = 10.0 * tens + ones as f64;
        if (1.5..2.5).contains(&tens) && ones == 1 { default(error) } else { JobEnd::Done(error) }
    });
    let found = digest(&sandbox, &["s"]);
    (sandbox, found)
}

/// A page without the escapes of its quotes.
fn page(sandbox: &Sandbox) -> String {
    let page = sandbox.read("sweeps/s/analysis.html");
    page.replace("&#x27;", "'").replace("&#39;", "'").replace("&#x3D;", "=")
}

#[test]
fn what_tuning_gained_over_the_values_of_the_base_config_is_said_with_its_caveat() {
    let (sandbox, found) = report(GRID, JobEnd::Done);
    let words = "The values of BASE_CFG (job 000004) have error 21 %; 4 of 9 jobs are better, the best by 11 points \
        (an optimistic figure, since the best was chosen by these numbers).";
    let expected = json!({
        "jobs": [4], "value": 21.0, "best": 10.0, "better": 4, "configs": 9, "words": words
    });
    assert_eq!(found["tunability"], expected);
    assert!(page(&sandbox).contains(words), "the page");
    let summary = sandbox.run(bin!("sweep_analyze"), &["--summary", "--sweep-cfg", "s.yaml"]);
    assert!(summary.stdout.contains(words), "{}", summary.stdout);
}

#[test]
fn base_values_that_are_best_lost_or_open_are_said_to_be_so() {
    let words = |default: fn(f64) -> JobEnd| {
        report(GRID, default).1["tunability"]["words"].as_str().map(str::to_owned)
    };
    let best = words(|_| JobEnd::Done(5.0)).unwrap();
    assert!(best.ends_with("have error 5 %; none of 9 jobs is better."), "{best}");
    let lost = words(|_| JobEnd::Failed(f64::NAN)).unwrap();
    assert!(lost.ends_with("are lost; the best error is 10 %."), "{lost}");
    assert_eq!(words(JobEnd::Open), None);
    let (_, unknown) = report(&GRID.replace("X: 2, ", ""), JobEnd::Done);
    assert_eq!(unknown["tunability"], Value::Null, "of X the base config says nothing");
}

#[test]
fn with_seeds_the_base_values_are_a_config() {
    let replicated = GRID.replace("  STRATEGY", "  REPLICATES: 2\n  STRATEGY");
    let (_, found) = report(&replicated, JobEnd::Done);
    let gain = &found["tunability"];
    assert_eq!(
        [&gain["jobs"], &gain["better"], &gain["configs"]],
        [&json!([8, 9]), &json!(4), &json!(9)]
    );
}

#[test]
fn the_command_that_adds_the_base_values_to_the_sweep_does_so() {
    let setup = "  NUM_CONFIGS: 40\n  SAMPLERS: {X: {TYPE: float_sampler, RANGE: [0.0, 1.0]}, W: {TYPE: list_sampler, LENGTH: 2, \
        ITEM_SAMPLER: {TYPE: int_sampler, RANGE: [1, 9]}}}\n  BASE_CFG: {X: 0.5, W: [4, 4]}\n";
    let sandbox = Sandbox::new();
    sweep(&sandbox, "s", 1, (setup, ""), |_, draw| JobEnd::Done(10.0 + 30.0 * draw.number("X")));
    assert_eq!(digest(&sandbox, &["s"])["tunability"], Value::Null);
    let page = page(&sandbox);
    let (_, command) =
        page.split_once("sweep_setup --sweep-cfg s.yaml --extend 1 ").expect("the command");
    assert_eq!(command.split('<').next().unwrap().trim(), "--sweep 'X=0.5' --sweep 'W=[4, 4]'");
    let (named, extended) = (["--sweep-cfg", "s.yaml"], ["--extend", "1", "--yes"]);
    let values = ["--sweep", "X=0.5", "--sweep", "W=[4, 4]"];
    let args = [&named[..], &extended, &values].concat();
    sandbox.run(bin!("sweep_setup"), &args).expect(0);
    let sampled = sandbox.read("sweeps/s/sampled.jsonl");
    let last: Value = serde_json::from_str(sampled.lines().last().unwrap()).unwrap();
    assert_eq!(last["sampled"], json!({"X": 0.5, "W": [4, 4]}));
}
