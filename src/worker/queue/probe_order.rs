//! Orders the jobs that nobody has begun so that many workers do not all try the same one (pure).

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use sweep_config::JobId;

/// The jobs that nobody has begun as far as this worker knows, and its position among them.
///
/// The order goes on from that position, around the end to the beginning. Where the worker finds
/// that another one was faster, it jumps ahead: workers that start at one position would otherwise
/// meet at every job.
#[derive(Debug)]
pub(in crate::worker) struct ProbeOrder {
    /// The jobs, sorted.
    jobs: Vec<JobId>,
    begun: Vec<bool>,
    left: usize,
    position: usize,
    /// The greatest distance of a jump.
    spread: usize,
    random: ChaCha8Rng,
}

impl ProbeOrder {
    /// Returns the order of these jobs from `position` on; `seed` differs between workers.
    pub(in crate::worker) fn new(
        jobs: Vec<JobId>,
        position: usize,
        spread: usize,
        seed: u64,
    ) -> Self {
        let (begun, left) = (vec![false; jobs.len()], jobs.len());
        let random = ChaCha8Rng::seed_from_u64(seed);
        Self { jobs, begun, left, position, spread: spread.max(1), random }
    }

    /// Returns the next job that nobody has begun; from now on it counts as begun.
    pub(in crate::worker) fn next(&mut self) -> Option<JobId> {
        if self.left == 0 {
            return None;
        }
        let n = self.jobs.len();
        let ahead = (0..n).find(|ahead| !self.begun[(self.position + ahead) % n])?;
        self.position = (self.position + ahead) % n;
        self.mark(self.position);
        Some(self.jobs[self.position])
    }

    /// Returns the number of jobs that nobody has begun.
    pub(in crate::worker) fn left(&self) -> usize {
        self.left
    }

    /// Notes jobs that somebody has begun.
    pub(in crate::worker) fn note_begun(&mut self, begun: &[JobId]) {
        for job in begun {
            if let Ok(index) = self.jobs.binary_search(job) {
                self.mark(index);
            }
        }
    }

    fn mark(&mut self, index: usize) {
        if !std::mem::replace(&mut self.begun[index], true) {
            self.left -= 1;
        }
    }

    /// Jumps to another position, some unbegun jobs ahead.
    pub(in crate::worker) fn jump(&mut self) {
        if self.left == 0 {
            return;
        }
        let n = self.jobs.len();
        let skip = self.random_below(self.spread.min(self.left));
        let ahead = (0..n).filter(|ahead| !self.begun[(self.position + ahead) % n]).nth(skip);
        self.position = (self.position + ahead.unwrap_or(0)) % n;
    }

    /// Adds jobs that were appended to the sweep; their numbers are the greatest.
    pub(in crate::worker) fn append(&mut self, jobs: &[JobId]) {
        self.left += jobs.len();
        self.jobs.extend(jobs);
        self.begun.resize(self.jobs.len(), false);
    }

    /// Returns the greatest number among the jobs.
    pub(in crate::worker) fn last(&self) -> Option<JobId> {
        self.jobs.last().copied()
    }

    /// Returns a random number below `n` that differs between workers; 0 if `n` is 0.
    pub(in crate::worker) fn random_below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.random.random_range(0..n) }
    }

    /// Returns all jobs, begun or not, in the order in which this worker comes to them.
    pub(in crate::worker) fn all_jobs(&self) -> impl Iterator<Item = JobId> {
        let (before, after) = self.jobs.split_at(self.position.min(self.jobs.len()));
        after.iter().chain(before).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(numbers: impl IntoIterator<Item = u32>) -> Vec<JobId> {
        numbers.into_iter().map(JobId).collect()
    }

    fn drain(order: &mut ProbeOrder) -> Vec<u32> {
        std::iter::from_fn(|| order.next()).map(|job| job.0).collect()
    }

    #[test]
    fn a_worker_goes_on_from_its_place_around_the_end() {
        let mut order = ProbeOrder::new(jobs(0..6), 4, 1, 7);
        order.note_begun(&jobs([1, 5, 90]));
        assert_eq!(drain(&mut order), [4, 0, 2, 3]);
    }

    #[test]
    fn a_jump_leads_to_an_unbegun_job_and_other_workers_elsewhere() {
        let after_a_jump = |seed| {
            let mut order = ProbeOrder::new(jobs(0..1000), 0, 1000, seed);
            order.note_begun(&jobs(0..500));
            order.jump();
            order.next().unwrap().0
        };
        let (one, other) = (after_a_jump(1), after_a_jump(2));
        assert!(one >= 500 && other >= 500 && one != other, "{one}, {other}");
        assert_eq!(one, after_a_jump(1));
    }

    #[test]
    fn every_job_comes_once_however_often_a_worker_jumps() {
        let mut order = ProbeOrder::new(jobs(0..50), 20, 16, 3);
        let mut seen: Vec<u32> = Vec::new();
        while let Some(job) = order.next() {
            seen.push(job.0);
            order.jump();
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn appended_jobs_come_too() {
        let mut order = ProbeOrder::new(jobs(0..2), 0, 1, 7);
        drain(&mut order);
        order.append(&jobs(2..4));
        assert_eq!(drain(&mut order), [2, 3]);
    }
}
