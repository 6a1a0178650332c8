//! Spaces whose parameters depend on each other: lists of any length, ranges that refer to other
//! parameters, unions, replicates.

use crate::bin;
use crate::drawn::{of_configs, setup};

const WIDTHS: &str = "    WIDTHS:\n      TYPE: list_sampler\n      LENGTH: {TYPE: int_sampler, RANGE: [1, 3]}\n      \
                      ITEM_SAMPLER: {TYPE: value_sampler, VALUES: [32, 64]}\n";

#[test]
fn a_grid_over_a_list_of_any_length_is_hydras_fourteen() {
    let text =
        format!("  STRATEGY: grid\n  SAMPLERS:\n{WIDTHS}  DERIVED: {{NUM_LAYERS: len(WIDTHS)}}\n");
    let (sandbox, run) = setup(&text, &[]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "len(cfgs)"), "14");
    assert_eq!(
        of_configs(&sandbox, "[c['WIDTHS'] for c in cfgs][1:4]"),
        "[[64], [32, 32], [32, 64]]"
    );
    assert_eq!(
        of_configs(&sandbox, "all(c['NUM_LAYERS'] == len(c['WIDTHS']) for c in cfgs)"),
        "True"
    );
}

#[test]
fn random_draws_of_a_list_of_any_length_end_with_the_whole_space() {
    let (sandbox, run) = setup(&format!("  NUM_CONFIGS: 100\n  SAMPLERS:\n{WIDTHS}"), &[]);
    let said = run.expect(1).stderr;
    assert!(said.contains("the samplers can draw only 14 different configs"), "{said}");
    assert_eq!(of_configs(&sandbox, "len({str(c['WIDTHS']) for c in cfgs})"), "14");
}

#[test]
fn a_length_and_a_range_follow_from_what_was_drawn_before() {
    let text = "  NUM_CONFIGS: 200\n  BASE_CFG: {MOST: 100}\n  SAMPLERS:\n    DEPTH: {TYPE: int_sampler, RANGE: [1, 9]}\n    \
                WARMUP: {TYPE: int_sampler, RANGE: [0, DEPTH - 1]}\n    \
                WIDTHS: {TYPE: list_sampler, LENGTH: DEPTH, ITEM_SAMPLER: {TYPE: int_sampler, QUANTIZE: 8, RANGE: [8, MOST]}}\n    \
                RATE: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.001, 1 / DEPTH]}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    for right in [
        "all(0 <= c['WARMUP'] < c['DEPTH'] == len(c['WIDTHS']) for c in cfgs)",
        "all(w % 8 == 0 and 8 <= w <= 96 for c in cfgs for w in c['WIDTHS'])",
        "all(0.001 <= c['RATE'] <= 1 / c['DEPTH'] for c in cfgs)",
        "{c['DEPTH'] for c in cfgs} == set(range(1, 10))",
        "max(w for c in cfgs for w in c['WIDTHS']) == 96",
    ] {
        assert_eq!(of_configs(&sandbox, right), "True", "{right}");
    }
}

#[test]
fn a_range_that_is_empty_rejects_the_candidate_and_says_so() {
    let text = "  NUM_CONFIGS: 50\n  NUM_SAMPLES: 2000\n  SAMPLERS:\n    A: {TYPE: int_sampler, RANGE: [1, 9]}\n    B: {TYPE: int_sampler, RANGE: [5, A]}\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.expect(1).stderr;
    assert!(said.contains("SAMPLERS.B has no value for"), "{said}");
    assert!(said.contains("contains no multiple of 1"), "{said}");
    assert_eq!(of_configs(&sandbox, "all(5 <= c['B'] <= c['A'] for c in cfgs)"), "True");
    let never = text.replace("[5, A]", "[10, A]");
    let said = setup(&never, &[]).1.expect(2).stderr;
    assert!(said.contains("found no config"), "{said}");
}

