//! `LAUNCH.KEEP_ALIVE`: one program that runs one job after another, and what it may do wrong.
//!
//! The program here speaks the protocol by the words of docs/reference/keep-alive.md; that of the Python package has its own
//! tests.

use std::collections::BTreeSet;

use crate::bin;
use crate::launching::{Ready, signal, wait_until};
use sweep_config::records::Outcome;

/// A program that is kept alive; what it does for a job stands in `plan`, as Python by the job's number.
const PROGRAM: &str = r#"
import json, os, signal, subprocess, sys, time

answers = os.dup(1)
os.dup2(2, 1)
assert os.environ["SWEEP_KEEP_ALIVE"] == "1" and "SWEEP_CFG" not in os.environ
here = os.getcwd()
plan = json.load(open("plan"))
with open("starts", "a") as file:
    print(os.getpid(), file=file)

def answer(order, code=0, **more):
    line = {"job": order["job"], "attempt": order["attempt"], "exit_code": code, **more}
    os.write(answers, (json.dumps(line) + "\n").encode())

for line in sys.stdin:
    order = json.loads(line)
    os.environ.update(order["env"])
    for name, number in ("stdout", 1), ("stderr", 2):
        file = os.open(order[name], os.O_WRONLY | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    print("job", os.environ["SWEEP_INDEX"], "attempt", os.environ["SWEEP_ATTEMPT"], open(order["cfg"]).read(), flush=True)
    assert os.path.isdir(order["out_dir"])
    code = 0
    exec(plan.get(str(order["job"]), "") if order["attempt"] == 1 else "")
    answer(order, code)
"#;

/// A sweep of so many jobs with a program that is kept alive.
fn ready(jobs: u32, plan: &str, launch: &str) -> Ready {
    let launch = format!("KEEP_ALIVE: true\nLOCAL_WORKERS: 1\n{launch}");
    let ready = Ready::new(jobs, "python3 program.py", &launch);
    ready.sandbox.write("program.py", PROGRAM);
    ready.sandbox.write("plan", plan);
    ready
}

fn reason(ready: &Ready, job: u32) -> String {
    ready.attempts(job)[0].end.clone().unwrap().reason
}

fn starts(ready: &Ready) -> usize {
    ready.lines("starts").len()
}

#[test]
fn one_program_runs_one_job_after_another_and_each_has_its_own_output() {
    let ready = ready(20, "{}", "PRE_COMMANDS: [export GREETING=hello]");
    ready.launch(&[]).expect(0);
    assert_eq!((ready.done(), starts(&ready)), (20, 1));
    for job in 0..20 {
        let lr = f64::from(job) / 16.0;
        let expected = format!("job {job} attempt 1 OPTIM:\n  BASE_LR: {lr:?}\n\n");
        assert_eq!(ready.stdout(job), expected);
        assert_eq!(ready.attempts(job).len(), 1);
    }
    assert!(ready.programs().is_empty(), "it ends with its worker");
}

#[test]
fn several_workers_have_a_program_each() {
    let ready = ready(12, r#"{"0": "time.sleep(0.3)", "1": "time.sleep(0.3)"}"#, "");
    ready.launch(&["--set", "LAUNCH.LOCAL_WORKERS=2"]).expect(0);
    assert_eq!((ready.done(), starts(&ready)), (12, 2));
    let programs: BTreeSet<String> = ready.lines("starts").into_iter().collect();
    assert_eq!(programs.len(), 2);
}

#[test]
fn a_program_that_dies_fails_the_job_that_it_had_and_a_new_one_takes_the_next() {
    let plan = r#"{"3": "os.kill(os.getpid(), signal.SIGKILL)", "5": "os._exit(7)", "7": "os._exit(0)",
                   "9": "sys.exit('no')", "11": "code = 4"}"#;
    let ready = ready(13, plan, "");
    ready.launch(&[]).expect(0);
    assert_eq!(ready.done(), 13);
    for (job, told, exit_code, died_by) in [
        (3, "killed by signal 9 (SIGKILL)", None, Some(9)),
        (5, "exited with code 7", Some(7), None),
        (7, "its program exited with code 0 before it answered", Some(0), None),
        (9, "exited with code 1", Some(1), None),
        (11, "exited with code 4", Some(4), None),
    ] {
        assert_eq!(ready.outcomes(job), [Some(Outcome::Failed), Some(Outcome::Done)], "{job}");
        assert_eq!(reason(&ready, job), told);
        let end = ready.attempts(job)[0].end.clone().unwrap();
        assert_eq!((end.exit_code, end.signal), (exit_code, died_by));
    }
    assert_eq!(starts(&ready), 5, "a job that fails by its answer alone ends no program");
    let others = (0..13).filter(|job| ![3, 5, 7, 9, 11].contains(job));
    assert!(others.into_iter().all(|job| ready.attempts(job).len() == 1));
}

#[test]
fn a_program_that_does_not_speak_the_protocol_fails_with_what_it_said() {
    let plan = r#"{"0": "os.write(answers, b'epoch 1: loss 0.5\\n')", "1": "answer({'job': 9, 'attempt': 1})",
                   "2": "os.write(answers, b'x' * 100000)", "3": "os.close(answers); time.sleep(1000)"}"#;
    let ready = ready(5, plan, "MAX_RETRY: 0");
    ready.launch(&[]).expect(1);
    let told = [
        "its program wrote `epoch 1: loss 0.5` where LAUNCH.KEEP_ALIVE expects an answer",
        r#"its program wrote `{"job": 9, "attempt": 1, "exit_code": 0}` where"#,
        "its program wrote `xxxxxxxxxxxxxxxx",
        "its program closed its standard output without an answer",
    ];
    for (job, told) in (0..).zip(told) {
        assert_eq!(ready.outcomes(job), [Some(Outcome::Failed)], "{job}");
        assert!(reason(&ready, job).starts_with(told), "{job}: {}", reason(&ready, job));
        let end = ready.attempts(job)[0].end.clone().unwrap();
        assert_eq!((end.exit_code, end.signal), (None, None));
    }
    assert_eq!(ready.outcomes(4), [Some(Outcome::Done)]);
    let other = Ready::new(1, "python3 -c 'print(1)'", "KEEP_ALIVE: true\nMAX_RETRY: 0");
    other.launch(&[]).expect(1);
    assert!(reason(&other, 0).starts_with("its program wrote `1` where"), "{}", reason(&other, 0));
}

