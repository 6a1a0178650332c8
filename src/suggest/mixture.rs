//! The density around several candidates: each of them, and the laws of the samplers, with one weight.

use super::kernel::DrawKernel;
use super::random::SearchRng;
use super::trace::{DrawAddress, DrawTrace, QuantileCell};

/// The deviation of the kernel of one candidate; that of several is less, by Scott's rule, as in Optuna.
const DEVIATION: f64 = 0.2;

/// The deviation is at least this over the number of candidates, up to [`MOST_KERNELS`] of them.
const LEAST: f64 = 1.0;
const MOST_KERNELS: f64 = 100.0;

/// A mixture of one component for each candidate and one for the laws of the samplers themselves.
#[derive(Debug, Clone)]
pub(super) struct ParzenMixture {
    components: Vec<MixtureComponent>,
}

impl ParzenMixture {
    /// Makes the mixture around candidates.
    pub(super) fn new(traces: &[&DrawTrace]) -> Self {
        let kernels = count(traces.len());
        let draws = traces.iter().map(|trace| trace.len()).max().unwrap_or(0);
        let scott = DEVIATION * libm::pow(kernels.max(1.0), -1.0 / (count(draws) + 4.0));
        let deviation = scott.max(LEAST / (kernels + 1.0).min(MOST_KERNELS)).min(1.0);
        let kernel = |(address, cell): &(DrawAddress, _)| {
            (*address, DrawKernel::new(*cell, deviation, kernels.max(1.0)))
        };
        let component = |trace: &&DrawTrace| MixtureComponent(trace.iter().map(kernel).collect());
        let components = traces.iter().map(component);
        Self { components: components.collect() }
    }

    /// Returns the logarithm of the density at a candidate, that of the samplers' laws being 0. A draw that a component
    /// lacks is from the sampler's law there.
    pub(super) fn log_density(&self, trace: &DrawTrace) -> f64 {
        let of_component = |component: &MixtureComponent| -> f64 {
            let densities = component.0.iter().filter_map(|(address, kernel)| {
                trace
                    .get(*address)
                    .map(|cell| libm::log(kernel.density(cell).max(f64::MIN_POSITIVE)))
            });
            densities.sum()
        };
        // The samplers' laws are the last component.
        let logs: Vec<f64> = self.components.iter().map(of_component).chain([0.0]).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|log| libm::exp(log - most)).sum();
        most + libm::log(sum / count(logs.len()))
    }

    /// Draws a component; `None` is the samplers' laws.
    pub(super) fn pick(&self, rng: &mut SearchRng) -> Option<MixtureComponent> {
        self.components.get(rng.pick(self.components.len() + 1)).cloned()
    }
}

/// The kernels around the draws of one candidate.
#[derive(Debug, Clone)]
pub(super) struct MixtureComponent(Vec<(DrawAddress, DrawKernel)>);

impl MixtureComponent {
    /// Returns the component of which every draw is the middle of a cell.
    pub(super) fn at_middles(trace: &DrawTrace) -> Self {
        let kernel = |(address, cell): &(DrawAddress, QuantileCell)| {
            let middle = cell.middle();
            let cell = QuantileCell { low: middle, high: middle, is_ordered: false };
            (*address, DrawKernel::Unordered { cell, kept: 1.0 })
        };
        Self(trace.iter().map(kernel).collect())
    }

    /// Returns the quantile at an address that stands at a share of the density there.
    pub(super) fn quantile(&self, address: DrawAddress, share: f64) -> f64 {
        match self.0.binary_search_by_key(&address, |(known, _)| *known) {
            Ok(at) => self.0[at].1.quantile(share),
            Err(_) => share,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 candidates")]
fn count(number: usize) -> f64 {
    number as f64
}
