//! The short forms of samplers, keys in lower case, and what is answered to a form that is nearly right.

use crate::bin;
use crate::common::Sandbox;
use crate::drawn::{of_configs, setup};

fn preview(sandbox: &Sandbox) -> String {
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml", "--preview"]).expect(0).stdout
}

#[test]
fn short_forms_draw_what_the_long_ones_draw_and_are_shown_by_the_preview() {
    let short = "  num_configs: 60\n  samplers:\n    lr: {log: [1e-4, 1e-1]}\n    depth: {int: [1, 10]}\n    wd: {uniform: [0, 0.1], step: 0.01}\n    \
                 bs: {power2: [32, 1024]}\n    opt: [sgd, adam]\n    n: {int: [1, depth]}\n";
    let long = "  NUM_CONFIGS: 60\n  SAMPLERS:\n    lr: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1e-4, 1e-1]}\n    \
                depth: {TYPE: int_sampler, RANGE: [1, 10]}\n    wd: {TYPE: float_sampler, RANGE: [0, 0.1], QUANTIZE: 0.01}\n    \
                bs: {TYPE: int_sampler, RAND_TYPE: power2_uniform, RANGE: [32, 1024]}\n    opt: {TYPE: value_sampler, VALUES: [sgd, adam]}\n    \
                n: {type: int_sampler, range: [1, depth]}\n";
    let runs = [short, long].map(|text| setup(text, &[]));
    let summaries = runs.map(|(sandbox, run)| {
        run.expect(0);
        let shown = preview(&sandbox);
        for line in [
            "parameter  sampler",
            "lr         {log: [0.0001, 0.1]}",
            "depth      {int: [1, 10]}",
            "wd         {uniform: [0.0, 0.1], step: 0.01}",
            "bs         {power2: [32, 1024]}",
            "opt        [sgd, adam]",
            "n          {int: [1, depth]}",
        ] {
            assert!(shown.lines().any(|shown| shown == line), "{line} in {shown}");
        }
        sandbox.read("root/s/cfgs_summary.yaml")
    });
    assert_eq!(summaries[0], summaries[1]);
}

#[test]
fn short_forms_stand_in_branches_and_lists_and_what_is_shown_is_read() {
    let text = "  NUM_CONFIGS: 40\n  SAMPLERS:\n    opt:\n      TYPE: choice_sampler\n      BRANCHES:\n        sgd: {mom: {uniform: [0.8, 0.9]}, nest: true}\n        \
                adam: {betas: [0.9, 0.99]}\n    widths: {TYPE: list_sampler, LENGTH: {int: [1, 3]}, ITEM_SAMPLER: {power2: [8, 64]}}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    let shown = preview(&sandbox);
    let lines: Vec<String> = shown
        .lines()
        .skip_while(|line| !line.ends_with("  sampler"))
        .skip(1)
        .map(|line| line.replacen(' ', ": ", 1))
        .collect();
    assert!(lines[0].contains("{sgd: {mom: {uniform: [0.8, 0.9]}, nest: true}"), "{lines:?}");
    assert_eq!(
        of_configs(&sandbox, "all(0.8 <= c['mom'] <= 0.9 for c in cfgs if c['opt'] == 'sgd')"),
        "True"
    );
    let again = format!("  NUM_CONFIGS: 40\n  SAMPLERS:\n    {}\n", lines.join("\n    "));
    let (copy, run) = setup(&again, &[]);
    run.expect(0);
    assert_eq!(copy.read("root/s/cfgs_summary.yaml"), sandbox.read("root/s/cfgs_summary.yaml"));
}

#[test]
fn a_mapping_may_be_a_value_and_what_reads_both_ways_is_an_error_that_says_so() {
    let grid = "  STRATEGY: grid\n";
    for (text, values) in [
        (
            "init: [!!map {uniform: [0, 1]}, {constant: 0}]",
            "[{'uniform': [0, 1]}, {'constant': 0}]",
        ),
        ("init: [{law: uniform, range: [0, 1]}]", "[{'law': 'uniform', 'range': [0, 1]}]"),
        ("init: [{log: true, int: 8}]", "[{'log': True, 'int': 8}]"),
    ] {
        let (sandbox, run) = setup(&format!("{grid}  SAMPLERS: {{{text}}}\n"), &[]);
        run.expect(0);
        assert_eq!(of_configs(&sandbox, "[c['init'] for c in cfgs]"), values, "{text}");
    }
    for (text, said) in [
        (
            format!("{grid}  SAMPLERS: {{init: [{{uniform: [0, 1]}}, 3]}}\n"),
            "SETUP.SAMPLERS.init[0]: could be a sampler or a literal mapping",
        ),
        (
            format!("{grid}  SAMPLERS: {{a: {{log: [1, 2], int: [1, 9]}}}}\n"),
            "has two distributions: `{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1, 2]}` or `{TYPE: int_sampler, RANGE: [1, 9]}`",
        ),
    ] {
        let text = setup(&text, &[]).1.expect(2).stderr;
        assert!(text.contains(said), "{said} in {text}");
    }
}

