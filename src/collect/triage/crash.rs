//! How programs die that are not Python: panics, uncaught exceptions, assertions, signals, and the
//! reports of sanitizers and of GPU libraries.

use super::fingerprint::{Cause, Class, Found, short};
use super::line::Line;
use super::normal::{file_name, normal};
use super::traceback;

/// How many lines of a sanitizer's report are searched for the user's own function.
const REPORT: usize = 30;

/// What the C library says of a broken heap or stack.
const GLIBC: [&str; 12] = [
    "double free or corruption",
    "free(): ",
    "malloc(): ",
    "calloc(): ",
    "realloc(): ",
    "malloc_consolidate(): ",
    "munmap_chunk(): ",
    "corrupted size vs. prev_size",
    "corrupted double-linked list",
    "stack smashing detected",
    "buffer overflow detected",
    "invalid fastbin entry",
];

/// What the libraries of a GPU say, in a line of a log or of a C++ program.
const GPU: [&str; 10] = [
    "CUDA out of memory",
    "CUDA error",
    "CUDA driver error",
    "OutOfMemoryError",
    "device-side assert triggered",
    "no kernel image is available",
    "NCCL error",
    "cuDNN error",
    "CUDNN_STATUS_",
    "CUBLAS_STATUS_",
];

/// A crash that the first line begins.
pub(super) fn at(lines: &[Line<'_>]) -> Option<Found> {
    let text = lines.first()?.words();
    panic(text, lines)
        .or_else(|| uncaught(text, lines))
        .or_else(|| sanitizer(text, lines))
        .or_else(|| assertion(text))
        .or_else(|| interpreter(text, lines))
        .or_else(|| signal(text))
        .or_else(|| library(text))
}

/// Rust: `thread 'main' panicked at src/main.rs:3:5:` and the message on the next line, or as it was
/// before Rust 1.73 all on one.
fn panic(text: &str, lines: &[Line<'_>]) -> Option<Found> {
    let (thread, at) = text.split_once(" panicked at ")?;
    thread.strip_prefix("thread ")?;
    let is_old = at.starts_with('\'');
    let (message, place, taken) = if is_old {
        let (message, place) = at.rsplit_once("', ").unwrap_or((at, ""));
        (message.trim_matches('\''), place, 1)
    } else {
        let message = lines.get(1).map_or("", Line::words);
        (message, at.trim_end_matches(':'), 2.min(lines.len()))
    };
    let place = source_place(place);
    let file = place.as_deref().and_then(|place| place.split(':').next()).unwrap_or_default();
    // The thread that waits for another one that panicked.
    let is_other = message.contains("`Err` value: Any");
    let class = if is_other { Class::Death } else { Class::Cause };
    let headline = format!("panicked: {message}");
    let fingerprint = format!("panic: {} | {file}", normal(short(message)));
    let cause = Cause::new(&headline, place, &fingerprint);
    Some(Found { lines: taken, event: Some((class, cause)) })
}

/// `main.rs:3` of `src/main.rs:3:5`, unless that is a library's file.
fn source_place(place: &str) -> Option<String> {
    let is_library = ["/rustc/", ".cargo/registry/", "/library/std/"];
    let mut parts = place.split(':');
    let (file, line) = (parts.next()?, parts.next()?);
    let is_users = !is_library.iter().any(|part| file.contains(part)) && !file.is_empty();
    is_users.then(|| format!("{}:{line}", file_name(file)))
}

/// C++: `terminate called after throwing an instance of 'T'` and what it says on the next line.
fn uncaught(text: &str, lines: &[Line<'_>]) -> Option<Found> {
    const THROWN: &str = "after throwing an instance of '";
    let gnu = text.find("terminate called ").map(|at| &text[at..]);
    let clang = text.strip_prefix("libc++abi: ").filter(|text| text.contains("terminating"));
    let said = gnu.or(clang)?;
    let what = lines.get(1).and_then(|line| line.words().strip_prefix("what():")).map(str::trim);
    let kind = said.split_once(THROWN).map(|(_, kind)| kind.trim_end_matches('\''));
    let headline = match (kind, what) {
        (Some(kind), Some(what)) => format!("{kind}: {what}"),
        (Some(kind), None) => kind.to_owned(),
        (None, _) => said.to_owned(),
    };
    let cause = Cause::of_line(&headline);
    Some(Found { lines: 1 + usize::from(what.is_some()), event: Some((Class::Death, cause)) })
}

/// `==12==ERROR: AddressSanitizer: heap-use-after-free on address …` and the frames below it.
fn sanitizer(text: &str, lines: &[Line<'_>]) -> Option<Found> {
    const NAMES: [&str; 4] =
        ["AddressSanitizer: ", "ThreadSanitizer: ", "MemorySanitizer: ", "LeakSanitizer: "];
    let (level, _) = text.split_once("Sanitizer: ")?;
    if !(level.contains("ERROR: ") || level.contains("WARNING: ")) {
        return None;
    }
    let report = NAMES.iter().find_map(|name| text.find(name)).map(|at| &text[at..])?;
    let end = [" on ", " (pid", " at pc"].iter().filter_map(|end| report.find(end)).min();
    let report = &report[..end.unwrap_or(report.len())];
    let frame = lines.iter().take(REPORT).find_map(|line| native_frame(line.words()));
    let (place, wher) = frame.unzip();
    let fingerprint = format!("{} | {}", normal(short(report)), wher.unwrap_or_default());
    Some(Found::line(Class::Cause, Cause::new(report, place, &fingerprint)))
}

/// The place, and the file and function, of `#1 0x55 in read_last /home/u/heap.c:2:5`.
fn native_frame(text: &str) -> Option<(String, String)> {
    let (_, frame) = text.strip_prefix('#')?.split_once(" in ")?;
    let (function, source) = frame.rsplit_once(' ')?;
    let is_library = ["../", "/usr/", "(", "<"].iter().any(|start| source.starts_with(start));
    let mut parts = source.split(':');
    let (path, line) = (parts.next()?, parts.next()?);
    let file = file_name(path);
    let shown = || (format!("{file}:{line} in {function}"), format!("{file} {function}"));
    (!is_library).then(shown)
}

/// C: ``prog: file.c:3: check: Assertion `n > 3' failed.``; CUDA kernels say theirs so, too.
fn assertion(text: &str) -> Option<Found> {
    let at = ["Assertion `", "Assertion '", "Assertion failed: "]
        .iter()
        .find_map(|start| text.find(start))
        .filter(|_| text.contains("failed"))?;
    let (before, says) = text.split_at(at);
    let place = before.trim_end_matches([' ', ':']).split(": ").find_map(source_of_assertion);
    let (file, line) = place.unzip();
    let place = file.zip(line).map(|(file, line)| format!("{file}:{line}"));
    let fingerprint = format!("{} | {}", normal(short(says)), file.unwrap_or_default());
    Some(Found::line(Class::Cause, Cause::new(text, place, &fingerprint)))
}

fn source_of_assertion(part: &str) -> Option<(&str, &str)> {
    let (path, line) = part.trim().split_once(':')?;
    let line = line.split(':').next()?;
    let is_line = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    is_line.then(|| (file_name(path), line))
}

/// `Fatal Python error: Segmentation fault` and Python's frames, the innermost first.
fn interpreter(text: &str, lines: &[Line<'_>]) -> Option<Found> {
    let at = text.find("Fatal Python error: ")?;
    let belongs = |line: &&Line<'_>| {
        let text = line.words();
        let is_head = text.ends_with("(most recent call first):");
        text.is_empty() || is_head || traceback::frame(text).is_some()
    };
    let below = lines[1..].iter().take_while(belongs).count();
    let frame = lines[1..=below].iter().filter_map(|line| traceback::frame(line.words()));
    let users = frame.into_iter().find(|frame| !frame.is_library());
    let wher = users.map(|frame| frame.identity()).unwrap_or_default();
    let place = users.map(|frame| frame.place());
    let fingerprint = format!("{} | {wher}", normal(short(&text[at..])));
    let cause = Cause::new(&text[at..], place, &fingerprint);
    Some(Found { lines: 1 + below, event: Some((Class::Death, cause)) })
}

/// `Killed`, as a shell says it of its child, with `x.sh: line 3: 1234 ` before it or without.
fn signal(text: &str) -> Option<Found> {
    const SIGNALS: [(&str, Class); 9] = [
        ("Segmentation fault", Class::Death),
        ("Killed", Class::Death),
        ("Bus error", Class::Death),
        ("Illegal instruction", Class::Death),
        ("Floating point exception", Class::Death),
        ("Trace/breakpoint trap", Class::Death),
        ("Terminated", Class::Interrupt),
        ("Aborted", Class::Aftermath),
        ("Hangup", Class::Interrupt),
    ];
    let (said, is_of_shell) = of_shell(text).map_or((text, false), |said| (said, true));
    let (name, class) = SIGNALS.into_iter().find(|(name, _)| {
        let rest = said.strip_prefix(name);
        rest.is_some_and(|rest| match rest.trim_start() {
            "" | "(core dumped)" => true,
            command => is_of_shell && command.len() < rest.len(),
        })
    })?;
    let caught = Found::line(class, Cause::new(text, None, &format!("signal: {name}")));
    Some(caught)
}

/// What follows `x.sh: line 3: 1234 `.
fn of_shell(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(": line ")?;
    let (_, rest) = rest.split_once(": ")?;
    let said = rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    (said.len() < rest.trim_start().len()).then(|| said.trim_start())
}

/// A line of the C library, of MPI's signal handlers or of a GPU library.
fn library(text: &str) -> Option<Found> {
    let is_about = |of: &[&str]| of.iter().any(|words| text.contains(words));
    let is_warning = text.contains("Warning:") || text.contains("WARN");
    if let Some(at) = GLIBC.iter().find_map(|words| text.find(words)) {
        let says = text[at..].trim_end_matches(['*', ' ']);
        let cause = Cause::new(text, None, &normal(short(says)));
        return Some(Found::line(Class::Death, cause));
    }
    if text.contains("CUDA out of memory") && !is_warning {
        return Some(Found::line(Class::Death, Cause::new(text, None, traceback::GPU_MEMORY)));
    }
    let is_crash = is_about(&GPU) || is_about(&["] Signal: ", "Caught signal "]);
    (is_crash && !is_warning).then(|| Found::line(Class::Death, Cause::of_line(text)))
}
