//! Who is dead, on a real SLURM: workers on hosts into which nobody else can look, so that only SLURM and the
//! heartbeat tell of them.
//!
//! Doubles are seen by a lock that each program holds, and by the attempts in the journal. Minutes of silence are
//! made by setting the heartbeat back, while nobody renews it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use crate::bin;
use crate::cluster::{Cluster, Setup, wait_until};
use crate::common::Run;
use crate::signs::age_heartbeat;
use crate::study::Study;
use serde_json::json;
use sweep_config::JobId;
use sweep_config::claim::{LATE, MISSED, STALE};
use sweep_config::records::Outcome;

/// Runs until it is told to end, so that a second one would be beside it.
const LOOP: &str = "while [ ! -e go ]; do sleep 0.1; done; echo ended";

/// Two hosts, each with room for one job, and a partition that ordinary users do not see.
fn hosts() -> Setup {
    let hidden = "PartitionName=secret Nodes=ALL Hidden=YES MaxTime=INFINITE State=UP";
    Setup { cpus: 1, hosts: true, extra: vec![hidden.to_owned()], ..Setup::default() }
}

/// One job, which a worker on a host runs.
struct Scene<'a> {
    study: Study<'a>,
    node: String,
    task: String,
}

impl<'a> Scene<'a> {
    fn new(cluster: &'a Cluster, launch: &str) -> Self {
        let study = Study::new(cluster, 1, LOOP, launch);
        study.launch(&[]);
        study.wait_until_running(1);
        let start = study.attempts(0)[0].start.clone();
        Self { study, node: start.host, task: start.slurm.unwrap() }
    }

    fn silence(&self, age: Duration) {
        age_heartbeat(&self.study.dir().claim(JobId(0), 1), age);
    }

    /// Sends the worker a signal, and nobody else.
    fn signal_worker(&self, name: &str) {
        let pid = self.study.attempts(0)[0].start.pid.to_string();
        let mut kill = self.study.cluster.on_node(&self.node, "kill");
        assert!(kill.args(["-s", name, &pid]).status().unwrap().success());
    }

    fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = self.study.cluster.command(program);
        command.arg("--sweep-cfg").arg(self.study.config()).args(args);
        command
    }

    /// A launch, a collect and a worker by hand leave the job to its worker. `prepare` makes their environment.
    #[track_caller]
    fn expect_kept(&self, prepare: impl Fn(&mut Command)) -> String {
        let run = |program: &str, args: &[&str]| {
            let mut command = self.command(program, args);
            prepare(&mut command);
            Run::of(&command.output().unwrap())
        };
        let collect = run(bin!("sweep_collect"), &["--dry-run", "--json"]);
        let status: serde_json::Value = serde_json::from_str(&collect.stdout).unwrap();
        assert_eq!(status["states"], json!({"running": 1}), "{}", collect.stderr);
        let launch = run(bin!("sweep_launch"), &["--yes"]);
        assert!(launch.stderr.contains("1 running"), "{}", launch.stderr);
        run(bin!("sweep_worker"), &[]).expect(1);
        assert_eq!(self.study.outcomes(0), [None], "{}", launch.stderr);
        assert_eq!(self.study.read("twice"), "");
        launch.stderr
    }

    /// It ends, and was run once.
    #[track_caller]
    fn expect_done_at_once(&self) {
        fs::write(self.study.path("go"), "").unwrap();
        self.study.expect_all_done(60);
        assert_eq!(self.study.outcomes(0), [Some(Outcome::Done)]);
    }
}

/// A directory with a command that is found first.
fn first_in_path(study: &Study<'_>, command: &mut Command, program: &str, script: &str) {
    let bin = study.path("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join(program), format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(bin.join(program), Permissions::from_mode(0o755)).unwrap();
    let path = study.cluster.env().into_iter().find(|(name, _)| name == "PATH").unwrap().1;
    command.env("PATH", format!("{}:{path}", bin.display()));
}

#[test]
fn a_worker_out_of_sight_keeps_its_job_whatever_a_queue_leaves_out() {
    let Some(cluster) = Cluster::start(hosts()) else { return };
    let scene = Scene::new(&cluster, "PARTITION: secret");
    scene.expect_kept(|command| first_in_path(&scene.study, command, "squeue", "true"));

    // Its program goes on; only the queue knows of it from here on.
    scene.signal_worker("STOP");
    scene.silence(STALE * 10);
    scene.expect_kept(|_| {});
    for (name, value) in [
        ("SQUEUE_PARTITION", "high"),
        ("SQUEUE_STATES", "PENDING"),
        ("SQUEUE_NAMES", "another"),
        ("SQUEUE_USERS", "nobody"),
    ] {
        scene.expect_kept(|command| {
            command.env(name, value);
        });
    }
    let collect = || scene.command(bin!("sweep_collect"), &["--dry-run", "--json"]);
    assert_eq!(
        as_nobody(collect()),
        json!({"running": 1}),
        "in a partition that is hidden from it"
    );
    cluster.reconfigure("PrivateData=jobs");
    assert_eq!(
        as_nobody(collect()),
        json!({"running": 1}),
        "the tasks of others are hidden from it"
    );

    let Some(other) = Cluster::start(Setup {
        nodes: 1,
        extra: vec!["ClusterName=south".to_owned()],
        ..Setup::default()
    }) else {
        return;
    };
    let said = scene.expect_kept(|command| {
        command.envs(other.env());
    });
    let words = "submitted on cluster testbed, but this is south: its tasks are not visible";
    assert!(said.contains(words), "{said}");
    assert_eq!(other.run("squeue", &["-h"]), "");

    scene.signal_worker("CONT");
    scene.expect_done_at_once();
}

/// The states that an ordinary user's collect prints.
fn as_nobody(mut collect: Command) -> serde_json::Value {
    let run = Run::of(&collect.uid(65534).gid(65534).output().unwrap());
    let status: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_default();
    assert!(status.is_object(), "{}", run.stderr);
    status["states"].clone()
}

#[test]
fn a_job_that_slurm_suspends_for_long_stays_with_its_worker_and_its_result_counts() {
    let Some(cluster) = Cluster::start(hosts()) else { return };
    let scene = Scene::new(&cluster, "MAX_RETRY: 0");
    cluster.run("scontrol", &["suspend", &scene.task]);
    wait_until("the suspension", 30, || cluster.state(&scene.task).0 == "SUSPENDED");
    scene.silence(STALE * 10);
    scene.expect_kept(|_| {});
    cluster.run("scontrol", &["resume", &scene.task]);
    scene.expect_done_at_once();
}

/// Cancels the task of a job whose node has no `slurmd` that could end it.
fn cancelled_out_of_reach(cluster: &Cluster) -> Scene<'_> {
    let scene = Scene::new(cluster, "MAX_RETRY: 0");
    cluster.kill_slurmd(&scene.node);
    cluster.run("scancel", &[&scene.task]);
    cluster.give_up(&scene.node);
    cluster.wait_until_empty(60);
    scene
}

