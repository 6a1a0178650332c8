//! Parameters that are there only where others say so: `WHEN`, derived ones without what they need, derived ones
//! of branches, and helpers that no job config gets.

use crate::drawn::{of_configs, setup};

const LAYERS: &str = "    units: {TYPE: int_sampler, RANGE: [1, 30]}\n    \
                      dropout: {TYPE: value_sampler, VALUES: [0.1, 0.2], WHEN: 10 <= units <= 20}\n";

fn assert_holds(sandbox: &crate::common::Sandbox, right: &[&str]) {
    for right in right {
        assert_eq!(of_configs(sandbox, right), "True", "{right}");
    }
}

#[test]
fn a_parameter_with_when_is_in_the_jobs_where_that_is_true_and_in_no_other() {
    let (sandbox, run) = setup(&format!("  STRATEGY: grid\n  SAMPLERS:\n{LAYERS}"), &[]);
    run.expect(0);
    // 11 numbers of units with two values each, and 19 without.
    assert_holds(
        &sandbox,
        &[
            "len(cfgs) == 41",
            "all(('dropout' in c) == (10 <= c['units'] <= 20) for c in cfgs)",
            "sum(c.get('dropout') == 0.2 for c in cfgs) == 11",
        ],
    );
    let (sandbox, run) = setup(&format!("  NUM_CONFIGS: 41\n  SAMPLERS:\n{LAYERS}"), &[]);
    run.expect(0);
    assert_holds(
        &sandbox,
        &["len(cfgs) == 41", "all(('dropout' in c) == (10 <= c['units'] <= 20) for c in cfgs)"],
    );
}

#[test]
fn where_it_is_not_drawn_the_value_of_the_base_config_stays() {
    let text = "  NUM_CONFIGS: 40\n  BASE_CFG: {ema: false, decay: 0}\n  SAMPLERS:\n    ema: [true, false]\n    \
                decay: {TYPE: float_sampler, RANGE: [0.9, 0.999], WHEN: ema}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_holds(
        &sandbox,
        &[
            "all((c['decay'] >= 0.9) == c['ema'] for c in cfgs)",
            "[c['decay'] for c in cfgs if not c['ema']] == [0]",
        ],
    );
}

#[test]
fn a_condition_on_what_is_not_there_does_not_hold() {
    let text = "  STRATEGY: grid\n  SAMPLERS:\n    opt: {TYPE: choice_sampler, BRANCHES: {sgd: {mom: {TYPE: value_sampler, VALUES: [0, 0.9]}}, adam: {}}}\n    \
                nesterov: {TYPE: value_sampler, VALUES: [true, false], WHEN: mom > 0}\n    \
                warm: {TYPE: value_sampler, VALUES: [1], WHEN: nesterov}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_holds(
        &sandbox,
        &[
            "len(cfgs) == 4",
            "all(('nesterov' in c) == (c.get('mom', 0) > 0) for c in cfgs)",
            "all(('warm' in c) == c.get('nesterov', False) for c in cfgs)",
        ],
    );
}

#[test]
fn a_condition_that_is_neither_true_nor_false_rejects_and_says_so() {
    let text = "  NUM_CONFIGS: 5\n  NUM_SAMPLES: 100\n  SAMPLERS:\n    a: [x, y]\n    b: {TYPE: value_sampler, VALUES: [1], WHEN: a > 1}\n";
    let (_sandbox, run) = setup(text, &[]);
    let said = run.expect(2).stderr;
    assert!(said.contains("SAMPLERS.b has no value"), "{said}");
}

#[test]
fn when_sees_what_is_drawn_before_it_and_nothing_else() {
    let text = "  NUM_CONFIGS: 5\n  SAMPLERS:\n    b: {TYPE: value_sampler, VALUES: [1], WHEN: a > 1}\n    a: [1, 2]\n";
    let (_sandbox, run) = setup(text, &[]);
    let said = run.expect(2).stderr;
    assert!(said.contains("SETUP.SAMPLERS.b.WHEN"), "{said}");
    assert!(said.contains("move its sampler above this one"), "{said}");
    let text = "  NUM_CONFIGS: 5\n  SAMPLERS:\n    a: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: value_sampler, VALUES: [1, 2], WHEN: true}}\n";
    let (_sandbox, run) = setup(text, &[]);
    assert!(run.expect(2).stderr.contains("WHEN belongs to the list"));
}

#[test]
fn a_value_from_the_command_line_is_set_where_the_condition_holds() {
    let (sandbox, run) =
        setup(&format!("  STRATEGY: grid\n  SAMPLERS:\n{LAYERS}"), &["--sweep", "dropout=0.5"]);
    run.expect(0);
    assert_holds(
        &sandbox,
        &[
            "len(cfgs) == 30",
            "all(c.get('dropout') == (0.5 if 10 <= c['units'] <= 20 else None) for c in cfgs)",
        ],
    );
}

