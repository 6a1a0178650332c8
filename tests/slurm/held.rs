//! Tasks that wait for more than their turn, on a real SLURM: launch and collect say why, and what helps.

use std::fs;
use std::process::Command;

use crate::bin;
use crate::cluster::{Cluster, Setup, wait_until};
use crate::fake::Faked;
use crate::launching::{Started, wait_until as wait_for};
use crate::study::Study;
use sweep_config::JobId;

/// A sweep of three jobs none of which can start, since its cluster is full; gives the number of its array.
fn waiting<'a>(cluster: &'a Cluster, launch: &str) -> (Study<'a>, String) {
    cluster.submit(&["--nodes=2", "--exclusive", "--job-name=filler"], "sleep 1000");
    wait_until("a full cluster", 60, || {
        cluster.run("squeue", &["-h", "-t", "running", "-o", "%j"]) == "filler"
    });
    let study = Study::new(cluster, 3, "true", launch);
    study.launch(&[]);
    let name = cluster.run("squeue", &["-h", "-p", "debug,other", "-t", "pending", "-o", "%F %j"]);
    let array = name.lines().find_map(|line| line.split_once(" sweep-")).unwrap().0.to_owned();
    (study, array)
}

/// Waits until SLURM gives that reason for all three tasks.
fn wait_for_reason(study: &Study<'_>, array: &str, reason: &str) {
    let asked = || study.cluster.run("squeue", &["-h", "-r", "-j", array, "-o", "%r"]);
    wait_until(reason, 90, || {
        let reasons = asked();
        reasons.lines().count() == 3 && reasons.lines().all(|it| it.starts_with(reason))
    });
}

/// Both a launch and a collect must say each of these words.
fn both_say(study: &Study<'_>, words: &[&str]) {
    for (program, args) in [
        (bin!("sweep_launch"), ["--yes", "--dry-run"]),
        (bin!("sweep_collect"), ["--dry-run", "-q"]),
    ] {
        let run = study.run(program, &args);
        for word in words {
            assert!(run.stderr.contains(word), "{program}: {word}: {}", run.stderr);
        }
    }
}

fn empty(study: &Study<'_>) {
    study.cluster.run("scancel", &["--name=filler"]);
    study.expect_all_done(120);
}

#[test]
fn tasks_that_somebody_holds_are_named_with_the_commands_that_let_them_go() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let (study, array) = waiting(&cluster, "");
    let release = format!("`scontrol release {array}`");
    for (how, reason) in [("uhold", "JobHeldUser"), ("hold", "JobHeld")] {
        cluster.run("scontrol", &[how, &array]);
        wait_for_reason(&study, &array, reason);
        let said = format!("3 tasks of {array} are held");
        both_say(&study, &[&said, reason, "--release`", &release]);
        cluster.run("scontrol", &["release", &array]);
    }
    let held = format!("{array}_1");
    cluster.run("scontrol", &["hold", &held]);
    both_say(&study, &[&format!("1 task of {array} is held"), &release]);
    study.run(bin!("sweep_launch"), &["--release"]).expect(0);
    empty(&study);
}

#[test]
fn a_task_that_is_requeued_and_held_is_named_and_runs_its_job_again_once_it_is_let_go() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::new(&cluster, 1, "[ -e go ] || sleep 1000", "MAX_RETRY: 0");
    study.launch(&[]);
    study.wait_until_running(1);
    let array = cluster.run("squeue", &["-h", "-o", "%F"]);
    cluster.run("scontrol", &["requeuehold", &format!("{array}_0")]);
    wait_until("a held task", 60, || cluster.run("squeue", &["-h", "-o", "%T"]) == "PENDING");
    let release = format!("`scontrol release {array}`");
    both_say(&study, &[&format!("1 task of {array} is held"), "--release`", &release]);
    fs::write(study.path("go"), "").unwrap();
    study.run(bin!("sweep_launch"), &["--release"]).expect(0);
    study.expect_all_done(120);
}

#[test]
fn a_partition_that_goes_down_after_the_launch_is_named() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let (study, array) = waiting(&cluster, "");
    for (state, reason) in [("DOWN", "PartitionDown"), ("INACTIVE", "PartitionInactive")] {
        cluster.run("scontrol", &["update", "PartitionName=debug", &format!("State={state}")]);
        wait_for_reason(&study, &array, reason);
        let said = format!("3 tasks of {array} wait for a partition that is");
        both_say(&study, &[&said, reason, "`sinfo -s`", "--cancel`"]);
    }
    cluster.run("scontrol", &["update", "PartitionName=debug", "State=UP"]);
    empty(&study);
}

