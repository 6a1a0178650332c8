//! `sweep_launch` as a user types it, with real workers and real programs.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what a failure shows"
)]

#[path = "../support/common.rs"]
mod common;
#[path = "../support/hostile.rs"]
mod hostile;
#[path = "../support/launching.rs"]
mod launching;

mod completion;
mod formats;
mod front;
mod init;
mod job_formats;
mod passing;
mod quick;
mod quoting;

use launching::{Ready, signal, wait_until};
use sweep_config::records::{Outcome, SubmissionRecord};

#[test]
fn every_job_runs_once_and_the_next_launch_finds_nothing_to_do() {
    let ready = Ready::new(5, "echo job $SWEEP_INDEX; echo {{index}} >> ran", "LOCAL_WORKERS: 2");
    let run = ready.launch(&[]).expect(0);
    assert!(run.stdout.contains("5 of 5 jobs done"), "{}", run.stdout);
    assert!(run.stdout.contains("next: sweep_collect --sweep-cfg sweep.yaml"), "{}", run.stdout);
    let mut ran = ready.lines("ran");
    ran.sort();
    assert_eq!(ran, ["0", "1", "2", "3", "4"]);
    assert_eq!(ready.stdout(3), "job 3\n");
    let attempt = &ready.attempts(3)[0];
    assert_eq!((attempt.start.attempt, attempt.start.submission.as_str()), (1, "000001"));
    assert_eq!(attempt.start.command, "echo job $SWEEP_INDEX; echo 3 >> ran");
    assert_eq!(attempt.end.as_ref().unwrap().exit_code, Some(0));

    let run = ready.launch(&[]).expect(0);
    assert!(run.stderr.contains("Nothing to run: all 5 jobs are done."), "{}", run.stderr);
    assert_eq!(ready.lines("ran").len(), 5);
    assert_eq!(ready.dir().submission_ids().unwrap().len(), 1);
}

#[test]
fn a_second_launch_runs_what_failed_and_only_that_with_a_fresh_budget() {
    let command = "echo {{index}} >> ran; test {{index}} != 1 -o -e fixed || exit 3";
    let ready = Ready::new(3, command, "MAX_RETRY: 1\nLOCAL_WORKERS: 1");
    let run = ready.launch(&[]).expect(1);
    assert!(run.stdout.contains("2 of 3 jobs done"), "{}", run.stdout);
    assert!(run.stdout.contains("000001  exited with code 3"), "{}", run.stdout);
    assert!(run.stdout.contains("logs/000001/stderr.log"), "{}", run.stdout);
    assert_eq!(ready.lines("ran"), ["0", "1", "2", "1"], "the retry comes after the others");
    assert_eq!(ready.outcomes(1), [Some(Outcome::Failed); 2]);

    ready.launch(&[]).expect(1);
    assert_eq!(ready.outcomes(1).len(), 4, "one start and one retry more");

    ready.sandbox.write("fixed", "");
    ready.launch(&[]).expect(0);
    assert_eq!(ready.outcomes(1).last(), Some(&Some(Outcome::Done)));
    assert_eq!(ready.lines("ran").len(), 7);
}

#[test]
fn a_retry_that_succeeds_is_no_failure() {
    let ready =
        Ready::new(2, "test -e {{out_dir}}/again || { touch {{out_dir}}/again; exit 1; }", "");
    ready.launch(&[]).expect(0);
    assert_eq!(ready.outcomes(0), [Some(Outcome::Failed), Some(Outcome::Done)]);
}

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let ready = Ready::new(4, "train --lr {{OPTIM.BASE_LR}} {{mode}}", "LOCAL_WORKERS: 3");
    let run = ready.launch(&["--dry-run"]).expect(0);
    assert!(run.stdout.contains("4 to run (4 waiting)"), "{}", run.stdout);
    assert!(run.stdout.contains("3 on this machine"), "{}", run.stdout);
    assert!(run.stdout.contains("train --lr 0.0 train"), "{}", run.stdout);
    assert!(!ready.dir().logs().exists());
    assert!(!ready.dir().submissions().exists());
}

