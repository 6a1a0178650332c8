//! A worker as SLURM runs it: the time limit of its task, the signals before and at its end, several
//! jobs side by side. SLURM's commands are fakes that write down how they were called.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::bin;
use crate::launching::{Ready, Started, signal, wait_until};
use serde_json::json;
use sweep_config::records::{AttemptEnd, Outcome};

/// Waits for ever; SIGUSR1 would end it.
const DEAF: &str = "touch ready; while :; do sleep 0.05; done";

/// Counts how often it was warned, and is done at the third time.
const LISTENER: &str = "n=$(cat {{out_dir}}/checkpoint || echo 0); [ $n = 2 ] && exit; \
                        trap 'echo $((n + 1)) > {{out_dir}}/checkpoint; exit' USR1; \
                        touch ready; while :; do sleep 0.05; done";

/// A task of a launch whose only part has so many slots.
struct Task<'a> {
    ready: &'a Ready,
    /// In seconds from its start.
    ends_in: u64,
}

impl<'a> Task<'a> {
    /// One that ends in an hour.
    fn new(ready: &'a Ready, slots: u32) -> Self {
        let part = json!({
            "number": 0, "name": "sweep-1-0", "partition": "", "tasks": 1, "parallel": 1,
            "slots": slots, "quota": 0, "jobs": [[0, ready.jobs - 1]],
        });
        let submission = json!({
            "format_version": 1, "tool_version": "0", "executor": "slurm", "submitted": "",
            "host": "h", "command": "", "code_dir": ready.sandbox.path(), "workers": 1,
            "jobs": [[0, ready.jobs - 1]], "parts": [part], "overrides": [],
        });
        ready.sandbox.write("root/sweep/launches/000001/submission.json", submission.to_string());
        let task = Self { ready, ends_in: 3600 };
        task.slurm_shows("RUNNING");
        task
    }

    /// One that ends so soon that its program is asked to end after some seconds.
    fn short(ready: &'a Ready) -> Self {
        Self { ends_in: 6, ..Self::new(ready, 1) }
    }

