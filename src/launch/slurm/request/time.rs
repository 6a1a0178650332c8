//! The time of a task against what its partitions give (pure).

use super::RequestRefusal;
use crate::launch::slurm::effective::EffectiveRequest;
use crate::slurm::{SlurmPartition, SlurmTime};

/// The time limit of a task in minutes, shortest and longest over the partitions; none where neither
/// the config nor the cluster says one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::launch::slurm) struct TaskTime {
    pub(in crate::launch::slurm) shortest: Option<u64>,
    pub(in crate::launch::slurm) longest: Option<u64>,
}

/// Returns why a partition does not give a task its time.
pub(super) fn too_long(
    request: &EffectiveRequest,
    partition: &SlurmPartition,
) -> Option<RequestRefusal> {
    let most = partition.max_time.minutes()?;
    let key = request.key(&["time"], "TIME_LIMIT");
    let said = match (request.task.least_time(), request.task.time()?) {
        (Some(minutes), _) if minutes > most && request.is_extra(&["time", "time-min"]) => {
            format!("{key} asks for {minutes} minutes")
        }
        (Some(minutes), _) if minutes > most => format!("{key} is {minutes}"),
        (None, SlurmTime::Unset) => format!("{key} asks for unlimited time"),
        _ => return None,
    };
    Some((
        format!("{said}, but partition `{}` allows {most} minutes", partition.name),
        format!(
            "set it to {most} or less, or choose a partition for longer tasks (`sinfo -o '%P %l'`)"
        ),
    ))
}

/// Returns the time of a task: what it asks for, else what its partitions give unasked.
///
/// # Errors
///
/// When it asks for none, and a partition has no default.
pub(super) fn task_time<'a>(
    used: impl IntoIterator<Item = (&'a EffectiveRequest, Option<&'a SlurmPartition>)>,
) -> Result<TaskTime, RequestRefusal> {
    let mut times = Vec::new();
    for (request, partition) in used {
        times.push(match (request.task.time(), partition) {
            (Some(time), _) => time.minutes(),
            (None, Some(one)) if one.default_time == SlurmTime::Unset => return Err(missing(one)),
            (None, one) => one.and_then(|one| one.default_time.minutes()),
        });
    }
    let known: Option<Vec<u64>> = times.iter().copied().collect();
    let longest = known.and_then(|times| times.into_iter().max());
    // A worker that believes in too little time wastes some; one that believes in too much is killed.
    let shortest = times.into_iter().flatten().min();
    Ok(TaskTime { shortest, longest })
}

fn missing(partition: &SlurmPartition) -> RequestRefusal {
    let most = partition.max_time.minutes().map(|most| format!("; it allows {most}"));
    (
        format!(
            "LAUNCH.TIME_LIMIT is missing and partition `{}` has no DefaultTime",
            partition.name
        ),
        format!("set it to the minutes that a task may take{}", most.unwrap_or_default()),
    )
}
