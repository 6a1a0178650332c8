//! Attempts that end with their task, on a real SLURM: whatever exit code their programs have, and whoever of shell,
//! child and worker hears of the end first, none of them is done, and every job that SLURM preempts runs again.

use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use crate::bin;
use crate::cluster::{Cluster, Setup, wait_until};
use crate::study::Study;
use sweep_config::JobId;
use sweep_config::records::{Attempt, Outcome};

/// Programs that exit with 0 on SIGTERM, whose shell does since its last command succeeds, and one that exits with
/// another code: a job of each four.
const OBLIGING: &str = "[ ! -e go ] || exit 0
case $(({{index}} % 4)) in
0) sleep 600; : ;;
1) exec python3 -c \"import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); time.sleep(600)\" ;;
2) python3 -c 'import time; time.sleep(600)'; echo end ;;
3) python3 -c 'import time; time.sleep(600)'; exit 3 ;;
esac";

/// A process that keeps a processor busy.
struct BusyLoop(Child);

impl BusyLoop {
    fn start() -> Self {
        Self(Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap())
    }
}

impl Drop for BusyLoop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Slow enough for a worker to write down what became of its job.
fn roomy(accounting: bool, cpus: usize) -> Setup {
    Setup { cpus, accounting, kill_wait: 20, ..Setup::default() }
}

/// Preempts all tasks of a sweep so often, on a busy machine, and sees to it that each is preempted and no more.
fn preempt_again_and_again(accounting: bool, cpus: usize, preemptions: u32) {
    let Some(cluster) = Cluster::start(roomy(accounting, cpus)) else { return };
    let jobs = u32::try_from(2 * cpus).unwrap();
    let study = Study::new(&cluster, jobs, OBLIGING, "MAX_RETRY: 0\nTIME_LIMIT: 60");
    let _busy = [BusyLoop::start(), BusyLoop::start()];
    study.launch(&[]);
    let rounds = preemptions.div_ceil(jobs);
    for round in 0..rounds {
        let run = |job: u32| {
            let attempts = study.attempts(job);
            let last = attempts.last();
            let passes = |outcome| matches!(outcome, Outcome::Preempted | Outcome::Open);
            let mut ended = attempts.iter().filter_map(|it| it.end.as_ref());
            assert!(ended.all(|end| passes(end.outcome)), "job {job}: {attempts:?}");
            last.is_some_and(|it| it.end.is_none()) && attempts.len() > round as usize
        };
        wait_until("all jobs to run again", 120, || (0..jobs).all(run));
        // Not always at the same moment of their lives.
        std::thread::sleep(Duration::from_millis(u64::from(round * 370 % 1500)));
        for _ in 0..2 {
            let cpus = format!("--cpus-per-task={cpus}");
            cluster.submit(&["-p", "high", &cpus, "--exclusive"], "sleep 1");
        }
        wait_until("the preemption", 60, || {
            (0..jobs).all(|job| study.attempts(job).last().is_some_and(|it| it.end.is_some()))
        });
    }
    fs::write(study.path("go"), "").unwrap();
    study.expect_all_done(180);
    let (mut preempted, mut open, mut taken_back) = (0, 0, 0);
    for job in 0..jobs {
        let mut outcomes = study.outcomes(job);
        assert_eq!(outcomes.pop(), Some(Some(Outcome::Done)));
        assert_eq!(outcomes, vec![Some(Outcome::Preempted); outcomes.len()], "job {job}");
        preempted += outcomes.len();
        let journal = fs::read_to_string(study.dir().attempts(JobId(job))).unwrap();
        open += journal.matches("\"outcome\":\"open\"").count();
        taken_back += journal.matches("\"outcome\":\"done\"").count() - 1;
    }
    println!("{preempted} preemptions; {open} were open at first, {taken_back} done at first");
}

#[test]
fn a_preempted_job_is_neither_done_nor_cancelled_whatever_its_program_says() {
    preempt_again_and_again(false, 8, 32);
}

#[test]
fn the_same_holds_where_slurm_keeps_accounts() {
    preempt_again_and_again(true, 8, 16);
}