#[test]
fn nobody_to_ask_is_an_error_unless_yes_is_given() {
    let ready = Ready::new(1, "true", "");
    let run = ready.sandbox.run(bin!("sweep_launch"), &["--sweep-cfg", "sweep.yaml"]).expect(2);
    assert!(run.stderr.contains("use `--yes` to launch without asking"), "{}", run.stderr);
    assert!(!ready.dir().submissions().exists());
}

#[test]
fn a_sweep_that_was_not_set_up_is_refused_with_the_command_to_type() {
    let ready = Ready::new(3, "true", "");
    std::fs::remove_file(ready.dir().cfg(sweep_config::JobId(1))).unwrap();
    let run = ready.launch(&[]).expect(4);
    assert!(
        run.stderr.contains("contains 2 job configs, but sweep_setup wrote 3"),
        "{}",
        run.stderr
    );
    std::fs::remove_dir_all(ready.dir().cfgs()).unwrap();
    let run = ready.launch(&[]).expect(2);
    assert!(run.stderr.contains("run `sweep_setup`"), "{}", run.stderr);
}

#[test]
fn an_unknown_placeholder_stops_the_launch_before_anything_runs() {
    let ready = Ready::new(3, "train \\\n  --lr {{OPTIM.BSE_LR}}", "");
    let run = ready.launch(&[]).expect(2);
    let message = "LAUNCH.COMMAND, line 2, column 8: `OPTIM.BSE_LR` is neither a placeholder nor a";
    assert!(run.stderr.contains(message), "{}", run.stderr);
    assert!(run.stderr.contains("did you mean `OPTIM.BASE_LR`?"), "{}", run.stderr);
    assert!(!ready.dir().logs().exists());
}

#[test]
fn a_parameter_that_only_some_configs_lack_stops_the_launch_too() {
    let ready = Ready::new(3, "train --lr {{OPTIM.BASE_LR}}", "");
    ready.set_job(2, "OPTIM: {}\n");
    ready.launch(&[]).expect(2);
    assert!(!ready.dir().logs().exists());
}

#[test]
fn values_reach_the_program_unchanged_whatever_they_hold() {
    let nasty = "a b 'c' \"d\" $HOME `id` \\ ; & | * ~ #\nsecond line";
    let ready = Ready::new(1, "printf '%s|' {{NAME}} {{DEPTHS}} {{LR}}", "");
    let name = serde_json::Value::from(nasty);
    ready.set_job(0, &format!("NAME: {name}\nDEPTHS: [16, 32]\nLR: 1.0e-05\n"));
    ready.launch(&[]).expect(0);
    let printed = ready.stdout(0);
    assert_eq!(printed, format!("{nasty}|[16, 32]|0.00001|"));
}

#[test]
fn the_environment_tells_the_program_about_its_job() {
    let ready = Ready::new(1, "env; pwd; cat", "MODE: time\nCODE_DIR: code");
    std::fs::create_dir(ready.sandbox.join("code")).unwrap();
    ready.launch(&[]).expect(0);
    let (stdout, root) = (ready.stdout(0), ready.dir().path().display().to_string());
    for line in [
        format!("SWEEP_CFG={root}/cfgs/000000.yaml"),
        format!("SWEEP_OUT_DIR={root}/logs/000000"),
        "SWEEP_INDEX=0".into(),
        "SWEEP_MODE=time".into(),
        format!("SWEEP_DIR={root}"),
        format!("SWEEP_CODE_DIR={root}/code"),
        "SWEEP_NAME=sweep".into(),
        "SWEEP_ATTEMPT=1".into(),
        "SWEEP_SIGNAL=USR1".into(),
        format!("{root}/code"),
    ] {
        assert!(stdout.lines().any(|l| l == line), "`{line}` is not in\n{stdout}");
    }
}

