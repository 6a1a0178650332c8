//! Random numbers of one suggestion.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use crate::app::num::unit;

/// The number of streams that come before those of suggestions: candidates have these.
const OFFSET: u64 = 1 << 62;

/// A source of random numbers that depends on the seed of a sweep and the number of a suggestion alone.
#[derive(Debug)]
pub(crate) struct SearchRng(ChaCha8Rng);

impl SearchRng {
    /// Starts the numbers of a suggestion: a stream of the seed's generator to itself, which no candidate has.
    pub(crate) fn new(seed: u64, suggestion: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(OFFSET + suggestion);
        Self(rng)
    }

    /// Draws a number in `[0, 1)`.
    pub(super) fn unit(&mut self) -> f64 {
        unit(self.0.next_u64())
    }

    /// Draws the place of a list of so many entries.
    pub(super) fn pick(&mut self, len: usize) -> usize {
        let place = (u128::from(self.0.next_u64()) * len as u128) >> 64;
        usize::try_from(place).unwrap_or(0)
    }
}
