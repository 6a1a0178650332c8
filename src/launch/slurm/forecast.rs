//! A forecast of the cost of a launch (pure).

use std::time::Duration;

use sweep_config::LaunchConfig;
use sweep_config::records::JobArray;

use super::arrays::{TaskRoom, tasks_at_once};
use crate::app::num::{float, saturated, whole};
use crate::app::{Failure, count, span, thousands};
use crate::runtime::packing_advice;
use crate::slurm::TaskRequest;

/// Files of ours a job: its directory, two logs and the journal. The program's own come on top.
const FILES_OF_A_JOB: usize = 4;

/// Means over finished jobs of the sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::launch) struct JobExperience {
    /// The number of jobs that were measured.
    pub(in crate::launch) jobs: usize,
    /// The mean wall time of a finished job, in seconds.
    pub(in crate::launch) seconds: f64,
    /// The mean number of files in its directory.
    pub(in crate::launch) files: f64,
}

/// The word for a cost that has no bound.
const UNKNOWN: &str = "unknown: LAUNCH.TIME_LIMIT is not set and the cluster has no limit";

/// The size of a launch.
#[derive(Debug, Clone, Copy)]
pub(in crate::launch) struct ForecastSize<'a> {
    /// The number of its jobs.
    pub(in crate::launch) jobs: usize,
    /// The time limit of its tasks in minutes, if it is known.
    pub(in crate::launch) minutes: Option<u64>,
    /// The request of a task.
    pub(in crate::launch) task: &'a TaskRequest,
}

/// The greatest cost of a launch.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::launch) struct CostForecast {
    jobs: usize,
    tasks: usize,
    at_once: usize,
    /// The number of time limits that the jobs may take, on so many GPUs and CPUs each.
    limits: usize,
    gpus: f64,
    cpus: f64,
    /// The time limit of a task in minutes, if it is known.
    minutes: Option<u64>,
    files: usize,
    experience: Option<JobExperience>,
    /// Advice on the number of jobs of a task.
    advice: Option<String>,
}

impl CostForecast {
    /// Returns the forecast of the arrays that are to be submitted for so many jobs, in tasks of so many
    /// minutes.
    ///
    /// Jobs side by side in a task share what it costs. A task with a quota runs its jobs within
    /// one time limit, any other as many as it can, each within one at most.
    pub(in crate::launch) fn new(
        ForecastSize { jobs, minutes, task }: ForecastSize<'_>,
        parts: &[JobArray],
        launch: &LaunchConfig,
        experience: Option<JobExperience>,
    ) -> Self {
        let tasks: usize = parts.iter().map(|part| part.tasks as usize).sum();
        let portions = jobs.div_ceil(launch.packing.parallel as usize);
        let per_task = launch.packing.jobs_per_task as usize;
        let is_short = parts.iter().any(|part| part.quota == 0);
        let limits = if is_short { portions } else { portions.div_ceil(per_task) };
        let at_once = (tasks_at_once(launch) as usize).min(tasks);
        let nodes = task.nodes();
        let nodes = nodes.most.unwrap_or(nodes.least);
        let whole = |number: u64| f64::from(saturated::<u32>(number));
        Self {
            jobs,
            tasks,
            at_once,
            limits,
            gpus: whole(task.gpus()) * whole(nodes),
            cpus: whole(task.cpus()) * whole(nodes),
            minutes,
            files: jobs * FILES_OF_A_JOB + tasks,
            experience,
            advice: experience.and_then(|known| packing_advice(known.seconds, jobs, launch)),
        }
    }

    /// Returns the hours of one GPU or CPU a job, if each job runs once, for its whole time limit.
    fn hours(&self) -> Option<f64> {
        self.minutes.map(|minutes| float(self.limits) * float(minutes) / 60.0)
    }

    /// Returns the wall time of that, with `PARALLEL_JOBS` at once.
    fn wall(&self) -> Option<Duration> {
        let rounds = saturated(self.limits.div_ceil(self.at_once.max(1)));
        let minutes = saturated(self.minutes?);
        Some(Duration::from_mins(1).saturating_mul(rounds).saturating_mul(minutes))
    }

    /// Refuses a launch that may cost more than `LAUNCH.MAX_GPU_HOURS`.
    pub(in crate::launch) fn check(&self, launch: &LaunchConfig) -> Result<(), Failure> {
        let most = launch.max_gpu_hours;
        if most == 0.0 || self.gpus == 0.0 {
            return Ok(());
        }
        let Some(hours) = self.hours().map(|hours| hours * self.gpus) else {
            let message = format!("LAUNCH.MAX_GPU_HOURS is {most}, but no time limit is known");
            return Err(Failure::usage(message, "set LAUNCH.TIME_LIMIT, in minutes"));
        };
        if hours <= most {
            return Ok(());
        }
        let message = format!(
            "{} may take {hours:.0} GPU-hours, but LAUNCH.MAX_GPU_HOURS is {most}",
            count(self.jobs, "job"),
        );
        let hint = "lower LAUNCH.TIME_LIMIT, launch fewer jobs (--only 0-99), or raise the limit";
        Err(Failure::usage(message, hint))
    }

    fn cost(&self) -> String {
        let Some(hours) = self.hours() else { return UNKNOWN.into() };
        let cpu = format!("{} CPU-hours", hours_of(hours * self.cpus));
        let gpu = format!("{} GPU-hours, ", hours_of(hours * self.gpus));
        let gpu = if self.gpus > 0.0 { gpu.as_str() } else { "" };
        format!("at most {gpu}{cpu} (if each job runs once, up to its time limit)")
    }