#[test]
fn what_is_cancelled_with_its_task_is_not_done_and_waits_for_another_launch() {
    let Some(cluster) = Cluster::start(roomy(false, 8)) else { return };
    let study = Study::new(&cluster, 12, OBLIGING, "MAX_RETRY: 0");
    study.launch(&[]);
    study.wait_until_running(12);
    study.run(bin!("sweep_launch"), &["--cancel"]).expect(0);
    cluster.wait_until_empty(60);
    assert!((0..12).all(|job| study.outcomes(job) == [Some(Outcome::Cancelled)]));
    fs::write(study.path("go"), "").unwrap();
    study.launch(&[]);
    study.expect_all_done(60);
}

#[test]
fn jobs_of_a_node_that_is_set_down_have_lost_it_as_slurm_says_and_run_elsewhere() {
    let Some(cluster) = Cluster::start(roomy(true, 8)) else { return };
    let study = Study::new(&cluster, 12, OBLIGING, "MAX_RETRY: 0");
    study.launch(&[]);
    study.wait_until_running(12);
    cluster.give_up("n1");
    fs::write(study.path("go"), "").unwrap();
    let on_n1 = |job: &u32| study.attempts(*job)[0].start.host == "n1";
    let gone: Vec<u32> = (0..12).filter(on_n1).collect();
    assert!(!gone.is_empty());
    wait_until("the end of what ran there", 60, || {
        gone.iter().all(|job| study.attempts(*job)[0].end.is_some())
    });
    // A node whose daemon answers returns to service at once.
    for job in &gone {
        let attempt = study.attempts(*job)[0].clone();
        let runs =
            ["-D", "-X", "-o", "State,NodeList", "-j", attempt.start.slurm.as_deref().unwrap()];
        assert_eq!(study.outcomes(*job)[0], Some(Outcome::NodeFailure), "{attempt:?}");
        assert_eq!(cluster.sacct(&runs)[0], "NODE_FAIL|n1");
    }
    let done = |job: &u32| study.outcomes(*job).last() == Some(&Some(Outcome::Done));
    wait_until("their next runs", 60, || gone.iter().all(done));
    cluster.run("scancel", &["--state=RUNNING", "--partition=debug"]);
    cluster.wait_until_empty(120);
    study.launch(&[]);
    study.expect_all_done(60);
}

#[test]
fn what_slurm_does_not_say_at_once_is_open_until_it_does() {
    let Some(cluster) = Cluster::start(Setup { min_job_age: 120, ..roomy(false, 4) }) else {
        return;
    };
    let study = Study::new(&cluster, 6, OBLIGING, "MAX_RETRY: 0");
    // Workers get no answer while the file `mute` is there.
    let fake = study.path("bin/scontrol");
    fs::create_dir(study.path("bin")).unwrap();
    let script = format!(
        "#!/bin/sh\n[ ! -e {} ] || exit 1\nexec /usr/bin/scontrol \"$@\"\n",
        study.path("mute").display()
    );
    fs::write(&fake, script).unwrap();
    cluster.run("chmod", &["+x", fake.to_str().unwrap()]);
    let mut command = cluster.command(bin!("sweep_launch"));
    let path = cluster.env().into_iter().find(|(name, _)| name == "PATH").unwrap().1;
    command.env("PATH", format!("{}:{path}", study.path("bin").display()));
    command.arg("--sweep-cfg").arg(study.config()).arg("--yes");
    crate::common::Run::of(&command.output().unwrap()).expect(0);
    study.wait_until_running(6);
    let is_open = |job: u32| study.attempts(job).last().is_some_and(Attempt::is_open);

    fs::write(study.path("mute"), "").unwrap();
    preempt(&cluster);
    wait_until("the preemption", 60, || (0..6).all(is_open));
    wait_until("another run of each", 60, || {
        (0..6).all(|job| study.outcomes(job) == [Some(Outcome::Preempted), None])
    });

    cluster.run("scancel", &["--name", &task_name(&study)]);
    wait_until("the end", 60, || (0..6).all(is_open));
    cluster.wait_until_empty(60);
    fs::remove_file(study.path("mute")).unwrap();
    assert_eq!(study.count("cancelled"), 6, "{:?}", study.states());
    assert!((0..6).all(is_open), "a collect writes nothing");
    fs::write(study.path("go"), "").unwrap();
    study.launch(&[]);
    study.expect_all_done(60);
    for job in 0..6 {
        let expected = [Outcome::Preempted, Outcome::Cancelled, Outcome::Done].map(Some);
        assert_eq!(study.outcomes(job), expected);
    }
}

