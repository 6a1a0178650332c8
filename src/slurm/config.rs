//! The configuration of a cluster, as `scontrol show config` prints it (pure).

use super::partition::MemoryLimit;

/// The part of SLURM's configuration that matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ClusterConfig {
    pub(super) name: Option<String>,
    /// The version: 22 and 5 for `22.05.8`.
    pub(super) version: Option<(u32, u32)>,
    pub(super) max_array_size: Option<u32>,
    pub(super) max_job_count: Option<u32>,
    pub(super) max_memory: Option<MemoryLimit>,
    pub(super) has_accounts: bool,
    /// The words of `AccountingStorageEnforce`.
    pub(super) enforced: Vec<String>,
    /// The words of `PrivateData`, which users do not see of others.
    pub(super) hidden: Vec<String>,
    /// The number of the user that SLURM runs as.
    pub(super) slurm_user: Option<u32>,
    /// True if a plugin may change what is submitted.
    pub(super) is_rewritten: bool,
}

/// Plugins that change nothing of what is submitted.
const HARMLESS_PLUGINS: [&str; 5] =
    ["(null)", "require_timelimit", "throttle", "logging", "cli_filter/none"];

impl ClusterConfig {
    /// Parses lines `Key = value`, and passes over all others.
    pub(super) fn parse(printed: &str) -> Self {
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
            "AccountingStorageEnforce" => self.enforced = words(value),
            "PrivateData" => self.hidden = words(value),
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

    /// True if jobs need an association of their user's.
    pub(super) fn enforces_accounts(&self) -> bool {
        let needs = ["associations", "limits", "qos", "safe", "wckeys", "all"];
        self.enforced.iter().any(|it| needs.contains(&it.as_str()))
    }

    /// True if jobs need a QOS of their association's.
    pub(super) fn enforces_qos(&self) -> bool {
        self.enforced.iter().any(|it| ["qos", "all"].contains(&it.as_str()))
    }

    /// True if users do not see all reservations.
    pub(super) fn hides_reservations(&self) -> bool {
        self.hidden.iter().any(|it| it == "reservations")
    }

    fn narrow_arrays(&mut self, most: Option<u32>) {
        self.max_array_size = [self.max_array_size, most].into_iter().flatten().min();
    }
}

fn words(list: &str) -> Vec<String> {
    list.split(',').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::ClusterIdentity;
    use crate::slurm::recorded::recorded;

    #[test]
    fn the_limits_of_the_cluster_are_read() {
        let versions = [Some((22, 5)), Some((24, 11))];
        for (printed, version) in recorded("config.txt").iter().zip(versions) {
            let config = ClusterConfig::parse(printed);
            assert_eq!((config.max_array_size, config.max_job_count), (Some(1001), Some(20_000)));
            assert_eq!((config.version, config.slurm_user), (version, Some(0)));
            let yes = [config.has_accounts, config.enforces_accounts(), config.is_rewritten];
            assert_eq!((yes, config.max_memory), ([true, false, false], None));
            assert_eq!(ClusterIdentity::parse(printed).name.as_deref(), Some("testbed"));
        }
        let printed = "** banner = here **\nMaxArraySize = 4000001\nAccountingStorageType = accounting_storage/slurmdbd\n\
                       SchedulerParameters = bf_continue,max_array_tasks=500,defer\n";
        let config = ClusterConfig::parse(printed);
        assert_eq!((config.max_array_size, config.has_accounts), (Some(500), true));
        let printed = "JobSubmitPlugins = lua\nAccountingStorageEnforce = associations,limits\nMaxMemPerNode = 500\n";
        let config = ClusterConfig::parse(printed);
        assert!(config.is_rewritten && config.enforces_accounts());
        assert!(!config.enforces_qos() && !config.hides_reservations());
        assert_eq!(config.max_memory, Some(MemoryLimit::PerNode(500)));
        let printed =
            "AccountingStorageEnforce = associations,qos\nPrivateData = jobs,reservations\n";
        let config = ClusterConfig::parse(printed);
        assert!(config.enforces_qos() && config.hides_reservations());
        assert_eq!(ClusterConfig::parse("nothing of the kind"), ClusterConfig::default());
    }
}
