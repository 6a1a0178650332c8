//! The tables as users load them: the lines of Python in docs/reference/files.md, run as they stand.
//!
//! `run-tests` makes the environment that they need, `target/python`; without it the tests fail, unless
//! `SWEEP_TESTS_WITHOUT_FRAMES` is set.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::Run;
use crate::logs::Logs;

/// The Python that has pandas and polars; `None` where the tests go without.
fn interpreter() -> Option<PathBuf> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python/bin/python");
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return None;
    }
    assert!(python.exists(), "no {}: ./run-tests makes it", python.display());
    Some(python)
}

/// The blocks of Python in the reference.
fn blocks() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/files.md");
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("```python\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_lines_of_the_reference_run_and_agree() {
    let Some(python) = interpreter() else { return };
    let logs = Logs::optim();
    logs.collect(&[]).expect(0);
    let blocks = blocks();
    assert_eq!(blocks.len(), 4);
    let printed: Vec<String> = blocks.iter().map(|block| run(&python, &logs, block)).collect();
    let table = logs.table("sweep.parquet");
    let (jobs, errors) = (table.ints("job"), table.doubles("test_epoch.top1_err.min"));
    let states = table.texts("state");
    let done = (0..table.len()).filter(|row| states[*row].as_deref() == Some("done"));
    let best = done.min_by(|a, b| errors[*a].unwrap().total_cmp(&errors[*b].unwrap())).unwrap();
    for text in &printed[..2] {
        let first = text.lines().find(|line| line.contains(&format!("{}", errors[best].unwrap())));
        let first = first.unwrap_or_else(|| panic!("the least error is not in {text}"));
        assert!(first.contains(&jobs[best].unwrap().to_string()), "{first}");
    }
    let last = |text: &str| {
        text.lines().rev().find_map(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok())
    };
    assert!(last(&printed[2]).is_some(), "{}", printed[2]);
    assert!(printed[3].contains("top1_err"), "{}", printed[3]);
}

fn run(python: &Path, logs: &Logs, program: &str) -> String {
    let output = Command::new(python).arg("-c").arg(program).current_dir(logs.path("")).output();
    let run = Run::of(&output.expect("the interpreter runs"));
    assert_eq!(run.code, 0, "{program}\n{}", run.stderr);
    run.stdout
}

#[test]
fn a_column_of_a_later_version_is_filled_from_the_defaults() {
    let logs = Logs::four();
    let config = logs.path("sweep_cfg.yaml");
    let defaults = logs.path("defaults.yaml");
    fs::write(&defaults, "OPTIM: {BASE_LR: 0.1, NEW_KNOB: 7}\nLATER: {A: x}\n").unwrap();
    let text = fs::read_to_string(&config).unwrap();
    let with = format!("SETUP:\n  DEFAULTS: {}\n", defaults.display());
    fs::write(&config, text.replacen("SETUP:\n", &with, 1)).unwrap();
    logs.edit(1, |log| log.replacen("\"BASE_LR\"", "\"NEW_KNOB\": 9, \"BASE_LR\"", 1).into_bytes());
    logs.collect(&[]).expect(0);
    let table = logs.table("sweep.parquet");
    assert_eq!(table.ints("cfg.OPTIM.NEW_KNOB"), [Some(7), Some(9), Some(7), Some(7)]);
    assert_eq!(table.texts("cfg.LATER.A"), vec![Some("x".to_owned()); 4]);
}
