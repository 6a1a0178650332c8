//! The request of a launch against what the cluster says of itself: what SLURM would never start is
//! refused before anything is submitted (pure).

use sweep_config::LaunchConfig;

use crate::app::Failure;
use crate::slurm::{PartitionTime, SlurmPartition};

/// The time limit of a task in minutes, shortest and longest over the partitions; none where neither
/// the config nor the cluster says one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TaskTime {
    pub(super) shortest: Option<u64>,
    pub(super) longest: Option<u64>,
}

/// Checks the request, and returns how long a task may run.
///
/// # Errors
///
/// Everything at once that SLURM could not fulfil.
pub(super) fn check_request(
    launch: &LaunchConfig,
    there: &[SlurmPartition],
) -> Result<TaskTime, Failure> {
    let mut refusals: Vec<(String, String)> = Vec::new();
    let mut used = Vec::new();
    for name in partition_names(launch) {
        match find(name, there) {
            Some(partition) => used.push(partition),
            None if name.is_empty() || there.is_empty() => {}
            None => refusals.push(unknown(name, there)),
        }
    }
    let time = task_time(launch, &used);
    refusals.extend(time.as_ref().err().cloned());
    match (time, refusals.as_slice()) {
        (Ok(time), []) => Ok(time),
        _ => Err(refuse(&refusals)),
    }
}

/// Returns the names of the partitions, each once; an empty one is the cluster's default.
fn partition_names(launch: &LaunchConfig) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in launch.slurm.partitions.iter().flat_map(|names| names.split(',')) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn find<'a>(name: &str, there: &'a [SlurmPartition]) -> Option<&'a SlurmPartition> {
    there.iter().find(|one| if name.is_empty() { one.is_default } else { one.name == name })
}

/// Refuses a partition that does not exist, and names those that do, which SLURM does not.
fn unknown(name: &str, there: &[SlurmPartition]) -> (String, String) {
    let there: Vec<&str> = there.iter().map(|partition| partition.name.as_str()).collect();
    (
        format!("LAUNCH.PARTITION: this cluster has no partition `{name}`"),
        format!("it has {}; \"\" is its default", there.join(", ")),
    )
}

/// Returns the time of a task: `TIME_LIMIT`, else what the partitions give unasked.
fn task_time(
    launch: &LaunchConfig,
    used: &[&SlurmPartition],
) -> Result<TaskTime, (String, String)> {
    if launch.time_limit.is_some() {
        return Ok(TaskTime { shortest: launch.time_limit, longest: launch.time_limit });
    }
    let asks_itself = launch.slurm.extra.iter().any(|it| it.starts_with("--time=") || it == "-t");
    let endless = |one: &&&SlurmPartition| one.default_time == PartitionTime::Unset;
    if let Some(one) = used.iter().find(endless).filter(|_| !asks_itself) {
        let most = one.max_time.minutes().map(|most| format!("; it takes {most} at most"));
        return Err((
            format!(
                "LAUNCH.TIME_LIMIT is missing, and partition `{}` has no DefaultTime",
                one.name
            ),
            format!("say how many minutes a task may take{}", most.unwrap_or_default()),
        ));
    }
    let times = used.iter().map(|one| one.default_time.minutes().filter(|_| !asks_itself));
    let times: Option<Vec<u64>> = times.collect();
    let times = times.unwrap_or_default();
    Ok(TaskTime { shortest: times.iter().copied().min(), longest: times.iter().copied().max() })
}

/// Puts all that was found into one failure.
fn refuse(refusals: &[(String, String)]) -> Failure {
    if let [(message, hint)] = refusals {
        return Failure::Slurm { message: message.clone(), hint: Some(hint.clone()) };
    }
    let lines = refusals.iter().map(|(message, hint)| format!("\n- {message}: {hint}"));
    let message = format!("SLURM would never start these tasks:{}", lines.collect::<String>());
    Failure::Slurm {
        message,
        hint: Some("nothing was submitted: change the config, and launch again".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::tests::launch;

    fn partition(name: &str, default_time: PartitionTime) -> SlurmPartition {
        let is_default = name == "short";
        SlurmPartition { name: name.into(), is_default, default_time, ..SlurmPartition::default() }
    }

    fn check(keys: &str) -> Result<TaskTime, String> {
        let there = [
            partition("short", PartitionTime::Minutes(30)),
            partition("long", PartitionTime::Minutes(600)),
            partition("endless", PartitionTime::Unset),
            partition("odd", PartitionTime::Unknown),
        ];
        check_request(&launch(keys), &there).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_time_limit_is_needed_where_the_partition_has_no_default() {
        let time = |shortest, longest| Ok(TaskTime { shortest, longest });
        for (keys, expected) in [
            ("", time(Some(30), Some(30))),
            ("PARTITION: long", time(Some(600), Some(600))),
            ("PARTITION: [long, short]", time(Some(30), Some(600))),
            ("PARTITION: odd", time(None, None)),
            ("PARTITION: endless\nTIME_LIMIT: 5", time(Some(5), Some(5))),
            ("PARTITION: endless\nEXTRA: ['--time=5']", time(None, None)),
        ] {
            assert_eq!(check(keys), expected, "{keys}");
        }
        for keys in
            ["PARTITION: endless", "PARTITION: 'short,endless'", "PARTITION: [long, endless]"]
        {
            let message = check(keys).unwrap_err();
            assert_eq!(
                message,
                "LAUNCH.TIME_LIMIT is missing, and partition `endless` has no DefaultTime"
            );
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let message = check("PARTITION: [nowhere, endless]").unwrap_err();
        insta::assert_snapshot!(message);
    }
}
