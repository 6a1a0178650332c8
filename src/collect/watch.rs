//! The status of a sweep, live in the terminal.
//!
//! Every look is one of [`LiveSweep`]'s, which begins with what the last collect left. Nothing is written.

use std::io::IsTerminal;
use std::thread;
use std::time::Duration;

use sweep_config::Sweep;

use super::advice::CollectAdvice;
use super::checkpoints::CheckpointCleanup;
use super::live::LiveSweep;
use super::node_report::NodeReport;
use super::present;
use super::remarks::CollectRemarks;
use super::report::CollectReport;
use super::run::{counts, status};
use crate::app::{Exit, Failure, Printer};

/// Shows the status every so often, until every job is settled.
///
/// # Errors
///
/// When the sweep was not set up, or there is no terminal.
pub fn watch(sweep: &Sweep, every: Duration, printer: Printer) -> Result<Exit, Failure> {
    if !std::io::stdout().is_terminal() {
        let hint = "run it without --watch; each call reads only new output".to_owned();
        return Err(Failure::usage("--watch needs a terminal".to_owned(), hint));
    }
    let mut live = LiveSweep::begin(sweep, true)?;
    let mut told = CollectRemarks::default();
    loop {
        live.look(None)?;
        let job_statuses = live.statuses();
        let (status, of_status) = status(sweep, live.context(), &job_statuses, &[]);
        let mut remarks = live.remarks().clone();
        remarks.extend(of_status);
        let is_complete = status.is_complete();
        let (dir, cleaned, written) = (sweep.dir(), CheckpointCleanup::default(), Vec::new());
        let objective = counts(sweep, &job_statuses);
        let advice = CollectAdvice::of(
            sweep,
            &job_statuses,
            &live.columns(),
            objective.valued + objective.infinite > 0,
        );
        let report = CollectReport {
            objective,
            dir,
            status,
            job_statuses,
            cleaned,
            written,
            nodes: NodeReport::default(),
            advice,
        };
        printer.clear();
        printer.data(present::text(&report, sweep));
        // The picture that showed them was cleared from a terminal; elsewhere they stand as they were said.
        if std::io::stderr().is_terminal() {
            remarks.print(printer);
        } else {
            remarks.clone().without(&told).print(printer);
        }
        told = remarks;
        if live.is_over() {
            return Ok(if is_complete { Exit::Done } else { Exit::Incomplete });
        }
        printer.note(format_args!("\nevery {} s; press Ctrl-C to stop", every.as_secs()));
        thread::sleep(every);
    }
}