#[test]
fn a_program_that_says_that_it_ends_gets_no_further_job() {
    let plan = r#"{"2": "answer(order, last=True); time.sleep(0.3); os._exit(1)"}"#;
    let ready = ready(6, plan, "");
    let run = ready.work(&[]).expect(0);
    assert_eq!((ready.done(), starts(&ready)), (6, 2), "{}", run.stderr);
    assert!((0..6).all(|job| ready.attempts(job).len() == 1));
}

#[test]
fn what_a_job_has_started_ends_with_it_and_its_program_goes_on() {
    let start = "child = subprocess.Popen(['sleep', '1000'], start_new_session=True)";
    let look = "deadline = time.time() + 10\\nwhile child.poll() is None and time.time() < deadline: time.sleep(0.01)\\nprint('left', child.poll())";
    let ready = ready(2, &format!(r#"{{"0": "{start}", "1": "{look}"}}"#), "");
    ready.launch(&[]).expect(0);
    assert_eq!(starts(&ready), 1);
    assert!(ready.stdout(1).contains("left -9"), "{}", ready.stdout(1));
}

#[test]
fn told_to_stop_a_worker_ends_its_program_and_the_job_counts_as_cancelled() {
    let ready = ready(3, r#"{"1": "open('ready', 'w'); time.sleep(1000)"}"#, "");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("job 1 runs", || ready.sandbox.join("ready").exists());
    signal(worker.id(), "TERM");
    assert_eq!(worker.wait(), Some(1));
    assert!(ready.programs().is_empty());
    assert_eq!(ready.outcomes(1), [Some(Outcome::Cancelled)]);
    ready.launch(&[]).expect(0);
    assert_eq!(ready.done(), 3);
}

#[test]
fn a_worker_that_is_killed_leaves_no_program_and_its_job_is_taken_over() {
    let ready = ready(3, r#"{"1": "open('ready', 'w'); time.sleep(1000)"}"#, "");
    let mut worker = ready.start(bin!("sweep_worker"), &[], "log");
    wait_until("job 1 runs", || ready.sandbox.join("ready").exists());
    signal(worker.id(), "KILL");
    worker.wait();
    wait_until("its program is gone", || ready.programs().is_empty());
    ready.launch(&[]).expect(0);
    assert_eq!(ready.done(), 3);
    assert_eq!(ready.outcomes(1), [Some(Outcome::Lost), Some(Outcome::Done)]);
}

#[test]
fn a_command_of_a_job_and_jobs_of_several_processes_are_refused() {
    for (command, launch, told) in [
        ("python x.py {{cfg}}", "", "`{{cfg}}` differs between jobs"),
        ("python x.py {{args}}", "", "`{{args}}` differs between jobs"),
        ("python x.py --lr {{OPTIM.BASE_LR}}", "", "`{{OPTIM.BASE_LR}}` differs between jobs"),
        ("python x.py", "TASKS_PER_NODE: 2", "cannot use several nodes or processes"),
    ] {
        let ready = Ready::new(1, command, &format!("KEEP_ALIVE: true\n{launch}"));
        let refused = ready.launch(&[]).expect(2).stderr;
        assert!(refused.contains(told), "{refused}");
    }
    let ready =
        Ready::new(1, "python3 program.py --dir {{sweep_dir}} {{mode}}", "KEEP_ALIVE: true");
    ready.sandbox.write("program.py", PROGRAM);
    ready.sandbox.write("plan", "{}");
    ready.launch(&[]).expect(0);
}
