use serde::Deserialize;

use super::covariance::{CovarianceForm, ScoredPoints};
use super::*;
use crate::app::num::{float, whole};
use crate::suggest::normal::log_mean_above;
use crate::suggest::{DrawAddress, ParzenTuner, QuantileCell, SearchRng};

/// `tests/fixtures/suggest/gaussian.json`, by numpy and scipy.
#[derive(Deserialize)]
struct PythonAnswers {
    observed: Vec<Vec<(f64, f64, bool)>>,
    values: Vec<Option<f64>>,
    scores: Vec<f64>,
    form: Vec<f64>,
    density: f64,
    slopes: Vec<f64>,
    best_density: f64,
    candidates: Vec<Vec<(f64, f64, bool)>>,
    means: Vec<f64>,
    deviations: Vec<f64>,
    improvements: Vec<f64>,
    log_means_above: Vec<(f64, f64)>,
}

fn answers() -> PythonAnswers {
    let text = include_str!("../../../tests/fixtures/suggest/gaussian.json");
    serde_json::from_str(text).unwrap()
}

fn trace(cells: &[(f64, f64, bool)]) -> DrawTrace {
    let mut trace = DrawTrace::default();
    for (place, (low, high, is_ordered)) in cells.iter().enumerate() {
        trace.push(place, [QuantileCell { low: *low, high: *high, is_ordered: *is_ordered }]);
    }
    trace.finish()
}

fn observed(cells: &[(f64, f64, bool)], value: Option<f64>) -> ObservedCandidate {
    let outcome = value.map_or(ObservedOutcome::Failed, |v| ObservedOutcome::Values(vec![v]));
    ObservedCandidate { trace: trace(cells), outcome }
}

/// The coordinates of candidates, and their places.
fn placed(observed: &[Vec<(f64, f64, bool)>]) -> (CoordinateSpace, Vec<Vec<f64>>) {
    let traces: Vec<DrawTrace> = observed.iter().map(|cells| trace(cells)).collect();
    let space = CoordinateSpace::new(&traces.iter().collect::<Vec<_>>());
    let points = traces.iter().map(|trace| space.point(trace)).collect();
    (space, points)
}

fn assert_near(ours: &[f64], right: &[f64], error: f64) {
    assert_eq!(ours.len(), right.len());
    for (ours, right) in ours.iter().zip(right) {
        assert!((ours - right).abs() <= error * right.abs().max(1.0), "{ours} {right}");
    }
}

/// Evenly spread numbers in `[0, 1)`.
fn even(number: usize, step: f64) -> f64 {
    (float(number) * step).fract()
}

/// A process over one or two continuous parameters.
fn process(values: &[(f64, f64, Option<f64>)]) -> Option<GaussianProcess> {
    let one = |(x, y, value): &(f64, f64, Option<f64>)| {
        observed(&[(*x, *x, true), (*y, *y, true)], *value)
    };
    GaussianProcess::new(&values.iter().map(one).collect::<Vec<_>>())
}

#[test]
fn scores_and_improvements_are_those_of_scipy() {
    let right = answers();
    let values: Vec<f64> = right.values.iter().map(|v| v.unwrap_or(f64::INFINITY)).collect();
    assert_near(&normal_scores(&values), &right.scores, 1e-12);
    let (z, means): (Vec<f64>, Vec<f64>) = right.log_means_above.into_iter().unzip();
    let ours: Vec<f64> = z.into_iter().map(log_mean_above).collect();
    // The series has three terms.
    assert_near(&ours[1..], &means[1..], 1e-8);
    assert_near(&ours[..1], &means[..1], 1e-8);
}

#[test]
fn a_form_of_the_covariance_is_judged_as_numpy_does() {
    let right = answers();
    let (space, points) = placed(&right.observed);
    let data = ScoredPoints::new(&space, &points, &right.scores);
    let form = CovarianceForm(right.form);
    let estimate = data.estimate(&form).unwrap();
    assert_near(&[estimate.density], &[right.density], 1e-10);
    assert_near(&data.slopes(&form, &estimate), &right.slopes, 1e-6);
    // The form that is found is nearly as good as the best.
    let found = data.estimate(&data.fit()).unwrap().density;
    assert!(found <= right.best_density + 1e-6, "{found}");
    assert!(found > right.best_density - 0.05, "{found} {}", right.best_density);
}

