//! Whole sweeps on a real SLURM.

use std::collections::BTreeMap;
use std::fs;

use crate::bin;
use crate::cluster::{Cluster, Setup, wait_until};
use crate::study::Study;
use sweep_config::records::Outcome;

#[test]
fn two_thousand_jobs_run_where_an_array_holds_a_hundred_and_one() {
    let Some(cluster) = Cluster::start(Setup { max_array: 101, ..Setup::default() }) else {
        return;
    };
    let study = Study::new(&cluster, 2000, "echo {{index}} >> ran", "PARALLEL_JOBS: 6");
    let run = study.launch(&[]);
    assert!(run.stdout.contains("606 tasks in 6 arrays"), "{}", run.stdout);
    study.expect_all_done(300);
    let mut ran: Vec<u32> = study.read("ran").lines().map(|line| line.parse().unwrap()).collect();
    ran.sort_unstable();
    assert_eq!(ran, (0..2000).collect::<Vec<_>>());
    assert!(study.launch(&[]).stderr.contains("all 2,000 jobs are done"));
}

#[test]
fn a_submit_limit_is_obeyed_and_the_states_agree_with_the_accounts() {
    let setup = Setup { max_submit: Some(20), accounting: true, ..Setup::default() };
    let Some(cluster) = Cluster::start(setup) else { return };
    let study = Study::new(&cluster, 100, "[ {{index}} != 7 ]", "MAX_RETRY: 0\nPARALLEL_JOBS: 4");
    let run = study.launch(&[]);
    assert!(run.stderr.contains("20 more in the queue"), "{}", run.stderr);
    assert!(run.stdout.contains("20 tasks in 1 array"), "{}", run.stdout);
    cluster.wait_until_empty(120);
    assert_eq!(study.states(), BTreeMap::from([("done".into(), 99), ("failed".into(), 1)]));
    // A task is as its jobs are: one of them had the job that failed.
    let id = study.attempts(7)[0].start.slurm.clone().unwrap();
    wait_until("the accounts", 30, || {
        cluster.sacct(&["-X", "-o", "State", "-j", &id]) == ["FAILED"]
    });
    let others = cluster.sacct(&["-X", "-o", "JobID,State"]);
    let bad =
        others.iter().filter(|line| !line.contains("COMPLETED") && !line.contains("CANCELLED"));
    assert_eq!(bad.count(), 1, "{others:?}");
}

#[test]
fn an_ordinary_user_runs_a_sweep_whose_jobs_are_the_tasks_of_the_accounts() {
    let setup = Setup { as_user: Some((65534, 65534)), accounting: true, ..Setup::default() };
    let Some(cluster) = Cluster::start(setup) else { return };
    let study = Study::new(&cluster, 12, "[ {{index}} -lt 10 ]", "MAX_RETRY: 0");
    study.launch(&[]);
    cluster.wait_until_empty(120);
    assert_eq!(study.states(), BTreeMap::from([("done".into(), 10), ("failed".into(), 2)]));
    let words = |state: &str| {
        cluster.sacct(&["-X", "-o", "State"]).iter().filter(|word| *word == state).count()
    };
    wait_until("the accounts", 30, || (words("COMPLETED"), words("FAILED")) == (10, 2));
}

#[test]
fn two_launches_at_once_run_each_job_once() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 40, "sleep 0.3", "");
    std::thread::scope(|scope| {
        scope.spawn(|| study.launch(&[]));
        scope.spawn(|| study.launch(&[]));
    });
    study.expect_all_done(120);
    assert_eq!(fs::read_dir(study.dir().submissions()).unwrap().count(), 2);
}

