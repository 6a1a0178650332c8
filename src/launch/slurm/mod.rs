//! The executor for SLURM: cuts the jobs into arrays of workers, and hands them over.
//!
//! - `effective`: what tasks ask for, with all that `EXTRA` and a template say (pure),
//! - `request`: what the cluster could never fulfil (pure); `checked`: asks it,
//! - `room`, `arrays`: how many tasks the cluster takes, and which arrays run the jobs (pure),
//! - `options`, `script`: what each asks for (pure),
//! - `exclusion`: which nodes are left out (pure),
//! - `forecast`: what it may cost (pure),
//! - `submit`: hands the arrays over,
//! - `release`: lets go of jobs whose task is gone; `settle`: what became of attempts that their worker left open,
//! - `control`: cancel, hold, release.

mod arrays;
mod checked;
mod control;
mod effective;
mod exclusion;
mod forecast;
mod options;
mod release;
mod request;
mod room;
mod script;
mod settle;
mod submit;

use sweep_config::records::JobArray;
use sweep_config::{LaunchConfig, SubmissionId, Sweep, SweepDir, fs};

use super::worker_call::WorkerCall;
use crate::app::{Exit, Failure, Printer, command, count};
use crate::ledger::{LeftOutNode, NewSubmission, reserve_number, withdraw};
use crate::runtime::{CANNOT_START, JobContext};
use crate::slurm::Slurm;

pub(super) use arrays::LaunchJobs;
pub use control::QueueAction;
pub(super) use control::control;
pub(super) use forecast::JobExperience;
pub(super) use release::release;
pub(super) use settle::settle;

use arrays::{TaskRoom, arrays};
use checked::CheckedRequest;
use effective::effective_config;
use exclusion::NodeExclusion;
use forecast::{CostForecast, ForecastSize};
use request::TaskTime;
use room::room;
use script::ScriptRenderer;

/// The plan of a submission.
#[derive(Debug)]
pub(super) struct SubmissionPlan {
    parts: Vec<JobArray>,
    prelude: String,
    room: TaskRoom,
    time: TaskTime,
    /// True if `EXTRA` says the time.
    is_time_extra: bool,
    forecast: CostForecast,
    exclusion: NodeExclusion,
    in_queue: usize,
    /// The name of the cluster that takes it.
    cluster: Option<String>,
}

/// The measurements of earlier launches.
#[derive(Debug, Clone)]
pub(super) struct LaunchHistory {
    pub(super) experience: Option<JobExperience>,
    /// The nodes that are accused of something.
    pub(super) bad_nodes: Vec<LeftOutNode>,
    /// The number of jobs that the sweep's tasks in the queue may run at once.
    pub(super) in_queue: usize,
}

impl SubmissionPlan {
    /// Plans it, within what the cluster takes.
    ///
    /// # Errors
    ///
    /// When SLURM does not answer; else everything at once for which it cannot be submitted: what SLURM would
    /// never start, no room in the queue, and costs that are too high.
    pub(super) fn plan(
        sweep: &Sweep,
        jobs: LaunchJobs<'_>,
        slurm: &Slurm,
        before: LaunchHistory,
    ) -> Result<Self, Failure> {
        let CheckedRequest { prelude, requests, limits, time, refusals } =
            CheckedRequest::new(sweep, slurm)?;
        let launch = &LaunchConfig {
            // What is in the queue has its own share; one job more is the least that an array may run.
            parallel_jobs: sweep.launch.parallel_jobs.saturating_sub(before.in_queue).max(1),
            ..effective_config(&sweep.launch, &requests)
        };
        let partitions = &launch.slurm.partitions;
        let task = &requests[0].task;
        let (room, no_room) = room(&limits, launch);
        let parts = arrays(jobs, launch, room, |_| String::new());
        let jobs = jobs.canary.len() + jobs.others.len();
        let minutes = time.and_then(|time| time.longest);
        let size = ForecastSize { jobs, minutes, task };
        let forecast = CostForecast::new(size, &parts, launch, before.experience);
        // Without a time, that is what is told.
        let too_dear = time.and_then(|_| forecast.check(launch).err());
        refuse(refusals, no_room.into_iter().chain(too_dear))?;
        let exclusion = NodeExclusion::new(before.bad_nodes, task, partitions, &limits);
        let is_time_extra = requests[0].is_extra(&["time"]);
        let cluster = limits.cluster.name;
        Ok(Self {
            parts,
            prelude,
            room,
            time: time.unwrap_or_default(),
            is_time_extra,
            forecast,
            exclusion,
            in_queue: before.in_queue,
            cluster,
        })
    }

    /// Renders the scripts as they may be shown: with names of variables, and not their values.
    ///
    /// # Errors
    ///
    /// When a template or value is wrong.
    pub(super) fn shown_scripts(
        mut self,
        sweep: &Sweep,
        context: &JobContext,
        submission: SubmissionId,
    ) -> Result<Vec<String>, Failure> {
        let shown = sweep.masked();
        self.prelude = crate::runtime::prelude(&shown.launch)?;
        self.scripts(&shown, context, submission)
    }

