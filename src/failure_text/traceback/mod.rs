//! Python's tracebacks: single ones, chains, those of other processes, and groups of exceptions.

mod exception;
mod frame;

use super::cause::{ErrorClass, FailureCause, RecognizedError};
use super::stderr_line::StderrLine;
pub(super) use exception::GPU_MEMORY;
use exception::{RaisedException, exception};
pub(super) use frame::frame;

/// The first line of a traceback; a progress bar may stand before it on its line.
const HEADER: &str = "Traceback (most recent call last):";
const GROUP: &str = "Exception Group Traceback (most recent call last):";

/// The number of lines of other processes that may stand between the last frame and the exception.
const FOREIGN: usize = 3;

/// The number of lines that may stand between two tracebacks of a chain, the linking phrase included.
const LINK: usize = 6;

/// Recognizes a traceback, a chain of them, or the rest of one, that the first line begins.
pub(super) fn at(lines: &[StderrLine<'_>]) -> Option<RecognizedError> {
    let first = lines.first()?.words();
    if first.starts_with("Exception ignored ")
        || first == "--- Logging error ---"
        || first.starts_with("Error in atexit.")
    {
        return Some(below(lines, ErrorClass::Aftermath));
    }
    if first.starts_with("Exception in thread ") && lines.get(1).is_some_and(is_header) {
        return Some(below(lines, ErrorClass::Death));
    }
    if first.contains(GROUP) {
        return Some(group(lines));
    }
    if !is_header(&lines[0]) && frame(first).is_none() {
        return None;
    }
    Some(chain(lines))
}

fn is_header(line: &StderrLine<'_>) -> bool {
    line.text.contains(HEADER) && !line.text.contains(GROUP)
}

/// Reads the traceback that begins on the second line, and gives it a class other than its own.
fn below(lines: &[StderrLine<'_>], class: ErrorClass) -> RecognizedError {
    let rest = &lines[1..];
    if !rest.first().is_some_and(is_header) {
        return RecognizedError { lines: 1, event: None };
    }
    let (taken, raised) = one(rest);
    RecognizedError { lines: 1 + taken, event: raised.map(|raised| (class, raised.cause())) }
}

/// Reads a chain of linked tracebacks, the last of which ended the program.
fn chain(lines: &[StderrLine<'_>]) -> RecognizedError {
    let (mut taken, mut last) = one(lines);
    while last.is_some() {
        let Some((gap, is_direct)) = link(&lines[taken..]) else { break };
        let (more, next) = one(&lines[taken + gap..]);
        let Some(mut next) = next else { break };
        // The same exception, brought from another process: its own frames tell where it was.
        let brought =
            last.filter(|last| is_direct && (last.name, last.text) == (next.name, next.text));
        if let Some(users) = brought.and_then(|brought| brought.users) {
            next.users = Some(users);
        }
        (taken, last) = (taken + gap + more, Some(next));
    }
    RecognizedError { lines: taken, event: last.map(|last| (last.class(), last.cause())) }
}

/// Returns how many lines are between an exception and the traceback that follows from it, and whether
/// the exception is its direct cause.
fn link(lines: &[StderrLine<'_>]) -> Option<(usize, bool)> {
    let mut is_direct = None;
    for (gap, line) in lines.iter().take(LINK).enumerate() {
        let text = line.words();
        if text.starts_with("The above exception was the direct cause") {
            is_direct = Some(true);
        } else if text.starts_with("During handling of the above exception") {
            is_direct = Some(false);
        } else if is_header(line) {
            return Some((gap, is_direct?));
        } else if !matches!(text, "" | "\"\"\"" | "'''") {
            return None;
        }
    }
    None
}

/// Reads one traceback: returns how many lines it takes, and its exception if its end is there.
///
/// If its beginning is missing, it is ended only by what is an exception for sure.
fn one<'a>(lines: &[StderrLine<'a>]) -> (usize, Option<RaisedException<'a>>) {
    let has_header = lines.first().is_some_and(is_header);
    let (mut base, mut users, mut source) = (None, None, "");
    let (mut foreign, mut at) = (0, usize::from(has_header));
    while let Some(line) = lines.get(at) {
        let text = line.words();
        if let Some(frame) = frame(text) {
            base.get_or_insert(line.indent().saturating_sub(2));
            if !frame.is_library() {
                users = Some(frame);
            }
            source = "";
        } else if text.is_empty() || is_header(line) {
            break;
        } else if base.is_some_and(|base| line.indent() > base) {
            source = if source.is_empty() { text } else { source };
        } else if let Some((name, message)) = exception(text, has_header) {
            let begins_below = message.is_empty() && text.ends_with(':');
            let below = lines.get(at + 1).filter(|_| begins_below).and_then(message_below);
            let taken = at + 1 + usize::from(below.is_some());
            let text = below.unwrap_or(message);
            return (taken, Some(RaisedException { name, text, users, source }));
        } else {
            foreign += 1;
            if foreign > FOREIGN {
                break;
            }
        }
        at += 1;
    }
    (at.max(1), None)
}

/// Returns the text of the line below an exception, if the message may begin there.
fn message_below<'a>(line: &StderrLine<'a>) -> Option<&'a str> {
    let text = line.words();
    let is_next = is_header(line) || text.starts_with("During handling");
    (text.contains(char::is_alphanumeric) && !is_next).then_some(text)
}

/// Reads a group of exceptions, with the message of the first of them.
fn group(lines: &[StderrLine<'_>]) -> RecognizedError {
    let is_part = |line: &&StderrLine<'_>| line.words().starts_with(['|', '+']);
    let taken = 1 + lines[1..].iter().take_while(is_part).count();
    let bare: Vec<StderrLine<'_>> = lines[..taken].iter().map(without_bar).collect();
    let (mut at, whole) = one(&bare);
    let Some(whole) = whole else { return RecognizedError { lines: taken, event: None } };
    let mut leaf = None;
    while leaf.is_none() && at < bare.len() {
        let (more, raised) = one(&bare[at..]);
        at += more;
        leaf = raised.filter(|raised| !raised.last_name().ends_with("ExceptionGroup"));
    }
    let cause = whole.cause();
    let Some(leaf) = leaf else {
        return RecognizedError { lines: taken, event: Some((whole.class(), cause)) };
    };
    let of = leaf.cause();
    let cause = FailureCause::new(
        &format!("{}: {}", cause.headline, of.headline),
        of.place.or(cause.place),
        &format!("{}: {}", whole.last_name(), of.fingerprint),
    );
    RecognizedError { lines: taken, event: Some((leaf.class(), cause)) }
}

/// Removes what marks a line as part of a group.
fn without_bar<'a>(line: &StderrLine<'a>) -> StderrLine<'a> {
    let text = line.text.trim_start();
    let text = text.strip_prefix(['|', '+']).unwrap_or(text);
    // Below each number there may be an exception without a traceback of its own.
    let text = if text.starts_with('-') { HEADER } else { text };
    let text = text.strip_prefix(' ').unwrap_or(text);
    StderrLine { at: line.at, text: text.strip_prefix("Exception Group ").unwrap_or(text) }
}
