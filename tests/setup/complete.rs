//! Job configs that are complete, and parameters that follow from others.

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::drawn::{self, of_configs};

fn setup(text: &str, sets: &[&str]) -> (Sandbox, Run) {
    drawn::setup(&format!("  NUM_CONFIGS: 8\n{text}"), &set_flags(sets))
}

fn set_flags<'t>(sets: &[&'t str]) -> Vec<&'t str> {
    sets.iter().flat_map(|set| ["--set", *set]).collect()
}

const BATCHES: &str = "  SAMPLERS:\n    TRAIN.BATCH_SIZE: {TYPE: int_sampler, RAND_TYPE: power2_uniform, RANGE: [32, 4096]}\n";

#[test]
fn defaults_complete_every_job_config_and_leave_what_is_said() {
    let text = format!("{BATCHES}  DEFAULTS: pycls\n  BASE_CFG: {{MODEL: {{TYPE: vit}}}}\n");
    let (sandbox, run) = setup(&text, &[]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "set(len(c) for c in cfgs)"), "{29}");
    assert_eq!(of_configs(&sandbox, "set(c['MODEL']['TYPE'] for c in cfgs)"), "{'vit'}");
    assert_eq!(of_configs(&sandbox, "set(c['OPTIM']['MAX_EPOCH'] for c in cfgs)"), "{200}");
    assert_eq!(of_configs(&sandbox, "len(set(c['TRAIN']['BATCH_SIZE'] for c in cfgs))"), "8");
}

#[test]
fn a_key_that_the_defaults_do_not_have_is_an_error_and_so_is_another_type() {
    let text = format!(
        "{BATCHES}  DEFAULTS: pycls\n  BASE_CFG: {{MODEL: {{TYP: vit}}, OPTIM: {{BASE_LR: fast}}}}\n"
    );
    let (sandbox, run) = setup(&text, &[]);
    let text = run.expect(2).stderr;
    assert!(
        text.contains("SETUP.BASE_CFG.MODEL.TYP: unknown key (did you mean `TYPE`?)"),
        "{text}"
    );
    assert!(text.contains("SETUP.BASE_CFG.OPTIM.BASE_LR: expected a number"), "{text}");
    assert!(!sandbox.join("root").exists());
}

#[test]
fn a_parameter_that_the_defaults_do_not_have_is_an_error_too() {
    let text = "  DEFAULTS: mine.yaml\n  SAMPLERS:\n    TRAIN.BATCHSIZE: {TYPE: int_sampler, RANGE: [1, 90]}\n";
    let (sandbox, _) = setup(text, &[]);
    sandbox.write("mine.yaml", "TRAIN: {BATCH_SIZE: 1}\n");
    let run = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]).expect(2);
    let expected = "SETUP.SAMPLERS.TRAIN.BATCHSIZE: unknown key (did you mean `BATCH_SIZE`?)";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
}

#[test]
fn derived_parameters_follow_from_others_in_whatever_order_they_stand() {
    let derived = "  DERIVED:\n    OPTIM.MIN_LR: OPTIM.BASE_LR / BASE.DIVISOR\n    \
                   OPTIM.BASE_LR: 0.1 * TRAIN.BATCH_SIZE / 256\n  BASE_CFG: {BASE: {DIVISOR: 4}}\n";
    let (sandbox, run) = setup(&format!("{BATCHES}{derived}"), &[]);
    run.expect(0);
    let right = "all(c['OPTIM']['BASE_LR'] == 0.1 * c['TRAIN']['BATCH_SIZE'] / 256 and \
                 c['OPTIM']['MIN_LR'] == c['OPTIM']['BASE_LR'] / 4 for c in cfgs)";
    assert_eq!(of_configs(&sandbox, right), "True");
}