/// Takes all nodes of four processors from a sweep, as soon as that may be.
fn preempt(cluster: &Cluster) {
    for _ in 0..2 {
        cluster.submit(&["-p", "high", "--cpus-per-task=4", "--exclusive"], "sleep 1");
    }
}

/// Starts a sweep in a partition of this option beside the usual ones.
fn in_partition(option: &str, then: impl FnOnce(&Cluster, &Study<'_>)) {
    let line =
        format!("PartitionName=mine Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=1 {option}");
    let setup = Setup { extra: vec![line], ..roomy(false, 4) };
    let Some(cluster) = Cluster::start(setup) else { return };
    let study = Study::new(&cluster, 8, OBLIGING, "MAX_RETRY: 0\nPARTITION: mine");
    study.launch(&[]);
    study.wait_until_running(8);
    then(&cluster, &study);
}

#[test]
fn of_short_jobs_in_a_row_none_is_done_that_was_cut_short() {
    let Some(cluster) = Cluster::start(roomy(false, 4)) else { return };
    let command = "sleep 0.3 && touch ok.{{index}}; :";
    let study = Study::new(&cluster, 240, command, "MAX_RETRY: 0\nJOBS_PER_TASK: 30");
    let _busy = BusyLoop::start();
    study.launch(&[]);
    let done = || (0..240).filter(|job| study.attempts(*job).iter().any(Attempt::is_done)).count();
    for share in [30, 90, 150] {
        wait_until("some more", 60, || done() >= share);
        preempt(&cluster);
    }
    study.expect_all_done(120);
    let cut_short = (0..240).filter(|job| !study.path(&format!("ok.{job}")).exists());
    assert_eq!(cut_short.count(), 0);
}

#[test]
fn a_task_that_slurm_gives_a_grace_time_runs_again_all_the_same() {
    in_partition("GraceTime=10", |cluster, study| {
        preempt(cluster);
        let preempted = |job: u32| study.outcomes(job)[0] == Some(Outcome::Preempted);
        wait_until("the preemption", 60, || (0..8).all(preempted));
        fs::write(study.path("go"), "").unwrap();
        study.expect_all_done(120);
    });
}

#[test]
fn a_task_that_slurm_preempts_and_does_not_start_again_leaves_its_job_to_the_next_launch() {
    in_partition("PreemptMode=CANCEL", |cluster, study| {
        preempt(cluster);
        cluster.wait_until_empty(60);
        assert_eq!(study.count("waiting"), 8, "{:?}", study.states());
        assert!((0..8).all(|job| study.outcomes(job) == [Some(Outcome::Preempted)]));
        fs::write(study.path("go"), "").unwrap();
        study.launch(&[]);
        study.expect_all_done(60);
    });
}

/// The job name of the tasks of the first launch.
fn task_name(study: &Study<'_>) -> String {
    let record = fs::read_to_string(study.dir().submissions().join("000001/0000.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    record["name"].as_str().unwrap().to_owned()
}

/// Makes the number of preemptions that `SWEEP_PREEMPTIONS` says, half of them with accounting: `scripts/preemptions`.
#[test]
#[ignore = "takes some minutes"]
fn a_thousand_preemptions_invent_nothing() {
    let total = std::env::var("SWEEP_PREEMPTIONS").ok().and_then(|text| text.parse().ok());
    for accounting in [false, true] {
        preempt_again_and_again(accounting, 16, total.unwrap_or(1000) / 2);
    }
}
