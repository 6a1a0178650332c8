//! Passing the parameters of a job to its program: real launches of small programs in Python.

use std::fmt::Write;

use crate::bin;
use crate::common::{Run, Sandbox};

/// A program of argparse that prints what it understood.
const PROGRAM: &str = "
import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float, required=True)
parser.add_argument('--optim.name', required=True)
parser.add_argument('--widths', type=int, nargs='+')
parser.add_argument('--amp', action=argparse.BooleanOptionalAction)
parser.add_argument('--out', required=True)
print(json.dumps(vars(parser.parse_args()), sort_keys=True))
";

fn sweep(samplers: &str, command: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let command = serde_json::Value::from(command);
    let mut text =
        "NAME: s\nSETUP:\n  STRATEGY: grid\n  BASE_CFG: {not_sampled: 1}\n  SAMPLERS:\n".to_owned();
    for line in samplers.lines() {
        writeln!(text, "    {line}").unwrap();
    }
    writeln!(text, "LAUNCH: {{EXECUTOR: local, MAX_RETRY: 0, COMMAND: {command}}}").unwrap();
    sandbox.write("sweep.yaml", text);
    sandbox.write("train.py", PROGRAM);
    sandbox.run(bin!("sweep_setup"), &["sweep.yaml"]).expect(0);
    sandbox
}

fn launch(sandbox: &Sandbox) -> Run {
    sandbox.run(bin!("sweep_launch"), &["sweep.yaml", "--yes"])
}

fn printed(sandbox: &Sandbox, job: u32) -> String {
    sandbox.read(format!("sweeps/s/logs/{job:06}/stdout.log"))
}

#[test]
fn a_program_of_argparse_gets_its_options_typed_as_they_were_sampled() {
    let samplers =
        "lr: [1e-5]\noptim.name: ['a b', \"-x'$HOME\"]\nwidths: [[8, 16]]\namp: [true, false]";
    let command = "python3 train.py {{args bools=no lists=words}} --out {{out_dir}}";
    let sandbox = sweep(samplers, command);
    launch(&sandbox).expect(0);
    let mut found = Vec::new();
    for job in 0..4 {
        let value: serde_json::Value = serde_json::from_str(&printed(&sandbox, job)).unwrap();
        assert_eq!(
            (value["lr"].as_f64(), &value["widths"]),
            (Some(1e-5), &serde_json::json!([8, 16]))
        );
        found.push((value["optim.name"].as_str().unwrap().to_owned(), value["amp"].as_bool()));
    }
    let names = ["a b", "-x'$HOME"].map(str::to_owned);
    let wanted = names.map(|name| [(name.clone(), Some(true)), (name, Some(false))]).concat();
    assert_eq!(found, wanted);
}

#[test]
fn a_truth_value_without_a_form_stops_the_launch_before_anything_runs() {
    let sandbox = sweep("lr: [0.1]\namp: [true]", "python3 train.py {{args}}");
    let refused = launch(&sandbox).expect(2).stderr;
    assert!(refused.contains("LAUNCH.COMMAND, line 1, column 18: `amp` is a boolean"), "{refused}");
    assert!(!sandbox.join("sweeps/s/logs").exists());
}

#[test]
fn programs_that_read_json_or_toml_get_the_whole_config_so() {
    let read = "python3 -c 'import json, sys, tomllib; print(json.load(open(sys.argv[1])) == \
                tomllib.load(open(sys.argv[2], \"rb\")) == {\"not_sampled\": 1, \"a\": {\"b\": \"x\\ny\"}})'";
    let sandbox = sweep("a.b: [\"x\\ny\"]", &format!("{read} {{{{cfg_json}}}} {{{{cfg_toml}}}}"));
    launch(&sandbox).expect(0);
    assert_eq!(printed(&sandbox, 0), "True\n");
    assert!(sandbox.join("sweeps/s/logs/000000/cfg.toml").exists());
}

#[test]
fn parameters_of_a_branch_are_passed_to_the_jobs_that_have_them() {
    let branches =
        "opt:\n  TYPE: choice_sampler\n  BRANCHES: {sgd: {momentum: 0.9}, adam: {}}\nlr: [1]";
    let sandbox =
        sweep(branches, "echo {{args}}; echo {{hydra_args}}; {{env_vars}} env | grep ^opt");
    launch(&sandbox).expect(0);
    assert_eq!(
        printed(&sandbox, 0),
        "--opt=sgd --momentum=0.9 --lr=1\nopt=sgd momentum=0.9 lr=1\nopt=sgd\n"
    );
    assert_eq!(printed(&sandbox, 1), "--opt=adam --lr=1\nopt=adam lr=1\nopt=adam\n");
}

#[test]
fn seeds_and_derived_values_are_parameters_too() {
    let sandbox = sweep("lr: [2]", "echo {{args}}");
    let more = [
        "sweep.yaml",
        "--set",
        "SETUP.REPLICATES=2",
        "--set",
        "SETUP.SEED_KEY=seed",
        "--set",
        "SETUP.DERIVED={wd: lr / 4}",
    ];
    sandbox.run(bin!("sweep_setup"), &more).expect(0);
    launch(&sandbox).expect(0);
    assert_eq!(printed(&sandbox, 1), "--lr=2 --wd=0.5 --seed=1\n");
}
