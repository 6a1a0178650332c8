//! `sweepkit`, and the ways in which all binaries find their sweep config.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::launching::Ready;

const SWEEP: &str = "
NAME: my/sweep
SETUP: {NUM_CONFIGS: 3, SAMPLERS: {lr: {log: [1e-4, 1e-1]}}}
LAUNCH: {EXECUTOR: local, COMMAND: 'echo lr {{lr}}'}
";

fn ready() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", SWEEP);
    sandbox.write("notes.yaml", "train:\n  SETUP: no sweep config\n");
    sandbox
}

fn sweepkit(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.run(bin!("sweepkit"), args)
}

#[test]
fn one_name_leads_through_the_stages_and_says_what_comes_next() {
    let sandbox = ready();
    let told = sweepkit(&sandbox, &[]).expect(0).stdout;
    assert!(told.contains("sweep.yaml: not set up\n  next: sweepkit setup sweep.yaml"), "{told}");
    let setup = sweepkit(&sandbox, &["setup"]).expect(0).stderr;
    assert!(setup.contains("Sweep config: sweep.yaml"), "{setup}");
    assert!(setup.contains("sweepkit launch sweep.yaml"), "as it was called: {setup}");
    let told = sweepkit(&sandbox, &[]).expect(0).stdout;
    assert!(told.contains("3 jobs set up, 3 waiting\n  next: sweepkit launch"), "{told}");
    sweepkit(&sandbox, &["launch", "--yes", "sweep.yaml"]).expect(0);
    let told = sweepkit(&sandbox, &[]).expect(0).stdout;
    assert!(told.contains("3 done\n  next: sweepkit collect"), "{told}");
    sweepkit(&sandbox, &["collect", "--quiet"]).expect(0);
    let told = sweepkit(&sandbox, &[]).expect(0).stdout;
    assert!(told.contains("3 done\n  next: sweepkit analyze"), "{told}");
}

#[test]
fn a_sweep_directory_is_a_name_for_its_sweep_from_anywhere() {
    let sandbox = ready();
    let few = ["--set", "SETUP.NUM_CONFIGS=2", "sweep.yaml"];
    sandbox.run(bin!("sweep_setup"), &few).expect(0);
    let run = sandbox.run(bin!("sweep_launch"), &["sweeps/my/sweep", "--yes"]).expect(0);
    assert!(run.stdout.contains("2 of 2 jobs done"), "{}", run.stdout);
    let next = "next: sweep_collect --sweep-cfg sweeps/my/sweep\n";
    assert!(run.stdout.contains(next), "without what it knows by itself: {}", run.stdout);
    let inside = |binary: &str, args: &[&str]| {
        let mut command = sandbox.command(binary);
        command.current_dir(sandbox.join("sweeps/my/sweep")).args(args);
        Run::of(&command.output().unwrap())
    };
    inside(bin!("sweep_collect"), &[]).expect(0);
    assert!(sandbox.join("sweeps/my/sweep/sweep.json").exists());
    let refused = inside(bin!("sweep_launch"), &["--yes"]).expect(2);
    assert!(refused.stderr.contains("this is the sweep directory itself"), "{}", refused.stderr);
    let told = inside(bin!("sweepkit"), &[]).expect(0).stdout;
    assert!(told.contains(".: 2 jobs set up, 2 done\n  next: sweepkit analyze\n"), "{told}");
    let placed = ["sweeps/my/sweep", "--set", "NAME=other"];
    let refused = sandbox.run(bin!("sweep_collect"), &placed).expect(2);
    assert!(refused.stderr.contains("which cannot be moved by an override"), "{}", refused.stderr);
}

#[test]
fn a_sweep_directory_that_was_moved_is_still_itself() {
    let sandbox = ready();
    sandbox.run(bin!("sweep_setup"), &["sweep.yaml"]).expect(0);
    fs::rename(sandbox.join("sweeps/my/sweep"), sandbox.join("kept")).unwrap();
    sandbox.run(bin!("sweep_launch"), &["kept", "--yes"]).expect(0);
    sandbox.run(bin!("sweep_collect"), &["kept"]).expect(0);
    assert!(sandbox.join("kept/sweep.json").exists());
    assert!(!sandbox.join("sweeps/my/sweep").exists());
}

