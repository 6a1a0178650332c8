//! Tells what a worker does: notes for a person, or events for a program.

use std::fmt::Display;

use sweep_config::JobId;
use sweep_config::records::Outcome;

use crate::app::Printer;
use crate::runtime::Event;

/// Tells what a worker does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reporter {
    /// Events as JSON lines on stdout instead of notes on stderr.
    pub(super) json: bool,
    pub(super) printer: Printer,
}

impl Reporter {
    /// Something that a person may like to know.
    pub(super) fn note(self, text: impl Display) {
        if !self.json {
            self.printer.note(text);
        }
    }

    /// Something that a person must know.
    pub(super) fn warn(self, text: impl Display) {
        self.printer.warn(text);
    }

    /// A job's program starts.
    pub(super) fn started(self, job: JobId, attempt: u32) {
        self.say(&Event::Started { job: job.0, attempt });
    }

    /// Something happened to a job.
    pub(super) fn say(self, event: &Event) {
        if self.json {
            self.printer.data(serde_json::to_string(event).expect("an event is plain data"));
            return;
        }
        match event {
            Event::Started { job, attempt } => {
                self.printer.note(format_args!("{} started, attempt {attempt}", JobId(*job)));
            }
            Event::Ended { job, outcome: Outcome::Done, seconds, .. } => {
                self.printer.note(format_args!("{} done in {seconds:.1} s", JobId(*job)));
            }
            Event::Ended { job, reason, seconds, .. } => {
                let job = JobId(*job);
                self.printer.note(format_args!("{job} not done after {seconds:.1} s: {reason}"));
            }
        }
    }
}
