//! The tree-structured Parzen estimator: candidates are drawn around good observations, and those count most that are
//! likely among the good ones and unlikely among the others.

use super::mixture::{MixtureComponent, ParzenMixture};
use super::random::SearchRng;
use super::ranking::{ObservedCandidate, parted};
use super::trace::{DrawAddress, DrawTrace};

/// The densities of good and other observations.
#[derive(Debug, Clone)]
pub(crate) struct ParzenTuner {
    good: ParzenMixture,
    others: ParzenMixture,
}

impl ParzenTuner {
    /// Learns from observations, in the order in which they were asked for.
    pub(crate) fn new(observations: &[ObservedCandidate]) -> Self {
        let (good, others) = parted(observations);
        let mixture = |mut places: Vec<usize>| {
            places.sort_unstable();
            let traces: Vec<&DrawTrace> =
                places.iter().map(|place| &observations[*place].trace).collect();
            ParzenMixture::new(&traces)
        };
        Self { good: mixture(good), others: mixture(others) }
    }

    /// Returns a guide that draws a candidate around one of the good observations, or by the samplers' laws.
    pub(crate) fn guide(&self, mut rng: SearchRng) -> DrawGuide {
        DrawGuide { component: self.good.pick(&mut rng), rng }
    }

    /// Returns how much a candidate is worth trying: the logarithm of the ratio of both densities, to be large.
    pub(crate) fn score(&self, trace: &DrawTrace) -> f64 {
        self.good.log_density(trace) - self.others.log_density(trace)
    }
}

/// The quantiles of a candidate that is being drawn.
#[derive(Debug)]
pub(crate) struct DrawGuide {
    /// The observed candidate that it is drawn around; nothing where it is drawn by the samplers' laws.
    component: Option<MixtureComponent>,
    rng: SearchRng,
}

impl DrawGuide {
    /// Draws the quantile at an address, in `[0, 1)`.
    pub(crate) fn quantile(&mut self, address: DrawAddress) -> f64 {
        let share = self.rng.unit();
        self.component.as_ref().map_or(share, |component| component.quantile(address, share))
    }
}

impl DrawGuide {
    /// Returns a guide that draws a candidate again, by the middles of its cells; what it lacks is drawn by the samplers' laws.
    pub(crate) fn along(trace: &DrawTrace, rng: SearchRng) -> Self {
        Self { component: Some(MixtureComponent::at_middles(trace)), rng }
    }
}