#[test]
fn what_follows_from_a_parameter_that_a_job_lacks_is_not_in_it_either() {
    let text = "  STRATEGY: grid\n  SAMPLERS:\n    opt: {TYPE: choice_sampler, BRANCHES: {sgd: {mom: 0.9}, adam: {b2: 0.99}}}\n    \
                lr: [1, 2]\n  DERIVED: {rest: 1 - mom, twice: rest * 2, either: \"mom if opt == 'sgd' else b2\"}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_holds(
        &sandbox,
        &[
            "len(cfgs) == 4",
            "all(('rest' in c) == ('twice' in c) == (c['opt'] == 'sgd') for c in cfgs)",
            "sorted(c['either'] for c in cfgs) == [0.9, 0.9, 0.99, 0.99]",
        ],
    );
    // A mistake that is none of absence still speaks.
    let text = "  NUM_CONFIGS: 4\n  NUM_SAMPLES: 9\n  SAMPLERS:\n    opt: {TYPE: choice_sampler, BRANCHES: {sgd: {mom: 0.9}, adam: {}}}\n    \
                n: [0, 1]\n  DERIVED: {a: 1 / (n - n)}\n";
    let (_sandbox, run) = setup(text, &[]);
    assert!(run.expect(2).stderr.contains("DERIVED.a"));
}

#[test]
fn a_branch_has_derived_parameters_of_its_own() {
    let text = "  STRATEGY: grid\n  SAMPLERS:\n    width: [8, 16]\n    net: {TYPE: choice_sampler, BRANCHES: {\n      \
                deep: {depth: {TYPE: value_sampler, VALUES: [2, 4]}, DERIVED: {total: half * 2, half: width * depth}},\n      \
                flat: {DERIVED: {total: width}}}}\n  DERIVED: {cost: total + 1}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_holds(
        &sandbox,
        &[
            "len(cfgs) == 6",
            "all(c['total'] == (2 * c['width'] * c['depth'] if c['net'] == 'deep' else c['width']) for c in cfgs)",
            "all(('half' in c) == (c['net'] == 'deep') and c['cost'] == c['total'] + 1 for c in cfgs)",
        ],
    );
    let refused = |branch: &str, text: &str| {
        let (_sandbox, run) = setup(
            &format!(
                "  NUM_CONFIGS: 2\n  SAMPLERS:\n    net: {{TYPE: choice_sampler, BRANCHES: {{a: {branch}}}}}\n"
            ),
            &[],
        );
        let said = run.expect(2).stderr;
        assert!(said.contains(text), "{said}");
    };
    refused("{DERIVED: {x: y + 1, y: x + 1}}", "circular");
    refused("{x: 1, DERIVED: {x: 2}}", "set twice");
    refused("{DERIVED: {x: nothing + 1}}", "no parameter is called `nothing`");
    let (_sandbox, run) = setup(text, &["--sweep", "total=3"]);
    assert!(run.expect(2).stderr.contains("derived"));
}

#[test]
fn helpers_take_part_in_expressions_and_in_no_job_config() {
    let text = "  STRATEGY: grid\n  SAMPLERS: {e: {TYPE: int_sampler, RANGE: [-3, -1]}, opt: [sgd, adam]}\n  \
                DERIVED: {lr: 10 ** e, twice: 2 * lr, x: twice + 1}\n  HELPERS: [e, twice]\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_holds(
        &sandbox,
        &[
            "len(cfgs) == 6",
            "{k for c in cfgs for k in c} - {'DESC'} == {'lr', 'x', 'opt'}",
            "sorted({c['lr'] for c in cfgs}) == [0.001, 0.01, 0.1]",
        ],
    );
    let sampled = sandbox.read("root/s/sampled.jsonl");
    assert!(sampled.lines().skip(1).all(|line| line.contains("\"e\"")), "{sampled}");
    let (_sandbox, run) = setup(&text.replace("[e, twice]", "[ee]"), &[]);
    let said = run.expect(2).stderr;
    assert!(said.contains("`ee` is neither sampled nor derived"), "{said}");
}

#[test]
fn a_helper_is_no_key_that_defaults_must_have() {
    let text = "  NUM_CONFIGS: 3\n  DEFAULTS: pycls\n  SAMPLERS: {exponent: {TYPE: int_sampler, RANGE: [-3, -1]}}\n  \
                DERIVED: {OPTIM.BASE_LR: 10.0 ** exponent}\n  HELPERS: [exponent]\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_holds(&sandbox, &["all('exponent' not in c for c in cfgs)"]);
}

#[test]
fn acceptance_is_told_for_each_branch_and_one_that_never_passes_is_a_warning() {
    let text = "  NUM_CONFIGS: 30\n  SAMPLERS:\n    opt: {TYPE: choice_sampler, BRANCHES: {\n      \
                sgd: {mom: {TYPE: float_sampler, RANGE: [0, 1]}}, adam: {b2: {TYPE: float_sampler, RANGE: [0, 1]}}}}\n  \
                CONSTRAINTS: {WHERE: [mom > 0.5]}\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.expect(0).stderr;
    assert!(said.contains("no candidate with opt adam meets the constraints (0 of "), "{said}");
    assert!(said.contains("WHERE[0], `mom > 0.5`, has no value for it"), "{said}");
    assert!(said.contains("with opt sgd"), "{said}");
    assert_holds(&sandbox, &["{c['opt'] for c in cfgs} == {'sgd'}"]);
    // As the warning says, both pass where the constraint says for whom it is.
    let (sandbox, run) = setup(&text.replace("mom > 0.5", "opt != 'sgd' or mom > 0.5"), &[]);
    let said = run.expect(0).stderr;
    assert!(!said.contains("no candidate"), "{said}");
    assert_holds(&sandbox, &["{c['opt'] for c in cfgs} == {'sgd', 'adam'}"]);
}
