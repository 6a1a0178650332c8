//! Records of other versions of the toolkit: older ones are read, newer ones are refused in words.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::bin;
use crate::common::{Run, Sandbox, fixture};
use serde_json::{Value, json};
use sweep_config::claim::STALE;
use sweep_config::records::{FORMAT_VERSION, Outcome, read_attempts};
use sweep_config::{JobId, SweepDir};

const SETUP: &str = "setup.json";
const NEWEST: &str = "launches/000003/submission.json";
const JOURNAL: &str = "logs/000003/attempts.jsonl";
const CLAIM: &str = "logs/000003/claim.1";

/// The sweep of the fixture, in a directory of its own.
struct OldSweep(Sandbox);

impl OldSweep {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let copy = |from: &str, to: &str| {
            let (from, to) = (fixture("records-v1").join(from), sandbox.join(to));
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            assert!(Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
        };
        copy("sweep.yaml", "sweep.yaml");
        copy("code", "code");
        copy("sweep", "root/sweep");
        let sweep = Self(sandbox);
        sweep.age_claim();
        sweep
    }

    /// Its worker was killed long ago, on whatever host.
    fn age_claim(&self) {
        let claim = fs::File::options().write(true).open(self.path(CLAIM)).unwrap();
        claim.set_modified(SystemTime::now() - STALE * 2).unwrap();
    }

    fn path(&self, record: &str) -> PathBuf {
        self.0.join("root/sweep").join(record)
    }

    fn run(&self, program: &str, args: &[&str]) -> Run {
        self.0.run(program, &[&["--sweep-cfg", "sweep.yaml"], args].concat())
    }

    fn collect(&self) -> (Value, Run) {
        let run = self.run(bin!("sweep_collect"), &["--json"]);
        let status: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
        (status["states"].clone(), run)
    }

    /// Changes a record, of a journal each line.
    fn edit(&self, record: &str, edit: impl Fn(&mut Value)) {
        let text = fs::read_to_string(self.path(record)).unwrap();
        let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
        let edited = values.map(|value| {
            let mut value = value.unwrap();
            edit(&mut value);
            value.to_string() + "\n"
        });
        fs::write(self.path(record), edited.collect::<String>()).unwrap();
        self.age_claim();
    }

    /// Has a record come from a version to come.
    fn make_newer(&self, record: &str) {
        self.edit(record, |value| value["format_version"] = json!(FORMAT_VERSION + 1));
    }

    /// The calls of all stages that would change anything; the light build has no report.
    fn stages(&self) -> Vec<(&'static str, Run)> {
        vec![
            ("setup", self.run(bin!("sweep_setup"), &["--extend", "1"])),
            ("launch", self.run(bin!("sweep_launch"), &["--yes"])),
            ("worker", self.run(bin!("sweep_worker"), &[])),
            ("collect", self.run(bin!("sweep_collect"), &[])),
            #[cfg(feature = "analysis")]
            ("analyze", self.run(bin!("sweep_analyze"), &[])),
        ]
    }
}

fn records(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => files.extend(records(&path)),
            path => files.push(path),
        }
    }
    files.sort();
    files
}

#[track_caller]
fn expect_refused(run: &Run, record: &str) {
    let newer = FORMAT_VERSION + 1;
    let text = format!(
        "written by a newer sweepkit (format {newer}; this version reads up to {FORMAT_VERSION}); use the newer"
    );
    assert_eq!(run.code, 4, "{record}: {}", run.stderr);
    assert!(run.stderr.contains(&text) && run.stderr.contains(record), "{}", run.stderr);
}

