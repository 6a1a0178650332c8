//! One sweep that is served: what is known of it, and who looks at it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::Serialize;
use sweep_config::Sweep;
use tokio::sync::watch;

use super::report_process::MadeReport;
use crate::app::{Failure, unix_seconds, visible_line};
use crate::collect::{LivePulse, LiveSweep, LookBudget};

/// The speed is told anew at least this often, even if nothing has happened.
const STALE: Duration = Duration::from_secs(10);

/// A report is made anew at the earliest after so many times the time that it took.
const REST: u32 = 20;

/// A report is made anew at the earliest after this time.
const LEAST_REST: Duration = Duration::from_secs(10);

/// A report is made to have the tables written, which makes room in memory, after so many times that rest.
const FULL_REST: u32 = 5;

/// The share of the jobs, as a divisor, that must have ended anew before a new report is made by itself.
const SHARE: usize = 20;

/// A sweep that is served.
pub(super) struct ServedSweep {
    pub(super) sweep: Sweep,
    /// The live state; none before the first look.
    live: Mutex<Option<LiveSweep>>,
    news: watch::Sender<Arc<SweepNews>>,
    /// The number of pages that are open.
    viewers: AtomicUsize,
    report: Mutex<ReportShelf>,
    /// Somebody asks for a report at once.
    is_asked: AtomicBool,
}

/// The news of a sweep.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct SweepNews {
    /// Its name.
    pub(super) name: String,
    /// The state by the last look.
    pub(super) pulse: Option<LivePulse>,
    /// The time of the last look, in seconds since 1970.
    pub(super) seen: u64,
    /// The reason why the page is not up to date.
    pub(super) problem: Option<String>,
    pub(super) report: ReportNews,
}

/// The news of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct ReportNews {
    /// Counts the reports.
    pub(super) number: u64,
    /// When it was made, in seconds since 1970.
    pub(super) made: u64,
    /// A new one is being made.
    pub(super) making: bool,
    /// Why there is none, or an old one.
    pub(super) problem: Option<String>,
}

/// The last report, and when the next one is due.
#[derive(Default)]
struct ReportShelf {
    html: Option<Bytes>,
    making: bool,
    /// The number of settled jobs that it was made of.
    settled: usize,
    ended: Option<Instant>,
    took: Duration,
}

/// Counts a page as open as long as it lives.
pub(super) struct SweepViewer(Arc<ServedSweep>);

impl ServedSweep {
    pub(super) fn new(sweep: Sweep) -> Self {
        let name = visible_line(&sweep.name).into_owned();
        let news = SweepNews { name, ..SweepNews::default() };
        Self {
            sweep,
            live: Mutex::default(),
            news: watch::Sender::new(Arc::new(news)),
            viewers: AtomicUsize::new(0),
            report: Mutex::default(),
            is_asked: AtomicBool::new(false),
        }
    }

    /// Counts a page as open until the viewer is dropped.
    pub(super) fn viewer(self: &Arc<Self>) -> SweepViewer {
        self.viewers.fetch_add(1, Ordering::Relaxed);
        SweepViewer(Arc::clone(self))
    }

    pub(super) fn has_viewers(&self) -> bool {
        self.viewers.load(Ordering::Relaxed) > 0
    }

