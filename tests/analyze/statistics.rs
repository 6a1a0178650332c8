//! The statistics of the report, held to scipy, statsmodels and numpy (`tests/analyze/statistics_oracle.py`).
//!
//! `run-tests` makes the environment that they need, `target/python`; without it the test fails, unless
//! `SWEEP_TESTS_WITHOUT_FRAMES` is set.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use sweepkit::analyze::stats::{
    MedianInterval, MiddleMean, PointwiseBand, SearchContrast, best_of, clopper_pearson, compare,
    compare_pairs, components, dkw, holm, mean_distance, quantile, spearman, weighted_quantile,
};

/// A question to the oracle, and our own answer.
type Case = (Value, Vec<f64>);

/// Sums of thousands of terms may differ by so much in their order.
const ROUNDING: f64 = 1e-9;

#[test]
fn the_statistics_are_those_of_scipy_and_statsmodels() {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return;
    }
    let cases = [
        comparisons(),
        pairs(),
        corrections(),
        bands(),
        correlations(),
        quantiles(),
        weighted(),
        simultaneous(),
        variances(),
        bests(),
        contrasts(),
        contrasts_of_means(),
        middles(),
        medians(),
    ];
    hold(&cases.concat(), ROUNDING);
}

/// The mean distance is a limit that is made good for small samples: within 2 % of the exact law's.
#[test]
fn the_sample_size_curve_is_that_of_kolmogorovs_law() {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return;
    }
    let case = |n: usize| (json!({"ask": "distance", "n": n}), vec![mean_distance(n)]);
    hold(&[4, 16, 64, 500, 2000].map(case), 0.02);
}

/// Ours are the oracle's answers, but for this share of them.
fn hold(cases: &[Case], tolerance: f64) {
    let asked: Vec<&Value> = cases.iter().map(|case| &case.0).collect();
    let answers = oracle(&json!(asked));
    assert_eq!(answers.len(), cases.len());
    for ((case, ours), theirs) in cases.iter().zip(answers) {
        assert_eq!(ours.len(), theirs.len(), "{case}");
        for (&our, &their) in ours.iter().zip(&theirs) {
            let near = (our - their).abs() <= tolerance * their.abs().max(tolerance);
            assert!(near || our.total_cmp(&their).is_eq(), "{case}: {ours:?}, not {theirs:?}");
        }
    }
}

fn oracle(asked: &Value) -> Vec<Vec<f64>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/python/bin/python");
    assert!(python.exists(), "no {}: ./run-tests makes it", python.display());
    let mut child = Command::new(python)
        .arg(root.join("tests/analyze/statistics_oracle.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter runs");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(asked.to_string().as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let answers: Vec<Vec<Option<f64>>> =
        serde_json::from_slice(&output.stdout).expect("lists of numbers");
    let number = |answer: Option<f64>| answer.unwrap_or(f64::INFINITY);
    answers.into_iter().map(|answer| answer.into_iter().map(number).collect()).collect()
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
        let mut ours = vec![c.distance, c.distance_p, c.less_p, c.less];
        ours.extend([c.interval.0, c.interval.1]);
        (json!({"ask": "compare", "a": a, "b": b}), ours)
    };
    (0..).zip(sizes).map(case).collect()
}

/// Against `wilcoxon`, and all averages of two differences.
fn pairs() -> Vec<Case> {
    let case = |(seed, n): (u64, usize)| {
        let (a, b) = (sample(seed, n), sample(seed + 40, n));
        let both: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
        let found = compare_pairs(&both).expect("pairs");
        let (gain, _) = found.gain.expect("enough");
        (json!({"ask": "pairs", "a": a, "b": b}), vec![found.p, gain])
    };
    [(2, 6), (4, 15), (6, 48)].into_iter().map(case).collect()
}

/// Against `multipletests`.
fn corrections() -> Vec<Case> {
    let case = |ps: &[f64]| (json!({"ask": "holm", "ps": ps}), holm(ps));
    vec![case(&[0.01, 0.04, 0.03, 0.5]), case(&[0.2]), case(&[0.001, 0.001, 0.9, 0.02, 0.6])]
}

