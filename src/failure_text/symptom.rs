//! Symptoms of failures that call for another treatment than a mere retry.
//!
//! A program may print `out of memory` and go on with a smaller batch. So only the error that ended it
//! counts, or else its last lines.

use super::cause::{ErrorClass, FailureCause};
use super::launcher;
use super::likeness::last_line;
use super::read::{read_error, read_recognized, tail};

/// The number of lines at the end that count where no error is certain: a launcher may add some.
const LAST: usize = 3;

/// The number of lines at the end that may hold what SLURM or a command line parser adds.
const BELOW: usize = 12;

/// Why a program failed, as far as another try would have to take account of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symptom {
    /// A parser of command lines printed its usage and an error.
    CommandLine,
    /// The code cannot run: a module is missing, the syntax is wrong, a function does not know an argument.
    BrokenCode,
    /// The memory of the GPU did not suffice.
    GpuMemory,
    /// A loss became infinite or no number.
    NotANumber,
    /// The program or SLURM says that the memory of the host did not suffice.
    HostMemory,
    /// A process that the program had started was killed.
    KilledProcess,
}

/// The reading of what a failed program has printed.
#[derive(Debug)]
pub(crate) struct FailureReading<'a> {
    stdout: &'a str,
    stderr: &'a str,
    cause: Option<FailureCause>,
    /// The lines that say why it failed.
    evidence: Vec<String>,
}

impl<'a> FailureReading<'a> {
    /// Reads the ends of a program's standard output and standard error.
    pub(crate) fn of(stdout: &'a str, stderr: &'a str) -> Self {
        // A program whose errors go where its results go: `2>&1`.
        let of_stdout = || read_recognized(tail(stdout));
        let (class, cause) = match read_error(tail(stderr)) {
            None => of_stdout().map(|(class, cause)| (Some(class), cause)),
            Some((None, cause)) => {
                let of_stdout = of_stdout().filter(|(class, _)| *class == ErrorClass::Cause);
                Some(of_stdout.map_or((None, cause), |(class, cause)| (Some(class), cause)))
            }
            found => found,
        }
        .unzip();
        let mut evidence: Vec<String> =
            cause.iter().map(|cause: &FailureCause| cause.headline.clone()).collect();
        if !matches!(class.flatten(), Some(ErrorClass::Cause | ErrorClass::Death)) {
            let last = last_lines(stderr).take(LAST).chain(last_lines(stdout).take(LAST));
            evidence.extend(last.map(str::to_owned));
        }
        Self { stdout, stderr, cause, evidence }
    }

    /// Returns the error in the standard error that ended the program.
    pub(crate) fn cause(&self) -> Option<&FailureCause> {
        self.cause.as_ref()
    }

    /// Returns the last line of the standard error.
    pub(crate) fn last_line(&self) -> Option<String> {
        last_line(tail(self.stderr))
    }

    /// Returns the line that tells best why the program failed; empty where it printed nothing.
    pub(crate) fn headline(&self) -> String {
        let headline = self.cause.as_ref().map(|cause| cause.headline.clone());
        headline.or_else(|| last_line(self.stdout)).unwrap_or_default()
    }

    /// True if the program shows the symptom.
    pub(crate) fn shows(&self, symptom: Symptom) -> bool {
        let is_evident = |names: fn(&str) -> bool| self.evidence.iter().any(|line| names(line));
        match symptom {
            Symptom::CommandLine => refuses_command_line(self.stderr),
            Symptom::BrokenCode => is_evident(names_broken_code),
            Symptom::GpuMemory => is_evident(names_gpu_memory),
            Symptom::NotANumber => is_evident(names_nan),
            Symptom::HostMemory => {
                let said_by_slurm =
                    last_lines(self.stderr).take(BELOW).any(launcher::is_out_of_memory);
                said_by_slurm || is_evident(names_host_memory)
            }
            Symptom::KilledProcess => {
                is_evident(|line| line.contains("is killed by signal: Killed"))
            }
        }
    }
}

/// Returns the lines that are not blank, the very last first.
fn last_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().rev().map(str::trim_end).filter(|line| !line.is_empty())
}

fn names_broken_code(line: &str) -> bool {
    // What another node may have.
    let is_of_node = ["cannot open shared object file", "Stale file handle", "Input/output error"];
    if is_of_node.iter().any(|words| line.contains(words)) {
        return false;
    }
    let errors =
        ["ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError", "TabError"];
    let is_error = errors.iter().any(|name| line == *name || line.starts_with(&format!("{name}:")));
    let is_argument =
        line.starts_with("TypeError:") && line.contains("got an unexpected keyword argument");
    // `python: can't open file '/x/train.py': [Errno 2] No such file or directory`
    let is_script =
        line.contains("can't open file '") && line.contains("No such file or directory");
    is_error || is_argument || is_script
}

fn names_gpu_memory(line: &str) -> bool {
    let line = line.to_lowercase();
    let says = |words: &str| line.contains(words);
    says("cuda out of memory")
        || says("cuda error: out of memory")
        || says("hip out of memory")
        || says("torch.cuda.outofmemoryerror")
        || says("cuda_error_out_of_memory")
        || says("cublas_status_alloc_failed")
        || ((says("resource_exhausted") || says("resourceexhaustederror"))
            && (says("out of memory") || says("oom when allocating")))
}

fn names_nan(line: &str) -> bool {
    let line = line.to_lowercase();
    let says = |words: &str| line.contains(words);
    line.starts_with("floatingpointerror")
        || says("got nan loss")
        || says("loss is nan")
        || says("nan or inf found")
        || (says("loss returned in `training_step` is") && says("nan"))
}

fn names_host_memory(line: &str) -> bool {
    // Of an exception without a message, the headline shows the source in brackets.
    let name = line.split([':', ' ']).next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    matches!(last, "MemoryError" | "_ArrayMemoryError")
        || line.contains("std::bad_alloc")
        || line.contains("Cannot allocate memory")
}

/// True if a parser of command lines wrote the text: it holds `usage:` and an error.
fn refuses_command_line(stderr: &str) -> bool {
    let starts = |line: &str, word: &str| {
        line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let usage = last_lines(stderr).any(|line| starts(line, "usage:"));
    let error = last_lines(stderr)
        .take(BELOW)
        .any(|line| starts(line, "error:") || line.contains(": error: "));
    usage && error
}
