//! The failures by cause: what they died of, what they have in common, how to run them once more.

use sweep_config::{JobId, Sweep, SweepDir};

use super::{ITEMS, line, more};
use crate::app::{command, ranges};
use crate::collect::files;
use crate::collect::status::SweepStatus;
use crate::collect::triage::FailureGroup;

/// The number of causes that the status shows.
const GROUPS: usize = 8;

/// The number of hosts of a group that are named.
const HOSTS: usize = 4;

/// The number of lines of an example's `stderr.log` that are shown.
const TAIL: usize = 12;

/// A longer list of jobs is for `--failed`.
const LONGEST: usize = 60;

/// The causes, as the status shows them.
pub(super) fn job_status(out: &mut String, status: &SweepStatus, sweep: &Sweep) {
    if status.failures.is_empty() {
        return;
    }
    line(out, format_args!("\nFailed jobs, by cause:"));
    for group in status.failures.iter().take(GROUPS) {
        head(out, group);
        let jobs = list(&group.jobs);
        if jobs.len() <= LONGEST {
            line(out, format_args!("         jobs {jobs}"));
        } else {
            let first: Vec<String> = group.jobs.iter().take(ITEMS).map(JobId::to_string).collect();
            let rest = group.jobs.len() - first.len();
            line(out, format_args!("         jobs {} and {rest} more", first.join(" ")));
        }
    }
    more(out, status.failures.len(), GROUPS, "other cause");
    let see = command("sweep_collect", sweep);
    line(out, format_args!("  see more: {see} --failed"));
}

/// The causes with an example each, and the command that reruns them.
pub(crate) fn failed(status: &SweepStatus, dir: &SweepDir, sweep: &Sweep) -> String {
    let mut out = String::new();
    if status.failures.is_empty() {
        return "no job has failed".to_owned();
    }
    for group in &status.failures {
        head(&mut out, group);
        example(&mut out, group, dir);
        let rerun = rerun(&group.jobs, sweep).map(|rerun| format!("         rerun: {rerun}"));
        line(&mut out, format_args!("{}\n", rerun.unwrap_or_default()));
    }
    out.truncate(out.trim_end().len());
    out
}

/// Prints the cause of a group and what its jobs have in common.
fn head(out: &mut String, group: &FailureGroup) {
    let said = group.cause.as_ref().map(|cause| cause.headline.as_str());
    let said = said.or(group.said.as_deref()).unwrap_or("(nothing on stderr)");
    line(out, format_args!("  {:>5}  {}  {said}", group.jobs.len(), group.state.name()));
    let place = group.cause.as_ref().and_then(|cause| cause.place.clone());
    let exit = group.exit_code.map(|code| format!("exit code {code}"));
    let signal = group.signal.map(|signal| format!("signal {signal}"));
    let facts: Vec<String> = [place, exit, signal, hosts(group)].into_iter().flatten().collect();
    if !facts.is_empty() {
        line(out, format_args!("         {}", facts.join(" · ")));
    }
    for found in &group.traits {
        let also = match found.also.as_slice() {
            [] => String::new(),
            names => format!("; equivalently {}", names.join(", ")),
        };
        let odds = found.odds;
        line(out, format_args!("         {}, odds ratio {odds:.0}{also}", found.sentence()));
    }
}

/// `on n7 (11), n3`.
fn hosts(group: &FailureGroup) -> Option<String> {
    let mut hosts: Vec<(&String, &usize)> = group.hosts.iter().collect();
    hosts.sort_by_key(|(host, jobs)| (usize::MAX - **jobs, *host));
    let named = hosts.iter().take(HOSTS).map(|(host, jobs)| match jobs {
        1 => (*host).clone(),
        jobs => format!("{host} ({jobs})"),
    });
    let mut named: Vec<String> = named.collect();
    if hosts.len() > HOSTS {
        named.push(format!("{} more", hosts.len() - HOSTS));
    }
    (!named.is_empty()).then(|| format!("on {}", named.join(", ")))
}

/// The end of what the first of them said.
fn example(out: &mut String, group: &FailureGroup, dir: &SweepDir) {
    let path = dir.stderr(group.jobs[0]);
    let lines = files::last_lines(&path, TAIL);
    if lines.is_empty() {
        return;
    }
    line(out, format_args!("         {}:", path.display()));
    for text in lines {
        line(out, format_args!("           | {text}"));
    }
}

/// The command that runs these jobs once more; `None` if another tool ran them.
pub(super) fn rerun(jobs: &[JobId], sweep: &Sweep) -> Option<String> {
    let is_ours = !sweep.dir().is_imported();
    is_ours.then(|| format!("{} --only {}", command("sweep_launch", sweep), list(jobs)))
}

/// `3,7-9`, as `sweep_launch --only` takes it.
fn list(jobs: &[JobId]) -> String {
    let ranges = ranges(jobs.iter().map(|job| job.0)).into_iter();
    let items = ranges.map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    items.collect::<Vec<_>>().join(",")
}
