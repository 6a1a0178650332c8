//! The nodes that a launch leaves out because of earlier ones.

use std::fmt::Write;
use std::fs;

use crate::bin;
use crate::cluster::{Cluster, Setup};
use crate::common::Run;
use crate::fake::Faked;
use crate::study::Study;
use serde_json::json;
use sweep_config::{JobId, SubmissionId};

/// A cluster of such nodes.
fn cluster(jobs: u32, nodes: &[&str]) -> Faked {
    let faked = Faked::new(jobs, "MAX_RETRY: 0");
    let line =
        |node: &&str| format!("echo 'NodeName={node} CPUTot=4 RealMemory=1 Partitions=main'; ");
    let lines = nodes.iter().map(line).collect::<Vec<_>>().concat();
    faked.says("scontrol", &format!("case $2 in config) echo 'MaxArraySize = 1001';; partition) echo PartitionName=main Default=YES State=UP;; node) {lines} ;; esac"));
    faked
}

/// Writes the attempts at a job: the launch, the node, and the seconds after which it failed; 0 for a job that
/// was done.
fn write_attempts(faked: &Faked, job: u32, attempts: &[(u32, &str, f64)]) {
    let dir = faked.0.dir();
    fs::create_dir_all(dir.out_dir(JobId(job))).unwrap();
    let mut text = String::new();
    for (attempt, (launch, node, seconds)) in (1..).zip(attempts) {
        let start = json!({"event": "start", "attempt": attempt, "launch": format!("{launch:06}"), "host": node,
                           "pid": 7, "started": "2026-01-01T00:00:00Z", "command": "c", "slurm": format!("{launch}_{job}")});
        let outcome = if *seconds > 0.0 { "failed" } else { "done" };
        let end = json!({"event": "end", "attempt": attempt, "ended": "2026-01-01T00:00:00Z", "seconds": seconds,
                         "outcome": outcome, "exit_code": 1, "reason": "exited with code 1"});
        writeln!(text, "{start}\n{end}").unwrap();
    }
    fs::write(dir.attempts(JobId(job)), text).unwrap();
}

fn collect(faked: &Faked) -> Run {
    let mut command = faked.command(bin!("sweep_collect"));
    Run::of(&command.args(["--sweep-cfg", "sweep.yaml", "--dry-run"]).output().unwrap())
}

/// The nodes that the newest script excludes.
fn excluded(faked: &Faked) -> Option<String> {
    let dir = faked.0.dir();
    let last = *dir.submission_ids().unwrap().last().unwrap();
    let script = fs::read_to_string(dir.array_script(last, 0)).unwrap();
    script.lines().find_map(|line| line.strip_prefix("#SBATCH --exclude=").map(str::to_owned))
}

#[test]
fn a_node_on_which_an_open_job_died_at_once_in_two_launches_is_left_out_where_others_live() {
    let faked = cluster(3, &["n1", "n2"]);
    write_attempts(&faked, 0, &[(1, "n1", 0.0)]);
    write_attempts(&faked, 1, &[(1, "n2", 0.2)]);
    let run = faked.launch(&["--only", "1"]).expect(0);
    assert_eq!(excluded(&faked), None, "{}", run.stderr);
    write_attempts(&faked, 1, &[(1, "n2", 0.2), (2, "n2", 0.2)]);
    let word = "n2 (a job died at once here in two launches, and none has run since)";
    let run = collect(&faked);
    assert!(
        run.stderr.contains(&format!("excluded, also from the next launch: {word}")),
        "{}",
        run.stderr
    );
    let run = faked.launch(&["--only", "1"]).expect(0);
    assert!(run.stderr.contains(word), "{}", run.stderr);
    assert_eq!(excluded(&faked).as_deref(), Some("n2"));
    write_attempts(&faked, 2, &[(2, "n2", 0.0)]);
    faked.launch(&["--only", "1"]).expect(0);
    assert_eq!(excluded(&faked), None, "a job has lived there since");
}

