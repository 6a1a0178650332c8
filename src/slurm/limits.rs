//! The limits of a cluster: `scontrol show config`, its partitions, and `sacctmgr` if there is one.

use super::access::UserAccess;
use super::associations::{LiftedLimits, of_associations, of_qos};
use super::cluster::ClusterIdentity;
use super::node::{SlurmNode, parse_nodes};
use super::partition::{MemoryLimit, SlurmPartition, parse_partitions};
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
    /// The most memory of a job where its partition says nothing else.
    pub max_memory: Option<MemoryLimit>,
    /// True if a plugin of the site's may change what is submitted, such as the partition of a job that names none.
    pub is_rewritten: bool,
    /// The groups, account and QOS of the user's jobs.
    pub access: UserAccess,
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
        let accounting = if config.has_accounts {
            self.accounting_limits(&used, account, qos)
        } else {
            AccountingLimits::default()
        };
        let mut access = self.access(&used, (account, accounting.qos), &config);
        access.lifted = accounting.lifted;
        Ok(ClusterLimits {
            cluster: ClusterIdentity::parse(&printed),
            max_array_size: config.max_array_size,
            max_job_count: config.max_job_count,
            max_submit: accounting.max_submit,
            queued_now: self.queued_now()?,
            max_memory: config.max_memory,
            is_rewritten: config.is_rewritten,
            access,
            nodes: show("node").map_or_else(|_| Vec::new(), |printed| parse_nodes(&printed)),
            partitions: all,
        })
    }

    /// Returns the limits of the user's associations and of the QOS that apply.
    fn accounting_limits(
        &self,
        partitions: &[&SlurmPartition],
        account: &str,
        qos: &str,
    ) -> AccountingLimits {
        let unknown = AccountingLimits { lifted: LiftedLimits::ALL, ..AccountingLimits::default() };
        let Some(user) = self.user() else { return unknown };
        let ask = |what: &str, format: &str, more: &[String]| {
            let mut args = ["-n", "-P", "show", what, format].map(str::to_owned).to_vec();
            args.extend_from_slice(more);
            self.call("sacctmgr", &args).ok().map(|printed| printed.stdout)
        };
        let format = "format=Account,Partition,DefaultQOS,QOS,MaxSubmitJobs,GrpSubmitJobs";
        let assocs = ask("assoc", format, &[format!("user={user}")]);
        let Some(assocs) = assocs else { return unknown };
        let assocs = of_associations(&assocs, account, partitions);
        let mut names: Vec<&str> =
            partitions.iter().map(|partition| partition.qos.as_str()).collect();
        let default = assocs.default_qos.as_deref();
        names.push(if qos.is_empty() { default.unwrap_or("normal") } else { qos });
        let known = match (qos, default) {
            ("", default) => default.filter(|_| assocs.is_sole_default),
            (qos, _) => Some(qos),
        };
        let format = "format=Name,Flags,MaxSubmitJobsPerUser,MaxSubmitJobsPerAccount,GrpSubmitJobs";
        let printed = ask("qos", format, &[]);
        let of_qos = printed.as_ref().and_then(|printed| of_qos(printed, &names));
        let lifted = printed.map_or(LiftedLimits::ALL, |printed| LiftedLimits::of(&printed, known));
        AccountingLimits {
            max_submit: assocs.max_submit.into_iter().chain(of_qos).min(),
            qos: known.map(str::to_owned),
            lifted,
        }
    }
}

/// The limits of a user's jobs by accounting.
#[derive(Debug, Default)]
struct AccountingLimits {
    max_submit: Option<u32>,
    /// The QOS of the jobs, where it is known.
    qos: Option<String>,
    lifted: LiftedLimits,
}

/// The part of SLURM's configuration that matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ClusterConfig {
    pub(super) name: Option<String>,
    /// The version: 22 and 5 for `22.05.8`.
    pub(super) version: Option<(u32, u32)>,
    max_array_size: Option<u32>,
    max_job_count: Option<u32>,
    max_memory: Option<MemoryLimit>,
    pub(super) has_accounts: bool,
    /// True if jobs need an association of their user's.
    pub(super) enforces_accounts: bool,
    /// The number of the user that SLURM runs as.
    pub(super) slurm_user: Option<u32>,
    is_rewritten: bool,
}

