//! The first configs of a sweep that are the best of past sweeps, for as long as these do no worse than random draws.

use std::collections::BTreeSet;

use sweep_config::Sweep;
use sweep_config::records::{JobOrigins, RoundRecord, SetupRecord};

use super::prior::{PriorKnowledge, most_best};
use super::record::{SuggestionKind, SuggestionRecord};
use crate::app::num::saturated;
use crate::suggest::{ObservedCandidate, ObservedOutcome, share_won};

/// The least share of comparisons with random draws that the best of past sweeps have to win for more of them to be tried. Half is
/// what draws win of each other: the first one may lose to most by chance.
const LEAST_WON: f64 = 0.25;

/// The configs that are the best of past sweeps, and those that are still to be.
#[derive(Debug, Default)]
pub(super) struct BestPicks {
    /// The most that are still to be.
    left: u64,
    taken: BTreeSet<u64>,
    /// The configs that were drawn.
    drawn: BTreeSet<u64>,
}

impl BestPicks {
    /// Finds those before a job; none where past sweeps say nothing.
    pub(super) fn before(
        priors: &PriorKnowledge,
        sweep: &Sweep,
        record: &SetupRecord,
        job: u64,
    ) -> Self {
        if priors.of_use().next().is_none() {
            return Self::default();
        }
        let is_suggested =
            |round: &&RoundRecord| round.chosen.as_deref() == Some(RoundRecord::SUGGESTED);
        let rounds = record.rounds.iter().filter(is_suggested);
        let replicates = saturated(u64::from(sweep.setup.replicates.max(1)));
        let firsts = rounds.flat_map(|r| (r.from..r.to.min(job)).step_by(replicates));
        let suggested: Vec<u64> = firsts.take(saturated(most_best(sweep))).collect();
        let left = most_best(sweep).saturating_sub(suggested.len() as u64);
        if left == 0 {
            return Self::default();
        }
        let (dir, origins) = (sweep.dir(), JobOrigins::of(record));
        let is_pick = |job: &u64| {
            SuggestionRecord::read(&dir, *job)
                .is_ok_and(|known| known.kind() == SuggestionKind::Prior)
        };
        let config = |job: u64| origins.config(job);
        Self {
            left,
            taken: suggested.into_iter().filter(is_pick).map(config).collect(),
            drawn: origins.drawn_jobs().filter(|drawn| *drawn < job).map(config).collect(),
        }
    }

    /// Returns how many are still to be, by the results of configs.
    pub(super) fn left_by(
        &self,
        outcomes: &[(u64, ObservedOutcome)],
        observations: &[ObservedCandidate],
    ) -> u64 {
        if self.left == 0 {
            return 0;
        }
        let places = |of: &BTreeSet<u64>| -> Vec<usize> {
            (0..outcomes.len()).filter(|at| of.contains(&outcomes[*at].0)).collect()
        };
        let won = share_won(observations, &places(&self.taken), &places(&self.drawn));
        if won.is_some_and(|won| won < LEAST_WON) { 0 } else { self.left }
    }
}
