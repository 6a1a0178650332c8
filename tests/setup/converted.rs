//! `sweepkit convert`: what the files of other tools become is what those tools make of them.
//!
//! `scripts/convert-oracle` wrote what each tool makes: of a grid its configs, of a random search the distributions.

use std::path::{Path, PathBuf};

use crate::bin;
use crate::common::{Run, Sandbox, fixture, python};

/// The number of configs of a search at random.
const DRAWS: &str = "2000";

fn convert(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut words = vec!["convert"];
    words.extend(args);
    sandbox.run(bin!("sweepkit"), &words)
}

/// Converts a text and returns the sweep config.
fn converted(text: &str, args: &[&str]) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("theirs.yaml", text);
    let mut words = vec!["theirs.yaml"];
    words.extend(args);
    convert(&sandbox, &words).expect(0).stdout
}

/// Returns what is wrong with a text.
fn refused(text: impl AsRef<[u8]>, args: &[&str]) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("theirs.yaml", text);
    let mut words = vec!["theirs.yaml"];
    words.extend(args);
    let run = convert(&sandbox, &words).expect(2);
    assert_eq!(run.stdout, "");
    run.stderr
}

/// Converts a file, sets it up, and holds the jobs against what the tool makes.
fn check(path: &Path, args: &[&str]) {
    let sandbox = Sandbox::new();
    let mut words = vec![path.to_str().unwrap(), "-o", "sweep.yaml", "--jobs", DRAWS];
    words.extend(args);
    convert(&sandbox, &words).expect(0);
    let sweep = ["sweep.yaml", "--quiet", "--yes", "--set", "ROOT_DIR=root", "--set", "NAME=s"];
    let run = sandbox.run(bin!("sweep_setup"), &sweep);
    assert_eq!(run.code, 0, "{}: {}\n{}", path.display(), run.stderr, sandbox.read("sweep.yaml"));
    let expected = path.with_extension("expected.json");
    let program = format!(
        "import sys\nsys.argv[0] = {:?}\n{}",
        path.display().to_string(),
        include_str!("converted.py")
    );
    python(&program, &[&sandbox.join("root/s/cfgs"), &expected]);
}

/// The files of a tool.
fn files(tool: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(fixture(&format!("convert/{tool}"))).unwrap();
    let mut files: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| !path.to_str().unwrap().ends_with(".expected.json"));
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn the_sweeps_of_weights_and_biases_become_what_its_own_engine_makes() {
    for path in files("wandb") {
        check(&path, &[]);
    }
}

/// A sweep of Weights & Biases with these lines below `parameters`.
fn wandb(method: &str, parameters: &str) -> String {
    let parameters = parameters.replace('\n', "\n  ");
    format!("program: fit.py\nmethod: {method}\nparameters:\n  {parameters}\n")
}