    /// Puts a program first in `PATH` that writes its arguments to `NAME.log` and runs `script`.
    fn fake(&self, name: &str, script: &str) {
        let sandbox = &self.ready.sandbox;
        let log = sandbox.join(format!("{name}.log"));
        let text = format!("#!/bin/bash\necho \"$*\" >> {}\n{script}\n", log.display());
        let path = sandbox.write(format!("bin/{name}"), text);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The state in which `scontrol show job` shows the first run of the task from now on.
    fn slurm_shows(&self, state: &str) {
        let line = format!("JobId=78 JobState={state} Reason=None Restarts=0 PreemptTime=None");
        self.fake("scontrol", &format!("[ $1 = show ] && echo '{line}'; true"));
    }

    /// What `scontrol show job` prints from now on.
    fn slurm_says(&self, fixture: &str) {
        let path = crate::common::fixture(&format!("slurm/22.05/{fixture}.txt"));
        self.fake("scontrol", &format!("[ $1 = show ] && cat {}; true", path.display()));
    }

    fn calls(&self, name: &str) -> Vec<String> {
        self.ready.lines(&format!("{name}.log"))
    }

    /// Returns the commands that SLURM was given, without the questions that it was asked.
    fn orders(&self) -> Vec<String> {
        let mut calls = self.calls("scontrol");
        calls.retain(|call| !call.starts_with("show "));
        calls
    }

    fn start_with(&self, variables: &[(&str, &str)]) -> Started {
        let sandbox = &self.ready.sandbox;
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", sandbox.join("bin").display());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let log = std::fs::File::options().create(true).append(true).open(sandbox.join("log"));
        let log = log.unwrap();
        let mut command = sandbox.command(bin!("sweep_worker"));
        command
            .args(["--sweep-cfg", "sweep.yaml", "--launch", "000001", "--part", "0"])
            .env("PATH", path)
            .env("SWEEP_SLURM_RETRY", "")
            .env("SLURM_JOB_ID", "78")
            .env("SLURM_ARRAY_JOB_ID", "77")
            .env("SLURM_ARRAY_TASK_ID", "0")
            // The node of the recorded answers.
            .env("SLURM_JOB_NODELIST", "n1")
            .env("SLURM_JOB_END_TIME", (now + self.ends_in).to_string())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        Started(command.spawn().unwrap())
    }

    /// Starts the worker and waits until a program says that it is ready.
    fn start(&self) -> Started {
        let started = self.start_with(&[]);
        self.wait_for("ready");
        started
    }

    fn wait_for(&self, file: &str) {
        wait_until(file, || self.ready.sandbox.join(file).exists());
        std::fs::remove_file(self.ready.sandbox.join(file)).unwrap();
    }

    /// Lets a worker that was sent a signal act on it.
    fn pause() {
        std::thread::sleep(Duration::from_millis(300));
    }

    fn last_end(&self, job: u32) -> AttemptEnd {
        self.ready.attempts(job).pop().unwrap().end.unwrap()
    }

    fn log(&self) -> String {
        self.ready.sandbox.read("log")
    }
}

#[test]
fn a_program_that_is_warned_saves_its_work_and_goes_on_when_the_task_starts_again() {
    let ready = Ready::new(1, LISTENER, "MAX_RETRY: 0");
    let task = Task::new(&ready, 1);
    for _ in 0..2 {
        let mut worker = task.start();
        signal(worker.id(), "USR1");
        assert_eq!(worker.wait(), Some(1));
        let end = task.last_end(0);
        assert_eq!((end.outcome, end.exit_code), (Outcome::TimedOut, Some(0)));
        assert!(end.progress.is_some() && end.reason.contains("it was warned"), "{end:?}");
    }
    assert_eq!(task.orders(), ["requeue 77_0"; 2]);
    assert_eq!(task.start_with(&[]).wait(), Some(0));
    assert_eq!(ready.outcomes(0).last(), Some(&Some(Outcome::Done)));
    assert_eq!(task.orders().len(), 2, "nothing is left to go on with");
}

#[test]
fn the_worker_warns_by_itself_where_slurm_does_not() {
    let ready = Ready::new(1, LISTENER, "");
    let task = Task::short(&ready);
    assert_eq!(task.start().wait(), Some(1));
    assert_eq!(ready.sandbox.read("root/sweep/logs/000000/checkpoint"), "1\n");
    assert!(task.last_end(0).progress.is_some());
}

#[test]
fn a_program_that_knows_nothing_of_the_warning_is_spared_it_and_may_get_done() {
    let command = "touch ready; while [ ! -e go ]; do sleep 0.05; done";
    let ready = Ready::new(1, command, "MAX_RETRY: 0");
    let task = Task::new(&ready, 1);
    let mut worker = task.start();
    signal(worker.id(), "USR1");
    Task::pause();
    ready.sandbox.write("go", "");
    assert_eq!(worker.wait(), Some(0), "{}", task.log());
    assert_eq!(ready.outcomes(0), [Some(Outcome::Done)]);
}

#[test]
fn a_program_that_begins_to_listen_after_the_warning_hears_it_all_the_same() {
    let command = "touch ready; while [ ! -e go ]; do sleep 0.05; done; \
                   trap 'echo saved > {{out_dir}}/saved; exit 3' USR1; while :; do sleep 0.05; done";
    let ready = Ready::new(1, command, "");
    let task = Task::new(&ready, 1);
    let mut worker = task.start();
    signal(worker.id(), "USR1");
    Task::pause();
    ready.sandbox.write("go", "");
    assert_eq!(worker.wait(), Some(1));
    let end = task.last_end(0);
    assert_eq!((end.outcome, end.exit_code), (Outcome::TimedOut, Some(3)), "no failure: {end:?}");
}

#[test]
fn where_the_warning_is_sigterm_it_warns_near_the_end_and_stops_before() {
    let command = LISTENER.replace("USR1", "TERM");
    let ready = Ready::new(1, &command, "SIGNAL: TERM\nSIGNAL_BEFORE: 60");
    let task = Task { ends_in: 100, ..Task::new(&ready, 1) };
    let mut worker = task.start();
    signal(worker.id(), "TERM");
    assert_eq!(worker.wait(), Some(1));
    assert_eq!(ready.outcomes(0), [Some(Outcome::TimedOut)]);
    assert_eq!(task.orders(), ["requeue 77_0"]);
    let task = Task { ends_in: 1000, ..task };
    let mut worker = task.start();
    task.slurm_says("job_cancelled");
    signal(worker.id(), "TERM");
    worker.wait();
    assert_eq!(ready.outcomes(0)[1..], [Some(Outcome::Cancelled)]);
}

#[test]
fn a_job_that_leaves_nothing_new_between_two_time_limits_does_not_go_on() {
    let ready = Ready::new(1, DEAF, "");
    let task = Task::short(&ready);
    assert_eq!(task.start().wait(), Some(1));
    let end = task.last_end(0);
    assert_eq!((end.outcome, end.signal), (Outcome::TimedOut, Some(15)));
    assert!(end.progress.is_some() && end.reason.contains("does not handle"), "{end:?}");
    assert_eq!(task.start().wait(), Some(1));
    let end = task.last_end(0);
    assert_eq!((end.outcome, end.progress), (Outcome::TimedOut, None));
    assert!(end.reason.contains("nothing new to OUT_DIR"), "{}", end.reason);
    assert_eq!(task.orders(), ["requeue 77_0"], "not a second time");
}

#[test]
fn a_program_that_does_not_end_when_it_is_asked_to_is_killed_before_the_task_ends() {
    let command = "trap '' TERM; touch ready; while :; do sleep 0.05; done";
    let ready = Ready::new(1, command, "");
    let task = Task::short(&ready);
    assert_eq!(task.start().wait(), Some(1));
    assert_eq!((task.last_end(0).outcome, task.last_end(0).signal), (Outcome::TimedOut, Some(9)));
}

#[test]
fn a_requeue_that_slurm_refuses_is_told() {
    let ready = Ready::new(1, LISTENER, "");
    let task = Task::new(&ready, 1);
    task.fake("scontrol", "echo 'Requested operation is presently disabled' >&2; exit 1");
    let mut worker = task.start();
    signal(worker.id(), "USR1");
    assert_eq!(worker.wait(), Some(1));
    let log = task.log();
    assert!(log.contains("will not restart") && log.contains("presently disabled"), "{log}");
}

#[test]
fn sigterm_while_slurm_is_asked_to_start_the_task_again_disturbs_nothing() {
    let ready = Ready::new(1, LISTENER, "");
    let task = Task::new(&ready, 1);
    task.fake("scontrol", "kill -TERM $PPID; touch ended");
    let mut worker = task.start();
    signal(worker.id(), "USR1");
    assert_eq!(worker.wait(), Some(1), "not killed by the signal");
    task.wait_for("ended");
    assert!(task.last_end(0).progress.is_some());
}

#[test]
fn a_preempted_job_is_told_from_a_cancelled_one() {
    let ready = Ready::new(1, DEAF, "");
    let task = Task::new(&ready, 1);
    for (says, outcome) in
        [("job_preempted", Outcome::Preempted), ("job_cancelled", Outcome::Cancelled)]
    {
        task.slurm_says(says);
        let mut worker = task.start();
        signal(worker.id(), "TERM");
        // SLURM tells all processes of a task, some of them twice.
        signal(worker.id(), "TERM");
        assert_eq!(worker.wait(), Some(1));
        assert_eq!(task.last_end(0).outcome, outcome);
    }
    let asked = task.calls("scontrol");
    let about_job = asked.iter().filter(|call| **call == "show job -o 77_0 -a");
    assert_eq!(about_job.count(), 2, "{asked:?}");
}

#[test]
fn slurm_that_does_not_answer_keeps_nobody_from_recording_the_end() {
    let ready = Ready::new(1, DEAF, "");
    let task = Task::new(&ready, 1);
    task.fake("scontrol", "exec sleep 1000");
    let mut worker = task.start();
    signal(worker.id(), "TERM");
    assert_eq!(worker.wait(), Some(1));
    let end = task.last_end(0);
    assert_eq!((end.outcome, end.signal), (Outcome::Open, Some(15)), "{end:?}");
}

#[test]
fn a_program_that_hears_of_the_end_before_its_worker_does_has_not_failed() {
    // Another session, so that it outlives the program for the moment that it needs.
    let command = "setsid sh -c \"kill -TERM $$; kill -TERM $PPID\" & wait; sleep 100";
    let ready = Ready::new(2, command, "MAX_RETRY: 0");
    let task = Task::new(&ready, 1);
    task.slurm_says("job_cancelled");
    assert_eq!(task.start_with(&[]).wait(), Some(1));
    assert_eq!(ready.outcomes(0), [Some(Outcome::Cancelled)]);
    assert_eq!(ready.attempts(1).len(), 0, "no other job was started");
}

/// Exits with 0 at once, and has its worker told to stop moments later by SLURM, as it were.
fn done_and_then_stopped(delay: f64) -> String {
    format!(
        "echo {{{{index}}}} >> ran; [ {{{{index}}}} = 0 ] || exec sleep 1000; \
         setsid sh -c 'sleep {delay}; kill -TERM '$PPID > /dev/null 2>&1 & sleep 0.2"
    )
}

#[test]
fn a_success_moments_before_the_end_of_its_task_is_taken_back() {
    for (says, settled) in
        [("job_preempted", Outcome::Preempted), ("job_cancelled", Outcome::Cancelled)]
    {
        let ready = Ready::new(2, &done_and_then_stopped(0.7), "MAX_RETRY: 0");
        let task = Task::new(&ready, 1);
        task.slurm_says(says);
        assert_eq!(task.start_with(&[]).wait(), Some(1));
        let journal = ready.sandbox.read("root/sweep/logs/000000/attempts.jsonl");
        let outcomes: Vec<_> = journal.matches("\"outcome\":\"done\"").collect();
        assert_eq!(outcomes.len(), 1, "{journal}");
        assert_eq!(ready.outcomes(0), [Some(settled)], "{journal}");
        assert_eq!(task.last_end(0).exit_code, Some(0));
        assert_eq!(ready.outcomes(1), [Some(settled)]);
    }
}

#[test]
fn a_success_that_was_reached_well_before_the_end_of_its_task_stays_one() {
    let ready = Ready::new(2, &done_and_then_stopped(2.6), "MAX_RETRY: 0");
    let task = Task::new(&ready, 1);
    task.slurm_says("job_preempted");
    assert_eq!(task.start_with(&[]).wait(), Some(1));
    assert_eq!(ready.outcomes(0), [Some(Outcome::Done)]);
    assert_eq!(ready.outcomes(1), [Some(Outcome::Preempted)]);
}

#[test]
fn a_worker_that_leaves_asks_once_whether_its_task_was_being_ended() {
    for (says, code, outcome) in
        [("job_preempted", 1, Outcome::Preempted), ("RUNNING", 0, Outcome::Done)]
    {
        let ready = Ready::new(3, "sleep 0.2", "MAX_RETRY: 0");
        let task = Task::new(&ready, 1);
        if says != "RUNNING" {
            task.slurm_says(says);
        }
        assert_eq!(task.start_with(&[]).wait(), Some(code), "{}", task.log());
        assert_eq!(ready.outcomes(0), [Some(outcome)], "{}", task.log());
        let asked = task.calls("scontrol");
        assert_eq!(asked.iter().filter(|call| call.contains("show job")).count(), 1, "{asked:?}");
    }
}

#[test]
fn an_attempt_that_nobody_could_settle_is_settled_by_the_next_start_of_its_task() {
    let ready = Ready::new(1, "touch ready; [ -e go ] || exec sleep 1000", "MAX_RETRY: 0");
    let task = Task::new(&ready, 1);
    task.fake("scontrol", "exit 1");
    let mut worker = task.start();
    signal(worker.id(), "TERM");
    assert_eq!(worker.wait(), Some(1));
    assert_eq!(ready.outcomes(0), [Some(Outcome::Open)]);
    ready.sandbox.write("go", "");
    task.slurm_shows("RUNNING");
    let again = task.start_with(&[("SLURM_RESTART_COUNT", "1")]).wait();
    assert_eq!(again, Some(0), "{}", task.log());
    assert_eq!(ready.outcomes(0), [Some(Outcome::Preempted), Some(Outcome::Done)]);
}

#[test]
fn a_worker_that_is_killed_with_its_task_costs_no_try_if_slurm_starts_the_task_again() {
    let ready = Ready::new(1, "touch ready; [ -e go ] || exec sleep 1000", "MAX_RETRY: 0");
    let task = Task::new(&ready, 1);
    let mut worker = task.start();
    signal(worker.id(), "KILL");
    worker.wait();
    ready.sandbox.write("go", "");
    let again = task.start_with(&[("SLURM_RESTART_COUNT", "1")]).wait();
    assert_eq!(again, Some(0), "{}", task.log());
    assert_eq!(ready.outcomes(0), [Some(Outcome::Preempted), Some(Outcome::Done)]);
}

#[test]
fn a_task_that_ends_within_its_grace_time_has_itself_started_again() {
    let ready = Ready::new(1, DEAF, "MAX_RETRY: 0");
    let task = Task::new(&ready, 1);
    let mut worker = task.start();
    let line = "JobId=78 JobState=RUNNING Reason=None Restarts=0 PreemptTime=2026-11-29T01:00:00";
    task.fake("scontrol", &format!("[ $1 = show ] && echo '{line}'; true"));
    signal(worker.id(), "TERM");
    assert_eq!(worker.wait(), Some(1));
    assert_eq!(ready.outcomes(0), [Some(Outcome::Preempted)]);
    assert_eq!(task.orders(), ["requeue 77_0"]);
}

/// Each waits until so many run at once.
fn together(jobs: u32, then: &str) -> String {
    format!(
        "touch here.{{{{index}}}}; while [ $(ls here.* | wc -l) -lt {jobs} ]; do sleep 0.05; done; {then}"
    )
}

#[test]
fn four_jobs_side_by_side_share_the_gpus_and_each_has_its_own_exit_status() {
    let then = "echo $SWEEP_SLOT $CUDA_VISIBLE_DEVICES; exit $(({{index}} % 2))";
    let ready = Ready::new(4, &together(4, then), "MAX_RETRY: 0\nMAX_SAME_FAILURES: 0");
    let task = Task::new(&ready, 4);
    let mut worker = task.start_with(&[("CUDA_VISIBLE_DEVICES", "6,7")]);
    assert_eq!(worker.wait(), Some(1));
    let ended = |job| ready.outcomes(job)[0].unwrap();
    let (done, failed) = (Outcome::Done, Outcome::Failed);
    assert_eq!([ended(0), ended(1), ended(2), ended(3)], [done, failed, done, failed]);
    let printed: Vec<String> = (0..4).map(|job| ready.stdout(job)).collect();
    assert_eq!(printed, ["0 6\n", "1 7\n", "2 6\n", "3 7\n"]);
}

#[test]
fn jobs_side_by_side_have_cores_of_their_own() {
    let all = cores(&sweep_config::fs::read_to_string(Path::new("/proc/self/status")).unwrap());
    if all.count_ones() < 2 {
        return;
    }
    let ready = Ready::new(2, &together(2, "cat /proc/self/status"), "");
    assert_eq!(Task::new(&ready, 2).start_with(&[]).wait(), Some(0));
    let (one, other) = (cores(&ready.stdout(0)), cores(&ready.stdout(1)));
    assert!(one != 0 && other != 0, "{one:b} {other:b}");
    assert_eq!((one & other, one | other), (0, all), "{one:b} {other:b}");
}

/// The cores that a process may run on, as bits, from its `/proc/PID/status`.
fn cores(status: &str) -> u128 {
    let mask = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed:\t")).unwrap();
    let digits = mask.replace(',', "");
    u128::from_str_radix(&digits[digits.len().saturating_sub(32)..], 16).unwrap()
}

#[test]
fn a_packed_task_passes_the_warning_on_and_starts_again_once_for_all() {
    let command = "trap 'echo saved > {{out_dir}}/saved; exit' USR1; touch here.{{index}}; \
                   while :; do sleep 0.05; done";
    let ready = Ready::new(3, command, "");
    let task = Task::new(&ready, 3);
    let mut worker = task.start_with(&[]);
    wait_until("all run", || (0..3).all(|job| ready.sandbox.join(format!("here.{job}")).exists()));
    signal(worker.id(), "USR1");
    assert_eq!(worker.wait(), Some(1));
    assert!((0..3).all(|job| ready.outcomes(job) == [Some(Outcome::TimedOut)]), "{}", task.log());
    assert_eq!(task.orders(), ["requeue 77_0"]);
}

#[test]
fn kill_9_of_a_packed_tasks_parent_leaves_no_process() {
    let command = "touch here.{{index}}; setsid sleep 1000 & sleep 1000";
    let ready = Ready::new(3, command, "");
    let task = Task::new(&ready, 3);
    let mut worker = task.start_with(&[]);
    wait_until("all run", || (0..3).all(|job| ready.sandbox.join(format!("here.{job}")).exists()));
    signal(worker.id(), "KILL");
    worker.wait();
    wait_until("none is left", || {
        ready.programs().is_empty() && ready.binaries("sweep_worker").is_empty()
    });
    assert!((0..3).all(|job| ready.outcomes(job) == [Some(Outcome::Open)]), "all recorded");
}

#[test]
fn a_worker_of_a_packed_task_that_is_killed_is_replaced_and_its_job_taken_over() {
    let command = "echo {{index}} >> ran; [ {{index}} = 0 -a $SWEEP_ATTEMPT = 1 ] && \
                   kill -KILL $PPID && sleep 1000; true";
    let ready = Ready::new(2, command, "");
    let task = Task::new(&ready, 2);
    assert_eq!(task.start_with(&[]).wait(), Some(0), "{}", task.log());
    assert_eq!(ready.outcomes(0), [Some(Outcome::Lost), Some(Outcome::Done)]);
    assert!(task.log().contains("killed by signal 9 and was replaced"), "{}", task.log());
    let ran: BTreeSet<String> = ready.lines("ran").into_iter().collect();
    assert_eq!(ran.len(), 2);
}

#[test]
fn a_job_of_several_processes_is_started_by_srun() {
    let ready = Ready::new(1, "echo $RANK of the job", "NODES: 2\nTASKS_PER_NODE: 4");
    let task = Task::new(&ready, 1);
    task.fake("srun", "while [[ $1 == --* ]]; do shift; done; RANK=3 exec \"$@\"");
    assert_eq!(task.start_with(&[]).wait(), Some(0), "{}", task.log());
    assert_eq!(ready.stdout(0), "3 of the job\n");
    let call = task.calls("srun").join("\n");
    let options = call.split_once("/bash -c ").unwrap().0;
    assert!(options.starts_with("--nodes=2 --ntasks-per-node=4 "), "{options}");
    assert!(options.contains(" --kill-on-bad-exit=1 "), "{options}");
}

/// Like the real one, hears signals and would pass them on to who does not handle.
const SRUN: &str = "trap 'touch passed-on' USR1 TERM; while [[ $1 == --* ]]; do shift; done; \
                    \"$@\" & while kill -0 $!; do wait $!; code=$?; done 2> /dev/null; exit $code";

#[test]
fn on_several_nodes_those_who_listen_are_told_on_each_of_them_and_srun_is_not() {
    let ready = Ready::new(1, LISTENER, "NODES: 2");
    let task = Task::new(&ready, 1);
    task.fake("srun", SRUN);
    let mut worker = task.start_with(&[("SLURM_JOB_NUM_NODES", "2")]);
    task.wait_for("ready");
    signal(worker.id(), "USR1");
    assert_eq!(worker.wait(), Some(1));
    assert_eq!(ready.outcomes(0), [Some(Outcome::TimedOut)]);
    assert_eq!(ready.sandbox.read("root/sweep/logs/000000/checkpoint"), "1\n");
    assert!(!ready.sandbox.join("passed-on").exists());
    let step = task.calls("srun").pop().unwrap();
    assert!(step.contains("--overlap") && step.contains("--nodes=2"), "{step}");
    assert!(step.contains("/sweep_worker --tell ") && step.ends_with(" 10"), "{step}");
}

#[test]
fn a_job_on_several_nodes_may_save_its_work_at_the_time_limit_too() {
    let command = "trap 'sleep 0.2; echo saved > {{out_dir}}/saved; exit' TERM; \
                   while :; do sleep 0.05; done";
    let ready = Ready::new(1, command, "NODES: 2\nSIGNAL: ''");
    let task = Task::short(&ready);
    task.fake("srun", SRUN);
    assert_eq!(task.start_with(&[("SLURM_JOB_NUM_NODES", "2")]).wait(), Some(1));
    assert_eq!(ready.sandbox.read("root/sweep/logs/000000/saved"), "saved\n");
    assert!(!ready.sandbox.join("passed-on").exists());
    assert_eq!(task.last_end(0).exit_code, Some(0));
}

#[test]
fn a_job_of_several_processes_is_refused_outside_of_slurm() {
    let ready = Ready::new(1, "true", "NODES: 2");
    let run = ready.work(&[]).expect(2);
    assert!(run.stderr.contains("need srun"), "{}", run.stderr);
    assert_eq!(ready.attempts(0).len(), 0);
}

#[test]
fn what_comes_before_the_jobs_is_left_to_the_script_of_the_task() {
    let ready = Ready::new(1, "echo ${WORD-none}", "ENV: {WORD: given}");
    assert_eq!(Task::new(&ready, 1).start_with(&[]).wait(), Some(0));
    assert_eq!(ready.stdout(0), "none\n");
    let by_hand = Ready::new(1, "echo ${WORD-none}", "ENV: {WORD: given}");
    by_hand.work(&[]).expect(0);
    assert_eq!(by_hand.stdout(0), "given\n");
}
