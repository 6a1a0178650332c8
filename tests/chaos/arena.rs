//! Where the blows are struck: two clusters that see one sweep directory, and the commands that are under way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::bin;
use crate::cluster::{Cluster, Setup, wait_until};
use crate::disk::SmallDisk;
use crate::plan::{BlowKind, PARALLEL, RunSize};
use crate::processes::ClusterProcesses;
use crate::program::SCRIPT;
use crate::remedies::Remedy;
use crate::study::Study;

/// The cluster that takes the blows, and one that sees the same files.
pub struct ClusterPair {
    main: Cluster,
    other: Cluster,
}

const NODES: usize = 5;

/// Starts them; none where this machine may pass without SLURM.
pub fn start_clusters() -> Option<ClusterPair> {
    let main = Setup {
        nodes: NODES,
        hosts: Cluster::may_make_hosts(),
        cpus: 5,
        max_array: 101,
        accounting: true,
        slurmd_timeout: 15,
        kill_wait: 10,
        min_job_age: 120,
        ..Setup::default()
    };
    let other = Setup { nodes: 1, extra: vec!["ClusterName=south".into()], ..Setup::default() };
    Some(ClusterPair { main: Cluster::start(main)?, other: Cluster::start(other)? })
}

/// A sweep on the clusters, and all that is under way.
pub struct Arena<'a> {
    pub size: &'a RunSize,
    pub cluster: &'a Cluster,
    pub other: &'a Cluster,
    pub study: Study<'a>,
    pub nodes: usize,
    pub processes: ClusterProcesses,
    pub other_processes: ClusterProcesses,
    pub calls: Vec<StartedCall>,
    pub remedies: Vec<(Instant, Remedy)>,
    /// The nodes that something lasting has befallen.
    pub struck: BTreeSet<String>,
    pub controller_is_up: bool,
    pub disk_is_full: bool,
    /// The file system that the sweep lies on, where one could be mounted.
    pub disk: Option<SmallDisk>,
}

/// How often each blow was struck, and how often there was nothing to strike at.
#[derive(Debug, Default)]
pub struct StormRecord {
    pub struck: BTreeMap<BlowKind, u32>,
    pub missed: BTreeMap<BlowKind, u32>,
    pub lasted: Duration,
}

/// A command that was started and writes to a log.
pub struct StartedCall {
    pub name: &'static str,
    child: Child,
    /// That it was killed by us.
    is_killed: bool,
}

impl<'a> Arena<'a> {
    /// Sets the sweep up, on a small disk of its own where that may be.
    pub fn new(size: &'a RunSize, clusters: &'a ClusterPair) -> Self {
        let cluster = &clusters.main;
        let work = cluster.work();
        let disk = SmallDisk::new(work.join("root"), 64 + u64::from(size.jobs) / 16);
        if disk.is_some() {
            start_nodes_again(cluster);
        }
        for name in ["truth", "calls"] {
            fs::create_dir(work.join(name)).unwrap();
        }
        fs::write(work.join("program.sh"), SCRIPT).unwrap();
        let (here, pace) = (work.display(), size.pace());
        let command = format!(
            "exec sh {here}/program.sh {{{{index}}}} {pace:.3} {:.3} {here}/truth",
            pace * 0.3
        );
        let keys = format!(
            "PARALLEL_JOBS: {PARALLEL}\nJOBS_PER_TASK: 15\nMAX_RETRY: 1\nTIME_LIMIT: 2\nSIGNAL_BEFORE: 10"
        );
        Self {
            study: Study::new(cluster, size.jobs, &command, &keys),
            size,
            cluster,
            other: &clusters.other,
            nodes: NODES,
            processes: ClusterProcesses::of(cluster),
            other_processes: ClusterProcesses::of(&clusters.other),
            calls: Vec::new(),
            remedies: Vec::new(),
            struck: BTreeSet::new(),
            controller_is_up: true,
            disk_is_full: false,
            disk,
        }
    }

