//! `sweep_worker` as a user or `sweep_launch` starts it.

use std::fs;
use std::time::{Duration, SystemTime};

use crate::bin;
use crate::launching::{Ready, Started, signal, wait_until};
use sweep_config::JobId;
use sweep_config::claim::STALE;
use sweep_config::records::Outcome;

#[test]
fn a_worker_started_by_hand_runs_what_is_not_done() {
    let ready = Ready::new(3, "test {{index}} != 1", "MAX_RETRY: 0");
    let run = ready.work(&[]).expect(1);
    assert!(run.stderr.contains("000001 not done"), "{}", run.stderr);
    assert!(run.stderr.contains("1 job not done"), "{}", run.stderr);
    assert_eq!(ready.attempts(0)[0].start.submission, "");
    ready.work(&[]).expect(1);
    assert_eq!(ready.outcomes(0), [Some(Outcome::Done)]);
    assert_eq!(ready.outcomes(1), [Some(Outcome::Failed); 2]);
}

#[test]
fn a_journal_names_the_variables_of_a_command_and_not_their_values() {
    let launch = "ENV: {HF_TOKEN: hf_0123}\nPRE_COMMANDS: ['export KEY=wb_0123']\nMAX_RETRY: 0";
    let ready = Ready::new(1, "echo $HF_TOKEN $KEY", launch);
    let run = ready.launch(&[]).expect(0);
    assert!(!(run.stdout + &run.stderr).contains("_0123"), "the launch shows its command");
    assert_eq!(ready.stdout(0), "hf_0123 wb_0123\n");
    let journal = ready.sandbox.read("root/sweep/logs/000000/attempts.jsonl");
    assert!(!journal.contains("_0123"), "{journal}");
    let command = &ready.attempts(0)[0].start.command;
    assert!(command.contains("export HF_TOKEN='***'\nexport KEY=***\n"), "{command}");
}

#[test]
fn credentials_in_a_command_and_in_what_it_says_reach_neither_journal_nor_terminal() {
    let command =
        "echo --token word-1; echo 'ValueError: no access by --api-key=word-2' >&2; exit 1";
    let launch = "MAX_RETRY: 0\nPRE_COMMANDS: [': wandb login 0123456789abcdef-3']";
    let ready = Ready::new(1, command, launch);
    let run = ready.launch(&[]).expect(1);
    let journal = ready.sandbox.read("root/sweep/logs/000000/attempts.jsonl");
    let shown = run.stdout + &run.stderr + &journal;
    for secret in ["word-1", "word-2", "abcdef-3"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(
        journal.contains(": wandb login ***") && journal.contains("echo --token ***;"),
        "{journal}"
    );
    assert!(journal.contains("ValueError: no access by --api-key=***"), "{journal}");
    assert_eq!(ready.stdout(0), "--token word-1\n", "the log is the program's own");
}

#[test]
fn events_are_json_lines_on_stdout() {
    let ready = Ready::new(1, "exit 3", "MAX_RETRY: 0");
    let run = ready.work(&["--json"]).expect(1);
    let events: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0], serde_json::json!({"event": "started", "job": 0, "attempt": 1}));
    assert_eq!(events[1]["outcome"], "failed");
    assert_eq!(events[1]["reason"], "exited with code 3");
    assert_eq!(events.len(), 2);
}

#[test]
fn output_of_all_attempts_is_kept() {
    let ready = Ready::new(1, "echo out; echo err >&2; exit 1", "MAX_RETRY: 1");
    ready.work(&[]).expect(1);
    assert_eq!(ready.stdout(0), "out\nout\n");
    assert_eq!(ready.sandbox.read("root/sweep/logs/000000/stderr.log"), "err\nerr\n");
}

#[test]
fn a_program_that_a_signal_ended_says_which() {
    let ready = Ready::new(1, "kill -SEGV $$", "MAX_RETRY: 0");
    ready.work(&[]).expect(1);
    let end = ready.attempts(0)[0].end.clone().unwrap();
    assert_eq!((end.exit_code, end.signal), (None, Some(11)));
    assert_eq!(end.reason, "killed by signal 11 (SIGSEGV)");
}

