//! Partitions as `scontrol show partition` reports them (pure).

use super::time::SlurmTime;

/// A partition of the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlurmPartition {
    /// The name.
    pub name: String,
    /// The QOS that limits it.
    pub qos: String,
    /// True for the partition of jobs that name none.
    pub is_default: bool,
    /// The state: `UP`, `DOWN`, `DRAIN`, `INACTIVE`; empty where the cluster says none.
    pub state: String,
    /// The time limit of a job that asks for none (`DefaultTime`).
    pub default_time: SlurmTime,
    /// The longest time limit (`MaxTime`).
    pub max_time: SlurmTime,
    /// The number of its nodes.
    pub total_nodes: Option<u64>,
    /// The fewest and the most nodes of a job (`MinNodes`, `MaxNodes`); none without a limit.
    pub nodes_of_job: (Option<u64>, Option<u64>),
    /// The most CPUs that jobs may have on a node; none without a limit.
    pub max_cpus: Option<u64>,
    /// The most memory that a job may have; none where that of the cluster counts.
    pub max_memory: Option<MemoryLimit>,
    /// The groups whose members may use it.
    pub groups: NameRule,
    /// The accounts that may use it.
    pub accounts: NameRule,
    /// The QOS that may use it.
    pub qos_allowed: NameRule,
    /// The doors that not every job passes.
    pub doors: Vec<PartitionDoor>,
}

/// A condition that a partition sets to all jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionDoor {
    /// Only root may use it (`RootOnly`).
    RootOnly,
    /// Root may not use it (`DisableRootJobs`).
    NoRoot,
    /// Jobs need a reservation (`ReqResv`).
    Reservation,
}

/// Names that a partition lets in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NameRule {
    /// All of them.
    #[default]
    All,
    /// Only these (`Allow…`).
    Only(Vec<String>),
    /// All but these (`Deny…`).
    AllBut(Vec<String>),
}

impl NameRule {
    /// True if and only if one of these names, which all stand for one thing, is let in.
    pub(crate) fn lets_in(&self, names: &[String]) -> bool {
        let has = |list: &[String]| {
            names.iter().any(|name| list.iter().any(|it| it.eq_ignore_ascii_case(name)))
        };
        match self {
            Self::All => true,
            Self::Only(list) => has(list),
            Self::AllBut(list) => !has(list),
        }
    }
}

/// The most memory of a job in MB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryLimit {
    /// On each node (`MaxMemPerNode`).
    PerNode(u64),
    /// For each of its CPUs (`MaxMemPerCPU`): a job that asks for more gets more CPUs.
    PerCpu(u64),
}

impl MemoryLimit {
    /// Finds the limit in fields of that name.
    pub(super) fn find(field: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let number = |name| field(name).and_then(|text| text.parse().ok()).filter(|mb| *mb > 0);
        let of_node = number("MaxMemPerNode").map(Self::PerNode);
        of_node.or_else(|| number("MaxMemPerCPU").map(Self::PerCpu))
    }
}

impl SlurmPartition {
    /// Returns true if and only if it is one of these, of which `a,b` is two; an empty name, or none at all, is the
    /// default one.
    pub(crate) fn is_one_of(&self, partitions: &[String]) -> bool {
        let is_it = |name: &str| if name.is_empty() { self.is_default } else { name == self.name };
        let mut names = partitions.iter().flat_map(|names| names.split(','));
        if partitions.is_empty() { self.is_default } else { names.any(is_it) }
    }
}

/// Parses a partition a line: `PartitionName=debug AllowGroups=ALL … QoS=N/A …`.
pub(super) fn parse_partitions(printed: &str) -> Vec<SlurmPartition> {
    printed.lines().filter_map(parse_partition).collect()
}

/// The fields that set a condition where they say `YES`.
const DOORS: [(&str, PartitionDoor); 3] = [
    ("RootOnly", PartitionDoor::RootOnly),
    ("DisableRootJobs", PartitionDoor::NoRoot),
    ("ReqResv", PartitionDoor::Reservation),
];