#[test]
fn circles_sampled_and_unknown_names_in_derived_parameters_are_told_at_their_lines() {
    let derived = "  DERIVED:\n    A: B + 1\n    B: C * 2\n    C: A\n    TRAIN.BATCH_SIZE: 3\n    D: E\n    F: flops\n";
    let (_, run) = setup(&format!("{BATCHES}{derived}"), &[]);
    let text = run.expect(2).stderr;
    for expected in [
        "sweep.yaml:8:8: SETUP.DERIVED.A: circular: A, B, C depend on each other",
        "SETUP.DERIVED.TRAIN.BATCH_SIZE: `TRAIN.BATCH_SIZE` is also set elsewhere \
         (SETUP.SAMPLERS.TRAIN.BATCH_SIZE, line",
        "SETUP.DERIVED.D: no parameter is called `E`",
        "SETUP.DERIVED.F: the complexity is computed",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn a_derived_parameter_without_a_value_says_why() {
    let (_, run) = setup(
        &format!(
            "{BATCHES}  NUM_SAMPLES: 50\n  DERIVED: {{A: 1 / (TRAIN.BATCH_SIZE - TRAIN.BATCH_SIZE)}}\n"
        ),
        &[],
    );
    let text = run.expect(2).stderr;
    assert!(
        text.contains("SETUP.DERIVED.A has no value for") && text.contains("division by zero"),
        "{text}"
    );
}

const GRID: &str = "  STRATEGY: grid\n  SAMPLERS:\n    A: {TYPE: value_sampler, VALUES: [x, y]}\n    \
                    B: {TYPE: int_sampler, RANGE: [1, 3]}\n    C: {TYPE: value_sampler, VALUES: [7, 8, 9]}\n    \
                    D: {TYPE: float_sampler, RAND_TYPE: power2_uniform, RANGE: [0.5, 1.0], QUANTIZE: 0.5}\n";

/// A sweep of a grid without a number of configs.
fn grid(sets: &[&str]) -> (Sandbox, Run) {
    drawn::setup(GRID, &set_flags(sets))
}

#[test]
fn a_grid_has_every_combination_the_last_parameter_fastest() {
    let (sandbox, run) = grid(&[]);
    run.expect(0);
    let product = "[[c['A'], c['B'], c['C'], c['D']] for c in cfgs] == [list(p) for p in \
                   __import__('itertools').product('xy', [1, 2, 3], [7, 8, 9], [0.5, 1.0])]";
    assert_eq!(of_configs(&sandbox, product), "True");
}

#[test]
fn zipped_parameters_of_a_grid_go_together() {
    let (sandbox, run) = grid(&["SETUP.ZIP=[[B, C]]"]);
    run.expect(0);
    let zipped = "[(c['A'], c['B'], c['C'], c['D']) for c in cfgs] == [(a, b, c, d) for a in 'xy' \
                  for b, c in zip([1, 2, 3], [7, 8, 9]) for d in [0.5, 1.0]]";
    assert_eq!(of_configs(&sandbox, zipped), "True");
    let (_, run) = grid(&["SETUP.ZIP=[[A, B]]"]);
    let text = run.expect(2).stderr;
    assert!(text.contains("SETUP.ZIP: A has 2 values, B has 3 values"), "{text}");
    let (_, run) = grid(&["SETUP.ZIP=[[B, CC], [B]]"]);
    let text = run.expect(2).stderr;
    assert!(
        text.contains("`CC` has no sampler") && text.contains("`B` is already in a group"),
        "{text}"
    );
}

#[test]
fn a_grid_under_constraints_is_what_meets_them_and_a_number_of_configs_cuts_it() {
    let (sandbox, run) = grid(&["SETUP.CONSTRAINTS.WHERE=B * D <= 1"]);
    let run = run.expect(0);
    assert_eq!(of_configs(&sandbox, "len(cfgs)"), "18");
    assert!(run.stderr.contains("18 of 36 candidates"), "{}", run.stderr);
    let (sandbox, run) = grid(&["SETUP.NUM_CONFIGS=5"]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "[c['C'] for c in cfgs]"), "[7, 7, 8, 8, 9]");
}

#[test]
fn a_value_that_stands_twice_in_a_grid_is_one_job() {
    let (sandbox, run) = grid(&["SETUP.SAMPLERS.A.VALUES=[x, x]"]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "len(cfgs)"), "18");
}

#[test]
fn a_grid_of_more_points_than_can_be_counted_is_refused() {
    let (_, run) = grid(&[
        "SETUP.SAMPLERS.B={TYPE: list_sampler, LENGTH: 40, ITEM_SAMPLER: {TYPE: int_sampler, RANGE: [1, 9]}}",
    ]);
    let text = run.expect(2).stderr;
    assert!(text.contains("the grid has more than 2^63 points"), "{text}");
}