#[test]
fn a_config_that_is_not_clear_is_asked_for() {
    let sandbox = ready();
    sandbox.write("other.yml", SWEEP);
    let refused = sandbox.run(bin!("sweep_setup"), &[]).expect(2).stderr;
    assert!(
        refused.contains("this folder contains 2 sweep configs: `other.yml`, `sweep.yaml`"),
        "{refused}"
    );
    let two = ["other.yml", "--sweep-cfg", "sweep.yaml"];
    let refused = sandbox.run(bin!("sweep_setup"), &two).expect(2).stderr;
    assert!(refused.contains("two sweep configs were given"), "{refused}");
    let mut command = sandbox.command(bin!("sweep_setup"));
    command.env("SWEEP_CFG_FILE", "nowhere.yaml").arg("other.yml");
    Run::of(&command.output().unwrap()).expect(0);
    let empty = Sandbox::new();
    let refused = empty.run(bin!("sweep_collect"), &[]).expect(2).stderr;
    assert!(
        refused.contains("this folder has none") && refused.contains("sweepkit init"),
        "{refused}"
    );
    empty.write("sub/readme.txt", "");
    let refused = empty.run(bin!("sweep_collect"), &["sub"]).expect(2).stderr;
    assert!(refused.contains("`sub` is not a sweep directory"), "{refused}");
}

#[test]
fn a_build_without_the_report_says_so() {
    let sandbox = ready();
    let alone = sandbox.join("bin/sweepkit");
    fs::create_dir_all(alone.parent().unwrap()).unwrap();
    fs::copy(bin!("sweepkit"), &alone).unwrap();
    let mut command = sandbox.command(alone.to_str().unwrap());
    command.env("PATH", "/nowhere").arg("analyze");
    let refused = Run::of(&command.output().unwrap()).expect(2).stderr;
    assert!(
        refused.contains("`sweep_analyze` was not found next to `sweepkit` or in PATH"),
        "{refused}"
    );
    assert!(refused.contains("--no-default-features"), "{refused}");

    let other = sandbox.write("path/sweep_analyze", "#!/bin/sh\necho \"$SWEEPKIT_COMMAND:$*\"\n");
    fs::set_permissions(&other, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = sandbox.command(alone.to_str().unwrap());
    command.env("PATH", format!("{}:/bin", sandbox.join("path").display()));
    command.args(["analyze", "--json", "a b"]);
    assert_eq!(Run::of(&command.output().unwrap()).expect(0).stdout, "analyze:--json a b\n");
}

#[test]
fn one_binary_with_a_script_for_each_name_is_all_stages() {
    let sandbox = Sandbox::new();
    let bin = sandbox.join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::copy(bin!("sweepkit"), bin.join("sweepkit")).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/stage");
    for stage in ["setup", "launch", "worker", "collect"] {
        fs::copy(script, bin.join(format!("sweep_{stage}"))).unwrap();
    }
    // The pattern does not find the command line that it stands in.
    let guard = format!("pgrep -f '{}/[s]weepkit sweep_worker --guard'", bin.display());
    let sweep =
        SWEEP.replace("echo lr {{lr}}", "GUARD").replace("'GUARD'", &format!("\"{guard}\""));
    sandbox.write("sweep.yaml", sweep);
    let run = |name: &str, args: &[&str]| sandbox.run(bin.join(name).to_str().unwrap(), args);
    run("sweep_setup", &["sweep.yaml"]).expect(0);
    let launched = run("sweep_launch", &["sweep.yaml", "--yes"]).expect(0).stdout;
    assert!(launched.contains("3 of 3 jobs done"), "each found its worker's guard: {launched}");
    assert!(launched.contains("next: sweep_collect "), "as it was called: {launched}");
    run("sweep_collect", &["sweep.yaml"]).expect(0);
    let refused = run("sweep_launch", &["--no-such-flag"]).expect(2).stderr;
    assert!(refused.contains("Usage: sweep_launch "), "{refused}");
}

#[test]
fn every_help_has_examples_and_says_where_to_start() {
    let sandbox = Sandbox::new();
    for binary in [
        bin!("sweepkit"),
        bin!("sweep_setup"),
        bin!("sweep_launch"),
        bin!("sweep_worker"),
        bin!("sweep_collect"),
    ] {
        let help = sandbox.run(binary, &["--help"]).expect(0).stdout;
        assert!(help.contains("\nExamples:\n") && help.contains("\nStart here: "), "{help}");
    }
    let help = sweepkit(&sandbox, &["help", "analyze"]).expect(0).stdout;
    assert!(help.contains("sweep_analyze a.yaml b.yaml"), "{help}");
}

#[test]
fn every_binary_and_command_has_a_man_page() {
    let sandbox = Sandbox::new();
    sweepkit(&sandbox, &["man", "man1"]).expect(0);
    let page = sandbox.read("man1/sweep_setup.1");
    assert!(page.contains(".TH sweep_setup 1") && page.contains("Start here"), "{page}");
    assert!(sandbox.join("man1/sweepkit.1").exists());
}

#[test]
fn the_worker_takes_a_config_by_its_place_too() {
    let ready = Ready::new(1, "true", "");
    ready.sandbox.run(bin!("sweep_worker"), &["sweep.yaml"]).expect(0);
    assert_eq!(ready.done(), 1);
}