#[test]
fn four_jobs_share_a_gpu_each_with_its_own_exit_status() {
    let Some(cluster) = Cluster::start(Setup { gpus: 2, ..Setup::default() }) else { return };
    let command =
        "echo gpu=$CUDA_VISIBLE_DEVICES slot=$SWEEP_SLOT; sleep 3; exit $(({{index}} % 4 == 1))";
    let keys = "NUM_GPUS: 1\nCPUS_PER_GPU: 4\nJOBS_PER_GPU: 4\nMAX_RETRY: 0\nMAX_SAME_FAILURES: 0";
    let study = Study::new(&cluster, 8, command, keys);
    let run = study.launch(&[]);
    assert!(run.stdout.contains("2 tasks in 1 array"), "{}", run.stdout);
    cluster.wait_until_empty(120);
    assert_eq!(study.states(), BTreeMap::from([("done".into(), 6), ("failed".into(), 2)]));
    for task in [0, 4] {
        let slots: Vec<String> = (task..task + 4).map(|job| study.stdout(job)).collect();
        let gpus: Vec<&str> = slots.iter().map(|slot| slot.split(' ').next().unwrap()).collect();
        assert!(gpus[0] != "gpu=" && gpus.iter().all(|gpu| *gpu == gpus[0]), "{slots:?}");
        let slots: Vec<&str> =
            slots.iter().map(|slot| slot.trim().rsplit('=').next().unwrap()).collect();
        assert_eq!(slots, ["0", "1", "2", "3"]);
    }
    let starts: Vec<String> =
        (0..4).map(|job| study.attempts(job)[0].start.slurm.clone().unwrap()).collect();
    assert!(starts.iter().all(|task| *task == starts[0]), "{starts:?}");
}

#[test]
fn a_job_of_two_nodes_runs_on_both() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let command = "echo $SLURM_PROCID of $SLURM_NTASKS on $SLURMD_NODENAME";
    let study = Study::new(&cluster, 2, "true", "NODES: 2");
    // Two processes of one job run at once, as they should: without the guard.
    let text = fs::read_to_string(study.config()).unwrap();
    let begin = text.find("  COMMAND:").unwrap();
    let end = begin + text[begin..].find('\n').unwrap();
    let text = format!("{}  COMMAND: {command}{}", &text[..begin], &text[end..]);
    fs::write(study.config(), text).unwrap();
    study.launch(&[]);
    study.expect_all_done(120);
    let mut lines: Vec<String> = study.stdout(0).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["0 of 2 on n1", "1 of 2 on n2"]);
}

#[test]
fn jobs_offered_to_two_partitions_run_once_and_tasks_without_work_leave_the_queue() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    cluster.run("scontrol", &["update", "PartitionName=other", "State=DOWN"]);
    let study =
        Study::new(&cluster, 30, "sleep 0.1", "PARTITION: [debug, other]\nPARALLEL_JOBS: 6");
    let run = study.launch(&[]);
    assert!(run.stdout.contains("60 tasks in 2 arrays"), "{}", run.stdout);
    // None of the tasks in `other` ever starts, so only a cancel empties the queue.
    study.expect_all_done(120);
}

#[test]
fn a_canary_that_passes_lets_the_others_go_and_one_that_fails_keeps_them() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 20, "[ ! -e broken ]", "MAX_RETRY: 0");
    fs::write(study.path("broken"), "").unwrap();
    let run = study.launch(&["--canary", "2"]);
    assert!(run.stderr.contains("canary       2 of 20 jobs first: 0, 10"), "{}", run.stderr);
    cluster.wait_until_empty(60);
    assert_eq!(study.states(), BTreeMap::from([("failed".into(), 2), ("waiting".into(), 18)]));
    fs::remove_file(study.path("broken")).unwrap();
    study.launch(&["--canary", "2"]);
    study.expect_all_done(120);
}

#[test]
fn what_waits_is_held_released_and_cancelled_and_nothing_of_others() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study =
        Study::new(&cluster, 6, "while [ ! -e go ]; do sleep 0.1; done", "PARALLEL_JOBS: 2");
    let stranger = cluster.submit(&["-p", "other", "--hold"], "true");
    study.launch(&[]);
    study.wait_until_running(2);
    assert_eq!(study.count("queued"), 4);
    let verb = |verb: &str| study.run(bin!("sweep_launch"), &[verb]).expect(0).stdout;
    assert!(verb("--hold").contains("held: 4 waiting tasks"));
    fs::write(study.path("go"), "").unwrap();
    wait_until("the two that ran", 60, || study.count("done") == 2 && study.count("running") == 0);
    assert_eq!(study.count("queued"), 4, "held");
    assert!(verb("--release").contains("released: 4 waiting tasks"));
    wait_until("all", 60, || study.count("done") == 6);
    fs::remove_file(study.path("go")).unwrap();
    assert_eq!(cluster.state(&stranger).0, "PENDING");
    let again = Study::new_beside(&cluster, 3, "sleep 100", "");
    again.launch(&[]);
    again.wait_until_running(3);
    assert!(again.run(bin!("sweep_launch"), &["--cancel"]).expect(0).stdout.contains("cancelled"));
    wait_until("the end of its tasks", 60, || again.count("cancelled") == 3);
    assert_eq!(cluster.state(&stranger).0, "PENDING", "not ours");
    cluster.run("scancel", &[&stranger]);
}

