//! Jobs that another sweep has done are not run again.

use crate::bin;
use crate::common::{Run, Sandbox};

/// A program that fails for 3 and logs a result as pycls's programs do.
const COMMAND: &str = "[ {{A}} != 3 ] && echo 'json_stats: {\"_type\": \"test_epoch\", \"epoch\": \"1/1\", \"min_top1_err\": {{A}}.5, \"top1_err\": {{A}}.5, \"top5_err\": 1.0}'";

fn config(sandbox: &Sandbox, name: &str, values: &str, command: &str) {
    let text = format!(
        "ROOT_DIR: root\nNAME: {name}\nSETUP:\n  STRATEGY: grid\n  BASE_CFG: {{OPTIM: {{MAX_EPOCH: 1}}}}\n  SAMPLERS: {{A: {values}}}\n\
         LAUNCH:\n  EXECUTOR: local\n  MAX_RETRY: 0\n  COMMAND: >-\n    {command}\nCOLLECT: {{CHECKPOINTS_KEEP: none}}\n"
    );
    sandbox.write(format!("{name}.yaml"), text);
}

fn run(sandbox: &Sandbox, binary: &str, name: &str, flags: &[&str]) -> Run {
    let file = format!("{name}.yaml");
    let mut args = vec!["--sweep-cfg", &file];
    args.extend(flags);
    sandbox.run(binary, &args)
}

/// A sweep over 1, 2 and 3 that ran: 3 failed, and 1 left a checkpoint.
fn old_sweep() -> Sandbox {
    let sandbox = Sandbox::new();
    config(&sandbox, "old", "[1, 2, 3]", COMMAND);
    run(&sandbox, bin!("sweep_setup"), "old", &[]).expect(0);
    run(&sandbox, bin!("sweep_launch"), "old", &["--yes"]).expect(1);
    sandbox.write("root/old/logs/000000/checkpoints/model_epoch_0001.pyth", "weights");
    sandbox
}

#[test]
fn what_another_sweep_has_done_is_not_run_again_and_its_results_count() {
    let sandbox = old_sweep();
    config(&sandbox, "new", "[4, 2, 3, 1]", COMMAND);
    let said = run(&sandbox, bin!("sweep_setup"), "new", &["--reuse", "old"]).expect(0).stderr;
    assert!(said.contains("2 jobs done in `") && said.contains("/root/old`"), "{said}");
    let record: serde_json::Value =
        serde_json::from_str(&sandbox.read("root/new/setup.json")).unwrap();
    assert_eq!(record["reused"][0]["jobs"], 2);
    run(&sandbox, bin!("sweep_launch"), "new", &["--yes"]).expect(1);
    assert_eq!(sandbox.read("root/old/logs/000001/attempts.jsonl").lines().count(), 2, "ran once");
    assert!(!sandbox.join("root/new/logs/000002").is_symlink(), "3 failed there and runs again");
    run(&sandbox, bin!("sweep_collect"), "new", &[]);
    let collected: serde_json::Value =
        serde_json::from_str(&sandbox.read("root/new/sweep.json")).unwrap();
    let mut errors: Vec<f64> = collected
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|job| job["test_epoch"]["top1_err"][0].as_f64())
        .collect();
    errors.sort_by(f64::total_cmp);
    assert_eq!(errors, [1.5, 2.5, 4.5]);
    let kept = sandbox.join("root/old/logs/000000/checkpoints/model_epoch_0001.pyth");
    assert!(kept.exists(), "the other sweep's checkpoints are its own");
}

#[test]
fn a_set_that_is_set_up_again_keeps_no_result_of_the_old_one() {
    let sandbox = old_sweep();
    config(&sandbox, "new", "[1, 2]", COMMAND);
    run(&sandbox, bin!("sweep_setup"), "new", &["--reuse", "old"]).expect(0);
    assert!(sandbox.join("root/new/logs/000001").is_symlink());
    config(&sandbox, "new", "[7, 8]", COMMAND);
    run(&sandbox, bin!("sweep_setup"), "new", &[]).expect(0);
    assert!(!sandbox.join("root/new/logs").exists());
    assert!(sandbox.join("root/old/logs/000001/stdout.log").exists());
    run(&sandbox, bin!("sweep_setup"), "new", &[]).expect(0);
}

#[test]
fn an_extension_may_reuse_too() {
    let sandbox = old_sweep();
    config(&sandbox, "new", "[9]", COMMAND);
    run(&sandbox, bin!("sweep_setup"), "new", &[]).expect(0);
    config(&sandbox, "new", "[9, 2, 1]", COMMAND);
    let path = sandbox.join("root/old").display().to_string();
    run(&sandbox, bin!("sweep_setup"), "new", &["--extend", "2", "--yes", "--reuse", &path])
        .expect(0);
    assert!(!sandbox.join("root/new/logs/000000").exists());
    assert!(sandbox.join("root/new/logs/000001").is_symlink());
    assert!(sandbox.join("root/new/logs/000002").is_symlink());
}

#[test]
fn what_another_command_did_is_another_job() {
    let sandbox = old_sweep();
    config(&sandbox, "new", "[1, 2]", "echo other {{A}}");
    let said = run(&sandbox, bin!("sweep_setup"), "new", &["--reuse", "old"]).expect(0).stderr;
    assert!(said.contains("0 jobs done in"), "{said}");
    assert!(said.contains("2 jobs skipped, since they ran with another LAUNCH.COMMAND"), "{said}");
    assert!(!sandbox.join("root/new/logs").exists());
}

#[test]
fn a_sweep_that_is_not_there_or_is_the_same_cannot_be_reused() {
    let sandbox = old_sweep();
    config(&sandbox, "new", "[1, 2]", COMMAND);
    let said = run(&sandbox, bin!("sweep_setup"), "new", &["--reuse", "nowhere"]).expect(2).stderr;
    assert!(said.contains("--reuse nowhere: no sweep found there"), "{said}");
    run(&sandbox, bin!("sweep_setup"), "new", &[]).expect(0);
    let said = run(&sandbox, bin!("sweep_setup"), "new", &["--reuse", "new"]).expect(2).stderr;
    assert!(said.contains("this is the sweep itself"), "{said}");
}
