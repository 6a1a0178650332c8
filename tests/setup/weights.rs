//! `WEIGHTS`: how often each value or branch is drawn.

use crate::drawn::{of_configs, setup};

/// A sweep of 1,000 jobs that differ in `n`.
fn counts(sampler: &str, expression: &str) -> String {
    let text = format!(
        "  NUM_CONFIGS: 1000\n  SAMPLERS:\n    n: {{TYPE: int_sampler, RANGE: [1, 1000000000]}}\n    x: {sampler}\n"
    );
    let (sandbox, run) = setup(&text, &[]);
    run.expect(0);
    of_configs(&sandbox, expression)
}

#[test]
fn values_and_branches_are_drawn_by_their_weights() {
    // 10 % of 1,000 within four standard deviations.
    let tenth = "abs(sum(c['x'] == True for c in cfgs) - 100) < 4 * 9.5";
    assert_eq!(
        counts("{TYPE: value_sampler, VALUES: [true, false], WEIGHTS: [1, 9]}", tenth),
        "True"
    );
    let rare = "abs(sum(c['x'] == 'rare' for c in cfgs) - 100) < 4 * 9.5";
    let branches =
        "{TYPE: choice_sampler, BRANCHES: {rare: {y: 1}, usual: {}}, WEIGHTS: {usual: 9, rare: 1}}";
    assert_eq!(counts(branches, rare), "True");
    let union =
        "{TYPE: union_sampler, BRANCHES: {rare: {y: 1}, usual: {y: 2}}, WEIGHTS: [0.1, 0.9]}";
    assert_eq!(counts(union, "abs(sum(c['y'] == 1 for c in cfgs) - 100) < 4 * 9.5"), "True");
}

#[test]
fn a_value_without_weight_is_never_drawn() {
    assert_eq!(
        counts(
            "{TYPE: value_sampler, VALUES: [a, b, c], WEIGHTS: [1, 0, 1]}",
            "sorted({c['x'] for c in cfgs})"
        ),
        "['a', 'c']"
    );
    let branches = "{TYPE: choice_sampler, BRANCHES: {a: {}, b: {}}, WEIGHTS: {a: 1, b: 0}}";
    assert_eq!(counts(branches, "{c['x'] for c in cfgs}"), "{'a'}");
    let text = format!("  STRATEGY: grid\n  SAMPLERS:\n    x: {branches}\n");
    let (sandbox, run) = setup(&text, &[]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "[c['x'] for c in cfgs]"), "['a']");
}

#[test]
fn weights_that_are_none_are_refused_with_their_place() {
    for (sampler, said) in [
        ("{TYPE: value_sampler, VALUES: [1, 2], WEIGHTS: [1]}", "has 1 weights for 2 values"),
        ("{TYPE: value_sampler, VALUES: [1, 2], WEIGHTS: [0, 0]}", "add up to more than 0"),
        ("{TYPE: value_sampler, VALUES: [1, 2], WEIGHTS: [1, -1]}", "not negative"),
        (
            "{TYPE: choice_sampler, BRANCHES: {a: {}, b: {}}, WEIGHTS: {a: 1}}",
            "no weight for the branch `b`",
        ),
        ("{TYPE: choice_sampler, BRANCHES: {a: {}}, WEIGHTS: {aa: 1}}", "there is no branch `aa`"),
        ("{TYPE: int_sampler, RANGE: [1, 2], WEIGHTS: [1, 1]}", "unknown key"),
    ] {
        let (_sandbox, run) =
            setup(&format!("  NUM_CONFIGS: 2\n  SAMPLERS:\n    x: {sampler}\n"), &[]);
        let error = run.expect(2).stderr;
        assert!(error.contains(said), "{error}");
    }
}