#[test]
fn keys_in_lower_case_mean_what_the_others_mean() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "sweep.yaml",
        "root_dir: root\nname: s\nsetup:\n  strategy: grid\n  base_cfg: {name: a, setup: {x: 1}}\n  samplers: {lr: [1, 2]}\n  \
         constraints: {where: lr > 1}\nlaunch: {executor: local, command: 'echo $key', env: {key: hush}}\ncollect: {checkpoints_keep: none}\n",
    );
    let run = |binary: &str, flags: &[&str]| {
        sandbox.run(binary, &[&["--sweep-cfg", "sweep.yaml"][..], flags].concat())
    };
    run(bin!("sweep_setup"), &["--set", "setup.samplers.lr=[2, 3]"]).expect(0);
    assert_eq!(
        of_configs(&sandbox, "cfgs"),
        "[{'name': 'a', 'setup': {'x': 1}, 'lr': 2}, {'name': 'a', 'setup': {'x': 1}, 'lr': 3}]"
    );
    run(bin!("sweep_launch"), &["--yes", "--set", "launch.env.other=quiet"]).expect(0);
    assert_eq!(sandbox.read("root/s/logs/000000/stdout.log"), "hush\n");
    let record = sandbox.read("root/s/launches/000001/submission.json");
    assert!(!record.contains("quiet") || !readable_by_all(&sandbox), "{record}");
    let both = sandbox.read("sweep.yaml").replace("launch:", "NAME: t\nlaunch:");
    sandbox.write("sweep.yaml", both);
    let said = run(bin!("sweep_setup"), &[]).expect(2).stderr;
    assert!(said.contains("sweep.yaml:2:1: name: is given twice, as `name` and `NAME`"), "{said}");
}

/// True if everybody may read the record of the first submission.
fn readable_by_all(sandbox: &Sandbox) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let record = sandbox.join("root/s/launches/000001/submission.json");
    std::fs::metadata(record).unwrap().permissions().mode() & 0o004 != 0
}

#[test]
fn a_form_that_is_nearly_right_gets_the_right_one_for_an_answer() {
    for (sampler, said) in [
        (
            "{TYPE: log_uniform, RANGE: [0.1, 1.0]}",
            "TYPE: `log_uniform` is a RAND_TYPE\n  hint: write `{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.1, 1.0]}`",
        ),
        (
            "{TYPE: power2_uniform, RANGE: [1, 8]}",
            "write `{TYPE: int_sampler, RAND_TYPE: power2_uniform, RANGE: [1, 8]}`",
        ),
        (
            "{RAND_TYPE: log_uniform, RANGE: [0.1, 1.0]}",
            "RAND_TYPE: is given without TYPE\n  hint: write `{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.1, 1.0]}`",
        ),
        (
            "{RAND_TYPE: int_sampler, RANGE: [1, 8]}",
            "`int_sampler` is a TYPE\n  hint: write `{TYPE: int_sampler, RANGE: [1, 8]}`",
        ),
        (
            "{TYPE: log_uniform, RAND_TYPE: float_sampler, RANGE: [0.1, 1.0]}",
            "write `{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.1, 1.0]}`",
        ),
        ("{TYPE: float, RANGE: [0.1, 1.0]}", "write `{TYPE: float_sampler, RANGE: [0.1, 1.0]}`"),
        ("{TYPE: choice, BRANCHES: {a: {}}}", "write `{TYPE: choice_sampler, BRANCHES: {a: {}}}`"),
        ("{TYPE: int_sampler, RANGES: [1, 8]}", "did you mean `RANGE`?"),
        ("{TYPE: int_sampler, RANGE: [1, 8], STEP: 2}", "did you mean `QUANTIZE`?"),
        ("{TYPE: int_sampler, MIN: 1, MAX: 8}", "did you mean `RANGE: [LOW, HIGH]`?"),
        ("{TYPE: value_sampler, CHOICES: [1, 8]}", "did you mean `VALUES`?"),
    ] {
        let text = format!("  NUM_CONFIGS: 4\n  SAMPLERS: {{a: {sampler}}}\n");
        let text = setup(&text, &[]).1.expect(2).stderr;
        assert!(text.contains(said), "{sampler}: {said} in {text}");
    }
}