#[test]
fn a_comment_in_place_says_what_was_kept_approximated_and_dropped() {
    let text = converted(
        "program: fit.py\nmethod: bayes\nname: first try\nentity: me\nmetric: {name: loss, goal: minimize, target: 0.1}\n\
         parameters:\n  lr: {min: 1e-4, max: 0.1, distribution: log_uniform_values}\n  amp: {values: [true, false]}\n\
         early_terminate: {type: hyperband, min_iter: 3}\n",
        &[],
    );
    for line in [
        "# approximated name (line 3): `first try` as the name of a directory\nNAME: first-try\n",
        "# dropped entity (line 4): ",
        "# approximated method: bayes (line 2): no search here learns from results",
        "# approximated run_cap: the file has no run_cap, so that Weights & Biases runs until it is stopped",
        "  NUM_CONFIGS: 64\n",
        "    # approximated parameters.lr (line 7): Weights & Biases (PyYAML) reads `1e-4` as text",
        "    lr: {log: [0.0001, 0.1]}\n    amp: [true, false]    # kept parameters.amp: categorical\n",
        "COMMAND: 'WANDB_DIR={{out_dir}} /usr/bin/env python fit.py {{args bools=text}}'\n",
        "# dropped metric.target (line 5): ",
        "  OBJECTIVE: {METRIC: loss, GOAL: minimize, OVER: last}\n  # dropped early_terminate (line 9): ",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
}

#[test]
fn what_weights_and_biases_refuses_is_refused_with_its_line() {
    for (parameters, message) in [
        ("lr: {min: 1, max: 1.0}", "theirs.yaml:4:3: parameters.lr: min 1 is not less than max 1"),
        (
            "a: 1\nlr: {min: 1}",
            "theirs.yaml:5:3: parameters.lr: is not a parameter of Weights & Biases",
        ),
        ("lr: {valus: [1]}", "theirs.yaml:4:3: parameters.lr: is not a parameter"),
        (
            "lr: {values: [1], q: 2}",
            "theirs.yaml:4:21: parameters.lr.q: is not a key of a `categorical` parameter",
        ),
        ("lr: {distribution: unifrom, min: 0, max: 1}", "did you mean `uniform`?"),
        ("lr: {values: []}", "parameters.lr.values: is empty"),
        (
            "lr: {min: low, max: 1, distribution: uniform}",
            "parameters.lr.min: expected a number, found text `low`",
        ),
        ("lr: {values: [1, 2], probabilities: [0.5]}", "has 1 for 2 values"),
        ("lr: {values: [1, 2], probabilities: [0.5, 0.6]}", "add up to 1, not 1.1"),
        ("lr: {min: 0, max: 1, distribution: log_uniform_values}", "needs a `min` above 0"),
        ("lr: {value: 1, value: 2}", "4:18: parameters.lr.value: was already given"),
        ("lr: {sigma: 0, distribution: normal}", "parameters.lr.sigma: must be above 0"),
        (
            "a: {parameters: {b: {value: 1}}, value: 3}",
            "parameters.a.value: is not a key of a nested parameter",
        ),
    ] {
        let told = refused(wandb("random", parameters), &[]);
        assert!(told.contains(message), "{parameters}: {told}");
    }
    let told = refused(wandb("grid", "lr: {min: 0.0, max: 1.0}\nb: {min: 1, max: 2.5}"), &[]);
    assert!(told.contains("4:3: parameters.lr: `uniform` cannot be in a grid"), "{told}");
    assert!(told.contains("5:3: parameters.b"), "all problems are told at once: {told}");
    let told = refused(wandb("grid", "a: {value: 1}") + "comand: [x]\n", &[]);
    assert!(
        told.contains("theirs.yaml:5:1: comand: is not a key of a sweep of Weights & Biases"),
        "{told}"
    );
    assert!(told.contains("did you mean `command`?"), "{told}");
    let told =
        refused(wandb("grid", "a: {value: 1}") + "command: [python, '${agrs}', '{{x}}']\n", &[]);
    assert!(told.contains("command[1]: `${agrs}` is not a macro"), "{told}");
    assert!(told.contains("command[2]: `{{x}}` has `{{`"), "{told}");
}

#[test]
fn what_is_no_file_of_another_tool_is_refused_in_words() {
    for (text, message) in [
        (&b""[..], "theirs.yaml: the file is empty"),
        (b"# nothing\n", "theirs.yaml: the file is empty"),
        (b"\x7fELF\x02\x01\x01\0\0\xff\xfe", "theirs.yaml:1:"),
        (b"- a\n- b\n", "is not recognized as a file of"),
        (b"lr: 0.1\n", "is not recognized as a file of"),
        (
            b"method: grid\nparameters:\n  lr: {values: [1, 2",
            "theirs.yaml:3:16: the `[` of line 3, column 16 is still open here",
        ),
        (b"NAME: x\nSETUP: {NUM_CONFIGS: 1}\n", "is a sweep config already"),
        (b"method: grid\nmethod: random\nparameters: {a: {value: 1}}\n", "theirs.yaml:2:1"),
    ] {
        let told = refused(text, &[]);
        assert!(told.contains(message), "{:?}: {told}", String::from_utf8_lossy(text));
    }
    let sandbox = Sandbox::new();
    let run = convert(&sandbox, &["none.yaml"]).expect(2);
    assert!(run.stderr.contains("none.yaml: file not found"), "{}", run.stderr);
}

#[test]
fn a_file_that_is_there_is_never_written_over() {
    let sandbox = Sandbox::new();
    sandbox.write("theirs.yaml", wandb("grid", "a: {values: [1, 2]}"));
    sandbox.write("mine.yaml", "mine\n");
    let run = convert(&sandbox, &["theirs.yaml", "-o", "mine.yaml"]).expect(2);
    assert!(run.stderr.contains("`mine.yaml` exists already"), "{}", run.stderr);
    assert_eq!(sandbox.read("mine.yaml"), "mine\n");
    let run = convert(&sandbox, &["theirs.yaml", "-o", "new.yaml"]).expect(0);
    assert_eq!(run.stdout, "new.yaml\n");
    assert!(
        run.stderr.contains("next: read the comments, then `sweepkit setup new.yaml --preview`"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_stages_name_the_command_that_converts_a_file_of_another_tool() {
    let sandbox = Sandbox::new();
    sandbox.write("theirs.yaml", wandb("grid", "a: {values: [1, 2]}"));
    let run = sandbox.run(bin!("sweep_setup"), &["theirs.yaml"]).expect(2);
    let told = "theirs.yaml:1:1: is a sweep of Weights & Biases, not a sweep config\n  \
                hint: convert it: `sweepkit convert theirs.yaml -o sweep.yaml`";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}
