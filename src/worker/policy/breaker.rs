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
use sweep_config::records::SubmissionStop;
use sweep_config::{JobId, SubmissionId, SweepDir};

use crate::app::now;
use crate::worker::attempt::verdict::AttemptVerdict;

/// The circuit breaker of one submission; without a submission it never trips.
#[derive(Debug)]
pub(in crate::worker) struct CircuitBreaker<'a> {
    dir: &'a SweepDir,
    launch: Option<SubmissionId>,
    /// `MAX_SAME_FAILURES`; 0 for no limit.
    most: usize,
    proven: Cell<bool>,
}

/// The failure of a job, as other failures are compared with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FirstFailure {
    fingerprint: String,
    example: String,
}

impl<'a> CircuitBreaker<'a> {
    pub(in crate::worker) fn new(
        dir: &'a SweepDir,
        launch: Option<SubmissionId>,
        most: usize,
    ) -> Self {
        Self { dir, launch, most, proven: Cell::new(false) }
    }

    /// Returns why no job may be started any more; none while the submission goes on.
    ///
    /// # Errors
    ///
    /// When the file that says so exists and cannot be read.
    pub(in crate::worker) fn stopped(&self) -> Result<Option<String>, FsError> {
        let Some(launch) = self.launch else { return Ok(None) };
        let path = self.dir.stopped(launch);
        match fs::read(&path) {
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(|stopped: SubmissionStop| Some(stopped.reason))
                .map_err(|e| FsError::new("understand", &path, e.into())),
        }
    }

    /// Notes that a job is done: from now on a failure is the job's own.
    pub(in crate::worker) fn note_done(&self) -> Result<(), FsError> {
        let Some(launch) = self.launch else { return Ok(()) };
        if !self.is_proven(launch) {
            fs::write_staged(&self.dir.proven(launch), b"")?;
            self.proven.set(true);
        }
        Ok(())
    }

    fn is_proven(&self, launch: SubmissionId) -> bool {
        if !self.proven.get() {
            self.proven.set(self.dir.proven(launch).exists());
        }
        self.proven.get()
    }

    /// Notes that a job failed. Returns true if and only if this stops the submission.
    pub(in crate::worker) fn note_failure(
        &self,
        job: JobId,
        verdict: &AttemptVerdict,
    ) -> Result<bool, FsError> {
        let Some(launch) = self.launch.filter(|_| self.most > 0) else { return Ok(false) };
        if self.is_proven(launch) {
            return Ok(false);
        }
        let failures = self.dir.first_failures(launch);
        fs::create_dir_all(&failures)?;
        let failure = FirstFailure::of(verdict);
        let text = serde_json::to_vec(&failure).expect("a record is plain data");
        fs::write_atomic(&failures.join(format!("{job}.json")), &text)?;
        let alike = self.alike(launch, &failure.fingerprint)?;
        if alike < self.most || self.is_proven(launch) || self.dir.stopped(launch).exists() {
            return Ok(false);
        }
        let reason =
            format!("{alike} jobs failed in the same way and none is done: {}", failure.example);
        let stopped = SubmissionStop { reason, example: job.0, stopped: now() };
        let text = serde_json::to_vec_pretty(&stopped).expect("a record is plain data");
        fs::write_atomic(&self.dir.stopped(launch), &text)?;
        Ok(true)
    }

    /// Returns the number of jobs that have failed alike.
    fn alike(&self, launch: SubmissionId, fingerprint: &str) -> Result<usize, FsError> {
        let failures = self.dir.first_failures(launch);
        let names = fs::list(&failures)?;
        if names.len() < self.most {
            return Ok(0);
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for name in names.iter().filter(|name| !name.starts_with('.')) {
            // Files are renamed into place: what cannot be read is not ours.
            let bytes = fs::read(&failures.join(name)).unwrap_or_default();
            if let Ok(failure) = serde_json::from_slice::<FirstFailure>(&bytes) {
                *counts.entry(failure.fingerprint).or_default() += 1;
            }
        }
        Ok(counts.get(fingerprint).copied().unwrap_or(0))
    }
}

impl FirstFailure {
    fn of(verdict: &AttemptVerdict) -> Self {
        let words = &verdict.last_words;
        let separator = if words.is_empty() { "" } else { ": " };
        Self {
            fingerprint: verdict.likeness.clone(),
            example: format!("{}{separator}{words}", verdict.reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;
    use crate::worker::attempt::output::AttemptOutput;

    struct Ledger {
        _root: tempfile::TempDir,
        dir: SweepDir,
    }

    impl Ledger {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let dir = SweepDir::new(root.path());
            fs::create_dir_all(&dir.submission_dir(SubmissionId(1))).unwrap();
            Self { _root: root, dir }
        }

        fn breaker(&self, most: usize) -> CircuitBreaker<'_> {
            CircuitBreaker::new(&self.dir, Some(SubmissionId(1)), most)
        }
    }

    fn failed(words: &str) -> AttemptVerdict {
        let output = AttemptOutput { stderr: words.to_owned(), ..AttemptOutput::default() };
        AttemptVerdict::of(ExitStatus::from_raw(1 << 8), None).explained(&output, false)
    }

    #[test]
    fn so_many_jobs_that_fail_alike_stop_the_launch_for_all_workers() {
        let ledger = Ledger::new();
        let (one, other) = (ledger.breaker(3), ledger.breaker(3));
        let note = |job, words| one.note_failure(JobId(job), &failed(words)).unwrap();
        assert!(!note(1, "ImportError: no torch"));
        assert!(!note(1, "ImportError: no torch"), "the same job");
        assert!(!note(2, "ImportError: no torch"));
        assert!(!note(3, "KeyError: 'x'"), "another failure");
        assert_eq!(other.stopped().unwrap(), None);
        assert!(note(4, "ImportError: no torch"));
        assert_eq!(
            other.stopped().unwrap().unwrap(),
            "3 jobs failed in the same way and none is done: exited with code 1: ImportError: no torch"
        );
        assert!(!note(5, "ImportError: no torch"), "it is stopped once");
    }

    #[test]
    fn once_a_job_is_done_nothing_stops_the_launch() {
        let ledger = Ledger::new();
        ledger.breaker(1).note_done().unwrap();
        let breaker = ledger.breaker(1);
        assert!(!breaker.note_failure(JobId(1), &failed("no")).unwrap());
        assert_eq!(breaker.stopped().unwrap(), None);
    }

    #[test]
    fn without_a_launch_or_with_0_there_is_no_breaker() {
        let ledger = Ledger::new();
        let by_hand = CircuitBreaker::new(&ledger.dir, None, 1);
        by_hand.note_done().unwrap();
        for breaker in [by_hand, ledger.breaker(0)] {
            assert!(!breaker.note_failure(JobId(1), &failed("no")).unwrap());
            assert_eq!(breaker.stopped().unwrap(), None);
        }
    }
}