const OPTIMIZERS: &str = "  SAMPLERS:\n    OPTIM.NAME:\n      TYPE: choice_sampler\n      BRANCHES:\n        \
    sgd:\n          OPTIM.MOMENTUM: {TYPE: value_sampler, VALUES: [0.8, 0.9]}\n          OPTIM.NESTEROV: true\n        \
    adam:\n          OPTIM.BETA2: {TYPE: value_sampler, VALUES: [0.99, 0.999, 0.9999]}\n          OPTIM.AMSGRAD:\n            \
    TYPE: choice_sampler\n            BRANCHES: {with: {OPTIM.EPS: 1.0e-6}, without: {}}\n    \
    SEED: {TYPE: int_sampler, RANGE: [1, 2]}\n  BASE_CFG: {OPTIM: {MOMENTUM: 0.5}}\n";

#[test]
fn each_branch_of_a_choice_has_its_own_parameters_and_no_other() {
    let (sandbox, run) = setup(OPTIMIZERS, &["SETUP.NUM_CONFIGS=16"]);
    run.expect(0);
    // sgd: 2 momenta; adam: 3 betas, each with and without; all with 2 seeds.
    assert_eq!(of_configs(&sandbox, "len(cfgs)"), "16");
    let sgd = "sorted((c['OPTIM']['MOMENTUM'], c['OPTIM']['NESTEROV'], len(c['OPTIM'])) for c in cfgs if c['OPTIM']['NAME'] == 'sgd')";
    assert_eq!(
        of_configs(&sandbox, sgd),
        "[(0.8, True, 3), (0.8, True, 3), (0.9, True, 3), (0.9, True, 3)]"
    );
    let adam = "all(c['OPTIM']['MOMENTUM'] == 0.5 and 'NESTEROV' not in c['OPTIM'] and \
                ('EPS' in c['OPTIM']) == (c['OPTIM']['AMSGRAD'] == 'with') for c in cfgs if c['OPTIM']['NAME'] == 'adam')";
    assert_eq!(of_configs(&sandbox, adam), "True");
    let summary = sandbox.read("root/s/cfgs_summary.yaml");
    assert!(
        summary.lines().all(|line| line.contains("MOMENTUM") != line.contains("BETA2")),
        "{summary}"
    );
}

#[test]
fn a_grid_has_the_branches_of_a_choice_one_after_the_other() {
    let (sandbox, run) = setup(OPTIMIZERS, &["SETUP.STRATEGY=grid", "SETUP.NUM_CONFIGS=1000"]);
    run.expect(1);
    let rows = "[(c['OPTIM']['NAME'], c['OPTIM'].get('BETA2', c['OPTIM']['MOMENTUM']), \
                c['OPTIM'].get('AMSGRAD'), c['SEED']) for c in cfgs]";
    let expected = "[('sgd', m, None, s) for m in (0.8, 0.9) for s in (1, 2)] + [('adam', b, a, s) \
                    for b in (0.99, 0.999, 0.9999) for a in ('with', 'without') for s in (1, 2)]";
    assert_eq!(of_configs(&sandbox, &format!("{rows} == {expected}")), "True");
}

#[test]
fn expressions_see_the_parameters_of_the_branch_that_was_chosen() {
    let wheres = "SETUP.CONSTRAINTS.WHERE=[\"OPTIM.NAME == 'sgd' or OPTIM.BETA2 > 0.995\", OPTIM.MOMENTUM < 0.85]";
    let (sandbox, run) =
        setup(OPTIMIZERS, &[wheres, "SETUP.STRATEGY=grid", "SETUP.NUM_CONFIGS=1000"]);
    run.expect(1);
    assert_eq!(of_configs(&sandbox, "len(cfgs)"), "10");
}

