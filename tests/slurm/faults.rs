//! What clusters do to sweeps, done to a real SLURM.

use std::fs;

use crate::bin;
use crate::cluster::{Cluster, Setup, wait_until};
use crate::study::Study;
use sweep_config::records::Outcome;

/// A program that counts to {{goal}} with a checkpoint when it is warned or ended, as the Python package tells it.
const COUNTER: &str = r#"
import os, sys, time
sys.path.insert(0, "PACKAGE")
import sweepkit
sweepkit.should_stop()
out, goal = sys.argv[1], int(sys.argv[2])
path = os.path.join(out, "checkpoint")
n = int(open(path).read()) if os.path.exists(path) else 0
print("from", n, flush=True)
while n < goal:
    time.sleep(0.5)
    n += 1
    if sweepkit.should_stop():
        open(path, "w").write(str(n))
        sys.exit(0)
print("to", n, flush=True)
"#;

fn counting<'a>(cluster: &'a Cluster, jobs: u32, goal: u32, launch: &str) -> Study<'a> {
    let package = concat!(env!("CARGO_MANIFEST_DIR"), "/python");
    fs::write(cluster.work().join("count.py"), COUNTER.replace("PACKAGE", package)).unwrap();
    Study::new(cluster, jobs, &format!("python3 count.py {{{{out_dir}}}} {goal}"), launch)
}

/// Slow enough for a worker to write down what became of its job.
fn patient() -> Setup {
    Setup { kill_wait: 20, ..Setup::default() }
}

#[test]
fn a_job_goes_on_from_its_checkpoint_over_several_time_limits() {
    let Some(cluster) = Cluster::start(patient()) else { return };
    let study = counting(&cluster, 1, 120, "TIME_LIMIT: 1\nSIGNAL_BEFORE: 25\nMAX_RETRY: 0");
    study.launch(&[]);
    study.expect_all_done(300);
    let outcomes = study.outcomes(0);
    assert!(outcomes.len() >= 2, "{outcomes:?}");
    let before = &outcomes[..outcomes.len() - 1];
    assert!(before.iter().all(|it| *it == Some(Outcome::TimedOut)), "{outcomes:?}");
    let log = study.stdout(0);
    let begins: Vec<u32> =
        log.lines().filter_map(|line| line.strip_prefix("from ")?.parse().ok()).collect();
    assert!(begins[0] == 0 && begins[1] > 20, "{log}");
    assert!(log.ends_with("to 120\n"), "{log}");
}

#[test]
fn a_job_that_leaves_nothing_new_between_two_time_limits_is_stopped_with_that_reason() {
    let Some(cluster) = Cluster::start(patient()) else { return };
    let study = Study::new(&cluster, 1, "sleep 1000", "TIME_LIMIT: 1\nSIGNAL_BEFORE: 5");
    study.launch(&[]);
    cluster.wait_until_empty(300);
    assert_eq!(study.outcomes(0), [Some(Outcome::TimedOut); 2]);
    let reason = study.attempts(0)[1].end.clone().unwrap().reason;
    assert!(reason.contains("nothing new to OUT_DIR"), "{reason}");
    assert_eq!(study.count("timed out"), 1);
}

#[test]
fn a_preempted_job_goes_on_and_it_counts_as_no_failure() {
    let Some(cluster) = Cluster::start(patient()) else { return };
    let study = counting(&cluster, 4, 30, "CPUS_PER_GPU: 2\nMAX_RETRY: 0");
    study.launch(&[]);
    study.wait_until_running(4);
    for _ in 0..2 {
        cluster.submit(&["-p", "high", "--cpus-per-task=4", "--exclusive"], "sleep 3");
    }
    wait_until("the preemption", 60, || study.count("queued") == 4);
    study.expect_all_done(180);
    for job in 0..4 {
        assert_eq!(study.outcomes(job), [Some(Outcome::Preempted), Some(Outcome::Done)]);
        assert!(!study.stdout(job).ends_with("from 0\n"), "it went on: {}", study.stdout(job));
    }
}

