//! The trainer as a sweep runs it: a process, its log, its exit code.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Map, Value};
use tempfile::TempDir;

/// A small run, to which a test adds what it is about.
const SMALL: &str = "MLP: {DEPTH: 1, WIDTHS: [16]}\n";

/// An output directory and a config.
struct Job {
    dir: TempDir,
}

impl Job {
    fn new(config: &str) -> Self {
        let job = Self { dir: tempfile::tempdir().unwrap() };
        job.configure(config);
        job
    }

    fn configure(&self, config: &str) {
        File::create(self.cfg()).unwrap().write_all(config.as_bytes()).unwrap();
    }

    fn cfg(&self) -> PathBuf {
        self.dir.path().join("cfg.yaml")
    }

    fn checkpoint(&self, epoch: u32) -> PathBuf {
        self.dir.path().join(format!("out/checkpoints/model_epoch_{epoch:04}.bin"))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_digits"));
        command.arg("--cfg").arg(self.cfg()).arg("--out-dir").arg(self.dir.path().join("out"));
        command
    }

    fn run(&self) -> Output {
        self.command().output().unwrap()
    }

    fn log(&self) -> Vec<Map<String, Value>> {
        let output = self.run();
        assert!(output.status.success(), "{}", stderr(&output));
        stats(&String::from_utf8(output.stdout).unwrap())
    }