/// Against `proportion_ci` of `binomtest`.
fn bands() -> Vec<Case> {
    let counts = [(1, 2), (3, 10), (30, 100), (499, 500), (250, 500), (0, 64)];
    let case = |(below, n)| {
        let (low, high) = clopper_pearson(below, n);
        (json!({"ask": "proportion", "below": below, "n": n}), vec![low, high])
    };
    counts.into_iter().map(case).collect()
}

/// Sums up the probabilities of all counts whose interval holds the truth.
#[test]
fn the_pointwise_band_holds_the_true_height_wherever_it_is() {
    for n in [16u32, 64] {
        let band = PointwiseBand::new(n as usize);
        for percent in 2..=98 {
            let height = f64::from(percent) / 100.0;
            let mut chance = (1.0 - height).powi(i32::try_from(n).unwrap());
            let mut covered = 0.0;
            for k in 0..=n {
                let (low, high) = band.at(f64::from(k) / f64::from(n));
                covered += if low <= height && height <= high { chance } else { 0.0 };
                chance *= f64::from(n - k) / f64::from(k + 1) * height / (1.0 - height);
            }
            assert!(covered >= 0.95 - 1e-9, "n {n}, height {height}: {covered}");
        }
    }
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

/// Against `numpy.quantile` with weights.
fn weighted() -> Vec<Case> {
    let at = [0.025, 0.5, 0.975];
    let case = |(seed, n): (u64, usize)| {
        let (a, raw) = (sample(seed, n), sample(seed + 30, n));
        let sum: f64 = raw.iter().map(|w| w.abs() + 0.1).sum();
        let weights: Vec<f64> = raw.iter().map(|w| (w.abs() + 0.1) / sum).collect();
        let pairs: Vec<(f64, f64)> = a.iter().copied().zip(weights.iter().copied()).collect();
        let ours = at.iter().map(|p| weighted_quantile(&pairs, *p).expect("not empty")).collect();
        (json!({"ask": "weighted", "a": a, "weights": weights, "at": at}), ours)
    };
    [(8, 3), (9, 40), (10, 333)].into_iter().map(case).collect()
}

/// Against the confidence set of statsmodels' empirical distribution function.
fn simultaneous() -> Vec<Case> {
    // So few draws that the band would leave the axis are cut there by it.
    let case = |n: usize| (json!({"ask": "simultaneous", "n": n}), vec![dkw(n)]);
    [10, 64, 500].into_iter().map(case).collect()
}

/// Against the table of `anova_lm`.
fn variances() -> Vec<Case> {
    let case = |(seed, configs, replicates): (u64, u32, usize)| {
        let of: Vec<u32> = (0..configs).flat_map(|c| std::iter::repeat_n(c, replicates)).collect();
        let values = sample(seed, of.len());
        // Configs that differ, so that there is something between them.
        let values: Vec<f64> =
            values.iter().zip(&of).map(|(v, c)| v.min(5.0) + f64::from(c % 5)).collect();
        let pairs = of.iter().map(|c| u64::from(*c)).zip(values.iter().copied());
        let c = components(pairs).expect("replicates");
        let asked =
            json!({"ask": "components", "configs": of, "values": values, "replicates": replicates});
        (asked, vec![c.seeds, c.configs_variance])
    };
    [(11, 4, 3), (12, 20, 2), (14, 12, 5)].into_iter().map(case).collect()
}

/// Against all choices of m of n, some of which found nothing.
fn bests() -> Vec<Case> {
    let case = |(seed, n, lost, m): (u64, usize, usize, usize)| {
        let mut a = sample(seed, n);
        a.sort_by(f64::total_cmp);
        let asked: Vec<Option<f64>> =
            a.iter().copied().map(Some).chain(std::iter::repeat_n(None, lost)).collect();
        a.extend(std::iter::repeat_n(f64::INFINITY, lost));
        let best = best_of(&a, m).expect("1 <= m <= n");
        (json!({"ask": "best_of", "a": asked, "m": m}), vec![best.mean, best.low, best.high])
    };
    let sizes = [(2, 9, 0, 1), (4, 10, 0, 4), (6, 9, 0, 9), (8, 8, 3, 2), (10, 5, 6, 5)];
    sizes.into_iter().map(case).collect()
}

/// Against all choices of two and three draws, and those without each of the draws.
fn contrasts() -> Vec<Case> {
    let case = |(seed, n, k, m, paired): (u64, usize, usize, usize, bool)| {
        let (a, b) = (sample(seed, n), sample(seed + 60, k));
        let found = SearchContrast::new(&a, &b, paired).expect("enough").difference((m, m));
        let ours = vec![found.gain, found.interval.0, found.interval.1, found.p];
        (json!({"ask": "contrast", "a": a, "b": b, "m": m, "paired": paired}), ours)
    };
    vec![case((2, 8, 11, 2, false)), case((3, 15, 9, 3, false)), case((4, 12, 12, 3, true))]
}

/// Against `ttest_ind` and `ttest_rel`.
fn contrasts_of_means() -> Vec<Case> {
    let case = |(seed, n, k, paired): (u64, usize, usize, bool)| {
        let (a, b) = (sample(seed, n), sample(seed + 70, k));
        let found = SearchContrast::new(&a, &b, paired).expect("enough").difference((1, 1));
        let ours = vec![found.interval.0, found.interval.1, found.p];
        (json!({"ask": "means", "a": a, "b": b, "paired": paired}), ours)
    };
    vec![case((6, 200, 130, false)), case((8, 64, 64, true))]
}

/// Against `trim_mean`.
fn middles() -> Vec<Case> {
    let case = |(seed, n)| {
        let a = sample(seed, n);
        let ours = vec![MiddleMean::of(&a).expect("enough").mean];
        (json!({"ask": "middle", "a": a}), ours)
    };
    [(2, 4), (3, 5), (4, 63), (5, 200)].into_iter().map(case).collect()
}

/// Against `quantile_test`.
fn medians() -> Vec<Case> {
    let case = |(seed, n)| {
        let a = sample(seed, n);
        let found = MedianInterval::of(&mut a.clone()).expect("enough");
        (json!({"ask": "median", "a": a}), vec![found.median, found.low, found.high])
    };
    [(2, 6), (3, 9), (4, 64), (5, 201), (6, 1500)].into_iter().map(case).collect()
}

/// Resamples differ by chance: two thousand of ours and fifty thousand of theirs by a twentieth of the width.
fn is_near_interval(ours: (f64, f64), theirs: (f64, f64)) -> bool {
    let near = 0.05 * (theirs.1 - theirs.0);
    (ours.0 - theirs.0).abs() <= near && (ours.1 - theirs.1).abs() <= near
}

/// Against `scipy.stats.bootstrap`.
#[test]
fn the_interval_of_the_middle_half_is_that_of_a_bootstrap() {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return;
    }
    let samples = [sample(2, 12), sample(3, 64), sample(4, 150)];
    let asked = samples.each_ref().map(|a| json!({"ask": "middle_interval", "a": a}));
    for (a, theirs) in samples.iter().zip(oracle(&json!(asked))) {
        let ours = MiddleMean::of(a).expect("enough").interval;
        assert!(is_near_interval(ours, (theirs[0], theirs[1])), "{ours:?}, not {theirs:?}");
    }
}

/// Against the library of Agarwal et al. (`tests/analyze/rliable_oracle.py`).
#[test]
fn the_mean_of_the_middle_half_is_rliables() {
    let text = include_str!("../fixtures/analyze/rliable.json");
    let cases: Value = serde_json::from_str(text).expect("a fixture");
    for (name, case) in cases.as_object().expect("by name") {
        let number = |key: &str| case[key].as_f64().expect("a number");
        let values = case["values"].as_array().expect("numbers").iter();
        let values: Vec<f64> = values.map(|value| value.as_f64().expect("a number")).collect();
        let ours = MiddleMean::of(&values).expect("enough");
        assert!((ours.mean - number("iqm")).abs() < 1e-12, "{name}: {ours:?}");
        let theirs = (number("low"), number("high"));
        assert!(is_near_interval(ours.interval, theirs), "{name}: {ours:?}, not {theirs:?}");
    }
}