#[test]
fn the_jobs_of_a_node_that_dies_run_elsewhere() {
    let setup = Setup { slurmd_timeout: 10, ..Setup::default() };
    let Some(cluster) = Cluster::start(setup) else { return };
    let study = Study::new(&cluster, 8, "sleep 8", "MAX_RETRY: 0");
    study.launch(&[]);
    study.wait_until_running(8);
    cluster.kill_node("n1");
    study.expect_all_done(300);
    let moved: Vec<u32> = (0..8).filter(|job| study.outcomes(*job).len() == 2).collect();
    assert!(!moved.is_empty(), "n1 had jobs");
    for job in moved {
        assert_eq!(study.outcomes(job), [Some(Outcome::NodeFailure), Some(Outcome::Done)]);
        assert_eq!(study.attempts(job)[1].start.host, "n2");
    }
}

#[test]
fn a_node_that_only_its_controller_has_lost_keeps_its_jobs_to_itself() {
    let setup = Setup { slurmd_timeout: 10, ..Setup::default() };
    let Some(cluster) = Cluster::start(setup) else { return };
    let study = Study::new(&cluster, 6, "sleep 25", "MAX_RETRY: 0");
    study.launch(&[]);
    study.wait_until_running(6);
    cluster.kill_slurmd("n1");
    wait_until("the node to count as down", 60, || {
        cluster.run("sinfo", &["-h", "-n", "n1", "-o", "%t"]).starts_with("down")
    });
    study.expect_all_done(300);
}

#[test]
fn a_controller_that_restarts_in_mid_run_costs_nothing() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 40, "sleep 0.5", "PARALLEL_JOBS: 4");
    study.launch(&[]);
    study.wait_until_running(1);
    cluster.stop_controller();
    std::thread::sleep(std::time::Duration::from_secs(3));
    cluster.start_controller();
    study.expect_all_done(180);
}

#[test]
fn single_tasks_that_are_cancelled_leave_their_jobs_to_the_next_launch() {
    let Some(cluster) = Cluster::start(patient()) else { return };
    let study =
        Study::new(&cluster, 6, "while [ ! -e go ]; do sleep 0.1; done", "PARALLEL_JOBS: 2");
    let run = study.launch(&[]);
    let id = run.stdout.split(['(', ')']).nth(1).unwrap().to_owned();
    study.wait_until_running(2);
    cluster.run("scancel", &[&format!("{id}_0"), &format!("{id}_5")]);
    wait_until("the cancelled job", 60, || study.count("cancelled") == 1);
    fs::write(study.path("go"), "").unwrap();
    cluster.wait_until_empty(120);
    assert_eq!((study.count("done"), study.count("cancelled"), study.count("waiting")), (4, 1, 1));
    assert_eq!(study.outcomes(0), [Some(Outcome::Cancelled)]);
    let run = study.launch(&[]);
    assert!(
        run.stderr.contains("2 to run (1 waiting, 1 cancelled) of 6: 4 done"),
        "{}",
        run.stderr
    );
    study.expect_all_done(60);
}

#[test]
fn an_answer_of_sbatch_that_is_lost_submits_nothing_twice() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 6, "true", "");
    // The real sbatch takes the job; its answer never arrives, the first time.
    let fake = study.path("bin/sbatch");
    fs::create_dir(study.path("bin")).unwrap();
    let script = "#!/bin/sh\nanswer=$(/usr/bin/sbatch \"$@\") || exit 1\n[ -e lost ] && echo $answer && exit 0\n\
                  touch lost\necho 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2\nexit 1\n";
    fs::write(&fake, script).unwrap();
    cluster.run("chmod", &["+x", fake.to_str().unwrap()]);
    let mut command = cluster.command(bin!("sweep_launch"));
    let path = cluster.env().into_iter().find(|(name, _)| name == "PATH").unwrap().1;
    command.env("PATH", format!("{}:{path}", study.path("bin").display()));
    command.env("SWEEP_SLURM_RETRY", "0.5,0.5").arg("--sweep-cfg").arg(study.config()).arg("--yes");
    crate::common::Run::of(&command.output().unwrap()).expect(0);
    study.expect_all_done(60);
    let names = fs::read_dir(study.dir().sbatch_logs()).unwrap().count();
    assert_eq!(names, 6, "one array of six tasks");
}