#[test]
fn a_range_over_what_is_drawn_later_or_never_is_told_at_its_place() {
    let text = "  NUM_CONFIGS: 5\n  SAMPLERS:\n    B: {TYPE: int_sampler, RANGE: [1, A]}\n    A: {TYPE: int_sampler, RANGE: [1, 9]}\n    \
                C: {TYPE: int_sampler, RANGE: [1, Z + 1]}\n    D: {TYPE: list_sampler, LENGTH: flops, ITEM_SAMPLER: [1]}\n    \
                E: {TYPE: int_sampler, RANGE: [1, E]}\n    F: {TYPE: list_sampler, LENGTH: [1.5], ITEM_SAMPLER: [1]}\n";
    let said = setup(text, &[]).1.expect(2).stderr;
    for told in [
        "sweep.yaml:6:39: SETUP.SAMPLERS.B.RANGE[1]: no parameter is called `A`",
        "it is drawn later: move its sampler above this one",
        "SETUP.SAMPLERS.C.RANGE[1]: no parameter is called `Z`",
        "`flops` is computed from the parameters",
        "SETUP.SAMPLERS.E.RANGE[1]: no parameter is called `E`",
        "SETUP.SAMPLERS.F.LENGTH: must draw whole numbers",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
}

#[test]
fn a_grid_refuses_ranges_that_depend_on_others() {
    let text =
        "  STRATEGY: grid\n  SAMPLERS:\n    A: [1, 2]\n    B: {TYPE: int_sampler, RANGE: [1, A]}\n";
    let said = setup(text, &[]).1.expect(2).stderr;
    assert!(said.contains("the points of a grid cannot depend on other parameters"), "{said}");
}

const UNION: &str = "  STRATEGY: grid\n  ZIP: [[RATE, DECAY]]\n  SAMPLERS:\n    PART:\n      TYPE: union_sampler\n      BRANCHES:\n        \
                     rates: {RATE: {TYPE: value_sampler, VALUES: [1, 2]}, DECAY: {TYPE: value_sampler, VALUES: [3, 4]}}\n        \
                     depths: {DEPTH: {TYPE: int_sampler, RANGE: [5, 7]}, RATE: 1}\n        again: {RATE: 1, DEPTH: 6}\n    SEED: [8, 9]\n";

#[test]
fn a_union_of_grids_has_the_points_of_each_once_and_its_name_is_no_key() {
    let (sandbox, run) = setup(UNION, &[]);
    run.expect(0);
    let configs = of_configs(
        &sandbox,
        "[[c.get(k) for k in ['RATE', 'DECAY', 'DEPTH', 'SEED']] for c in cfgs]",
    );
    assert_eq!(
        configs,
        "[[1, 3, None, 8], [1, 3, None, 9], [2, 4, None, 8], [2, 4, None, 9], \
         [1, None, 5, 8], [1, None, 5, 9], [1, None, 6, 8], [1, None, 6, 9], [1, None, 7, 8], [1, None, 7, 9]]"
    );
    assert_eq!(of_configs(&sandbox, "any('PART' in c for c in cfgs)"), "False");
    let summary = sandbox.read("root/s/cfgs_summary.yaml");
    assert!(summary.contains("000004.yaml: PART depths RATE 1 DEPTH 5 SEED 8\n"), "{summary}");
}

#[test]
fn replicates_differ_in_their_seed_alone_and_stand_side_by_side() {
    let text = |n| {
        format!(
            "  NUM_CONFIGS: {n}\n  REPLICATES: 3\n  BASE_CFG: {{RNG_SEED: 10}}\n  SAMPLERS: {{A: {{TYPE: int_sampler, RANGE: [1, 1000]}}}}\n"
        )
    };
    let (sandbox, run) = setup(&text(4), &["--json"]);
    let run = run.expect(0);
    let record: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&record["kept"], &record["requested"]), (&12.into(), &12.into()));
    assert_eq!(record["replicates"], serde_json::json!({"count": 3, "key": "RNG_SEED"}));
    let summary = "4 of 4 candidates; requested: 4, possible: 1,000; 3 jobs each, 12 in total";
    assert!(run.stderr.contains(summary), "{}", run.stderr);
    assert_eq!(of_configs(&sandbox, "[c['RNG_SEED'] for c in cfgs] == [10, 11, 12] * 4"), "True");
    assert_eq!(
        of_configs(
            &sandbox,
            "[cfgs[i]['A'] == cfgs[i // 3 * 3]['A'] for i in range(12)].count(True)"
        ),
        "12"
    );

    let (whole, run) = setup(&text(6), &[]);
    run.expect(0);
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml", "--extend", "2"]).expect(0);
    let all = "[(c['A'], c['RNG_SEED']) for c in cfgs]";
    assert_eq!(of_configs(&sandbox, all), of_configs(&whole, all));
}

