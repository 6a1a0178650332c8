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
    let field = |line: &str, name: &str| {
        let mut words = line.split_ascii_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    let time = |line: &str, name: &str| {
        field(line, name).map_or(SlurmTime::Unknown, |text| SlurmTime::parse(&text))
    };
    printed
        .lines()
        .filter_map(|line| {
            Some(SlurmPartition {
                name: field(line, "PartitionName")?,
                qos: field(line, "QoS").filter(|qos| qos != "N/A").unwrap_or_default(),
                is_default: field(line, "Default").as_deref() == Some("YES"),
                state: field(line, "State").unwrap_or_default(),
                default_time: time(line, "DefaultTime"),
                max_time: time(line, "MaxTime"),
            })
        })
        .collect()
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
        let unknown = &parse_partitions("PartitionName=a MaxTime=soon")[0];
        assert_eq!((unknown.default_time, unknown.max_time), Default::default());
    }
}