    /// Launches the sweep and strikes all blows of the plan, evenly over the time that they are given.
    pub fn storm(&mut self) -> StormRecord {
        self.study.launch(&[]);
        wait_until("running tasks", 120, || self.running_tasks().len() >= 4);
        let plan = self.size.plan();
        let period = self.size.storm / u32::try_from(plan.len()).unwrap();
        let mut record = StormRecord::default();
        let begin = Instant::now();
        for (number, blow) in (0..).zip(plan) {
            while begin.elapsed() < period * number {
                self.heal();
                thread::sleep(Duration::from_millis(50));
            }
            self.heal();
            if number % 4 == 3 && self.running_calls("sweep_collect") == 0 {
                let call = self.start_call("sweep_collect", self.cluster);
                self.calls.push(call);
            }
            let counts = if self.strike(blow) { &mut record.struck } else { &mut record.missed };
            *counts.entry(blow.kind).or_default() += 1;
        }
        self.heal_all();
        record.lasted = begin.elapsed();
        record
    }

    /// Starts one of our commands on a cluster, in the directory of the sweep config.
    pub fn start_call(&self, name: &'static str, on: &Cluster) -> StartedCall {
        let program = match name {
            "sweep_launch" => bin!("sweep_launch"),
            _ => bin!("sweep_collect"),
        };
        let log = self.call_log(self.calls.len(), name);
        let log = File::create(log).unwrap();
        let mut command = on.command(program);
        command.current_dir(self.cluster.work()).arg("--sweep-cfg").arg(self.study.config());
        if name == "sweep_launch" {
            command.arg("--yes");
        }
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        StartedCall { name, child: command.spawn().unwrap(), is_killed: false }
    }

    /// How many commands of that name are under way.
    pub fn running_calls(&mut self, name: &str) -> usize {
        let running = |call: &mut StartedCall| call.name == name && !call.has_ended();
        self.calls.iter_mut().map(running).filter(|it| *it).count()
    }

    /// The sweep's tasks that run now, `7_3`.
    pub fn running_tasks(&self) -> Vec<String> {
        let words = ["-h", "-r", "-t", "R", "-p", "debug", "-o", "%i"];
        let output = self.cluster.command("squeue").args(words).output().unwrap();
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// Returns the folder of what the programs wrote down themselves.
    pub fn truth(&self) -> PathBuf {
        self.study.path("truth")
    }

    /// The directory of the logs of all commands.
    pub fn calls_dir(&self) -> PathBuf {
        self.study.path("calls")
    }

    fn call_log(&self, number: usize, name: &str) -> PathBuf {
        let dir: &Path = &self.calls_dir();
        dir.join(format!("{number:04}.{name}"))
    }
}

/// Has nodes that are hosts of their own see what was mounted since they were started.
fn start_nodes_again(cluster: &Cluster) {
    for node in (1..=NODES).map(|number| format!("n{number}")) {
        cluster.kill_node(&node);
        cluster.start_slurmd(&node);
        cluster.succeeds("scontrol", &["update", &format!("NodeName={node}"), "State=RESUME"]);
    }
    wait_until("idle nodes", 120, || {
        let idle = cluster.run("sinfo", &["-h", "-N", "-p", "debug", "-t", "idle", "-o", "%N"]);
        idle.lines().count() == NODES
    });
}

impl StartedCall {
    /// Ends it with SIGKILL; false if it had ended before.
    pub fn kill(&mut self) -> bool {
        let was_alive = !self.has_ended();
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.is_killed = was_alive;
        was_alive
    }

    /// Returns true once it has ended, by itself or by us.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Waits for its end; its exit code (-1 if a signal ended it), unless we have killed it.
    pub fn wait(&mut self) -> Option<i32> {
        let status = self.child.wait().unwrap();
        (!self.is_killed).then(|| status.code().unwrap_or(-1))
    }
}
