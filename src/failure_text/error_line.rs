//! Lines that call themselves an error, and lines that are only the consequence of one.

use super::cause::{ErrorClass, FailureCause, RecognizedError};
use super::stderr_line::StderrLine;

/// Messages of shells, system calls and Hydra that do not use the word error.
const PHRASES: [&str; 17] = [
    "command not found",
    "No space left on device",
    "Disk quota exceeded",
    "Permission denied",
    "No such file or directory",
    "No module named",
    "cannot open shared object file",
    "undefined symbol",
    "symbol lookup",
    "Stale file handle",
    "Cannot allocate memory",
    "unbound variable",
    "cannot execute",
    "Too many open files",
    "Could not override",
    "Could not find",
    "is not in struct",
];

/// The beginnings of lines that launchers, build tools and others add to a failure elsewhere.
const BEGINNINGS: [&str; 22] = [
    "Failures:",
    "srun:",
    "slurmstepd",
    "sbatch:",
    "wandb:",
    "make: ***",
    "make[",
    "gmake: ***",
    "ninja: build stopped",
    "note: ",
    "stack backtrace:",
    "SUMMARY: ",
    "Exception ignored ",
    "Execution halted",
    "Set the environment variable HYDRA_FULL_ERROR",
    "During handling of the above",
    "The above exception was",
    "Command exited with non-zero status",
    "Primary job ",
    "frame #",
    "Extension modules:",
    "Compile with `TORCH_USE_CUDA_DSA`",
];

/// Parts of such lines.
const PARTS: [&str; 11] = [
    "Root Cause (first observed failure)",
    "To enable traceback see: ",
    "resource_tracker",
    "torch.distributed.elastic",
    "torch/distributed/elastic",
    "closing signal SIG",
    "destroy_process_group()",
    "returned a non-zero exit code",
    "==ABORTING",
    "process didn't exit successfully",
    "CUDA_LAUNCH_BLOCKING",
];

/// True if the line says nothing by itself, or only that something failed before it.
pub(super) fn is_consequence(line: &str) -> bool {
    let line = line.trim();
    !line.contains(|c: char| c.is_alphanumeric())
        || BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
        || PARTS.iter().any(|part| line.contains(part))
        // The heading of torchrun's summary.
        || line.ends_with(".py FAILED")
}

/// Recognizes a line that says of itself that it is an error.
pub(super) fn at(lines: &[StderrLine<'_>]) -> Option<RecognizedError> {
    let text = lines.first()?.words();
    let is_said =
        !is_consequence(text) && !is_warning(text) && (has_phrase(text) || names_error(text));
    if !is_said {
        return None;
    }
    // R's `Error in f(x) :` and the like: what is wrong stands on the next line.
    let next =
        lines.get(1).map(StderrLine::words).filter(|next| text.ends_with(':') && !next.is_empty());
    let Some(next) = next else {
        return Some(RecognizedError::line(ErrorClass::Said, FailureCause::of_line(text)));
    };
    let cause = FailureCause::of_line(&format!("{text} {next}"));
    Some(RecognizedError { lines: 2, event: Some((ErrorClass::Said, cause)) })
}

fn has_phrase(text: &str) -> bool {
    PHRASES.iter().any(|phrase| text.contains(phrase))
}

fn is_warning(text: &str) -> bool {
    let marks = ["Warning:", "warning:", "WARNING", "[W]", "[warn]"];
    marks.iter().any(|mark| text.contains(mark))
}

/// True if one of the words means an error, and is neither a metric nor a count of none.
fn names_error(text: &str) -> bool {
    let mut before = "";
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c| !is_of_word(c));
        let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() {
            return false;
        }
        let is_none = matches!(before, "0" | "no" | "No" | "without" | "any");
        if means_error(word) && !is_none && !is_metric(after) {
            return true;
        }
        (before, rest) = (word, after);
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn means_error(word: &str) -> bool {
    const WORDS: [&str; 9] = [
        "error",
        "errors",
        "exception",
        "fatal",
        "failed",
        "failure",
        "critical",
        "panic",
        "aborting",
    ];
    let is_type = word.starts_with(char::is_uppercase)
        && (word.ends_with("Error") || word.ends_with("Exception"));
    is_type || WORDS.iter().any(|of| word.eq_ignore_ascii_case(of))
}

/// True if a number follows, as the value of a metric.
fn is_metric(after: &str) -> bool {
    let value = after.trim_start().trim_start_matches([':', '=']).trim_start();
    let number = value.trim_start_matches(|c: char| c.is_ascii_digit());
    number.len() < value.len() && number.starts_with(['.', '%', '/'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_said(text: &str) -> bool {
        at(&[StderrLine { at: 0, text }]).is_some()
    }

    #[test]
    fn a_line_that_calls_itself_an_error_is_one() {
        for text in [
            "fatal: not a git repository",
            "ERROR: LoadError: x",
            "Error in f(): object 'x' not found",
            "2024-05-08 12:00:00 [ERROR] cannot read the mesh",
            "ValueError: x",
            "missing.sh: line 4: trainn: command not found",
            "main.c:3:5: error: expected ';'",
            "[2 of 3] Failed to open x",
            "error: 3 tests",
        ] {
            assert!(is_said(text), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_may_stand_on_the_next_line() {
        let lines =
            ["Error in lm(y ~ x, data = d) :", "  object 'd' not found", "Execution halted"];
        let lines: Vec<StderrLine<'_>> =
            lines.iter().enumerate().map(|(at, text)| StderrLine { at, text }).collect();
        let found = at(&lines).and_then(|found| found.event).unwrap();
        assert_eq!(found.1.headline, "Error in lm(y ~ x, data = d) : object 'd' not found");
    }

    #[test]
    fn metrics_warnings_and_counts_of_none_are_no_errors() {
        for text in [
            "epoch 3: error: 0.25",
            "top1 error = 12.5%",
            "mean_squared_error: high",
            "finished with 0 errors",
            "FutureWarning: this will be an error",
            "WARNING: failed to load, going on",
            "no error",
            "terror, errormessage",
            "",
        ] {
            assert!(!is_said(text), "{text}");
        }
    }

    #[test]
    fn what_a_launcher_adds_is_a_consequence() {
        for text in [
            "srun: error: n1: task 0: Exited with exit code 1",
            "make: *** [Makefile:3: run] Error 1",
            "wandb: ERROR failed to sync",
            "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: 1) local_rank: 0",
            "============",
        ] {
            assert!(is_consequence(text) && !is_said(text), "{text}");
        }
    }
}