#[test]
fn a_parameter_that_two_samplers_set_at_once_is_an_error() {
    let twice = "  SAMPLERS:\n    A:\n      TYPE: choice_sampler\n      BRANCHES:\n        x: {B: 1}\n        \
                 y: {C: {TYPE: choice_sampler, BRANCHES: {z: {D: 1}}}, D: 2}\n    B: {TYPE: int_sampler, RANGE: [1, 2]}\n    \
                 E: {TYPE: choice_sampler, BRANCHES: {}}\n";
    let (_, run) = setup(twice, &[]);
    let text = run.expect(2).stderr;
    assert!(
        text.contains(
            "sweep.yaml:10:66: SETUP.SAMPLERS.A.BRANCHES.y.D: `D` is also set elsewhere \
             (SETUP.SAMPLERS.A.BRANCHES.y.C.BRANCHES.z.D, line 10)"
        ),
        "{text}"
    );
    assert!(text.contains("has no branches"), "{text}");
    let (_, run) = setup(&twice.replace(", D: 2", ""), &[]);
    let text = run.expect(2).stderr;
    assert!(text.contains("SETUP.SAMPLERS.B: `B` is also set elsewhere"), "{text}");
}

const RATES: &str = "  SAMPLERS:\n    LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.01, 1.0]}\n\
                     LAUNCH: {EXECUTOR: local, COMMAND: 'echo {{LR}}'}\n";

fn run(sandbox: &Sandbox, binary: &str, args: &[&str]) -> Run {
    let mut all = vec!["--sweep-cfg", "sweep.yaml"];
    all.extend(args);
    sandbox.run(binary, &all)
}

#[test]
fn a_launched_sweep_is_extended_and_only_the_new_jobs_run() {
    let (sandbox, _) = setup(RATES, &[]);
    run(&sandbox, bin!("sweep_launch"), &["--yes"]).expect(0);
    let old = of_configs(&sandbox, "cfgs");
    let attempts = sandbox.read("root/s/logs/000003/attempts.jsonl");
    let text = run(&sandbox, bin!("sweep_setup"), &["--extend", "4"]).expect(0).stderr;
    assert!(text.contains("by 4 configs"), "{text}");
    assert_eq!(of_configs(&sandbox, "cfgs[:8]"), old, "what was there stays");
    assert_eq!(
        of_configs(&sandbox, "len(set(c['LR'] for c in cfgs))"),
        "12",
        "nothing is there twice"
    );
    let text = run(&sandbox, bin!("sweep_launch"), &["--yes"]).expect(0).stderr;
    assert!(text.contains("4 to run") || text.contains("4 of"), "{text}");
    assert_eq!(sandbox.read("root/s/logs/000003/attempts.jsonl"), attempts, "no job runs again");
    run(&sandbox, bin!("sweep_setup"), &["--extend", "1"]).expect(0);
    let record = sandbox.read("root/s/setup.json");
    assert!(record.contains("\"from\": 12") && record.contains("\"kept\": 13"), "{record}");
    assert_eq!(sandbox.read("root/s/cfgs_summary.yaml").lines().count(), 13);
}

#[test]
fn an_extended_sweep_is_the_longer_sweep() {
    let (sandbox, _) = setup(RATES, &[]);
    run(&sandbox, bin!("sweep_setup"), &["--extend", "5"]).expect(0);
    let extended = of_configs(&sandbox, "cfgs");
    let (sandbox, _) = setup(RATES, &["SETUP.NUM_CONFIGS=13"]);
    assert_eq!(of_configs(&sandbox, "cfgs"), extended);
}