/// Plugins that change nothing of what is submitted.
const HARMLESS_PLUGINS: [&str; 5] =
    ["(null)", "require_timelimit", "throttle", "logging", "cli_filter/none"];

impl ClusterConfig {
    /// Parses lines `Key = value`, and passes over all others.
    fn parse(printed: &str) -> Self {
        let mut config = Self::default();
        for line in printed.lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            config.set(key.trim(), value.trim());
        }
        let field = |name: &str| {
            let mut lines = printed.lines().filter_map(|line| line.split_once('='));
            lines.find_map(|(key, value)| (key.trim() == name).then(|| value.trim().to_owned()))
        };
        config.max_memory = MemoryLimit::find(field);
        config
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "ClusterName" => self.name = Some(value.to_owned()).filter(|name| !name.is_empty()),
            "SLURM_VERSION" => {
                let mut parts = value.split('.').filter_map(|part| part.parse().ok());
                self.version = parts.next().zip(parts.next());
            }
            "MaxArraySize" => self.narrow_arrays(value.parse().ok()),
            "MaxJobCount" => self.max_job_count = value.parse().ok(),
            "AccountingStorageType" => self.has_accounts = value.ends_with("slurmdbd"),
            "AccountingStorageEnforce" => {
                let needs = ["associations", "limits", "qos", "safe", "wckeys", "all"];
                self.enforces_accounts = value.split(',').any(|it| needs.contains(&it));
            }
            // `slurm(64030)`
            "SlurmUser" => {
                let id = value.split_once('(').and_then(|(_, id)| id.strip_suffix(')'));
                self.slurm_user = id.and_then(|id| id.parse().ok());
            }
            "JobSubmitPlugins" | "CliFilterPlugins" => {
                let mut plugins = value.split(',').filter(|it| !it.is_empty());
                self.is_rewritten |= plugins.any(|it| !HARMLESS_PLUGINS.contains(&it));
            }
            // It may limit the tasks of an array further.
            "SchedulerParameters" => {
                let options = value.split(',').filter_map(|option| option.split_once('='));
                let mut options = options.filter(|(name, _)| *name == "max_array_tasks");
                self.narrow_arrays(options.next().and_then(|(_, most)| most.parse().ok()));
            }
            _ => {}
        }
    }

    fn narrow_arrays(&mut self, most: Option<u32>) {
        self.max_array_size = [self.max_array_size, most].into_iter().flatten().min();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_the_cluster_are_read() {
        let config = ClusterConfig::parse(include_str!("../../tests/fixtures/slurm/config.txt"));
        assert_eq!((config.max_array_size, config.max_job_count), (Some(1001), Some(20_000)));
        assert_eq!((config.version, config.slurm_user), (Some((22, 5)), Some(0)));
        let no = [config.has_accounts, config.enforces_accounts, config.is_rewritten];
        assert_eq!((no, config.max_memory), ([false; 3], None));
        let printed = "** banner = here **\nMaxArraySize = 4000001\nAccountingStorageType = accounting_storage/slurmdbd\n\
                       SchedulerParameters = bf_continue,max_array_tasks=500,defer\n";
        let config = ClusterConfig::parse(printed);
        assert_eq!((config.max_array_size, config.has_accounts), (Some(500), true));
        let printed = "JobSubmitPlugins = lua\nAccountingStorageEnforce = associations,limits\nMaxMemPerNode = 500\n";
        let config = ClusterConfig::parse(printed);
        assert!(config.is_rewritten && config.enforces_accounts);
        assert_eq!(config.max_memory, Some(MemoryLimit::PerNode(500)));
        assert_eq!(ClusterConfig::parse("nothing of the kind"), ClusterConfig::default());
    }
}
