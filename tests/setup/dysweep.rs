//! Dysweep's form of a design space: the jobs are those that its own code makes.

use std::collections::BTreeSet;
use std::fs;

use crate::bin;
use crate::common::{Run, Sandbox, fixture, python};

fn setup(text: &str) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", text);
    let run = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]);
    (sandbox, run)
}

fn of(base: &str, tree: &str) -> (Sandbox, Run) {
    setup(&format!(
        "ROOT_DIR: root\nNAME: s\nSETUP:\n  STRATEGY: grid\n  BASE_CFG: {base}\n  TREE:\n{tree}"
    ))
}

/// The job configs without their descriptions, as JSON with sorted keys, in order.
fn configs(sandbox: &Sandbox) -> Vec<String> {
    let program = "import sys, yaml, glob, json\nfor f in sorted(glob.glob(sys.argv[1] + '/*.yaml')):\n    \
                   c = yaml.safe_load(open(f))\n    print(json.dumps(c, sort_keys=True))";
    let text = python(program, &[&sandbox.join("root/s/cfgs")]);
    text.lines().map(str::to_owned).collect()
}

fn expected(name: &str) -> BTreeSet<String> {
    let program = "import sys, json\nfor c in json.load(open(sys.argv[1])): print(json.dumps(c, sort_keys=True))";
    let text = python(program, &[&fixture(&format!("tree/{name}.json"))]);
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_tree_makes_the_jobs_that_dysweep_makes_of_it() {
    for (name, jobs) in [("sweep", 48), ("lists", 4)] {
        let (sandbox, run) =
            setup(&fs::read_to_string(fixture(&format!("tree/{name}.yaml"))).unwrap());
        run.expect(0);
        let configs = configs(&sandbox);
        assert_eq!(configs.len(), jobs, "{name}");
        assert_eq!(configs.into_iter().collect::<BTreeSet<_>>(), expected(name), "{name}");
    }
}

#[test]
fn a_job_is_described_by_the_names_of_its_choices_and_what_they_set() {
    let (sandbox, run) = setup(&fs::read_to_string(fixture("tree/sweep.yaml")).unwrap());
    run.expect(0);
    let summary = sandbox.read("root/s/cfgs_summary.yaml");
    let first = summary.lines().next().unwrap();
    assert!(first.contains("data.transforms.1.init_args.size 28"), "{first}");
    assert!(first.contains("optimizer adam trainer.optimizer.class_path Adam"), "{first}");
    assert!(first.contains("widths [8, 16]"), "{first}");
    assert!(!sandbox.read("root/s/cfgs/000000.yaml").contains("schedule:"));
}

#[test]
fn sweep_false_sweeps_nothing() {
    let tree = "    a: {sweep: false, values: [1, 2]}\n    b: {sweep: false, c: 5}\n    d: {sweep: true, values: [8, 9]}\n";
    let (sandbox, run) = of("{a: 7}", tree);
    run.expect(0);
    let expected = [r#"{"a": 7, "b": {"c": 5}, "d": 8}"#, r#"{"a": 7, "b": {"c": 5}, "d": 9}"#];
    assert_eq!(configs(&sandbox), expected);
}

#[test]
fn an_item_that_is_inserted_without_a_value_is_what_stands_beside() {
    // Dysweep's own code refuses this form, which its guide shows: the item holds its own operation.
    let tree = "    a:\n      dy__list__operations: [{dy__insert: 1}, {dy__insert: -1}]\n      k: {x: 1}\n";
    let (sandbox, run) = of("{a: [0, 9]}", tree);
    run.expect(0);
    assert_eq!(configs(&sandbox), [r#"{"a": [0, {"k": {"x": 1}}, 9, {"k": {"x": 1}}]}"#]);
}

#[test]
fn a_value_may_sweep_more_and_ranges_are_those_of_weights_and_biases() {
    let tree = "    opt:\n      sweep: true\n      sweep_alias: [sgd, adam]\n      values:\n      - {momentum: {sweep: true, values: [0.8, 0.9]}}\n      \
                - {beta: 0.99}\n    seed: {sweep: true, min: 1, max: 3}\n";
    let (sandbox, run) = of("{}", tree);
    run.expect(0);
    assert_eq!(configs(&sandbox).len(), 9);

    let text = "ROOT_DIR: root\nNAME: s\nSETUP:\n  NUM_CONFIGS: 200\n  TREE:\n    lr: {sweep: true, distribution: log_uniform_values, min: 1e-5, max: 0.1}\n    \
                drop: {sweep: true, min: 0.25, max: 0.75}\n    n: {sweep: true, distribution: q_uniform, min: 0, max: 64, q: 16}\n";
    let (sandbox, run) = setup(text);
    run.expect(0);
    let program = "import sys, yaml, glob, math\nc = [yaml.safe_load(open(f)) for f in glob.glob(sys.argv[1] + '/*.yaml')]\n\
                   print(all(1e-5 <= x['lr'] <= 0.1 and 0.25 <= x['drop'] <= 0.75 for x in c), sorted({x['n'] for x in c}),\n  \
                   70 < sum(x['lr'] < 1e-3 for x in c) < 130)";
    let found = python(program, &[&sandbox.join("root/s/cfgs")]);
    assert_eq!(found.trim(), "True [0, 16, 32, 48, 64] True");
}

#[test]
fn trees_and_samplers_live_side_by_side_and_a_tree_is_extended() {
    let text = |n: u32| {
        format!(
            "ROOT_DIR: root\nNAME: s\nSETUP:\n  NUM_CONFIGS: {n}\n  TREE:\n    a: {{sweep: true, values: [1, 2, 3]}}\n  \
             SAMPLERS: {{B: {{TYPE: int_sampler, RANGE: [0, a]}}}}\n  DERIVED: {{C: a + B}}\n"
        )
    };
    let (whole, run) = setup(&text(7));
    run.expect(0);
    let (sandbox, run) = setup(&text(4));
    run.expect(0);
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml", "--extend", "3"]).expect(0);
    assert_eq!(configs(&sandbox), configs(&whole));
}

#[test]
fn what_is_wrong_in_a_tree_is_told_at_its_place() {
    let tree = "    a: {sweep: maybe, values: [1]}\n    b: {sweep: true}\n    c: {sweep: true, values: [], other: 1}\n    \
                d: {dy__eval: 'lambda c: 1'}\n    e: {__IDX__5: 1}\n    f: [1, 2, 3]\n    g: {dy__list__operations: [{dy__remove: 9}, {dy__move: 1}]}\n    \
                h: {sweep: true, values: [1, 2], sweep_alias: [x]}\n    i: {sweep: true, values: [{p: 1}, {p: 2}], sweep_alias: [x, x]}\n    \
                j: {sweep: true, values: [1, 2], sweep_identifier: name}\n    k: {sweep: true, values: [1, 2], sweep_identifier: name}\n";
    let said = of("{e: [1], f: [1, 2], g: [1]}", tree).1.expect(2).stderr;
    for told in [
        "SETUP.TREE.a.sweep: expected true or false, found text `maybe`",
        "SETUP.TREE.b.min: is missing: give `values`, `min` and `max`, or a `distribution`",
        "SETUP.TREE.c: has no values to sweep",
        "SETUP.TREE.c.other: unknown key",
        "compute values from others under DERIVED",
        "`e` has no item `5`",
        "SETUP.TREE.f: a list of 3 cannot be merged with the existing list of 2",
        "a list of 1 has no position 9",
        "one of dy__insert, dy__overwrite, dy__remove with an index",
        "SETUP.TREE.h.sweep_alias: has 1 names for 2 values",
        "`x` is also the name of another value",
        "`name` is swept twice",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
}

#[test]
fn the_command_line_names_a_swept_value_by_the_number_that_it_is() {
    let tree = "    lr: {sweep: true, values: [0.1, 0.02], sweep_identifier: rate}\n    \
                a: {sweep: true, values: [{b: 2}, {b: 3}], sweep_alias: [1, x]}\n";
    let text = format!(
        "ROOT_DIR: root\nNAME: s\nSETUP:\n  STRATEGY: grid\n  BASE_CFG: {{lr: 0.5, a: {{b: 1}}}}\n  TREE:\n{tree}"
    );
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", text);
    let run = |sweep: &str| {
        let args = ["--sweep-cfg", "sweep.yaml", "--sweep", sweep, "--sweep", "a.*=1"];
        sandbox.run(bin!("sweep_setup"), &args)
    };
    run("rate=2e-2,0.1").expect(0);
    let expected = [r#"{"a": {"b": 2}, "lr": 0.02}"#, r#"{"a": {"b": 2}, "lr": 0.1}"#];
    assert_eq!(configs(&sandbox), expected);
    let said = run("rate=0.3").expect(2).stderr;
    assert!(said.contains("`rate` has no branch 0.3"), "{said}");
}

#[test]
fn values_and_paths_of_a_tree_are_held_against_the_base_config() {
    let base = "  STRATEGY: grid\n  BASE_CFG: {optim: {learning_rate: 0.1}, flag: true}\n";
    for (tree, code, expected) in [
        (
            "{optim: {learning_rate: {values: ['0.1', '0.2']}}}",
            2,
            "is 0.1 in BASE_CFG, and the text '0.1' here",
        ),
        ("{flag: {values: [a, b]}}", 0, "is True in BASE_CFG, and text here"),
        ("{optim: {learning_rat: {values: [1, 2]}}}", 0, "did you mean `optim.learning_rate`?"),
        ("{n: {values: [1, true, 2]}}", 0, "1 and True are equal in Python"),
        ("{n: {values: [1, 2], sweeep: true}}", 0, "has `values`, but also `sweeep`"),
    ] {
        let said =
            crate::drawn::setup(&format!("{base}  TREE: {tree}\n"), &[]).1.expect(code).stderr;
        assert!(said.contains(expected), "{tree}: {said}");
    }
    for tree in [
        "{optim: {learning_rate: {values: [1, !!str 0.2]}}}",
        "{n: !!map {values: [1, 2], sweeep: true}}",
        "{beta_a: 1, beta_b: {values: [1, 2]}}",
    ] {
        let said = crate::drawn::setup(&format!("{base}  TREE: {tree}\n"), &[]).1.expect(0).stderr;
        assert!(!said.contains("warning"), "{tree}: {said}");
    }
}