#[test]
fn without_a_command_jobs_of_pycls_are_run_as_its_own_launcher_does() {
    let ready = Ready::new(1, "", "");
    let fake = ready.sandbox.write("bin/python", "#!/bin/sh\necho \"$PYTHONPATH\" \"$@\"\n");
    std::process::Command::new("chmod").arg("+x").arg(&fake).status().unwrap();
    let path =
        format!("{}:{}", ready.sandbox.join("bin").display(), std::env::var("PATH").unwrap());
    let mut command = ready.sandbox.command(bin!("sweep_launch"));
    command.args(["--sweep-cfg", "sweep.yaml", "--yes", "--set", "SETUP.DEFAULTS=pycls"]);
    command.env("PATH", path).env_remove("PYTHONPATH");
    common::Run::of(&command.output().unwrap()).expect(0);
    let (here, root) = (ready.sandbox.path().display(), ready.dir().path().display().to_string());
    assert_eq!(
        ready.stdout(0),
        format!(
            "{here} tools/run_net.py --mode train --cfg {root}/cfgs/000000.yaml \
             OUT_DIR {root}/logs/000000\n"
        )
    );
}

#[test]
fn without_a_command_other_jobs_are_refused() {
    let ready = Ready::new(1, "", "");
    let run = ready.launch(&[]).expect(2);
    assert!(run.stderr.contains("LAUNCH.COMMAND is missing"), "{}", run.stderr);
    ready.launch(&["--set", "SETUP.BASE_CFG={MODEL: {TYPE: mlp}}"]).expect(2);
    let run =
        ready.launch(&["--dry-run", "--set", "SETUP.BASE_CFG={MODEL: {TYPE: vit}}"]).expect(0);
    assert!(run.stdout.contains("tools/run_net.py"), "{}", run.stdout);
    assert!(!ready.dir().submissions().exists());
}

#[test]
fn workers_see_the_paths_as_the_launch_does_whatever_their_environment() {
    let ready = Ready::new(1, "pwd; echo $PLACE", "CODE_DIR: $PLACE/net\nENV: {PLACE: other}");
    ready.sandbox.write("here/net/a", "");
    let run = ready.launch(&[]).expect(2);
    let message = "LAUNCH.CODE_DIR: `$PLACE/net`: the variable `PLACE` is not set, or empty";
    assert!(run.stderr.contains(message), "{}", run.stderr);
    let mut command = ready.sandbox.command(bin!("sweep_launch"));
    command.args(["--sweep-cfg", "sweep.yaml", "--yes"]).env("PLACE", "here");
    common::Run::of(&command.output().unwrap()).expect(0);
    assert!(ready.stdout(0).ends_with("/code\nother\n"), "{}", ready.stdout(0));
}

#[test]
fn a_conda_environment_is_active_in_the_very_shell_of_the_command() {
    let ready = Ready::new(1, "echo active: $ACTIVE", "CONDA_ENV: my env");
    let hook = "conda() { test \"$1\" = activate && ACTIVE=$2; }";
    let fake = ready.sandbox.write("bin/conda", format!("#!/bin/sh\necho '{hook}'\n"));
    std::process::Command::new("chmod").arg("+x").arg(&fake).status().unwrap();
    let run = ready.launch(&[]).expect(2);
    assert!(run.stderr.contains("there is no `conda` in PATH"), "{}", run.stderr);
    let path =
        format!("{}:{}", ready.sandbox.join("bin").display(), std::env::var("PATH").unwrap());
    let mut command = ready.sandbox.command(bin!("sweep_launch"));
    command.args(["--sweep-cfg", "sweep.yaml", "--yes"]).env("PATH", path);
    common::Run::of(&command.output().unwrap()).expect(0);
    assert_eq!(ready.stdout(0), "active: my env\n");
}

