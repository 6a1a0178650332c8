//! Links that somebody put where a worker writes: nothing is written through them.

use std::fs;
use std::os::unix::fs::symlink;

use sweep_config::records::Outcome;

use crate::launching::Ready;

/// What a link leads to must not change.
const MINE: &str = "mine\n";

/// A sweep of two jobs with a file of the user's beside it.
fn ready() -> Ready {
    let ready = Ready::new(2, "echo out; echo err >&2", "MAX_RETRY: 0");
    ready.sandbox.write("bashrc", MINE);
    fs::create_dir_all(ready.sandbox.join("root/sweep/logs/000000")).unwrap();
    ready
}

/// Plants a link to the user's file in the log directory of job 0.
fn plant(ready: &Ready, name: &str) {
    let link = ready.sandbox.join(format!("root/sweep/logs/000000/{name}"));
    symlink(ready.sandbox.join("bashrc"), link).unwrap();
}

#[test]
fn a_link_in_the_place_of_a_jobs_output_fails_that_job_with_a_word_on_it() {
    for name in ["stdout.log", "stderr.log"] {
        let ready = ready();
        plant(&ready, name);
        let run = ready.work(&[]).expect(1);
        for part in ["cannot append to `", name, "symbolic link to `", "bashrc`", "remove it"] {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
        assert_eq!(ready.sandbox.read("bashrc"), MINE);
        assert_eq!(ready.outcomes(0), [Some(Outcome::Failed)]);
        assert_eq!(ready.outcomes(1), [Some(Outcome::Done)], "no other job suffers");
        fs::remove_file(ready.sandbox.join(format!("root/sweep/logs/000000/{name}"))).unwrap();
        ready.work(&[]).expect(0);
    }
}

#[test]
fn a_link_in_the_place_of_a_journal_or_a_log_directory_is_refused() {
    let ready = ready();
    plant(&ready, "attempts.jsonl");
    let run = ready.work(&[]).expect(4);
    assert!(run.stderr.contains("attempts.jsonl`: it is a symbolic link to `"), "{}", run.stderr);
    assert_eq!(ready.sandbox.read("bashrc"), MINE);

    let logs = ready.sandbox.join("root/sweep/logs/000000");
    fs::remove_dir_all(&logs).unwrap();
    let elsewhere = ready.sandbox.join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, &logs).unwrap();
    let run = ready.work(&[]).expect(4);
    assert!(run.stderr.contains("logs/000000`: it is a symbolic link to `"), "{}", run.stderr);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);

    fs::remove_file(&logs).unwrap();
    ready.work(&[]).expect(0);
}

#[test]
fn a_claim_is_not_made_through_a_link() {
    let ready = ready();
    plant(&ready, "claim.1");
    let run = ready.work(&[]);
    assert_eq!(ready.sandbox.read("bashrc"), MINE, "{}", run.stderr);
}

#[test]
fn a_root_a_sweep_directory_and_its_logs_may_be_links() {
    let ready = Ready::new(2, "echo out", "MAX_RETRY: 0");
    let at = |name: &str| ready.sandbox.join(name);
    fs::create_dir(at("scratch")).unwrap();
    fs::rename(at("root/sweep"), at("scratch/sweep")).unwrap();
    symlink(at("scratch/sweep"), at("root/sweep")).unwrap();
    fs::rename(at("root"), at("other")).unwrap();
    symlink(at("other"), at("root")).unwrap();
    fs::create_dir(at("scratch/logs")).unwrap();
    symlink(at("scratch/logs"), at("scratch/sweep/logs")).unwrap();
    ready.work(&[]).expect(0);
    assert_eq!(ready.done(), 2);
    assert_eq!(ready.sandbox.read("scratch/logs/000001/stdout.log"), "out\n");
}
