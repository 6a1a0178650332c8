//! Reasons why tasks wait, in plain words (pure).

use crate::app::count;

/// Reasons for which a task waits for more than its turn, by the beginning of SLURM's word: what it means, and
/// what helps. `{launch}` is the command line of `sweep_launch` for the sweep.
const REASONS: [(&str, &str, &str); 22] = [
    ("JobHeldUser", "are held", RELEASE),
    ("JobHeldAdmin", "are held by the site, or by SLURM after a failed start", HELD),
    ("JobHoldMaxRequeue", "are held after too many starts", HELD),
    (
        "job requeued in held state",
        "are held, by `scontrol requeuehold` or because the disk failed for too long",
        RELEASE,
    ),
    ("launch failed requeued held", "are held because a node could not start them", HELD),
    ("PartitionTimeLimit", "ask for more time than their partition gives", CHANGE_TIME),
    ("PartitionNodeLimit", "ask for more nodes than their partition gives", CHANGE),
    ("PartitionConfig", "ask for more than their partition gives", CHANGE),
    ("PartitionDown", "wait for a partition that is down", PARTITION),
    ("PartitionInactive", "wait for a partition that is disabled", PARTITION),
    ("BadConstraints", "ask for more than any node has", CHANGE),
    ("DependencyNeverSatisfied", "wait for tasks that have failed, such as a canary", CANARY),
    ("ReqNodeNotAvail", "need nodes that are down or reserved", NODES),
    ("Nodes required for job are DOWN", "need nodes that are down or reserved", NODES),
    ("ReservationDeleted", "wait for a reservation that is gone", CHANGE),
    ("Reservation", "wait for their reservation to begin", RESERVATION),
    ("MaxMemPerLimit", "ask for more memory than one task may have", CHANGE),
    ("AccountNotAllowed", "may not use their partition with this account", CHANGE),
    ("QOSNotAllowed", "may not use their partition with this QOS", CHANGE),
    ("InvalidAccount", "have an account that is not valid", CHANGE),
    ("InvalidQOS", "have a QOS that is not valid", CHANGE),
    ("AccountingPolicy", "are beyond a limit of your account", LIMIT),
];

const RELEASE: &str = "release them with `{launch} --release` or `scontrol release {id}`";
const HELD: &str = "see `scontrol show job {id}`; release them with `{launch} --release` or `scontrol \
    release {id}` if you may, else ask your site";
const CHANGE_TIME: &str =
    "they never start: run `{launch} --cancel`, lower LAUNCH.TIME_LIMIT and launch again";
const CHANGE: &str = "they never start: run `{launch} --cancel`, change LAUNCH (`scontrol show partition`) \
    and launch again";
const PARTITION: &str = "wait until it is up (`sinfo -s`), or run `{launch} --cancel` and launch with \
    another LAUNCH.PARTITION";
const CANARY: &str = "they never start: see what failed with sweep_collect, run `{launch} --cancel` and \
    launch again";
const NODES: &str =
    "see `sinfo -R` and `scontrol show reservation`; choose other nodes with EXCLUDE or NODELIST";
const RESERVATION: &str = "see `scontrol show reservation`, or run `{launch} --cancel` and launch without \
    LAUNCH.RESERVATION";
const LIMIT: &str =
    "they start when others of yours end; `sacctmgr show qos` shows how many may run in LAUNCH.QOS";
const TOO_MUCH: &str = "they never start: run `{launch} --cancel`, ask for less or for another LAUNCH.QOS \
    and launch again";

/// Returns what a reason of SLURM's means and what helps; none for a task that waits for its turn.
pub(super) fn explain(reason: &str) -> Option<(&'static str, &'static str)> {
    // Newer versions write `job_requeued_in_held_state`.
    let plain = reason.replace('_', " ");
    let found = REASONS.iter().find(|(word, ..)| plain.starts_with(word));
    if let Some((_, meaning, help)) = found {
        return Some((meaning, help));
    }
    let is_limit = ["QOS", "Assoc"].iter().any(|word| reason.starts_with(word));
    match (is_limit, reason.contains("PerJob")) {
        (false, _) => None,
        (true, true) => Some(("ask for more than one task may have", TOO_MUCH)),
        (true, false) => Some(("are beyond a limit of your account or QOS", LIMIT)),
    }
}

/// Returns a sentence on so many tasks of an array that wait for this reason; none if they wait for their turn.
pub fn waiting_sentence(tasks: usize, array: u64, reason: &str, launch: &str) -> Option<String> {
    let (meaning, help) = explain(reason)?;
    let meaning = if tasks == 1 { singular(meaning) } else { meaning.to_owned() };
    let tasks = count(tasks, "task");
    let help = help.replace("{launch}", launch).replace("{id}", &array.to_string());
    Some(format!("{tasks} of {array} {meaning} ({reason}): {help}"))
}

/// Puts a predicate of several into that of one: `are held` into `is held`.
fn singular(predicate: &str) -> String {
    let (verb, rest) = predicate.split_once(' ').unwrap_or((predicate, ""));
    match verb {
        "are" => format!("is {rest}"),
        "have" => format!("has {rest}"),
        "may" => predicate.to_owned(),
        verb => format!("{verb}s {rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_starts_is_told_from_what_waits_for_its_turn() {
        for reason in
            ["None", "Priority", "Resources", "JobArrayTaskLimit", "BeginTime", "Dependency", ""]
        {
            assert_eq!(explain(reason), None, "{reason}");
        }
        let help = |reason| explain(reason).unwrap().1;
        for reason in [
            "PartitionTimeLimit",
            "PartitionConfig",
            "DependencyNeverSatisfied",
            "QOSMaxCpuPerJobLimit",
            "QOSMaxWallDurationPerJobLimit",
            "AssocMaxMemPerJob",
            "BadConstraints",
        ] {
            assert!(help(reason).contains("never start"), "{reason}");
        }
        for reason in ["QOSMaxCpuPerUserLimit", "AssocGrpCpuLimit", "QOSMaxJobsPerUserLimit"] {
            assert!(help(reason).contains("when others of yours end"), "{reason}");
        }
        for reason in ["job requeued in held state", "job_requeued_in_held_state", "JobHeldUser"] {
            assert!(help(reason).contains("--release"), "{reason}");
        }
        let one = |reason| waiting_sentence(1, 17, reason, "sweep_launch").unwrap();
        for (reason, words) in [
            ("JobHeldUser", "1 task of 17 is held ("),
            ("InvalidQOS", "1 task of 17 has a QOS"),
            ("AccountNotAllowed", "1 task of 17 may not use"),
            ("PartitionDown", "1 task of 17 waits for a partition"),
        ] {
            assert!(one(reason).starts_with(words), "{}", one(reason));
        }
        assert!(help("ReqNodeNotAvail, UnavailableNodes:n[1-2]").contains("sinfo -R"));
        assert_eq!(
            waiting_sentence(3, 17, "JobHeldUser", "sweep_launch --sweep-cfg s.yaml").unwrap(),
            "3 tasks of 17 are held (JobHeldUser): release them with `sweep_launch --sweep-cfg s.yaml \
             --release` or `scontrol release 17`"
        );
    }
}
