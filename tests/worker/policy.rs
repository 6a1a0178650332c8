//! What a worker does with jobs that fail, and what a task of a job array may do.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::bin;
use crate::common::Run;
use crate::launching::Ready;
use serde_json::{Value, json};
use sweep_config::claim::{LATE, STALE};
use sweep_config::records::{
    AttemptEnd, AttemptEvent, AttemptStart, Outcome, PermanentCause, SubmissionStop,
};
use sweep_config::{JobId, SubmissionId, fs};

const LAUNCH: SubmissionId = SubmissionId(1);

/// The variables of task 1 of an array, without a time at which it ends.
const TASK: [(&str, &str); 2] = [("SLURM_ARRAY_JOB_ID", "77"), ("SLURM_ARRAY_TASK_ID", "1")];

fn part(jobs: &[(u32, u32)], tasks: u32, quota: u32) -> Value {
    json!({"number": 0, "name": "sweep-1-0", "partition": "", "tasks": tasks, "parallel": tasks,
           "quota": quota, "jobs": jobs})
}

/// The record of a launch of all jobs.
fn launch_record(ready: &Ready, parts: &[Value], takes_new: bool) -> Value {
    json!({
        "format_version": 1, "tool_version": "0", "executor": "slurm", "submitted": "", "host": "h",
        "command": "", "code_dir": ready.sandbox.path(), "workers": 2, "jobs": [[0, ready.jobs - 1]],
        "takes_new": takes_new, "parts": parts, "overrides": [],
    })
}

/// Enters a launch of all jobs into the ledger.
fn enter(ready: &Ready, parts: &[Value], takes_new: bool) {
    let submission = launch_record(ready, parts, takes_new).to_string();
    ready.sandbox.write("root/sweep/launches/000001/submission.json", submission);
}

/// `sweep_worker` as a task of part 0 would call it.
fn task(ready: &Ready, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = ready.sandbox.command(bin!("sweep_worker"));
    command.args(["--sweep-cfg", "sweep.yaml", "--launch", "000001", "--part", "0"]).args(args);
    command.envs(TASK).envs(variables.iter().copied());
    Run::of(&command.output().unwrap())
}

fn record(ready: &Ready, job: u32, event: &AttemptEvent) {
    fs::create_dir_all(&ready.dir().out_dir(JobId(job))).unwrap();
    let line = serde_json::to_string(event).unwrap();
    fs::append_line(&ready.dir().attempts(JobId(job)), &line, false).unwrap();
}

fn start(host: &str, slurm: Option<&str>) -> AttemptStart {
    AttemptStart {
        attempt: 1,
        submission: "000001".into(),
        host: host.into(),
        pid: 1,
        slurm: slurm.map(str::to_owned),
        ..AttemptStart::default()
    }
}

fn end(outcome: Outcome) -> AttemptEnd {
    AttemptEnd {
        attempt: 1,
        ended: String::new(),
        seconds: 60.0,
        outcome,
        exit_code: None,
        signal: None,
        reason: String::new(),
        cause: None,
        progress: None,
    }
}

fn last_end(ready: &Ready, job: u32) -> AttemptEnd {
    ready.attempts(job).pop().unwrap().end.unwrap()
}

#[test]
fn a_task_takes_its_own_portion_and_no_more_than_its_quota() {
    let ready = Ready::new(6, "echo {{index}} >> ran", "");
    enter(&ready, &[part(&[(0, 5)], 3, 2)], false);
    let run = task(&ready, &[], &[]).expect(0);
    assert_eq!(ready.lines("ran"), ["2", "3"], "{}", run.stderr);
    assert_eq!(ready.attempts(2)[0].start.slurm.as_deref(), Some("77_1"));
    task(&ready, &[], &[]).expect(0);
    assert_eq!(ready.lines("ran"), ["2", "3", "4", "5"], "it goes on behind its own");
    task(&ready, &["--prefer", "000001"], &[]).expect(0);
    assert_eq!(ready.lines("ran")[4..], ["1", "0"]);
}