#[test]
fn a_task_that_is_cancelled_on_a_node_out_of_reach_keeps_its_job_while_its_program_lives() {
    let Some(cluster) = Cluster::start(hosts()) else { return };
    let scene = cancelled_out_of_reach(&cluster);
    scene.expect_kept(|_| {});
    // The power fails, too.
    cluster.kill_node(&scene.node);
    scene.silence(LATE + Duration::from_secs(1));
    let run = scene.study.launch(&[]);
    assert!(run.stderr.contains("1 job can run again"), "{}", run.stderr);
    fs::write(scene.study.path("go"), "").unwrap();
    scene.study.expect_all_done(60);
    assert_eq!(scene.study.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
}

#[test]
fn a_worker_that_was_taken_for_dead_and_comes_back_ends_its_program() {
    let Some(cluster) = Cluster::start(hosts()) else { return };
    let scene = cancelled_out_of_reach(&cluster);
    scene.signal_worker("STOP");
    scene.silence(LATE + Duration::from_secs(1));
    scene.study.launch(&[]);
    wait_until("the next attempt", 60, || scene.study.attempts(0).len() == 2);
    // The program that nobody can reach goes on meanwhile, and the lock is its.
    wait_until("the word on it", 30, || scene.study.read("twice") == "0\n");
    let is_free = || cluster.command("flock").args(["-n", "busy.0", "true"]).status().unwrap();
    assert!(!is_free().success());
    scene.signal_worker("CONT");
    wait_until("the end of the former program", 30, || is_free().success());
    fs::write(scene.study.path("go"), "").unwrap();
    cluster.wait_until_empty(60);
    assert_eq!(scene.study.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
    assert_eq!(scene.study.stdout(0).matches("ended").count(), 1);
}

#[test]
fn a_task_that_starts_again_on_another_host_takes_its_job_back_and_that_is_no_try() {
    let Some(cluster) = Cluster::start(hosts()) else { return };
    let scene = Scene::new(&cluster, "MAX_RETRY: 0");
    cluster.kill_node(&scene.node);
    cluster.give_up(&scene.node);
    // It answers again before anybody asks.
    cluster.start_slurmd(&scene.node);
    cluster.drain(&scene.node);
    scene.silence(MISSED + Duration::from_secs(1));
    wait_until("its next start", 90, || scene.study.attempts(0).len() == 2);
    fs::write(scene.study.path("go"), "").unwrap();
    scene.study.expect_all_done(60);
    assert_ne!(scene.study.attempts(0)[1].start.host, scene.node);
    let outcomes = [Some(Outcome::Preempted), Some(Outcome::Done)];
    assert_eq!(scene.study.outcomes(0), outcomes, "{:?}", scene.study.attempts(0));
}

#[test]
fn a_job_on_two_nodes_that_loses_the_one_where_its_worker_is_not_has_lost_a_node() {
    let Some(cluster) = Cluster::start(hosts()) else { return };
    let scene = Scene::new(&cluster, "NODES: 2\nMAX_RETRY: 0");
    let other = if scene.node == "n1" { "n2" } else { "n1" };
    cluster.kill_node(other);
    cluster.give_up(other);
    wait_until("the end", 60, || scene.study.outcomes(0)[0].is_some());
    cluster.start_slurmd(other);
    fs::write(scene.study.path("go"), "").unwrap();
    cluster.wait_until_empty(90);
    let outcomes = [Some(Outcome::NodeFailure), Some(Outcome::Done)];
    assert_eq!(scene.study.outcomes(0), outcomes, "{:?}", scene.study.attempts(0));
}
