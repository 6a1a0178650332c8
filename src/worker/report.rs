//! Reports the work of a worker: as notes for a person, or as events for a program.

use std::fmt::Display;

use sweep_config::JobId;
use sweep_config::records::Outcome;

use crate::app::Printer;
use crate::runtime::WorkerEvent;

/// The reporter of one worker.
#[derive(Debug, Clone, Copy)]
pub(super) struct WorkerReporter {
    /// Print events as JSON lines on stdout instead of notes on stderr.
    pub(super) json: bool,
    pub(super) printer: Printer,
}

impl WorkerReporter {
    /// Prints something that a person may like to know.
    pub(super) fn note(self, text: impl Display) {
        if !self.json {
            self.printer.note(text);
        }
    }

    /// Prints something that a person must know.
    pub(super) fn warn(self, text: impl Display) {
        self.printer.warn(text);
    }

    /// Tells which nodes are left out and why, and where SLURM may use one all the same.
    pub(super) fn left_out(self, nodes: Vec<(String, Option<String>)>, why: &str) {
        for (node, refused) in nodes {
            self.note(format_args!("node {node} is no longer used: {why}"));
            if let Some(refusal) = refused {
                self.warn(format_args!("waiting tasks may still be sent to {node}: {refusal}"));
            }
        }
    }

    /// Reports that a job's program starts.
    pub(super) fn started(self, job: JobId, attempt: u32) {
        self.event(&WorkerEvent::Started { job: job.0, attempt });
    }

    /// Reports an event.
    pub(super) fn event(self, event: &WorkerEvent) {
        if self.json {
            self.printer.json(event);
            return;
        }
        match event {
            WorkerEvent::Started { job, attempt } => {
                self.printer.note(format_args!("{} started, attempt {attempt}", JobId(*job)));
            }
            WorkerEvent::Ended { job, outcome: Outcome::Done, seconds, .. } => {
                self.printer.note(format_args!("{} done in {seconds:.1} s", JobId(*job)));
            }
            WorkerEvent::Ended { job, reason, seconds, .. } => {
                let job = JobId(*job);
                self.printer.note(format_args!("{job} not done after {seconds:.1} s: {reason}"));
            }
        }
    }
}
