//! Draws candidates in rounds until there are enough jobs.
//!
//! The first candidates that are new and meet the constraints come into the pool, in the order of their
//! numbers, out of `NUM_SAMPLES` at most. It does not matter which thread draws what, in which portions.
//! Memory grows with what is kept, not with what is tried.

use std::ops::Range;

use rayon::prelude::*;

use super::design_space::DesignSpace;
use crate::app::Failure;
use crate::setup::identity::{BranchQuotas, JobDeduplicator, JudgedCandidate};
use crate::setup::population::DrawnPopulation;

/// Candidates drawn before anything is known about how many are kept.
const FIRST_ROUND: u64 = 64;
/// Candidates that wait for their turn to be judged, at most: the bound on the memory of a round.
const LARGEST_ROUND: u64 = 1 << 17;
/// The largest number of configs of a space that is known to be exhausted when it is: every draw of it
/// is remembered.
pub(crate) const SMALL_SPACE: u128 = 1 << 20;

/// Draws the population. `report` is called now and then with the number of candidates drawn and the
/// number of configs kept, and ends the drawing by false.
///
/// Runs on the threads of the caller's pool.
///
/// # Errors
///
/// When the user's program fails.
pub(crate) fn draw_population(
    space: &DesignSpace<'_>,
    report: impl Fn(u64, u64) -> bool,
) -> Result<DrawnPopulation, Failure> {
    let wanted = space.setup.most_configs();
    let support = space.source.support().filter(|support| *support <= SMALL_SPACE);
    let candidates = space.candidates();
    let quotas = BranchQuotas::of(space.setup, space.params());
    let mut pool = JobDeduplicator::new(wanted, support, quotas);
    while pool.tally().candidates < candidates && !pool.is_done() {
        let next = pool.tally().candidates;
        let size = round_size(&pool).min(largest_round(space));
        let round = next..candidates.min(next.saturating_add(size));
        for judged in judge_round(space, round, support.is_some()) {
            pool.take(judged);
            if pool.is_done() {
                break;
            }
        }
        if let Some(failure) = space.admission.failure() {
            return Err(failure);
        }
        if !report(pool.tally().candidates, pool.kept()) {
            break;
        }
    }
    let (kept, mut tally) = pool.into_parts();
    if space.source.total() == Some(tally.candidates) {
        tally.exhausted = tally.exhausted.or(Some(tally.candidates - tally.duplicates));
    }
    Ok(DrawnPopulation { params: space.params().clone(), kept, tally })
}

/// Draws and judges a round's candidates on all threads, `CHUNK_SIZE` at a time; in order.
fn judge_round(space: &DesignSpace<'_>, round: Range<u64>, is_small: bool) -> Vec<JudgedCandidate> {
    let length = usize::try_from(round.end - round.start).unwrap_or(usize::MAX);
    let chunk = usize::try_from(space.setup.chunk_size.max(1)).unwrap_or(usize::MAX);
    (0..length)
        .into_par_iter()
        .with_max_len(chunk)
        .map_init(Vec::new, |values, i| space.judge(round.start + i as u64, is_small, values))
        .collect()
}

/// Returns the number of candidates to draw next: as many as are likely to be needed, so that few are
/// drawn in vain. The result does not depend on it.
fn round_size(pool: &JobDeduplicator) -> u64 {
    let missing = pool.wanted() - pool.kept();
    let tried = pool.tally().candidates;
    let likely = match pool.kept() {
        0 => tried.saturating_mul(4).max(missing),
        kept => (u128::from(missing) * u128::from(tried) / u128::from(kept))
            .try_into()
            .unwrap_or(LARGEST_ROUND),
    };
    likely.saturating_add(likely / 16).clamp(FIRST_ROUND, LARGEST_ROUND)
}

/// Returns the largest size of a round. A user's program takes its time: no more of it is spent in vain
/// than on a few candidates a thread.
fn largest_round(space: &DesignSpace<'_>) -> u64 {
    let few = 4 * rayon::current_num_threads() as u64;
    if space.admission.asks_program() { few } else { LARGEST_ROUND }
}

#[cfg(test)]
mod tests;