#[test]
fn predictions_are_those_of_numpy() {
    let right = answers();
    let (space, points) = placed(&right.observed);
    let form = CovarianceForm(right.form);
    let process = GaussianProcess::with_form(space, (points, right.scores), &form).unwrap();
    let candidates: Vec<DrawTrace> = right.candidates.iter().map(|cells| trace(cells)).collect();
    let (means, deviations): (Vec<f64>, Vec<f64>) =
        candidates.iter().map(|trace| process.predicted(trace)).unzip();
    assert_near(&means, &right.means, 1e-9);
    assert_near(&deviations, &right.deviations, 1e-9);
    let scores: Vec<f64> = candidates.iter().map(|trace| process.score(trace)).collect();
    assert_near(&scores, &right.improvements, 1e-8);
}

#[test]
fn degenerate_observations_give_finite_scores_or_no_process() {
    let finite = |process: GaussianProcess| {
        for i in 0..50 {
            let (x, y) = (even(i, 0.618), even(i, 0.414));
            let score = process.score(&trace(&[(x, x, true), (y, y, true)]));
            assert!(score.is_finite(), "{x} {y}: {score}");
        }
    };
    let many = |count: usize, value: &dyn Fn(usize) -> Option<f64>| {
        (0..count).map(|i| (even(i, 0.618), even(i, 0.733), value(i))).collect::<Vec<_>>()
    };
    assert!(process(&[]).is_none());
    assert!(process(&[(0.5, 0.5, Some(1.0))]).is_none());
    assert!(process(&many(20, &|_| None)).is_none());
    // All results are the same; all places are; both.
    finite(process(&many(20, &|_| Some(3.0))).unwrap());
    finite(process(&[(0.2, 0.2, Some(1.0)); 30]).unwrap());
    let same_place: Vec<_> = (0..30).map(|i| (0.2, 0.2, Some(even(i, 0.3)))).collect();
    finite(process(&same_place).unwrap());
    // Half of them failed; numbers at the ends of what a float holds.
    finite(process(&many(20, &|i| (i % 2 == 0).then(|| even(i, 0.3)))).unwrap());
    finite(process(&many(20, &|i| Some([f64::MAX, f64::MIN, 0.0, -0.0, 1e-300][i % 5]))).unwrap());
    for count in [5, MOST_FITTED + 1, MOST + 1] {
        finite(process(&many(count, &|i| Some(even(i, 0.3)))).unwrap());
    }
}

#[test]
fn there_is_no_process_of_many_draws_or_objectives() {
    let one = |i: usize| (even(i, 0.618), even(i, 0.618), true);
    let value = |i: usize| Some(even(i, 0.3));
    let with = |draws: &dyn Fn(usize) -> usize| {
        let all = (0..30).map(|i| observed(&vec![one(i); draws(i)], value(i)));
        GaussianProcess::new(&all.collect::<Vec<_>>())
    };
    assert!(with(&|_| 1).is_some());
    assert!(with(&|_| MOST_COORDINATES).is_some());
    assert!(with(&|_| MOST_COORDINATES + 1).is_none());
    assert!(with(&|_| 0).is_none());
    let two = |i| ObservedCandidate {
        outcome: ObservedOutcome::Values(vec![0.1, 0.2]),
        trace: trace(&[one(i)]),
    };
    assert!(GaussianProcess::new(&(0..30).map(two).collect::<Vec<_>>()).is_none());
}

#[test]
fn of_many_observations_the_best_and_a_spread_are_kept() {
    let values: Vec<f64> = (0..1000).map(|i| even(i, 0.618)).collect();
    let chosen = spread(&values, 300);
    assert_eq!(chosen.len(), 300);
    assert!(chosen.is_sorted_by(|a, b| a < b));
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    let kept = |share: std::ops::Range<usize>| {
        let share = &sorted[share];
        chosen.iter().filter(|at| share.contains(&values[**at])).count()
    };
    assert_eq!(kept(0..150), 150);
    for start in (150..1000).step_by(170) {
        assert_eq!(kept(start..start + 170), 30);
    }
}

