//! A sweep that somebody may read and not write: its status is for them too.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::bin;
use crate::common::Run;
use crate::logs::Logs;

/// Gives a directory and all below it these rights, the directories being open to look into.
fn chmod(path: &Path, mode: &str) {
    assert!(Command::new("chmod").args(["-R", mode]).arg(path).status().unwrap().success());
}

/// Runs `sweep_collect` as somebody who may read the sweep only: as `nobody` where we are root.
fn collect_as_reader(logs: &Logs, args: &[&str]) -> Run {
    let is_root = fs::metadata("/proc/self")
        .is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    let binary = logs.sandbox.join("sweep_collect");
    if !binary.exists() {
        fs::copy(bin!("sweep_collect"), &binary).unwrap();
    }
    let mut command = if is_root {
        let mut command = logs.sandbox.command("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(&binary);
        command
    } else {
        logs.sandbox.command(&binary)
    };
    fs::set_permissions(logs.sandbox.path(), fs::Permissions::from_mode(0o755)).unwrap();
    chmod(&logs.path(""), "a-w,a+rX");
    let run = Run::of(&command.args(logs.args()).args(args).output().unwrap());
    chmod(&logs.path(""), "u+w");
    run
}

#[test]
fn who_may_not_write_gets_every_view_and_hears_that_nothing_was_written() {
    let logs = Logs::four();
    for (args, part) in [
        (&[][..], "done"),
        (&["--jobs"], "logs/000000/stdout.log"),
        (&["--failed"], "no job has failed"),
        (&["--json"], "\"written\":[]"),
    ] {
        let run = collect_as_reader(&logs, args).expect(0);
        assert!(run.stdout.contains(part), "{args:?}: {}", run.stdout);
        let warning = "warning: wrote nothing, since this sweep is read-only for you: cannot ";
        assert!(run.stderr.contains(warning), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains("Permission denied"), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.contains("\nwrote "), "{args:?}: {}", run.stderr);
    }
    let dry = collect_as_reader(&logs, &["--dry-run"]).expect(0);
    assert!(!dry.stderr.contains("warning"), "{}", dry.stderr);
    assert!(!logs.path("sweep.json").exists());
}

#[test]
fn what_its_owner_collected_stays_as_it_is_when_a_reader_looks() {
    let logs = Logs::four();
    logs.collect(&[]).expect(0);
    let before = logs.outputs();
    fs::write(logs.of_job(3, "stderr.log"), "a word more\n").unwrap();
    collect_as_reader(&logs, &[]).expect(0);
    assert_eq!(logs.outputs(), before);
}
