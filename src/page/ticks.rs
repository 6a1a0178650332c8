//! Chooses the labelled values of an axis: multiples of 1, 2 and 5, on logarithmic axes too
//! (plotters labels those by their decades only, and drops the last).

use super::number::{grouped, significant};
use crate::app::num::{float, whole};

/// The spacing of the values on an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisScale {
    /// Linear: equal differences have equal lengths.
    Linear,
    /// Logarithmic, labelled in powers of ten.
    Log10,
    /// Logarithmic, labelled in powers of two.
    Log2,
}

/// A labelled place on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisTick {
    /// Its value.
    pub value: f64,
    /// Its text.
    pub text: String,
}

/// Returns at most `most` ticks for the values from `span.0` to `span.1`, which must be positive if
/// the scale is logarithmic.
pub fn ticks(scale: AxisScale, span: (f64, f64), most: usize) -> Vec<AxisTick> {
    let values = match scale {
        AxisScale::Linear => linear(span, most),
        AxisScale::Log10 => decades(span, most),
        AxisScale::Log2 => octaves(span, most),
    };
    values
        .into_iter()
        .map(|value| AxisTick { value, text: grouped(&significant(value, 6)) })
        .collect()
}

/// Returns the multiples of the least step of 1, 2 or 5 times a power of ten that gives at most
/// `most`.
fn linear((low, high): (f64, f64), most: usize) -> Vec<f64> {
    let mut power = whole::<i32>((high - low).log10().floor()) - 2;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            let first: i64 = whole((low / (factor * 10f64.powi(power)) - 1e-9).ceil());
            let last: i64 = whole((high / (factor * 10f64.powi(power)) + 1e-9).floor());
            if last - first < i64::try_from(most).unwrap_or(i64::MAX) {
                return (first..=last).map(|k| multiple(k, factor, power)).collect();
            }
        }
        power += 1;
    }
}

/// Returns `k * factor * 10^power`, rounded once if the power is negative: `3 / 10`, not `3 * 0.1`.
fn multiple(k: i64, factor: f64, power: i32) -> f64 {
    let number = float(k) * factor;
    if power < 0 { number / 10f64.powi(-power) } else { number * 10f64.powi(power) }
}

/// Returns the densest choice that fits: 1-2-5 of each decade, 1-3, each decade, each second
/// decade, …; if that gives fewer than three, the ticks of a linear axis.
fn decades((low, high): (f64, f64), most: usize) -> Vec<f64> {
    let (first, last): (i32, i32) = (whole(low.log10().floor()), whole(high.log10().ceil()));
    let within = |value: &f64| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(value);
    let of = |factors: &[i64], every: i32| -> Vec<f64> {
        let exponents = (first..=last).filter(|e| e.rem_euclid(every) == 0);
        exponents
            .flat_map(|e| factors.iter().map(move |&f| multiple(f, 1.0, e)))
            .filter(within)
            .collect()
    };
    let sparse = (1..).map(|every| of(&[1], every));
    let mut choices = [of(&[1, 2, 5], 1), of(&[1, 3], 1)].into_iter().chain(sparse);
    let chosen = choices.find(|ticks| ticks.len() <= most).unwrap_or_default();
    if chosen.len() < 3 { linear((low, high), most.min(4)) } else { chosen }
}

/// Returns powers of two (every second one if there are too many, and so on), and 100 if the axis
/// ends there, as one of percentages does.
fn octaves((low, high): (f64, f64), most: usize) -> Vec<f64> {
    let (first, last): (i32, i32) = (whole(low.log2().ceil()), whole(high.log2().floor()));
    let of = |every: i32| -> Vec<f64> {
        (first..=last).filter(|e| e.rem_euclid(every) == 0).map(|e| 2f64.powi(e)).collect()
    };
    let mut ticks = (1..=2048).map(of).find(|ticks| ticks.len() <= most).unwrap_or_default();
    if (high - 100.0).abs() < f64::EPSILON {
        // 64 stands too close to it, but for short axes.
        if ticks.len() > 4 {
            ticks.retain(|tick| *tick < 64.0);
        }
        ticks.push(100.0);
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(scale: AxisScale, low: f64, high: f64) -> Vec<String> {
        ticks(scale, (low, high), 6).into_iter().map(|tick| tick.text).collect()
    }

    #[test]
    fn linear_ticks_are_round() {
        assert_eq!(texts(AxisScale::Linear, 0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(texts(AxisScale::Linear, 3.77, 25.1), ["5", "10", "15", "20", "25"]);
        assert_eq!(texts(AxisScale::Linear, -0.5, 0.5), ["−0.4", "−0.2", "0", "0.2", "0.4"]);
        assert_eq!(texts(AxisScale::Linear, 50e6, 52e6).len(), 5);
    }

    #[test]
    fn logarithmic_ticks_are_as_dense_as_there_is_room() {
        assert_eq!(texts(AxisScale::Log10, 0.25, 5.0), ["0.5", "1", "2", "5"]);
        assert_eq!(
            texts(AxisScale::Log10, 0.001, 0.5),
            ["0.001", "0.003", "0.01", "0.03", "0.1", "0.3"]
        );
        assert_eq!(texts(AxisScale::Log10, 1e-9, 0.1), ["10⁻⁸", "10⁻⁶", "0.0001", "0.01"]);
    }

    #[test]
    fn a_short_logarithmic_axis_still_has_ticks() {
        assert_eq!(texts(AxisScale::Log10, 1.1, 1.4), ["1.1", "1.2", "1.3", "1.4"]);
    }

    #[test]
    fn an_axis_of_per_cent_names_its_end() {
        assert_eq!(texts(AxisScale::Log2, 4.0, 100.0), ["4", "8", "16", "32", "100"]);
        assert_eq!(texts(AxisScale::Log2, 2.0, 16.0), ["2", "4", "8", "16"]);
    }
}
