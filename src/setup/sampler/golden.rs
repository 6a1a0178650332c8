//! Compares the distributions with the draws of pycls: `tests/fixtures/setup/samplers.json`.
//!
//! Seeds are fixed, so that a test passes always or never; the bounds are those that a right
//! sampler misses about once in 10^6 settings.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sweep_config::{Distribution, RegnetRanges, ScalarRange, Value};

use super::candidate_rng::CandidateRng;
use super::low_discrepancy::LowDiscrepancy;
use super::regnet;
use super::scalar::ScalarSampler;

const DRAWS: u32 = 100_000;
/// The number of draws from one candidate's stream: as many as a large design space has parameters.
const DRAWS_A_STREAM: u32 = 20;
/// Standard deviations that a statistic may lie from its expectation.
const SIGMAS: f64 = 5.0;

fn golden() -> Json {
    let text = include_str!("../../../tests/fixtures/setup/samplers.json");
    serde_json::from_str(text).expect("the fixture is JSON")
}

fn distribution(name: &Json) -> Distribution {
    match name.as_str().unwrap() {
        "uniform" => Distribution::Uniform,
        "log_uniform" => Distribution::LogUniform,
        "power2_uniform" => Distribution::Power2Uniform,
        "power2_or_log_uniform" => Distribution::Power2OrLogUniform,
        "normal" => Distribution::Normal,
        "log_normal" => Distribution::LogNormal,
        other => panic!("{other}"),
    }
}

fn range(setting: &Json) -> ScalarRange {
    let whole = |key: &str| setting[key].as_i64().unwrap();
    let real = |key: &str| setting[key].as_f64().unwrap();
    if setting["type"] == "int" {
        ScalarRange::Int { low: whole("low"), high: whole("high"), quantum: whole("q") }
    } else {
        ScalarRange::Float { low: real("low"), high: real("high"), quantum: real("q") }
    }
}

fn draw(scalar: &ScalarSampler, is_float: bool) -> Vec<f64> {
    let number = |rng: &mut CandidateRng| {
        let value = scalar.draw(rng);
        assert_eq!(matches!(value, Value::Float(_)), is_float, "type of {value:?}");
        value.as_f64().unwrap()
    };
    let mut draws: Vec<f64> = (0..u64::from(DRAWS / DRAWS_A_STREAM))
        .map(|stream| CandidateRng::new(2026, stream))
        .flat_map(|mut rng| (0..DRAWS_A_STREAM).map(move |_| number(&mut rng)))
        .collect();
    draws.sort_unstable_by(f64::total_cmp);
    draws
}

/// Numbers as map keys; none of the values is negative zero or not a number.
fn key(number: f64) -> u64 {
    number.to_bits()
}

