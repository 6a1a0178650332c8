//! A user's associations and QOS as `sacctmgr` prints them (pure).

use super::partition::SlurmPartition;

/// The limits of the user's associations.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct UserAssociations {
    pub(super) max_submit: Option<u32>,
    pub(super) default_qos: Option<String>,
    /// True if each of them has that default QOS.
    pub(super) is_sole_default: bool,
}

/// Parses rows `account|partition|default QOS|QOS|MaxSubmit|GrpSubmit`; an empty field is no limit, and an
/// empty partition any.
pub(super) fn of_associations(
    printed: &str,
    account: &str,
    partitions: &[&SlurmPartition],
) -> UserAssociations {
    let mut found = UserAssociations::default();
    let mut defaults = Vec::new();
    for line in printed.lines() {
        let fields: Vec<&str> = line.trim().split('|').collect();
        let [of_account, partition, default_qos, qos, max, group] = fields[..] else { continue };
        let fits = (account.is_empty() || account == of_account)
            && (partition.is_empty() || partitions.iter().any(|it| it.name == partition));
        if !fits {
            continue;
        }
        let limits = [max, group].into_iter().filter_map(|limit| limit.parse().ok());
        found.max_submit = found.max_submit.into_iter().chain(limits).min();
        let default = if default_qos.is_empty() { qos } else { default_qos };
        defaults.push(default);
        if !default.is_empty() && !default.contains(',') {
            found.default_qos.get_or_insert_with(|| default.to_owned());
        }
    }
    let sole = found.default_qos.as_deref();
    found.is_sole_default = sole.is_some() && defaults.iter().all(|it| Some(*it) == sole);
    found
}

/// Parses rows `name|flags|per user|per account|in all`, and returns the tightest limit of these QOS.
pub(super) fn of_qos(printed: &str, names: &[&str]) -> Option<u32> {
    let rows = qos_rows(printed).filter(|row| names.contains(&row[0]));
    rows.flat_map(|row| {
        row.get(2..)
            .unwrap_or_default()
            .iter()
            .filter_map(|it| it.parse().ok())
            .collect::<Vec<u32>>()
    })
    .min()
}

/// The limits of partitions that do not hold for a job, or perhaps not: what its QOS may lift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LiftedLimits {
    /// `MaxTime`.
    pub time: bool,
    /// `MinNodes`.
    pub least_nodes: bool,
    /// `MaxNodes`.
    pub most_nodes: bool,
}

impl LiftedLimits {
    /// All limits, where nothing is known of the QOS.
    pub(super) const ALL: Self = Self { time: true, least_nodes: true, most_nodes: true };

    /// Finds what this QOS lifts, or any of them where that of the job is not known.
    pub(super) fn of(printed: &str, name: Option<&str>) -> Self {
        let is_it = |row: &Vec<&str>| name.is_none_or(|name| row[0].eq_ignore_ascii_case(name));
        let flags: Vec<&str> = qos_rows(printed)
            .filter(is_it)
            .flat_map(|row| row.get(1).map_or_else(Vec::new, |it| it.split(',').collect()))
            .collect();
        Self {
            time: flags.contains(&"PartitionTimeLimit"),
            least_nodes: flags.contains(&"PartitionMinNodes"),
            most_nodes: flags.contains(&"PartitionMaxNodes"),
        }
    }
}

fn qos_rows(printed: &str) -> impl Iterator<Item = Vec<&str>> {
    printed.lines().map(|line| line.trim().split('|').collect())
}

/// Returns an account and those above it, by rows `account|parent|user`; none where the row of one is missing.
pub(super) fn account_line(printed: &str, account: &str) -> Option<Vec<String>> {
    let rows: Vec<Vec<&str>> = qos_rows(printed).filter(|row| row.len() == 3).collect();
    let mut line = vec![account.to_owned()];
    while line.last().is_some_and(|last| !last.eq_ignore_ascii_case("root")) {
        let last = line.last()?;
        let row = rows.iter().find(|row| row[2].is_empty() && row[0].eq_ignore_ascii_case(last))?;
        let parent = if row[1].is_empty() { "root" } else { row[1] };
        if line.iter().any(|it| it == parent) {
            return None;
        }
        line.push(parent.to_owned());
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tightest_limit_of_the_associations_that_count_is_taken() {
        let printed = "lab||normal|long,normal|100|\nother||||5|\nlab|gpu|||20|30\n";
        let gpu = SlurmPartition { name: "gpu".into(), ..SlurmPartition::default() };
        let of = |account: &str, partitions: &[&SlurmPartition]| {
            of_associations(printed, account, partitions)
        };
        assert_eq!(of("lab", &[]).max_submit, Some(100));
        assert_eq!(of("lab", &[&gpu]).max_submit, Some(20));
        assert_eq!(of("", &[]).max_submit, Some(5));
        assert_eq!(of("lab", &[]).default_qos.as_deref(), Some("normal"));
        assert!(of("lab", &[]).is_sole_default && !of("", &[]).is_sole_default);
        assert_eq!(of("nobody", &[]), UserAssociations::default());
    }

    #[test]
    fn the_limits_of_a_qos_count_if_it_is_used() {
        let printed = "normal||||\nlong|PartitionTimeLimit,DenyOnLimit|50||200\npart_a|||40|\n";
        assert_eq!(of_qos(printed, &["normal"]), None);
        assert_eq!(of_qos(printed, &["long"]), Some(50));
        assert_eq!(of_qos(printed, &["long", "part_a"]), Some(40));
        let lifts_time = |name| LiftedLimits::of(printed, name).time;
        assert!(lifts_time(Some("long")) && !lifts_time(Some("normal")));
        assert!(lifts_time(None), "the QOS of the job may be that one");
        assert!(!LiftedLimits::of(printed, None).most_nodes);
    }

    #[test]
    fn an_account_stands_below_others() {
        let printed = "root||\nroot||root\nphysics|root|\nlab|physics|\nlab||ann\n";
        assert_eq!(account_line(printed, "lab").unwrap(), ["lab", "physics", "root"]);
        assert_eq!(account_line(printed, "guests"), None);
        assert_eq!(account_line("a|b|\nb|a|\n", "a"), None);
    }
}
