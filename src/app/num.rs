//! Conversions between whole numbers and floats, the one place with casts that may lose something; the normal distribution.

use std::f64::consts::SQRT_2;

/// A type of whole numbers that [`float`], [`whole`] and [`saturated`] convert.
pub(crate) trait WholeNumber: Copy {
    /// The greatest number of the type.
    const GREATEST: Self;

    /// The nearest float.
    fn to_float(self) -> f64;

    /// The float cut towards zero, limited to the type's range; 0 for not-a-number.
    fn from_float(number: f64) -> Self;
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        #[allow(
            clippy::cast_lossless,
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the documented meaning of these conversions"
        )]
        impl WholeNumber for $number {
            const GREATEST: Self = Self::MAX;

            fn to_float(self) -> f64 {
                self as f64
            }

            fn from_float(number: f64) -> Self {
                number as Self
            }
        }
    )*};
}

whole_numbers!(i32, i64, i128, u16, u32, u64, usize);

/// Converts a whole number into the nearest float, which is exact up to 2^53.
pub(crate) fn float(number: impl WholeNumber) -> f64 {
    number.to_float()
}

/// Converts a float into a whole number, cut towards zero and limited to the type's range; not-a-number
/// becomes 0.
pub(crate) fn whole<N: WholeNumber>(number: f64) -> N {
    N::from_float(number)
}

/// Converts a whole number that is not negative into another type; the greatest number of that type
/// stands for all beyond it.
pub(crate) fn saturated<N: WholeNumber>(number: impl TryInto<N>) -> N {
    number.try_into().unwrap_or(N::GREATEST)
}

/// Converts random bits into a number in `[0, 1)`: the upper 53, as many as a float holds, times 2^-53.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a float exactly")]
pub(crate) fn unit(bits: u64) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    (bits >> 11) as f64 * STEP
}

/// Returns the share of the standard normal distribution below `z`, in software, so that every host has the same bits.
pub(crate) fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_cut_towards_zero_and_limited_to_the_range_of_the_type() {
        assert_eq!([whole::<i64>(2.9), whole(-2.9), whole(f64::NAN)], [2, -2, 0]);
        assert_eq!([whole::<u16>(-1.0), whole(65_534.5), whole(1e9)], [0, 65_534, u16::MAX]);
        assert_eq!(whole::<i64>(f64::NEG_INFINITY), i64::MIN);
    }

    #[test]
    fn whole_numbers_become_the_nearest_float_and_saturate_in_smaller_types() {
        assert_eq!((float(3_usize), float(i64::MAX)), (3.0, 9_223_372_036_854_775_808.0));
        assert_eq!((saturated::<u32>(7_u64), saturated::<u32>(u64::MAX)), (7, u32::MAX));
    }
}