#[test]
fn a_dependency_that_can_never_be_satisfied_is_named() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let failed = cluster.submit(&["--hold"], "exit 1");
    let study =
        Study::new(&cluster, 3, "true", &format!("EXTRA: ['--dependency=afterok:{failed}']"));
    study.launch(&[]);
    let array = cluster.run("squeue", &["-h", "-p", "debug", "-o", "%F %j"]);
    let array = array.lines().find_map(|line| line.split_once(" sweep-")).unwrap().0.to_owned();
    cluster.run("scontrol", &["release", &failed]);
    wait_for_reason(&study, &array, "DependencyNeverSatisfied");
    both_say(&study, &[&format!("3 tasks of {array} wait for"), "they never start", "--cancel`"]);
}

#[test]
fn nodes_that_are_drained_are_named() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    cluster.drain("n1");
    cluster.drain("n2");
    let study = Study::new(&cluster, 3, "true", "NODELIST: n1");
    study.launch(&[]);
    let array = cluster.run("squeue", &["-h", "-p", "debug", "-o", "%F"]);
    wait_for_reason(&study, array.lines().next().unwrap(), "ReqNodeNotAvail");
    both_say(&study, &["need nodes that are down or reserved", "`sinfo -R`"]);
}

/// The lines of a text that have these words.
fn lines_with<'a>(text: &'a str, words: &str) -> Vec<&'a str> {
    text.lines().filter(|line| line.contains(words)).collect()
}

#[test]
fn the_live_status_says_a_warning_once_and_again_when_it_changes_and_shows_it_in_each_picture() {
    let faked = Faked::new(3, "");
    faked.launch(&[]).expect(0);
    let name =
        "$(sed -n 's/.*--job-name=\\([^ ]*\\).*/\\1/p' root/sweep/launches/000001/0000.sbatch)";
    // SLURM is asked every 30 seconds; from the second answer on, one task waits for another reason.
    let answer = format!(
        "echo >> asked\necho \"7_0|{name}|PENDING|JobHeldUser|\"\n\
         [ $(wc -l < asked) -lt 2 ] || echo \"7_1|{name}|PENDING|PartitionDown|\"\n"
    );
    faked.says("squeue", &answer);
    let watch = |errors: &str| {
        let collect =
            format!("{} --sweep-cfg sweep.yaml --watch 2 {errors}", bin!("sweep_collect"));
        // `script` gives it a terminal.
        let mut script = faked.command("script");
        script.args(["-qec", &collect, "/dev/null"]);
        script
    };
    let output = std::fs::File::create(faked.0.sandbox.join("shown")).unwrap();
    let command = |it: &mut Command| Started(it.spawn().unwrap());
    let mut apart = command(watch("2> said").stdout(std::process::Stdio::null()));
    wait_for("SLURM was asked twice", || faked.0.lines("asked").len() >= 2);
    let mut beside = command(watch("").stdout(output));
    wait_for("a picture with a warning", || {
        faked.0.sandbox.read("shown").contains("(PartitionDown)")
    });
    for job in 0..3 {
        fs::create_dir_all(faked.0.dir().out_dir(JobId(job))).unwrap();
        let start = r#"{"event":"start","attempt":1,"launch":"000001","host":"n","pid":7,"started":"2026-01-01T00:00:00Z","command":"c"}"#;
        let end = r#"{"event":"end","attempt":1,"ended":"2026-01-01T00:00:01Z","seconds":1.0,"outcome":"done","exit_code":0,"reason":""}"#;
        fs::write(faked.0.dir().attempts(JobId(job)), format!("{start}\n{end}\n")).unwrap();
    }
    assert_eq!((apart.wait(), beside.wait()), (Some(0), Some(0)));
    let said = faked.0.sandbox.read("said");
    for reason in ["(JobHeldUser)", "(PartitionDown)"] {
        assert_eq!(lines_with(&said, reason).len(), 1, "{said}");
    }
    let shown = faked.0.sandbox.read("shown");
    for picture in shown.split("\u{1b}[2J\u{1b}[H").skip(1) {
        assert_eq!(lines_with(picture, "(PartitionDown)").len(), 1, "{shown}");
    }
}