    /// Returns the lines of the preview, by name.
    pub(in crate::launch) fn lines(&self, room: TaskRoom) -> Vec<(&'static str, String)> {
        let tasks = format!("{}, {} at once", thousands(self.tasks), thousands(self.at_once));
        let wall =
            self.wall().map(|wall| format!("at most {} once all tasks have started", span(wall)));
        let mut lines = vec![
            ("tasks", tasks),
            ("cost", self.cost()),
            ("wall time", wall.unwrap_or_else(|| UNKNOWN.into())),
            ("files", format!("{}, plus those of your program", thousands(self.files))),
        ];
        if let Some(JobExperience { jobs, seconds, files }) = self.experience {
            let likely = seconds * float(self.jobs) / float(self.at_once.max(1));
            let likely = Duration::try_from_secs_f64(likely).unwrap_or(Duration::MAX);
            let text = format!(
                "about {} and {} files, judging by {} done so far",
                span(likely),
                thousands(whole((files * float(self.jobs)).round())),
                count(jobs, "job")
            );
            lines.push(("likely", text));
        }
        lines.extend(self.advice.clone().map(|advice| ("short jobs", advice)));
        let limits = format!(
            "{} per array, {} more in the queue",
            count(room.array as usize, "task"),
            if room.tasks == u32::MAX {
                "any number of".into()
            } else {
                thousands(room.tasks as usize)
            }
        );
        lines.push(("limits", limits));
        lines
    }
}

/// Formats hours, small ones with a decimal.
fn hours_of(hours: f64) -> String {
    if hours < 10.0 { format!("{hours:.1}") } else { thousands(whole(hours.round())) }
}

#[cfg(test)]
mod tests {
    use sweep_config::JobId;

    use super::super::arrays::{LaunchJobs, arrays};
    use super::super::effective::tests::requests;
    use super::*;
    use crate::runtime::tests::launch;

    const ROOM: TaskRoom = TaskRoom { array: 1001, tasks: 100_000 };

    fn forecast(n: u32, keys: &str, room: TaskRoom) -> (CostForecast, LaunchConfig) {
        let jobs: Vec<JobId> = (0..n).map(JobId).collect();
        let launch = launch(keys);
        let parts =
            arrays(LaunchJobs { canary: &[], others: &jobs }, &launch, room, |n| n.to_string());
        let task = &requests(keys)[0].task;
        let size = ForecastSize { jobs: jobs.len(), minutes: task.least_time(), task };
        (CostForecast::new(size, &parts, &launch, None), launch)
    }

    fn gpu_hours(forecast: &CostForecast) -> f64 {
        forecast.hours().unwrap() * forecast.gpus
    }

    #[test]
    fn each_job_counts_with_its_whole_time_limit() {
        let (forecast, _) = forecast(1000, "NUM_GPUS: 2\nTIME_LIMIT: 90\nPARALLEL_JOBS: 100", ROOM);
        assert!((gpu_hours(&forecast) - 3000.0).abs() < 1e-9);
        assert_eq!(forecast.wall(), Some(Duration::from_hours(15)));
        assert_eq!((forecast.tasks, forecast.at_once, forecast.files), (1000, 100, 5000));
    }

    #[test]
    fn what_extra_asks_for_counts() {
        let keys = "NUM_GPUS: 1\nTIME_LIMIT: 60\nEXTRA: ['--time=30', '-c 8', '--gres=gpu:4']";
        let (forecast, _) = forecast(10, keys, ROOM);
        assert!((gpu_hours(&forecast) - 20.0).abs() < 1e-9);
        assert!((forecast.cpus - 8.0).abs() < 1e-9);
    }

    #[test]
    fn packed_jobs_share_the_cost_of_their_task() {
        let keys = "NUM_GPUS: 1\nTIME_LIMIT: 60\nJOBS_PER_TASK: 5\nPARALLEL_PER_TASK: 2\nPARALLEL_JOBS: 20";
        let (packed, _) = forecast(1000, keys, ROOM);
        assert!((gpu_hours(&packed) - 100.0).abs() < 1e-9);
        assert_eq!(packed.wall(), Some(Duration::from_hours(10)));
        let (short, _) = forecast(1000, keys, TaskRoom { tasks: 10, ..ROOM });
        assert!((gpu_hours(&short) - 500.0).abs() < 1e-9, "no task is bound to five jobs any more");
    }

    #[test]
    fn more_gpu_hours_than_allowed_are_refused() {
        let (forecast, launch) =
            forecast(100, "NUM_GPUS: 1\nTIME_LIMIT: 60\nMAX_GPU_HOURS: 99.5", ROOM);
        let message = forecast.check(&launch).unwrap_err().to_string();
        assert!(message.contains("100 jobs may take 100 GPU-hours"), "{message}");
        let (forecast, launch) =
            super::tests::forecast(99, "NUM_GPUS: 1\nTIME_LIMIT: 60\nMAX_GPU_HOURS: 99.5", ROOM);
        assert!(forecast.check(&launch).is_ok());
        let (endless, launch) = super::tests::forecast(1, "GPU_TYPE: a\nMAX_GPU_HOURS: 9", ROOM);
        let message = endless.check(&launch).unwrap_err().to_string();
        assert!(message.contains("no time limit is known"), "{message}");
    }

    #[test]
    fn the_forecast_reads_well() {
        let (mut forecast, _) = forecast(
            5000,
            "NUM_GPUS: 1\nCPUS_PER_GPU: 10\nTIME_LIMIT: 60",
            TaskRoom { tasks: 100, ..ROOM },
        );
        forecast.experience = Some(JobExperience { jobs: 64, seconds: 120.0, files: 7.5 });
        let lines =
            forecast.lines(ROOM).into_iter().map(|(name, text)| format!("{name:<12} {text}"));
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }
}