    /// Returns its costs and limits by name, for the preview.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = self.forecast.lines(self.room);
        if self.in_queue > 0 {
            let jobs = count(self.in_queue, "job");
            let text =
                format!("tasks of this sweep for {jobs} at once, which count toward PARALLEL_JOBS");
            lines.push(("in the queue", text));
        }
        lines.extend(self.exclusion.lines());
        lines
    }

    /// Returns the time limit in minutes, with what it applies to and who set it.
    pub(super) fn time_limit(&self, sweep: &Sweep) -> (Option<u64>, &'static str) {
        let whose = match sweep.launch.time_limit {
            _ if self.is_time_extra => "a task (LAUNCH.EXTRA)",
            None => "a task (the partition's default)",
            Some(_) => "a task",
        };
        (self.time.shortest, whose)
    }

    /// Formats the number of arrays: `1 array`, `5 arrays`.
    pub(super) fn arrays(&self) -> String {
        count(self.parts.len(), "array")
    }

    /// Renders the scripts, as if this submission had that number.
    ///
    /// # Errors
    ///
    /// When a template or value is wrong.
    pub(super) fn scripts(
        &self,
        sweep: &Sweep,
        context: &JobContext,
        submission: SubmissionId,
    ) -> Result<Vec<String>, Failure> {
        let out: Vec<String> = self.exclusion.out.iter().map(|node| node.name.clone()).collect();
        let scripts = ScriptRenderer {
            launch: &sweep.launch,
            sweep: &sweep.name,
            submission: submission.to_string(),
            logs: &context.dir.sbatch_logs(),
            prelude: &self.prelude,
            bad_nodes: &out,
            time_limit: self.time.shortest,
            worker: self.worker(sweep, context, submission)?,
        };
        scripts.render(&self.parts)
    }

    /// Returns the command line of the workers, which are told a time limit that the config does not say.
    fn worker(
        &self,
        sweep: &Sweep,
        context: &JobContext,
        submission: SubmissionId,
    ) -> Result<Vec<String>, Failure> {
        let mut words = WorkerCall::new(sweep, context, submission)?.words();
        if self.time.shortest != sweep.launch.time_limit {
            let minutes = self.time.shortest.unwrap_or(0);
            words.extend(["--set".to_owned(), format!("LAUNCH.TIME_LIMIT={minutes}")]);
        }
        Ok(words)
    }

    /// Gives each array the unique name by which SLURM will know it.
    ///
    /// # Errors
    ///
    /// When the kernel gives no random number.
    pub(super) fn name(&mut self, sweep: &Sweep, submission: SubmissionId) -> Result<(), Failure> {
        let last = sweep.name.rsplit('/').next().unwrap_or_default();
        let fine = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
        let last: String = last.chars().map(fine).take(40).collect();
        let unique = unique()?;
        for part in &mut self.parts {
            part.name = format!("{last}-{submission}-{}-{unique}", part.number);
        }
        Ok(())
    }

    /// Writes the entry of the ledger and submits the arrays.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be written.
    pub(super) fn submit(
        mut self,
        sweep: &Sweep,
        context: &JobContext,
        entry: NewSubmission<'_>,
        slurm: &Slurm,
        printer: Printer,
    ) -> Result<Exit, Failure> {
        let submission = reserve_number(&context.dir)?;
        self.name(sweep, submission)?;
        for (part, script) in self.parts.iter().zip(self.scripts(sweep, context, submission)?) {
            let path = context.dir.array_script(submission, part.number);
            fs::write_atomic_for(&path, script.as_bytes(), sweep.file_access())?;
        }
        fs::create_dir_all(&context.dir.sbatch_logs())?;
        let tasks: u32 = self.parts.iter().map(|part| part.tasks).sum();
        let user = slurm.user();
        let entry = NewSubmission {
            arrays: &self.parts,
            workers: tasks as usize,
            cluster: self.cluster.as_deref(),
            user: user.as_deref(),
            ..entry
        };
        entry.write(sweep, context, submission)?;
        let submitted = submit::submit(slurm, &context.dir, submission, &self.parts, printer)?;
        self.present((sweep, &context.dir), submission, submitted, printer)
    }

    fn present(
        &self,
        (sweep, dir): (&Sweep, &SweepDir),
        submission: SubmissionId,
        submitted: submit::SubmitOutcome,
        printer: Printer,
    ) -> Result<Exit, Failure> {
        let again = command("sweep_launch", sweep);
        let Some(refused) = submitted.refused else {
            let ids = submitted.ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let tasks: u32 = self.parts.iter().map(|part| part.tasks).sum();
            printer.data(format_args!(
                "submission {submission}: {} in {} ({ids})\nto check progress: {}\nto cancel them: \
                 {again} --cancel",
                count(tasks as usize, "task"),
                self.arrays(),
                command("sweep_collect", sweep),
            ));
            return Ok(Exit::Done);
        };
        if submitted.ids.is_empty() {
            // Where SLURM may have taken it after all, its name in the ledger finds it again.
            if submitted.is_certain
                && let Err(error) = withdraw(dir, submission)
            {
                printer.warn(error);
            }
            return Err(refused);
        }
        printer.warn(format_args!(
            "SLURM accepted {} of {}; their jobs will run. To launch the rest: {again}",
            submitted.ids.len(),
            self.arrays()
        ));
        Err(refused)
    }
}

/// Puts what SLURM would never start and what else hinders a submission into one failure.
fn refuse(impossible: Vec<Failure>, others: impl Iterator<Item = Failure>) -> Result<(), Failure> {
    let others: Vec<Failure> = others.collect();
    let heading =
        if others.is_empty() { "SLURM would never start these tasks" } else { CANNOT_START };
    Failure::together(heading, impossible.into_iter().chain(others))
}

/// Returns eight digits that no other submission has.
fn unique() -> Result<String, Failure> {
    let uuid = fs::read_to_string("/proc/sys/kernel/random/uuid".as_ref())?;
    Ok(uuid.chars().take(8).collect())
}
