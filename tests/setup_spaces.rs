//! Job configs that are complete, and parameters that follow from others.

#![allow(clippy::unwrap_used, reason = "a test may be plain, and may panic")]

mod common;

use common::{Run, Sandbox, python};

fn setup(text: &str, sets: &[&str]) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox
        .write("sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n  NUM_CONFIGS: 8\n{text}"));
    let mut args = vec!["--sweep-cfg", "sweep.yaml"];
    args.extend(sets.iter().flat_map(|set| ["--set", *set]));
    let run = sandbox.run(bin!("sweep_setup"), &args);
    (sandbox, run)
}

/// What a Python expression over the list `cfgs` of all job configs is.
fn of_configs(sandbox: &Sandbox, expression: &str) -> String {
    let program = format!(
        "import sys, yaml, glob\ncfgs = [yaml.safe_load(open(f)) for f in \
         sorted(glob.glob(sys.argv[1] + '/*.yaml'))]\nprint({expression})"
    );
    python(&program, &[&sandbox.join("root/s/cfgs")]).trim().to_owned()
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
        text.contains("SETUP.BASE_CFG.MODEL.TYP: there is no such key (did you mean `TYPE`?)"),
        "{text}"
    );
    assert!(text.contains("SETUP.BASE_CFG.OPTIM.BASE_LR: text where a number"), "{text}");
    assert!(!sandbox.join("root").exists());
}

#[test]
fn a_parameter_that_the_defaults_do_not_have_is_an_error_too() {
    let text = "  DEFAULTS: mine.yaml\n  SAMPLERS:\n    TRAIN.BATCHSIZE: {TYPE: int_sampler, RANGE: [1, 90]}\n";
    let (sandbox, _) = setup(text, &[]);
    sandbox.write("mine.yaml", "TRAIN: {BATCH_SIZE: 1}\n");
    let run = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]).expect(2);
    let expected =
        "SETUP.SAMPLERS.TRAIN.BATCHSIZE: there is no such key (did you mean `BATCH_SIZE`?)";
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
        "sweep.yaml:8:8: SETUP.DERIVED.A: circular: A, B, C need each other",
        "SETUP.DERIVED.TRAIN.BATCH_SIZE: is sampled",
        "SETUP.DERIVED.D: there is no parameter `E`",
        "SETUP.DERIVED.F: the complexity follows",
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
        text.contains("SETUP.DERIVED.A has no value for") && text.contains("a division by zero"),
        "{text}"
    );
}
