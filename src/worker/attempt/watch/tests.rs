use sweep_config::claim::{ClaimOutcome, Claimant};
use sweep_config::records::Outcome;
use sweep_config::{JobId, SweepDir};

use super::*;
use crate::runtime::JobShell;
use crate::worker::attempt::limits::ProgramLimits;
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
