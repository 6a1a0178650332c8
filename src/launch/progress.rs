//! Shows how far a launch is: a bar on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::job_board::JobBoard;
use crate::app::num::float;
use crate::app::{Printer, progress, span};

const TEMPLATE: &str =
    "{wide_bar} {pos}/{len} done, {msg}, {per_sec}, {elapsed_precise} + {eta_precise}";

/// The longest time between two lines without a terminal, if anything has changed.
const SILENCE: Duration = Duration::from_secs(30);

/// Shows the progress of a launch when it is due.
pub(super) struct LaunchProgress {
    bar: ProgressBar,
    printer: Printer,
    lines: bool,
    total: usize,
    begin: Instant,
    shown: ShownLine,
}

/// The time and content of the last line.
struct ShownLine {
    at: Instant,
    settled: usize,
}

impl LaunchProgress {
    /// Returns a progress display for so many jobs.
    pub(super) fn new(total: usize, printer: Printer) -> Self {
        let begin = Instant::now();
        Self {
            bar: progress::bar(total as u64, TEMPLATE, printer.is_quiet()),
            printer,
            lines: !io::stderr().is_terminal() && !printer.is_quiet(),
            total,
            begin,
            shown: ShownLine { at: begin, settled: 0 },
        }
    }

    /// Shows the board if it is due.
    pub(super) fn show(&mut self, board: &JobBoard) {
        self.bar.set_position(board.done() as u64);
        self.bar.set_message(format!("{} running, {} failed", board.running(), board.failed()));
        let settled = board.done() + board.failed();
        if self.lines && self.is_due(settled) {
            self.shown = ShownLine { at: Instant::now(), settled };
            self.printer.note(self.line(board));
        }
    }

    /// True at each tenth of the jobs, and after [`SILENCE`].
    fn is_due(&self, settled: usize) -> bool {
        let tenth = |n: usize| n * 10 / self.total.max(1);
        tenth(settled) > tenth(self.shown.settled)
            || (settled > self.shown.settled && self.shown.at.elapsed() >= SILENCE)
    }

    fn line(&self, board: &JobBoard) -> String {
        let Self { total, begin, .. } = self;
        let (done, running, failed) = (board.done(), board.running(), board.failed());
        let (elapsed, settled) = (begin.elapsed(), done + failed);
        let left = total.saturating_sub(settled);
        let rest = elapsed.as_secs_f64() * float(left) / float(settled.max(1));
        let to_go = match Duration::try_from_secs_f64(rest) {
            Ok(rest) if left > 0 && settled > 0 => format!(", about {} left", span(rest)),
            _ => String::new(),
        };
        let after = span(elapsed);
        format!("{done}/{total} done, {running} running, {failed} failed after {after}{to_go}")
    }

    /// Prints a warning above the bar.
    pub(super) fn warn(&self, text: &str) {
        self.bar.suspend(|| self.printer.warn(text));
    }

    /// Removes the bar.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}
