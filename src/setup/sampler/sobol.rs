//! Sobol' points: of every aligned 2^k of them each stratum of each coordinate has one, and the first
//! two coordinates together are as even as points can be (Sobol' 1967).
//!
//! The direction numbers are those of Joe and Kuo (*Remark on Algorithm 659*, ACM TOMS 29, 2003;
//! *Constructing Sobol sequences with better two-dimensional projections*, SIAM J. Sci. Comput. 30,
//! 2008), from their set `new-joe-kuo-6.21201`. Copyright (c) 2008, Frances Y. Kuo and Stephen Joe;
//! the BSD licence under which they stand here is in `LICENSE-JOE-KUO`.
//!
//! A seed scrambles the points as Owen does (*Randomly permuted (t,m,s)-nets and (t,s)-sequences*,
//! 1995): it keeps every stratum's share, and each point alone is uniform. A hash takes the place of
//! the stored permutations (Burley, *Practical hash-based Owen scrambling*, JCGT 9, 2020), one of each
//! digit's own instead of his for all digits at once: it is exact, and costs no more than the digits
//! of Halton's first coordinate.

use super::hash::hash;

/// The number of coordinates that are spread evenly, of every sequence: beyond it such points fill a
/// space no better than random ones.
pub(super) const EVEN_COORDINATES: usize = 48;

/// The binary digits of a coordinate: as many as a float holds, and enough for 2^53 different points.
const DIGITS: usize = 53;

/// The parameters of each coordinate but the first: the coefficients of its primitive polynomial between
/// the highest and the lowest one, and its first direction numbers, as many as its degree.
const PARAMETERS: [(u64, &[u64]); EVEN_COORDINATES - 1] = [
    (0, &[1]),
    (1, &[1, 3]),
    (1, &[1, 3, 1]),
    (2, &[1, 1, 1]),
    (1, &[1, 1, 3, 3]),
    (4, &[1, 3, 5, 13]),
    (2, &[1, 1, 5, 5, 17]),
    (4, &[1, 1, 5, 5, 5]),
    (7, &[1, 1, 7, 11, 19]),
    (11, &[1, 1, 5, 1, 1]),
    (13, &[1, 1, 1, 3, 11]),
    (14, &[1, 3, 5, 5, 31]),
    (1, &[1, 3, 3, 9, 7, 49]),
    (13, &[1, 1, 1, 15, 21, 21]),
    (16, &[1, 3, 1, 13, 27, 49]),
    (19, &[1, 1, 1, 15, 7, 5]),
    (22, &[1, 3, 1, 15, 13, 25]),
    (25, &[1, 1, 5, 5, 19, 61]),
    (1, &[1, 3, 7, 11, 23, 15, 103]),
    (4, &[1, 3, 7, 13, 13, 15, 69]),
    (7, &[1, 1, 3, 13, 7, 35, 63]),
    (8, &[1, 3, 5, 9, 1, 25, 53]),
    (14, &[1, 3, 1, 13, 9, 35, 107]),
    (19, &[1, 3, 1, 5, 27, 61, 31]),
    (21, &[1, 1, 5, 11, 19, 41, 61]),
    (28, &[1, 3, 5, 3, 3, 13, 69]),
    (31, &[1, 1, 7, 13, 1, 19, 1]),
    (32, &[1, 3, 7, 5, 13, 19, 59]),
    (37, &[1, 1, 3, 9, 25, 29, 41]),
    (41, &[1, 3, 5, 13, 23, 1, 55]),
    (42, &[1, 3, 7, 3, 13, 59, 17]),
    (50, &[1, 3, 1, 3, 5, 53, 69]),
    (55, &[1, 1, 5, 5, 23, 33, 13]),
    (56, &[1, 1, 7, 7, 1, 61, 123]),
    (59, &[1, 1, 7, 9, 13, 61, 49]),
    (62, &[1, 3, 3, 5, 3, 55, 33]),
    (14, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (21, &[1, 3, 5, 15, 31, 59, 63, 97]),
    (22, &[1, 3, 1, 11, 11, 11, 77, 249]),
    (38, &[1, 3, 1, 11, 27, 43, 71, 9]),
    (47, &[1, 1, 7, 15, 21, 11, 81, 45]),
    (49, &[1, 3, 7, 3, 25, 31, 65, 79]),
    (50, &[1, 3, 1, 1, 19, 11, 3, 205]),
    (52, &[1, 1, 5, 9, 19, 21, 29, 157]),
    (56, &[1, 3, 7, 11, 1, 33, 89, 185]),
    (67, &[1, 3, 3, 3, 15, 9, 79, 71]),
    (70, &[1, 3, 7, 11, 15, 39, 119, 27]),
];

/// The direction numbers: each binary digit of a point's number, lowest first, adds one to each
/// coordinate.
static DIRECTIONS: [[u64; DIGITS]; EVEN_COORDINATES] = all_directions();

#[expect(clippy::large_stack_arrays, reason = "evaluated by the compiler, not on a thread's stack")]
const fn all_directions() -> [[u64; DIGITS]; EVEN_COORDINATES] {
    // The first coordinate has no polynomial: its digits are the number's, in reverse.
    let mut all = [[0; DIGITS]; EVEN_COORDINATES];
    let mut digit = 0;
    while digit < DIGITS {
        all[0][digit] = 1 << (DIGITS - 1 - digit);
        digit += 1;
    }
    let mut coordinate = 1;
    while coordinate < EVEN_COORDINATES {
        let (coefficients, first) = PARAMETERS[coordinate - 1];
        all[coordinate] = directions(coefficients, first);
        coordinate += 1;
    }
    all
}

/// Computes the direction numbers that follow from the first ones (Bratley and Fox, Algorithm 659, 1988).
const fn directions(coefficients: u64, first: &[u64]) -> [u64; DIGITS] {
    let degree = first.len();
    let mut directions = [0; DIGITS];
    let mut digit = 0;
    while digit < DIGITS {
        directions[digit] = if digit < degree {
            first[digit] << (DIGITS - 1 - digit)
        } else {
            next(coefficients, degree, &directions, digit)
        };
        digit += 1;
    }
    directions
}

const fn next(coefficients: u64, degree: usize, before: &[u64; DIGITS], digit: usize) -> u64 {
    let mut sum = before[digit - degree] ^ (before[digit - degree] >> degree);
    let mut back = 1;
    while back < degree {
        if coefficients >> (degree - 1 - back) & 1 == 1 {
            sum ^= before[digit - back];
        }
        back += 1;
    }
    sum
}

/// Computes a coordinate of a scrambled point, in `[0, 1)`. `seed` is the coordinate's own.
pub(super) fn sobol(coordinate: usize, seed: u64, point: u64) -> f64 {
    fraction(scrambled(digits(coordinate, point), seed))
}

#[expect(clippy::cast_precision_loss, reason = "53 digits fit a float exactly")]
fn fraction(digits: u64) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << DIGITS) as f64;
    digits as f64 * STEP
}

