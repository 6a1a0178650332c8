//! How many short jobs a task should run (pure).

use sweep_config::LaunchConfig;

use crate::app::num::{float, whole};
use crate::app::thousands;

/// The number of tasks from which on it matters.
const MANY: usize = 100;

/// The seconds that a task should be busy at least: its start takes some.
const TOO_SHORT: f64 = 60.0;

/// The seconds that a task is well busy.
const BUSY: f64 = 300.0;

/// Returns advice on `JOBS_PER_TASK` for so many jobs on SLURM that take so many seconds each; none where tasks are
/// few, or busy for long enough.
pub fn packing_advice(seconds: f64, jobs: usize, launch: &LaunchConfig) -> Option<String> {
    let better = better_packing(seconds, jobs, launch)?;
    let took = if seconds < 10.0 { format!("{seconds:.1}") } else { format!("{seconds:.0}") };
    let tasks = jobs.div_ceil(better as usize * launch.packing.parallel as usize);
    Some(format!(
        "a job takes {took} s, and starting a task takes some seconds: set LAUNCH.JOBS_PER_TASK: {better} to \
         run {} jobs in {} tasks",
        thousands(jobs),
        thousands(tasks)
    ))
}

/// Returns the number of jobs of a task that keeps it busy, within half of its time, and leaves work for all tasks
/// that may run at once.
fn better_packing(seconds: f64, jobs: usize, launch: &LaunchConfig) -> Option<u32> {
    let packing = launch.packing;
    let of_task = packing.jobs_per_task.saturating_mul(packing.parallel);
    let is_short = seconds * f64::from(packing.jobs_per_task) < TOO_SHORT;
    if jobs / (of_task as usize).max(1) < MANY || !is_short {
        return None;
    }
    let seconds = seconds.max(0.01);
    let half = launch.time_limit.map_or(f64::INFINITY, |minutes| 30.0 * float(minutes) / seconds);
    let share = float(jobs.div_ceil(launch.parallel_jobs.max(1)));
    let better: u32 = whole(half.min(share).min(BUSY / seconds));
    (better > packing.jobs_per_task).then_some(better)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::tests::launch;

    #[test]
    fn short_jobs_share_tasks_as_far_as_all_that_run_at_once_have_work() {
        let better = |seconds, jobs, keys: &str| better_packing(seconds, jobs, &launch(keys));
        assert_eq!(better(0.1, 1001, ""), Some(8));
        assert_eq!(better(0.1, 100_000, ""), Some(782));
        assert_eq!(better(0.0, 1_000_000, "PARALLEL_JOBS: 1"), Some(30_000));
        assert_eq!(better(10.0, 100_000, "TIME_LIMIT: 5"), Some(15));
        assert_eq!(better(10.0, 100_000, "PARALLEL_JOBS: 10"), Some(30));
        for (seconds, jobs, keys) in
            [(60.0, 1001, ""), (0.1, 99, ""), (3.0, 10_000, "JOBS_PER_TASK: 20"), (0.1, 120, "")]
        {
            assert_eq!(better(seconds, jobs, keys), None, "{seconds} {jobs} {keys}");
        }
        let advice = packing_advice(0.14, 1001, &launch("")).unwrap();
        assert!(
            advice.ends_with("set LAUNCH.JOBS_PER_TASK: 8 to run 1,001 jobs in 126 tasks"),
            "{advice}"
        );
    }
}
