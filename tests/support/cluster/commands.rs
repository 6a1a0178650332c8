//! SLURM's commands, asked of this cluster.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::Cluster;

impl Cluster {
    /// The environment in which SLURM's commands speak to this cluster.
    pub fn env(&self) -> Vec<(String, String)> {
        let path = format!("{}:/usr/sbin:/sbin", env::var("PATH").unwrap_or_default());
        let conf = self.dir.join("slurm.conf").display().to_string();
        vec![("SLURM_CONF".into(), conf), ("PATH".into(), path)]
    }

    /// A command of the cluster's user in [`Cluster::work`]. Nothing is left of a job that the tests run in.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with('S')) {
            if ["SLURM", "SBATCH_", "SQUEUE_", "SACCT_", "SINFO_"]
                .iter()
                .any(|s| name.starts_with(s))
            {
                command.env_remove(name);
            }
        }
        command.envs(self.env()).env("HOME", self.work()).current_dir(self.work());
        if let Some((user, group)) = self.setup.as_user {
            command.uid(user).gid(group);
        }
        command
    }

    /// What a command printed, without the white space around it; panics if it failed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).output();
        let output = output.unwrap_or_else(|e| panic!("{program}: {e}"));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {}\n{stderr}", output.status);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Submits a script given as text, with options of `sbatch`; gives the job's id.
    pub fn submit(&self, options: &[&str], script: &str) -> String {
        let wrap = format!("--wrap={script}");
        let arguments = [&["--parsable", "--output=/dev/null"], options, &[&wrap]].concat();
        self.run("sbatch", &arguments)
    }

    /// The state of a job that the controller remembers, such as `RUNNING`, and the nodes it is on.
    pub fn state(&self, job: &str) -> (String, String) {
        let line = self.run("squeue", &["-h", "-t", "all", "-o", "%T %N", "-j", job]);
        let (state, nodes) = line.split_once(' ').unwrap_or((&line, ""));
        (state.to_owned(), nodes.to_owned())
    }

    /// The lines of `sacct` without heading, fields divided by `|`.
    pub fn sacct(&self, arguments: &[&str]) -> Vec<String> {
        let text = self.run("sacct", &[&["-n", "-P"], arguments].concat());
        text.lines().map(str::to_owned).collect()
    }

    /// Lets no further job start on a node.
    pub fn drain(&self, node: &str) {
        let name = format!("NodeName={node}");
        self.run("scontrol", &["update", &name, "State=DRAIN", "Reason=test"]);
    }

    /// Has the controller count a node as down, and its tasks as lost. It returns to service once its daemon answers.
    pub fn give_up(&self, node: &str) {
        let name = format!("NodeName={node}");
        self.run("scontrol", &["update", &name, "State=DOWN", "Reason=test"]);
    }

    /// Whether a command succeeds.
    pub(crate) fn succeeds(&self, program: &str, arguments: &[&str]) -> bool {
        self.command(program).args(arguments).output().is_ok_and(|output| output.status.success())
    }
}
