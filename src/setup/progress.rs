//! A bar for samplings that take long; short ones pass without a flicker.

use std::cell::OnceCell;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::app::{count, progress};

/// How long a person waits before they wonder.
const PATIENCE: Duration = Duration::from_millis(500);

/// How far the sampling is.
pub(crate) struct Progress {
    started: Instant,
    wanted: u64,
    quiet: bool,
    bar: OnceCell<ProgressBar>,
}

impl Progress {
    /// No bar yet.
    pub(crate) fn new(wanted: u64, quiet: bool) -> Self {
        Self { started: Instant::now(), wanted, quiet, bar: OnceCell::new() }
    }

    /// So many candidates were drawn, so many configs kept.
    pub(crate) fn report(&self, candidates: u64, kept: u64) {
        if self.started.elapsed() < PATIENCE {
            return;
        }
        let template = "sampling {bar:24} {pos}/{len} configs, {msg}, {elapsed}";
        let bar = self.bar.get_or_init(|| progress::bar(self.wanted, template, self.quiet));
        bar.set_position(kept);
        bar.set_message(count(usize::try_from(candidates).unwrap_or(usize::MAX), "candidate"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