#[test]
fn every_later_stage_knows_replicates_and_what_rows_set() {
    let text = "  NUM_CONFIGS: 4\n  REPLICATES: 2\n  ENTRYPOINTS: ['echo ''[{\"ROW\":1},{\"ROW\":2}]''']\n  SAMPLERS: {A: {TYPE: int_sampler, RANGE: [1, 99]}}\n\
                LAUNCH:\n  EXECUTOR: local\n  COMMAND: >-\n    echo 'json_stats: {\"_type\": \"test_epoch\", \"epoch\": \"1/1\", \"min_top1_err\": {{A}}.{{RNG_SEED}}, \"top1_err\": {{A}}.{{RNG_SEED}}}'\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    for (program, flags) in [
        (bin!("sweep_launch"), &["--sweep-cfg", "sweep.yaml", "--yes"][..]),
        (bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"][..]),
    ] {
        sandbox.run(program, flags).expect(0);
    }
    let collected: serde_json::Value =
        serde_json::from_str(&sandbox.read("root/s/sweep.json")).unwrap();
    let configs: Vec<&serde_json::Value> =
        collected.as_array().unwrap().iter().map(|job| &job["config"]).collect();
    assert_eq!(configs, [0, 0, 1, 1, 2, 2, 3, 3]);
    let record: serde_json::Value =
        serde_json::from_str(&sandbox.read("root/s/setup.json")).unwrap();
    assert_eq!(record["params"], serde_json::json!(["ROW", "A", "RNG_SEED"]));
}

#[test]
fn what_tells_replicates_apart_cannot_be_sampled() {
    let text = "  NUM_CONFIGS: 2\n  REPLICATES: 2\n  SEED_KEY: A\n  SAMPLERS: {A: [1, 2]}\n";
    let said = setup(text, &[]).1.expect(2).stderr;
    assert!(said.contains("`A` is sampled, but `A` is the seed of the replicates"), "{said}");
}

#[test]
fn what_replicates_would_share_is_refused() {
    let text = |base: &str, rest: &str| {
        format!(
            "  STRATEGY: grid\n  REPLICATES: 2\n  BASE_CFG: {base}\n  SAMPLERS: {{a: [1, 2]}}\n{rest}"
        )
    };
    for (base, rest, expected) in [
        (
            "{seed: 5}",
            "",
            "`RNG_SEED`: is not in BASE_CFG, but `seed` is: all replicates would share",
        ),
        ("{train: {manual_seed: 5}}", "", "write `SEED_KEY: train.manual_seed`"),
        ("{seed: abc}", "  SEED_KEY: seed\n", "`seed`: is text in BASE_CFG"),
        ("{seed: 0.5}", "  SEED_KEY: seed\n", "`seed`: is a number in BASE_CFG"),
        (
            "{seed: 5}",
            "  SEED_KEY: seed\n  DERIVED: {name: \"'run' + str(seed)\"}\n",
            "`seed` is the seed of the replicates (SEED_KEY), and an expression would see",
        ),
        (
            "{t: {seed: 5}}",
            "  SEED_KEY: t.seed\n  CONSTRAINTS: {WHERE: [t.seed < 6]}\n",
            "`t.seed`",
        ),
    ] {
        let said = setup(&text(base, rest), &[]).1.expect(2).stderr;
        assert!(said.contains(expected), "{base} {rest}: {said}");
    }
    let near = text("{train: {seed: 5}}", "  SEED_KEY: train.seeed\n");
    let said = setup(&near, &[]).1.expect(0).stderr;
    assert!(said.contains("did you mean `train.seed`?"), "{said}");
    for (base, rest) in [
        ("{seed: 5}", "  SEED_KEY: RNG_SEED\n"),
        ("{seed: 5}", "  SEED_KEY: seed\n"),
        ("{seed: null}", "  SEED_KEY: seed\n"),
        ("{lr: 5}", ""),
        ("{RNG_SEED: 5, seed: 1}", ""),
    ] {
        let said = setup(&text(base, rest), &[]).1.expect(0).stderr;
        assert!(!said.contains("warning"), "{base} {rest}: {said}");
    }
}