/// Chi-square of the draws against probabilities. Those that were themselves found by drawing
/// (`sampled_from` times) add their own variance.
fn assert_frequencies(
    draws: &[f64],
    distribution: &Json,
    sampled_from: Option<f64>,
    context: &str,
) {
    let n = f64::from(DRAWS);
    let mut counts: BTreeMap<u64, f64> = BTreeMap::new();
    for &x in draws {
        *counts.entry(key(x)).or_default() += 1.0;
    }
    let widening = sampled_from.map_or(1.0, |m| 1.0 + n / m);
    let (mut chi2, mut freedom, mut rare) = (0.0, -1.0, (0.0, 0.0));
    for row in distribution.as_array().unwrap() {
        let (value, expected) = (row[0].as_f64().unwrap(), row[1].as_f64().unwrap() * n);
        let count = counts.remove(&key(value)).unwrap_or(0.0);
        if expected < 10.0 {
            rare = (rare.0 + count, rare.1 + expected);
        } else {
            chi2 += (count - expected).powi(2) / expected / widening;
            freedom += 1.0;
        }
    }
    assert!(counts.is_empty(), "{context}: drew what the reference never draws: {counts:?}");
    let rare_bound = rare.1 + SIGMAS * (rare.1 * widening).sqrt() + 3.0;
    assert!(rare.0 <= rare_bound, "{context}: {rare:?} of the rare values");
    if freedom <= 0.0 {
        return;
    }
    // Wilson and Hilferty: the cube root of chi-square over its freedom is close to normal.
    let spread = 2.0 / (9.0 * freedom);
    let z = ((chi2 / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    assert!(z < SIGMAS, "{context}: chi-square {chi2:.1} at {freedom} degrees of freedom");
}

/// Each percentile of the reference must split our draws at about the same share.
fn assert_quantiles(draws: &[f64], quantiles: &Json, n: f64, context: &str) {
    for (i, quantile) in quantiles.as_array().unwrap().iter().enumerate() {
        let (quantile, share) = (quantile.as_f64().unwrap(), (i + 1) as f64 / 100.0);
        let bound = SIGMAS * (share * (1.0 - share) * (1.0 / f64::from(DRAWS) + 1.0 / n)).sqrt();
        let below = draws.partition_point(|&x| x < quantile) as f64 / f64::from(DRAWS);
        let up_to = draws.partition_point(|&x| x <= quantile) as f64 / f64::from(DRAWS);
        assert!(
            below - bound <= share && share <= up_to + bound,
            "{context}: percentile {} is {quantile}, of ours {below}..{up_to} lie below",
            i + 1
        );
    }
}

fn assert_law(draws: &[f64], golden: &Json, context: &str) {
    let n = golden["n"].as_f64();
    if let Some(distribution) = golden.get("analytic") {
        assert_frequencies(draws, distribution, None, context);
    } else if let Some(distribution) = golden.get("sampled") {
        assert_frequencies(draws, distribution, n, context);
    } else {
        assert_quantiles(draws, &golden["quantiles"], n.unwrap(), context);
    }
}

#[test]
fn every_setting_is_drawn_as_the_reference_draws_it() {
    let golden = golden();
    let settings = golden["settings"].as_array().unwrap();
    assert!(settings.len() > 65);
    for setting in settings {
        let context = format!("{} {:?}", setting["rand_type"], range(setting));
        let scalar =
            ScalarSampler::new(distribution(&setting["rand_type"]), range(setting)).unwrap();
        let draws = draw(&scalar, setting["type"] == "float");
        let (low, high) = (setting["low"].as_f64().unwrap(), setting["high"].as_f64().unwrap());
        assert!(draws.iter().all(|x| (low..=high).contains(x)), "{context}: outside the range");
        if setting["hangs"] == true {
            assert!(draws.iter().all(|&x| x == low), "{context}");
        } else {
            assert_law(&draws, setting, &context);
        }
    }
}

#[test]
fn the_support_is_what_can_be_drawn() {
    for setting in golden()["settings"].as_array().unwrap() {
        let Some(law_rows) = setting.get("analytic") else { continue };
        let scalar =
            ScalarSampler::new(distribution(&setting["rand_type"]), range(setting)).unwrap();
        let support = law_rows.as_array().unwrap().len() as u128;
        assert_eq!(
            scalar.support(),
            Some(support),
            "{} {:?}",
            setting["rand_type"],
            range(setting)
        );
    }
}

#[test]
fn a_regnet_has_the_marginals_of_the_reference() {
    for golden in golden()["regnet"].as_array().unwrap() {
        let sampler = &golden["sampler"];
        let whole =
            |key: &str| (sampler[key][0].as_i64().unwrap(), sampler[key][1].as_i64().unwrap());
        let real =
            |key: &str| (sampler[key][0].as_f64().unwrap(), sampler[key][1].as_f64().unwrap());
        let ranges = RegnetRanges {
            depth: whole("DEPTH"),
            w0: whole("W0"),
            wa: real("WA"),
            wm: real("WM"),
            group_w: whole("GROUP_W"),
            bot_mul: real("BOT_MUL"),
        };
        for (name, scalar) in regnet::parameters(&ranges).unwrap() {
            let draws = draw(&scalar, matches!(name, "WA" | "WM" | "BOT_MUL"));
            assert_law(&draws, &golden["marginals"][name], &format!("{name} of {sampler}"));
        }
    }
}

#[test]
fn evenly_spread_draws_have_the_same_laws() {
    const COUNT: u64 = 8192;
    let range = ScalarRange::Float { low: 0.5, high: 16.0, quantum: 0.5 };
    for distribution in [
        Distribution::Uniform,
        Distribution::LogUniform,
        Distribution::Power2Uniform,
        Distribution::Power2OrLogUniform,
        Distribution::Normal,
        Distribution::LogNormal,
    ] {
        let scalar = ScalarSampler::new(distribution, range).unwrap();
        let draws = |rng: fn(u64) -> CandidateRng| -> Vec<f64> {
            let mut draws: Vec<f64> =
                (0..COUNT).map(|i| scalar.draw(&mut rng(i)).as_f64().unwrap()).collect();
            draws.sort_by(f64::total_cmp);
            draws
        };
        let random = draws(|i| CandidateRng::new(5, i));
        let halton = draws(|i| CandidateRng::even(LowDiscrepancy::Halton, 5, i));
        let sobol = draws(|i| CandidateRng::even(LowDiscrepancy::Sobol, 5, i));
        let latin = draws(|i| CandidateRng::even(LowDiscrepancy::LatinHypercube(1024), 5, i));
        for spread in [halton, sobol, latin] {
            let below =
                |all: &[f64], x: f64| all.partition_point(|&y| y <= x) as f64 / COUNT as f64;
            let distance = random
                .iter()
                .map(|&x| (below(&random, x) - below(&spread, x)).abs())
                .fold(0.0, f64::max);
            // What two random samples of this size exceed once in 10^5 times is 0.036.
            assert!(distance < 0.036, "{distribution:?}: {distance}");
        }
    }
}

/// The share of a law below a number, as its definition has it: not by what the samplers compute.
fn law_below(distribution: Distribution, low: f64, high: f64, x: f64) -> f64 {
    let normal = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
    let clipped =
        |share: f64| (normal(6.0 * share - 3.0) - normal(-3.0)) / (1.0 - 2.0 * normal(-3.0));
    let share = (x - low) / (high - low);
    let log_share = (x / low).ln() / (high / low).ln();
    match distribution {
        Distribution::Uniform => share,
        Distribution::LogUniform => log_share,
        Distribution::Normal => clipped(share),
        Distribution::LogNormal => clipped(log_share),
        other => panic!("{other:?} has steps"),
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(8))]

    #[test]
    fn without_a_quantum_every_law_is_drawn_as_it_is_defined(
        exponent in -12.0..6.0_f64, decades in 0.001..10.0_f64, negative: bool, seed in 0..1000_u64,
    ) {
        let low = 10_f64.powf(exponent);
        let high = low * 10_f64.powf(decades);
        for law in [Distribution::Uniform, Distribution::LogUniform, Distribution::Normal, Distribution::LogNormal] {
            let is_log = matches!(law, Distribution::LogUniform | Distribution::LogNormal);
            let (low, high) = if negative && !is_log { (-high, high) } else { (low, high) };
            let scalar = ScalarSampler::new(law, ScalarRange::Real { low, high }).unwrap();
            let mut draws: Vec<f64> = (0..20_000)
                .map(|i| scalar.draw(&mut CandidateRng::new(seed, i)).as_f64().unwrap())
                .collect();
            draws.sort_by(f64::total_cmp);
            let count = draws.len() as f64;
            let distance = draws.iter().enumerate().map(|(i, &x)| {
                let below = law_below(law, low, high, x);
                (below - i as f64 / count).abs().max(((i + 1) as f64 / count - below).abs())
            });
            // What such a sample exceeds once in 10^6 times is 0.0191.
            let distance = distance.fold(0.0, f64::max);
            proptest::prop_assert!(distance < 0.0191, "{law:?} [{low:?}, {high:?}]: {distance}");
            draws.dedup();
            proptest::prop_assert!(draws.len() > 19_600, "{law:?} [{low:?}, {high:?}]: {} values", draws.len());
        }
    }
}
