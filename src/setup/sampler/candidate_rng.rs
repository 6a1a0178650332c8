//! The random numbers of one candidate.
//!
//! Everything here is integer arithmetic or a single rounding, so that the same seed gives the
//! same bits on every host.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::low_discrepancy::{self, LowDiscrepancy};
use super::sobol::EVEN_COORDINATES;
use crate::app::num::unit;
use crate::suggest::{DrawAddress, DrawGuide};

/// A source of random numbers that depends on the seed and the candidate's number alone.
#[derive(Debug)]
pub(crate) struct CandidateRng {
    rng: ChaCha8Rng,
    /// The numbers that come first, where they are not random.
    first: Option<FirstCoordinates>,
}

/// The coordinates that a candidate takes before it takes random numbers.
#[derive(Debug)]
enum FirstCoordinates {
    /// Evenly spread ones.
    Even(SequencePoint),
    /// All of them, by a guide.
    Guided(Box<GuidedDraws>),
    /// One and the same, for all.
    Same(f64),
}

/// The draws that a guide answers, and the address of the next one.
#[derive(Debug)]
struct GuidedDraws {
    guide: DrawGuide,
    next: DrawAddress,
}

/// A point of an evenly spread sequence, and which of its coordinates comes next.
#[derive(Debug)]
struct SequencePoint {
    sequence: LowDiscrepancy,
    seed: u64,
    number: u64,
    coordinate: usize,
}

impl CandidateRng {
    /// Starts the numbers of one candidate: a stream of the seed's generator to itself.
    pub(crate) fn new(seed: u64, candidate: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(candidate);
        Self { rng, first: None }
    }

    /// Starts the numbers of one candidate of an evenly spread sequence: the coordinates of a point, then
    /// the numbers of [`CandidateRng::new`].
    pub(crate) fn even(sequence: LowDiscrepancy, seed: u64, candidate: u64) -> Self {
        let point = SequencePoint { sequence, seed, number: candidate, coordinate: 0 };
        Self { first: Some(FirstCoordinates::Even(point)), ..Self::new(seed, candidate) }
    }

    /// Starts the numbers of a candidate that a guide draws.
    pub(crate) fn guided(guide: DrawGuide) -> Self {
        let draws = GuidedDraws { guide, next: DrawAddress { place: 0, index: 0 } };
        Self { first: Some(FirstCoordinates::Guided(Box::new(draws))), ..Self::new(0, 0) }
    }

    /// Starts numbers that all stand at one quantile.
    pub(super) fn at_quantile(quantile: f64) -> Self {
        Self { first: Some(FirstCoordinates::Same(quantile)), ..Self::new(0, 0) }
    }

    /// Says which parameter the next numbers are for.
    pub(super) fn enter(&mut self, place: usize) {
        if let Some(FirstCoordinates::Guided(draws)) = &mut self.first {
            draws.next = DrawAddress { place, index: 0 };
        }
    }

    /// Returns the next coordinate, if there is one.
    pub(super) fn coordinate(&mut self) -> Option<f64> {
        match self.first.as_mut()? {
            FirstCoordinates::Even(point) => point.next(),
            FirstCoordinates::Guided(draws) => {
                let quantile = draws.guide.quantile(draws.next);
                draws.next.index += 1;
                Some(quantile)
            }
            FirstCoordinates::Same(quantile) => Some(*quantile),
        }
    }

    /// Draws a number in `[0, 1)`.
    ///
    /// Not left to the `rand` crate, which may change its conversion from one version to the next.
    pub(super) fn unit(&mut self) -> f64 {
        self.coordinate().unwrap_or_else(|| unit(self.rng.next_u64()))
    }

    /// Draws a whole number in `[low, high]`, each as likely to within 2^-64 times their number.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        debug_assert!(low <= high);
        // The product stays below 2^128: the count is 2^64 at most, the draw is less than that.
        let count = i128::from(high).abs_diff(i128::from(low)) + 1;
        let draw = match self.coordinate() {
            #[expect(clippy::cast_possible_truncation, reason = "less than 2^53")]
            #[expect(clippy::cast_sign_loss, reason = "not negative")]
            Some(coordinate) => ((coordinate * 9_007_199_254_740_992.0) as u64) << 11,
            None => self.rng.next_u64(),
        };
        let offset = (u128::from(draw) * count) >> 64;
        let value = i128::from(low) + i128::try_from(offset).expect("less than 2^64");
        i64::try_from(value).expect("between two numbers of 64 bits")
    }

    /// Draws from the standard normal distribution.
    ///
    /// The ziggurat takes its values from a table; it calls the system's `exp` only to compare and
    /// its `ln` only beyond 3.6 standard deviations, which the clipped distributions throw away. A last bit
    /// that differs between two hosts therefore changes one draw in about 10^16.
    pub(super) fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.rng)
    }
}

impl SequencePoint {
    /// Returns the next coordinate, if there is one.
    fn next(&mut self) -> Option<f64> {
        let Self { sequence, seed, number, coordinate } = *self;
        self.coordinate += 1;
        (coordinate < EVEN_COORDINATES)
            .then(|| low_discrepancy::coordinate(sequence, seed, number, coordinate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_and_candidate_decide_and_both_of_them() {
        let draw = |seed, candidate| CandidateRng::new(seed, candidate).between(0, i64::MAX);
        assert_eq!(draw(7, 3), draw(7, 3));
        assert_ne!(draw(7, 3), draw(7, 4));
        assert_ne!(draw(7, 3), draw(8, 3));
    }

    #[test]
    fn the_widest_interval_and_the_narrowest_hold_their_ends() {
        let mut rng = CandidateRng::new(1, 0);
        for _ in 0..1000 {
            assert_eq!(rng.between(5, 5), 5);
            assert!([-1, 0].contains(&rng.between(-1, 0)));
            rng.between(i64::MIN, i64::MAX);
        }
    }

    #[test]
    fn the_stream_is_pinned_so_that_an_upgrade_cannot_change_old_sweeps() {
        let mut rng = CandidateRng::new(0, 1);
        let draws: Vec<i64> = (0..4).map(|_| rng.between(0, 999_999)).collect();
        assert_eq!(draws, PINNED);
    }

    const PINNED: [i64; 4] = [755_531, 738_116, 589_997, 911_551];
}
