//! Waits for a disk that is full or fails, instead of giving up a job and its result.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use sweep_config::claim::{Claim, HEARTBEAT};
use sweep_config::fs::{self, FsError};

use super::process::inbox::{InboxMessage, SignalInbox};
use super::report::WorkerReporter;
use crate::app::Failure;

/// The variable with the waits before each further try, in seconds: `1,2,4`.
const RETRY: &str = "SWEEP_DISK_RETRY";

/// The waits before the further tries where no variable says otherwise; the last one is repeated for
/// [`LAST_TRIES`] tries.
const WAITS: [u64; 7] = [1, 2, 4, 8, 15, 30, 60];

/// The number of further tries a minute apart.
const LAST_TRIES: usize = 14;

/// The time for which a worker that was told to stop still tries to write a result: SLURM kills it
/// after `KillWait`, 30 s by default.
const LAST_WORD: Duration = Duration::from_secs(20);

/// The interval between tries then.
const LAST_POLL: Duration = Duration::from_secs(1);

/// The patience of one worker with its file system.
pub(super) struct DiskPatience<'a> {
    inbox: &'a SignalInbox,
    reporter: WorkerReporter,
    waits: Vec<Duration>,
    stopped: Cell<bool>,
}

impl<'a> DiskPatience<'a> {
    /// Returns a patience of a quarter of an hour, or what `SWEEP_DISK_RETRY` says.
    pub(super) fn new(inbox: &'a SignalInbox, reporter: WorkerReporter) -> Self {
        let waits = waits(std::env::var(RETRY).ok().as_deref());
        Self { inbox, reporter, waits, stopped: Cell::new(false) }
    }

    /// Returns true if and only if the worker was told to stop while it waited.
    pub(super) fn was_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// Tries an operation until it succeeds, fails for good, or the patience is over. Told to stop, it
    /// gives up at once.
    ///
    /// # Errors
    ///
    /// The last error of the operation.
    pub(super) fn insist<T>(
        &self,
        claim: Option<&Claim>,
        operation: impl FnMut() -> Result<T, FsError>,
    ) -> Result<T, FsError> {
        self.try_again(claim, Duration::ZERO, operation)
    }

    /// Tries a piece of work as [`insist`](Self::insist) tries an operation: as long as it fails because of the disk.
    ///
    /// # Errors
    ///
    /// The last failure of the work.
    pub(super) fn insist_on_work<T>(
        &self,
        mut work: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.insist(None, || match work() {
            Err(Failure::Files(error)) if error.may_pass() => Err(error),
            other => Ok(other),
        })?
    }

    /// Writes down what would be lost: as [`insist`](Self::insist), but told to stop, it goes on trying
    /// for as long as it may.
    ///
    /// # Errors
    ///
    /// The last error of the operation.
    pub(super) fn insist_to_the_last<T>(
        &self,
        claim: &Claim,
        operation: impl FnMut() -> Result<T, FsError>,
    ) -> Result<T, FsError> {
        self.try_again(Some(claim), LAST_WORD, operation)
    }

    fn try_again<T>(
        &self,
        claim: Option<&Claim>,
        last_word: Duration,
        mut operation: impl FnMut() -> Result<T, FsError>,
    ) -> Result<T, FsError> {
        let mut waits = self.waits.iter();
        let mut give_up_at = None;
        loop {
            let error = match operation() {
                Err(error) if error.may_pass() => error,
                other => return other,
            };
            let Some(wait) = waits.next() else { return Err(error) };
            if give_up_at.is_some_and(|at| Instant::now() >= at) {
                return Err(error);
            }
            if self.waits.len() == waits.len() + 1 {
                let (total, why) = (self.waits.iter().sum::<Duration>(), &error.source);
                self.reporter.warn(format_args!(
                    "{error}: {why}; trying again for {}",
                    crate::app::span(total)
                ));
            }
            if self.rest(if give_up_at.is_some() { LAST_POLL } else { *wait }, claim) {
                self.stopped.set(true);
                give_up_at = give_up_at.or(Some(Instant::now() + last_word));
            }
        }
    }

