//! Points that fill a space more evenly than random ones: Halton's sequence, Sobol's, and Latin
//! hypercubes.
//!
//! A point depends on the seed and its number, as a candidate's random numbers do, so that threads
//! change nothing. Coordinates beyond the first ones are left to random numbers: such points fill a
//! space of many dimensions no better.

use super::hash::hash;
use super::sobol::{EVEN_COORDINATES, sobol};

/// The first primes, one a coordinate.
const PRIMES: [u64; EVEN_COORDINATES] = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193,
    197, 199, 211, 223,
];

/// A sequence of evenly spread points.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LowDiscrepancy {
    /// Halton's sequence with scrambled digits, for any number of points.
    Halton,
    /// Sobol's sequence with scrambled digits, for any number of points, best a power of two.
    Sobol,
    /// Latin hypercubes, one after the other; the number of points of each.
    LatinHypercube(u32),
}

/// Computes a coordinate of a point, in `[0, 1)`.
pub(super) fn coordinate(spread: LowDiscrepancy, seed: u64, point: u64, coordinate: usize) -> f64 {
    let seed = hash(seed, coordinate as u64);
    match spread {
        LowDiscrepancy::Halton => halton(PRIMES[coordinate], seed, point),
        LowDiscrepancy::Sobol => sobol(coordinate, seed, point),
        LowDiscrepancy::LatinHypercube(points) => latin(points, seed, point),
    }
}

/// Computes Halton's coordinate: the digits of the point's number behind the decimal point, lowest first
/// (Halton 1960), each permuted by a linear map of its own. Without the maps the coordinates of large
/// bases rise together.
#[expect(clippy::cast_precision_loss, reason = "digits and powers below 2^53")]
fn halton(base: u64, seed: u64, point: u64) -> f64 {
    const ENOUGH: u64 = 1 << 52;
    let (mut rest, mut numerator, mut denominator) = (point, 0_u64, 1_u64);
    let mut position = 0;
    while denominator < ENOUGH / base {
        let scramble = hash(seed, position);
        let (factor, shift) = (1 + scramble % (base - 1), (scramble >> 32) % base);
        let digit = (rest % base * factor + shift) % base;
        numerator = numerator * base + digit;
        denominator *= base;
        rest /= base;
        position += 1;
    }
    numerator as f64 / denominator as f64
}

/// Computes the coordinate of a Latin hypercube: each of its points lies in a stratum of its own,
/// somewhere in it (`McKay` et al. 1979).
#[expect(clippy::cast_possible_truncation, reason = "32 bits of a hash; a rest is small")]
fn latin(points: u32, seed: u64, point: u64) -> f64 {
    const UNIT: f64 = 1.0 / 4_294_967_296.0;
    let (cube, within) = (point / u64::from(points), point % u64::from(points));
    let stratum = permuted(within as u32, points, hash(seed, cube) as u32);
    let jitter = f64::from(hash(seed ^ 1, point) as u32) * UNIT;
    (f64::from(stratum) + jitter) / f64::from(points)
}

