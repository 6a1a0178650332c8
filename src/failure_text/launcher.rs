//! The messages of SLURM, MPI and `torchrun` about a program that they ran.

use super::cause::{ErrorClass, FailureCause, RecognizedError, excerpt};
use super::normalize::normalized;
use super::stderr_line::StderrLine;

/// The fingerprint of all messages about too little memory.
const MEMORY: &str = "SLURM: out of memory";

/// Recognizes the message of a launcher in the first line.
pub(super) fn at(lines: &[StderrLine<'_>]) -> Option<RecognizedError> {
    let text = lines.first()?.words();
    let (class, fingerprint) =
        daemon(text).or_else(|| task(text)).or_else(|| mpi(text)).or_else(|| elastic(text))?;
    let headline = text.strip_prefix("traceback : ").unwrap_or(text);
    Some(RecognizedError::line(class, FailureCause::new(headline, None, &fingerprint)))
}

/// True if SLURM says that the memory that was asked for did not suffice.
pub(super) fn is_out_of_memory(line: &str) -> bool {
    [daemon, task]
        .iter()
        .any(|read| read(line).is_some_and(|(_, fingerprint)| fingerprint == MEMORY))
}

/// Recognizes a message of `slurmstepd`, which names the job and its node.
fn daemon(text: &str) -> Option<(ErrorClass, String)> {
    const LIMITS: [&str; 6] = [
        "oom_kill event",
        "oom-kill event",
        "Exceeded job memory limit",
        "Exceeded step memory limit",
        "exceeded memory limit",
        "exceeded virtual memory limit",
    ];
    if LIMITS.iter().any(|words| text.contains(words)) {
        return Some((ErrorClass::Limit, MEMORY.to_owned()));
    }
    if let Some((_, when)) = text.split_once(" CANCELLED AT ").filter(|_| text.contains("***")) {
        let reason = when.split_once(" DUE TO ").map(|(_, reason)| reason);
        let Some(reason) = reason.map(|reason| reason.trim_end_matches(['*', ' '])) else {
            return Some((ErrorClass::Aftermath, "SLURM: cancelled".to_owned()));
        };
        return Some((
            ErrorClass::Limit,
            format!("SLURM: cancelled due to {}", normalized(excerpt(reason))),
        ));
    }
    let message = text.strip_prefix("slurmstepd: error: ")?;
    Some((ErrorClass::Said, format!("SLURM: {}", normalized(excerpt(message)))))
}

/// Recognizes `srun: error: n1: task 0: how it ended`, and the other errors of `srun`.
fn task(text: &str) -> Option<(ErrorClass, String)> {
    let message = text.strip_prefix("srun: error: ")?;
    let Some((_, end)) = message.split_once(": task").and_then(|(_, rest)| rest.split_once(": "))
    else {
        return Some((ErrorClass::Said, format!("SLURM: {}", normalized(excerpt(message)))));
    };
    let end = end.trim_end_matches(" (core dumped)");
    let says_why = !(end.starts_with("Exited") || matches!(end, "Terminated" | "Aborted"));
    Some(match end {
        "Out Of Memory" => (ErrorClass::Limit, MEMORY.to_owned()),
        end if says_why => (ErrorClass::Death, format!("signal: {}", normalized(excerpt(end)))),
        end => (ErrorClass::Aftermath, format!("SLURM: {}", normalized(excerpt(end)))),
    })
}

/// Recognizes `MPI_ABORT` and the last message of `mpirun` and its kin.
fn mpi(text: &str) -> Option<(ErrorClass, String)> {
    if text.starts_with("MPI_ABORT was invoked") {
        return Some((ErrorClass::Aftermath, "MPI_ABORT was invoked".to_owned()));
    }
    let is_launcher = ["mpirun", "mpiexec", "prterun", "prun", "orterun"]
        .iter()
        .any(|name| text.strip_prefix(name).is_some_and(|rest| rest.starts_with(" noticed that")));
    let end = text.split_once(" exited on ").map(|(_, end)| end.trim_end_matches('.'));
    is_launcher.then(|| (ErrorClass::Death, format!("MPI: {}", end.unwrap_or("a process exited"))))
}

/// Recognizes one process in the summary of `torchrun`, which ends the others by SIGTERM itself.
fn elastic(text: &str) -> Option<(ErrorClass, String)> {
    let (signal, _) = text.strip_prefix("traceback : Signal ")?.split_once(" received by PID")?;
    let class = if signal.contains("SIGTERM") { ErrorClass::Aftermath } else { ErrorClass::Death };
    Some((class, format!("signal: {signal}")))
}
