//! Tables that are damaged within, or that something else than collect put in another order: what is damaged
//! costs what needs it, and is said.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::bin;
use crate::common::{Run, Sandbox};
use parquet::file::reader::{FileReader as _, SerializedFileReader};

const CONFIG: &str = "ROOT_DIR: sweeps\nNAME: digits/optim\nSETUP: {NUM_CONFIGS: 64}\n\
    ANALYZE: {METRICS: [lr, wd], PLOT_CURVES_BEST: 2, PLOT_CURVES_WORST: 1}\n";
const SWEEP: &str = "sweeps/digits/optim/sweep.parquet";
const CURVES: &str = "sweeps/digits/optim/curves.parquet";

fn digits() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    sandbox.write("sweep.yaml", CONFIG);
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    sandbox
}

/// Runs the report and gives its page too.
fn analyze(sandbox: &Sandbox) -> (Run, String) {
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]);
    let page = sandbox.read("sweeps/digits/optim/analysis.html");
    (run, page.replace("&#x60;", "`"))
}

/// Overwrites the data of a column of a table, whose description stays whole.
fn damage(sandbox: &Sandbox, table: &str, column: &str) {
    let path = sandbox.join(table);
    let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    for group in reader.metadata().row_groups() {
        let chunk = group.columns().iter().find(|chunk| chunk.column_path().string() == column);
        let (start, length) = chunk.unwrap().byte_range();
        let [start, length] = [start, length].map(|at| usize::try_from(at).unwrap());
        bytes[start..start + length].fill(0xff);
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_column_costs_the_figures_that_need_it_and_is_named() {
    let sandbox = digits();
    damage(&sandbox, SWEEP, "cfg.OPTIM.BASE_LR");
    let (run, page) = analyze(&sandbox);
    let run = run.expect(1);
    assert!(run.stderr.contains("(in cfg.OPTIM.BASE_LR)"), "{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert!(page.contains("<code>lr</code> cannot be read: its data is damaged"));
    assert!(page.contains("Weight decay"), "the other metric is shown");
}

#[test]
fn a_damaged_column_that_nothing_needs_costs_nothing() {
    let sandbox = digits();
    let (_, whole) = analyze(&sandbox);
    damage(&sandbox, SWEEP, "train_epoch.lr.mean");
    let (run, page) = analyze(&sandbox);
    run.expect(0);
    assert!(page == whole);
}

#[test]
fn a_damaged_config_value_is_missing_from_the_configs_of_the_page_and_named() {
    let sandbox = digits();
    damage(&sandbox, SWEEP, "cfg.LOG_DEST");
    let (run, page) = analyze(&sandbox);
    assert!(run.expect(1).stderr.contains("(in cfg.LOG_DEST)"));
    assert!(!page.contains("\"LOG_DEST\"") && page.contains("\"LOG_PERIOD\""));
}

#[test]
fn a_damaged_column_that_says_what_jobs_are_is_a_failure_that_names_the_file() {
    let sandbox = digits();
    damage(&sandbox, SWEEP, "state");
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(4);
    assert!(run.stderr.contains("sweep.parquet`"), "{}", run.stderr);
    assert!(run.stderr.contains("sweep_collect"), "{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
}

#[test]
fn damaged_curves_are_left_out_and_named() {
    for column in ["job", "top1_err"] {
        let sandbox = digits();
        damage(&sandbox, CURVES, column);
        let (run, page) = analyze(&sandbox);
        let run = run.expect(1);
        assert!(run.stderr.contains("curves.parquet`"), "{}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        assert!(page.contains("Weight decay"), "all else is shown");
    }
}

#[test]
fn curves_are_found_in_whatever_order_the_jobs_are_and_however_rows_are_grouped() {
    const REGROUP: &str = "
import polars as pl, sys
rows = pl.read_parquet(sys.argv[1]).with_row_index('at')
halves = [rows.filter(pl.col('epoch') <= 5), rows.filter(pl.col('epoch') > 5)]
rows = pl.concat(half.sort('job', 'at', descending=[True, False]) for half in halves)
rows.drop('at').write_parquet(sys.argv[1], row_group_size=7)
";
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return;
    }
    let sandbox = digits();
    let (_, whole) = analyze(&sandbox);
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python/bin/python");
    let output = Command::new(python).args(["-c", REGROUP]).arg(sandbox.join(CURVES)).output();
    Run::of(&output.unwrap()).expect(0);
    let (run, page) = analyze(&sandbox);
    run.expect(0);
    assert!(page == whole);
}
