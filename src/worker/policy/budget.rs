//! Limits how much more a worker may do (pure).

use std::time::{Duration, Instant};

/// The factor by which the next job may take longer than the longest one so far.
const MARGIN_FACTOR: f64 = 1.2;

/// The least time in which a job is started: with less it would be asked to end as soon as it has
/// begun. In a short task it is half of the task's time, or else a task that is slow to begin would
/// only ever start again.
const LEAST_TIME: Duration = Duration::from_secs(30);

/// The number of jobs and the time that a task of a job array has.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::worker) struct TaskBudget {
    /// The number of jobs that it may still settle; none for no limit.
    left: Option<u32>,
    ends: Option<Instant>,
    least_time: Duration,
    longest: Duration,
}

impl TaskBudget {
    /// Returns the budget of a task that may settle `quota` jobs, 0 for no limit, from now until
    /// `ends`.
    pub(in crate::worker) fn new(quota: u32, now: Instant, ends: Option<Instant>) -> Self {
        let time = ends.map_or(Duration::ZERO, |ends| ends.saturating_duration_since(now));
        Self {
            left: (quota > 0).then_some(quota),
            ends,
            least_time: LEAST_TIME.min(time / 2),
            longest: Duration::ZERO,
        }
    }

    /// Returns true if and only if the quota allows another job.
    pub(in crate::worker) fn has_quota(&self) -> bool {
        self.left != Some(0)
    }

    /// Returns the number of jobs that it may still settle, and from now on may not; 0 without a quota.
    pub(in crate::worker) fn give_up(&mut self) -> u32 {
        self.left.replace(0).unwrap_or(0)
    }

    /// Adds a job that another task has left.
    pub(in crate::worker) fn note_taken_over(&mut self) {
        self.left = self.left.map(|left| left.saturating_add(1));
    }

    /// Returns true if and only if the time from now on suffices for another job like the longest
    /// one.
    pub(in crate::worker) fn has_time(&self, now: Instant) -> bool {
        let needed = self.longest.mul_f64(MARGIN_FACTOR).max(self.least_time);
        self.ends.is_none_or(|ends| ends.saturating_duration_since(now) >= needed)
    }

    /// Notes that a job is done, and how long it took.
    pub(in crate::worker) fn note_done(&mut self, took: Duration) {
        self.longest = self.longest.max(took);
        self.note_settled();
    }

    /// Notes that a job is done, or that nobody is to try it again.
    pub(in crate::worker) fn note_settled(&mut self) {
        self.left = self.left.map(|left| left.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_counts_settled_jobs() {
        let mut budget = TaskBudget::new(2, Instant::now(), None);
        budget.note_done(Duration::from_secs(5));
        assert!(budget.has_quota());
        budget.note_settled();
        assert!(!budget.has_quota());
        budget.note_taken_over();
        assert!(budget.has_quota());
        assert_eq!((budget.give_up(), budget.give_up()), (1, 0));
        assert_eq!(TaskBudget::new(0, Instant::now(), None).give_up(), 0, "it has no quota");
    }

    #[test]
    fn without_a_quota_the_time_decides_by_the_longest_job() {
        let now = Instant::now();
        let minutes = |n| now + Duration::from_mins(n);
        let mut budget = TaskBudget::new(0, now, Some(minutes(60)));
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
        let budget = TaskBudget::new(0, now, Some(second(20)));
        assert!(budget.has_time(second(1)));
        assert!(!budget.has_time(second(11)));
    }
}
