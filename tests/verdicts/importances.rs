//! Which parameters matter.

use serde_json::Value;

use crate::common::Sandbox;
use crate::simulation::{JobEnd, at_least, at_most, count, digest, named, runs, sweep};

fn parameters(jobs: usize, names: &[&str]) -> String {
    let sampler = "{TYPE: float_sampler, RANGE: [0.0, 1.0]}";
    let samplers: Vec<String> = names.iter().map(|name| format!("{name}: {sampler}")).collect();
    format!("  NUM_CONFIGS: {jobs}\n  SAMPLERS: {{{}}}\n", samplers.join(", "))
}

#[test]
fn beside_one_effect_noise_is_not_named() {
    let setup = parameters(32, &["A", "P", "Q", "R", "S", "T"]);
    let runs = runs(12);
    let wrong = count(runs, |run| {
        let sandbox = Sandbox::new();
        sweep(&sandbox, "s", run + 1, (&setup, ""), |_, draw| {
            JobEnd::Done(20.0 + 10.0 * draw.number("A") + 2.0 * draw.normal())
        });
        named(&digest(&sandbox, &["s"])["sweeps"][0]).iter().any(|name| name != "A")
    });
    at_most("a parameter without effect is named beside one with", 0.08, wrong, runs);
}

#[test]
fn a_parameter_that_explains_half_of_the_variance_is_named_in_sweeps_of_64() {
    let setup = parameters(64, &["A", "P", "Q", "R", "S", "T"]);
    let runs = runs(8);
    let found = count(runs, |run| {
        let sandbox = Sandbox::new();
        // The variance of a uniform number is 1/12.
        sweep(&sandbox, "s", run + 1, (&setup, ""), |_, draw| {
            JobEnd::Done(20.0 + 12f64.sqrt() * draw.number("A") + draw.normal())
        });
        named(&digest(&sandbox, &["s"])["sweeps"][0]).contains(&"A".to_owned())
    });
    at_least("the parameter that explains half is named", 0.95, found, runs);
}

#[test]
fn what_matters_only_together_is_said_in_short() {
    let setup = parameters(300, &["A", "B", "P"]);
    let sandbox = Sandbox::new();
    sweep(&sandbox, "s", 3, (&setup, ""), |_, draw| {
        let is_odd = (draw.number("A") > 0.5) != (draw.number("B") > 0.5);
        JobEnd::Done(20.0 + 5.0 * f64::from(u8::from(is_odd)) + draw.normal())
    });
    digest(&sandbox, &["s"]);
    let page = sandbox.read("sweeps/s/analysis.html");
    assert!(page.contains("A and B matter together"), "the pair is named");
}

#[test]
fn a_branch_that_never_wins_has_no_good_values_and_shares_add_up_to_what_is_explained() {
    let setup = "  NUM_CONFIGS: 200\n  SAMPLERS:\n    C: {TYPE: choice_sampler, BRANCHES: {a: {A: {TYPE: float_sampler, RANGE: [0.0, 1.0]}}, b: {B: {TYPE: float_sampler, RANGE: [0.0, 1.0]}}}}\n";
    let sandbox = Sandbox::new();
    sweep(&sandbox, "s", 3, (setup, ""), |_, draw| {
        let of_branch = match draw.word("C") {
            "a" => 10.0 + 5.0 * draw.number("A"),
            _ => 30.0 + 5.0 * draw.number("B"),
        };
        JobEnd::Done(of_branch + draw.normal())
    });
    let found = &digest(&sandbox, &["s"])["sweeps"][0];
    let share = |share: &Value| share["share"].as_f64().unwrap();
    let shares = found["importances"].as_array().unwrap();
    let all: f64 = shares.iter().map(share).sum();
    assert!(all <= found["explained"].as_f64().unwrap() + 1e-9, "{found}");
    assert_eq!(shares[0]["parameter"], "C", "the switch: {found}");
    let page = sandbox.read("sweeps/s/analysis.html");
    let good = page.split("ood values:").nth(1).map(|rest| &rest[..200]).unwrap_or_default();
    assert!(!good.contains("B 0."), "{good}");
}
