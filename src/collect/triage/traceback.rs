//! Python's tracebacks: chained, of other processes, of groups of exceptions.

use super::fingerprint::{Cause, Class, Found, short};
use super::line::Line;
use super::normal::{file_name, normal};

/// What begins a traceback; a progress bar may stand before it on its line.
const HEADER: &str = "Traceback (most recent call last):";
const GROUP: &str = "Exception Group Traceback (most recent call last):";

/// What a process says whose partner is gone: that partner says why.
const PEERS: [&str; 8] = [
    "Connection reset by peer",
    "Connection closed by",
    "Broken pipe",
    "exited unexpectedly",
    "NCCL error",
    "NCCL communicator was aborted",
    "Socket Timeout",
    "terminated abruptly",
];

/// How many lines of others may stand between the last frame and the exception.
const FOREIGN: usize = 3;

/// How many lines may stand between two tracebacks of a chain besides the phrase that links them.
const LINK: usize = 6;

/// One fingerprint for a GPU's memory: which call happened to ask for too much is no other cause.
pub(super) const GPU_MEMORY: &str = "CUDA out of memory";

/// What a frame says: `File "train.py", line 41, in step`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    path: &'a str,
    line: &'a str,
    /// `None` where the file could not be parsed.
    function: Option<&'a str>,
}

impl Frame<'_> {
    /// True if and only if the code is not the user's own.
    pub(super) fn is_library(&self) -> bool {
        const PARTS: [&str; 6] = [
            "/site-packages/",
            "/dist-packages/",
            "/lib/python",
            "/lib64/python",
            "/bin/",
            "\\lib\\",
        ];
        let is_generated =
            self.path.starts_with('<') && !matches!(self.path, "<string>" | "<stdin>");
        is_generated || PARTS.iter().any(|part| self.path.contains(part))
    }

    /// `train.py:41 in step`.
    pub(super) fn place(&self) -> String {
        let function = self.function.filter(|function| *function != "<module>");
        let file = file_name(self.path);
        let within = function.map_or(String::new(), |function| format!(" in {function}"));
        format!("{file}:{}{within}", self.line)
    }

    /// What stays the same when lines are added above.
    pub(super) fn identity(&self) -> String {
        format!("{} {}", normal(file_name(self.path)), self.function.unwrap_or_default())
    }
}

/// The frame that a line without white space around it is.
pub(super) fn frame(text: &str) -> Option<Frame<'_>> {
    let (path, rest) = text.strip_prefix("File \"")?.split_once("\", line ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (line, rest) = rest.split_at(digits);
    // The handler of crashes writes no comma.
    let function = rest.trim_start_matches(',').strip_prefix(" in ");
    (digits > 0).then_some(Frame { path, line, function })
}

/// An exception with the frames above it.
#[derive(Clone, Copy)]
struct Raised<'a> {
    name: &'a str,
    /// The first line of its message.
    text: &'a str,
    /// The innermost frame of the user's own code.
    users: Option<Frame<'a>>,
    /// The source of the innermost frame.
    source: &'a str,
}