#[test]
fn jobs_run_from_a_copy_of_the_code_that_stays_until_it_is_refreshed() {
    let ready = Ready::new(2, "sh train.sh {{index}}", "CODE_DIR: code\nMAX_RETRY: 0");
    ready.sandbox.write("code/.gitignore", "data\n");
    ready.sandbox.write("code/data", "much");
    ready.sandbox.write("code/train.sh", "echo old $1; [ $1 = 0 ]\n");
    let run = ready.launch(&[]).expect(1);
    assert!(run.stderr.contains("code         a copy of 2 files, 0.0 MB"), "{}", run.stderr);
    ready.sandbox.write("code/train.sh", "echo new $1\n");
    let run = ready.launch(&["--dry-run"]).expect(0);
    assert!(run.stdout.contains("use --refresh-code to replace it"), "{}", run.stdout);
    ready.launch(&[]).expect(1);
    assert_eq!(ready.stdout(1), "old 1\nold 1\n");
    let run = ready.launch(&["--refresh-code"]).expect(0);
    assert!(run.stderr.contains("1 file changed\n             ~ train.sh"), "{}", run.stderr);
    assert_eq!(ready.stdout(1), "old 1\nold 1\nnew 1\n");
    assert!(!ready.dir().code().join("data").exists());
    assert!(ready.sandbox.read("root/sweep/code.json").contains("\"files\": 2"));
}

#[test]
fn a_canary_that_fails_keeps_the_other_jobs_from_running() {
    let ready = Ready::new(10, "[ {{index}} -lt 3 ]", "MAX_RETRY: 0");
    let run = ready.launch(&["--canary", "2"]).expect(1);
    assert!(run.stderr.contains("2 of 10 jobs first: 0, 5"), "{}", run.stderr);
    assert!(
        run.stderr.contains("the canary failed, so the other jobs were not started"),
        "{}",
        run.stderr
    );
    assert_eq!((ready.done(), ready.attempts(1).len(), ready.attempts(5).len()), (1, 0, 1));
    let run = ready.launch(&["--canary", "1", "--only", "0-2"]).expect(0);
    assert!(run.stderr.contains("the canary passed: 1 job"), "{}", run.stderr);
    assert_eq!(ready.done(), 3);
}

#[test]
fn jobs_are_selected_by_number_state_and_condition() {
    let ready = Ready::new(6, "[ {{index}} -ge 2 ]", "MAX_RETRY: 0");
    ready.launch(&["--where", "OPTIM.BASE_LR < 0.2"]).expect(1);
    assert_eq!((0..6).map(|job| ready.attempts(job).len()).sum::<usize>(), 4);
    let run = ready.launch(&["--state", "failed", "--dry-run"]).expect(0);
    assert!(run.stdout.contains("2 to run (2 failed) of 6: 2 waiting, 2 done"), "{}", run.stdout);
    let run = ready.launch(&["--only", "2-3"]).expect(1);
    assert!(run.stderr.contains("Nothing to run in your selection"), "{}", run.stderr);
    let run = ready.launch(&["--only", "6"]).expect(2);
    assert!(run.stderr.contains("there is no job 6"), "{}", run.stderr);
}

#[test]
fn each_attempt_names_the_record_of_what_it_ran_on() {
    let ready = Ready::new(3, "true", "");
    ready.launch(&[]).expect(0);
    let names: Vec<_> =
        (0..3).map(|job| ready.attempts(job)[0].start.environment.clone()).collect();
    assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
    let record =
        format!("root/sweep/launches/000001/environments/{}.json", names[0].as_ref().unwrap());
    let record: serde_json::Value = serde_json::from_str(&ready.sandbox.read(record)).unwrap();
    assert!(record["kernel"].as_str().unwrap().starts_with("Linux"), "{record}");
    assert!(record["python"]["packages"].is_object(), "{record}");
}

#[test]
fn the_ledger_has_the_launch_before_its_jobs_run() {
    let ready = Ready::new(3, "cat {{sweep_dir}}/launches/000001/submission.json", "");
    ready.launch(&["--set", "LAUNCH.LOCAL_WORKERS=2"]).expect(0);
    let seen: SubmissionRecord = serde_json::from_str(&ready.stdout(2)).unwrap();
    assert_eq!(seen.jobs, [(0, 2)]);
    assert_eq!((seen.executor.as_str(), seen.workers), ("local", 2));
    assert_eq!(seen.overrides, ["LAUNCH.LOCAL_WORKERS=2"]);
    let copy = ready.sandbox.read("root/sweep/launches/000001/sweep_cfg.yaml");
    assert_eq!(copy, ready.sandbox.read("sweep.yaml"));
}