#[test]
fn a_failure_that_is_tried_again_does_not_use_the_quota_up() {
    let command =
        "echo {{index}} >> ran; test {{index}} != 1 -o -e again || { touch again; exit 1; }";
    let ready = Ready::new(3, command, "");
    enter(&ready, &[part(&[(0, 2)], 3, 1)], false);
    task(&ready, &[], &[]).expect(1);
    assert_eq!(ready.lines("ran"), ["1", "2"], "another job, since this one just died here");
    assert_eq!(ready.outcomes(1), [Some(Outcome::Failed)]);
    assert_eq!(ready.outcomes(2), [Some(Outcome::Done)]);
}

#[test]
fn without_a_quota_a_task_takes_all_that_there_is_time_for() {
    let ready = Ready::new(5, ":", "");
    enter(&ready, &[part(&[(0, 4)], 2, 0)], false);
    task(&ready, &[], &[]).expect(0);
    assert_eq!(ready.done(), 5);
}

#[test]
fn a_canary_runs_its_own_jobs_only() {
    let ready = Ready::new(4, "echo {{index}} >> ran", "");
    let mut canary = part(&[(1, 1), (3, 3)], 1, 0);
    canary["canary"] = json!(true);
    enter(&ready, &[canary], true);
    task(&ready, &[], &[]).expect(0);
    assert_eq!(ready.lines("ran"), ["1", "3"]);
}

#[test]
fn a_part_that_the_launch_does_not_have_is_refused() {
    let ready = Ready::new(1, ":", "");
    enter(&ready, &[], false);
    let run = task(&ready, &[], &[]).expect(2);
    assert!(run.stderr.contains("launch 000001 has no part 0"), "{}", run.stderr);
}

#[test]
fn jobs_that_are_appended_meanwhile_are_taken_once_they_are_announced() {
    // Job 1 appends two configs and announces one of them.
    let command = "echo {{index}} >> ran; test {{index}} = 1 && { \
                   cp {{cfg}} {{sweep_dir}}/cfgs/000002.yaml; cp {{cfg}} {{sweep_dir}}/cfgs/000003.yaml; \
                   sed -i 's/\"kept\": 2/\"kept\": 3/' {{sweep_dir}}/setup.json; }; true";
    let ready = Ready::new(2, command, "");
    enter(&ready, &[part(&[(0, 1)], 2, 0)], true);
    task(&ready, &[], &[]).expect(0);
    assert_eq!(ready.lines("ran"), ["1", "0", "2"]);
    let by_hand = Ready::new(2, command, "");
    by_hand.work(&[]).expect(0);
    assert_eq!(by_hand.lines("ran"), ["0", "1", "2"]);
    by_hand.work(&[]).expect(0);
    assert_eq!(by_hand.lines("ran").len(), 3, "a half-written extension is no error");
}

#[test]
fn a_config_that_is_at_fault_is_not_tried_again() {
    let clap = format!("{} --no-such-option", bin!("sweep_collect"));
    let commands = [
        (clap.as_str(), PermanentCause::Usage),
        (
            "echo 'RuntimeError: CUDA out of memory. Tried' >&2; exit 1",
            PermanentCause::CudaOutOfMemory,
        ),
        ("echo 'Loss is nan, stopping training'; exit 1", PermanentCause::NotANumber),
        ("no-such-program", PermanentCause::Usage),
        (
            "python3 -c 'import argparse; argparse.ArgumentParser().parse_args()' --lr 1",
            PermanentCause::Usage,
        ),
    ];
    for (command, cause) in commands {
        let ready = Ready::new(1, command, "MAX_RETRY: 3");
        ready.work(&[]).expect(1);
        assert_eq!(ready.attempts(0).len(), 1, "{command}");
        assert_eq!(last_end(&ready, 0).cause, Some(cause), "{command}");
    }
}

#[test]
fn what_an_earlier_attempt_wrote_does_not_explain_a_later_one() {
    let command = "test $SWEEP_ATTEMPT = 1 && echo 'MemoryError' >&2; exit 1";
    let ready = Ready::new(1, command, "MAX_RETRY: 0");
    ready.work(&[]).expect(1);
    ready.work(&[]).expect(1);
    assert_eq!(ready.outcomes(0), [Some(Outcome::OutOfMemory), Some(Outcome::Failed)]);
}

