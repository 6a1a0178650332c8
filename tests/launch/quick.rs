//! `sweepkit run`: from a command line through all stages, with a real program of argparse.

use std::fs;

use serde_json::Value;

use crate::bin;
use crate::common::{Run, Sandbox};

/// A program whose accuracy is known: best where `lr` is 0.01, and by 0.1 better with adam.
const PROGRAM: &str = "
import argparse, math
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float, required=True)
parser.add_argument('--opt', choices=['sgd', 'adam'], required=True)
parser.add_argument('--depth', type=int, default=1)
parser.add_argument('--seed', type=int, default=0)
args = parser.parse_args()
accuracy = 0.8 - 0.1 * abs(math.log10(args.lr) + 2) + 0.1 * (args.opt == 'adam') - 0.001 * args.seed
print(f'val_acc: {accuracy:.6f}')
";

const LINE: [&str; 12] = [
    "run",
    "--param",
    "lr=log:1e-4:1e-1",
    "--param",
    "opt=sgd,adam",
    "--maximize",
    "val_acc",
    "--name",
    "first",
    "--workers",
    "2",
    "--jobs",
];

fn ready() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("train.py", PROGRAM);
    sandbox
}

fn sweepkit(sandbox: &Sandbox, jobs: &str, more: &[&str]) -> Run {
    let mut args = LINE.to_vec();
    args.push(jobs);
    args.extend(more);
    args.extend(["--", "python3", "train.py", "{{args}}"]);
    sandbox.run(bin!("sweepkit"), &args)
}

fn jobs(sandbox: &Sandbox) -> usize {
    fs::read_dir(sandbox.join("sweeps/first/cfgs")).unwrap().count()
}

fn attempts(sandbox: &Sandbox) -> usize {
    let logs = fs::read_dir(sandbox.join("sweeps/first/logs")).unwrap();
    let journals =
        logs.filter_map(|dir| fs::read_to_string(dir.unwrap().path().join("attempts.jsonl")).ok());
    journals.map(|text| text.matches("\"start\"").count()).sum()
}

#[test]
fn one_command_goes_through_the_stages_and_again_goes_on() {
    let sandbox = ready();
    // Whether there is a report, hence the exit code, is a matter of the build.
    let run = sweepkit(&sandbox, "4", &[]);
    assert!(run.stderr.contains("Sweep config: first.yaml (written)"), "{}", run.stderr);
    assert!(run.stderr.contains("4 of 4 jobs done"), "{}", run.stderr);
    assert_eq!((jobs(&sandbox), attempts(&sandbox)), (4, 4));
    let text = sandbox.read("first.yaml");
    assert!(text.contains("    lr: {log: [1e-4, 1e-1]}\n    opt: [sgd, adam]\n"), "{text}");
    assert!(text.contains("COMMAND: 'python3 train.py {{args}}'"), "{text}");
    assert!(sandbox.read("sweeps/first/sweep.json").contains("val_acc"));

    sweepkit(&sandbox, "4", &[]);
    assert_eq!((jobs(&sandbox), attempts(&sandbox)), (4, 4), "nothing is done twice");
    let first = sandbox.read("sweeps/first/cfgs/000000.yaml");
    sweepkit(&sandbox, "6", &[]);
    assert_eq!((jobs(&sandbox), attempts(&sandbox)), (6, 6), "two more");
    assert_eq!(sandbox.read("sweeps/first/cfgs/000000.yaml"), first);
    let fewer = sweepkit(&sandbox, "2", &[]);
    assert!(fewer.stderr.contains("already has 6 configs and keeps them"), "{}", fewer.stderr);
    assert_eq!((jobs(&sandbox), attempts(&sandbox)), (6, 6));
    sandbox.run(bin!("sweep_collect"), &["--jobs"]).expect(0);
}

#[test]
fn another_sweep_of_that_name_is_refused_with_the_line_that_differs() {
    let sandbox = ready();
    sweepkit(&sandbox, "2", &[]);
    let refused = sweepkit(&sandbox, "2", &["--param", "depth=int:1:8"]).expect(2).stderr;
    assert!(
        refused.contains("it has nothing where this call has `depth: {int: [1, 8]}`"),
        "{refused}"
    );
    assert_eq!(attempts(&sandbox), 2);
    let args = [
        "run",
        "-p",
        "lr=0.1,0.2",
        "--grid",
        "--minimize",
        "loss",
        "--",
        "echo",
        "loss:",
        "{{lr}}",
    ];
    let run = sandbox.run(bin!("sweepkit"), &args);
    assert!(run.stderr.contains("2 of 2 jobs done"), "another name by itself: {}", run.stderr);
    assert_eq!(fs::read_dir(sandbox.join("sweeps")).unwrap().count(), 2);
}

