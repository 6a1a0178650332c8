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
        ("{TYPE: value_sampler, VALUES: [1, 2], WEIGHTS: [1, -1]}", "must not be negative"),
        (
            "{TYPE: choice_sampler, BRANCHES: {a: {}, b: {}}, WEIGHTS: {a: 1}}",
            "no weight for the branch `b`",
        ),
        ("{TYPE: choice_sampler, BRANCHES: {a: {}}, WEIGHTS: {aa: 1}}", "no branch is called `aa`"),
        ("{TYPE: int_sampler, RANGE: [1, 2], WEIGHTS: [1, 1]}", "unknown key"),
    ] {
        let (_sandbox, run) =
            setup(&format!("  NUM_CONFIGS: 2\n  SAMPLERS:\n    x: {sampler}\n"), &[]);
        let error = run.expect(2).stderr;
        assert!(error.contains(said), "{error}");
    }
}

/// A union of which two parts have a number of configs each.
fn parts(more: &str, counts: &str) -> String {
    format!(
        "{more}  SAMPLERS:\n    n: {{TYPE: int_sampler, RANGE: [1, 1000000000]}}\n    part:\n      TYPE: union_sampler\n      NUM_CONFIGS: {counts}\n      \
         BRANCHES: {{small: {{d: 1, w: {{TYPE: int_sampler, RANGE: [1, 9]}}}}, large: {{d: 2}}, spare: {{d: 3}}}}\n"
    )
}

#[test]
fn each_part_of_a_union_has_its_number_of_configs_however_few_of_its_candidates_pass() {
    let text = parts("", "{large: 30, small: 10, spare: 0}")
        + "  CONSTRAINTS: {WHERE: [d == 1 or n % 10 == 0]}\n";
    let (sandbox, run) = setup(&text, &[]);
    let said = run.expect(0).stderr;
    assert_eq!(
        of_configs(&sandbox, "[[c['d'] for c in cfgs].count(d) for d in (1, 2, 3)]"),
        "[10, 30, 0]"
    );
    assert!(said.contains("in branches that already had their NUM_CONFIGS"), "{said}");
    let record: serde_json::Value =
        serde_json::from_str(&sandbox.read("root/s/setup.json")).unwrap();
    assert_eq!(record["requested"], 40);
    let accounted = ["kept", "duplicates"].map(|key| record[key].as_u64().unwrap());
    let rejected = record["rejections"].as_object().unwrap().values();
    let rejected: u64 = rejected.map(|count| count.as_u64().unwrap()).sum();
    assert!(record["rejections"]["SAMPLERS.part.NUM_CONFIGS"].as_u64().unwrap() > 0);
    assert_eq!(accounted.iter().sum::<u64>() + rejected, record["candidates"].as_u64().unwrap());
}

#[test]
fn a_part_that_has_too_few_configs_is_named_and_a_grid_takes_the_first_of_each() {
    let text = "  STRATEGY: grid\n  SAMPLERS:\n    part:\n      TYPE: choice_sampler\n      NUM_CONFIGS: [3, 2]\n      \
                BRANCHES: {a: {x: {TYPE: int_sampler, RANGE: [1, 2]}}, b: {x: {TYPE: int_sampler, RANGE: [1, 9]}}}\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.expect(1).stderr;
    assert!(said.contains("4 of 5 configs: part.a has 2 of 3"), "{said}");
    assert_eq!(
        of_configs(&sandbox, "[(c['part'], c['x']) for c in cfgs]"),
        "[('a', 1), ('a', 2), ('b', 1), ('b', 2)]"
    );
}

#[test]
fn numbers_of_configs_are_extended_by_new_numbers_for_each_part() {
    let (sandbox, run) = setup(&parts("", "[2, 1, 0]"), &[]);
    run.expect(0);
    let extend = |more: &str, counts: &str| {
        let setup = parts("", counts);
        sandbox.write("sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{setup}"));
        let args = ["--sweep-cfg", "sweep.yaml", "--extend", more, "--yes"];
        sandbox.run(crate::bin!("sweep_setup"), &args)
    };
    let said = extend("3", "[2, 1, 0]").expect(2).stderr;
    assert!(
        said.contains(
            "part.NUM_CONFIGS: the numbers add up to 3, not to the number of new \
        configs"
        ),
        "{said}"
    );
    extend("4", "[0, 1, 3]").expect(0);
    assert_eq!(
        of_configs(&sandbox, "[[c['d'] for c in cfgs].count(d) for d in (1, 2, 3)]"),
        "[2, 2, 3]"
    );
}

#[test]
fn numbers_of_configs_that_are_none_are_refused_with_their_place() {
    for (text, said) in [
        (parts("  NUM_CONFIGS: 9\n", "[2, 3, 1]"), "those of the branches of `part` add up to 6"),
        (parts("", "[2, 3]"), "has 2 numbers for 3 branches"),
        (parts("", "[0, 0, 0]"), "add up to 0"),
        (parts("", "{small: 1, large: 2}"), "no number of configs for the branch `spare`"),
        (parts("", "[1, 1, 1]\n      WEIGHTS: [1, 1, 1]"), "cannot be combined with WEIGHTS"),
        (parts("", "[1, 1, 1]\n      WHEN: n > 3"), "WHEN cannot be combined"),
        (
            parts("", "[1, 1, 1]") + "    other: {TYPE: union_sampler, NUM_CONFIGS: [3], BRANCHES: {a: {y: 1}}}\n",
            "`part` and `other` both set the number of configs",
        ),
        (
            "  NUM_CONFIGS: 2\n  SAMPLERS: {x: {TYPE: choice_sampler, BRANCHES: {a: {y: {TYPE: union_sampler, NUM_CONFIGS: [2], BRANCHES: {b: {z: 1}}}}}}}\n".to_owned(),
            "a choice inside another choice",
        ),
    ] {
        let error = setup(&text, &[]).1.expect(2).stderr;
        assert!(error.contains(said), "{said}: {error}");
    }
    let error = setup(&parts("", "[1, 1, 1]"), &["--sweep", "part=small"]).1.expect(2).stderr;
    assert!(
        error.contains("the sampler of `part` already fixes the number of configs per branch"),
        "{error}"
    );
}
