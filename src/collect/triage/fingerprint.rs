//! The one error in the end of a `stderr.log` that tells why the job failed.

use super::chosen::{self, Event};
use super::line::{self, Line};
use super::normal::normal;
use super::{cluster, crash, said, traceback};

/// How many characters of an error are shown.
const SHOWN: usize = 300;

/// Why a job failed, by its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cause {
    /// What to show: the line of the error, without white space around it and not too long.
    pub(crate) headline: String,
    /// Where in the user's own code it happened, `train.py:41 in step`, if the error says so.
    pub(crate) place: Option<String>,
    /// A text that is the same for causes that are the same.
    pub(crate) fingerprint: String,
}

impl Cause {
    /// A cause of which no more is known than its line.
    pub(super) fn of_line(text: &str) -> Self {
        Self::new(text, None, &normal(short(text)))
    }

    pub(super) fn new(headline: &str, place: Option<String>, fingerprint: &str) -> Self {
        let headline = headline.trim();
        let cut = short(headline);
        let headline = if cut.len() < headline.len() {
            let last = cut.char_indices().next_back().map_or(0, |(at, _)| at);
            format!("{}…", &cut[..last])
        } else {
            cut.to_owned()
        };
        Self { headline, place, fingerprint: fingerprint.to_owned() }
    }
}

/// As much of a text as is shown, and compared.
pub(super) fn short(text: &str) -> &str {
    text.char_indices().nth(SHOWN).map_or(text, |(end, _)| &text[..end])
}

/// What was found at the beginning of some lines.
pub(super) struct Found {
    /// How many lines it takes, one at least.
    pub(super) lines: usize,
    /// `None` for what looked like an error and tells nothing, such as a traceback without its end.
    pub(super) event: Option<(Class, Cause)>,
}

impl Found {
    pub(super) fn line(class: Class, cause: Cause) -> Self {
        Self { lines: 1, event: Some((class, cause)) }
    }
}

/// How an error stands to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Ended the program, if nothing came after it.
    Cause,
    /// SLURM ended the job: for its time, its memory, its node.
    Limit,
    /// Somebody ended the program: after a limit, that was SLURM.
    Interrupt,
    /// How a process died, which may be for what it had said just before; also what the other
    /// processes say when one is gone.
    Death,
    /// A line that calls itself an error; programs go on after many such.
    Said,
    /// Tells only that there was a failure elsewhere.
    Aftermath,
}

type Recogniser = fn(&[Line<'_>]) -> Option<Found>;

/// In this order, for what begins a traceback may look like an error line as well.
const RECOGNISERS: [Recogniser; 4] = [traceback::at, crash::at, cluster::at, said::at];

/// Why a program failed, by the end of its `stderr.log`; `None` where that is blank.
///
/// The last error counts, unless it is only the consequence of one before it: see [`chosen`].
pub(crate) fn cause(tail: &str) -> Option<Cause> {
    let text = line::plain(tail);
    let (count, streams) = line::streams(&text);
    let mut is_ordinary = vec![false; count];
    let mut events = Vec::new();
    for stream in &streams {
        read(stream, &mut events, &mut is_ordinary);
    }
    events.sort_by_key(|event| event.last);
    chosen::of(events, &is_ordinary).or_else(|| last_line(&text))
}

/// Finds the events of one process, and which of its lines are no part of one.
fn read(lines: &[Line<'_>], events: &mut Vec<Event>, is_ordinary: &mut [bool]) {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = &lines[at..];
        let found = RECOGNISERS.iter().find_map(|recogniser| recogniser(rest));
        let Some(found) = found else {
            is_ordinary[line.at] = line.indent() == 0 && !said::is_consequence(line.text);
            at += 1;
            continue;
        };
        let last = rest[..found.lines.min(rest.len())].last().map_or(line.at, |last| last.at);
        events.extend(found.event.map(|(class, cause)| Event {
            class,
            cause,
            first: line.at,
            last,
        }));
        at += found.lines.max(1);
    }
}

fn last_line(text: &str) -> Option<Cause> {
    let mut lines = text.rsplit(['\n', '\r']).map(str::trim);
    // A line of dashes says nothing.
    let says = |line: &&str| line.contains(char::is_alphanumeric);
    lines.find(says).map(Cause::of_line)
}

#[cfg(test)]
mod tests;
