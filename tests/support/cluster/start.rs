//! The start of a cluster, daemon by daemon.

use std::env;
use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::sync::Mutex;

use super::conf::{self, CLUSTER, Place, Ports, SlurmRelease};
use super::daemons::Daemons;
use super::{Cluster, Setup, ports, wait_until};

const NEEDED: [&str; 4] = ["slurmctld", "slurmd", "munged", "sbatch"];
const NEEDED_FOR_ACCOUNTING: [&str; 3] = ["slurmdbd", "mariadbd", "sacctmgr"];
/// Says that tests of SLURM may pass without having run.
const WITHOUT: &str = "SWEEP_TESTS_WITHOUT_SLURM";

impl Cluster {
    /// Starts a cluster and waits until its nodes are idle. Nothing if this machine lacks SLURM and
    /// `SWEEP_TESTS_WITHOUT_SLURM=1` allows that; without that it panics. Nothing either if nodes are to be hosts of
    /// their own and this user may not make any.
    pub fn start(setup: Setup) -> Option<Self> {
        let lacking = lacking(setup.has_accounting());
        if !lacking.is_empty() {
            let allowed = env::var(WITHOUT).is_ok_and(|value| value == "1");
            assert!(
                allowed,
                "this test needs a SLURM of its own, and {} cannot be found: install Debian's slurmctld slurmd \
                 slurm-client munge slurmdbd mariadb-server, or set {WITHOUT}=1 to pass without it",
                lacking.join(", ")
            );
            return None;
        }
        if setup.hosts && !Self::may_make_hosts() {
            println!("left out: only root may make nodes that are hosts of their own");
            return None;
        }
        let dir = tempfile::Builder::new().prefix("slurm-").tempdir().expect("a directory").keep();
        let daemons = Mutex::new(Daemons::new(&dir));
        let cluster = Self { dir, setup, daemons };
        let ports = ports::free(cluster.setup.nodes + 3);
        cluster.write_files(&ports);
        cluster.start_munge();
        if cluster.setup.has_accounting() {
            cluster.start_mariadb(ports[2]);
            cluster.start_slurmdbd();
        }
        cluster.launch_controller(&["-c"]);
        cluster.start_nodes();
        Some(cluster)
    }

    fn write_files(&self, ports: &[u16]) {
        self.own(&self.dir);
        for name in ["run", "log", "state", "spool", "work", "mysql"] {
            let path = self.dir.join(name);
            fs::create_dir(&path).expect("a directory");
            self.own(&path);
        }
        let user = self.run("id", &["-un"]);
        let host = self.run("hostname", &["-s"]);
        for number in 1..=self.setup.nodes {
            let path = self.dir.join(format!("spool/n{number}"));
            fs::create_dir(&path).expect("a directory");
            self.own(&path);
        }
        let release = SlurmRelease::of(&self.run("slurmctld", &["-V"]));
        let ports = Ports {
            controller: ports[0],
            slurmdbd: ports[1],
            mariadb: ports[2],
            nodes: &ports[3..],
        };
        let place = Place { dir: &self.dir, host: &host, user: &user, ports, release };
        self.write("slurm.conf", conf::slurm(&self.setup, &place), 0o644);
        if let Some(text) = release.cgroup_conf() {
            self.write("cgroup.conf", text, 0o644);
        }
        self.write("slurmdbd.conf", conf::slurmdbd(&place), 0o600);
        self.write("munge.key", random_key(), 0o400);
        if self.setup.gpus > 0 {
            self.write("gres.conf", conf::gres(&self.setup, &self.dir), 0o644);
        }
        for gpu in 0..self.setup.gpus {
            let path = self.dir.join(format!("gpu{gpu}"));
            // Only a device counts as a GPU that a job can be bound to. An ordinary user can make
            // none, and a link to one does as well.
            std::os::unix::fs::symlink("/dev/null", path).expect("a link");
        }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>, mode: u32) {
        let path = self.dir.join(name);
        fs::write(&path, text).expect("a file");
        self.own(&path);
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a file's mode");
    }

    /// Makes the cluster's user the owner; directories are for all to read.
    fn own(&self, path: &Path) {
        if let Some((user, group)) = self.setup.as_user {
            chown(path, Some(user), Some(group)).expect("another owner, as root");
        }
        if path.is_dir() {
            fs::set_permissions(path, Permissions::from_mode(0o755)).expect("a directory's mode");
        }
    }

