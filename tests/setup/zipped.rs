//! `ZIP`: parameters that take their values step by step together, in grids, at random, and across branches.

use crate::drawn::{of_configs, setup};

const PAIRS: &str =
    "  ZIP: [[lr, wd]]\n  SAMPLERS:\n    lr: [1, 2, 2]\n    wd: [3, 4, 5]\n    seed: [0, 1]\n";

#[test]
fn random_draws_take_zipped_values_together() {
    for strategy in ["random", "sobol", "grid"] {
        let text = format!("  STRATEGY: {strategy}\n  NUM_CONFIGS: 6\n{PAIRS}");
        let (sandbox, run) = setup(&text, &[]);
        run.expect(0);
        let pairs = "sorted({(c['lr'], c['wd'], c['seed']) for c in cfgs})";
        assert_eq!(
            of_configs(&sandbox, pairs),
            "[(1, 3, 0), (1, 3, 1), (2, 4, 0), (2, 4, 1), (2, 5, 0), (2, 5, 1)]",
            "{strategy}"
        );
    }
}

const ACROSS: &str = "  ZIP: [[seed, mom]]\n  SAMPLERS:\n    \
                      opt: {TYPE: choice_sampler, BRANCHES: {sgd: {mom: {TYPE: value_sampler, VALUES: [0.8, 0.9]}}, adam: {}}}\n    \
                      lr: [1, 2]\n    seed: [10, 11]\n";

#[test]
fn a_parameter_of_a_branch_steps_with_one_outside_of_it() {
    for text in ["  STRATEGY: grid\n", "  NUM_CONFIGS: 8\n"] {
        let (sandbox, run) = setup(&format!("{text}{ACROSS}"), &[]);
        run.expect(0);
        let all = "sorted((c['opt'], c['lr'], c['seed'], c.get('mom', 0)) for c in cfgs)";
        assert_eq!(
            of_configs(&sandbox, all),
            "[('adam', 1, 10, 0), ('adam', 1, 11, 0), ('adam', 2, 10, 0), ('adam', 2, 11, 0), \
             ('sgd', 1, 10, 0.8), ('sgd', 1, 11, 0.9), ('sgd', 2, 10, 0.8), ('sgd', 2, 11, 0.9)]"
        );
    }
}

#[test]
fn groups_that_cannot_step_together_are_refused() {
    let refused = |text: &str, why: &str| {
        let said = setup(text, &[]).1.expect(2).stderr;
        assert!(said.contains(why), "{said}");
    };
    refused(
        &format!("  STRATEGY: grid\n{}", ACROSS.replace("[0.8, 0.9]", "[0.8]")),
        "mom has 1 value, seed has 2 values",
    );
    let apart = "  STRATEGY: grid\n  ZIP: [[a, b]]\n  SAMPLERS:\n    x: {TYPE: choice_sampler, BRANCHES: {p: {a: 1}, q: {b: 2}}}\n";
    refused(apart, "SETUP.ZIP[0]: its parameters never occur in the same job");
    let ranged = "  NUM_CONFIGS: 2\n  ZIP: [[a, b]]\n  SAMPLERS:\n    a: [1, 2]\n    b: {TYPE: int_sampler, RANGE: [1, a]}\n";
    refused(ranged, "b has no countable steps");
}
