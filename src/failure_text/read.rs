//! The one error in the end of a `stderr.log` that tells why the program failed.

use super::cause::{ErrorClass, FailureCause, RecognizedError};
use super::choose::{ErrorEvent, choose};
use super::stderr_line::{self, StderrLine};
use super::{crash, error_line, launcher, traceback};
use crate::app::tail::lines_from_end;

/// The number of bytes at the end of a `stderr.log` that are read for the cause.
const TAIL: usize = 10 << 10;

type CauseRecognizer = fn(&[StderrLine<'_>]) -> Option<RecognizedError>;

/// The recognizers in the order in which they are tried, since the beginning of a traceback may look
/// like an error line as well.
const RECOGNIZERS: [CauseRecognizer; 4] = [traceback::at, crash::at, launcher::at, error_line::at];

/// Reads why a program failed from the end of its standard error; `None` where that is blank.
///
/// The last error is the cause, unless it is only the consequence of one before it: see [`choose`].
pub(crate) fn read_cause(tail: &str) -> Option<FailureCause> {
    read_error(tail).map(|(_, cause)| cause)
}

/// Reads the cause, and its class if it is a recognized error and not merely the last line.
pub(super) fn read_error(tail: &str) -> Option<(Option<ErrorClass>, FailureCause)> {
    let text = stderr_line::without_colours(tail);
    let (count, streams) = stderr_line::streams(&text);
    let mut is_ordinary = vec![false; count];
    let mut events = Vec::new();
    for stream in &streams {
        read_stream(stream, &mut events, &mut is_ordinary);
    }
    events.sort_by_key(|event| event.last);
    let chosen = choose(events, &is_ordinary).map(|event| (Some(event.class), event.cause));
    chosen.or_else(|| last_line(&text).map(|cause| (None, cause)))
}

/// Reads the cause from a standard output, where results stand too: only what is surely an error counts.
pub(crate) fn read_cause_of_stdout(tail: &str) -> Option<FailureCause> {
    read_recognized(tail).map(|(_, cause)| cause)
}

/// Reads the cause and its class, if it is a recognized error.
pub(super) fn read_recognized(tail: &str) -> Option<(ErrorClass, FailureCause)> {
    let (class, cause) = read_error(tail)?;
    Some((class.filter(|class| *class != ErrorClass::Aftermath)?, cause))
}

/// Finds the errors of one process, and marks which of its lines are its usual output.
fn read_stream(lines: &[StderrLine<'_>], events: &mut Vec<ErrorEvent>, is_ordinary: &mut [bool]) {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = &lines[at..];
        let found: Option<RecognizedError> =
            RECOGNIZERS.iter().find_map(|recognizer| recognizer(rest));
        let Some(found) = found else {
            is_ordinary[line.at] = line.indent() == 0 && !error_line::is_consequence(line.text);
            at += 1;
            continue;
        };
        let last = rest[..found.lines.min(rest.len())].last().map_or(line.at, |last| last.at);
        events.extend(found.event.map(|(class, cause)| ErrorEvent {
            class,
            cause,
            first: line.at,
            last,
        }));
        at += found.lines.max(1);
    }
}

/// Returns the end of a text of at most [`TAIL`] bytes, from the start of a line where there is one.
pub(super) fn tail(text: &str) -> &str {
    let Some(cut) = text.len().checked_sub(TAIL).filter(|cut| *cut > 0) else { return text };
    let start = text.ceil_char_boundary(cut);
    let end = &text[start..];
    match end.split_once('\n') {
        Some((_, lines)) if !lines.is_empty() => lines,
        _ => end,
    }
}

/// Returns the last line that says something, as the cause.
fn last_line(text: &str) -> Option<FailureCause> {
    // A line of dashes says nothing.
    let says = |line: &&str| line.contains(char::is_alphanumeric);
    lines_from_end(text).map(str::trim).find(says).map(FailureCause::of_line)
}