#[test]
fn results_choose_the_next_configs_and_the_same_command_goes_on() {
    let sandbox = ready();
    sweepkit(&sandbox, "14", &["--tune"]);
    assert!(sandbox.read("first.yaml").contains("\n  STRATEGY: tpe\n"));
    let setup: Value = serde_json::from_str(&sandbox.read("sweeps/first/setup.json")).unwrap();
    assert_eq!((jobs(&sandbox), attempts(&sandbox)), (14, 14));
    let is_chosen = |round: &&Value| round["chosen"] == "--suggest";
    let chosen = setup["rounds"].as_array().unwrap().iter().filter(is_chosen);
    let chosen: u64 = chosen.map(|r| r["to"].as_u64().unwrap() - r["from"].as_u64().unwrap()).sum();
    assert!((1..=4).contains(&chosen), "{setup}");
    sweepkit(&sandbox, "14", &["--tune"]);
    assert_eq!(attempts(&sandbox), 14, "nothing is left to do");
    sweepkit(&sandbox, "16", &["--tune"]);
    assert_eq!((jobs(&sandbox), attempts(&sandbox)), (16, 16));
}

#[test]
fn seeds_are_jobs_of_their_own() {
    let sandbox = ready();
    sweepkit(&sandbox, "2", &["--seeds", "2"]);
    assert_eq!((jobs(&sandbox), attempts(&sandbox)), (4, 4));
    let journal = sandbox.read("sweeps/first/logs/000001/attempts.jsonl");
    assert!(journal.contains("--seed=1"), "{journal}");
    sweepkit(&sandbox, "3", &["--seeds", "2"]);
    assert_eq!((jobs(&sandbox), attempts(&sandbox)), (6, 6));
}

#[test]
fn what_is_wrong_is_told_before_anything_is_written() {
    let sandbox = ready();
    for (args, told) in [
        (
            &["-p", "lr=lgo:1:2", "-j", "2", "--maximize", "a", "--", "x", "{{args}}"][..],
            "did you mean `log`?",
        ),
        (
            &["-p", "lr=1,2", "-j", "2", "--maximize", "a", "--", "x"],
            "the command `x` uses no parameter",
        ),
        (&["-p", "lr=1,2", "-j", "2", "--maximize", "a", "--", "x", "{{arg}"], "LAUNCH.COMMAND"),
        (
            &["-p", "lr=1,2", "-j", "2", "--", "x", "{{args}}"],
            "--maximize <METRIC>|--minimize <METRIC>",
        ),
        (&["-p", "lr=1,2", "--maximize", "a", "--", "x", "{{args}}"], "--jobs <N>"),
        (&["-j", "2", "--maximize", "a", "--", "x", "{{args}}"], "--param <NAME=SPACE>"),
    ] {
        let args = [&["run"], args].concat();
        let refused = sandbox.run(bin!("sweepkit"), &args).expect(2).stderr;
        assert!(refused.contains(told), "{refused}");
    }
    assert_eq!(fs::read_dir(sandbox.path()).unwrap().count(), 1, "only the program is there");
}

#[test]
fn jobs_that_all_fail_are_told_of_by_their_cause() {
    let sandbox = ready();
    let args = [
        "run",
        "-p",
        "rate=1,2",
        "--grid",
        "--maximize",
        "val_acc",
        "--set",
        "LAUNCH.MAX_RETRY=0",
        "--",
        "python3",
        "train.py",
        "{{args}}",
    ];
    let run = sandbox.run(bin!("sweepkit"), &args).expect(1);
    assert!(run.stderr.contains("No job is done"), "{}", run.stderr);
    assert!(run.stderr.contains("the following arguments are required"), "{}", run.stderr);
}

#[cfg(feature = "analysis")]
#[test]
fn the_report_names_the_job_that_is_truly_best() {
    let sandbox = ready();
    let run = sweepkit(&sandbox, "12", &[]).expect(0);
    let page = run.stdout.trim();
    assert!(page.ends_with("sweeps/first/analysis.html"), "{page}");
    assert!(sandbox.read(page).contains("</html>"));
    let value = |job: usize| -> f64 {
        let text = sandbox.read(format!("sweeps/first/logs/{job:06}/stdout.log"));
        text.trim().strip_prefix("val_acc: ").unwrap().parse().unwrap()
    };
    let best = (0..12).max_by(|a, b| value(*a).total_cmp(&value(*b))).unwrap();
    assert!(run.stderr.contains(&format!("best: job {best:06}")), "{best}: {}", run.stderr);

    let other = [
        "run",
        "-p",
        "lr=0.1,0.2",
        "-p",
        "opt=sgd",
        "--grid",
        "--maximize",
        "val_acc",
        "--name",
        "second",
    ];
    let command = ["--", "python3", "train.py", "{{args}}"];
    sandbox.run(bin!("sweepkit"), &[&other[..], &command[..]].concat()).expect(0);
    for args in [
        ["first.yaml", "second.yaml"],
        ["--sweep-cfg=first.yaml", "second.yaml"],
        ["sweeps/first", "sweeps/second"],
    ] {
        let args = [&args[..], &["--json"]].concat();
        let run = sandbox.run(bin!("sweep_analyze"), &args).expect(0);
        let digest: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let names: Vec<&str> = digest["sweeps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["first", "second"], "{args:?}");
    }
    let told = sandbox.run(bin!("sweepkit"), &[]).expect(0).stdout;
    assert!(
        told.contains("first.yaml: 12 jobs set up, 12 done\n  report: sweeps/first/analysis.html"),
        "{told}"
    );
}