#[test]
fn ctrl_c_stops_cleanly_and_the_next_launch_goes_on() {
    let command = "test -e go || { echo {{index}} >> waiting; exec sleep 1000; }";
    let ready = Ready::new(6, command, "LOCAL_WORKERS: 2");
    let mut launch = ready.start(bin!("sweep_launch"), &["--yes"], "log");
    wait_until("two jobs run", || ready.lines("waiting").len() == 2);
    signal(launch.id(), "INT");
    assert_eq!(launch.wait(), Some(1));
    assert_eq!(ready.programs(), [] as [u32; 0], "nothing of it is left");
    let log = ready.sandbox.read("log");
    assert!(log.contains("stopped: 0 of 6 jobs done"), "{log}");
    assert!(log.contains("2 cancelled"), "{log}");
    assert!(log.contains("to run the unfinished jobs: sweep_launch"), "{log}");
    let end = ready.attempts(0)[0].end.clone().unwrap();
    assert_eq!(end.reason, "stopped by Ctrl-C or SIGTERM");

    ready.sandbox.write("go", "");
    ready.launch(&[]).expect(0);
    assert_eq!(ready.outcomes(0), [Some(Outcome::Cancelled), Some(Outcome::Done)]);
    assert_eq!(ready.outcomes(5), [Some(Outcome::Done)]);
}

#[test]
fn a_second_ctrl_c_does_not_wait_for_a_program_that_ignores_the_first() {
    let command = "trap '' TERM; echo {{index}} >> waiting; while :; do sleep 0.05; done";
    let ready = Ready::new(1, command, "");
    let mut launch = ready.start(bin!("sweep_launch"), &["--yes"], "log");
    wait_until("the job runs", || ready.lines("waiting").len() == 1);
    signal(launch.id(), "INT");
    wait_until("it says so", || ready.sandbox.read("log").contains("Ctrl-C again"));
    signal(launch.id(), "INT");
    assert_eq!(launch.wait(), Some(1));
    let log = ready.sandbox.read("log");
    assert!(log.contains("killing 1 running"), "{log}");
    assert_eq!(ready.outcomes(0), [Some(Outcome::Cancelled)]);
    assert_eq!(ready.attempts(0)[0].end.as_ref().unwrap().signal, Some(9));
    assert_eq!(ready.programs(), [] as [u32; 0]);
}

#[test]
fn two_launches_at_once_share_the_jobs_and_run_none_twice() {
    let command = "flock -n {{out_dir}}/lock sh -c 'echo {{index}} >> ran; sleep 0.02' \
                   || echo {{index}} >> overlaps";
    let ready = Ready::new(60, command, "LOCAL_WORKERS: 2");
    let mut first = ready.start(bin!("sweep_launch"), &["--yes"], "log1");
    let mut second = ready.start(bin!("sweep_launch"), &["--yes"], "log2");
    first.wait();
    second.wait();
    assert_eq!(ready.lines("overlaps"), [] as [&str; 0]);
    assert_eq!(ready.lines("ran").len(), 60);
    assert_eq!(ready.done(), 60);
    for name in std::fs::read_dir(ready.dir().out_dir(sweep_config::JobId(0))).unwrap() {
        let name = name.unwrap().file_name().into_string().unwrap();
        assert!(!name.contains("claim"), "{name} was left");
    }
}

#[test]
fn a_job_that_kills_its_worker_each_time_is_given_up_with_a_word() {
    let ready = Ready::new(2, "kill -9 $PPID; sleep 1000", "MAX_RETRY: 100\nLOCAL_WORKERS: 1");
    let run = ready.launch(&[]).expect(1);
    assert!(run.stderr.contains("and was replaced"), "{}", run.stderr);
    assert!(run.stderr.contains("the 5th in a row"), "{}", run.stderr);
    // What the last program had started is killed by a guard of its own, which may come a moment later.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !ready.programs().is_empty() && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(ready.programs(), [] as [u32; 0]);
}