    pub(super) fn news(&self) -> Arc<SweepNews> {
        Arc::clone(&self.news.borrow())
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Arc<SweepNews>> {
        self.news.subscribe()
    }

    /// Returns the last report.
    pub(super) fn html(&self) -> Option<Bytes> {
        lock(&self.report).html.clone()
    }

    /// Asks for a new report at once.
    pub(super) fn ask_for_report(&self) {
        self.is_asked.store(true, Ordering::Relaxed);
    }

    /// Uses the live state, if there is one.
    pub(super) fn with_live<R>(&self, look: impl FnOnce(&LiveSweep) -> R) -> Option<R> {
        lock(&self.live).as_ref().map(look)
    }

    /// True if no look has succeeded yet.
    pub(super) fn is_unseen(&self) -> bool {
        self.news.borrow().pulse.is_none()
    }

    /// Looks at the sweep, within a limit of processor time but for the first time, and tells who watches what has changed; true if
    /// anything has.
    pub(super) fn look(&self, limit: Duration) -> bool {
        let mut live = lock(&self.live);
        let looked = catch_unwind(AssertUnwindSafe(|| self.look_at(&mut live, limit)));
        let problem = match looked {
            Ok(Ok(pulse)) => return pulse.is_some_and(|pulse| self.tell_pulse(pulse)),
            Ok(Err(failure)) => self.shown(&failure.with_source()),
            Err(_) => "its files could not be read: an internal error, see the terminal".to_owned(),
        };
        *live = None;
        self.tell(|news| {
            let is_new = news.problem.as_ref() != Some(&problem);
            news.problem = Some(problem);
            is_new
        })
    }

    /// Looks; returns a new pulse unless nothing has changed.
    fn look_at(
        &self,
        live: &mut Option<LiveSweep>,
        limit: Duration,
    ) -> Result<Option<LivePulse>, Failure> {
        let is_first = live.is_none();
        let live = match live {
            Some(live) => live,
            None => live.insert(LiveSweep::open(&self.sweep)?),
        };
        let (budget, last, mut changed) = (LookBudget::new(limit), self.news(), 0);
        if let Some(pulse) = last.pulse.as_ref().filter(|_| !is_first) {
            changed += live.look_at(pulse.running.iter().map(|job| job.job));
        }
        changed += live.look((!is_first).then_some(&budget))?;
        let is_stale = unix_seconds().saturating_sub(last.seen) >= STALE.as_secs();
        let is_due = changed > 0 || is_first || is_stale || last.problem.is_some();
        Ok(is_due.then(|| live.pulse()))
    }

    fn tell_pulse(&self, pulse: LivePulse) -> bool {
        self.tell(|news| {
            let is_same = news.pulse.as_ref().is_some_and(|last| last.is_as_new_as(&pulse));
            let is_stale = unix_seconds().saturating_sub(news.seen) >= STALE.as_secs();
            let was_problem = news.problem.take().is_some();
            if is_same && !is_stale && !was_problem {
                return false;
            }
            (news.pulse, news.seen) = (Some(pulse), unix_seconds());
            true
        })
    }

    /// Changes the news, and tells who watches unless nothing has changed.
    fn tell(&self, change: impl FnOnce(&mut SweepNews) -> bool) -> bool {
        self.news.send_if_modified(|news| {
            let mut next = SweepNews::clone(news);
            let is_new = change(&mut next);
            *news = Arc::new(next);
            is_new
        })
    }

    /// Returns a sentence on what went wrong as a page may show it.
    fn shown(&self, problem: &str) -> String {
        visible_line(&self.sweep.secret_values().masked(problem)).into_owned()
    }

    /// True if a report is due, which is then being made: there is none, enough jobs have ended since, or it was asked
    /// for.
    pub(super) fn begins_report(&self) -> bool {
        let (asked, news) = (self.is_asked.load(Ordering::Relaxed), self.news());
        let Some(pulse) = &news.pulse else { return false };
        let wants_collect = self.with_live(LiveSweep::wants_collect).unwrap_or_default();
        let mut report = lock(&self.report);
        let rest = LEAST_REST.max(report.took * REST);
        let has_rested = report.ended.is_none_or(|ended| ended.elapsed() >= rest);
        let is_full =
            wants_collect && report.ended.is_some_and(|ended| ended.elapsed() >= rest * FULL_REST);
        let new = pulse.settled.abs_diff(report.settled);
        let is_last = pulse.settled == pulse.jobs && new > 0;
        let is_enough = new > 0 && (new * SHARE >= pulse.jobs || is_last);
        let is_due = report.ended.is_none() || asked || (has_rested && is_enough) || is_full;
        if report.making || !is_due {
            return false;
        }
        (report.making, report.settled) = (true, pulse.settled);
        self.is_asked.store(false, Ordering::Relaxed);
        self.tell(|news| {
            news.report.making = true;
            true
        });
        true
    }

    /// Takes a report that was made, and tells who watches.
    pub(super) fn end_report(&self, began: Instant, made: MadeReport) {
        let MadeReport { html, problem, is_collected } = made;
        if let Some(live) = lock(&self.live).as_mut().filter(|_| is_collected) {
            live.take_collect();
        }
        let problem = problem.map(|problem| self.shown(&problem));
        let mut report = lock(&self.report);
        (report.making, report.ended, report.took) = (false, Some(Instant::now()), began.elapsed());
        let is_there = html.is_some();
        report.html = html.or(report.html.take());
        drop(report);
        self.tell(|news| {
            let ReportNews { number, made, .. } = news.report;
            let (number, made) =
                if is_there { (number + 1, unix_seconds()) } else { (number, made) };
            news.report = ReportNews { number, made, making: false, problem };
            true
        });
    }
}

impl Drop for SweepViewer {
    fn drop(&mut self) {
        self.0.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Locks; what a thread that panicked left is as good as any other state here, which the next look replaces.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
