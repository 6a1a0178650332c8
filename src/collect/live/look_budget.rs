//! The time that a look at a sweep may take.

use std::path::Path;
use std::time::{Duration, Instant};

use sweep_config::fs;

/// A look that waits for its files or for a processor may last so many times the processor time that it may take.
const PATIENCE: u32 = 4;

/// The processor time that the thread which made it may take from then on; where the kernel does not count that, the time.
#[derive(Debug)]
pub struct LookBudget {
    limit: Duration,
    began: Instant,
    used: Option<Duration>,
}

impl LookBudget {
    /// Begins to count.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self { limit, began: Instant::now(), used: processor_time() }
    }

    /// Returns what this thread has taken since.
    #[must_use]
    pub fn spent(&self) -> Duration {
        let used = self.used.zip(processor_time()).map(|(from, to)| to.saturating_sub(from));
        used.unwrap_or_else(|| self.began.elapsed())
    }

    /// True if nothing is left.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.spent() >= self.limit || self.began.elapsed() >= self.limit * PATIENCE
    }
}

/// Returns the processor time that this thread has taken, as the kernel counts it.
fn processor_time() -> Option<Duration> {
    let counts = fs::read_to_string(Path::new("/proc/thread-self/schedstat")).ok()?;
    let nanoseconds = counts.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_costs_less_than_work_and_both_come_to_an_end() {
        let budget = LookBudget::new(Duration::from_millis(40));
        std::thread::sleep(Duration::from_millis(60));
        let waited = budget.spent();
        assert!(budget.used.is_none() || waited < Duration::from_millis(40), "{waited:?}");
        while !budget.is_spent() {
            std::hint::spin_loop();
        }
        assert!(budget.spent() > waited);
        let budget = LookBudget::new(Duration::from_millis(5));
        std::thread::sleep(Duration::from_millis(25));
        assert!(budget.is_spent());
    }
}
