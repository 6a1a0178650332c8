//! The status for a program.

use std::path::Path;

use serde_json::{Value as Json, json};
use sweep_config::{JobId, ObjectiveGoal, Sweep, SweepDir};

use super::failed::rerun;
use super::place;
use crate::collect::log_hint::HintSummary;
use crate::collect::odd_columns::OddColumn;
use crate::collect::report::CollectReport;
use crate::collect::status::DiagnosticSummary;
use crate::collect::triage::FailureGroup;
use crate::trials::ObjectiveCandidate;

/// The report as one JSON value.
pub(crate) fn json(report: &CollectReport, sweep: &Sweep) -> Json {
    let (status, dir) = (&report.status, &report.dir);
    let by_state: serde_json::Map<String, Json> =
        status.states.iter().map(|(state, n)| (state.name().to_owned(), json!(n))).collect();
    let files: Vec<Json> = report.written.iter().map(|path| path_json(path)).collect();
    let checkpoints: Vec<Json> =
        report.cleaned.files.iter().map(|checkpoint| path_json(&checkpoint.path)).collect();
    json!({
        "sweep_dir": path_json(dir.path()),
        "jobs": status.jobs,
        "started": status.started,
        "states": by_state,
        "epochs": { "done": status.epochs.done, "total": status.epochs.total },
        "diverged": status.diverged,
        "objective": {
            "valued": report.objective.valued,
            "infinite": report.objective.infinite,
            "without": report.objective.without,
        },
        "pace": {
            "jobs_per_hour": status.throughput.per_hour,
            "seconds_left": status.throughput.seconds_left,
            "job_hours_spent": status.throughput.hours_spent,
            "job_hours_left": status.throughput.hours_left,
            "gpus_per_job": sweep.launch.slurm.num_gpus,
        },
        "failures": status.failures.iter().map(|g| failure_json(g, sweep)).collect::<Vec<_>>(),
        "unmatched": report.advice.unmatched,
        "hints": report.advice.hints.iter().map(hint_json).collect::<Vec<_>>(),
        "objective_candidates": report.advice.candidates.iter().map(candidate_json).collect::<Vec<_>>(),
        "remarks": status.diagnostics.iter().map(|r| diagnostic_json(r, dir)).collect::<Vec<_>>(),
        "odd_columns": status.odd_columns.iter().map(odd_json).collect::<Vec<_>>(),
        "checkpoints": {
            "dry_run": report.cleaned.is_dry_run,
            "deleted": checkpoints,
            "bytes": report.cleaned.files.iter().map(|c| c.bytes).sum::<u64>(),
        },
        "written": files,
        "complete": status.is_complete(),
    })
}

fn failure_json(group: &FailureGroup, sweep: &Sweep) -> Json {
    let traits = group.traits.iter().map(|found| {
        json!({
            "text": found.sentence(),
            "column": found.column,
            "odds": found.odds,
            "p": found.p,
            "also": found.also,
        })
    });
    json!({
        "state": group.state.name(),
        "error": group.said,
        "cause": group.cause.as_ref().map(|cause| &cause.headline),
        "place": group.cause.as_ref().and_then(|cause| cause.place.as_ref()),
        "fingerprint": group.cause.as_ref().map(|cause| &cause.fingerprint),
        "exit_code": group.exit_code,
        "signal": group.signal,
        "jobs": numbers(&group.jobs),
        "hosts": group.hosts,
        "in_common": traits.collect::<Vec<_>>(),
        "rerun": rerun(&group.jobs, sweep),
    })
}

fn diagnostic_json(diagnostic: &DiagnosticSummary, dir: &SweepDir) -> Json {
    json!({
        "kind": diagnostic.kind.name(),
        "text": diagnostic.kind.sentence(diagnostic.times, diagnostic.jobs.len()),
        "times": diagnostic.times,
        "jobs": numbers(&diagnostic.jobs),
        "first": place(diagnostic, dir),
    })
}

fn odd_json(odd: &OddColumn) -> Json {
    json!({
        "column": odd.cells.column,
        "text": odd.sentence(),
        "times": odd.cells.times,
        "first": odd.cells.text,
        "job": odd.job.0,
    })
}

fn hint_json(summary: &HintSummary) -> Json {
    let HintSummary { hint, jobs } = summary;
    json!({
        "text": summary.sentence(),
        "read": hint.is_read,
        "reader": hint.reader,
        "files": hint.files,
        "names": hint.names,
        "line": hint.reader_line(),
        "jobs": numbers(jobs),
    })
}

fn candidate_json(candidate: &ObjectiveCandidate) -> Json {
    json!({
        "metric": candidate.metric,
        "guessed_goal": candidate.goal.map(ObjectiveGoal::name),
        "line": candidate.line(),
    })
}

fn numbers(jobs: &[JobId]) -> Vec<u32> {
    jobs.iter().map(|job| job.0).collect()
}

fn path_json(path: &Path) -> Json {
    Json::from(path.to_string_lossy())
}