#[test]
fn what_a_program_leaves_in_its_group_is_killed_when_it_ends() {
    let ready = Ready::new(1, "sleep 1000 & echo started", "");
    ready.work(&[]).expect(0);
    assert_eq!(ready.programs(), [] as [u32; 0]);
}

#[test]
fn what_a_program_leaves_in_another_session_is_killed_when_the_worker_ends() {
    let ready = Ready::new(1, "setsid sleep 1000 & sleep 0.05", "");
    ready.work(&[]).expect(0);
    assert_eq!(ready.programs(), [] as [u32; 0]);
}

#[test]
fn what_a_failed_attempt_leaves_is_killed_before_the_job_runs_again() {
    // The kernel frees the lock when the last process that holds it is gone.
    let command =
        "exec 9> busy; flock -n 9 || echo busy >> twice; setsid sleep 1000 & sleep 0.05; exit 1";
    let ready = Ready::new(1, command, "MAX_RETRY: 2");
    ready.work(&[]).expect(1);
    assert_eq!(ready.outcomes(0), [Some(Outcome::Failed); 3]);
    assert_eq!(ready.lines("twice"), [] as [String; 0]);
}

#[test]
fn sigterm_gives_a_programs_child_the_time_to_save_its_work() {
    // The shell itself dies of the signal at once; its child needs a moment more.
    let child = "trap 'sleep 0.2; echo saved > saved; exit' TERM; touch ready; \
                 while :; do sleep 0.01; done";
    let ready = Ready::new(2, &format!("sh -c \"{child}\"; echo never"), "");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("the job runs", || ready.sandbox.join("ready").exists());
    signal(worker.id(), "TERM");
    assert_eq!(worker.wait(), Some(1));
    assert_eq!(ready.lines("saved"), ["saved"]);
    assert_eq!(ready.outcomes(0), [Some(Outcome::Cancelled)]);
    assert_eq!(ready.attempts(1).len(), 0, "no other job was started");
}

#[test]
fn in_a_job_of_slurm_a_success_moments_before_sigterm_is_taken_back() {
    // The signal reaches the program first, as it were, and its shell exits with 0.
    let command = "setsid sh -c 'sleep 0.6; kill -TERM '$PPID > /dev/null 2>&1 & sleep 0.2";
    for (in_slurm, outcome) in [(true, Outcome::Cancelled), (false, Outcome::Done)] {
        let ready = Ready::new(1, command, "");
        let mut worker = ready.sandbox.command(bin!("sweep_worker"));
        worker.args(["--sweep-cfg", "sweep.yaml"]);
        if in_slurm {
            worker.env("SLURM_JOB_ID", "78");
        }
        let code = worker.status().unwrap().code();
        assert_eq!(code, Some(i32::from(in_slurm)));
        assert_eq!(ready.outcomes(0), [Some(outcome)]);
    }
}

