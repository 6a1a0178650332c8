//! The limits of a cluster: `scontrol show config`, its partitions, and `sacctmgr` if there is one.

use super::access::UserAccess;
use super::associations::{LiftedLimits, of_associations, of_qos};
use super::cluster::ClusterIdentity;
use super::config::ClusterConfig;
use super::known_names::KnownNames;
use super::node::{SlurmNode, parse_nodes};
use super::partition::{MemoryLimit, SlurmPartition, parse_partitions};
use super::{Slurm, SlurmError, TaskRequest};

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
    /// The names that the user's jobs may give.
    pub names: KnownNames,
}

impl Slurm {
    /// Asks for the limits of such tasks in these partitions (`a,b` is two), with their account and QOS.
    ///
    /// # Errors
    ///
    /// When the controller does not answer. Without accounting there are fewer limits.
    pub fn limits(
        &self,
        partitions: &[String],
        task: &TaskRequest,
    ) -> Result<ClusterLimits, SlurmError> {
        let (account, qos) = (task.text("account"), task.text("qos"));
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
        let asks_reservation = task.has_any(&["reservation"]) && !config.hides_reservations();
        let names = KnownNames {
            accounts: accounting.names.accounts.filter(|_| config.enforces_accounts()),
            qos: accounting.names.qos.filter(|_| config.enforces_qos()),
            reservations: if asks_reservation { self.reservations() } else { None },
        };
        Ok(ClusterLimits {
            cluster: ClusterIdentity::parse(&printed),
            max_array_size: config.max_array_size,
            max_job_count: config.max_job_count,
            max_submit: accounting.max_submit,
            queued_now: self.queued_now()?,
            max_memory: config.max_memory,
            is_rewritten: config.is_rewritten,
            access,
            names,
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
        let known_names = KnownNames::of_associations(&assocs, account);
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
            names: known_names,
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
    names: KnownNames,
}
