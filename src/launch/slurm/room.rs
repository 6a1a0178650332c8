//! The number of tasks that the cluster will take (pure).

use sweep_config::LaunchConfig;

use super::arrays::TaskRoom;
use crate::app::{Failure, thousands};
use crate::slurm::ClusterLimits;

/// SLURM's default of `MaxArraySize`, for a cluster that does not report it.
const ARRAY: u32 = 1001;

/// Returns the number of tasks that the cluster takes now; where it takes none, the number that it takes of an
/// empty queue, and the refusal.
pub(in crate::launch) fn room(
    limits: &ClusterLimits,
    launch: &LaunchConfig,
) -> (TaskRoom, Option<Failure>) {
    let own = Some(launch.slurm.max_submit).filter(|most| *most > 0);
    let most = [limits.max_submit, limits.max_job_count, own].into_iter().flatten().min();
    let tasks = most.map_or(u32::MAX, |most| most.saturating_sub(limits.queued_now));
    // An array of one task is the least that can be.
    let array = limits.max_array_size.unwrap_or(ARRAY).max(1);
    if tasks > 0 {
        return (TaskRoom { array, tasks }, None);
    }
    let most = most.unwrap_or_default();
    let refusal = Failure::Slurm {
        message: format!(
            "you may have {} tasks in the queue, and {} are already there",
            thousands(most as usize),
            thousands(limits.queued_now as usize)
        ),
        hint: Some(
            "wait until some end, or cancel them (`sweep_launch --cancel` cancels those of a sweep)"
                .into(),
        ),
    };
    (TaskRoom { array, tasks: most }, Some(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::tests::launch;

    fn limits(
        max_submit: Option<u32>,
        max_job_count: Option<u32>,
        queued_now: u32,
    ) -> ClusterLimits {
        ClusterLimits {
            max_array_size: Some(101),
            max_submit,
            max_job_count,
            queued_now,
            ..ClusterLimits::default()
        }
    }

    #[test]
    fn the_tightest_limit_counts_less_what_is_queued() {
        let room = |limits: &ClusterLimits, keys: &str| room(limits, &launch(keys)).0;
        let tasks = |limits: &ClusterLimits, keys: &str| room(limits, keys).tasks;
        assert_eq!(
            room(&limits(Some(100), Some(10_000), 30), ""),
            TaskRoom { array: 101, tasks: 70 }
        );
        assert_eq!(tasks(&limits(None, Some(10_000), 0), ""), 10_000);
        assert_eq!(tasks(&limits(None, Some(10_000), 0), "MAX_SUBMIT: 50"), 50);
        assert_eq!(tasks(&limits(None, None, 5), ""), u32::MAX);
        assert_eq!(super::room(&ClusterLimits::default(), &launch("")).0.array, 1001);
    }

    #[test]
    fn no_room_is_told_with_what_fills_it() {
        let (room, refusal) = room(&limits(Some(100), None, 100), &launch(""));
        let message = refusal.unwrap().to_string();
        assert_eq!(message, "you may have 100 tasks in the queue, and 100 are already there");
        assert_eq!(room.tasks, 100, "what there is in an empty queue");
    }
}
