//! A progress bar for samplings that take long; short ones show none.

use std::cell::OnceCell;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::app::{count, progress, thousands};

/// How long a sampling runs before its bar appears.
const PATIENCE: Duration = Duration::from_millis(500);

/// The progress of a sampling.
pub(crate) struct SamplingProgress {
    started: Instant,
    wanted: u64,
    quiet: bool,
    bar: OnceCell<ProgressBar>,
}

impl SamplingProgress {
    /// Starts without a bar. `wanted` is the number of configs to find.
    pub(crate) fn new(wanted: u64, quiet: bool) -> Self {
        Self { started: Instant::now(), wanted, quiet, bar: OnceCell::new() }
    }

    /// Shows how many candidates were drawn and how many configs kept.
    pub(crate) fn report(&self, candidates: u64, kept: u64) {
        if self.started.elapsed() < PATIENCE {
            return;
        }
        let template = "sampling {bar:24} {pos}/{len} configs, {msg}, about {eta} left";
        let bar = self.bar.get_or_init(|| progress::bar(self.wanted, template, self.quiet));
        bar.set_position(kept);
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let rate = u128::from(candidates) * 1000 / self.started.elapsed().as_millis().max(1);
        let rate = number(u64::try_from(rate).unwrap_or(u64::MAX));
        let (tried, rate) = (count(number(candidates), "candidate"), thousands(rate));
        bar.set_message(format!("{tried}, {rate}/s"));
    }

    /// Takes the bar away while something else is shown.
    pub(crate) fn suspend<T>(&self, show: impl FnOnce() -> T) -> T {
        match self.bar.get() {
            Some(bar) => bar.suspend(show),
            None => show(),
        }
    }
}

impl Drop for SamplingProgress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
