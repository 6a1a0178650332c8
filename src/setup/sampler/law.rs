//! Distributions by their quantiles, as Weights & Biases draws them.
//!
//! All is computed in software, so that the same seed gives the same bits on every host.

use sweep_config::{LawShape, QuantileLaw, Value};

use super::candidate_rng::CandidateRng;
use crate::app::num::normal_below;

/// Draws a value: the quantile of a uniform number, of which none is 0 or 1.
pub(super) fn draw(law: &QuantileLaw, rng: &mut CandidateRng) -> Value {
    // Half of the step from one number to the next.
    const OFFSET: f64 = f64::EPSILON / 4.0;
    law.value(quantile(law.shape, rng.unit() + OFFSET))
}

/// Returns the number of multiples of `q` that a grid has; `None` where there is no end of them.
pub(super) fn points(law: &QuantileLaw) -> Option<u128> {
    let (first, last) = law.counts()?;
    Some(u128::from(last.abs_diff(first)) + 1)
}

/// Returns one of these multiples.
pub(super) fn point(law: &QuantileLaw, number: u64) -> Value {
    let first = law.counts().map_or(0, |(first, _)| first);
    let count = i128::from(first) + i128::from(number);
    #[expect(clippy::cast_precision_loss, reason = "a grid of so many points is refused")]
    law.quantum.map_or(Value::Null, |quantum| quantum.multiple(count as f64))
}

fn quantile(law: LawShape, share: f64) -> f64 {
    match law {
        LawShape::Uniform { low, high } => low + share * (high - low),
        LawShape::LogUniform { low, high } => libm::exp(low + share * (high - low)),
        LawShape::Normal { mu, sigma } => mu + sigma * normal(share),
        LawShape::LogNormal { mu, sigma } => libm::exp(mu + sigma * normal(share)),
        LawShape::Beta { a, b } => beta(share, a, b),
    }
}

/// Returns the quantile of a beta distribution, from the nearer end.
fn beta(share: f64, a: f64, b: f64) -> f64 {
    if share > 0.5 {
        return 1.0 - beta(1.0 - share, b, a);
    }
    least(|x| beta_share(x, a, b) >= share, 1.0)
}

/// Returns the quantile of the standard normal distribution.
fn normal(share: f64) -> f64 {
    if share > 0.5 {
        return -normal(1.0 - share);
    }
    // Beyond 40 deviations nothing is left that a float can hold.
    -least(|z| normal_below(-z) <= share, 40.0)
}

/// Returns the least number from 0 to `most` for which something is true that is true of all greater ones.
fn least(is_true: impl Fn(f64) -> bool, most: f64) -> f64 {
    // Floats that are not negative have the order of their bits.
    let (mut low, mut high) = (0_u64, most.to_bits());
    while low < high {
        let middle = low + (high - low) / 2;
        if is_true(f64::from_bits(middle)) { high = middle } else { low = middle + 1 }
    }
    f64::from_bits(low)
}

/// Returns the share of a beta distribution below `x`: the regularized incomplete beta function.
fn beta_share(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return f64::from(x >= 1.0);
    }
    let log_front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
        + a * libm::log(x)
        + b * libm::log1p(-x);
    let front = libm::exp(log_front);
    // The fraction converges fast on this side of the mean only.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(x, a, b) / a
    } else {
        1.0 - front * beta_fraction(1.0 - x, b, a) / b
    }
}

/// Returns the continued fraction of the incomplete beta function, by Lentz's method.
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guarded = |f: f64| if f.abs() < TINY { TINY } else { f };
    let mut upper = 1.0;
    let mut lower = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = lower;
    for step in 1..10_000_u32 {
        let n = f64::from(step);
        let even = n * (b - n) * x / ((a + 2.0 * n - 1.0) * (a + 2.0 * n));
        let odd = -(a + n) * (a + b + n) * x / ((a + 2.0 * n) * (a + 2.0 * n + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            lower = 1.0 / guarded(1.0 + term * lower);
            upper = guarded(1.0 + term / upper);
            change = upper * lower;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use sweep_config::LawQuantum;

    use super::*;

    const SHARES: [f64; 9] =
        [1e-12, 0.001, 0.03, 0.25, 0.5, 0.618_033_988_7, 0.9, 0.999, 1.0 - 1e-12];

    fn law(name: &str, one: f64, two: f64, q: &str) -> QuantileLaw {
        let shape = match name {
            "uniform" => LawShape::Uniform { low: one, high: two },
            "log_uniform" => LawShape::LogUniform { low: one, high: two },
            "normal" => LawShape::Normal { mu: one, sigma: two },
            "log_normal" => LawShape::LogNormal { mu: one, sigma: two },
            "beta" => LawShape::Beta { a: one, b: two },
            other => panic!("{other}"),
        };
        let quantum = match (q.parse(), q.parse()) {
            (Ok(whole), _) => Some(LawQuantum::Int(whole)),
            (_, Ok(float)) => Some(LawQuantum::Float(float)),
            _ => None,
        };
        QuantileLaw { shape, quantum }
    }

    #[test]
    fn quantiles_are_those_of_weights_and_biases() {
        let table = include_str!("../../../tests/fixtures/setup/wandb_quantiles.txt");
        let mut checked = 0;
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let (name, quantiles) = line.split_once(": ").unwrap();
            let words: Vec<&str> = name.split(' ').collect();
            let law = law(words[0], words[1].parse().unwrap(), words[2].parse().unwrap(), words[3]);
            for (share, expected) in SHARES.into_iter().zip(quantiles.split(' ')) {
                let found = law.value(quantile(law.shape, share));
                assert_eq!(
                    matches!(found, Value::Int(_)),
                    !expected.contains(['.', 'e']),
                    "{line}"
                );
                let (found, expected) = (found.as_f64().unwrap(), expected.parse::<f64>().unwrap());
                let error = (found - expected).abs();
                assert!(error <= 1e-11 * expected.abs(), "{line}, {share}: {found}");
                checked += 1;
            }
        }
        assert_eq!(checked, 15 * SHARES.len());
    }

    #[test]
    fn a_law_with_a_quantum_and_ends_has_the_points_that_it_draws() {
        let law = QuantileLaw {
            shape: LawShape::LogUniform { low: libm::log(16.0), high: libm::log(256.0) },
            quantum: Some(LawQuantum::Int(8)),
        };
        let count = u64::try_from(points(&law).unwrap()).unwrap();
        let grid: Vec<Value> = (0..count).map(|number| point(&law, number)).collect();
        assert_eq!(grid.first(), Some(&Value::Int(16)));
        assert_eq!(grid.last(), Some(&Value::Int(256)));
        let draws = 20_000;
        let mut least = 0;
        for number in 0..draws {
            let value = draw(&law, &mut CandidateRng::new(1, number));
            assert!(grid.contains(&value), "{value:?}");
            least += u32::from(value == Value::Int(16));
        }
        // ln(20/16) / ln(256/16) of the draws are nearest to 16.
        let share = f64::from(least) / 20_000.0;
        assert!((share - 0.0805).abs() < 0.008, "{share}");
    }
}
