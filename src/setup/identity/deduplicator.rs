//! Lets each job into a pool once.

use std::collections::HashSet;

use super::fingerprint::JobFingerprint;
use super::quota::BranchQuotas;
use crate::setup::candidate::Candidate;
use crate::setup::constraint::Rejection;
use crate::setup::population::{DrawTally, RejectionCount};

/// A candidate that was judged on its own, not yet compared with those before it.
pub(crate) struct JudgedCandidate {
    /// The fingerprint of its drawn values, in a small space.
    pub(crate) draw: Option<JobFingerprint>,
    /// The job that it is, `None` if that exists already, or the reason to reject it.
    pub(crate) outcome: Result<Option<(JobFingerprint, Box<Candidate>)>, Rejection>,
}

/// Takes judged candidates in the order of their numbers, and keeps those that are new jobs.
pub(crate) struct JobDeduplicator {
    wanted: u64,
    /// The number of different draws, in a small space.
    support: Option<u128>,
    quotas: Option<BranchQuotas>,
    drawn: HashSet<JobFingerprint>,
    jobs: HashSet<JobFingerprint>,
    kept: Vec<Candidate>,
    tally: DrawTally,
}

impl JobDeduplicator {
    /// Starts an empty pool for `wanted` candidates; `support` is the number of different draws, in a
    /// small space, and `quotas` are what each branch may have of them.
    pub(crate) fn new(wanted: u64, support: Option<u128>, quotas: Option<BranchQuotas>) -> Self {
        Self {
            wanted,
            support,
            quotas,
            drawn: HashSet::new(),
            jobs: HashSet::new(),
            kept: Vec::new(),
            tally: DrawTally::default(),
        }
    }

    /// Takes the next candidate.
    pub(crate) fn take(&mut self, judged: JudgedCandidate) {
        let number = self.tally.candidates;
        self.tally.candidates += 1;
        if judged.draw.is_some_and(|draw| !self.drawn.insert(draw)) {
            self.tally.duplicates += 1;
            return;
        }
        match judged.outcome {
            Ok(Some((job, candidate))) if self.jobs.insert(job) => {
                if self.quotas.as_mut().is_none_or(|quotas| quotas.take(&candidate)) {
                    self.kept.push(*candidate);
                } else {
                    // Another branch may have the same job.
                    self.jobs.remove(&job);
                    self.tally.surplus += 1;
                }
            }
            Ok(_) => self.tally.duplicates += 1,
            Err(rejection) => {
                let none = RejectionCount { count: 0, first: number };
                self.tally.rejections.entry(rejection).or_insert(none).count += 1;
            }
        }
        if self.support.is_some_and(|support| self.drawn.len() as u128 >= support) {
            self.tally.exhausted = Some(self.drawn.len() as u64);
        }
    }

    /// Returns true if the pool is full, or the space has no more candidates for it.
    pub(crate) fn is_done(&self) -> bool {
        self.kept() >= self.wanted || self.tally.exhausted.is_some()
    }

    /// Returns the number of candidates that the pool is for.
    pub(crate) fn wanted(&self) -> u64 {
        self.wanted
    }

    /// Returns the number of candidates in the pool.
    pub(crate) fn kept(&self) -> u64 {
        self.kept.len() as u64
    }

    /// Returns the statistics of the candidates so far.
    pub(crate) fn tally(&self) -> &DrawTally {
        &self.tally
    }

    /// Returns the pool, in the order of the candidates' numbers, with the statistics.
    pub(crate) fn into_parts(mut self) -> (Vec<Candidate>, DrawTally) {
        self.tally.shortages = self.quotas.iter().flat_map(BranchQuotas::shortages).collect();
        (self.kept, self.tally)
    }
}
