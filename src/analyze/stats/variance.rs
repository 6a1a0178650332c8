//! Estimates how much of the differences between jobs is chance: seeds within a config against
//! configs.
//!
//! The random-effects analysis of variance with one factor and unequal group sizes (Searle, Casella
//! and `McCulloch`, "Variance Components", 1992, section 3.6): with `k` configs of `n_i` replicates, `N`
//! in all, the variance of the seeds is the mean square within, that of the configs
//! `(MS_between - MS_within) / n_0` with `n_0 = (N - sum n_i^2 / N) / (k - 1)`, at least 0.

use crate::app::num::float;
use std::collections::BTreeMap;

/// The components of a variance, by their source, in the squared unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceComponents {
    /// The number of configs.
    pub configs: usize,
    /// The number of them that have two values or more.
    pub replicated: usize,
    /// The variance of replicates of one config.
    pub seeds: f64,
    /// The variance of the configs' true means.
    pub configs_variance: f64,
}

impl VarianceComponents {
    /// Returns the share of the variance that is due to the configs, from 0 to 1 (intra-class
    /// correlation; Searle et al. 1992, section 3.6); 0 if nothing varies.
    #[must_use]
    pub fn share_of_configs(&self) -> f64 {
        let all = self.seeds + self.configs_variance;
        if all > 0.0 { self.configs_variance / all } else { 0.0 }
    }
}

/// Returns the components of `(config, value)` pairs, by the module's formulas; `None` for fewer
/// than two configs or without replicates.
#[must_use]
pub fn components(values: impl IntoIterator<Item = (u64, f64)>) -> Option<VarianceComponents> {
    let mut groups: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (config, value) in values {
        groups.entry(config).or_default().push(value);
    }
    let (k, n) = (groups.len(), groups.values().map(Vec::len).sum::<usize>());
    if k < 2 || n <= k {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / float(values.len());
    let grand = groups.values().flatten().sum::<f64>() / float(n);
    let within: f64 = groups.values().map(|own| squares(own, mean(own))).sum();
    let between: f64 =
        groups.values().map(|own| float(own.len()) * (mean(own) - grand).powi(2)).sum();
    let seeds = within / float(n - k);
    let sizes: f64 = groups.values().map(|own| float(own.len()).powi(2)).sum();
    let size = (float(n) - sizes / float(n)) / float(k - 1);
    let configs_variance = ((between / float(k - 1) - seeds) / size).max(0.0);
    let replicated = groups.values().filter(|own| own.len() > 1).count();
    Some(VarianceComponents { configs: k, replicated, seeds, configs_variance })
}

fn squares(values: &[f64], mean: f64) -> f64 {
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balanced_table_has_the_textbooks_components() {
        // MS between = 8, MS within = 2, two replicates: (8 - 2) / 2 = 3.
        let values = [(0, 1.0), (0, 3.0), (1, 5.0), (1, 7.0), (2, 3.0), (2, 5.0)];
        let c = components(values).expect("replicates");
        assert!((c.seeds - 2.0).abs() < 1e-12 && (c.configs_variance - 3.0).abs() < 1e-12, "{c:?}");
        assert!((c.share_of_configs() - 0.6).abs() < 1e-12);
        assert_eq!((c.configs, c.replicated), (3, 3));
    }

    #[test]
    fn without_replicates_nobody_can_tell() {
        assert_eq!(components([(0, 1.0), (1, 2.0)]), None);
        assert_eq!(components([(0, 1.0), (0, 2.0)]), None);
    }

    #[test]
    fn seeds_that_differ_more_than_configs_leave_them_nothing() {
        let c = components([(0, 1.0), (0, 9.0), (1, 2.0), (1, 8.0)]).expect("replicates");
        assert!(c.configs_variance.abs() < 1e-12 && c.share_of_configs().abs() < 1e-12);
    }
}
