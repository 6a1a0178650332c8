//! The nodes of a cluster: their daemons, what a loss of power does to them, and nodes that are hosts of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Cluster, signal, wait_until};

/// What a host has apart from the others.
const HOST: [&str; 4] = ["--uts", "--pid", "--mount", "--mount-proc"];

/// The kernel's name for its current run.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The first process of a host: it sees to the name, which a daemon has to be able to resolve, and to the boot id,
/// and stays until the power fails.
const INIT: &str = "hostname \"$1\" && mount --bind \"$2\" /etc/hosts && mount --bind \"$3\" \"$4\" && \
                    { sleep infinity & wait; }";

impl Cluster {
    /// Whether this user may make nodes that are hosts of their own.
    pub fn may_make_hosts() -> bool {
        let output = Command::new("unshare").args(HOST).args(["--fork", "true"]).output();
        output.is_ok_and(|output| output.status.success())
    }

    /// Ends a node's daemon with SIGKILL. Jobs on it run on, unheard: see [`Cluster::kill_node`].
    pub fn kill_slurmd(&self, node: &str) {
        self.daemons().kill(&slurmd(node));
    }

    /// Ends a node's daemon, and its jobs: what a loss of power does. A host has another boot id after that.
    pub fn kill_node(&self, node: &str) {
        if self.daemons().pid(&slurmd(node)).is_some() {
            self.kill_slurmd(node);
        }
        if self.setup.hosts {
            // The kernel ends all other processes of a host with the first.
            self.daemons().kill(&host(node));
            return;
        }
        let log = self.dir.join(format!("log/slurmd.{node}.log"));
        let name = format!("SLURMD_NODENAME={node}");
        let conf = format!("SLURM_CONF={}/", self.dir.display());
        for (pid, process) in processes() {
            let environ = fs::read(process.join("environ")).unwrap_or_default();
            let said = |text: &str| {
                environ.split(|byte| *byte == 0).any(|line| line.starts_with(text.as_bytes()))
            };
            if said(&name) && said(&conf) || has_open(&process, &log) {
                signal(pid, "KILL");
            }
        }
    }

    /// Starts a node's daemon again, and its host if that is down.
    pub fn start_slurmd(&self, node: &str) {
        let mut command = self.on_node(node, "slurmd");
        command.args(["-D", "-N", node]);
        self.daemons().start(&slurmd(node), &mut command);
    }

    /// Starts a node's daemon again where a directory is another, empty one: a node that lacks the file system which
    /// the others share. False where that is forbidden; then the daemon is as before.
    pub fn start_slurmd_without(&self, node: &str, shared: &Path) -> bool {
        let hidden = |program: &str| {
            let script = "mount -t tmpfs tmpfs \"$0\" && exec \"$@\"";
            let mut command = self.on_node(node, "unshare");
            command.args(["--mount", "sh", "-c", script]).arg(shared).arg(program);
            command
        };
        let may = hidden("true").output().is_ok_and(|output| output.status.success());
        if may {
            let mut command = hidden("slurmd");
            command.args(["-D", "-N", node]);
            self.daemons().start(&slurmd(node), &mut command);
        } else {
            self.start_slurmd(node);
        }
        may
    }

    /// A command on a node, whose host is started if it is down. There it counts the processes as the host does.
    pub fn on_node(&self, node: &str, program: &str) -> Command {
        if !self.setup.hosts {
            return self.command(program);
        }
        let running = self.daemons().pid(&host(node));
        let init = running.unwrap_or_else(|| self.start_host(node));
        let mut command = self.command("nsenter");
        command.args(["--uts", "--pid", "--mount", "--root"]).arg(format!("--target={init}"));
        command.arg(program);
        command
    }

    /// Starts a node's host; gives the pid of its first process, in our process table.
    fn start_host(&self, node: &str) -> u32 {
        let boot_id = fs::read_to_string("/proc/sys/kernel/random/uuid").expect("a random name");
        let name = host(node);
        let file = |kind: &str| self.dir.join(format!("run/{name}.{kind}"));
        let hosts = fs::read_to_string("/etc/hosts").unwrap_or_default();
        fs::write(file("hosts"), format!("{hosts}\n127.0.0.1 {name}\n")).expect("a file");
        fs::write(file("boot"), &boot_id).expect("a file");
        let mut command = self.command("unshare");
        command.args(HOST).args(["--fork", "--kill-child", "sh", "-c", INIT, "sh"]);
        command.arg(&name).arg(file("hosts")).arg(file("boot")).arg(BOOT_ID);
        self.daemons().start(&name, &mut command);
        let mut init = 0;
        wait_until("a host", 60, || {
            init = self.daemons().pid(&name).expect("a host that runs");
            let seen = fs::read_to_string(format!("/proc/{init}/root{BOOT_ID}"));
            seen.is_ok_and(|seen| seen == boot_id)
        });
        init
    }
}

/// The name of a node's daemon among the daemons.
fn slurmd(node: &str) -> String {
    format!("slurmd.{node}")
}

/// The name of a node's host, by which programs on it know it, too.
fn host(node: &str) -> String {
    format!("host-{node}")
}

/// Every process, with its directory in `/proc`.
fn processes() -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
}

/// Whether a process has a file open.
fn has_open(process: &Path, file: &Path) -> bool {
    let Ok(entries) = fs::read_dir(process.join("fd")) else { return false };
    entries
        .filter_map(Result::ok)
        .any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to == file))
}