#[test]
fn a_sweep_whose_first_jobs_all_fail_alike_is_stopped() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let command = "echo \"ModuleNotFoundError: No module named 'nets'\" >&2; exit 1";
    let study =
        Study::new(&cluster, 60, command, "MAX_RETRY: 0\nMAX_SAME_FAILURES: 5\nPARALLEL_JOBS: 4");
    study.launch(&[]);
    cluster.wait_until_empty(120);
    let failed = study.count("failed");
    assert!((5..20).contains(&failed), "{:?}", study.states());
    let run = study.run(bin!("sweep_launch"), &["--dry-run"]).expect(0);
    assert!(run.stderr.contains("jobs failed the same way and none is done"), "{}", run.stderr);
    assert!(run.stderr.contains("ModuleNotFoundError"), "{}", run.stderr);
}

#[test]
fn a_relaunch_runs_exactly_what_is_selected_of_what_is_not_done() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 10, "[ -e fine ] || [ {{index}} -lt 6 ]", "MAX_RETRY: 0");
    study.launch(&[]);
    cluster.wait_until_empty(60);
    assert_eq!(study.states(), BTreeMap::from([("done".into(), 6), ("failed".into(), 4)]));
    fs::write(study.path("fine"), "").unwrap();
    let run = study.launch(&["--only", "0-7", "--state", "failed"]);
    assert!(run.stderr.contains("2 to run (2 failed) of 10: 6 done, 2 failed"), "{}", run.stderr);
    cluster.wait_until_empty(60);
    assert_eq!(study.count("done"), 8);
    assert_eq!(study.outcomes(0), [Some(Outcome::Done)], "what is done is left");
    study.launch(&["--where", "OPTIM.BASE_LR >= 0"]);
    study.expect_all_done(60);
}

#[test]
fn a_task_runs_several_jobs_in_turn_and_a_worker_in_an_allocation_helps() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    // What a task runs waits for the first job of the worker in the allocation.
    let command = "if [ -n \"$SLURM_ARRAY_TASK_ID\" ]; then until [ -e helped ]; do sleep 0.1; done; \
                   else touch helped; sleep 0.5; fi";
    let study = Study::new(&cluster, 12, command, "JOBS_PER_TASK: 4\nPARALLEL_JOBS: 1");
    let run = study.launch(&[]);
    assert!(run.stdout.contains("3 tasks in 1 array"), "{}", run.stdout);
    study.wait_until_running(1);
    let mut salloc = cluster.command("salloc");
    salloc.args(["-p", "other", "-n", "1"]).arg(bin!("sweep_worker"));
    salloc.arg("--sweep-cfg").arg(study.config());
    let worked = crate::common::Run::of(&salloc.output().unwrap());
    assert!(worked.stderr.contains(" done in "), "{}", worked.stderr);
    study.expect_all_done(120);
    let by_hand = (0..12).filter(|job| study.attempts(*job)[0].start.submission.is_empty()).count();
    assert!((1..12).contains(&by_hand), "{by_hand} of 12 by hand");
}

#[test]
fn a_sweep_that_is_extended_while_it_runs_is_run_to_its_new_end() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let keys = "JOBS_PER_TASK: 10\nPARALLEL_JOBS: 2";
    let mut study = Study::new(&cluster, 8, "sleep 1", keys);
    study.launch(&[]);
    study.wait_until_running(1);
    study.run(bin!("sweep_setup"), &["--extend", "6", "--yes"]).expect(0);
    study.jobs = 14;
    cluster.wait_until_empty(120);
    // What its tasks had no quota for is the next launch's.
    study.run(bin!("sweep_launch"), &["--yes"]).expect(0);
    study.expect_all_done(120);
}
