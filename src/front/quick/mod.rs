//! `sweepkit run`: from a command line to a report, without a file to write first.
//!
//! - `run_args`: its arguments,
//! - `param_flag`: `--param lr=log:1e-4:1e-1` (pure),
//! - `command_words`: the words after `--` as a command (pure),
//! - `experiment_sketch`: what an experiment in a Python file says of itself,
//! - `config_text`: the sweep config that is written (pure), and if one that is there is of the same sweep,
//! - `stage_run`: the stages, one after the other.

mod command_words;
mod config_text;
mod experiment_sketch;
mod param_flag;
mod run_args;
mod stage_run;

use std::path::Path;

use sweep_config::claim::SlurmEvidence;
use sweep_config::records::{JobOrigins, JobState, SetupRecord, refuse_newer_sweep};
use sweep_config::{Strategy, Sweep, fs};

use super::hand_over::FlowStage;
use crate::app::{Exit, Failure, Printer};
use crate::ledger::job_states;
pub(super) use command_words::{joined as command_text, program as program_name};
use config_text::QuickSweep;
use experiment_sketch::ExperimentSketch;
pub(super) use run_args::RunArgs;
use stage_run::StageRunner;

/// The ways to name a metric of an experiment.
const NO_METRIC: &str =
    "give the class `minimize = \"loss\"` (or `maximize`), or add --minimize to the command";

/// Writes the sweep config, or goes on with the one that is there, and takes the sweep through all stages.
///
/// # Errors
///
/// When the command line is wrong, the config that is there is of another sweep, or a stage cannot do its work.
pub(super) fn run(args: &RunArgs, printer: Printer) -> Result<Exit, Failure> {
    let quick = match &args.experiment {
        Some(target) => ExperimentSketch::of(target, args.sketch.is_some())?.sweep(args)?,
        None => QuickSweep::of(args)?,
    };
    if quick.is_tuned && quick.objective.is_none() {
        return Err(Failure::usage(
            "--tune chooses configs by a metric, and there is none",
            NO_METRIC,
        ));
    }
    let path = quick.path();
    let is_new = write_config(&quick, &path, printer)?;
    let sweep = Sweep::load(&path, &args.overrides)?;
    refuse_newer_sweep(&sweep.dir())?;
    let stages = StageRunner::new(&path, &args.overrides, printer)?;
    set_up(&quick, &sweep, &stages)?;
    let launched = stages.run(FlowStage::Launch, &["--yes"], true)?;
    let collected = stages.run(FlowStage::Collect, &[], true)?;
    let exit = match (done(&sweep)?, FlowStage::Analyze.find()) {
        (0, _) => {
            let what = if args.slurm {
                "No job is done yet. Run the same command again to check progress"
            } else {
                "No job is done, so there is no report. The output of collect above says why"
            };
            printer.note(what);
            Exit::Incomplete
        }
        (_, _) if quick.objective.is_none() => {
            printer
                .note(format_args!("There is no report, as nothing ranks the jobs: {NO_METRIC}"));
            Exit::Done
        }
        (_, Err(failure)) => {
            printer.warn(format_args!("there is no report: {}", failure.with_hint()));
            Exit::Incomplete
        }
        (_, Ok(_)) => stages.run(FlowStage::Analyze, &[], false)?,
    };
    if is_new {
        printer.note(format_args!(
            "The sweep config is {}. To continue, edit it or run the same command with more --jobs",
            path.display()
        ));
    }
    Ok(if [launched, collected, exit] == [Exit::Done; 3] { Exit::Done } else { Exit::Incomplete })
}

/// Writes the config unless it is there; true if it was not.
fn write_config(quick: &QuickSweep, path: &Path, printer: Printer) -> Result<bool, Failure> {
    let text = match fs::read_to_string(path) {
        Err(e) if e.is_not_found() => {
            fs::write_atomic(path, quick.text().as_bytes())?;
            printer.note(format_args!("Sweep config: {} (written)", path.display()));
            return Ok(true);
        }
        text => text?,
    };
    quick.refuse_other(path, &text)?;
    printer.note(format_args!("Sweep config: {} (existing)", path.display()));
    let old = config_text::jobs_of(&text);
    if quick.jobs < old {
        let jobs = old.unwrap_or_default();
        printer.note(format_args!("It already has {jobs} configs and keeps them"));
        let text = QuickSweep { jobs: old, ..quick.clone() }.text();
        fs::write_atomic(path, text.as_bytes())?;
    } else if text != quick.text() {
        fs::write_atomic(path, quick.text().as_bytes())?;
    }
    Ok(false)
}

/// Sets the sweep up, or appends the configs that it lacks.
fn set_up(quick: &QuickSweep, sweep: &Sweep, stages: &StageRunner<'_>) -> Result<(), Failure> {
    let record = SetupRecord::read(&sweep.dir().setup_json())?;
    let Some(record) = record else {
        stages.run(FlowStage::Setup, &["--yes"], true)?;
        return Ok(());
    };
    // Of a sweep that is tuned, the launch suggests what is left.
    if sweep.setup.strategy == Strategy::Tpe {
        return Ok(());
    }
    let seeds = u64::from(quick.seeds.max(1));
    let draws = JobOrigins::of(&record).draws();
    // Jobs that were not drawn are not among those that are asked for.
    let others = record.kept.saturating_sub(draws * seeds);
    match quick.jobs {
        Some(jobs) if jobs * seeds > record.requested.saturating_sub(others) => {
            let more = jobs.saturating_sub(draws).max(1).to_string();
            stages.run(FlowStage::Setup, &["--extend", &more, "--yes"], true)?;
        }
        _ => {}
    }
    Ok(())
}

/// Returns the number of jobs that are done.
fn done(sweep: &Sweep) -> Result<usize, Failure> {
    let dir = sweep.dir();
    let states = job_states(&dir, &dir.jobs()?, &SlurmEvidence::none())?;
    Ok(states.iter().filter(|(_, state)| *state == JobState::Done).count())
}
