//! Cuts the jobs into job arrays, within the limits of the cluster (pure).
//!
//! A task is a worker that begins with its own portion of the jobs and then takes what is left, so
//! tasks stand in for each other: one that dies, or a cluster that takes fewer tasks than there are
//! jobs, costs time and no job. That is what lets any number of jobs run within any limit.

use sweep_config::records::JobArray;
use sweep_config::{JobId, LaunchConfig};

use crate::app::num::saturated;
use crate::app::ranges;

/// The number of tasks that the cluster takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::launch) struct TaskRoom {
    /// The limit of an array: `MaxArraySize`, which is one more than the highest index.
    pub(in crate::launch) array: u32,
    /// The limit of all tasks, beside those that are queued already.
    pub(in crate::launch) tasks: u32,
}

/// The jobs of a launch.
#[derive(Debug, Clone, Copy)]
pub(in crate::launch) struct LaunchJobs<'a> {
    /// The jobs that run before all others, which run only if these pass.
    pub(in crate::launch) canary: &'a [JobId],
    /// The other jobs, in order.
    pub(in crate::launch) others: &'a [JobId],
}

/// Returns the arrays, in the order in which they are submitted; `name` gives each its unique name.
///
/// The shares of `PARALLEL_JOBS` add up to it at most, as long as there is one task for each
/// partition. There is at least one task of room.
pub(in crate::launch) fn arrays(
    jobs: LaunchJobs<'_>,
    launch: &LaunchConfig,
    room: TaskRoom,
    name: impl Fn(u32) -> String,
) -> Vec<JobArray> {
    let partitions = partitions(launch);
    let at_once = tasks_at_once(launch);
    let mut parts = Vec::new();
    if !jobs.canary.is_empty() {
        parts.extend(cut(jobs.canary, launch, ArrayShare { room, at_once, canary: true }));
        for part in &mut parts {
            part.partition.clone_from(&partitions[0]);
        }
    }
    let before: u32 = parts.iter().map(|part| part.tasks).sum();
    let shares = split(at_once, saturated(partitions.len()));
    let rooms = split(room.tasks.saturating_sub(before).max(1), saturated(partitions.len()));
    for ((partition, at_once), tasks) in partitions.iter().zip(shares).zip(rooms) {
        if at_once == 0 || tasks == 0 || jobs.others.is_empty() {
            continue;
        }
        let room = TaskRoom { tasks, ..room };
        let of_partition = cut(jobs.others, launch, ArrayShare { room, at_once, canary: false });
        parts.extend(
            of_partition.into_iter().map(|part| JobArray { partition: partition.clone(), ..part }),
        );
    }
    for (number, part) in (0..).zip(&mut parts) {
        part.number = number;
        part.name = name(number);
    }
    parts
}

/// Returns the number of tasks that run at once, so that no more than `PARALLEL_JOBS` jobs do.
pub(in crate::launch) fn tasks_at_once(launch: &LaunchConfig) -> u32 {
    (saturated::<u32>(launch.parallel_jobs) / launch.packing.parallel).max(1)
}

/// Returns the number of tasks that it takes to run so many jobs once each.
pub(in crate::launch) fn tasks_needed(jobs: usize, launch: &LaunchConfig) -> u32 {
    saturated::<u32>(jobs).div_ceil(jobs_of_task(launch))
}

fn jobs_of_task(launch: &LaunchConfig) -> u32 {
    launch.packing.jobs_per_task.saturating_mul(launch.packing.parallel)
}

/// Returns the partitions; an empty name is the cluster's default.
fn partitions(launch: &LaunchConfig) -> Vec<String> {
    let given = &launch.slurm.partitions;
    if given.is_empty() { vec![String::new()] } else { given.clone() }
}

/// The share of one partition.
#[derive(Debug, Clone, Copy)]
struct ArrayShare {
    room: TaskRoom,
    at_once: u32,
    canary: bool,
}

/// Cuts the jobs into arrays of nearly the same size.
///
/// With more arrays than tasks may run at once, some array would have no share of them: then there
/// are fewer arrays, and their tasks run more jobs each.
fn cut(jobs: &[JobId], launch: &LaunchConfig, share: ArrayShare) -> Vec<JobArray> {
    let ArrayShare { room, at_once, canary } = share;
    let needed = tasks_needed(jobs.len(), launch);
    let arrays = needed.min(room.tasks).div_ceil(room.array).min(at_once).max(1);
    let tasks = needed.min(room.tasks).min(arrays.saturating_mul(room.array));
    let quota = if tasks < needed { 0 } else { launch.packing.jobs_per_task };
    let sizes = split(tasks, arrays);
    let mut rest = jobs;
    let mut parts = Vec::new();
    for (i, (tasks, parallel)) in sizes.iter().copied().zip(split(at_once, arrays)).enumerate() {
        let left: u32 = sizes[i..].iter().sum();
        let length = match quota {
            0 => saturated::<u32>(rest.len()).div_ceil(left).saturating_mul(tasks),
            _ => tasks.saturating_mul(jobs_of_task(launch)),
        };
        let (now, later) = rest.split_at(rest.len().min(length as usize));
        rest = later;
        parts.push(JobArray {
            number: 0,
            name: String::new(),
            partition: String::new(),
            tasks,
            parallel: parallel.min(tasks),
            slots: launch.packing.parallel,
            quota,
            jobs: ranges(now.iter().map(|job| job.0)),
            canary,
        });
    }
    parts
}