#[test]
fn a_job_out_of_memory_waits_for_a_task_that_has_more() {
    // What the kernel and SLURM do to a program that uses more than its task may.
    let command = "echo {{index}} >> ran; test {{index}} != 1 && exit; \
                   echo 'slurmstepd: error: Detected 1 oom_kill event in StepId=77.batch.' >&2; kill -9 $$";
    let ready = Ready::new(2, command, "");
    enter(&ready, &[part(&[(0, 1)], 2, 0)], false);
    let less = [("SLURM_MEM_PER_NODE", "1000")];
    task(&ready, &[], &less).expect(1);
    // A task answers for the jobs that it ran, and this one leaves the job to others.
    task(&ready, &[], &less).expect(0);
    assert_eq!(ready.lines("ran"), ["1", "0"]);
    assert_eq!(last_end(&ready, 1).reason, "killed by signal 9 (SIGKILL): out of memory");
    assert_eq!(ready.attempts(1)[0].start.memory, Some(1000));
    let more = [("SLURM_MEM_PER_NODE", "1500")];
    task(&ready, &["--prefer", "000001"], &more).expect(1);
    task(&ready, &["--prefer", "000001"], &[("SLURM_MEM_PER_NODE", "3000")]).expect(0);
    assert_eq!(ready.outcomes(1), [Some(Outcome::OutOfMemory); 2], "once more, and no more");
}