#[test]
fn a_changed_design_space_is_told_and_asked_for_and_no_old_job_is_made_again() {
    let space = |high: u32| {
        format!(
            "  NUM_CONFIGS: 8\n  REPLICATES: 2\n  SAMPLERS: {{A: {{TYPE: int_sampler, RANGE: [1, {high}]}}}}\nLAUNCH: {{EXECUTOR: local, COMMAND: 'true'}}\n"
        )
    };
    let write = |sandbox: &Sandbox, high| {
        sandbox.write("sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{}", space(high)));
    };
    let sandbox = Sandbox::new();
    write(&sandbox, 8);
    run(&sandbox, bin!("sweep_setup"), &[]).expect(0);
    run(&sandbox, bin!("sweep_launch"), &["--yes"]).expect(0);
    let old = of_configs(&sandbox, "cfgs");
    write(&sandbox, 12);
    let refused = run(&sandbox, bin!("sweep_setup"), &["--extend", "3"]).expect(2).stderr;
    assert!(
        refused.contains("cannot ask you to confirm a change of SETUP.SAMPLERS.A.RANGE"),
        "{refused}"
    );
    assert_eq!(of_configs(&sandbox, "cfgs"), old);

    run(&sandbox, bin!("sweep_setup"), &["--extend", "3", "--yes"]).expect(0);
    assert_eq!(of_configs(&sandbox, "cfgs[:16]"), old);
    let values = "sorted({c['A'] for c in cfgs[16:]}) , [c['RNG_SEED'] for c in cfgs[16:]]";
    let new = of_configs(&sandbox, values);
    assert!(new.ends_with("[0, 1, 0, 1, 0, 1]"), "{new}");
    assert_eq!(of_configs(&sandbox, "all(9 <= c['A'] <= 12 for c in cfgs[16:])"), "True");
    let record: serde_json::Value =
        serde_json::from_str(&sandbox.read("root/s/setup.json")).unwrap();
    assert_eq!(record["kept"], 22);
    assert_eq!(
        record["extensions"][0],
        serde_json::json!({"from": 16, "to": 22, "tool_version": env!("CARGO_PKG_VERSION"),
            "changed": ["SETUP.SAMPLERS.A.RANGE"], "sweep_cfg_before": "sweep_cfg-000016.yaml"})
    );
    assert!(sandbox.read("root/s/sweep_cfg-000016.yaml").contains("[1, 8]"));
    assert!(sandbox.read("root/s/sweep_cfg.yaml").contains("[1, 12]"));

    // The space is now the new one: nobody needs to be asked for its last config.
    run(&sandbox, bin!("sweep_setup"), &["--extend", "1"]).expect(0);
    assert_eq!(
        of_configs(&sandbox, "sorted(c['A'] for c in cfgs) == sorted(list(range(1, 13)) * 2)"),
        "True"
    );
    let text = run(&sandbox, bin!("sweep_setup"), &["--extend", "1"]).expect(2).stderr;
    assert!(text.contains("found no config"), "{text}");
    assert_eq!(sandbox.read("root/s/cfgs_summary.yaml").lines().count(), 24);
    run(&sandbox, bin!("sweep_launch"), &["--yes"]).expect(0);
    assert!(sandbox.join("root/s/logs/000023/stdout.log").exists());
}

#[test]
fn an_edited_config_is_told_and_another_seed_goes_on_beside_it() {
    let (sandbox, _) = setup(RATES, &[]);
    sandbox.write("root/s/cfgs/000002.yaml", "LR: 0.5\n");
    let text = run(&sandbox, bin!("sweep_setup"), &["--extend", "4"]).expect(2).stderr;
    assert!(text.contains("cfgs/000002.yaml`: the file was edited"), "{text}");
    assert!(text.contains("set another SETUP.RNG_SEED to draw the new configs"), "{text}");
    let args = ["--extend", "4", "--yes", "--set", "SETUP.RNG_SEED=7"];
    run(&sandbox, bin!("sweep_setup"), &args).expect(0);
    assert_eq!(of_configs(&sandbox, "len({c['LR'] for c in cfgs})"), "12");
    std::fs::remove_dir_all(sandbox.join("root")).unwrap();
    let text = run(&sandbox, bin!("sweep_setup"), &["--extend", "4"]).expect(2).stderr;
    assert!(text.contains("there is nothing to extend"), "{text}");
}

#[test]
fn a_space_that_is_used_up_cannot_be_extended_and_nor_can_a_latin_hypercube() {
    let (sandbox, _) = setup(RATES, &["SETUP.STRATEGY=lhs"]);
    let args = ["--extend", "1", "--set", "SETUP.STRATEGY=lhs"];
    let text = run(&sandbox, bin!("sweep_setup"), &args).expect(2).stderr;
    assert!(text.contains("a Latin hypercube has a fixed number of configs"), "{text}");
    let (sandbox, first) = setup("  SAMPLERS: {A: {TYPE: int_sampler, RANGE: [1, 8]}}\n", &[]);
    first.expect(0);
    let text = run(&sandbox, bin!("sweep_setup"), &["--extend", "1"]).expect(2).stderr;
    assert!(text.contains("no configs beyond the 8 that exist"), "{text}");
}

