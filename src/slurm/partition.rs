//! Partitions as `scontrol show partition` reports them (pure).

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
    pub default_time: PartitionTime,
    /// The longest time limit (`MaxTime`).
    pub max_time: PartitionTime,
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

/// A time that a partition sets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PartitionTime {
    /// The cluster says nothing of it, or nothing that we understand.
    #[default]
    Unknown,
    /// There is none: `NONE`, `UNLIMITED`.
    Unset,
    /// Minutes; a minute that was begun counts.
    Minutes(u64),
}

impl PartitionTime {
    /// Returns the minutes, if there are any.
    #[must_use]
    pub fn minutes(self) -> Option<u64> {
        match self {
            Self::Minutes(minutes) => Some(minutes),
            Self::Unknown | Self::Unset => None,
        }
    }

    /// Parses `1-02:30:00`, `02:30:00`, `NONE` or `UNLIMITED`.
    fn parse(text: &str) -> Self {
        if ["NONE", "UNLIMITED", "INFINITE"].contains(&text) {
            return Self::Unset;
        }
        let (days, clock) = text.split_once('-').unwrap_or(("0", text));
        let parts: Option<Vec<u64>> = clock.split(':').map(|part| part.parse().ok()).collect();
        match (days.parse::<u64>(), parts.as_deref()) {
            (Ok(days), Some(&[hours, minutes, seconds])) if days < 1 << 32 && hours < 1 << 32 => {
                Self::Minutes((days * 24 + hours) * 60 + minutes + u64::from(seconds > 0))
            }
            _ => Self::Unknown,
        }
    }
}

/// Parses a partition a line: `PartitionName=debug AllowGroups=ALL … QoS=N/A …`.
pub(super) fn parse_partitions(printed: &str) -> Vec<SlurmPartition> {
    let field = |line: &str, name: &str| {
        let mut words = line.split_ascii_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    let time = |line: &str, name: &str| {
        field(line, name).map_or(PartitionTime::Unknown, |text| PartitionTime::parse(&text))
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
            let endless = PartitionTime::Unset;
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
