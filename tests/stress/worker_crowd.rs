//! Many workers on one sweep directory.

use std::collections::BTreeSet;

use crate::bin;
use crate::launching::Ready;

const JOBS: u32 = 2000;
const WORKERS: usize = 16;

#[test]
fn a_crowd_runs_every_job_exactly_once() {
    let _alone = crate::alone();
    let ready = Ready::new(JOBS, ":", "");
    let mut workers: Vec<_> =
        (0..WORKERS).map(|_| ready.start(bin!("sweep_worker"), &["--quiet"], "log")).collect();
    for worker in &mut workers {
        // Whoever ends while others still run their last jobs says that these are not done.
        assert!(matches!(worker.wait(), Some(0 | 1)), "{}", ready.sandbox.read("log"));
    }
    assert_eq!(ready.done(), JOBS);
    let mut hands = BTreeSet::new();
    for job in 0..JOBS {
        let attempts = ready.attempts(job);
        assert_eq!(attempts.len(), 1, "job {job}: {attempts:?}");
        hands.insert(attempts[0].start.pid);
    }
    assert!(hands.len() > 1, "they shared the work");
}
