//! All sweeps that are served, and the threads that look at them.
//!
//! One thread looks, at what somebody watches alone, within a share of each second that does not depend on the number
//! of jobs. Another one has reports made, one at a time.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::report_process::{MadeReport, ReportProcess};
use super::served_sweep::ServedSweep;
use super::sweep_finder::{sweep_dirs, sweep_of};
use crate::collect::LookBudget;

/// The time from one look to the next.
const TICK: Duration = Duration::from_secs(1);

/// The processor time that the looks of one tick may take together.
const BUDGET: Duration = Duration::from_millis(50);

/// The looks of one tick and the sums over all jobs take at most one part in so many of a processor.
const SHARE: u32 = 12;

/// The longest time from one look to the next: the first one of many jobs takes seconds.
const LONGEST_TICK: Duration = Duration::from_secs(5);

/// The sweeps of a list that nobody watches closer are looked at once in so many ticks.
const LIST_TICKS: u64 = 5;

/// The directory of sweeps is searched anew after so many ticks.
const SEARCH_TICKS: u64 = 30;

/// The time that a writer of tables has to end when the server does.
const GRACE: Duration = Duration::from_secs(5);

/// All sweeps that are served.
pub(super) struct SweepShelf {
    /// They only become more, so that a sweep keeps its number.
    sweeps: RwLock<Vec<Arc<ServedSweep>>>,
    /// The directory below which all sweeps are served.
    root: Option<PathBuf>,
    /// Counts the changes to the list.
    changes: watch::Sender<u64>,
    list_viewers: AtomicUsize,
    is_ending: AtomicBool,
    /// Wakes the thread that looks.
    bell: (Mutex<bool>, Condvar),
    /// Held while tables are written.
    writing: Mutex<()>,
}

/// Counts a list as open as long as it lives.
pub(super) struct ListViewer(Arc<SweepShelf>);

impl SweepShelf {
    pub(super) fn new(sweeps: Vec<ServedSweep>, root: Option<PathBuf>) -> Self {
        Self {
            sweeps: RwLock::new(sweeps.into_iter().map(Arc::new).collect()),
            root,
            changes: watch::Sender::new(0),
            list_viewers: AtomicUsize::new(0),
            is_ending: AtomicBool::new(false),
            bell: (Mutex::new(false), Condvar::new()),
            writing: Mutex::new(()),
        }
    }

    /// True if there is one sweep and will be no other.
    pub(super) fn is_single(&self) -> bool {
        self.root.is_none() && self.sweeps().len() == 1
    }

    pub(super) fn sweeps(&self) -> Vec<Arc<ServedSweep>> {
        self.sweeps.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn sweep(&self, number: usize) -> Option<Arc<ServedSweep>> {
        self.sweeps.read().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Counts the list as open until the viewer is dropped.
    pub(super) fn list_viewer(self: &Arc<Self>) -> ListViewer {
        self.list_viewers.fetch_add(1, Ordering::Relaxed);
        self.ring();
        ListViewer(Arc::clone(self))
    }

    /// Wakes the thread that looks: somebody has come.
    pub(super) fn ring(&self) {
        *self.bell.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.1.notify_all();
    }

    /// Ends the threads: no look and no report begins any more, and tables that are being written have a while.
    pub(super) fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
        self.ring();
        let until = Instant::now() + GRACE;
        while self.writing.try_lock().is_err() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }

    /// Starts the threads.
    pub(super) fn start(self: &Arc<Self>) {
        let (order, orders) = mpsc::channel();
        let (maker, watcher) = (Arc::clone(self), Arc::clone(self));
        std::thread::spawn(move || maker.make_reports(&orders));
        std::thread::spawn(move || watcher.look_around(&order));
    }

    /// Looks at what is watched, once in a tick, or less often where that takes long.
    fn look_around(&self, order: &mpsc::Sender<Arc<ServedSweep>>) {
        for tick in 0.. {
            let (began, used) = (Instant::now(), LookBudget::new(BUDGET));
            let has_list = self.list_viewers.load(Ordering::Relaxed) > 0;
            if has_list && tick % SEARCH_TICKS == 0 {
                self.search();
            }
            let is_due = |sweep: &Arc<ServedSweep>| {
                sweep.has_viewers() || (has_list && (tick % LIST_TICKS == 0 || sweep.is_unseen()))
            };
            let due: Vec<Arc<ServedSweep>> = self.sweeps().into_iter().filter(is_due).collect();
            let limit = BUDGET / u32::try_from(due.len().max(1)).unwrap_or(u32::MAX);
            for sweep in &due {
                if self.is_ending() {
                    return;
                }
                if sweep.look(limit) {
                    self.changes.send_modify(|count| *count += 1);
                }
                if sweep.has_viewers() && sweep.begins_report() {
                    let _ = order.send(Arc::clone(sweep));
                }
            }
            let tick = TICK.max(used.spent() * SHARE).min(LONGEST_TICK);
            self.rest(began + tick, due.is_empty() && !has_list);
        }
    }

    /// Waits until the next tick, or, where nobody watches, for whoever comes.
    fn rest(&self, until: Instant, is_idle: bool) {
        let mut rung = self.bell.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !*rung {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() && !is_idle {
                break;
            }
            let wait = if is_idle { Duration::from_hours(1) } else { left };
            rung = self.bell.1.wait_timeout(rung, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
        *rung = false;
    }

    /// Adds the sweeps that are new below the root.
    fn search(&self) {
        let Some(root) = &self.root else { return };
        let known: Vec<PathBuf> =
            self.sweeps().iter().map(|known| known.sweep.dir().path().to_owned()).collect();
        let found = sweep_dirs(root).into_iter().filter_map(|dir| sweep_of(&dir).ok());
        let new = found.filter(|sweep| !known.iter().any(|known| known == sweep.dir().path()));
        let new: Vec<Arc<ServedSweep>> =
            new.map(|sweep| Arc::new(ServedSweep::new(sweep))).collect();
        self.sweeps.write().unwrap_or_else(PoisonError::into_inner).extend(new);
    }

    /// Has the reports made that are ordered, one after the other. The processes that make them end with this thread.
    fn make_reports(&self, orders: &mpsc::Receiver<Arc<ServedSweep>>) {
        for sweep in orders {
            if self.is_ending() {
                return;
            }
            let began = Instant::now();
            let made = self.make_report(&sweep);
            sweep.end_report(began, made);
        }
    }

    /// Has a report made of what there is now.
    fn make_report(&self, served: &ServedSweep) -> MadeReport {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = ReportProcess::begin(&served.sweep, served.news().report.number + 1);
        drop(writing);
        begun.and_then(ReportProcess::end).unwrap_or_else(|error| MadeReport {
            problem: Some(format!("the report could not be made: {error}")),
            ..MadeReport::default()
        })
    }
}

impl Drop for ListViewer {
    fn drop(&mut self) {
        self.0.list_viewers.fetch_sub(1, Ordering::Relaxed);
    }
}