/// Splits `total` into `n` parts that differ by one at most, the larger ones first.
fn split(total: u32, n: u32) -> Vec<u32> {
    (0..n).map(|i| total / n + u32::from(i < total % n)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::tests::launch;

    fn jobs(n: u32) -> Vec<JobId> {
        (0..n).map(JobId).collect()
    }

    fn plan(n: u32, keys: &str, room: TaskRoom) -> Vec<JobArray> {
        let all = jobs(n);
        arrays(LaunchJobs { canary: &[], others: &all }, &launch(keys), room, |part| {
            format!("s-{part}")
        })
    }

    fn shapes(parts: &[JobArray]) -> Vec<(u32, u32, u32)> {
        parts.iter().map(|part| (part.tasks, part.parallel, part.quota)).collect()
    }

    const ROOM: TaskRoom = TaskRoom { array: 1001, tasks: 100_000 };

    #[test]
    fn jobs_that_fit_are_one_array_with_a_task_each() {
        let parts = plan(64, "PARALLEL_JOBS: 128", ROOM);
        assert_eq!(shapes(&parts), [(64, 64, 1)]);
        assert_eq!((parts[0].jobs.as_slice(), parts[0].name.as_str()), (&[(0, 63)][..], "s-0"));
        assert_eq!(parts[0].partition, "");
    }

    #[test]
    fn more_than_an_array_holds_are_several_that_share_what_runs_at_once() {
        let parts = plan(5000, "PARALLEL_JOBS: 128", ROOM);
        assert_eq!(
            shapes(&parts),
            [(1000, 26, 1), (1000, 26, 1), (1000, 26, 1), (1000, 25, 1), (1000, 25, 1)]
        );
        assert_eq!(parts[4].jobs, [(4000, 4999)]);
    }

    #[test]
    fn where_the_cluster_takes_fewer_tasks_each_runs_as_many_jobs_as_it_can() {
        let parts = plan(5000, "PARALLEL_JOBS: 128", TaskRoom { tasks: 100, ..ROOM });
        assert_eq!(shapes(&parts), [(100, 100, 0)]);
        assert_eq!(parts[0].jobs, [(0, 4999)]);
    }

    #[test]
    fn no_array_is_without_a_share_of_what_runs_at_once() {
        let parts = plan(2000, "PARALLEL_JOBS: 3", TaskRoom { array: 101, ..ROOM });
        assert_eq!(shapes(&parts), [(101, 1, 0); 3]);
    }

    #[test]
    fn packed_jobs_need_fewer_tasks_and_count_as_jobs_at_once() {
        let parts = plan(100, "PARALLEL_JOBS: 16\nJOBS_PER_TASK: 5\nPARALLEL_PER_TASK: 4", ROOM);
        assert_eq!(shapes(&parts), [(5, 4, 5)]);
    }

    #[test]
    fn each_of_several_partitions_is_offered_all_jobs_with_a_share_of_what_runs_at_once() {
        let parts = plan(10, "PARTITION: [a, b]\nPARALLEL_JOBS: 5", ROOM);
        assert_eq!(shapes(&parts), [(10, 3, 1), (10, 2, 1)]);
        let names: Vec<&str> = parts.iter().map(|part| part.partition.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(parts[0].jobs, parts[1].jobs);
    }

    #[test]
    fn a_canary_is_an_array_of_its_own_before_the_others() {
        let all = jobs(10);
        let jobs = LaunchJobs { canary: &[JobId(9), JobId(12)], others: &all[..9] };
        let parts = arrays(jobs, &launch("PARALLEL_JOBS: 4"), ROOM, |part| part.to_string());
        assert_eq!(shapes(&parts), [(2, 2, 1), (9, 4, 1)]);
        assert!(parts[0].canary && !parts[1].canary);
        assert_eq!(parts[0].jobs, [(9, 9), (12, 12)]);
    }

    proptest! {
        #[test]
        fn every_job_has_a_place_and_no_limit_is_passed(
            n in 1_u32..5000, at_once in 1_u32..300, array in 1_u32..1500, tasks in 1_u32..3000,
            per_task in 1_u32..8, parallel in 1_u32..8,
        ) {
            let keys = format!(
                "PARALLEL_JOBS: {at_once}\nJOBS_PER_TASK: {per_task}\nPARALLEL_PER_TASK: {parallel}"
            );
            let parts = plan(n, &keys, TaskRoom { array, tasks });
            let places: Vec<u32> =
                parts.iter().flat_map(|part| part.jobs.iter().flat_map(|(a, b)| *a..=*b)).collect();
            prop_assert_eq!(places, (0..n).collect::<Vec<_>>());
            prop_assert!(parts.iter().all(|part| part.tasks <= array && part.parallel >= 1));
            prop_assert!(parts.iter().map(|part| part.tasks).sum::<u32>() <= tasks);
            let running: u32 = parts.iter().map(|part| part.parallel).sum();
            prop_assert!(running <= (at_once / parallel).max(1));
            prop_assert!(parts.len() <= 1 + n.div_ceil(array) as usize);
            let settled: u64 = parts.iter()
                .map(|part| u64::from(part.tasks) * u64::from(part.quota) * u64::from(parallel))
                .sum();
            prop_assert!(settled >= u64::from(n) || parts.iter().all(|part| part.quota == 0));
        }
    }
}
