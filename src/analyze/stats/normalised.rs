//! Weighs the jobs of design spaces so that their distribution functions compare as if the jobs
//! were equally complex.
//!
//! "On Network Design Spaces for Visual Recognition" (Radosavovic et al., ICCV 2019, section 3.3): the
//! range of the complexity is cut into `k` bins of the same width, and each of the `m_j` jobs of bin
//! `j` weighs `1 / (k m_j)`, so that every bin weighs the same in every space. A space cannot be
//! weighed so where a bin is empty.

use super::ValueSpan;
use crate::app::num::{float, whole};

/// The numbers of bins that are tried: the first that leaves no bin empty is taken.
const BINS: [usize; 3] = [10, 5, 3];

/// The reason why distributions cannot be normalised.
#[derive(Debug, Clone, PartialEq)]
pub enum NormalisationRefusal {
    /// The spaces have no range of complexity in common.
    Apart,
    /// A space has no job in some bin of the common range, even with the fewest bins.
    Empty {
        /// The index of the space.
        space: usize,
        /// The bin that has no job.
        bin: ValueSpan,
    },
}

/// A job with its weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeighedJob {
    /// Its value.
    pub value: f64,
    /// Its weight, of 1 for all jobs of a space.
    pub weight: f64,
    /// The bin that its complexity lies in, from 0.
    pub bin: usize,
}

/// The weights of the jobs of several spaces.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalisedSpaces {
    /// The range of complexity that all spaces have in common.
    pub range: ValueSpan,
    /// The number of its bins.
    pub bins: usize,
    /// The jobs of each space: their weights add up to 1, and jobs outside of the range are left out.
    pub spaces: Vec<Vec<WeighedJob>>,
}

/// Weighs the `(complexity, value)` pairs of several spaces: `1 / (k m_j)` in bin `j` (Radosavovic
/// et al. 2019, section 3.3).
///
/// # Errors
///
/// If the spaces share no range, or one has no job in some bin of it.
pub fn normalise(spaces: &[Vec<(f64, f64)>]) -> Result<NormalisedSpaces, NormalisationRefusal> {
    let range = common(spaces).ok_or(NormalisationRefusal::Apart)?;
    let mut refusal = NormalisationRefusal::Apart;
    for bins in BINS {
        let weighed: Result<_, _> =
            spaces.iter().enumerate().map(|(at, jobs)| weigh(at, jobs, range, bins)).collect();
        match weighed {
            Ok(spaces) => return Ok(NormalisedSpaces { range, bins, spaces }),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

/// Returns the range that lies in the range of each; `None` if there is none.
fn common(spaces: &[Vec<(f64, f64)>]) -> Option<ValueSpan> {
    let mut common: Option<ValueSpan> = None;
    for jobs in spaces {
        let own = ValueSpan::of(jobs.iter().map(|job| job.0))?;
        common =
            Some(common.map_or(own, |c| ValueSpan {
                low: c.low.max(own.low),
                high: c.high.min(own.high),
            }));
    }
    common.filter(|range| range.width() > 0.0)
}

fn weigh(
    space: usize,
    jobs: &[(f64, f64)],
    range: ValueSpan,
    bins: usize,
) -> Result<Vec<WeighedJob>, NormalisationRefusal> {
    let inside: Vec<(usize, f64)> = jobs
        .iter()
        .filter(|(complexity, _)| range.low <= *complexity && *complexity <= range.high)
        .map(|&(complexity, value)| (bin_of(complexity, range, bins), value))
        .collect();
    let mut counts = vec![0usize; bins];
    for &(bin, _) in &inside {
        counts[bin] += 1;
    }
    if let Some(empty) = counts.iter().position(|&count| count == 0) {
        let edge = |bin: usize| range.low + range.width() * float(bin) / float(bins);
        return Err(NormalisationRefusal::Empty {
            space,
            bin: ValueSpan { low: edge(empty), high: edge(empty + 1) },
        });
    }
    let weight = |bin: usize| 1.0 / (float(bins) * float(counts[bin]));
    let job = |(bin, value)| WeighedJob { value, weight: weight(bin), bin };
    Ok(inside.into_iter().map(job).collect())
}

fn bin_of(complexity: f64, range: ValueSpan, bins: usize) -> usize {
    let place = (complexity - range.low) / range.width() * float(bins);
    whole::<usize>(place).min(bins - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bin_of_every_space_weighs_the_same() {
        let many_small = vec![(0.0, 9.0), (0.1, 8.0), (0.2, 7.0), (1.0, 1.0), (0.5, 5.0)];
        let even = vec![(0.0, 9.0), (0.5, 5.0), (1.0, 1.0)];
        let done = normalise(&[many_small, even]).expect("no bin is empty");
        assert_eq!((done.bins, done.range), (3, ValueSpan { low: 0.0, high: 1.0 }));
        let ninth = 1.0 / 9.0;
        let weights: Vec<f64> = done.spaces[0].iter().map(|job| job.weight).collect();
        for (weight, expected) in
            weights.iter().zip([ninth, ninth, ninth, 3.0 * ninth, 3.0 * ninth])
        {
            assert!((weight - expected).abs() < 1e-12, "{weights:?}");
        }
        assert!(done.spaces[1].iter().all(|job| (job.weight - 3.0 * ninth).abs() < 1e-12));
    }

    #[test]
    fn an_empty_bin_is_a_refusal_that_names_it() {
        let gap = vec![(0.0, 1.0), (3.0, 1.0)];
        let full = (0..30).map(|i| (f64::from(i) / 10.0, 1.0)).chain([(3.0, 1.0)]).collect();
        let refusal = normalise(&[full, gap]);
        assert_eq!(
            refusal,
            Err(NormalisationRefusal::Empty { space: 1, bin: ValueSpan { low: 1.0, high: 2.0 } })
        );
        let apart = normalise(&[vec![(0.0, 1.0), (1.0, 1.0)], vec![(2.0, 1.0), (3.0, 1.0)]]);
        assert_eq!(apart, Err(NormalisationRefusal::Apart));
        assert_eq!(normalise(&[Vec::new()]), Err(NormalisationRefusal::Apart));
    }
}