/// Collects, extends and launches the old sweep.
fn expect_to_go_on(sweep: &OldSweep) {
    let (states, run) = sweep.collect();
    assert_eq!(states, json!({"waiting": 2, "done": 2, "failed": 1, "lost": 1}), "{}", run.stderr);
    let run = sweep.run(bin!("sweep_setup"), &["--extend", "1"]).expect(0);
    assert!(sweep.path("cfgs/000006.yaml").exists(), "{}", run.stderr);
    sweep.run(bin!("sweep_launch"), &["--yes", "--only", "4-6"]).expect(0);
    let dir = SweepDir::new(sweep.0.join("root/sweep"));
    for job in 4..7 {
        let attempts = read_attempts(&dir.attempts(JobId(job))).unwrap();
        assert_eq!(attempts.last().unwrap().end.as_ref().unwrap().outcome, Outcome::Done);
    }
    assert_eq!(sweep.collect().0["done"], 5);
}

#[test]
fn a_sweep_of_the_first_format_is_collected_extended_and_launched() {
    expect_to_go_on(&OldSweep::new());
}

#[test]
fn what_a_record_says_besides_is_passed_over() {
    let sweep = OldSweep::new();
    for record in [
        SETUP,
        NEWEST,
        "launches/000003/0000.json",
        "launches/000002/stopped.json",
        "code.json",
        JOURNAL,
        CLAIM,
    ] {
        sweep.edit(record, |value| {
            value["said_besides"] = json!({"a": [1, {"format_version": 99}]});
        });
    }
    expect_to_go_on(&sweep);
}

#[test]
fn a_sweep_that_a_newer_version_has_worked_on_is_refused_by_every_stage() {
    for record in [SETUP, NEWEST] {
        let sweep = OldSweep::new();
        sweep.make_newer(record);
        let before = records(&sweep.0.join("root"));
        for (stage, run) in sweep.stages() {
            println!("{stage}");
            expect_refused(&run, record);
        }
        assert_eq!(records(&sweep.0.join("root")), before, "wrote nothing");
    }
}

#[test]
fn a_newer_record_anywhere_in_the_ledger_stops_a_launch_and_a_collect() {
    for record in [
        "launches/000001/submission.json",
        "launches/000003/0000.json",
        "launches/000002/stopped.json",
    ] {
        let sweep = OldSweep::new();
        sweep.make_newer(record);
        expect_refused(&sweep.run(bin!("sweep_launch"), &["--yes"]), record);
        expect_refused(&sweep.collect().1, record);
    }
}

#[test]
fn a_newer_journal_or_claim_keeps_its_job_and_a_collect_says_why_it_knows_nothing_of_it() {
    for record in [JOURNAL, CLAIM] {
        let sweep = OldSweep::new();
        sweep.make_newer(record);
        let before = fs::read(sweep.path(record)).unwrap();
        expect_refused(&sweep.run(bin!("sweep_launch"), &["--yes"]), record);
        let (states, run) = sweep.collect();
        assert_eq!((&states["unknown"], run.code), (&json!(1), 1), "{states}");
        assert!((run.stdout + &run.stderr).contains("written by a newer sweepkit"), "{record}");
        expect_refused(&sweep.run(bin!("sweep_worker"), &[]), record);
        assert_eq!(fs::read(sweep.path(record)).unwrap(), before);
        assert!(!sweep.path("logs/000003/claim.2").exists());
    }
}

#[test]
fn every_record_that_is_written_names_its_format() {
    let sweep = OldSweep::new();
    sweep.run(bin!("sweep_launch"), &["--yes", "--only", "4", "--refresh-code"]).expect(0);
    sweep.run(bin!("sweep_launch"), &["--yes", "--only", "1"]).expect(1);
    for record in [
        "setup.json",
        "code.json",
        "launches/000004/submission.json",
        "launches/000005/submission.json",
        "launches/000005/stopped.json",
        "launches/000005/failures/000001.json",
        "logs/000004/attempts.jsonl",
    ] {
        let text = fs::read_to_string(sweep.path(record)).unwrap();
        for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
            assert_eq!(value.unwrap()["format_version"], FORMAT_VERSION, "{record}");
        }
    }
}
