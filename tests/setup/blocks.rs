//! Lists whose items are mappings of several kinds: the blocks of a network.

use crate::bin;
use crate::drawn::{of_configs, setup};

const BLOCKS: &str = "  SAMPLERS:\n    blocks:\n      TYPE: list_sampler\n      LENGTH: 2\n      ITEM_SAMPLER:\n        \
                      TYPE: choice_sampler\n        KEY: type\n        BRANCHES:\n          \
                      conv: {kernel: {TYPE: value_sampler, VALUES: [3, 5]}, norm.eps: 0.1}\n          \
                      pool: {size: {TYPE: int_sampler, RANGE: [2, 4]}}\n          skip: {}\n";

#[test]
fn a_grid_of_blocks_has_every_list_of_every_kind_of_block() {
    let (sandbox, run) = setup(&format!("  STRATEGY: grid\n{BLOCKS}"), &[]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "len(cfgs)"), "36");
    assert_eq!(
        of_configs(&sandbox, "[c['blocks'] for c in cfgs][2]"),
        "[{'type': 'conv', 'kernel': 3, 'norm': {'eps': 0.1}}, {'type': 'pool', 'size': 2}]"
    );
    assert_eq!(of_configs(&sandbox, "cfgs[-1]['blocks']"), "[{'type': 'skip'}, {'type': 'skip'}]");
    assert_eq!(of_configs(&sandbox, "len({str(c) for c in cfgs})"), "36");
}

#[test]
fn random_blocks_end_with_the_whole_space_and_a_longer_sweep_begins_with_the_shorter_one() {
    let text = |configs: u32| format!("  NUM_CONFIGS: {configs}\n{BLOCKS}");
    let (whole, run) = setup(&text(100), &[]);
    let said = run.expect(1).stderr;
    assert!(said.contains("the samplers can draw only 36 different configs"), "{said}");
    let (sandbox, run) = setup(&text(10), &[]);
    run.expect(0);
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml", "--extend", "10"]).expect(0);
    let first = of_configs(&whole, "[c['blocks'] for c in cfgs][:20]");
    assert_eq!(of_configs(&sandbox, "[c['blocks'] for c in cfgs]"), first);
}

#[test]
fn expressions_read_blocks_and_those_of_a_block_read_its_own_keys() {
    let text = "  NUM_CONFIGS: 60\n  SAMPLERS:\n    n: [1, 2, 3]\n    blocks:\n      TYPE: list_sampler\n      LENGTH: n\n      ITEM_SAMPLER:\n        \
                TYPE: union_sampler\n        WEIGHTS: {conv: 3, pool: 1}\n        BRANCHES:\n          \
                conv:\n            type: conv\n            kernel: {TYPE: value_sampler, VALUES: [3, 5]}\n            \
                dilation: {TYPE: int_sampler, RANGE: [1, kernel - 2]}\n            groups: {TYPE: int_sampler, RANGE: [1, 4], WHEN: kernel == 3}\n            \
                DERIVED: {pad: (kernel - 1) * dilation // 2}\n          pool: {type: pool, size: 2}\n  \
                DERIVED: {first: 'blocks[0].kernel', last_type: 'blocks[len(blocks) - 1][''type'']'}\n  \
                CONSTRAINTS: {WHERE: ['last_type == ''conv''']}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    for right in [
        "all(b['pad'] == (b['kernel'] - 1) * b['dilation'] // 2 for c in cfgs for b in c['blocks'] if b['type'] == 'conv')",
        "all(('groups' in b) == (b['kernel'] == 3) for c in cfgs for b in c['blocks'] if b['type'] == 'conv')",
        "all(b == {'type': 'pool', 'size': 2} for c in cfgs for b in c['blocks'] if b['type'] == 'pool')",
        "all(c.get('first') == c['blocks'][0].get('kernel') for c in cfgs)",
        "all(c['blocks'][-1]['type'] == 'conv' == c['last_type'] for c in cfgs)",
        "{len(c['blocks']) for c in cfgs} == {1, 2, 3}",
        "any('first' not in c for c in cfgs)",
    ] {
        assert_eq!(of_configs(&sandbox, right), "True", "{right}");
    }
}