/// Searches the best of 20 by 20 by 4 configs, and returns the share of them that are better than the best of 30.
fn share_above(rng_seed: u64) -> f64 {
    let cells = |[x, y, word]: [u32; 3]| {
        let even = |at: u32, of: f64| (f64::from(at) / of, f64::from(at + 1) / of);
        let ((x, x_end), (y, y_end), (word, word_end)) =
            (even(x, 20.0), even(y, 20.0), even(word, 4.0));
        [(x, x_end, true), (y, y_end, true), (word, word_end, false)]
    };
    let value = |[x, y, word]: [u32; 3]| {
        let of_word = [0.3, 0.0, 0.1, 0.5][word as usize];
        (f64::from(x) / 20.0 - 0.7).powi(2) + (f64::from(y) / 20.0 - 0.2).powi(2) + of_word
    };
    let (mut known, mut all): (Vec<[u32; 3]>, Vec<ObservedCandidate>) = (Vec::new(), Vec::new());
    for number in 0..30 {
        let tuner = ParzenTuner::new(&all);
        let process = GaussianProcess::new(&all);
        let draw = |i: u64| {
            let mut guide = tuner.guide(SearchRng::new(rng_seed, 32 * number + i));
            let mut at = |place, of| {
                whole::<u32>(guide.quantile(DrawAddress { place, index: 0 }) * of)
                    .min(whole::<u32>(of) - 1)
            };
            [at(0, 20.0), at(1, 20.0), at(2, 4.0)]
        };
        let score = |at: &[u32; 3]| process.as_ref().map_or(0.0, |p| p.score(&trace(&cells(*at))));
        let drawn = (0..32).map(draw).filter(|at| !known.contains(at));
        let best = drawn.max_by(|a, b| score(a).total_cmp(&score(b))).unwrap();
        known.push(best);
        all.push(observed(&cells(best), Some(value(best))));
    }
    let best = known.iter().map(|at| value(*at)).fold(f64::INFINITY, f64::min);
    let better = (0..1600).filter(|at| value([at % 20, at / 20 % 20, at / 400]) < best).count();
    float(better) / 1600.0
}

#[test]
fn it_finds_better_configs_than_as_many_random_draws() {
    let mean = (0..4).map(share_above).sum::<f64>() / 4.0;
    // Of the best of 30 random draws it is 0.032.
    assert!(mean < 0.01, "{mean}");
}

#[test]
fn a_draw_that_some_lack_is_as_far_from_all_its_values() {
    let cells = |x: f64, y: Option<f64>| -> Vec<(f64, f64, bool)> {
        [Some((x, x, true)), y.map(|y| (y, y, true))].into_iter().flatten().collect()
    };
    let all: Vec<Vec<(f64, f64, bool)>> =
        (0..40).map(|i| cells(even(i, 0.618), (i % 2 == 0).then(|| even(i, 0.414)))).collect();
    let (space, points) = placed(&all);
    let second = |a: &[f64], b: &[f64]| space.squares(a, b).nth(1).unwrap();
    for pair in points.windows(2) {
        assert!((second(&pair[0], &pair[1]) - 1.0).abs() < 1e-12);
    }
    assert!(second(&points[1], &points[3]).abs() < 1e-12);
    let near = (even(0, 0.414) - even(2, 0.414)).powi(2);
    assert!((second(&points[0], &points[2]) / near - 1.0).abs() < 0.1);
    // With y, a result depends on it; the process learns that of each kind.
    let value =
        |at: usize| points[at].iter().filter(|x| !x.is_nan()).map(|x| (x - 0.5).powi(2)).sum();
    let observations: Vec<ObservedCandidate> =
        all.iter().enumerate().map(|(at, cells)| observed(cells, Some(value(at)))).collect();
    let process = GaussianProcess::new(&observations).unwrap();
    let mean = |x: f64, y: Option<f64>| process.predicted(&trace(&cells(x, y))).0;
    assert!(mean(0.5, Some(0.5)) + 0.5 < mean(0.5, Some(0.9)));
    assert!(mean(0.5, None) + 0.5 < mean(0.9, None));
}
