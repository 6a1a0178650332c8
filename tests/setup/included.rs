//! Files that a sweep config names: a base config of its own, defaults and programs, looked up beside it.

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::drawn::of_configs;

const SWEEP: &str = "ROOT_DIR: root\nNAME: s\nSETUP:\n  STRATEGY: grid\n  BASE_CFG: base.yaml\n  SAMPLERS: {lr: [0.1, 0.2]}\n\
                     LAUNCH: {EXECUTOR: local, COMMAND: 'echo {{epochs}}'}\n";

/// A sweep config in a directory that is not the one of the call.
fn sandbox(sweep: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("configs/sweep.yaml", sweep);
    sandbox.write("configs/base.yaml", "epochs: 3\nlr: 0.5\nnested: {a: [1, 2]}\n");
    sandbox
}

fn run(sandbox: &Sandbox, binary: &str, cfg: &str, flags: &[&str]) -> Run {
    sandbox.run(binary, &[&["--sweep-cfg", cfg][..], flags].concat())
}

fn setup(sandbox: &Sandbox, flags: &[&str]) -> Run {
    run(sandbox, bin!("sweep_setup"), "configs/sweep.yaml", flags)
}

#[test]
fn a_base_config_is_a_file_beside_the_sweep_config() {
    let sandbox = sandbox(SWEEP);
    setup(&sandbox, &["--set", "SETUP.BASE_CFG.nested.a[1]=7"]).expect(0);
    assert_eq!(
        of_configs(&sandbox, "cfgs"),
        "[{'epochs': 3, 'lr': 0.1, 'nested': {'a': [1, 7]}}, {'epochs': 3, 'lr': 0.2, 'nested': {'a': [1, 7]}}]"
    );
    assert_eq!(sandbox.read("root/s/sweep_cfg.yaml"), SWEEP, "byte for byte");
    sandbox.write("other.yaml", "epochs: 9\n");
    setup(&sandbox, &["--set", "SETUP.BASE_CFG=other.yaml"]).expect(0);
    assert_eq!(of_configs(&sandbox, "cfgs[1]"), "{'epochs': 9, 'lr': 0.2}");
}

#[test]
fn a_later_edit_of_the_base_config_changes_nothing_that_was_made_and_is_told_of() {
    let sandbox = sandbox(SWEEP);
    setup(&sandbox, &[]).expect(0);
    run(&sandbox, bin!("sweep_launch"), "configs/sweep.yaml", &["--yes"]).expect(0);
    for copy in ["root/s/sweep_cfg.base.yaml", "root/s/launches/000001/sweep_cfg.base.yaml"] {
        let text = sandbox.read(copy);
        assert!(text.ends_with("\nepochs: 3\nlr: 0.5\nnested: {a: [1, 2]}\n"), "{text}");
    }
    let sweep = SWEEP.replace("0.2]", "0.2, 0.3]");
    sandbox.write("configs/sweep.yaml", &sweep);
    sandbox.write("configs/base.yaml", "epochs: 4\nlr: 0.5\n");
    let said = setup(&sandbox, &["--extend", "1"]).expect(2).stderr;
    assert!(
        said.contains("SETUP.BASE_CFG.epochs, SETUP.BASE_CFG.nested, SETUP.SAMPLERS.lr"),
        "{said}"
    );
    setup(&sandbox, &["--extend", "1", "--yes"]).expect(0);
    assert_eq!(of_configs(&sandbox, "[c['epochs'] for c in cfgs]"), "[3, 3, 4]");
    assert!(sandbox.read("root/s/sweep_cfg-000002.base.yaml").contains("epochs: 3"));
    assert!(sandbox.read("root/s/sweep_cfg.base.yaml").contains("epochs: 4"));
}

