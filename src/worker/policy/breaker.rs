//! Breaks the circuit: stops a submission whose jobs all fail in the same way before it has wasted
//! a try of each.
//!
//! Until a job of the submission is done, the first failures are kept in its folder, one file per
//! job. Once `MAX_SAME_FAILURES` jobs have failed alike, `stopped.json` says so, and every worker
//! looks for that file before it takes a job.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sweep_config::fs::{self, FsError};
use sweep_config::records::{SubmissionStop, read_record, stamped};
use sweep_config::{JobId, SubmissionId, SweepDir};

use crate::app::now;

/// The circuit breaker of one submission; without a submission it never trips.
#[derive(Debug)]
pub(in crate::worker) struct CircuitBreaker<'a> {
    dir: &'a SweepDir,
    submission: Option<SubmissionId>,
    /// `MAX_SAME_FAILURES`; 0 for no limit.
    max_alike: usize,
    proven: Cell<bool>,
}

/// The failure of a job, as other failures are compared with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::worker) struct FailureSample {
    /// The text that failures of one kind share.
    #[serde(rename = "fingerprint")]
    pub(in crate::worker) likeness: String,
    /// The failure in words, for the person who asks why the submission was stopped.
    pub(in crate::worker) example: String,
}

impl<'a> CircuitBreaker<'a> {
    pub(in crate::worker) fn new(
        dir: &'a SweepDir,
        submission: Option<SubmissionId>,
        max_alike: usize,
    ) -> Self {
        Self { dir, submission, max_alike, proven: Cell::new(false) }
    }

    /// Returns why no job may be started any more; none while the submission goes on.
    ///
    /// # Errors
    ///
    /// When the file that says so exists and cannot be read.
    pub(in crate::worker) fn stop_reason(&self) -> Result<Option<String>, FsError> {
        let Some(submission) = self.submission else { return Ok(None) };
        let stopped = read_record::<SubmissionStop>(&self.dir.stopped(submission))?;
        Ok(stopped.map(|stopped| stopped.reason))
    }

    /// Notes that a job is done: from now on a failure is the job's own.
    pub(in crate::worker) fn note_done(&self) -> Result<(), FsError> {
        let Some(submission) = self.submission else { return Ok(()) };
        if !self.is_proven(submission) {
            fs::write_staged(&self.dir.proven(submission), b"")?;
            self.proven.set(true);
        }
        Ok(())
    }

    fn is_proven(&self, submission: SubmissionId) -> bool {
        if !self.proven.get() {
            self.proven.set(self.dir.proven(submission).exists());
        }
        self.proven.get()
    }

    /// Notes that a job failed. Returns true if and only if this stops the submission.
    pub(in crate::worker) fn note_failure(
        &self,
        job: JobId,
        failure: &FailureSample,
    ) -> Result<bool, FsError> {
        let Some(submission) = self.submission.filter(|_| self.max_alike > 0) else {
            return Ok(false);
        };
        if self.is_proven(submission) {
            return Ok(false);
        }
        let failures = self.dir.first_failures(submission);
        fs::create_dir_all(&failures)?;
        fs::write_atomic(&failures.join(format!("{job}.json")), &stamped(failure))?;
        let alike = self.count_alike(submission, &failure.likeness)?;
        if alike < self.max_alike
            || self.is_proven(submission)
            || self.dir.stopped(submission).exists()
        {
            return Ok(false);
        }
        let reason =
            format!("{alike} jobs failed the same way and none is done: {}", failure.example);
        let stopped = SubmissionStop { reason, example: job.0, stopped: now() };
        fs::write_atomic(&self.dir.stopped(submission), &stamped(&stopped))?;
        Ok(true)
    }

    /// Returns the number of jobs that have failed alike.
    fn count_alike(&self, submission: SubmissionId, likeness: &str) -> Result<usize, FsError> {
        let failures = self.dir.first_failures(submission);
        let names = fs::list(&failures)?;
        if names.len() < self.max_alike {
            return Ok(0);
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for name in names.iter().filter(|name| !name.starts_with('.')) {
            // Files are renamed into place: what cannot be read is not ours.
            let bytes = fs::read(&failures.join(name)).unwrap_or_default();
            if let Ok(failure) = serde_json::from_slice::<FailureSample>(&bytes) {
                *counts.entry(failure.likeness).or_default() += 1;
            }
        }
        Ok(counts.get(likeness).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;
    use crate::worker::attempt::output::AttemptOutput;
    use crate::worker::attempt::verdict::AttemptVerdict;

    struct TempSweep {
        _root: tempfile::TempDir,
        dir: SweepDir,
    }

    impl TempSweep {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let dir = SweepDir::new(root.path());
            fs::create_dir_all(&dir.submission_dir(SubmissionId(1))).unwrap();
            Self { _root: root, dir }
        }

        fn breaker(&self, max_alike: usize) -> CircuitBreaker<'_> {
            CircuitBreaker::new(&self.dir, Some(SubmissionId(1)), max_alike)
        }
    }

    fn failed(words: &str) -> FailureSample {
        let output = AttemptOutput { stderr: words.to_owned(), ..AttemptOutput::default() };
        let verdict = AttemptVerdict::of(ExitStatus::from_raw(1 << 8), None);
        let verdict = verdict.explained(&output, false);
        FailureSample { likeness: verdict.likeness.clone(), example: verdict.example() }
    }

    #[test]
    fn so_many_jobs_that_fail_alike_stop_the_submission_for_all_workers() {
        let sweep = TempSweep::new();
        let (one, other) = (sweep.breaker(3), sweep.breaker(3));
        let note = |job, words| one.note_failure(JobId(job), &failed(words)).unwrap();
        assert!(!note(1, "ImportError: no torch"));
        assert!(!note(1, "ImportError: no torch"), "the same job");
        assert!(!note(2, "ImportError: no torch"));
        assert!(!note(3, "KeyError: 'x'"), "another failure");
        assert_eq!(other.stop_reason().unwrap(), None);
        assert!(note(4, "ImportError: no torch"));
        assert_eq!(
            other.stop_reason().unwrap().unwrap(),
            "3 jobs failed the same way and none is done: exited with code 1: ImportError: no torch"
        );
        assert!(!note(5, "ImportError: no torch"), "it is stopped once");
    }

    #[test]
    fn once_a_job_is_done_nothing_stops_the_submission() {
        let sweep = TempSweep::new();
        sweep.breaker(1).note_done().unwrap();
        let breaker = sweep.breaker(1);
        assert!(!breaker.note_failure(JobId(1), &failed("no")).unwrap());
        assert_eq!(breaker.stop_reason().unwrap(), None);
    }

    #[test]
    fn without_a_submission_or_with_0_there_is_no_breaker() {
        let sweep = TempSweep::new();
        let by_hand = CircuitBreaker::new(&sweep.dir, None, 1);
        by_hand.note_done().unwrap();
        for breaker in [by_hand, sweep.breaker(0)] {
            assert!(!breaker.note_failure(JobId(1), &failed("no")).unwrap());
            assert_eq!(breaker.stop_reason().unwrap(), None);
        }
    }
}
