//! The ends of programs other than Python's: panics, uncaught exceptions, assertions, signals, and the
//! reports of sanitizers and of GPU libraries.

use super::cause::{ErrorClass, FailureCause, RecognizedError, excerpt};
use super::normalize::{file_name, normalized};
use super::stderr_line::StderrLine;
use super::traceback::{self, frame};

/// The number of lines of a sanitizer's report that are searched for the user's own function.
const REPORT: usize = 30;

/// Messages of the C library about a broken heap or stack.
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

/// Messages of GPU libraries, in a line of a log or of a C++ program.
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

/// Recognizes a crash that the first line begins.
pub(super) fn at(lines: &[StderrLine<'_>]) -> Option<RecognizedError> {
    let text = lines.first()?.words();
    panic(text, lines)
        .or_else(|| uncaught(text, lines))
        .or_else(|| sanitizer(text, lines))
        .or_else(|| assertion(text))
        .or_else(|| interpreter(text, lines))
        .or_else(|| signal(text))
        .or_else(|| library(text))
}

/// Recognizes Rust's `thread 'main' panicked at src/main.rs:3:5:` with the message on the next line, or,
/// before Rust 1.73, on the same line.
fn panic(text: &str, lines: &[StderrLine<'_>]) -> Option<RecognizedError> {
    let (thread, at) = text.split_once(" panicked at ")?;
    thread.strip_prefix("thread ")?;
    let is_old = at.starts_with('\'');
    let (message, place, taken) = if is_old {
        let (message, place) = at.rsplit_once("', ").unwrap_or((at, ""));
        (message.trim_matches('\''), place, 1)
    } else {
        let message = lines.get(1).map_or("", StderrLine::words);
        (message, at.trim_end_matches(':'), 2.min(lines.len()))
    };
    let place = source_place(place);
    let file = place.as_deref().and_then(|place| place.split(':').next()).unwrap_or_default();
    // The thread that waits for another one that panicked.
    let is_other = message.contains("`Err` value: Any");
    let class = if is_other { ErrorClass::Death } else { ErrorClass::Cause };
    let headline = format!("panicked: {message}");
    let fingerprint = format!("panic: {} | {file}", normalized(excerpt(message)));
    let cause = FailureCause::new(&headline, place, &fingerprint);
    Some(RecognizedError { lines: taken, event: Some((class, cause)) })
}

/// Returns `main.rs:3` for `src/main.rs:3:5`, unless that is a library's file.
fn source_place(place: &str) -> Option<String> {
    let is_library = ["/rustc/", ".cargo/registry/", "/library/std/"];
    let mut parts = place.split(':');
    let (file, line) = (parts.next()?, parts.next()?);
    let is_users = !is_library.iter().any(|part| file.contains(part)) && !file.is_empty();
    is_users.then(|| format!("{}:{line}", file_name(file)))
}

/// Recognizes C++'s `terminate called after throwing an instance of 'T'` and the message on the next line.
fn uncaught(text: &str, lines: &[StderrLine<'_>]) -> Option<RecognizedError> {
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
    let cause = FailureCause::of_line(&headline);
    Some(RecognizedError {
        lines: 1 + usize::from(what.is_some()),
        event: Some((ErrorClass::Death, cause)),
    })
}

/// Recognizes `==12==ERROR: AddressSanitizer: heap-use-after-free on address …` and the frames below.
fn sanitizer(text: &str, lines: &[StderrLine<'_>]) -> Option<RecognizedError> {
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
    let (place, function) = frame.unzip();
    let fingerprint = format!("{} | {}", normalized(excerpt(report)), function.unwrap_or_default());
    Some(RecognizedError::line(ErrorClass::Cause, FailureCause::new(report, place, &fingerprint)))
}

/// Returns the place, and the file and function, of `#1 0x55 in read_last /home/u/heap.c:2:5`.
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

/// Recognizes C's ``prog: file.c:3: check: Assertion `n > 3' failed.``, which CUDA kernels print too.
fn assertion(text: &str) -> Option<RecognizedError> {
    let at = ["Assertion `", "Assertion '", "Assertion failed: "]
        .iter()
        .find_map(|start| text.find(start))
        .filter(|_| text.contains("failed"))?;
    let (before, says) = text.split_at(at);
    let place = before.trim_end_matches([' ', ':']).split(": ").find_map(assertion_source);
    let (file, line) = place.unzip();
    let place = file.zip(line).map(|(file, line)| format!("{file}:{line}"));
    let fingerprint = format!("{} | {}", normalized(excerpt(says)), file.unwrap_or_default());
    Some(RecognizedError::line(ErrorClass::Cause, FailureCause::new(text, place, &fingerprint)))
}

fn assertion_source(part: &str) -> Option<(&str, &str)> {
    let (path, line) = part.trim().split_once(':')?;
    let line = line.split(':').next()?;
    let is_line = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    is_line.then(|| (file_name(path), line))
}

/// Recognizes `Fatal Python error: Segmentation fault` and Python's frames, the innermost first.
fn interpreter(text: &str, lines: &[StderrLine<'_>]) -> Option<RecognizedError> {
    let at = text.find("Fatal Python error: ")?;
    let belongs = |line: &&StderrLine<'_>| {
        let text = line.words();
        let is_head = text.ends_with("(most recent call first):");
        text.is_empty() || is_head || frame(text).is_some()
    };
    let below = lines[1..].iter().take_while(belongs).count();
    let frame = lines[1..=below].iter().filter_map(|line| frame(line.words()));
    let users = frame.into_iter().find(|frame| !frame.is_library());
    let site = users.map(|frame| frame.identity()).unwrap_or_default();
    let place = users.map(|frame| frame.place());
    let fingerprint = format!("{} | {site}", normalized(excerpt(&text[at..])));
    let cause = FailureCause::new(&text[at..], place, &fingerprint);
    Some(RecognizedError { lines: 1 + below, event: Some((ErrorClass::Death, cause)) })
}

/// Recognizes `Killed`, as a shell says it of its child, with or without `x.sh: line 3: 1234 ` before it.
fn signal(text: &str) -> Option<RecognizedError> {
    const SIGNALS: [(&str, ErrorClass); 9] = [
        ("Segmentation fault", ErrorClass::Death),
        ("Killed", ErrorClass::Death),
        ("Bus error", ErrorClass::Death),
        ("Illegal instruction", ErrorClass::Death),
        ("Floating point exception", ErrorClass::Death),
        ("Trace/breakpoint trap", ErrorClass::Death),
        ("Terminated", ErrorClass::Interrupt),
        ("Aborted", ErrorClass::Aftermath),
        ("Hangup", ErrorClass::Interrupt),
    ];
    let (said, is_of_shell) = of_shell(text).map_or((text, false), |said| (said, true));
    let (name, class) = SIGNALS.into_iter().find(|(name, _)| {
        let rest = said.strip_prefix(name);
        rest.is_some_and(|rest| match rest.trim_start() {
            "" | "(core dumped)" => true,
            command => is_of_shell && command.len() < rest.len(),
        })
    })?;
    let caught =
        RecognizedError::line(class, FailureCause::new(text, None, &format!("signal: {name}")));
    Some(caught)
}

/// Returns the text after `x.sh: line 3: 1234 `.
fn of_shell(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(": line ")?;
    let (_, rest) = rest.split_once(": ")?;
    let said = rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    (said.len() < rest.trim_start().len()).then(|| said.trim_start())
}

/// Recognizes a line of the C library, of MPI's signal handlers or of a GPU library.
fn library(text: &str) -> Option<RecognizedError> {
    let is_about = |of: &[&str]| of.iter().any(|words| text.contains(words));
    let is_warning = text.contains("Warning:") || text.contains("WARN");
    if let Some(at) = GLIBC.iter().find_map(|words| text.find(words)) {
        let says = text[at..].trim_end_matches(['*', ' ']);
        let cause = FailureCause::new(text, None, &normalized(excerpt(says)));
        return Some(RecognizedError::line(ErrorClass::Death, cause));
    }
    if text.contains("CUDA out of memory") && !is_warning {
        return Some(RecognizedError::line(
            ErrorClass::Death,
            FailureCause::new(text, None, traceback::GPU_MEMORY),
        ));
    }
    let is_crash = is_about(&GPU) || is_about(&["] Signal: ", "Caught signal "]);
    (is_crash && !is_warning)
        .then(|| RecognizedError::line(ErrorClass::Death, FailureCause::of_line(text)))
}
