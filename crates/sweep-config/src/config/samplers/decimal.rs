//! Numbers as they are spelt: whether 0.3 is a multiple of 0.1 is a question about decimals, and the
//! nearest floats would say no.

/// `digits * 10^exponent`.
#[derive(Debug, Clone)]
pub(super) struct DecimalNumber {
    digits: i128,
    exponent: i32,
    is_float: bool,
}

impl From<i64> for DecimalNumber {
    fn from(i: i64) -> Self {
        Self { digits: i.into(), exponent: 0, is_float: false }
    }
}

impl From<f64> for DecimalNumber {
    /// The shortest decimal that reads back as the (finite) float: what the user wrote.
    fn from(float: f64) -> Self {
        let spelt = format!("{float:e}");
        let (mantissa, exponent) = spelt.split_once('e').unwrap_or((&spelt, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let places = i32::try_from(places).expect("a float has at most 17 digits");
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let digits = mantissa.replace('.', "").parse().unwrap_or(0);
        Self { digits, exponent: exponent - places, is_float: true }
    }
}

impl DecimalNumber {
    /// Returns the nearest float; exact, since the number came from one or from a whole number below 2^53.
    pub(super) fn to_f64(&self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Spells the number as a person does.
    pub(super) fn spell(&self) -> String {
        self.spell_like(self.to_f64())
    }

    /// Another number, as a person writes it: of an `int_sampler` without a dot.
    pub(super) fn spell_like(&self, number: f64) -> String {
        if self.is_float { format!("{number:?}") } else { format!("{number}") }
    }

    /// True if and only if it is a whole multiple of `quantum`, which is above 0.
    pub(super) fn is_multiple_of(&self, quantum: &Self) -> bool {
        let shift = self.exponent.abs_diff(quantum.exponent);
        if self.exponent >= quantum.exponent {
            // digits * 10^shift mod quantum, step by step so that nothing overflows.
            let step = |digits: i128, _| digits * 10 % quantum.digits;
            return (0..shift).fold(self.digits % quantum.digits, step) == 0;
        }
        let scaled = 10_i128.checked_pow(shift).and_then(|ten| quantum.digits.checked_mul(ten));
        match scaled {
            Some(quantum) => self.digits % quantum == 0,
            // So large a quantum that only 0 is a multiple of it.
            None => self.digits == 0,
        }
    }

    /// The difference to a smaller number; `None` where it has more digits than are counted here.
    pub(super) fn minus(&self, other: &Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let digits = |number: &Self| {
            let ten = 10_i128.checked_pow(number.exponent.abs_diff(exponent))?;
            number.digits.checked_mul(ten)
        };
        let digits = digits(self)?.checked_sub(digits(other)?)?;
        Some(Self { digits, exponent, is_float: self.is_float })
    }

    /// True if it belongs to a sampler of whole numbers.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_float
    }

    /// The place of its last digit, as a power of ten.
    pub(super) fn last_place(&self) -> i32 {
        self.exponent
    }

    /// The multiples of `quantum` next below and next above it.
    pub(super) fn neighbours(&self, quantum: &Self) -> [f64; 2] {
        let count = (self.to_f64() / quantum.to_f64()).floor();
        // A product of decimals: 3 * 0.1 is 0.3 here.
        #[expect(clippy::cast_possible_truncation, reason = "saturates, for a hint only")]
        let multiple = |count: f64| {
            let digits = quantum.digits.saturating_mul(count as i128);
            Self { digits, ..quantum.clone() }.to_f64()
        };
        [multiple(count), multiple(count + 1.0)]
    }

    /// True if and only if it is 2^k for a whole k.
    pub(super) fn is_power_of_two(&self) -> bool {
        const FRACTION: u64 = (1 << 52) - 1;
        let float = self.to_f64();
        float > 0.0 && if float.is_normal() { float.to_bits() & FRACTION == 0 } else { false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_multiple(number: f64, quantum: f64) -> bool {
        DecimalNumber::from(number).is_multiple_of(&DecimalNumber::from(quantum))
    }

    #[test]
    fn a_multiple_is_one_of_the_decimals_as_they_are_spelt() {
        for (number, quantum) in [
            (0.3, 0.1),
            (5.0e-5, 1e-10),
            (0.0, 0.7),
            (-2.5, 0.5),
            (1e30, 1e-10),
            (1.0, 1.0 / 128.0),
        ] {
            assert!(is_multiple(number, quantum), "{number} of {quantum}");
        }
        for (number, quantum) in
            [(0.25, 0.1), (1e-10, 1e30), (0.1, 0.3), (1.0, 3.0), (1e300, 7e-300)]
        {
            assert!(!is_multiple(number, quantum), "{number} of {quantum}");
        }
    }

    #[test]
    fn differences_are_those_of_the_decimals() {
        let difference = |a: f64, b: f64| {
            DecimalNumber::from(a).minus(&DecimalNumber::from(b)).map(|found| found.to_f64())
        };
        assert_eq!(difference(0.3, 0.1), Some(0.2));
        assert_eq!(difference(1e3, 1e-3), Some(999.999));
        assert_eq!(difference(1e300, 1e-300), None);
    }

    #[test]
    fn a_power_of_two_is_one_exactly() {
        let large = (1_i64 << 52) + 1;
        assert!(DecimalNumber::from(1_i64 << 52).is_power_of_two());
        assert!(!DecimalNumber::from(large).is_power_of_two(), "though its logarithm rounds to 52");
        assert!(DecimalNumber::from(1.0 / 128.0).is_power_of_two());
        assert!(!DecimalNumber::from(0.0).is_power_of_two());
        assert!(!DecimalNumber::from(24_i64).is_power_of_two());
    }

    #[test]
    fn the_neighbours_of_a_number_are_multiples() {
        let spelt = |number: DecimalNumber, quantum: DecimalNumber| {
            number.neighbours(&quantum).map(|neighbour| number.spell_like(neighbour))
        };
        assert_eq!(spelt(0.25.into(), 0.1.into()), ["0.2", "0.3"]);
        assert_eq!(spelt(20.into(), 8.into()), ["16", "24"]);
    }
}