#[test]
fn a_job_whose_task_is_gone_is_released_by_the_next_launch() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 1, "[ -e go ] || (touch began; sleep 1000)", "MAX_RETRY: 0");
    study.launch(&[]);
    wait_until("its start", 60, || study.path("began").exists());
    let worker = study.attempts(0)[0].start.pid.to_string();
    cluster.run("kill", &["-KILL", &worker]);
    cluster.wait_until_empty(60);
    assert_eq!(study.count("lost"), 1);
    fs::write(study.path("go"), "").unwrap();
    let run = study.launch(&[]);
    assert!(run.stderr.contains("1 job can run again"), "{}", run.stderr);
    study.expect_all_done(60);
    assert_eq!(study.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
}

#[test]
fn the_job_of_a_task_that_is_killed_is_taken_by_those_that_live() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 6, "sleep 4", "PARALLEL_JOBS: 3");
    study.launch(&[]);
    study.wait_until_running(3);
    let worker = study.attempts(0)[0].start.pid.to_string();
    cluster.run("kill", &["-KILL", &worker]);
    study.expect_all_done(120);
    assert_eq!(study.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
}

#[test]
fn a_job_that_runs_out_of_memory_gets_more_once() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    // The message of SLURM's own where the kernel ends a process for want of memory.
    let command = "[ $SLURM_MEM_PER_NODE -ge 1500 ] && exit 0\n\
                   echo 'slurmstepd: error: Detected 1 oom_kill event in StepId=1.batch.' >&2\nkill -KILL $$";
    let study = Study::new(&cluster, 2, command, "MEM_FACTOR: 1.5\nMAX_RETRY: 0");
    study.launch(&[]);
    study.expect_all_done(90);
    for job in 0..2 {
        assert_eq!(study.outcomes(job), [Some(Outcome::OutOfMemory), Some(Outcome::Done)]);
        let memory: Vec<u64> =
            study.attempts(job).iter().filter_map(|it| it.start.memory).collect();
        assert_eq!(memory, [1024, 1536]);
    }
}

/// A small file system, which goes with the test.
struct SmallMount(std::path::PathBuf);

impl SmallMount {
    /// Mounts it; none where that is forbidden.
    fn new(at: std::path::PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"]).arg(&at);
        mount.status().is_ok_and(|status| status.success()).then_some(Self(at))
    }
}

impl Drop for SmallMount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn tasks_whose_disk_stays_full_are_held_and_a_release_lets_them_go_on() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 4, "true", "ENV: {SWEEP_DISK_RETRY: '0.2,0.2'}");
    let Some(disk) = SmallMount::new(study.dir().logs()) else {
        println!("left out: only root may mount a small file system");
        return;
    };
    let ballast = disk.0.join("ballast");
    let _ = fs::write(&ballast, vec![0; 256 * 1024]);
    fs::create_dir_all(study.dir().sbatch_logs()).unwrap();
    study.launch(&[]);
    let reasons = || cluster.run("squeue", &["-h", "-r", "-t", "PD", "-o", "%r"]);
    wait_until("held tasks", 90, || {
        reasons().lines().filter(|it| it.contains("held")).count() == 4
    });
    let run = study.run(bin!("sweep_launch"), &["--dry-run"]);
    fs::remove_file(&ballast).unwrap();
    assert!(run.stderr.contains("are held"), "{}{}", reasons(), run.stderr);
    study.run(bin!("sweep_launch"), &["--release"]).expect(0);
    study.expect_all_done(90);
}
