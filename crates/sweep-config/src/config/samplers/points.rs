//! `POINTS`: so many values of a range, spaced by its law.

use super::{Distribution, Sampler, ScalarRange};
use crate::Value;
use crate::config::given::GivenValue;
use crate::config::notation::short;
use crate::config::section::ConfigSection;

/// The most points of a range.
pub(in crate::config) const MOST_POINTS: i64 = 1_000_000;

/// Decodes a sampler of numbers, or the points of its range where `POINTS` says how many.
pub(super) fn spread(
    section: &ConfigSection<'_>,
    decode: impl FnOnce() -> Option<Sampler>,
) -> Option<Sampler> {
    let Some(given) = section.get("POINTS") else { return decode() };
    let count = given.whole::<u32>(2..=MOST_POINTS);
    let (sampler, count) = (decode()?, count?);
    let Sampler::Scalar(law, range) = sampler else {
        let hint = "give RANGE two numbers".to_owned();
        given.problem("a RANGE that depends on other parameters cannot have POINTS", Some(hint));
        return None;
    };
    let is_log = match law {
        Distribution::Uniform => false,
        Distribution::LogUniform => true,
        other => {
            let message =
                format!("POINTS works with uniform and log_uniform, not {}", other.name());
            given.problem(message, Some("list the values instead".to_owned()));
            return None;
        }
    };
    let values = points(range, count, is_log);
    if values.len() < count as usize {
        let found = values.len();
        warn_of_fewer(&given, found, count);
    }
    Some(Sampler::Value(values))
}

fn warn_of_fewer(given: &GivenValue<'_>, found: usize, count: u32) {
    let message = format!("only {found} of {count} points: RANGE contains no more distinct values");
    given.warn(message, Some(format!("write `POINTS: {found}`, widen RANGE, or drop QUANTIZE")));
}

/// Returns the different points in ascending order, from the least value to the greatest.
fn points(range: ScalarRange, count: u32, is_log: bool) -> Vec<Value> {
    let (low, high) = match range {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
        ScalarRange::Int { low, high, .. } => (low as f64, high as f64),
        ScalarRange::Float { low, high, .. } | ScalarRange::Real { low, high } => (low, high),
    };
    let between = |share: f64, low: f64, high: f64| (1.0 - share) * low + share * high;
    let mut values: Vec<Value> = (0..count)
        .map(|number| {
            if number == 0 || number == count - 1 {
                return end(range, number == 0);
            }
            let share = f64::from(number) / f64::from(count - 1);
            let number = if is_log {
                libm::exp(between(share, libm::log(low), libm::log(high)))
            } else {
                between(share, low, high)
            };
            stepped(range, number.clamp(low, high))
        })
        .collect();
    values.dedup();
    values
}

/// Returns an end of a range as it was written.
fn end(range: ScalarRange, is_low: bool) -> Value {
    match range {
        ScalarRange::Int { low, high, .. } => Value::Int(if is_low { low } else { high }),
        ScalarRange::Float { low, high, .. } | ScalarRange::Real { low, high } => {
            Value::Float(if is_low { low } else { high })
        }
    }
}

/// Returns the value of a range that is nearest to a number.
fn stepped(range: ScalarRange, number: f64) -> Value {
    match range {
        ScalarRange::Int { low, high, quantum } => {
            #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
            let steps = ((number - low as f64) / quantum as f64).round_ties_even();
            #[expect(clippy::cast_possible_truncation, reason = "at most 2^54")]
            let steps = steps as i64;
            Value::Int((low + steps * quantum).min(high))
        }
        ScalarRange::Float { low, high, quantum } => {
            let steps = ((number - low) / quantum).round_ties_even();
            Value::Float(short(low + steps * quantum).clamp(low, high))
        }
        ScalarRange::Real { low, high } => Value::Float(short(number).clamp(low, high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_have_the_ends_as_written_and_even_steps_between() {
        let real = ScalarRange::Real { low: 1e-5, high: 0.1 };
        let floats = |range, count, is_log| -> Vec<f64> {
            points(range, count, is_log).iter().filter_map(Value::as_f64).collect()
        };
        assert_eq!(floats(real, 5, true), [1e-5, 1e-4, 1e-3, 1e-2, 0.1]);
        let real = ScalarRange::Real { low: 0.0, high: 0.3 };
        assert_eq!(floats(real, 4, false), [0.0, 0.1, 0.2, 0.3]);
        let stepped = ScalarRange::Float { low: 0.0, high: 1.0, quantum: 0.25 };
        assert_eq!(floats(stepped, 4, false), [0.0, 0.25, 0.75, 1.0]);
    }

    #[test]
    fn whole_points_are_whole_and_none_is_there_twice() {
        let range = ScalarRange::Int { low: 1, high: 10, quantum: 1 };
        assert_eq!(points(range, 4, false), [1, 4, 7, 10].map(Value::Int));
        assert_eq!(points(range, 8, true), [1, 2, 3, 4, 5, 7, 10].map(Value::Int));
        let range = ScalarRange::Int { low: 5, high: 5, quantum: 1 };
        assert_eq!(points(range, 3, false), [Value::Int(5)]);
    }
}