#[test]
fn an_extension_that_is_killed_at_any_moment_costs_nothing_and_can_be_repeated() {
    let (sandbox, _) = setup(RATES, &["SETUP.RNG_SEED=5", "SETUP.SAMPLERS.LR.QUANTIZE=1.0e-9"]);
    let old = sandbox.read("root/s/cfgs/000007.yaml");
    let args = "--sweep-cfg sweep.yaml --set SETUP.RNG_SEED=5 --set SETUP.SAMPLERS.LR.QUANTIZE=1.0e-9 -q --extend 2000";
    for round in 0..30_u64 {
        let mut command = sandbox.command(bin!("sweep_setup"));
        let mut child = command.args(args.split(' ')).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(round * 7 % 160));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sandbox.run(bin!("sweep_setup"), &args.split(' ').collect::<Vec<_>>()).expect(0);
    let record: serde_json::Value =
        serde_json::from_str(&sandbox.read("root/s/setup.json")).unwrap();
    let kept = record["kept"].as_u64().unwrap();
    let files = std::fs::read_dir(sandbox.join("root/s/cfgs")).unwrap().count();
    assert_eq!((files as u64, kept % 2000), (kept, 8));
    assert_eq!(sandbox.read("root/s/cfgs_summary.yaml").lines().count() as u64, kept);
    assert_eq!(sandbox.read("root/s/cfgs/000007.yaml"), old);
    assert!(!sandbox.join("root/s/.setup-new").exists(), "no leftovers");
}

#[test]
fn our_example_spaces_are_set_up_as_they_stand() {
    let sandbox = Sandbox::new();
    let root = sandbox.path().display();
    for (name, configs) in [
        ("cifar/optim", 64),
        ("cifar/best", 12),
        ("cifar/regnet", 32),
        ("digits/plain", 64),
        ("digits/residual", 64),
        ("digits/tuned", 10),
        ("spaces/conditional", 32),
        ("spaces/grid", 48),
        ("spaces/constrained", 32),
        ("spaces/entrypoint", 56),
    ] {
        // In the repository, as their first lines say.
        let mut command = sandbox.command(bin!("sweep_setup"));
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command.args(["--sweep-cfg", &format!("configs/{name}.yaml"), "--json"]);
        command.args(["--set", &format!("ROOT_DIR={root}")]);
        let run = Run::of(&command.output().unwrap()).expect(0);
        let record: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(record["kept"], configs, "{name}");
    }
}

#[test]
fn evenly_spread_draws_fill_the_space() {
    let space = "  SAMPLERS:\n    A: {TYPE: int_sampler, RANGE: [1, 64]}\n    B: {TYPE: int_sampler, RANGE: [1, 64]}\n";
    let cells = |strategy: &str, count: u32| {
        let sets = [format!("SETUP.STRATEGY={strategy}"), format!("SETUP.NUM_CONFIGS={count}")];
        let (sandbox, run) = setup(space, &[&sets[0], &sets[1]]);
        run.expect(0);
        (of_configs(&sandbox, "len({c['A'] for c in cfgs})"), of_configs(&sandbox, "cfgs[:20]"))
    };
    let (halton, first) = cells("halton", 64);
    assert_eq!(halton, "64", "each value of the first parameter once");
    assert_eq!(cells("halton", 20).1, first, "a longer sequence begins with the shorter one");
    let (sobol, first) = cells("sobol", 64);
    assert_eq!(sobol, "64");
    assert_eq!(cells("sobol", 20).1, first);
    assert_eq!(cells("lhs", 64).0, "64");
    let random: u32 = cells("random", 64).0.parse().unwrap();
    assert!(random < 50, "{random}: random draws leave a third out");
}

#[test]
fn items_of_a_list_have_the_type_of_those_that_the_defaults_have() {
    let text = "  STRATEGY: grid\n  DEFAULTS: mine.yaml\n  BASE_CFG: {}\n  SAMPLERS:\n    widths: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: [8, 0.5, auto]}\n    \
                names: [[a], [null]]\n    mixed: [[1, x]]\n    empty: [[z]]\n";
    let run = |text: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("mine.yaml", "widths: [1, 2]\nnames: [x]\nmixed: [1, a]\nempty: []\n");
        sandbox.write("sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{text}"));
        sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"])
    };
    let said = run(text).expect(2).stderr;
    assert!(said.contains("SETUP.SAMPLERS.widths[1]: expected a number"), "{said}");
    run(&text.replace(", auto]", "]")).expect(0);
}
