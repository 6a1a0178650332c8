use sweep_config::claim::{ClaimOutcome, Claimant};
use sweep_config::records::Outcome;
use sweep_config::{JobId, SweepDir};

use super::*;
use crate::runtime::JobShell;
use crate::worker::attempt::limits::ProgramLimits;
use crate::worker::process::job_line::JobOrder;
use crate::worker::process::program::JobProgram;
use crate::worker::task::hooks::NoCluster;

/// Runs a command whose time limit has passed as soon as it starts.
fn out_of_time(command: &str) -> ProgramEnd {
    let root = tempfile::tempdir().unwrap();
    let dir = SweepDir::new(root.path());
    let job = JobId(0);
    let take = Claimant::new().unwrap().take(&dir, job, |_| true).unwrap();
    let ClaimOutcome::Mine(claim, _) = take else { panic!("{take:?}") };
    let program = JobProgram {
        shell: &JobShell::bare(),
        script: command,
        code_dir: "/",
        stdout: &dir.stdout(job),
        stderr: &dir.stderr(job),
        variables: &[],
        token: &claim.token,
        srun: &[],
        keep_alive: false,
    };
    let inbox = SignalInbox::new(&[], &[]).unwrap();
    let limits = ProgramLimits {
        minutes: Some(0),
        deadline: None,
        cluster: &NoCluster,
        done_before: &|| None,
    };
    ProgramWatch::new(&inbox, program.start().unwrap(), &claim, limits)
        .unwrap()
        .wait_for_end()
        .unwrap()
}

#[test]
fn the_time_limit_ends_a_program_and_the_record_says_so() {
    let ProgramEnd { verdict, superseded, told_to_stop, .. } = out_of_time("sleep 1000");
    assert_eq!((verdict.outcome, verdict.signal), (Outcome::TimedOut, Some(15)));
    assert_eq!(verdict.reason, "time limit of 0 min");
    assert!(!superseded && !told_to_stop);
}

/// A job of a program that is kept alive, which this script is, within these limits.
fn kept(script: &str, limits: ProgramLimits<'_>) -> ProgramEnd {
    let root = tempfile::tempdir().unwrap();
    let dir = SweepDir::new(root.path());
    let job = JobId(0);
    let take = Claimant::new().unwrap().take(&dir, job, |_| true).unwrap();
    let ClaimOutcome::Mine(claim, _) = take else { panic!("{take:?}") };
    let token = leftovers::kept_token(&claim.token);
    let program = JobProgram {
        shell: &JobShell::bare(),
        script,
        code_dir: "/",
        stdout: &dir.stdout(job),
        stderr: &dir.stderr(job),
        variables: &[],
        token: &token,
        srun: &[],
        keep_alive: true,
    };
    let mut running = program.start().unwrap();
    let order = JobOrder {
        job: 0,
        attempt: 1,
        cfg: "",
        out_dir: "",
        stdout: &dir.stdout(job),
        stderr: &dir.stderr(job),
        env: std::collections::BTreeMap::new(),
    };
    assert!(running.line().unwrap().hand_over(&order).unwrap());
    let inbox = SignalInbox::new(&[], &[]).unwrap();
    let mut end =
        ProgramWatch::new(&inbox, running, &claim, limits).unwrap().wait_for_end().unwrap();
    if let Some(program) = end.kept.as_mut() {
        assert!(program.is_running());
        program.kill();
        program.reap().unwrap();
    }
    end
}

/// Answers once this signal has come, and goes on.
fn answers_on(signal: &str) -> String {
    let answer = r#"echo '{"job": 0, "attempt": 1, "exit_code": 0}'"#;
    format!(
        "trap '' PIPE; read -r job; trap '{}' {signal}; while :; do sleep 0.02; done",
        answer.replace('\'', "'\\''")
    )
}

#[test]
fn a_program_that_is_kept_alive_is_ended_at_the_time_limit_whatever_it_answers() {
    let limits = ProgramLimits {
        minutes: Some(0),
        deadline: None,
        cluster: &NoCluster,
        done_before: &|| None,
    };
    let end = kept("read -r job; exec sleep 1000", limits);
    assert_eq!((end.verdict.outcome, end.verdict.signal), (Outcome::TimedOut, Some(15)));
    assert!(end.kept.is_none());
    let begin = Instant::now();
    let late =
        format!("{}; exit", answers_on("TERM").replace("while :", "for i in 1 2 3 4 5 6 7 8 9"));
    let end = kept(&late, limits);
    assert_eq!(
        (end.verdict.outcome, end.verdict.reason.as_str()),
        (Outcome::TimedOut, "time limit of 0 min")
    );
    assert!(end.kept.is_none() && begin.elapsed() < GRACE, "{:?}", begin.elapsed());
}

#[test]
fn a_program_that_is_kept_alive_hears_the_warning_before_the_end_of_its_task() {
    let deadline = TaskDeadline {
        ends: Instant::now() + Duration::from_secs(8),
        warn_before: Duration::from_mins(5),
        signal: Some(Signal::USR1),
    };
    let limits = ProgramLimits {
        minutes: None,
        deadline: Some(deadline),
        cluster: &NoCluster,
        done_before: &|| None,
    };
    let end = kept(&answers_on("USR1"), limits);
    assert!(end.out_of_time && end.kept.is_some());
    assert_eq!(end.verdict.outcome, Outcome::TimedOut);
    assert_eq!(end.verdict.reason, "time limit of its task; it was warned and ended");
}
