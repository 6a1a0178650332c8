//! Tells how much a weighted sample says: as many draws of equal weight would say as much.

use super::band::share_interval;
use super::normalised::WeighedJob;
use crate::app::num::float;

/// Returns the effective number of draws of a weighted sample, `(sum w)^2 / sum w^2` (Kish, "Survey Sampling", 1965,
/// section 11.7): as many as there are if all weigh the same, 1 if one weighs all; 0 of none.
#[must_use]
pub fn effective_draws(weights: impl IntoIterator<Item = f64>) -> f64 {
    let add = |(sum, squares): (f64, f64), weight: f64| (sum + weight, squares + weight * weight);
    let (sum, squares) = weights.into_iter().fold((0.0, 0.0), add);
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// The distribution function of a sample whose bins weigh the same, however many draws lie in each.
#[derive(Debug)]
pub struct BinnedDistribution {
    /// The number of draws in each bin.
    sizes: Vec<f64>,
    /// The number of those that the curve has passed.
    below: Vec<f64>,
    /// The effective number of draws by their weights.
    effective: f64,
}

impl BinnedDistribution {
    /// Begins at the foot of the curve of jobs.
    #[must_use]
    pub fn of(jobs: &[WeighedJob]) -> Self {
        let bins = jobs.iter().map(|job| job.bin + 1).max().unwrap_or(0);
        let mut sizes = vec![0.0; bins];
        for job in jobs {
            sizes[job.bin] += 1.0;
        }
        let effective = effective_draws(jobs.iter().map(|job| job.weight));
        Self { sizes, below: vec![0.0; bins], effective }
    }

    /// Passes a job on the way up.
    pub fn pass(&mut self, job: &WeighedJob) {
        self.below[job.bin] += 1.0;
    }

    /// Returns the height of the curve: the mean over the bins of the share that is passed.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.mean_of_bins(|below, size| below / size)
    }

    /// Returns the 95 % interval of the true height: that of Clopper and Pearson for the effective number of draws at this
    /// height (Korn and Graubard 1998).
    ///
    /// The effective number is the smaller of two: by the weights, and by the variance within the bins. Adding half a draw on
    /// either side pulls the shares off 0 and 1, where a small bin would seem not to vary at all.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        let pulled = |below: f64, size: f64| (below + 0.5) / (size + 1.0);
        let share = self.mean_of_bins(pulled);
        let variance = self.mean_of_bins(|below, size| {
            let share = pulled(below, size);
            share * (1.0 - share) / size
        }) / float(self.sizes.len().max(1));
        let draws = (share * (1.0 - share) / variance).min(self.effective);
        let height = self.height().min(1.0);
        share_interval(height * draws, draws)
    }

    fn mean_of_bins(&self, of: impl Fn(f64, f64) -> f64) -> f64 {
        let bins = self.below.iter().zip(&self.sizes);
        bins.map(|(below, size)| of(*below, *size)).sum::<f64>() / float(self.sizes.len().max(1))
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};

    use super::*;

    /// Jobs of bins of the same weight, by the number of jobs in each.
    fn jobs(sizes: &[usize]) -> Vec<WeighedJob> {
        let weight = |size: usize| 1.0 / (float(sizes.len()) * float(size));
        let bin = |(bin, &size): (usize, &usize)| {
            std::iter::repeat_n(WeighedJob { value: 0.0, weight: weight(size), bin }, size)
        };
        sizes.iter().enumerate().flat_map(bin).collect()
    }

    #[test]
    fn equal_weights_count_all_draws_and_unequal_ones_fewer() {
        assert!((effective_draws([0.25; 4]) - 4.0).abs() < 1e-12);
        let uneven = effective_draws(jobs(&[37, 6, 6, 3, 3]).iter().map(|job| job.weight));
        assert!((uneven - 24.34).abs() < 0.01, "{uneven}");
        assert!(effective_draws([]) == 0.0);
    }

    /// Returns the share of samples whose interval holds the true height, of bins of these sizes and true shares.
    fn coverage(sizes: &[usize], shares: &[f64]) -> f64 {
        const ROUNDS: u32 = 2000;
        let mut dice = ChaCha8Rng::seed_from_u64(7);
        let truth = shares.iter().sum::<f64>() / float(shares.len());
        let all = jobs(sizes);
        let mut holds = || {
            let mut curve = BinnedDistribution::of(&all);
            for job in &all {
                if dice.random::<f64>() < shares[job.bin] {
                    curve.pass(job);
                }
            }
            let (low, high) = curve.interval();
            low <= truth && truth <= high
        };
        f64::from((0..ROUNDS).map(|_| u32::from(holds())).sum::<u32>()) / f64::from(ROUNDS)
    }

    #[test]
    fn the_interval_holds_the_true_height_at_every_height() {
        for sizes in [vec![37, 6, 6, 3, 3], vec![37, 37, 37, 37, 3], vec![10; 5]] {
            for share in [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98] {
                let covered = coverage(&sizes, &[share; 5]);
                assert!(covered >= 0.94, "{sizes:?} at {share}: {covered}");
            }
            for steepest in [0.3, 1.0] {
                let shares: Vec<f64> = (0..5).map(|bin| steepest * f64::from(bin) / 4.0).collect();
                let covered = coverage(&sizes, &shares);
                assert!(covered >= 0.94, "{sizes:?} up to {steepest}: {covered}");
            }
        }
    }
}
