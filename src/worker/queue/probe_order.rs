//! Where a worker looks for a job that nobody has begun, so that a hundred workers do not all grab
//! at the same one (pure).

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use sweep_config::JobId;

/// The jobs that nobody has begun as far as this worker knows, and its place among them.
///
/// It goes on from its place, around the end to the beginning. Where it finds that another worker
/// was faster it jumps ahead: those who start at one place would otherwise meet at every job.
#[derive(Debug)]
pub(in crate::worker) struct Places {
    /// Sorted.
    jobs: Vec<JobId>,
    begun: Vec<bool>,
    left: usize,
    place: usize,
    /// How far ahead a jump may lead.
    spread: usize,
    random: ChaCha8Rng,
}

impl Places {
    /// All of these jobs, from `place` on. `seed` tells workers apart.
    pub(in crate::worker) fn new(jobs: Vec<JobId>, place: usize, spread: usize, seed: u64) -> Self {
        let (begun, left) = (vec![false; jobs.len()], jobs.len());
        let random = ChaCha8Rng::seed_from_u64(seed);
        Self { jobs, begun, left, place, spread: spread.max(1), random }
    }

    /// The next job that nobody has begun; it counts as begun from here on.
    pub(in crate::worker) fn next(&mut self) -> Option<JobId> {
        if self.left == 0 {
            return None;
        }
        let n = self.jobs.len();
        let ahead = (0..n).find(|ahead| !self.begun[(self.place + ahead) % n])?;
        self.place = (self.place + ahead) % n;
        self.mark(self.place);
        Some(self.jobs[self.place])
    }

    /// Takes note of jobs that somebody has begun.
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

    /// Goes to another place, some unbegun jobs ahead.
    pub(in crate::worker) fn jump(&mut self) {
        if self.left == 0 {
            return;
        }
        let n = self.jobs.len();
        let skip = self.random_below(self.spread.min(self.left));
        let ahead = (0..n).filter(|ahead| !self.begun[(self.place + ahead) % n]).nth(skip);
        self.place = (self.place + ahead.unwrap_or(0)) % n;
    }

    /// Adds jobs that were appended to the sweep; their numbers are the greatest.
    pub(in crate::worker) fn append(&mut self, jobs: &[JobId]) {
        self.left += jobs.len();
        self.jobs.extend(jobs);
        self.begun.resize(self.jobs.len(), false);
    }

    /// The greatest number among the jobs.
    pub(in crate::worker) fn last(&self) -> Option<JobId> {
        self.jobs.last().copied()
    }

    /// A number below `n`, another for each worker; 0 where there is none.
    pub(in crate::worker) fn random_below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.random.random_range(0..n) }
    }

    /// All jobs, begun or not, in the order in which this worker comes to them.
    pub(in crate::worker) fn around(&self) -> impl Iterator<Item = JobId> {
        let (before, after) = self.jobs.split_at(self.place.min(self.jobs.len()));
        after.iter().chain(before).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(numbers: impl IntoIterator<Item = u32>) -> Vec<JobId> {
        numbers.into_iter().map(JobId).collect()
    }

    fn drain(places: &mut Places) -> Vec<u32> {
        std::iter::from_fn(|| places.next()).map(|job| job.0).collect()
    }

    #[test]
    fn a_worker_goes_on_from_its_place_around_the_end() {
        let mut places = Places::new(jobs(0..6), 4, 1, 7);
        places.note_begun(&jobs([1, 5, 90]));
        assert_eq!(drain(&mut places), [4, 0, 2, 3]);
    }

    #[test]
    fn a_jump_leads_to_an_unbegun_job_and_other_workers_elsewhere() {
        let after_a_jump = |seed| {
            let mut places = Places::new(jobs(0..1000), 0, 1000, seed);
            places.note_begun(&jobs(0..500));
            places.jump();
            places.next().unwrap().0
        };
        let (one, other) = (after_a_jump(1), after_a_jump(2));
        assert!(one >= 500 && other >= 500 && one != other, "{one}, {other}");
        assert_eq!(one, after_a_jump(1));
    }

    #[test]
    fn every_job_comes_once_however_often_a_worker_jumps() {
        let mut places = Places::new(jobs(0..50), 20, 16, 3);
        let mut seen: Vec<u32> = Vec::new();
        while let Some(job) = places.next() {
            seen.push(job.0);
            places.jump();
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn appended_jobs_come_too() {
        let mut places = Places::new(jobs(0..2), 0, 1, 7);
        drain(&mut places);
        places.append(&jobs(2..4));
        assert_eq!(drain(&mut places), [2, 3]);
    }
}