/// `PATH` with an `squeue` in front that lists such tasks of the array, and an `scontrol` that says yes.
fn queue_of(ready: &Ready, tasks: &str) -> String {
    for (name, script) in [("squeue", tasks), ("scontrol", "echo \"$*\" >> scontrol.log")] {
        let path = ready.sandbox.write(format!("bin/{name}"), format!("#!/bin/bash\n{script}\n"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let accepted = r#"{"name": "sweep-1-0", "job_id": 77, "submitted": ""}"#;
    ready.sandbox.write("root/sweep/launches/000001/0000.json", accepted);
    format!("{}:{}", ready.sandbox.join("bin").display(), std::env::var("PATH").unwrap())
}

const OTHERS: &str = "echo '77_0|sweep-1-0|RUNNING|None|n1'; echo '77_1|sweep-1-0|RUNNING|None|n2'";
const ALONE: &str = "echo '77_1|sweep-1-0|RUNNING|None|n2'";

#[test]
fn a_task_whose_jobs_die_at_once_goes_on_as_long_as_nobody_else_does_better() {
    let ready = Ready::new(6, "echo {{index}} >> ran; test {{index}} -ge 4", "MAX_RETRY: 0");
    enter(&ready, &[part(&[(0, 5)], 1, 0)], false);
    let path = queue_of(&ready, ALONE);
    task(&ready, &[], &[("SLURM_ARRAY_TASK_ID", "1"), ("PATH", &path)]).expect(1);
    assert_eq!(ready.done(), 2);
    assert_eq!(ready.lines("ran").len(), 6, "each of them once");
    let by_hand = Ready::new(6, "exit 1", "MAX_RETRY: 0");
    by_hand.work(&[]).expect(1);
    assert!((0..6).all(|job| by_hand.attempts(job).len() == 1), "it would only delay the end");
}

#[test]
fn a_bad_node_leaves_its_jobs_to_others_and_is_left_out() {
    let command = "echo {{index}} >> ran-$SLURMD_NODENAME; test $SLURMD_NODENAME = n1";
    let ready = Ready::new(12, command, "MAX_RETRY: 3");
    enter(&ready, &[part(&[(0, 11)], 2, 6)], false);
    let path = queue_of(&ready, OTHERS);
    let on = |node: &str, index: &str| {
        let variables =
            [("SLURMD_NODENAME", node), ("SLURM_ARRAY_TASK_ID", index), ("PATH", &path)];
        task(&ready, &[], &variables)
    };
    ready.sandbox.write("root/sweep/launches/000001/crashes/n1/lived", "");
    let run = on("n2", "1").expect(1);
    assert_eq!(ready.lines("ran-n2").len(), 3, "{}", run.stderr);
    assert!(run.stderr.contains("3 jobs in a row failed within 10 s"), "{}", run.stderr);
    assert!(run.stderr.contains("node n2 may be broken"), "{}", run.stderr);
    let run = on("n1", "0").expect(0);
    assert_eq!(ready.done(), 12, "six of its own and six that were left: {}", run.stderr);
    assert!((6..9).all(|job| ready.attempts(job).len() == 2), "one try each on the bad node");
    assert!(run.stderr.contains("node n2 is no longer used"), "{}", run.stderr);
    let told = ready.lines("scontrol.log");
    assert!(told.iter().any(|line| line == "update JobId=77 ExcNodeList=n2"), "{told:?}");
    let run = ready.sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
    let word = "excluded, also from the next launch: n2 (jobs die at once here but run elsewhere)";
    assert!(run.stderr.contains(word), "{}", run.stderr);
}

#[test]
fn what_nobody_tried_comes_before_what_failed_in_an_earlier_launch() {
    let ready = Ready::new(6, "echo {{index}} >> ran; test {{index}} -ge 2", "MAX_RETRY: 0");
    enter(&ready, &[part(&[(0, 5)], 2, 3)], false);
    for job in [0, 1] {
        record(
            &ready,
            job,
            &AttemptEvent::Start(AttemptStart {
                submission: "000000".into(),
                ..start("far", None)
            }),
        );
        record(&ready, job, &AttemptEvent::End(end(Outcome::Failed)));
    }
    task(&ready, &[], &[("SLURM_ARRAY_TASK_ID", "0")]).expect(0);
    assert_eq!(ready.lines("ran"), ["2", "3", "4"], "also before those of its own portion");
    task(&ready, &[], &[("SLURM_ARRAY_TASK_ID", "1")]).expect(1);
    assert_eq!(ready.lines("ran")[3..], ["5", "0", "1"]);
}

#[test]
fn a_task_that_slurm_started_again_takes_its_old_job_first() {
    let ready = Ready::new(4, "echo {{index}} >> ran", "MAX_RETRY: 0");
    enter(&ready, &[part(&[(0, 3)], 2, 1)], false);
    record(&ready, 0, &AttemptEvent::Start(start("gone", Some("77_1"))));
    let path = fake(&ready, "scontrol", "[ $2 = node ] && echo NodeName=$3 State=DOWN");
    task(&ready, &[], &[("SLURM_RESTART_COUNT", "1"), ("PATH", &path)]).expect(0);
    assert_eq!(ready.lines("ran"), ["0"]);
    assert_eq!(ready.outcomes(0), [Some(Outcome::NodeFailure), Some(Outcome::Done)]);
    let reason = ready.attempts(0)[0].end.clone().unwrap().reason;
    assert_eq!(reason, "its node gone went down before the program ended");
    let notes = fs::list(&ready.dir().node_failures(LAUNCH, "gone")).unwrap();
    assert!(notes.len() == 1 && notes[0].ends_with("-000000-1"), "{notes:?}");
}

/// A `PATH` that begins with a program which runs this script.
fn fake(ready: &Ready, name: &str, script: &str) -> String {
    let program = ready.sandbox.write(format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", ready.sandbox.join("bin").display(), std::env::var("PATH").unwrap())
}

#[test]
fn a_run_without_a_record_ended_as_the_accounts_say_and_is_open_until_they_do() {
    for (account, outcome) in [
        ("NODE_FAIL", Outcome::NodeFailure),
        ("PREEMPTED", Outcome::Preempted),
        ("REQUEUED", Outcome::Preempted),
        ("FAILED", Outcome::Lost),
        // Its end is not in the accounts yet.
        ("RUNNING", Outcome::Open),
    ] {
        let ready = Ready::new(1, ":", "MAX_RETRY: 0");
        enter(&ready, &[part(&[(0, 0)], 2, 1)], false);
        let began =
            AttemptStart { started: "2026-01-01T12:00:30Z".into(), ..start("gone", Some("77_1")) };
        record(&ready, 0, &AttemptEvent::Start(began));
        let script =
            format!("echo '77_1|{account}|0:0|gone|2026-01-01T12:00:00|2026-01-01T12:02:00'");
        fake(&ready, "scontrol", "[ $2 = node ] && echo NodeName=$3 State=DOWN");
        let path = fake(&ready, "sacct", &script);
        let variables = [("SLURM_RESTART_COUNT", "1"), ("PATH", &*path), ("TZ", "UTC")];
        task(&ready, &[], &variables).expect(0);
        assert_eq!(ready.outcomes(0), [Some(outcome), Some(Outcome::Done)]);
    }
}

#[test]
fn of_an_attempt_on_another_cluster_only_that_cluster_says_how_it_ended() {
    // Tasks of either cluster may have one number, and nodes one name.
    let account = "77_1|CANCELLED|0:0|gone|2026-01-01T12:00:00|2026-01-01T12:02:00";
    for (here, dead, open) in [
        ("north", Outcome::NodeFailure, Outcome::Cancelled),
        ("south", Outcome::Lost, Outcome::Open),
    ] {
        let ready = Ready::new(2, ":", "MAX_RETRY: 0");
        enter(&ready, &[part(&[(0, 1)], 2, 2)], false);
        let mut there = launch_record(&ready, &[], false);
        there["cluster"] = json!("north");
        ready.sandbox.write("root/sweep/launches/000000/submission.json", there.to_string());
        for (job, task) in [(0, "76_0"), (1, "77_1")] {
            let began = AttemptStart {
                submission: "000000".into(),
                started: "2026-01-01T12:00:30Z".into(),
                ..start("gone", Some(task))
            };
            record(&ready, job, &AttemptEvent::Start(began));
        }
        record(&ready, 1, &AttemptEvent::End(end(Outcome::Open)));
        fake(&ready, "scontrol", "[ $2 = node ] && echo NodeName=$3 State=DOWN");
        let path = fake(&ready, "sacct", &format!("echo '{account}|{here}'"));
        let variables = [("SLURM_CLUSTER_NAME", here), ("PATH", &*path), ("TZ", "UTC")];
        task(&ready, &[], &variables).expect(0);
        assert_eq!(ready.outcomes(0), [Some(dead), Some(Outcome::Done)], "{here}");
        assert_eq!(ready.outcomes(1), [Some(open), Some(Outcome::Done)], "{here}");
    }
}

/// The claim of job 0 by another host's worker in that task, with a heartbeat of that age.
fn foreign_claim(ready: &Ready, slurm: &str, age: Duration) {
    let claim = json!({"host": "far", "boot_id": "another", "pid_namespace": "pid:[1]", "pid": 1,
                       "start_time": 1, "token": "far.1", "slurm": slurm});
    let path = ready.sandbox.write("root/sweep/logs/000000/claim.1", claim.to_string());
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

#[test]
fn the_claim_of_its_own_former_run_keeps_a_task_only_until_it_is_late() {
    let ready = Ready::new(2, "echo {{index}} >> ran", "MAX_RETRY: 0");
    enter(&ready, &[part(&[(0, 1)], 2, 1)], false);
    record(&ready, 0, &AttemptEvent::Start(start("far", Some("77_1"))));
    foreign_claim(&ready, "77_1", LATE.saturating_sub(Duration::from_secs(2)));
    task(&ready, &[], &[("SLURM_RESTART_COUNT", "1")]).expect(0);
    assert_eq!(ready.lines("ran"), ["0"], "it waited for it, though job 1 is its own too");
}

#[test]
fn a_host_whose_heartbeat_stopped_costs_its_job_no_retry() {
    let ready = Ready::new(1, ":", "MAX_RETRY: 0");
    enter(&ready, &[part(&[(0, 0)], 1, 0)], false);
    record(&ready, 0, &AttemptEvent::Start(start("far", Some("76_0"))));
    foreign_claim(&ready, "76_0", STALE + Duration::from_secs(5));
    task(&ready, &[], &[]).expect(0);
    assert_eq!(ready.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
}

/// Enters an array into the ledger as the one with this number.
fn accept(ready: &Ready, id: u32) {
    let accepted = json!({"name": "sweep-1-0", "job_id": id, "submitted": "2026-01-01T00:00:00Z"});
    ready.sandbox.write("root/sweep/launches/000001/0000.json", accepted.to_string());
}

#[test]
fn a_worker_takes_nothing_from_a_task_that_slurm_has_suspended_or_does_not_speak_of() {
    for squeue in
        ["echo '76_0|sweep-1-0|SUSPENDED|None|far'", "exit 1", "echo '76_0|sweep-1-0|SUSP'"]
    {
        let ready = Ready::new(1, ":", "");
        enter(&ready, &[part(&[(0, 0)], 2, 0)], false);
        accept(&ready, 76);
        record(&ready, 0, &AttemptEvent::Start(start("far", Some("76_0"))));
        foreign_claim(&ready, "76_0", STALE * 5);
        let path = fake(&ready, "squeue", squeue);
        task(&ready, &[], &[("PATH", &path)]);
        assert_eq!(ready.outcomes(0), [None], "{squeue}");
        let path = fake(&ready, "squeue", "true");
        task(&ready, &[], &[("PATH", &path)]).expect(0);
        assert_eq!(ready.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
    }
}

#[test]
fn what_was_preempted_or_is_to_go_on_runs_again_without_a_retry() {
    let ready = Ready::new(3, "echo {{index}} >> ran", "MAX_RETRY: 0");
    enter(&ready, &[part(&[(0, 2)], 1, 0)], false);
    let goes_on = AttemptEnd { progress: Some("epoch 3".into()), ..end(Outcome::TimedOut) };
    for (job, end) in [(0, end(Outcome::Preempted)), (1, goes_on), (2, end(Outcome::TimedOut))] {
        record(&ready, job, &AttemptEvent::Start(start("far", Some("76_0"))));
        record(&ready, job, &AttemptEvent::End(end));
    }
    task(&ready, &[], &[]).expect(0);
    assert_eq!(ready.lines("ran"), ["0", "1"]);
}

#[test]
fn a_launch_whose_jobs_all_fail_alike_stops_and_says_why() {
    let command = "echo {{index}} >> ran; echo \"ImportError: no torch in {{cfg}}\" >&2; exit 1";
    let ready = Ready::new(30, command, "LOCAL_WORKERS: 2\nMAX_SAME_FAILURES: 4\nMAX_RETRY: 0");
    let run = ready.launch(&[]).expect(1);
    let why =
        "jobs failed the same way and none is done: exited with code 1: ImportError: no torch";
    assert!(run.stdout.contains(why), "{}", run.stdout);
    let ran = ready.lines("ran").len();
    assert!((4..=5).contains(&ran), "{ran}: the other worker may be at its last one");
    let stopped: SubmissionStop =
        serde_json::from_slice(&fs::read(&ready.dir().stopped(LAUNCH)).unwrap()).unwrap();
    assert!(stopped.reason.contains(why), "{stopped:?}");

    ready.launch(&["--set", "LAUNCH.COMMAND=true"]).expect(0);
    assert!(ready.dir().proven(SubmissionId(2)).exists());
    assert_eq!(ready.done(), 30);
}

#[test]
fn code_that_cannot_run_is_not_tried_again_and_the_launch_says_what_is_wrong() {
    for (command, said) in [
        (
            "python3 -c 'import no_such_module'",
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("python3 no_such_file.py", "can't open file"),
        (
            "python3 -c '(lambda depth: 0)(width=3)' 2>&1 | tee -a {{out_dir}}/log.txt",
            "got an unexpected keyword argument",
        ),
        ("python3 -c 'f = lambda: 0; f(' 2>&1", "SyntaxError"),
    ] {
        let ready = Ready::new(3, command, "LOCAL_WORKERS: 1\nMAX_SAME_FAILURES: 0\nMAX_RETRY: 3");
        let run = ready.launch(&[]).expect(1);
        assert!(run.stdout.contains(said), "{command}: {}", run.stdout);
        let collect = ready.sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
        assert!(collect.stdout.contains(said), "{command}: {}", collect.stdout);
        let tries: Vec<usize> = (0..3).map(|job| ready.attempts(job).len()).collect();
        assert_eq!(tries, [1, 1, 1], "{command}: {:?}", ready.attempts(0));
    }
}

#[test]
fn a_pipe_whose_first_part_fails_has_failed() {
    let command = "sh -c 'echo begins; exit 5' 2>&1 | tee {{out_dir}}/log.txt";
    let ready = Ready::new(2, command, "LOCAL_WORKERS: 1\nMAX_RETRY: 0");
    ready.launch(&[]).expect(1);
    let ends = ready.attempts(0).into_iter().filter_map(|attempt| attempt.end);
    let codes: Vec<Option<i32>> = ends.map(|end| end.exit_code).collect();
    assert_eq!((ready.done(), codes), (0, vec![Some(5)]));
    let fine = Ready::new(1, "yes | head -3 | tee {{out_dir}}/log.txt", "LOCAL_WORKERS: 1");
    fine.launch(&[]).expect(0);
}

#[test]
fn one_job_that_is_done_shows_that_the_failures_are_the_jobs_own() {
    let ready = Ready::new(
        12,
        "test {{index}} = 0",
        "LOCAL_WORKERS: 1\nMAX_SAME_FAILURES: 2\nMAX_RETRY: 0",
    );
    let run = ready.launch(&[]).expect(1);
    assert!(!run.stdout.contains("same way"), "{}", run.stdout);
    assert!((0..12).all(|job| ready.attempts(job).len() == 1));
}

/// Failures with their standard error and how the program ends: each of the recorded ones as it is and
/// at the end of a long log, and some that print next to nothing.
fn recorded_failures() -> Vec<(Vec<u8>, &'static str)> {
    let recorded = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/stderr");
    let mut names = fs::list(recorded.as_ref()).unwrap();
    names.retain(|name| Path::new(name).extension().is_some_and(|end| end == "log"));
    names.sort();
    let log = "step 12: loss 0.5\n".repeat(900);
    let mut failures = Vec::new();
    for name in names {
        let text = fs::read(&Path::new(recorded).join(name)).unwrap();
        failures.push(([log.as_bytes(), &text].concat(), "exit 3"));
        failures.push((text, "exit 1"));
    }
    let slurm = "slurmstepd: error: Detected 1 oom_kill event in StepId=9.0.\n";
    let memory = "MemoryError: no room for 12\nMemoryError: no room for 7\n";
    for (text, ends) in [
        ("", "exit 1"),
        ("", "exit 2"),
        ("", "kill -9 $$"),
        ("-----\n", "exit 1"),
        ("---\n\n", "kill -9 $$"),
        ("loading\n", "kill -9 $$"),
        (slurm, "kill -9 $$"),
        (slurm, "exit 1"),
        (memory, "exit 1"),
        (&memory[..28], "exit 4"),
    ] {
        failures.push((text.as_bytes().to_vec(), ends));
    }
    failures
}

#[test]
fn the_breaker_calls_alike_what_a_collect_lists_as_one_failure() {
    let failures = recorded_failures();
    let ready = Ready::new(
        u32::try_from(failures.len()).unwrap(),
        "cat tails/{{index}} >&2; . ends/{{index}}",
        "LOCAL_WORKERS: 2\nMAX_SAME_FAILURES: 1000\nMAX_RETRY: 0",
    );
    for (job, (text, ends)) in failures.iter().enumerate() {
        ready.sandbox.write(format!("tails/{job}"), text);
        ready.sandbox.write(format!("ends/{job}"), ends);
    }
    ready.launch(&[]).expect(1);

    let mut by_breaker: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let folder = ready.dir().first_failures(LAUNCH);
    for name in fs::list(&folder).unwrap() {
        let failure: Value =
            serde_json::from_slice(&fs::read(&folder.join(&name)).unwrap()).unwrap();
        let alike =
            by_breaker.entry(failure["fingerprint"].as_str().unwrap().to_owned()).or_default();
        alike.push(name.trim_end_matches(".json").parse().unwrap());
    }
    let run = ready.sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml", "--json"]);
    let status: Value = serde_json::from_str(&run.stdout).unwrap();
    let groups = status["failures"].as_array().unwrap().iter();
    let numbers = |group: &Value| -> BTreeSet<u64> {
        group["jobs"].as_array().unwrap().iter().map(|job| job.as_u64().unwrap()).collect()
    };
    let by_collect: BTreeSet<BTreeSet<u64>> = groups.map(numbers).collect();
    let alike = by_breaker.into_values().map(BTreeSet::from_iter);
    assert_eq!(alike.collect::<BTreeSet<BTreeSet<u64>>>(), by_collect);
    assert_eq!(by_collect.iter().map(BTreeSet::len).sum::<usize>(), failures.len());
    assert!(by_collect.len() > 25, "{by_collect:?}");
}
