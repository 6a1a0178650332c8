//! The density around several candidates: each of them, and the laws of the samplers, with one weight.

use std::collections::HashMap;

use super::kernel::DrawKernel;
use super::random::SearchRng;
use super::trace::{DrawAddress, DrawTrace, QuantileCell};
use crate::app::num::float;

/// The deviation of the kernel of one candidate; that of several is less, by Scott's rule, as in Optuna.
const DEVIATION: f64 = 0.2;

/// The deviation is at least this over the number of candidates, up to [`MOST_KERNELS`] of them.
const LEAST: f64 = 1.0;
const MOST_KERNELS: f64 = 100.0;

/// A mixture of one component for each candidate and one for the laws of the samplers themselves.
#[derive(Debug, Clone)]
pub(super) struct ParzenMixture {
    /// The kernels of each address, equal ones once: in most spaces, many candidates share the value of a parameter.
    kernels: Vec<(DrawAddress, Vec<DrawKernel>)>,
    /// The place of the kernel of each draw of a candidate: in the list, and among those of the address.
    components: Vec<Vec<(usize, usize)>>,
}

impl ParzenMixture {
    /// Makes the mixture around candidates.
    pub(super) fn new(traces: &[&DrawTrace]) -> Self {
        let kernels = float(traces.len());
        let draws = traces.iter().map(|trace| trace.len()).max().unwrap_or(0);
        let scott = DEVIATION * libm::pow(kernels.max(1.0), -1.0 / (float(draws) + 4.0));
        let deviation = scott.max(LEAST / (kernels + 1.0).min(MOST_KERNELS)).min(1.0);
        let mut kernels_of: Vec<(DrawAddress, Vec<DrawKernel>)> = Vec::new();
        let (mut places, mut known) = (HashMap::new(), HashMap::new());
        let mut place = |(address, cell): &(DrawAddress, QuantileCell)| {
            let of_address = *places.entry(*address).or_insert_with(|| {
                kernels_of.push((*address, Vec::new()));
                kernels_of.len() - 1
            });
            let all = &mut kernels_of[of_address].1;
            let key = (of_address, cell.low.to_bits(), cell.high.to_bits(), cell.is_ordered);
            let of_cell = *known.entry(key).or_insert_with(|| {
                all.push(DrawKernel::new(*cell, deviation, kernels.max(1.0)));
                all.len() - 1
            });
            (of_address, of_cell)
        };
        let components = traces.iter().map(|trace| trace.iter().map(&mut place).collect());
        let components = components.collect();
        Self { kernels: kernels_of, components }
    }

    /// Returns the logarithm of the density at a candidate, that of the samplers' laws being 0. A draw that a component
    /// lacks is from the sampler's law there.
    pub(super) fn log_density(&self, trace: &DrawTrace) -> f64 {
        let at = |(address, kernels): &(DrawAddress, Vec<DrawKernel>)| {
            let cell = trace.get(*address)?;
            let log = |one: &DrawKernel| libm::log(one.density(cell).max(f64::MIN_POSITIVE));
            Some(kernels.iter().map(log).collect::<Vec<f64>>())
        };
        let densities: Vec<Option<Vec<f64>>> = self.kernels.iter().map(at).collect();
        let of_component = |component: &Vec<(usize, usize)>| -> f64 {
            let of_draw = |(of_address, of_cell): &(usize, usize)| {
                densities[*of_address].as_ref().map(|logs| logs[*of_cell])
            };
            component.iter().filter_map(of_draw).sum()
        };
        // The samplers' laws are the last component.
        let logs: Vec<f64> = self.components.iter().map(of_component).chain([0.0]).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|log| libm::exp(log - most)).sum();
        most + libm::log(sum / float(logs.len()))
    }

    /// Draws a component; `None` is the samplers' laws.
    pub(super) fn pick(&self, rng: &mut SearchRng) -> Option<MixtureComponent> {
        let component = self.components.get(rng.pick(self.components.len() + 1))?;
        let kernel = |(of_address, of_cell): &(usize, usize)| {
            let (address, kernels) = &self.kernels[*of_address];
            (*address, kernels[*of_cell])
        };
        Some(MixtureComponent(component.iter().map(kernel).collect()))
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
