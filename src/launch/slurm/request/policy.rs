//! A task against what its partition lets in: users, accounts, QOS, numbers of nodes, CPUs and memory (pure).
//!
//! Nothing is refused that is not known for certain.

use super::RequestRefusal;
use crate::launch::slurm::effective::EffectiveRequest;
use crate::slurm::{
    ClusterLimits, MemoryLimit, NameRule, PartitionDoor, SlurmNode, SlurmPartition, UserAccess,
};

/// Returns why a partition lets no task of this user in.
pub(super) fn not_let_in(
    request: &EffectiveRequest,
    partition: &SlurmPartition,
    limits: &ClusterLimits,
) -> Vec<RequestRefusal> {
    let access = &limits.access;
    // A plugin of the site's may choose the account and the QOS of a job that names none.
    let is_told = |option: &str| !limits.is_rewritten || request.task.has_any(&[option]);
    let of_account = is_told("account").then(|| account(request, partition, access)).flatten();
    let of_qos = is_told("qos").then(|| qos(request, partition, access)).flatten();
    let all = [of_user(request, partition, access), of_account, of_qos];
    all.into_iter().flatten().collect()
}

/// Refuses a user whom the partition keeps out.
fn of_user(
    request: &EffectiveRequest,
    partition: &SlurmPartition,
    access: &UserAccess,
) -> Option<RequestRefusal> {
    let name = &partition.name;
    let key = request.key(&["partition"], "PARTITION");
    let has = |door| partition.doors.contains(&door);
    let another = "choose another partition: `sinfo -s`".to_owned();
    if let (NameRule::Only(allowed), Some(groups)) = (&partition.groups, &access.groups)
        && !partition.groups.lets_in(groups)
    {
        let message = format!(
            "{key}: partition `{name}` is for the groups {}, but you are in {}",
            allowed.join(", "),
            groups.join(", ")
        );
        return Some((message, another));
    }
    if has(PartitionDoor::RootOnly) && !access.is_powerful {
        return Some((format!("{key}: partition `{name}` is for root only"), another));
    }
    if has(PartitionDoor::NoRoot) && access.is_root {
        return Some((
            format!("{key}: partition `{name}` accepts no jobs from root"),
            "launch as another user".to_owned(),
        ));
    }
    let has_reservation = !request.task.text("reservation").is_empty();
    (has(PartitionDoor::Reservation) && !has_reservation).then(|| {
        (
            format!("{key}: partition `{name}` accepts only jobs with a reservation"),
            "set LAUNCH.RESERVATION: `scontrol show reservation`".to_owned(),
        )
    })
}

/// Says whom a rule lets in, as the end of a sentence.
fn told(rule: &NameRule) -> Option<String> {
    match rule {
        NameRule::All => None,
        NameRule::Only(names) => Some(format!("accepts only {}", names.join(", "))),
        NameRule::AllBut(names) => Some(format!("accepts all except {}", names.join(", "))),
    }
}

/// Refuses an account that the partition keeps out.
fn account(
    request: &EffectiveRequest,
    partition: &SlurmPartition,
    access: &UserAccess,
) -> Option<RequestRefusal> {
    let (line, rule) = (access.account.as_ref()?, &partition.accounts);
    let told = told(rule).filter(|_| !rule.lets_in(line))?;
    let key = request.key(&["account"], "ACCOUNT");
    let whose = match (request.task.text("account"), line.first()) {
        ("", None) => "no account is given".to_owned(),
        ("", Some(account)) => format!("`{account}`, your default,"),
        (asked, _) => format!("`{asked}`"),
    };
    let joint = if line.is_empty() { ", but" } else { " is not allowed:" };
    Some((
        format!("{key}: {whose}{joint} partition `{}` {told}", partition.name),
        "set LAUNCH.ACCOUNT to an account of yours that it accepts (`sacctmgr show assoc user=$USER`), or \
         choose another partition"
            .to_owned(),
    ))
}