#[test]
fn a_node_that_the_cluster_has_no_more_is_not_named_to_it_and_the_last_one_of_a_partition_stays() {
    let deaths = [(1, "n2", 0.2), (2, "n2", 0.2)];
    for (nodes, word) in [
        (&["n1", "n3"][..], "time limit"),
        (&["n2"], "in doubt     n2 (a job died at once here in two launches"),
    ] {
        let faked = cluster(2, nodes);
        write_attempts(&faked, 0, &[(1, "n1", 0.0)]);
        write_attempts(&faked, 1, &deaths);
        let run = faked.launch(&[]).expect(0);
        assert_eq!(excluded(&faked), None);
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
}

/// Four tasks that ended on n2 without a word and one that a worker started in on n1, all of array 7.
fn silent_node(answer: (&str, &str)) -> Faked {
    let faked = cluster(6, &["n1", "n2"]);
    faked.launch(&[]).expect(0);
    write_attempts(&faked, 0, &[(1, "n1", 0.0)]);
    let (program, script) = answer;
    faked.says(program, script);
    faked
}

const FORGOTTEN: &str = "case \"$*\" in *'-t all'*) for w in \"$@\"; do case $w in --name=*) name=${w#--name=};; esac; done
for i in 1 2 3 4; do echo \"7_$i|$name|FAILED|JobLaunchFailure|n2\"; done; echo \"7_0|$name|COMPLETED|None|n1\";; esac";
const ACCOUNTS: &str =
    "for i in 1 2 3 4; do echo \"7_$i|FAILED|0:53|n2\"; done; echo '7_0|COMPLETED|0:0|n1'";

#[test]
fn tasks_that_end_without_a_word_are_counted_and_their_node_is_left_out() {
    let named = "4 tasks ended on n2 before a worker started";
    let out = "n2 (4 tasks ended here without a record)";
    for answer in [("squeue", FORGOTTEN), ("sacct", ACCOUNTS)] {
        let faked = silent_node(answer);
        let run = collect(&faked);
        assert!(run.stderr.contains(named), "{}", run.stderr);
        assert!(
            run.stderr.contains(&format!("excluded, also from the next launch: {out}")),
            "{}",
            run.stderr
        );
        let run = faked.launch(&["--only", "1"]).expect(0);
        assert!(run.stderr.contains(named) && run.stderr.contains(out), "{}", run.stderr);
        assert_eq!(excluded(&faked).as_deref(), Some("n2"));
        // SLURM forgets; the notes stay, until a worker starts there again.
        faked.says("squeue", "true");
        faked.says("sacct", "true");
        faked.launch(&["--only", "1"]).expect(0);
        assert_eq!(excluded(&faked).as_deref(), Some("n2"));
        write_attempts(&faked, 1, &[(2, "n2", 0.0)]);
        faked.launch(&["--only", "2"]).expect(0);
        assert_eq!(excluded(&faked), None);
    }
}

#[test]
fn what_a_submission_left_is_said_by_the_next_launch_and_collect() {
    let faked = cluster(5, &["n1", "n2"]);
    faked.launch(&["--set", "LAUNCH.MAX_RETRY=1"]).expect(0);
    write_attempts(&faked, 0, &[(1, "n1", 0.0)]);
    write_attempts(&faked, 1, &[(1, "n1", 30.0)]);
    write_attempts(&faked, 2, &[(1, "n1", 30.0), (1, "n2", 30.0)]);
    let word = "submission 000001 ended and left 2 jobs not started and 1 job with retries left: ";
    let run = faked.launch(&["--dry-run", "--set", "LAUNCH.MAX_RETRY=1"]);
    assert!(run.stderr.contains(word), "{}", run.stderr);
    let stop = json!({"reason": "10 jobs failed alike", "example": 1, "stopped": ""});
    fs::write(faked.0.dir().stopped(SubmissionId(1)), stop.to_string()).unwrap();
    let run = collect(&faked);
    let word = "left 2 jobs not started: it was stopped: 10 jobs failed alike; run sweep_launch to continue";
    assert!(run.stderr.contains(word), "MAX_RETRY is 0 here: {}", run.stderr);
    faked.says("squeue", "echo '7_1|'$(cat root/sweep/launches/000001/0000.json | tr -d ' \",' | sed -n 's/^name://p')'|RUNNING|None|n1'");
    let run = collect(&faked);
    assert!(!run.stderr.contains("ended and left"), "a task runs: {}", run.stderr);
}

#[test]
fn a_node_without_the_sweep_directory_is_named_and_the_next_launch_does_without_it() {
    for accounting in [false, true] {
        let setup =
            Setup { min_job_age: if accounting { 2 } else { 300 }, accounting, ..Setup::default() };
        let Some(cluster) = Cluster::start(setup) else { return };
        let study = Study::new(&cluster, 30, "sleep 1", "");
        cluster.kill_slurmd("n2");
        if !cluster.start_slurmd_without("n2", &study.path("root")) {
            println!("left out: only root may hide a directory from a node");
            return;
        }
        study.launch(&[]);
        cluster.wait_until_empty(120);
        let before = study.count("done");
        assert!(before < 30, "n2 has taken tasks");
        let run = study.run(bin!("sweep_collect"), &["--dry-run"]);
        assert!(run.stderr.contains("tasks ended on n2 before a worker started"), "{}", run.stderr);
        let run = study.launch(&[]);
        assert!(run.stderr.contains("excluded     n2 ("), "{}", run.stderr);
        study.expect_all_done(120);
    }
}

#[test]
fn the_jobs_of_tasks_that_end_without_a_word_are_run_by_tasks_that_live() {
    let Some(cluster) = Cluster::start(Setup { min_job_age: 300, ..Setup::default() }) else {
        return;
    };
    let study = Study::new(&cluster, 12, "sleep 7", "PARALLEL_JOBS: 6");
    cluster.kill_slurmd("n2");
    if !cluster.start_slurmd_without("n2", &study.path("root")) {
        println!("left out: only root may hide a directory from a node");
        return;
    }
    study.launch(&[]);
    study.expect_all_done(180);
    assert!((0..12).all(|job| study.attempts(job)[0].start.host == "n1"));
    let notes = fs::read_dir(study.dir().silent_tasks(SubmissionId(1)).join("n2")).unwrap().count();
    assert!(notes > 1, "the tasks of n2 are noted");
}