/// A traceback, a chain of them, or what is left of one, if it begins with the first line.
pub(super) fn at(lines: &[Line<'_>]) -> Option<Found> {
    let first = lines.first()?.words();
    if first.starts_with("Exception ignored ")
        || first == "--- Logging error ---"
        || first.starts_with("Error in atexit.")
    {
        return Some(below(lines, Class::Aftermath));
    }
    if first.starts_with("Exception in thread ") && lines.get(1).is_some_and(is_header) {
        return Some(below(lines, Class::Death));
    }
    if first.contains(GROUP) {
        return Some(group(lines));
    }
    if !is_header(&lines[0]) && frame(first).is_none() {
        return None;
    }
    Some(chain(lines))
}

fn is_header(line: &Line<'_>) -> bool {
    line.text.contains(HEADER) && !line.text.contains(GROUP)
}

/// The traceback that the line after the first begins, of another class than it would be alone.
fn below(lines: &[Line<'_>], class: Class) -> Found {
    let rest = &lines[1..];
    if !rest.first().is_some_and(is_header) {
        return Found { lines: 1, event: None };
    }
    let (taken, raised) = one(rest);
    Found { lines: 1 + taken, event: raised.map(|raised| (class, raised.cause())) }
}

/// Tracebacks that one exception links; the last is what ended the program.
fn chain(lines: &[Line<'_>]) -> Found {
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
    Found { lines: taken, event: last.map(|last| (last.class(), last.cause())) }
}

/// How many lines are between an exception and the traceback that follows from it, and whether it is
/// its direct cause.
fn link(lines: &[Line<'_>]) -> Option<(usize, bool)> {
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

/// Reads one traceback: how many lines it takes and its exception, if it has its end.
///
/// Its beginning may be missing: then only what surely is an exception ends it.
fn one<'a>(lines: &[Line<'a>]) -> (usize, Option<Raised<'a>>) {
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
            return (taken, Some(Raised { name, text, users, source }));
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

/// The line below an exception, if its message may begin there.
fn message_below<'a>(line: &Line<'a>) -> Option<&'a str> {
    let text = line.words();
    let is_next = is_header(line) || text.starts_with("During handling");
    (text.contains(char::is_alphanumeric) && !is_next).then_some(text)
}

/// The name and the message of an exception.
fn exception(text: &str, is_expected: bool) -> Option<(&str, &str)> {
    let (name, message) = text.split_once(':').unwrap_or((text, ""));
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_name = |c: char| c.is_alphanumeric() || "_.()<>".contains(c);
    let is_such = ["Error", "Exception", "Interrupt", "Exit", "Warning", "Iteration", "Group"];
    let is_sure = is_such.iter().any(|end| last.ends_with(end));
    let is_likely =
        name.contains('.') || text.contains(':') || last.starts_with(char::is_uppercase);
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_exception =
        begins && name.chars().all(is_name) && (is_sure || (is_expected && is_likely));
    is_exception.then(|| (name, message.trim()))
}

/// A group of exceptions, with what the first of them says.
fn group(lines: &[Line<'_>]) -> Found {
    let is_part = |line: &&Line<'_>| line.words().starts_with(['|', '+']);
    let taken = 1 + lines[1..].iter().take_while(is_part).count();
    let bare: Vec<Line<'_>> = lines[..taken].iter().map(without_bar).collect();
    let (mut at, whole) = one(&bare);
    let Some(whole) = whole else { return Found { lines: taken, event: None } };
    let mut leaf = None;
    while leaf.is_none() && at < bare.len() {
        let (more, raised) = one(&bare[at..]);
        at += more;
        leaf = raised.filter(|raised| !raised.last_name().ends_with("ExceptionGroup"));
    }
    let cause = whole.cause();
    let Some(leaf) = leaf else {
        return Found { lines: taken, event: Some((whole.class(), cause)) };
    };
    let of = leaf.cause();
    let cause = Cause::new(
        &format!("{}: {}", cause.headline, of.headline),
        of.place.or(cause.place),
        &format!("{}: {}", whole.last_name(), of.fingerprint),
    );
    Found { lines: taken, event: Some((leaf.class(), cause)) }
}

fn without_bar<'a>(line: &Line<'a>) -> Line<'a> {
    let text = line.text.trim_start();
    let text = text.strip_prefix(['|', '+']).unwrap_or(text);
    // Below each number there may be an exception without a traceback of its own.
    let text = if text.starts_with('-') { HEADER } else { text };
    let text = text.strip_prefix(' ').unwrap_or(text);
    Line { at: line.at, text: text.strip_prefix("Exception Group ").unwrap_or(text) }
}

impl Raised<'_> {
    fn last_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    fn class(&self) -> Class {
        let says = |of: &[&str]| of.iter().any(|words| self.text.contains(words));
        match self.last_name() {
            "KeyboardInterrupt" | "SignalException" => Class::Interrupt,
            "ChildFailedError" | "CalledProcessError" => Class::Aftermath,
            _ if says(&["is killed by signal: Terminated"]) => Class::Interrupt,
            "BrokenProcessPool"
            | "BrokenPipeError"
            | "EOFError"
            | "ConnectionResetError"
            | "DistBackendError"
            | "Empty" => Class::Death,
            _ if says(&PEERS) => Class::Death,
            _ => Class::Cause,
        }
    }

    fn cause(&self) -> Cause {
        let place = self.users.map(|frame| frame.place());
        let headline = match (self.text, self.last_name()) {
            ("", "KeyboardInterrupt") => self.name.to_owned(),
            ("", _) if self.source.is_empty() => self.name.to_owned(),
            ("", _) => format!("{} ({})", self.name, self.source),
            (text, _) => format!("{}: {text}", self.name),
        };
        Cause::new(&headline, place, &self.fingerprint())
    }

    fn fingerprint(&self) -> String {
        let says = |words: &str| self.text.contains(words);
        if says("CUDA out of memory") || says("CUDA error: out of memory") {
            return GPU_MEMORY.to_owned();
        }
        // Wherever the program was when it was interrupted.
        if self.last_name() == "KeyboardInterrupt" {
            return self.name.to_owned();
        }
        // The numbers of a source line are the program's own.
        let says = if self.text.is_empty() {
            short(self.source).to_owned()
        } else {
            normal(short(self.text))
        };
        let wher = self.users.map(|frame| frame.identity()).unwrap_or_default();
        format!("{}: {says} | {wher}", self.name)
    }
}
