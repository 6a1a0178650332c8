//! Attempts that end with their task, on a real SLURM: whatever exit code their programs have, and whoever of shell,
//! child and worker hears of the end first, none of them is done, and every job that SLURM preempts runs again.

use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use crate::cluster::{Cluster, Setup, wait_until};
use crate::study::Study;
use sweep_config::JobId;
use sweep_config::records::Outcome;

/// Programs that exit with 0 on SIGTERM, or whose shell does since its last command succeeds: a job of each three.
const OBLIGING: &str = "[ ! -e go ] || exit 0
case $(({{index}} % 3)) in
0) sleep 600; : ;;
1) exec python3 -c \"import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); time.sleep(600)\" ;;
2) python3 -c 'import time; time.sleep(600)'; echo end ;;
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
            let all_preempted = attempts
                .iter()
                .rev()
                .skip(1)
                .all(|it| it.end.as_ref().is_some_and(|end| end.outcome == Outcome::Preempted));
            assert!(all_preempted, "job {job}: {:?}", study.attempts(job));
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

/// As many as `SWEEP_PREEMPTIONS` says, half of them with accounting: `scripts/preemptions`.
#[test]
#[ignore = "takes some minutes"]
fn a_thousand_preemptions_invent_nothing() {
    let total = std::env::var("SWEEP_PREEMPTIONS").ok().and_then(|text| text.parse().ok());
    for accounting in [false, true] {
        preempt_again_and_again(accounting, 16, total.unwrap_or(1000) / 2);
    }
}
