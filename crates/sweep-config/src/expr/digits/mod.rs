//! Powers, exponentials and logarithms with the digits that Python's have on Linux, on every machine.
//!
//! Python asks the C library, and that of GNU has the algorithms of the Arm Optimized Routines (`LICENSE-ARM`), which are
//! exact to 0.55 units of the last digit. To get the same bits, the same table and polynomial are not enough: each
//! rounding must be the same. The order of operations here is the one that the library has on processors with a fused
//! multiply-add; [`f64::mul_add`] rounds once on all others too. What is sampled does not come from here: the laws
//! have the digits of `libm`.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the fused multiply-add"
)]

mod exp;
mod exp_table;
mod log;
mod log2;
mod log2_table;
mod log_table;
mod pow;
mod pow_table;

/// Defines a function that is compiled twice: for processors with a fused multiply-add, and for those that leave it to the C
/// library, which takes three times as long. The values are the same.
macro_rules! fused {
    ($(#[$doc:meta])* $name:ident($($argument:ident),+) = $inline:path) => {
        $(#[$doc])*
        pub(super) fn $name($($argument: f64),+) -> f64 {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "fma")]
                fn with_fma($($argument: f64),+) -> f64 {
                    $inline($($argument),+)
                }
                if std::arch::is_x86_feature_detected!("fma") {
                    #[expect(unsafe_code, reason = "the processor was asked in the line above")]
                    // SAFETY: it has the one feature that the function is compiled for.
                    return unsafe { with_fma($($argument),+) };
                }
            }
            $inline($($argument),+)
        }
    };
}

fused!(
    /// Returns e to the power of a number.
    exp(x) = exp::exp
);
fused!(
    /// Returns the natural logarithm of a positive number.
    log(x) = log::log
);
fused!(
    /// Returns the logarithm to the base 10 of a positive number.
    log10(x) = log::log10
);
fused!(
    /// Returns the logarithm to the base 2 of a positive number.
    log2(x) = log2::log2
);
fused!(
    /// Returns x to the power of y; not-a-number for a fractional power of a negative number.
    pow(x, y) = pow::pow
);

/// Returns the float of these bits.
const fn float(bits: u64) -> f64 {
    f64::from_bits(bits)
}

/// Returns the bits of a positive number with an exponent of its own, below that of any float if it is
/// subnormal.
#[inline(always)]
fn normal_bits(x: f64) -> u64 {
    if x < f64::MIN_POSITIVE {
        return (x * float(0x4330_0000_0000_0000)).to_bits().wrapping_sub(52 << 52);
    }
    x.to_bits()
}

/// A number as 2^`exponent` * `fraction`, with the interval of a table that the fraction lies in.
struct ReducedNumber {
    exponent: f64,
    fraction: f64,
    interval: usize,
}

impl ReducedNumber {
    /// Splits the number of [`normal_bits`]; the fraction is the float of the bits `from`, or up to twice that, and
    /// there are 2^`table_bits` intervals.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "an interval, and an exponent of 12 bits")]
    #[expect(clippy::cast_possible_wrap, reason = "the sign of the exponent is meant")]
    fn new(bits: u64, from: u64, table_bits: u32) -> Self {
        let above = bits.wrapping_sub(from);
        let exponent = (above as i64 >> 52) as i32;
        Self {
            exponent: f64::from(exponent),
            fraction: float(bits.wrapping_sub(above & (0xfff << 52))),
            interval: (above >> (52 - table_bits)) as usize % (1 << table_bits),
        }
    }
}
