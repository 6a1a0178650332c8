//! Paths of a job config: none removes another one, whoever sets it.

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::drawn::{self, of_configs};

const BASE: &str = "  STRATEGY: grid\n  BASE_CFG: {lr: 0.1, optim: {name: sgd, learning_rate: 0.1, beta1: 0.9}, \
                    layers: [{w: 1, h: 1}, {w: 2}]}\n";

fn setup(text: &str, flags: &[&str]) -> (Sandbox, Run) {
    drawn::setup(&format!("{BASE}{text}"), flags)
}

#[test]
fn an_item_of_a_list_is_sampled_given_and_overridden_by_its_number() {
    let samplers =
        "  SAMPLERS: {'layers[0].w': [3, 4]}\n  DERIVED: {'layers[-1].w': layers.0.w * 2}\n";
    let flags = ["--sweep", "layers[0].h=8,9", "--set", "SETUP.BASE_CFG.layers[1].w=7"];
    let (sandbox, run) = setup(samplers, &flags);
    run.expect(0);
    let layers =
        of_configs(&sandbox, "[[list(layer.values()) for layer in c['layers']] for c in cfgs]");
    assert_eq!(layers, "[[[3, 8], [6]], [[4, 8], [8]], [[3, 9], [6]], [[4, 9], [8]]]");
}

#[test]
fn what_lies_inside_of_something_else_is_refused_with_both_names() {
    let plain = "  SAMPLERS: {optim.name: [sgd, adam]}\n";
    for (text, flags, expected) in [
        (
            "  SAMPLERS: {lr.max: [1, 2]}\n",
            &[][..],
            "SETUP.SAMPLERS.lr.max: lies inside `lr`, which is `0.1` in BASE_CFG (line 5)",
        ),
        (
            "  SAMPLERS: {optim: [sgd, adam]}\n",
            &[][..],
            "SETUP.SAMPLERS.optim: is a mapping in BASE_CFG (`optim.name`, …), which this would remove (line 5)",
        ),
        (
            "  SAMPLERS: {a: [1], a.b: [2]}\n",
            &[][..],
            "`a.b` is part of `a`, which is set as a whole (SETUP.SAMPLERS.a, line 6)",
        ),
        (
            plain,
            &["--sweep", "optim=sgd"],
            "--sweep optim=sgd: `optim` and `optim.name` (SETUP.SAMPLERS) overlap: one is part of the other",
        ),
        (plain, &["--sweep", "optim.name.x=1"], "`optim.name.x` and `optim.name` (SETUP.SAMPLERS)"),
        (plain, &["--sweep", "lr.max=1"], "`lr.max` lies inside `lr`, which is `0.1` in BASE_CFG"),
        (
            plain,
            &["--sweep", "layers[5].w=1"],
            "there is no item 5: `layers` is a list of 2 in BASE_CFG",
        ),
        (
            plain,
            &["--sweep", "new={x: 1}", "--sweep", "new.x=1"],
            "`new.x` and `new` (--sweep new={x: 1}) overlap: one is part of the other",
        ),
        (
            plain,
            &["--set", "SETUP.BASE_CFG.layers[2].w=7"],
            "`SETUP.BASE_CFG.layers` is a list of 2, which has no `[2]`",
        ),
        (
            plain,
            &["--set", "SETUP.BASE_CFG.optim[0]=7"],
            "`SETUP.BASE_CFG.optim` is a mapping, which has no items",
        ),
        (
            "  SAMPLERS: {'layers[0].w': [1, 2]}\n  CONSTRAINTS: {WHERE: len(layers) > 1}\n",
            &[],
            "the part `layers.0.w` of `layers` differs from job to job",
        ),
    ] {
        let (sandbox, run) = setup(text, flags);
        let said = run.expect(2).stderr;
        assert!(said.contains(expected), "{text}{flags:?}: {said}");
        assert!(!sandbox.join("root/s/cfgs").exists(), "{text}{flags:?}");
    }
}

#[test]
fn a_key_that_the_base_config_lacks_and_nearly_has_is_told_of() {
    let misspelt = "SETUP.SAMPLERS.optim.learning_rat: `optim.learning_rat` is not in BASE_CFG\n  hint: did you mean `optim.learning_rate`?";
    let (_, run) = setup("  SAMPLERS: {optim.learning_rat: [1, 2]}\n", &[]);
    let said = run.expect(0).stderr;
    assert!(said.contains(misspelt), "{said}");
    let flag = "--sweep learning_rate=1,2: `learning_rate` is not in BASE_CFG\n  hint: did you mean `optim.learning_rate`?";
    let said = setup("", &["--sweep", "learning_rate=1,2"]).1.expect(0).stderr;
    assert!(said.contains(flag), "{said}");
    for (text, flags) in [
        (
            "  SAMPLERS: {optim.beta2: [1, 2], optim.learning_rate: [1, 2], optim.learning_rate_2: [3]}\n",
            &[][..],
        ),
        ("", &["--sweep", "+learning_rate=1,2"]),
    ] {
        let said = setup(text, flags).1.expect(0).stderr;
        assert!(!said.contains("did you mean"), "{said}");
    }
}

#[test]
fn a_mapping_in_place_of_a_greater_one_is_told_of() {
    let text = "  SAMPLERS: {optim: [{name: sgd}, {name: adam}]}\n";
    let expected = "optim: replaces the mapping in BASE_CFG and drops its `learning_rate`, `beta1`";
    let said = setup(text, &[]).1.expect(0).stderr;
    assert!(said.contains(expected), "{said}");
    let said = setup("", &["--sweep", "optim={name: sgd}"]).1.expect(0).stderr;
    assert!(
        said.contains(
            "`optim` replaces the mapping in BASE_CFG and drops its `learning_rate`, `beta1`"
        ),
        "{said}"
    );
}

#[test]
fn an_item_of_a_list_of_the_defaults_is_sampled() {
    let sandbox = Sandbox::new();
    sandbox.write("defaults.yaml", "layers: [{w: 1}, {w: 2}]\nlr: 0.1\n");
    let text = "ROOT_DIR: root\nNAME: s\nSETUP:\n  STRATEGY: grid\n  DEFAULTS: defaults.yaml\n  SAMPLERS: {'layers[1].w': [3, 4]}\n";
    sandbox.write("sweep.yaml", text);
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let layers = of_configs(&sandbox, "[[layer['w'] for layer in c['layers']] for c in cfgs]");
    assert_eq!(layers, "[[1, 3], [1, 4]]");
}

#[test]
fn branches_that_no_job_has_together_may_set_a_whole_and_its_parts() {
    let text = "  SAMPLERS:\n    new:\n      TYPE: union_sampler\n      BRANCHES:\n        one: {new.width: 1}\n        \
                two: {data: {TYPE: value_sampler, VALUES: [{x: 1}]}}\n        three: {data.x: 2}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    let found = of_configs(&sandbox, "[(c.get('new'), c.get('data')) for c in cfgs]");
    assert_eq!(found, "[({'width': 1}, None), (None, {'x': 1}), (None, {'x': 2})]");
}