/// Returns the place of `index` in a random order of `0..length` (Kensler, *Correlated Multi-Jittered
/// Sampling*, Pixar 2013).
fn permuted(index: u32, length: u32, pattern: u32) -> u32 {
    let mask = length.next_power_of_two().wrapping_sub(1);
    let mut i = index;
    loop {
        i ^= pattern;
        i = i.wrapping_mul(0xe170_893d);
        i ^= pattern >> 16;
        i ^= (i & mask) >> 4;
        i ^= pattern >> 8;
        i = i.wrapping_mul(0x0929_eb3f);
        i ^= pattern >> 23;
        i ^= (i & mask) >> 1;
        i = i.wrapping_mul(1 | (pattern >> 27));
        i = i.wrapping_mul(0x6935_fa69);
        i ^= (i & mask) >> 11;
        i = i.wrapping_mul(0x74dc_b303);
        i ^= (i & mask) >> 2;
        i = i.wrapping_mul(0x9e50_1cc3);
        i ^= (i & mask) >> 2;
        i = i.wrapping_mul(0xc860_a3df);
        i &= mask;
        i ^= i >> 5;
        if i < length {
            return (i.wrapping_add(pattern)) % length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(spread: LowDiscrepancy, count: u64, dimensions: usize) -> Vec<Vec<f64>> {
        let point = |i| (0..dimensions).map(|d| coordinate(spread, 7, i, d)).collect();
        (0..count).map(point).collect()
    }

    /// The centred L2 discrepancy (Hickernell 1998): how unevenly points fill the unit cube.
    fn discrepancy(points: &[Vec<f64>]) -> f64 {
        let n = points.len() as f64;
        let dimensions = i32::try_from(points[0].len()).unwrap();
        let one = |x: &Vec<f64>| -> f64 {
            x.iter().map(|&x| 1.0 + 0.5 * (x - 0.5).abs() - 0.5 * (x - 0.5).powi(2)).product()
        };
        let two = |x: &Vec<f64>, y: &Vec<f64>| -> f64 {
            let term = |(&x, &y): (&f64, &f64)| {
                1.0 + 0.5 * (x - 0.5).abs() + 0.5 * (y - 0.5).abs() - 0.5 * (x - y).abs()
            };
            x.iter().zip(y).map(term).product()
        };
        let single: f64 = points.iter().map(one).sum();
        let double: f64 =
            points.iter().map(|x| points.iter().map(|y| two(x, y)).sum::<f64>()).sum();
        ((13.0_f64 / 12.0).powi(dimensions) - 2.0 / n * single + double / (n * n)).sqrt()
    }

    /// Returns the average of random points: the square root of ((5/4)^d - (13/12)^d) / n.
    fn random_discrepancy(n: f64, dimensions: i32) -> f64 {
        ((1.25_f64.powi(dimensions) - (13.0_f64 / 12.0).powi(dimensions)) / n).sqrt()
    }

    #[test]
    fn points_fill_the_cube_more_evenly_than_random_ones() {
        let random = random_discrepancy(512.0, 6);
        let halton = discrepancy(&points(LowDiscrepancy::Halton, 512, 6));
        let sobol = discrepancy(&points(LowDiscrepancy::Sobol, 512, 6));
        let latin = discrepancy(&points(LowDiscrepancy::LatinHypercube(512), 512, 6));
        assert!(halton < 0.5 * random, "{halton} and {random}");
        assert!(sobol < 0.25 * random, "{sobol} and {random}");
        assert!(latin < 0.9 * random, "{latin} and {random}");
    }

    #[test]
    fn a_latin_hypercube_has_one_point_in_each_stratum_of_each_coordinate() {
        for count in [1_u32, 2, 7, 64, 100, 1000] {
            for cube in points(LowDiscrepancy::LatinHypercube(count), 3 * u64::from(count), 5)
                .chunks(count as usize)
            {
                for d in 0..5 {
                    let mut strata: Vec<u32> =
                        cube.iter().map(|point| (point[d] * f64::from(count)) as u32).collect();
                    strata.sort_unstable();
                    assert_eq!(strata, (0..count).collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn the_first_points_of_each_base_lie_in_different_cells() {
        for (d, &base) in PRIMES.iter().enumerate() {
            let mut cells: Vec<u64> = (0..base)
                .map(|i| (coordinate(LowDiscrepancy::Halton, 3, i, d) * base as f64) as u64)
                .collect();
            cells.sort_unstable();
            assert_eq!(cells, (0..base).collect::<Vec<_>>(), "base {base}");
        }
    }

    #[test]
    fn coordinates_of_large_bases_do_not_rise_together() {
        let all = points(LowDiscrepancy::Halton, 200, EVEN_COORDINATES);
        let mean = |d: usize| all.iter().map(|p| p[d]).sum::<f64>() / 200.0;
        let covariance = |a: usize, b: usize| {
            all.iter().map(|p| (p[a] - mean(a)) * (p[b] - mean(b))).sum::<f64>() / 200.0
        };
        for d in 1..EVEN_COORDINATES {
            let correlation =
                covariance(d - 1, d) / (covariance(d, d) * covariance(d - 1, d - 1)).sqrt();
            assert!(correlation.abs() < 0.5, "{} and {d}: {correlation}", d - 1);
        }
    }
}