    /// Waits, and keeps the claim alive meanwhile; returns true if the worker was told to stop.
    fn rest(&self, wait: Duration, claim: Option<&Claim>) -> bool {
        let until = Instant::now() + wait;
        loop {
            let next = until.min(Instant::now() + HEARTBEAT);
            if self.inbox.next(None, next) == Some(InboxMessage::Stop) {
                return true;
            }
            // Whoever waits looks by itself whether another worker has taken the job over.
            claim.map(Claim::beat);
            if Instant::now() >= until {
                return false;
            }
        }
    }
}

/// Waits until a file can be read, if what hinders may pass: before the config is read, nobody knows which signals
/// a worker is to handle, so that any ends it.
///
/// # Errors
///
/// The last error that may pass; whatever else is wrong with the file is told by who reads it.
pub(super) fn await_file(path: &Path, reporter: WorkerReporter) -> Result<(), FsError> {
    for wait in waits(std::env::var(RETRY).ok().as_deref()) {
        match fs::read(path) {
            Err(error) if error.may_pass() => {
                reporter.warn(format_args!("{error}: {}; trying again", error.source));
                std::thread::sleep(wait);
            }
            _ => return Ok(()),
        }
    }
    fs::read(path).map(drop).or_else(|error| if error.may_pass() { Err(error) } else { Ok(()) })
}

/// Returns the waits that the variable asks for, or else those of a quarter of an hour.
fn waits(variable: Option<&str>) -> Vec<Duration> {
    let seconds = |text: &str| Duration::try_from_secs_f64(text.trim().parse().ok()?).ok();
    if let Some(text) = variable {
        return text.split(',').filter_map(seconds).collect();
    }
    let last = std::iter::repeat_n(WAITS[WAITS.len() - 1], LAST_TRIES);
    WAITS.into_iter().chain(last).map(Duration::from_secs).collect()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::app::Printer;

    fn with<T>(waits: &[u64], test: impl FnOnce(DiskPatience<'_>) -> T) -> T {
        let inbox = SignalInbox::new(&[], &[]).unwrap();
        let reporter = WorkerReporter { json: true, printer: Printer::new(true) };
        let waits = waits.iter().copied().map(Duration::from_millis).collect();
        test(DiskPatience { inbox: &inbox, reporter, waits, stopped: Cell::new(false) })
    }

    fn fails_with(code: i32) -> FsError {
        FsError::new("write", Path::new("journal"), io::Error::from_raw_os_error(code))
    }

    #[test]
    fn an_error_that_may_pass_is_waited_for_and_any_other_is_told() {
        for (code, tries) in [(28, 3), (122, 3), (5, 3), (116, 3), (13, 1), (2, 1)] {
            let mut tried = 0;
            let result = with(&[1, 1, 1], |patience| {
                patience.insist(None, || {
                    tried += 1;
                    if tried == 3 { Ok(()) } else { Err(fails_with(code)) }
                })
            });
            assert_eq!((tried, result.is_ok()), (tries, tries == 3), "{code}");
        }
    }

    #[test]
    fn patience_ends() {
        let mut tried = 0;
        let result: Result<(), _> = with(&[1, 1], |patience| {
            patience.insist(None, || {
                tried += 1;
                Err(fails_with(28))
            })
        });
        assert!(result.is_err());
        assert_eq!(tried, 3);
    }

    #[test]
    fn the_waits_grow_to_a_minute_and_last_a_quarter_of_an_hour() {
        let all = waits(None);
        assert!(all.is_sorted());
        let total: Duration = all.iter().sum();
        assert!((Duration::from_mins(15)..Duration::from_mins(17)).contains(&total), "{total:?}");
        assert_eq!(waits(Some("0.5, 2")), [Duration::from_millis(500), Duration::from_secs(2)]);
        assert!(waits(Some("")).is_empty());
    }
}