    /// That it ends with `code`, and what it says.
    fn fails_with(&self, code: i32) -> String {
        let output = self.run();
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        stderr(&output)
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The data of a log, line by line.
fn stats(log: &str) -> Vec<Map<String, Value>> {
    log.lines()
        .filter_map(|line| line.split_once("json_stats: "))
        .map(|(_, json)| serde_json::from_str(json).unwrap())
        .collect()
}

/// What does not depend on the clock or the machine's memory.
fn timeless(mut line: Map<String, Value>) -> Map<String, Value> {
    for key in ["time_avg", "time_epoch", "eta", "mem"] {
        line.remove(key);
    }
    line
}

fn kind(line: &Map<String, Value>) -> &str {
    line["_type"].as_str().unwrap()
}

#[test]
fn a_run_logs_config_complexity_and_three_lines_an_epoch() {
    let job = Job::new(&format!("DESC: OPTIM.BASE_LR 0.1\n{SMALL}OPTIM: {{MAX_EPOCH: 2}}\n"));
    let log = job.log();
    let kinds: Vec<&str> = log.iter().map(kind).collect();
    let epoch = ["train_epoch", "test_epoch", "test_ema_epoch"];
    assert_eq!(kinds, [&["cfg", "complexity"], &epoch[..], &epoch[..]].concat());
    assert_eq!(log[0]["DESC"], "OPTIM.BASE_LR 0.1");
    assert_eq!(log[0]["OPTIM"]["WEIGHT_DECAY"], 0.0005, "a default is logged too");
    assert_eq!(log[0]["OUT_DIR"], job.dir.path().join("out").to_str().unwrap());
    // 64 x 16 + 16 and 16 x 10 + 10
    assert_eq!((&log[1]["params"], &log[1]["acts"]), (&1210.into(), &26.into()));
    assert_eq!(log[5]["epoch"], "2/2");
    for line in &log {
        assert!(line.keys().is_sorted(), "{line:?}");
    }
}

#[test]
fn the_digits_are_learnt() {
    for family in ["mlp", "resmlp"] {
        let config = format!("MODEL: {{TYPE: {family}}}\nMLP: {{DEPTH: 2, WIDTHS: [32]}}\n");
        let log = Job::new(&format!("{config}OPTIM: {{MAX_EPOCH: 6}}\n")).log();
        let error = log.last().unwrap()["top1_err"].as_f64().unwrap();
        assert!(error < 8.0, "{family}: {error} % of the test images are wrong");
    }
}

#[test]
fn a_learning_rate_far_too_high_ends_with_exit_code_1_and_says_why() {
    let job = Job::new("MLP: {DEPTH: 4, WIDTHS: [32]}\nOPTIM: {BASE_LR: 1.0e+4}\n");
    let said = job.fails_with(1);
    assert!(said.contains("training has diverged") && said.contains("OPTIM.BASE_LR"), "{said}");
}

#[test]
fn a_run_killed_and_started_again_ends_with_the_numbers_of_one_that_was_not() {
    // The log of 200 epochs is twice what a pipe holds: when nobody reads on, the trainer cannot
    // come to its end before it is killed, however fast it is.
    let config = "MLP: {DEPTH: 1, WIDTHS: [8]}\nOPTIM: {MAX_EPOCH: 200}\n\
                  TRAIN: {BATCH_SIZE: 700, CHECKPOINT_PERIOD: 20}\n";
    let whole: Vec<_> = Job::new(config).log().into_iter().skip(2).map(timeless).collect();

    let job = Job::new(config);
    let mut child = job.command().stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.find(|line| line.as_ref().unwrap().contains("model_epoch_0040.bin")).unwrap().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let resumed: Vec<_> = job.log().into_iter().skip(2).map(timeless).collect();

    assert!(!resumed.is_empty() && resumed.len() < whole.len(), "{} lines", resumed.len());
    assert_eq!(resumed, whole[whole.len() - resumed.len()..]);
}

#[test]
fn a_run_that_is_done_trains_no_more() {
    let job = Job::new(&format!("{SMALL}OPTIM: {{MAX_EPOCH: 1}}\n"));
    assert_eq!(job.log().len(), 5);
    let again = job.log();
    assert_eq!(again.iter().map(kind).collect::<Vec<_>>(), ["cfg", "complexity"]);
}

#[test]
fn a_damaged_checkpoint_is_passed_over_for_the_one_before() {
    let config = format!("{SMALL}OPTIM: {{MAX_EPOCH: 2}}\nTRAIN: {{CHECKPOINT_PERIOD: 1}}\n");
    let job = Job::new(&config);
    let whole: Vec<_> = job.log().into_iter().skip(5).map(timeless).collect();
    let bytes = fs::read(job.checkpoint(2)).unwrap();
    File::create(job.checkpoint(2)).unwrap().write_all(&bytes[..bytes.len() / 2]).unwrap();
    let again: Vec<_> = job.log().into_iter().skip(2).map(timeless).collect();
    assert_eq!(again, whole);
}

#[test]
fn a_run_of_another_config_is_not_gone_on_with_unless_told_to_start_afresh() {
    let job = Job::new(&format!("{SMALL}OPTIM: {{MAX_EPOCH: 1}}\n"));
    job.log();
    job.configure(&format!("{SMALL}OPTIM: {{MAX_EPOCH: 1, BASE_LR: 0.2}}\n"));
    let said = job.fails_with(2);
    assert!(said.contains("model_epoch_0001.bin` belongs to another config"), "{said}");
    let afresh = "OPTIM: {MAX_EPOCH: 1, BASE_LR: 0.2}\nTRAIN: {AUTO_RESUME: false}\n";
    job.configure(&format!("{SMALL}{afresh}"));
    assert_eq!(job.log().len(), 5);
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let said = Job::new("RNG_SEED: 1\nOPTIM:\n  BASE_RL: 0.1\n").fails_with(2);
    assert!(said.contains("BASE_RL") && said.contains("line 3"), "{said}");
}

#[test]
fn all_values_out_of_range_are_named_at_once() {
    let config = "MLP: {DEPTH: 0, WIDTHS: []}\nOPTIM: {BASE_LR: -1.0, MOMENTUM: 1.0}\n";
    let said = Job::new(config).fails_with(2);
    for key in ["MLP.DEPTH", "MLP.WIDTHS", "OPTIM.BASE_LR", "OPTIM.MOMENTUM"] {
        assert!(said.contains(&format!("{key} must be")), "{key}: {said}");
    }
}

#[test]
fn a_config_that_is_not_there_is_named() {
    let job = Job::new("");
    fs::remove_file(job.cfg()).unwrap();
    let said = job.fails_with(2);
    assert!(said.contains("cannot read") && said.contains("cfg.yaml"), "{said}");
}
