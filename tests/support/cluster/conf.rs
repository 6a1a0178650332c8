//! The configuration files of a cluster: text from a setup, no file touched.

use std::path::Path;

use super::setup::Setup;

/// The name of the cluster in the data base, and of the account of its user.
pub(crate) const CLUSTER: &str = "testbed";

/// What the files say besides the setup.
pub(crate) struct Place<'a> {
    pub(crate) dir: &'a Path,
    /// The machine's name, short.
    pub(crate) host: &'a str,
    /// The user that the daemons run as.
    pub(crate) user: &'a str,
    pub(crate) release: SlurmRelease,
    pub(crate) ports: Ports<'a>,
}

/// The ports of the daemons.
pub(crate) struct Ports<'a> {
    pub(crate) controller: u16,
    pub(crate) slurmdbd: u16,
    pub(crate) mariadb: u16,
    pub(crate) nodes: &'a [u16],
}

/// The release of SLURM, such as 22.05.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(crate) struct SlurmRelease(u32, u32);

impl SlurmRelease {
    /// Reads what `slurmctld -V` prints: `slurm-wlm 24.11.5`.
    pub(crate) fn of(printed: &str) -> Self {
        let number = printed.split_ascii_whitespace().last().unwrap_or_default();
        let mut parts = number.split('.').map_while(|part| part.parse().ok());
        match (parts.next(), parts.next()) {
            (Some(year), Some(month)) => Self(year, month),
            _ => panic!("`slurmctld -V` printed {printed:?}"),
        }
    }

    /// `cgroup.conf`, where a node's daemon would else look for a hierarchy that it may write to.
    pub(crate) fn cgroup_conf(self) -> Option<&'static str> {
        (self >= Self(23, 11)).then_some("CgroupPlugin=disabled\n")
    }

    /// A line that keeps the daemons to the loopback address. The later releases would take that of the machine's name
    /// instead, on which nobody calls them.
    fn listening(self) -> &'static str {
        if self >= Self(23, 11) {
            return "";
        }
        "CommunicationParameters=NoInAddrAny,NoCtldInAddrAny\n"
    }
}

/// `slurm.conf`.
pub(crate) fn slurm(setup: &Setup, place: &Place<'_>) -> String {
    let mut text = general(setup, place);
    if setup.has_accounting() {
        text += &accounting(setup, place);
    }
    text += &nodes(setup, place);
    text += "PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1\n\
             PartitionName=other Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=1\n\
             PartitionName=high Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=10\n";
    for line in &setup.extra {
        text += line;
        text.push('\n');
    }
    text
}

/// `cred_expire` is also how long a requeued job waits before it starts again (two minutes by default).
fn general(setup: &Setup, place: &Place<'_>) -> String {
    let Place { dir, host, user, ports, release } = place;
    let dir = dir.display();
    let Setup { max_array, slurmd_timeout, kill_wait, min_job_age, .. } = setup;
    format!(
        "ClusterName={CLUSTER}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
{listening}SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={dir}/run/munge.sock,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=1,bf_interval=1
MaxArraySize={max_array}
MaxJobCount=20000
MinJobAge={min_job_age}
KillWait={kill_wait}
SlurmdTimeout={slurmd_timeout}
MessageTimeout=30
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
StateSaveLocation={dir}/state
SlurmdSpoolDir={dir}/spool/%n
SlurmctldPidFile={dir}/run/slurmctld.own
SlurmdPidFile={dir}/run/slurmd.%n.own
SlurmctldLogFile={dir}/log/slurmctld.log
SlurmdLogFile={dir}/log/slurmd.%n.log
",
        controller = ports.controller,
        listening = release.listening()
    )
}

fn nodes(setup: &Setup, place: &Place<'_>) -> String {
    let gres = match setup.gpus {
        0 => String::new(),
        gpus => format!(" Gres=gpu:volta:{gpus} Feature=volta"),
    };
    let mut text = String::new();
    if setup.gpus > 0 {
        text += "GresTypes=gpu\n";
    }
    for (port, number) in place.ports.nodes.iter().zip(1..) {
        let line = format!(
            "NodeName=n{number} NodeHostname={} NodeAddr=127.0.0.1 Port={port} CPUs={} \
             RealMemory=8000{gres} State=UNKNOWN\n",
            place.host, setup.cpus
        );
        text += &line;
    }
    text
}

fn accounting(setup: &Setup, place: &Place<'_>) -> String {
    let (dir, port) = (place.dir.display(), place.ports.slurmdbd);
    let mut text = format!(
        "AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePass={dir}/run/munge.sock
AccountingStoragePort={port}
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
"
    );
    if setup.max_submit.is_some() {
        text += "AccountingStorageEnforce=limits\n";
    }
    text
}

/// `gres.conf`: the devices are files in the cluster's directory.
pub(crate) fn gres(setup: &Setup, dir: &Path) -> String {
    let (nodes, last) = (setup.nodes, setup.gpus.saturating_sub(1));
    format!("NodeName=n[1-{nodes}] Name=gpu Type=volta File={}/gpu[0-{last}]\n", dir.display())
}

/// `slurmdbd.conf`.
pub(crate) fn slurmdbd(place: &Place<'_>) -> String {
    let (dir, user) = (place.dir.display(), place.user);
    let Ports { slurmdbd, mariadb, .. } = place.ports;
    format!(
        "AuthType=auth/munge
AuthInfo=socket={dir}/run/munge.sock
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={slurmdbd}
SlurmUser={user}
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={mariadb}
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
LogFile={dir}/log/slurmdbd.log
PidFile={dir}/run/slurmdbd.own
"
    )
}
