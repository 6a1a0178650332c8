//! The report of 100,000 jobs: small enough, the same for any number of threads, sound in the real browser.
//!
//! The sweep is a real one of 128 jobs, collected and repeated with other values by `tests/stress/tile.py`. Times
//! are printed (`--nocapture`), as figures for docs/performance.md; they decide nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::bin;
use crate::common::{Run, Sandbox};
use serde_json::Value;

const EVERYTHING: &str = "ANALYZE:
  METRICS: [lr, wd, done, epoch_time, regnet_depth]
  PLOT_METRIC_PAIRS: [[lr, wd]]
  PLOT_CURVES_BEST: 3
  PLOT_CURVES_WORST: 2
  PLOT_MODELS_BEST: 4
  PLOT_MODELS_WORST: 2
  PRE_FILTERS: {done: [0, 1, 1]}
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a program with arguments prints.
#[track_caller]
fn run(program: impl AsRef<Path>, args: &[&dyn AsRef<Path>]) -> String {
    let args = args.iter().map(|arg| arg.as_ref().as_os_str());
    let run = Run::of(&Command::new(program.as_ref()).args(args).output().unwrap());
    run.expect(0).stdout
}

/// A sweep of so many jobs in a directory of its own, whose config does not say where that is.
fn tiled(sandbox: &Sandbox, jobs: usize, place: &str) -> PathBuf {
    let small = sandbox.join("small");
    if !small.exists() {
        run(root().join("scripts/make_logs"), &[&small, &"128", &"--epochs", &"4"]);
        run(bin!("sweep_collect"), &[&"--sweep-cfg", &small.join("sweep_cfg.yaml")]);
    }
    let directory = sandbox.join(place);
    let tile = root().join("tests/stress/tile.py");
    let python = root().join("target/python/bin/python");
    run(python, &[&tile, &small, &directory.join("large"), &jobs.to_string()]);
    let config = fs::read_to_string(small.join("sweep_cfg.yaml")).unwrap();
    let setup = config.find("SETUP:").unwrap();
    let config = format!("NAME: large\nROOT_DIR: .\n{}{EVERYTHING}", &config[setup..]);
    sandbox.write(format!("{place}/sweep.yaml"), config);
    directory
}

fn analyze(sandbox: &Sandbox, directory: &Path, threads: &str) -> Child {
    let mut command = sandbox.command(bin!("sweep_analyze"));
    command.current_dir(directory).args(["--sweep-cfg", "sweep.yaml"]);
    command.env("RAYON_NUM_THREADS", threads).env("POLARS_MAX_THREADS", threads);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
fn page(child: Child, directory: &Path) -> String {
    Run::of(&child.wait_with_output().unwrap()).expect(0);
    fs::read_to_string(directory.join("large/analysis.html")).unwrap()
}

/// What the browser found on a page.
fn look(directory: &Path) -> Value {
    let python = root().join("target/python/bin/python");
    let (page, table) =
        (directory.join("large/analysis.html"), directory.join("large/sweep.parquet"));
    let found = run(python, &[&root().join("tests/stress/large_report.py"), &page, &table]);
    println!("{found}");
    serde_json::from_str(&found).unwrap()
}

fn is_sound(found: &Value, jobs: usize) {
    assert_eq!(found["messages"], serde_json::json!([]), "the console is silent");
    let all = found["all"].as_str().unwrap().replace(',', "");
    assert_eq!(all, format!("{jobs} of {jobs} jobs"));
    assert_eq!(found["conditions"], 1, "a rectangle is one condition");
    let [low, high] = [0, 1].map(|at| found["within"][at].as_u64().unwrap());
    let brushed = found["brushed"].as_u64().unwrap();
    assert!(0 < low && low <= brushed && brushed <= high, "{found}");
    assert!(brushed < jobs as u64, "{found}");
    assert_eq!(found["listed"], found["brushed"], "the table has a row for each selected job");
}

#[test]
fn the_page_of_a_hundred_thousand_jobs_is_small_sound_and_the_same_for_any_number_of_threads() {
    let _alone = crate::alone();
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return;
    }
    let sandbox = Sandbox::new();
    let one = tiled(&sandbox, 100_000, "one");
    let two = sandbox.join("two");
    fs::create_dir_all(two.join("large")).unwrap();
    for file in ["sweep.yaml", "large/sweep.parquet", "large/curves.parquet"] {
        fs::hard_link(one.join(file), two.join(file)).unwrap();
    }
    let middle = tiled(&sandbox, 10_000, "middle");
    let begin = Instant::now();
    let (first, second) = (analyze(&sandbox, &one, "1"), analyze(&sandbox, &two, "2"));
    let (first, second) = (page(first, &one), page(second, &two));
    println!("two reports of 100,000 jobs at once: {:.1} s", begin.elapsed().as_secs_f64());
    assert!(first == second, "one thread and two make different pages");
    assert!(first.len() < 5_000_000, "{} bytes", first.len());
    let small = page(analyze(&sandbox, &middle, "2"), &middle);
    assert!(small.len() < 3_000_000, "{} bytes", small.len());
    let (large, middle) = (look(&one), look(&middle));
    is_sound(&large, 100_000);
    is_sound(&middle, 10_000);
    let elements = |found: &Value| found["elements"].as_u64().unwrap();
    assert!(elements(&large) < 2 * elements(&middle), "a mark a job: {large} {middle}");
}
