//! The limits of a cluster: `scontrol show config`, its partitions, and `sacctmgr` if there is one.

use super::cluster::ClusterIdentity;
use super::node::{SlurmNode, parse_nodes};
use super::partition::{SlurmPartition, parse_partitions};
use super::{Slurm, SlurmError};

/// The limits of a cluster for this user; `None` for those that it does not report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterLimits {
    /// The cluster.
    pub cluster: ClusterIdentity,
    /// The most tasks of an array: one more than the highest index.
    pub max_array_size: Option<u32>,
    /// The most tasks of the whole cluster in its queue.
    pub max_job_count: Option<u32>,
    /// The most tasks of this user in the queue.
    pub max_submit: Option<u32>,
    /// The number of tasks of this user in the queue now.
    pub queued_now: u32,
    /// The partitions, hidden ones too.
    pub partitions: Vec<SlurmPartition>,
    /// The nodes; none if the controller does not tell them.
    pub nodes: Vec<SlurmNode>,
}

impl Slurm {
    /// Asks for the limits of jobs in these partitions (`a,b` is two), of this account and QOS; an
    /// empty text is the default.
    ///
    /// # Errors
    ///
    /// When the controller does not answer. Without accounting there are fewer limits.
    pub fn limits(
        &self,
        partitions: &[String],
        account: &str,
        qos: &str,
    ) -> Result<ClusterLimits, SlurmError> {
        // `-a`: hidden partitions too, and their nodes.
        let show = |what: &str| {
            self.ask("scontrol", &["show", what, "-o", "-a"].map(str::to_owned))
                .map(|printed| printed.stdout)
        };
        let printed = show("config")?;
        let config = ClusterConfig::parse(&printed);
        let all = parse_partitions(&show("partition")?);
        let used: Vec<&SlurmPartition> =
            all.iter().filter(|one| one.is_one_of(partitions)).collect();
        let max_submit =
            if config.has_accounts { self.max_submit(&used, account, qos) } else { None };
        Ok(ClusterLimits {
            cluster: ClusterIdentity::parse(&printed),
            max_array_size: config.max_array_size,
            max_job_count: config.max_job_count,
            max_submit,
            queued_now: self.queued_now()?,
            partitions: all,
            nodes: show("node").map_or_else(|_| Vec::new(), |printed| parse_nodes(&printed)),
        })
    }

    /// Returns the tightest of the limits of the user's associations and of the QOS that apply.
    fn max_submit(&self, partitions: &[&SlurmPartition], account: &str, qos: &str) -> Option<u32> {
        let user = self.user()?;
        let ask = |what: &str, format: &str, more: &[String]| {
            let mut args = ["-n", "-P", "show", what, format].map(str::to_owned).to_vec();
            args.extend_from_slice(more);
            self.call("sacctmgr", &args).ok().map(|printed| printed.stdout)
        };
        let format = "format=Account,Partition,DefaultQOS,QOS,MaxSubmitJobs,GrpSubmitJobs";
        let assocs = ask("assoc", format, &[format!("user={user}")])?;
        let assocs = of_associations(&assocs, account, partitions);
        let mut names: Vec<&str> =
            partitions.iter().map(|partition| partition.qos.as_str()).collect();
        names.push(if qos.is_empty() {
            assocs.default_qos.as_deref().unwrap_or("normal")
        } else {
            qos
        });
        let format = "format=Name,MaxSubmitJobsPerUser,MaxSubmitJobsPerAccount,GrpSubmitJobs";
        let of_qos = ask("qos", format, &[]).and_then(|printed| of_qos(&printed, &names));
        assocs.max_submit.into_iter().chain(of_qos).min()
    }
}

/// The limits in SLURM's configuration.
#[derive(Debug, Default, PartialEq, Eq)]
struct ClusterConfig {
    max_array_size: Option<u32>,
    max_job_count: Option<u32>,
    has_accounts: bool,
}

impl ClusterConfig {
    /// Parses lines `Key = value`, and passes over all others.
    fn parse(printed: &str) -> Self {
        let mut config = Self::default();
        for line in printed.lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim();
            match key.trim() {
                "MaxArraySize" => config.narrow_arrays(value.parse().ok()),
                "MaxJobCount" => config.max_job_count = value.parse().ok(),
                "AccountingStorageType" => config.has_accounts = value.ends_with("slurmdbd"),
                // It may limit the tasks of an array further.
                "SchedulerParameters" => {
                    let options = value.split(',').filter_map(|option| option.split_once('='));
                    let mut options = options.filter(|(name, _)| *name == "max_array_tasks");
                    config.narrow_arrays(options.next().and_then(|(_, most)| most.parse().ok()));
                }
                _ => {}
            }
        }
        config
    }

    fn narrow_arrays(&mut self, most: Option<u32>) {
        self.max_array_size = [self.max_array_size, most].into_iter().flatten().min();
    }
}

/// The limits of the user's associations.
#[derive(Debug, Default, PartialEq, Eq)]
struct UserAssociations {
    max_submit: Option<u32>,
    default_qos: Option<String>,
}

/// Parses rows `account|partition|default QOS|QOS|MaxSubmit|GrpSubmit`; an empty field is no limit, and an
/// empty partition any.
fn of_associations(
    printed: &str,
    account: &str,
    partitions: &[&SlurmPartition],
) -> UserAssociations {
    let mut found = UserAssociations::default();
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
        if !default.is_empty() && !default.contains(',') {
            found.default_qos.get_or_insert_with(|| default.to_owned());
        }
    }
    found
}

/// Parses rows `name|per user|per account|in all`.
fn of_qos(printed: &str, names: &[&str]) -> Option<u32> {
    let rows = printed.lines().map(|line| line.trim().split('|').collect::<Vec<_>>());
    let rows = rows.filter(|row| row.first().is_some_and(|name| names.contains(name)));
    rows.flat_map(|row| {
        row[1..].iter().filter_map(|limit| limit.parse().ok()).collect::<Vec<u32>>()
    })
    .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::recorded::recorded;

    #[test]
    fn the_limits_of_the_cluster_are_read() {
        let expected = ClusterConfig {
            max_array_size: Some(1001),
            max_job_count: Some(20_000),
            has_accounts: true,
        };
        for printed in recorded("config.txt") {
            assert_eq!(ClusterConfig::parse(&printed), expected);
            assert_eq!(ClusterIdentity::parse(&printed).name.as_deref(), Some("testbed"));
        }
        let printed = "** banner = here **\nMaxArraySize = 4000001\nAccountingStorageType = accounting_storage/slurmdbd\n\
                       SchedulerParameters = bf_continue,max_array_tasks=500,defer\n";
        let config = ClusterConfig::parse(printed);
        assert_eq!((config.max_array_size, config.has_accounts), (Some(500), true));
        assert_eq!(ClusterConfig::parse("nothing of the kind"), ClusterConfig::default());
    }

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
        assert_eq!(of("nobody", &[]), UserAssociations::default());
    }

    #[test]
    fn the_limits_of_a_qos_count_if_it_is_used() {
        let printed = "normal|||\nlong|50||200\npart_a||40|\n";
        assert_eq!(of_qos(printed, &["normal"]), None);
        assert_eq!(of_qos(printed, &["long"]), Some(50));
        assert_eq!(of_qos(printed, &["long", "part_a"]), Some(40));
    }
}