#[test]
fn a_made_sweep_does_not_need_the_file_of_its_base_config() {
    let sandbox = sandbox(SWEEP);
    setup(&sandbox, &[]).expect(0);
    std::fs::remove_dir_all(sandbox.join("configs")).unwrap();
    sandbox.write("base.yaml", "epochs: 8\n");
    let cfg = "root/s/sweep_cfg.yaml";
    run(
        &sandbox,
        bin!("sweep_setup"),
        cfg,
        &["--set", "SETUP.SAMPLERS.lr=[0.7]", "--extend", "1", "--yes"],
    )
    .expect(0);
    assert_eq!(of_configs(&sandbox, "[c['epochs'] for c in cfgs]"), "[3, 3, 3]");
    run(&sandbox, bin!("sweep_launch"), cfg, &["--yes"]).expect(0);
    assert_eq!(sandbox.read("root/s/logs/000002/stdout.log"), "3\n");
    let own = SWEEP.replace("base.yaml", "{epochs: 5}");
    sandbox.write("own.yaml", own.replace("NAME: s", "NAME: t"));
    sandbox.write("own.base.yaml", "epochs: 6\n");
    run(&sandbox, bin!("sweep_setup"), "own.yaml", &[]).expect(0);
    assert!(sandbox.read("root/t/cfgs/000000.yaml").contains("epochs: 5"));
}

#[test]
fn what_is_wrong_with_a_base_config_is_said_with_its_place() {
    for (base, flag, said) in [
        ("lr: 0.1\nlr: 0.2\n", "NUM_PROC=1", "configs/base.yaml:2:1: SETUP.BASE_CFG.lr"),
        ("[1, 2]\n", "NUM_PROC=1", "configs/base.yaml:1:1: SETUP.BASE_CFG: expected a mapping"),
        ("a: [1\n", "NUM_PROC=1", "configs/sweep.yaml:5:13: SETUP.BASE_CFG: configs/base.yaml:"),
        ("lr: {a: 1}\n", "NUM_PROC=1", "SETUP.SAMPLERS.lr: is a mapping in BASE_CFG"),
        (
            "lr: 1\n",
            "SETUP.BASE_CFG=none.yaml",
            "SETUP.BASE_CFG: none.yaml: file not found: looked for `configs/none.yaml` and `none.yaml`",
        ),
    ] {
        let sandbox = sandbox(SWEEP);
        sandbox.write("configs/base.yaml", base);
        let text = setup(&sandbox, &["--set", flag]).expect(2).stderr;
        assert!(text.contains(said), "{said} in {text}");
        assert!(!sandbox.join("root").exists());
    }
}

#[test]
fn defaults_lie_beside_the_sweep_config_and_collect_has_them_as_they_were() {
    let defaults = "epochs: 1\nlr: 0.0\nnested: {a: [0]}\nextra: 5\n";
    let sandbox = sandbox(&SWEEP.replace("  SAMPLERS", "  DEFAULTS: all.yaml\n  SAMPLERS"));
    let said = setup(&sandbox, &[]).expect(2).stderr;
    assert!(
        said.contains("all.yaml: file not found: looked for `configs/all.yaml` and `all.yaml`"),
        "{said}"
    );
    sandbox.write("configs/all.yaml", defaults);
    setup(&sandbox, &[]).expect(0);
    assert_eq!(of_configs(&sandbox, "[c['extra'] for c in cfgs]"), "[5, 5]");
    run(&sandbox, bin!("sweep_launch"), "configs/sweep.yaml", &["--yes"]).expect(0);
    std::fs::remove_dir_all(sandbox.join("configs")).unwrap();
    run(&sandbox, bin!("sweep_collect"), "root/s/sweep_cfg.yaml", &[]).expect(0);
    assert!(sandbox.read("root/s/launches/000001/sweep_cfg.defaults.yaml").ends_with(defaults));
}

#[test]
fn a_program_that_gives_rows_runs_beside_the_sweep_config_if_it_is_there() {
    let sandbox =
        sandbox(&SWEEP.replace("  SAMPLERS", "  ENTRYPOINTS: [cat rows.json]\n  SAMPLERS"));
    let said = setup(&sandbox, &[]).expect(2).stderr;
    assert!(
        said.contains(
            "It runs in the directory of the sweep config (`configs`) if it names a file there, else in the \
             current directory"
        ),
        "{said}"
    );
    sandbox.write("rows.json", "{\"a\": 1}\n");
    setup(&sandbox, &[]).expect(0);
    assert_eq!(of_configs(&sandbox, "[c['a'] for c in cfgs]"), "[1, 1]");
    sandbox.write("configs/rows.json", "{\"a\": 2}\n");
    setup(&sandbox, &[]).expect(0);
    assert_eq!(of_configs(&sandbox, "[c['a'] for c in cfgs]"), "[2, 2]");
}