#[test]
fn a_killed_worker_leaves_no_process_in_whatever_session() {
    let command = "setsid sh -c 'sleep 1000 & sleep 1001' & sleep 1002 & touch ready; sleep 1003";
    let ready = Ready::new(1, command, "");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("the job runs", || ready.programs().len() == 5);
    signal(worker.id(), "KILL");
    worker.wait();
    wait_until("all are gone", || ready.programs().is_empty());
    let next = ready.work(&["--set", "LAUNCH.COMMAND=echo"]).expect(0);
    assert!(next.stderr.contains("000000 started, attempt 2"), "{}", next.stderr);
    assert_eq!(ready.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
    let reason = ready.attempts(0)[0].end.clone().unwrap().reason;
    assert!(reason.contains("died before the program ended"), "{reason}");
}

/// The guard of a worker, once it is deaf to SIGTERM.
fn guard_of(worker: u32) -> u32 {
    let mut guard = None;
    wait_until("its guard is ready", || {
        let children = fs::read_to_string(format!("/proc/{worker}/task/{worker}/children"));
        let children = children.unwrap_or_default();
        guard = children.split_whitespace().filter_map(|pid| pid.parse().ok()).find(|pid: &u32| {
            let read =
                |what: &str| fs::read_to_string(format!("/proc/{pid}/{what}")).unwrap_or_default();
            let status = read("status");
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
            read("cmdline").contains("--guard") && caught.is_some_and(|mask| mask & 1 << 14 != 0)
        });
        guard.is_some()
    });
    guard.unwrap()
}

#[test]
fn no_process_is_left_where_slurm_tells_the_guard_to_end_or_kills_it() {
    // As at the end of a task: every process of it is told, the guard too.
    for (to_guard, to_worker) in [("TERM", "KILL"), ("TERM", "TERM"), ("KILL", "TERM")] {
        let ready = Ready::new(1, "setsid sleep 1000 & touch ready; sleep 1000", "");
        let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
        wait_until("the job runs", || ready.sandbox.join("ready").exists());
        signal(guard_of(worker.id()), to_guard);
        signal(worker.id(), to_worker);
        worker.wait();
        wait_until("all are gone", || ready.programs().is_empty());
    }
}

#[test]
fn who_takes_a_job_over_kills_what_bears_the_dead_claims_token_first() {
    let ready = Ready::new(1, "touch ready; sleep 1000", "");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("the job runs", || ready.sandbox.join("ready").exists());
    let claim: serde_json::Value =
        serde_json::from_str(&ready.sandbox.read("root/sweep/logs/000000/claim.1")).unwrap();
    signal(worker.id(), "KILL");
    worker.wait();
    wait_until("the guard is done", || ready.programs().is_empty());
    // As if the guard had been killed as well.
    let token = claim["token"].as_str().unwrap();
    let mut leftover = ready.sandbox.command("setsid");
    leftover.args(["sleep", "1000"]).env("SWEEP_WORKER_TOKEN", token);
    let mut leftover = Started(leftover.spawn().unwrap());
    ready.work(&["--set", "LAUNCH.COMMAND=echo"]).expect(0);
    assert!(!leftover.is_running(), "it is dead before the job ran again");
}

#[test]
fn another_hosts_claim_is_respected_while_its_heartbeat_is_fresh() {
    let ready = Ready::new(2, "true", "");
    let claim = serde_json::json!({
        "host": "far", "boot_id": "another", "pid_namespace": "pid:[1]", "pid": 1,
        "start_time": 1, "token": "far.1",
    });
    let path = ready.sandbox.write("root/sweep/logs/000000/claim.1", claim.to_string());
    let run = ready.work(&[]).expect(1);
    assert!(run.stderr.contains("1 job not done"), "{}", run.stderr);
    assert_eq!(ready.outcomes(0), []);
    assert_eq!(ready.outcomes(1), [Some(Outcome::Done)]);

    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - STALE - Duration::from_secs(5)).unwrap();
    ready.work(&[]).expect(0);
    assert_eq!(ready.attempts(0)[0].start.attempt, 2);
    assert!(!ready.dir().claim(JobId(0), 1).exists());
}

#[test]
fn two_workers_share_the_jobs_and_never_run_one_twice_at_once() {
    let command = "flock -n {{out_dir}}/lock sh -c 'echo {{index}} >> ran; sleep 0.01; exit 1' \
                   || { test -e {{out_dir}}/again && exit 0; touch {{out_dir}}/again; exit 1; }";
    let ready = Ready::new(40, command, "MAX_RETRY: 3");
    let mut workers: Vec<_> =
        (0..3).map(|_| ready.start(bin!("sweep_worker"), &[], "log")).collect();
    for worker in &mut workers {
        worker.wait();
    }
    assert_eq!(ready.done(), 40);
    for job in 0..40 {
        let starts: Vec<u32> = ready.attempts(job).iter().map(|a| a.start.attempt).collect();
        let expected: Vec<u32> = (1..=starts.len().try_into().unwrap()).collect();
        assert_eq!(starts, expected, "job {job}: attempts are numbered one by one");
    }
}

#[test]
fn a_torn_journal_costs_only_its_torn_line() {
    let ready = Ready::new(1, "true", "");
    ready.sandbox.write("root/sweep/logs/000000/attempts.jsonl", "{\"event\":\"start\",\"att");
    ready.work(&[]).expect(0);
    assert_eq!(ready.outcomes(0), [Some(Outcome::Done)]);
}

#[test]
fn a_worker_whose_launch_is_gone_does_not_start() {
    let ready = Ready::new(1, "true", "");
    ready.work(&["--parent", "1"]).expect(1);
    assert_eq!(ready.attempts(0).len(), 0);
}