fn parse_partition(line: &str) -> Option<SlurmPartition> {
    let field = |name: &str| {
        let mut words = line.split_ascii_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    let time = |name| field(name).map_or(SlurmTime::Unknown, |text| SlurmTime::parse(&text));
    let number = |name| field(name).and_then(|text| text.parse::<u64>().ok());
    let says = |name, word: &str| field(name).as_deref() == Some(word);
    let rule = |what: &str| {
        let names = |verb: &str| {
            let text = field(&format!("{verb}{what}")).filter(|text| text != "ALL")?;
            Some(text.split(',').map(str::to_owned).collect())
        };
        let denied = || names("Deny").map_or(NameRule::All, NameRule::AllBut);
        names("Allow").map_or_else(denied, NameRule::Only)
    };
    Some(SlurmPartition {
        name: field("PartitionName")?,
        qos: field("QoS").filter(|qos| qos != "N/A").unwrap_or_default(),
        is_default: says("Default", "YES"),
        state: field("State").unwrap_or_default(),
        default_time: time("DefaultTime"),
        max_time: time("MaxTime"),
        total_nodes: number("TotalNodes"),
        nodes_of_job: (number("MinNodes"), number("MaxNodes")),
        max_cpus: number("MaxCPUsPerNode"),
        max_memory: MemoryLimit::find(field),
        groups: rule("Groups"),
        accounts: rule("Accounts"),
        qos_allowed: rule("Qos"),
        doors: DOORS.iter().filter(|(name, _)| says(name, "YES")).map(|(_, door)| *door).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::recorded::recorded;

    #[test]
    fn partitions_are_read_with_the_qos_that_limits_them_and_their_times() {
        for printed in recorded("partitions.txt") {
            let partitions = parse_partitions(&printed);
            let read: Vec<_> = partitions
                .iter()
                .map(|one| (one.name.as_str(), one.is_default, one.max_time))
                .collect();
            let endless = SlurmTime::Unset;
            assert_eq!(read, [("debug", true, endless), ("high", false, endless)]);
        }
        let printed = "PartitionName=a QoS=part_a DefaultTime=00:30:00 MaxTime=2-01:00:30\n";
        let one = &parse_partitions(printed)[0];
        assert_eq!((one.qos.as_str(), one.is_default), ("part_a", false));
        let times = (one.default_time.minutes(), one.max_time.minutes());
        assert_eq!(times, (Some(30), Some(49 * 60 + 1)));
        let open = &parse_partitions(&recorded("partitions.txt")[1])[0];
        assert_eq!(
            (open.nodes_of_job, open.total_nodes, open.max_cpus),
            ((Some(0), None), Some(2), None)
        );
        assert!(
            open.accounts == NameRule::All && open.doors.is_empty() && open.max_memory.is_none()
        );
        let unknown = &parse_partitions("PartitionName=a MaxTime=soon")[0];
        assert_eq!((unknown.default_time, unknown.max_time), Default::default());
    }

    #[test]
    fn who_may_use_a_partition_and_how_much_of_it_is_read() {
        let printed = "PartitionName=a AllowGroups=ml,cv AllowAccounts=ALL DenyAccounts=guests AllowQos=Long \
                       DisableRootJobs=YES RootOnly=YES ReqResv=YES MinNodes=2 MaxNodes=4 MaxCPUsPerNode=8 \
                       DefMemPerCPU=1 MaxMemPerCPU=2000\n";
        let one = &parse_partitions(printed)[0];
        let named = |name: &str| [name.to_owned()];
        assert!(one.groups.lets_in(&named("cv")) && !one.groups.lets_in(&named("root")));
        assert!(one.accounts.lets_in(&named("lab")) && !one.accounts.lets_in(&named("guests")));
        assert!(one.qos_allowed.lets_in(&named("long")) && !one.qos_allowed.lets_in(&[]));
        assert_eq!(one.doors.len(), 3);
        assert_eq!((one.nodes_of_job, one.max_cpus), ((Some(2), Some(4)), Some(8)));
        assert_eq!(one.max_memory, Some(MemoryLimit::PerCpu(2000)));
    }
}
