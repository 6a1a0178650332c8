//! Looks up what decides on the partitions that a user's jobs may run in: groups, account and QOS.

use rustix::process::geteuid;

use super::Slurm;
use super::associations::{LiftedLimits, account_line};
use super::config::ClusterConfig;
use super::partition::{NameRule, SlurmPartition};

/// The groups, account and QOS of a user's jobs; none where they are not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserAccess {
    /// True for root.
    pub is_root: bool,
    /// True for root and the user that SLURM runs as.
    pub is_powerful: bool,
    /// The groups of the user.
    pub groups: Option<Vec<String>>,
    /// The account of the job, with those above it where they count; empty if it has none.
    pub account: Option<Vec<String>>,
    /// The QOS of the job.
    pub qos: Option<String>,
    /// The limits of partitions that may not hold.
    pub lifted: LiftedLimits,
}

impl Slurm {
    /// Returns what is known of the user's jobs with this account and QOS, an empty text being the default. Only
    /// what a partition asks for is looked up.
    pub(super) fn access(
        &self,
        partitions: &[&SlurmPartition],
        (account, qos): (&str, Option<String>),
        config: &ClusterConfig,
    ) -> UserAccess {
        let uid = geteuid();
        let asks = |rule: fn(&SlurmPartition) -> &NameRule| {
            partitions.iter().any(|one| *rule(one) != NameRule::All)
        };
        let (asks_groups, asks_accounts) = (asks(|one| &one.groups), asks(|one| &one.accounts));
        let is_powerful = uid.is_root() || Some(uid.as_raw()) == config.slurm_user;
        UserAccess {
            is_root: uid.is_root(),
            is_powerful,
            groups: if asks_groups && !is_powerful { self.groups(partitions) } else { None },
            account: if asks_accounts { self.account(account, config) } else { None },
            qos,
            lifted: LiftedLimits::default(),
        }
    }

    /// Returns the groups of the user, where this machine knows some group that a partition asks for: else it knows
    /// other groups than the controller.
    fn groups(&self, partitions: &[&SlurmPartition]) -> Option<Vec<String>> {
        let printed = self.call("id", &["-Gn".to_owned(), self.user()?]).ok()?.stdout;
        let mut asked = vec!["group".to_owned()];
        for one in partitions {
            if let NameRule::Only(names) | NameRule::AllBut(names) = &one.groups {
                asked.extend(names.iter().cloned());
            }
        }
        // It fails where one of them is unknown, and prints the others.
        let known = match self.call("getent", &asked) {
            Ok(printed) => printed.stdout,
            Err(error) => error.into_words()?,
        };
        let is_known = known.lines().any(|line| line.contains(':'));
        is_known.then(|| printed.split_ascii_whitespace().map(str::to_owned).collect())
    }

    /// Returns the account of a job that asks for this one, as [`UserAccess`] has it.
    fn account(&self, asked: &str, config: &ClusterConfig) -> Option<Vec<String>> {
        // Newer versions ask for no account where associations are not enforced; an account stands for those below.
        let is_new = config.version.is_none_or(|version| version >= (23, 2));
        if is_new && !config.enforces_accounts() {
            return None;
        }
        let account = match (asked, config.has_accounts) {
            ("", false) => return Some(Vec::new()),
            ("", true) => self.default_account()?,
            (asked, _) => asked.to_owned(),
        };
        if !is_new {
            return Some(vec![account]);
        }
        let format = "format=Account,ParentName,User";
        let cluster = config.name.as_ref().map(|name| format!("cluster={name}"))?;
        let args = ["-n", "-P", "show", "assoc", format, &cluster].map(str::to_owned);
        account_line(&self.call("sacctmgr", &args).ok()?.stdout, &account)
    }

    /// Returns the account of jobs that name none, unless that differs between clusters.
    fn default_account(&self) -> Option<String> {
        let user = self.user()?;
        let args = ["-n", "-P", "show", "user", &user, "format=DefaultAccount"].map(str::to_owned);
        let printed = self.call("sacctmgr", &args).ok()?.stdout;
        let mut names: Vec<&str> =
            printed.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
        names.dedup();
        let [name] = names[..] else { return None };
        Some(name.to_owned())
    }
}