/// Computes a coordinate of the point of that number, in the order of Sobol' and not in that of Gray's
/// code: a candidate is found by its number alone.
///
/// After 2^53 points, thousands of times as many as a sweep may try, they start again.
fn digits(coordinate: usize, point: u64) -> u64 {
    let directions = DIRECTIONS[coordinate].iter().enumerate();
    directions.fold(0, |sum, (digit, direction)| sum ^ ((point >> digit & 1) * direction))
}

/// Turns over each digit or not, as the seed and all digits above it say.
fn scrambled(digits: u64, seed: u64) -> u64 {
    (0..DIGITS).fold(digits, |sum, above| {
        // The one in front tells digits above that are zeros from fewer of them.
        let above_it = 1 << above | digits >> (DIGITS - above);
        let turn = hash(seed, above_it) >> 63;
        sum ^ turn << (DIGITS - 1 - above)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::sampler::low_discrepancy::{LowDiscrepancy, coordinate};

    /// Returns the digits of each coordinate of points `from..from + count`, scrambled or not.
    fn columns(dimensions: usize, from: u64, count: u64, seed: Option<u64>) -> Vec<Vec<u64>> {
        let one = |d, i| match seed {
            Some(seed) => scrambled(digits(d, i), hash(seed, d as u64)),
            None => digits(d, i),
        };
        (0..dimensions).map(|d| (from..from + count).map(|i| one(d, i)).collect()).collect()
    }

    /// The upper digits of a coordinate: which of 2^count equal strata it lies in.
    fn stratum(digits: u64, count: usize) -> u64 {
        digits >> (DIGITS - count)
    }

    const SEEDS: [Option<u64>; 4] = [None, Some(0), Some(1), Some(u64::MAX)];

    #[test]
    fn without_scrambling_the_points_are_the_published_ones() {
        let text = include_str!("../../../tests/fixtures/setup/sobol.json");
        let known: Vec<(u64, Vec<f64>)> = serde_json::from_str(text).unwrap();
        assert!(known.len() > 64);
        for (point, values) in known {
            let ours: Vec<f64> =
                (0..EVEN_COORDINATES).map(|d| fraction(digits(d, point))).collect();
            assert_eq!(ours, values, "point {point}");
        }
    }

    #[test]
    fn aligned_points_have_one_in_each_stratum_of_each_coordinate() {
        for seed in SEEDS {
            for (k, block) in [(0, 5), (1, 3), (4, 0), (4, 7), (8, 2), (10, 0), (10, 1 << 30)] {
                for (d, column) in
                    columns(EVEN_COORDINATES, block << k, 1 << k, seed).iter().enumerate()
                {
                    let mut strata: Vec<u64> = column.iter().map(|&x| stratum(x, k)).collect();
                    strata.sort_unstable();
                    let each: Vec<u64> = (0..1 << k).collect();
                    assert_eq!(strata, each, "2^{k} points in coordinate {d}, seed {seed:?}");
                }
            }
        }
    }

    /// True if and only if each rectangle of 2^(t-k) of the area has 2^t of the 2^k points.
    fn is_net(a: &[u64], b: &[u64], k: usize, t: usize) -> bool {
        (0..=k - t).all(|of_a| {
            let of_b = k - t - of_a;
            let mut points = vec![0; 1 << (k - t)];
            for (&a, &b) in a.iter().zip(b) {
                let rectangle = stratum(a, of_a) << of_b | stratum(b, of_b);
                points[usize::try_from(rectangle).unwrap()] += 1;
            }
            points.iter().all(|&count| count == 1 << t)
        })
    }

    #[test]
    fn the_first_two_coordinates_have_one_point_in_each_rectangle_of_any_shape() {
        for seed in SEEDS {
            for (k, block) in [(1, 9), (4, 1), (7, 5), (10, 0), (10, 3)] {
                let all = columns(2, block << k, 1 << k, seed);
                assert!(is_net(&all[0], &all[1], k, 0), "2^{k} points, seed {seed:?}");
            }
        }
    }

    #[test]
    fn every_pair_of_coordinates_is_as_even_as_its_polynomials_promise() {
        // Sobol': t is the sum of the degrees, each less one. A polynomial that is not primitive, or
        // the same one twice, would break that.
        let degree = |d: usize| if d == 0 { 1 } else { PARAMETERS[d - 1].1.len() };
        for (seed, k) in [(None, 10), (Some(3), 9)] {
            let all = columns(EVEN_COORDINATES, 0, 1 << k, seed);
            for b in 1..EVEN_COORDINATES {
                for a in 0..b {
                    let t = degree(a) + degree(b) - 2;
                    assert!(t >= k || is_net(&all[a], &all[b], k, t), "{a} and {b}, t = {t}");
                }
            }
        }
    }

    #[test]
    fn a_seed_gives_the_same_points_everywhere_and_another_one_gives_others() {
        let point = |seed, i| [0, 1, 47].map(|d| coordinate(LowDiscrepancy::Sobol, seed, i, d));
        assert_eq!(point(7, 0), PINNED[0]);
        assert_eq!(point(7, 999_999_999_999), PINNED[1]);
        for i in 0..100 {
            let (one, other) = (point(7, i), point(8, i));
            assert!(one.iter().zip(other).all(|(&x, y)| (x - y).abs() > 0.0), "{one:?}");
        }
    }

    const PINNED: [[f64; 3]; 2] = [
        [0.858_565_788_141_670_1, 0.791_671_956_929_156_2, 0.146_729_127_598_076_88],
        [0.013_588_051_332_284_69, 0.813_707_632_851_539_6, 0.249_441_647_841_281_98],
    ];

    #[test]
    fn each_point_is_uniform_over_the_seeds() {
        // Chi-square with 63 degrees of freedom: a right one exceeds 131 once in 10^6 times.
        const SEEDS: u32 = 6400;
        for (d, i) in [(0, 0), (1, 1), (5, 1000), (47, 999_999_999_999)] {
            let mut cells = [0_u32; 64];
            for seed in 0..u64::from(SEEDS) {
                cells[(coordinate(LowDiscrepancy::Sobol, seed, i, d) * 64.0) as usize] += 1;
            }
            let expected = f64::from(SEEDS) / 64.0;
            let chi: f64 =
                cells.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
            assert!(chi < 131.0, "coordinate {d} of point {i}: {chi}");
        }
    }

    #[test]
    fn scrambled_digits_below_those_of_the_points_are_as_good_as_chance() {
        // What is left of the first 256 points once their strata of 256 are taken away.
        for column in columns(EVEN_COORDINATES, 0, 256, Some(11)) {
            let ones = |digit: usize| column.iter().filter(|&&x| x >> digit & 1 == 1).count();
            for digit in 0..DIGITS - 8 {
                // Five standard deviations about the mean; a right one leaves them once in 10^6.
                assert!((88..=168).contains(&ones(digit)), "digit {digit}: {}", ones(digit));
            }
        }
    }
}