/// Refuses a QOS that the partition keeps out.
fn qos(
    request: &EffectiveRequest,
    partition: &SlurmPartition,
    access: &UserAccess,
) -> Option<RequestRefusal> {
    let (qos, rule) = (access.qos.as_ref()?, &partition.qos_allowed);
    let told = told(rule).filter(|_| !rule.lets_in(std::slice::from_ref(qos)))?;
    let key = request.key(&["qos"], "QOS");
    let default = if request.task.text("qos").is_empty() { ", your default," } else { "" };
    Some((
        format!("{key}: `{qos}`{default} is not allowed: partition `{}` {told}", partition.name),
        "set LAUNCH.QOS to a QOS of yours that it accepts (`sacctmgr show assoc user=$USER format=qos`), or \
         choose another partition"
            .to_owned(),
    ))
}

/// Returns why a partition gives no task as much: nodes, CPUs of a node, memory.
pub(super) fn too_much(
    request: &EffectiveRequest,
    partition: &SlurmPartition,
    (limits, nodes): (&ClusterLimits, &[&SlurmNode]),
) -> Vec<RequestRefusal> {
    let (task, name) = (&request.task, &partition.name);
    let cpus = task.cpus();
    let mut found: Vec<RequestRefusal> = wrong_nodes(request, partition, limits).collect();
    if let Some(most) = partition.max_cpus.filter(|most| cpus > *most) {
        let options = ["cpus-per-task", "cpus-per-gpu", "ntasks", "ntasks-per-node", "mincpus"];
        let key = request.key(&options, "CPUS_PER_GPU");
        found.push((
            format!(
                "{key}: a task asks for {cpus} CPUs per node, but partition `{name}` allows {most} \
                 (MaxCPUsPerNode)"
            ),
            format!("ask for {most} or fewer, or choose another partition"),
        ));
    }
    let memory = task.memory().unwrap_or(0);
    let most = partition.max_memory.or(limits.max_memory);
    let too_much = match most {
        Some(MemoryLimit::PerNode(most)) if memory > most => {
            Some((format!("{most} MB per node (MaxMemPerNode)"), most))
        }
        // More memory brings more CPUs, as long as there are some.
        Some(MemoryLimit::PerCpu(of_cpu)) => {
            let cpus = nodes.iter().map(|node| u64::from(node.cpus)).max().filter(|it| *it > 0);
            let cpus = [cpus, partition.max_cpus].into_iter().flatten().min();
            let most = cpus.map(|cpus| cpus.saturating_mul(of_cpu)).filter(|most| memory > *most);
            most.map(|most| (format!("{of_cpu} MB per CPU (MaxMemPerCPU)"), most))
        }
        _ => None,
    };
    found.extend(too_much.map(|(limit, most)| {
        let key = request.key(&["mem", "mem-per-cpu", "mem-per-gpu"], "MEM_PER_GPU");
        (
            format!(
                "{key}: a task asks for {memory} MB of memory, but partition `{name}` allows {limit}"
            ),
            format!("ask for {most} MB or less, or choose another partition"),
        )
    }));
    found
}

/// Refuses numbers of nodes that the partition gives to no job.
fn wrong_nodes(
    request: &EffectiveRequest,
    partition: &SlurmPartition,
    limits: &ClusterLimits,
) -> impl Iterator<Item = RequestRefusal> {
    let (count, name) = (request.task.nodes(), &partition.name);
    let lifted = limits.access.lifted;
    let key = request.key(&["nodes"], "NODES");
    let (least, most) = partition.nodes_of_job;
    let most = most.filter(|_| !lifted.most_nodes);
    let most = most.into_iter().chain(partition.total_nodes.filter(|it| *it > 0)).min();
    let many = most.filter(|most| count.least > *most).map(|most| {
        (
            format!(
                "{key}: a task asks for {} nodes, but partition `{name}` allows {most}",
                count.least
            ),
            "ask for fewer, or choose another partition: `sinfo -s`".to_owned(),
        )
    });
    let least =
        least.filter(|least| !lifted.least_nodes && count.most.is_some_and(|it| it < *least));
    let few = least.map(|least| {
        (
            format!("{key}: partition `{name}` accepts only tasks of {least} nodes or more"),
            "ask for more, or choose another partition: `sinfo -s`".to_owned(),
        )
    });
    many.into_iter().chain(few)
}