#[test]
fn blocks_hold_lists_and_choices_of_their_own_and_two_kinds_that_are_one_block_make_one_job() {
    let text = "  STRATEGY: grid\n  SAMPLERS:\n    cells:\n      TYPE: list_sampler\n      LENGTH: 1\n      ITEM_SAMPLER:\n        TYPE: list_sampler\n        LENGTH: 1\n        \
                ITEM_SAMPLER:\n          TYPE: union_sampler\n          BRANCHES:\n            a: {act: {TYPE: choice_sampler, BRANCHES: {relu: {}, elu: {alpha: 1.0}}}, w: [1, 2]}\n            \
                b: {act: relu, w: [1, 2]}\n            c: {w: {TYPE: list_sampler, LENGTH: [0, 1], ITEM_SAMPLER: [7]}}\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.expect(0).stderr;
    assert_eq!(
        of_configs(&sandbox, "[c['cells'][0][0] for c in cfgs]"),
        "[{'act': 'relu', 'w': [1, 2]}, {'act': 'elu', 'alpha': 1.0, 'w': [1, 2]}, {'w': []}, {'w': [7]}]"
    );
    assert!(said.contains("1 repeat"), "{said}");
}

#[test]
fn a_preview_counts_each_key_of_the_blocks_and_the_command_line_gives_whole_lists() {
    let text = format!("  STRATEGY: grid\n{BLOCKS}");
    let (sandbox, run) = setup(&text, &["--preview", "--html", "p.html", "--dry-run"]);
    let shown = run.expect(0).stdout;
    for column in ["blocks[*].type", "blocks[*].kernel", "blocks[*].size", "blocks[*].norm"] {
        assert!(shown.contains(column), "{column}: {shown}");
    }
    assert!(sandbox.read("p.html").contains("blocks[*].kernel"));
    let given = "blocks=[{type: conv, kernel: 7}],[{type: skip}]";
    let (sandbox, run) = setup(&text, &["--sweep", given]);
    run.expect(0);
    assert_eq!(
        of_configs(&sandbox, "[c['blocks'] for c in cfgs]"),
        "[[{'type': 'conv', 'kernel': 7}], [{'type': 'skip'}]]"
    );
    let said = setup(&text, &["--sweep", "blocks[0].kernel=3,5"]).1.expect(2).stderr;
    assert!(said.contains("`blocks`"), "{said}");
}

#[test]
fn blocks_reach_the_programs_and_the_table_of_the_sweep() {
    let text = format!(
        "  NUM_CONFIGS: 3\n{BLOCKS}LAUNCH:\n  EXECUTOR: local\n  COMMAND: >-\n    echo 'json_stats: {{\"_type\": \"test_epoch\", \"epoch\": \"1/1\", \"min_top1_err\": 1.5, \"top1_err\": 1.5}}'\n"
    );
    let (sandbox, run) = setup(&text, &[]);
    run.expect(0);
    for (program, flags) in [
        (bin!("sweep_launch"), &["--sweep-cfg", "sweep.yaml", "--yes"][..]),
        (bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"][..]),
    ] {
        sandbox.run(program, flags).expect(0);
    }
    for job in ["0", "1", "2"] {
        let args = ["--sweep-cfg", "sweep.yaml", "--job", job, "--json"];
        let told = sandbox.run(bin!("sweep_collect"), &args).expect(0).stdout;
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let expression = format!("__import__('json').dumps(cfgs[{job}]['blocks'])");
        let written: serde_json::Value =
            serde_json::from_str(&of_configs(&sandbox, &expression)).unwrap();
        assert_eq!(told["values"]["cfg.blocks"], written);
    }
}

#[test]
fn blocks_that_are_none_are_refused_with_their_place() {
    for (item, said) in [
        ("{TYPE: choice_sampler, BRANCHES: {a: {}}}", "ITEM_SAMPLER.KEY: is missing"),
        ("{TYPE: union_sampler, KEY: type, BRANCHES: {a: {}}}", "ITEM_SAMPLER.KEY: unknown key"),
        ("{TYPE: choice_sampler, KEY: t, BRANCHES: {a: {t: 1}}}", "`t` is also set elsewhere"),
        ("{TYPE: union_sampler, BRANCHES: {a: {x: 1, x.y: 2}}}", "`x.y` is part of `x`"),
        (
            "{TYPE: union_sampler, BRANCHES: {a: {x: {TYPE: int_sampler, RANGE: [1, n]}}}}",
            "sees only the earlier keys of the same item: nothing",
        ),
        ("{TYPE: union_sampler, WHEN: n > 1, BRANCHES: {a: {x: 1}}}", "WHEN belongs to the list"),
        ("{TYPE: regnet_sampler}", "a regnet_sampler sets several parameters"),
    ] {
        let text = format!(
            "  NUM_CONFIGS: 2\n  SAMPLERS:\n    n: [1, 2]\n    x: {{TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {item}}}\n"
        );
        let error = setup(&text, &[]).1.expect(2).stderr;
        assert!(error.contains(said) && error.contains("sweep.yaml:7:"), "{said}: {error}");
    }
}
