//! The statistics of the report, held to scipy, statsmodels and numpy (`tests/statistics/oracle.py`).
//!
//! `run-tests` makes the environment that they need, `target/python`; without it the test fails, unless
//! `SWEEP_TESTS_WITHOUT_FRAMES` is set.
#![cfg(feature = "analysis")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use sweepkit::analyze::stats::{bootstrap, compare, quantile, spearman};

/// A question to the oracle, and our own answer.
type Case = (Value, Vec<f64>);

#[test]
fn the_statistics_are_those_of_scipy_and_statsmodels() {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return;
    }
    let cases: Vec<Case> = [comparisons(), bands(), correlations(), quantiles()].concat();
    let asked: Vec<&Value> = cases.iter().map(|case| &case.0).collect();
    let answers = oracle(&json!(asked));
    assert_eq!(answers.len(), cases.len());
    for ((case, ours), theirs) in cases.iter().zip(answers) {
        assert_eq!(ours.len(), theirs.len(), "{case}");
        for (our, their) in ours.iter().zip(&theirs) {
            assert!((our - their).abs() <= 1e-9, "{case}: {ours:?}, not {theirs:?}");
        }
    }
}

fn oracle(asked: &Value) -> Vec<Vec<f64>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/python/bin/python");
    assert!(python.exists(), "no {}: ./run-tests makes it", python.display());
    let mut child = Command::new(python)
        .arg(root.join("tests/statistics/oracle.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter runs");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(asked.to_string().as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("lists of numbers")
}

/// Heavy tails; every second size with ties, which rounding makes.
fn sample(seed: u64, n: usize) -> Vec<f64> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let one = |x: f64| (x - 0.5) / (1.02 - x);
    let draws = (0..n).map(|_| one(dice.random::<f64>()));
    if seed.is_multiple_of(2) { draws.collect() } else { draws.map(f64::round).collect() }
}

/// Against `ks_2samp`, `mannwhitneyu` and `rank_compare_2indep`.
fn comparisons() -> Vec<Case> {
    let sizes = [(5, 9), (30, 20), (31, 77), (200, 150), (500, 499)];
    let case = |(seed, (n, m)): (u64, (usize, usize))| {
        let (a, b) = (sample(seed, n), sample(seed + 10, m));
        let c = compare(&a, &b).expect("enough");
        let ours = vec![c.distance, c.distance_p, c.less_p, c.less, c.interval.0, c.interval.1];
        (json!({"ask": "compare", "a": a, "b": b}), ours)
    };
    (0..).zip(sizes).map(case).collect()
}

/// Against `binom.ppf`.
fn bands() -> Vec<Case> {
    let counts = [(1, 2), (3, 10), (30, 100), (499, 500), (250, 500)];
    let case = |(below, n)| {
        let (low, high) = bootstrap(below, n);
        (json!({"ask": "bootstrap", "below": below, "n": n}), vec![low, high])
    };
    counts.into_iter().map(case).collect()
}

/// Against `spearmanr`.
fn correlations() -> Vec<Case> {
    let case = |(seed, n)| {
        let (a, b) = (sample(seed, n), sample(seed + 20, n));
        let pairs: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
        let ours = vec![spearman(&pairs).expect("both vary")];
        (json!({"ask": "spearman", "a": a, "b": b}), ours)
    };
    [(2, 5), (3, 40), (4, 500)].into_iter().map(case).collect()
}

/// Against `numpy.quantile`.
fn quantiles() -> Vec<Case> {
    let at = [0.0, 0.025, 0.25, 0.5, 0.9, 1.0];
    let case = |(seed, n)| {
        let mut a = sample(seed, n);
        a.sort_by(f64::total_cmp);
        let ours = at.iter().map(|p| quantile(&a, *p).expect("not empty")).collect();
        (json!({"ask": "quantile", "a": a, "at": at}), ours)
    };
    [(5, 2), (6, 33), (7, 500)].into_iter().map(case).collect()
}