    fn start_munge(&self) {
        let file = |name: &str| self.dir.join(name).display().to_string();
        let mut command = self.command("munged");
        command.args(["--foreground", "--force"]).args([
            format!("--key-file={}", file("munge.key")),
            format!("--socket={}", file("run/munge.sock")),
            format!("--pid-file={}", file("run/munged.own")),
            format!("--seed-file={}", file("munge.seed")),
        ]);
        self.daemons().start("munged", &mut command);
        let socket = format!("--socket={}", file("run/munge.sock"));
        wait_until("munge", 60, || self.succeeds("munge", &[&socket, "--no-input"]));
    }

    fn start_mariadb(&self, port: u16) {
        let data = format!("--datadir={}", self.dir.join("mysql").display());
        let socket = format!("--socket={}", self.dir.join("run/mysql.sock").display());
        // As root it would else become the user `mysql`, whose the directory is not.
        let user = format!("--user={}", self.run("id", &["-un"]));
        let normal = "--auth-root-authentication-method=normal";
        self.run("mariadb-install-db", &["--no-defaults", &user, &data, normal, "--skip-test-db"]);
        let mut command = self.command("mariadbd");
        command.args(["--no-defaults", &user, &data, &socket, "--bind-address=127.0.0.1"]).args([
            format!("--port={port}"),
            format!("--pid-file={}", self.dir.join("run/mariadbd.own").display()),
            "--innodb-buffer-pool-size=128M".into(),
            "--innodb-lock-wait-timeout=900".into(),
            // Nobody needs the data after a loss of power.
            "--innodb-flush-log-at-trx-commit=0".into(),
        ]);
        self.daemons().start("mariadbd", &mut command);
        let ask =
            |sql: &str| self.succeeds("mariadb", &["--no-defaults", &socket, "-uroot", "-e", sql]);
        wait_until("the data base", 60, || ask("select 1"));
        let made = ask("create database slurm_acct_db; \
                        create user 'slurm'@'localhost' identified by 'slurm'; \
                        grant all on slurm_acct_db.* to 'slurm'@'localhost'");
        assert!(made, "the data base takes no user");
    }

    fn start_slurmdbd(&self) {
        let mut command = self.command("slurmdbd");
        command.arg("-D");
        self.daemons().start("slurmdbd", &mut command);
        wait_until("slurmdbd", 60, || self.succeeds("sacctmgr", &["-n", "show", "cluster"]));
        let user = self.run("id", &["-un"]);
        self.run("sacctmgr", &["-i", "add", "cluster", CLUSTER]);
        self.run("sacctmgr", &["-i", "add", "account", "lab", &format!("cluster={CLUSTER}")]);
        // There is an account called root, with a user root, from the beginning.
        self.run("sacctmgr", &["-i", "add", "user", &user, "account=lab", "defaultaccount=lab"]);
        if let Some(limit) = self.setup.max_submit {
            let limit = format!("MaxSubmitJobs={limit}");
            self.run(
                "sacctmgr",
                &["-i", "modify", "user", &user, "where", "account=lab", "set", &limit],
            );
        }
    }

    fn start_nodes(&self) {
        for number in 1..=self.setup.nodes {
            self.start_slurmd(&format!("n{number}"));
        }
        wait_until("idle nodes", 90, || {
            let idle = self.run("sinfo", &["-h", "-N", "-p", "debug", "-t", "idle", "-o", "%N"]);
            idle.lines().count() == self.setup.nodes
        });
    }
}

/// A secret: whoever knows the key of a cluster that root started may run jobs as root.
fn random_key() -> [u8; 128] {
    let mut key = [0; 128];
    let mut source = File::open("/dev/urandom").expect("/dev/urandom");
    source.read_exact(&mut key).expect("random bytes");
    key
}

/// The programs that this machine lacks.
fn lacking(accounting: bool) -> Vec<&'static str> {
    let path = format!("{}:/usr/sbin:/sbin", env::var("PATH").unwrap_or_default());
    let found = |program: &&str| env::split_paths(&path).any(|dir| dir.join(program).is_file());
    let more = if accounting { &NEEDED_FOR_ACCOUNTING[..] } else { &[] };
    NEEDED.iter().chain(more).filter(|program| !found(program)).copied().collect()
}
