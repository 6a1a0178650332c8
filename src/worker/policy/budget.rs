//! How much more a worker may do (pure).

use std::time::{Duration, Instant};

use sweep_config::JobId;

/// How much longer than the longest one so far the next job may take.
const MARGIN: f64 = 1.2;

/// With less than this a job would be asked to end as soon as it has begun; or, in a short task,
/// with less than half of its time: else a task that is slow to begin would only ever start again.
const SHORTEST: Duration = Duration::from_secs(30);

/// How many jobs in a row may die at once before the node counts as broken.
const DEATHS: usize = 3;

/// What a task of a job array may do: a number of jobs, a time.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::worker) struct Budget {
    /// How many jobs it may still settle; none for any number.
    left: Option<u32>,
    ends: Option<Instant>,
    shortest: Duration,
    longest: Duration,
}

impl Budget {
    /// Of a task that may settle so many jobs, 0 for any number, from now until its time is over.
    pub(in crate::worker) fn new(quota: u32, now: Instant, ends: Option<Instant>) -> Self {
        let time = ends.map_or(Duration::ZERO, |ends| ends.saturating_duration_since(now));
        Self {
            left: (quota > 0).then_some(quota),
            ends,
            shortest: SHORTEST.min(time / 2),
            longest: Duration::ZERO,
        }
    }

    /// True if and only if there may be another job.
    pub(in crate::worker) fn has_quota(&self) -> bool {
        self.left != Some(0)
    }

    /// True if and only if there is time, from now on, for another job that takes as long as the
    /// longest one.
    pub(in crate::worker) fn has_time(&self, now: Instant) -> bool {
        let needed = self.longest.mul_f64(MARGIN).max(self.shortest);
        self.ends.is_none_or(|ends| ends.saturating_duration_since(now) >= needed)
    }

    /// A job is done after so long.
    pub(in crate::worker) fn note_done(&mut self, took: Duration) {
        self.longest = self.longest.max(took);
        self.note_settled();
    }

    /// A job is done, or nobody is to try it again.
    pub(in crate::worker) fn note_settled(&mut self) {
        self.left = self.left.map(|left| left.saturating_sub(1));
    }
}

/// Jobs that died at once, one after the other.
#[derive(Debug, Clone, Default)]
pub(in crate::worker) struct Deaths {
    jobs: Vec<JobId>,
}

impl Deaths {
    /// Takes note of an attempt. True if and only if the node is likely to be broken.
    pub(in crate::worker) fn note(&mut self, job: JobId, at_once: bool) -> bool {
        if !at_once {
            self.jobs.clear();
        } else if !self.jobs.contains(&job) {
            self.jobs.push(job);
        }
        self.jobs.len() >= DEATHS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_counts_settled_jobs() {
        let mut budget = Budget::new(2, Instant::now(), None);
        budget.note_done(Duration::from_secs(5));
        assert!(budget.has_quota());
        budget.note_settled();
        assert!(!budget.has_quota());
    }

    #[test]
    fn without_a_quota_the_time_decides_by_the_longest_job() {
        let now = Instant::now();
        let minutes = |n| now + Duration::from_mins(n);
        let mut budget = Budget::new(0, now, Some(minutes(60)));
        assert!(budget.has_time(minutes(59)), "nothing is known of the jobs");
        budget.note_done(Duration::from_mins(10));
        budget.note_done(Duration::from_mins(1));
        assert!(budget.has_time(minutes(48)));
        assert!(!budget.has_time(minutes(49)));
    }

    #[test]
    fn a_short_task_begins_with_a_job_however_short_it_is() {
        let now = Instant::now();
        let second = |n| now + Duration::from_secs(n);
        let budget = Budget::new(0, now, Some(second(20)));
        assert!(budget.has_time(second(1)));
        assert!(!budget.has_time(second(11)));
    }

    #[test]
    fn three_jobs_that_die_at_once_in_a_row_condemn_the_node() {
        let mut deaths = Deaths::default();
        assert!(!deaths.note(JobId(1), true));
        assert!(!deaths.note(JobId(1), true), "the same job");
        assert!(!deaths.note(JobId(2), true));
        assert!(!deaths.note(JobId(3), false), "one lives longer");
        assert!(!deaths.note(JobId(1), true));
        assert!(!deaths.note(JobId(2), true));
        assert!(deaths.note(JobId(3), true));
    }
}
