//! What SLURM, MPI and `torchrun` say of a program that they ran.

use super::fingerprint::{Cause, Class, Found, short};
use super::line::Line;
use super::normal::normal;

/// What one of them says in the first line.
pub(super) fn at(lines: &[Line<'_>]) -> Option<Found> {
    let text = lines.first()?.words();
    let (class, fingerprint) =
        daemon(text).or_else(|| task(text)).or_else(|| mpi(text)).or_else(|| elastic(text))?;
    let headline = text.strip_prefix("traceback : ").unwrap_or(text);
    Some(Found::line(class, Cause::new(headline, None, &fingerprint)))
}

/// `slurmstepd`, whose messages name the job and its node.
fn daemon(text: &str) -> Option<(Class, String)> {
    const MEMORY: [&str; 6] = [
        "oom_kill event",
        "oom-kill event",
        "Exceeded job memory limit",
        "Exceeded step memory limit",
        "exceeded memory limit",
        "exceeded virtual memory limit",
    ];
    if MEMORY.iter().any(|words| text.contains(words)) {
        return Some((Class::Limit, "SLURM: out of memory".to_owned()));
    }
    if let Some((_, when)) = text.split_once(" CANCELLED AT ").filter(|_| text.contains("***")) {
        let reason = when.split_once(" DUE TO ").map(|(_, reason)| reason);
        let Some(reason) = reason.map(|reason| reason.trim_end_matches(['*', ' '])) else {
            return Some((Class::Aftermath, "SLURM: cancelled".to_owned()));
        };
        return Some((Class::Limit, format!("SLURM: cancelled due to {}", normal(short(reason)))));
    }
    let message = text.strip_prefix("slurmstepd: error: ")?;
    Some((Class::Said, format!("SLURM: {}", normal(short(message)))))
}

/// `srun: error: n1: task 0: how it ended`, and what else `srun` says is wrong.
fn task(text: &str) -> Option<(Class, String)> {
    let message = text.strip_prefix("srun: error: ")?;
    let Some((_, end)) = message.split_once(": task").and_then(|(_, rest)| rest.split_once(": "))
    else {
        return Some((Class::Said, format!("SLURM: {}", normal(short(message)))));
    };
    let end = end.trim_end_matches(" (core dumped)");
    let says_why = !(end.starts_with("Exited") || matches!(end, "Terminated" | "Aborted"));
    Some(match end {
        "Out Of Memory" => (Class::Limit, "SLURM: out of memory".to_owned()),
        end if says_why => (Class::Death, format!("signal: {}", normal(short(end)))),
        end => (Class::Aftermath, format!("SLURM: {}", normal(short(end)))),
    })
}

fn mpi(text: &str) -> Option<(Class, String)> {
    if text.starts_with("MPI_ABORT was invoked") {
        return Some((Class::Aftermath, "MPI_ABORT was invoked".to_owned()));
    }
    let is_launcher = ["mpirun", "mpiexec", "prterun", "prun", "orterun"]
        .iter()
        .any(|name| text.strip_prefix(name).is_some_and(|rest| rest.starts_with(" noticed that")));
    let end = text.split_once(" exited on ").map(|(_, end)| end.trim_end_matches('.'));
    is_launcher.then(|| (Class::Death, format!("MPI: {}", end.unwrap_or("a process exited"))))
}

/// One process in the summary of `torchrun`: SIGTERM is how it ends the others itself.
fn elastic(text: &str) -> Option<(Class, String)> {
    let (signal, _) = text.strip_prefix("traceback : Signal ")?.split_once(" received by PID")?;
    let class = if signal.contains("SIGTERM") { Class::Aftermath } else { Class::Death };
    Some((class, format!("signal: {signal}")))
}
