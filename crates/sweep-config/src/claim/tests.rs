use std::time::SystemTime;

use super::*;
use crate::records::{AttemptEvent, AttemptStart, Outcome};

const JOB: JobId = JobId(7);

struct Sweep {
    _root: tempfile::TempDir,
    dir: SweepDir,
}

impl Sweep {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        Self { _root: root, dir }
    }

    fn record(&self, event: &AttemptEvent) {
        fs::create_dir_all(&self.dir.out_dir(JOB)).unwrap();
        let line = serde_json::to_string(event).unwrap();
        fs::append_line(&self.dir.attempts(JOB), &line, false).unwrap();
    }

    fn start(&self, attempt: u32) {
        self.record(&AttemptEvent::Start(AttemptStart {
            attempt,
            pid: 1,
            ..AttemptStart::default()
        }));
    }

    fn end(&self, attempt: u32, outcome: Outcome) {
        self.record(&AttemptEvent::End(AttemptEnd {
            attempt,
            ended: String::new(),
            seconds: 0.0,
            outcome,
            exit_code: None,
            signal: None,
            reason: String::new(),
            cause: None,
            progress: None,
        }));
    }

    fn attempts(&self) -> Vec<Attempt> {
        read_attempts(&self.dir.attempts(JOB)).unwrap()
    }

    fn state(&self) -> JobState {
        job_state(&self.dir, JOB, &self.attempts(), &SlurmEvidence::none()).unwrap()
    }

    fn take(&self, claimant: &mut Claimant) -> ClaimOutcome {
        let not_done = |attempts: &[Attempt]| last_state(attempts) != JobState::Done;
        claimant.take(&self.dir, JOB, not_done).unwrap()
    }

    fn claim(&self) -> Claim {
        match self.take(&mut Claimant::new().unwrap()) {
            ClaimOutcome::Mine(claim, _) => claim,
            other => panic!("{other:?}"),
        }
    }

    /// A claim that a process of this host left when it was killed.
    fn dead_claim(&self, attempt: u32) {
        let me = ClaimHolder::this_process("dead".into()).unwrap();
        self.put(attempt, &ClaimHolder { start_time: me.start_time + 1, ..me });
    }

    /// A claim of another host, whose last heartbeat was `age` ago.
    fn foreign_claim(&self, attempt: u32, age: Duration) {
        self.foreign_task_claim(attempt, age, None);
    }

    /// A claim of another host, in a task of SLURM's.
    fn foreign_task_claim(&self, attempt: u32, age: Duration, task: Option<&str>) {
        self.foreign_run_claim(attempt, age, task, None);
    }

    /// A claim of another host, in a run of such a task.
    fn foreign_run_claim(
        &self,
        attempt: u32,
        age: Duration,
        task: Option<&str>,
        restarts: Option<u32>,
    ) {
        let me = ClaimHolder::this_process("foreign".into()).unwrap();
        let (boot_id, host, slurm) = ("another".into(), "far".into(), task.map(str::to_owned));
        self.put(attempt, &ClaimHolder { host, boot_id, slurm, restarts, ..me });
        let file = File::options().write(true).open(self.dir.claim(JOB, attempt)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    fn put(&self, attempt: u32, holder: &ClaimHolder) {
        fs::create_dir_all(&self.dir.out_dir(JOB)).unwrap();
        let text = serde_json::to_vec(holder).unwrap();
        fs::write_atomic(&self.dir.claim(JOB, attempt), &text).unwrap();
    }
}

#[test]
fn a_claimed_job_is_held_until_its_claim_is_finished() {
    let sweep = Sweep::new();
    let claim = sweep.claim();
    assert_eq!(claim.attempt, 1);
    let other = sweep.take(&mut Claimant::new().unwrap());
    assert!(matches!(other, ClaimOutcome::Held(Some(holder)) if holder.token == claim.token));
    sweep.start(1);
    assert_eq!(sweep.state(), JobState::Running);
    sweep.end(1, Outcome::Failed);
    claim.finish().unwrap();
    assert_eq!(sweep.state(), JobState::Failed);
    assert_eq!(sweep.claim().attempt, 2);
}

#[test]
fn a_job_that_is_done_is_not_wanted_and_leaves_no_claim() {
    let sweep = Sweep::new();
    let claim = sweep.claim();
    sweep.start(1);
    sweep.end(1, Outcome::Done);
    claim.finish().unwrap();
    assert!(matches!(sweep.take(&mut Claimant::new().unwrap()), ClaimOutcome::Unwanted(_)));
    assert_eq!(fs::list(&sweep.dir.out_dir(JOB)).unwrap(), ["attempts.jsonl"]);
}

#[test]
fn a_dead_claim_is_taken_over_under_the_next_number() {
    let sweep = Sweep::new();
    sweep.dead_claim(1);
    sweep.start(1);
    assert_eq!(sweep.state(), JobState::Lost);
    let claim = sweep.claim();
    assert_eq!(claim.attempt, 2);
    assert_eq!(claim.abandoned[0].holder.as_ref().unwrap().token, "dead");
    assert_eq!(sweep.state(), JobState::Running, "it has a holder again");
}

#[test]
fn a_withdrawn_claim_leaves_the_dead_one_so_that_its_number_is_not_used_again() {
    let sweep = Sweep::new();
    sweep.dead_claim(1);
    sweep.claim().withdraw().unwrap();
    assert!(sweep.dir.claim(JOB, 1).exists());
    let claim = sweep.claim();
    assert_eq!(claim.attempt, 2);
    sweep.start(2);
    sweep.end(2, Outcome::Done);
    claim.finish().unwrap();
    assert!(!sweep.dir.claim(JOB, 1).exists());
}

#[test]
fn a_claim_of_another_host_holds_while_its_heartbeat_is_fresh() {
    let sweep = Sweep::new();
    sweep.foreign_claim(1, Duration::from_mins(1));
    sweep.start(1);
    assert_eq!(sweep.state(), JobState::Running);
    assert!(matches!(sweep.take(&mut Claimant::new().unwrap()), ClaimOutcome::Held(Some(_))));

    sweep.foreign_claim(1, STALE + Duration::from_secs(1));
    assert_eq!(sweep.state(), JobState::Lost);
    assert_eq!(sweep.claim().attempt, 2);
}

/// The answer of our own cluster that it has this task of array 7, if any.
fn answer(task: Option<(&str, QueueWord)>) -> SlurmEvidence {
    let mut evidence = SlurmEvidence::none();
    evidence.add_array("000001", 7, ClusterSign::Ours, true);
    if let Some((task, word)) = task {
        evidence.add_task(task.to_owned(), word);
    }
    evidence
}

#[test]
fn a_task_that_the_queue_has_no_more_is_taken_over_once_its_heartbeat_is_late() {
    let sweep = Sweep::new();
    let mut hand = Claimant::new().unwrap().with_evidence(answer(None));
    sweep.foreign_task_claim(1, Duration::from_secs(20), Some("7_1"));
    assert!(matches!(sweep.take(&mut hand), ClaimOutcome::Held(Some(_))), "it may be hidden");
    sweep.foreign_task_claim(1, LATE + Duration::from_secs(1), Some("7_1"));
    assert!(matches!(sweep.take(&mut hand), ClaimOutcome::Mine(..)));
}

#[test]
fn a_task_that_is_suspended_keeps_its_claim_and_one_of_which_nothing_is_known_too() {
    let sweep = Sweep::new();
    sweep.foreign_task_claim(1, STALE * 30, Some("7_1"));
    sweep.start(1);
    let mut half = SlurmEvidence::none();
    half.add_array("000001", 7, ClusterSign::Ours, false);
    let mut another = SlurmEvidence::none();
    another.add_array("000001", 7, ClusterSign::Another, true);
    for evidence in [answer(Some(("7_1", QueueWord::Active))), half, another] {
        let state = job_state(&sweep.dir, JOB, &sweep.attempts(), &evidence).unwrap();
        assert_eq!(state, JobState::Running);
        let mut hand = Claimant::new().unwrap().with_evidence(evidence);
        assert!(matches!(sweep.take(&mut hand), ClaimOutcome::Held(Some(_))));
    }
}

#[test]
fn a_worker_asks_slurm_before_it_takes_a_task_for_dead() {
    let sweep = Sweep::new();
    sweep.foreign_task_claim(1, STALE * 2, Some("7_1"));
    let mut patient = Claimant::new().unwrap().asking(|| answer(Some(("7_1", QueueWord::Active))));
    assert!(matches!(sweep.take(&mut patient), ClaimOutcome::Held(Some(_))));
    let mut silent = Claimant::new().unwrap().asking(SlurmEvidence::unasked);
    assert!(matches!(sweep.take(&mut silent), ClaimOutcome::Held(Some(_))));
    let mut heir = Claimant::new().unwrap().asking(|| answer(None));
    assert!(matches!(sweep.take(&mut heir), ClaimOutcome::Mine(..)));
}

#[test]
fn a_task_that_starts_again_takes_over_what_its_former_run_had() {
    let sweep = Sweep::new();
    let run = |restarts| TaskRun {
        task: "7_1".to_owned(),
        restarts: Some(restarts),
        submission: Some("000001".to_owned()),
    };
    let mut again = Claimant::new().unwrap().in_task(Some(run(1)));
    let held = |sweep: &Sweep, again: &mut Claimant| {
        matches!(sweep.take(again), ClaimOutcome::Held(Some(_)))
    };
    for (age, restarts, is_held) in [
        (Duration::ZERO, Some(0), true),
        (MISSED + Duration::from_secs(1), None, true),
        (MISSED + Duration::from_secs(1), Some(1), true),
        (LATE + Duration::from_secs(1), None, false),
        (MISSED + Duration::from_secs(1), Some(0), false),
    ] {
        let sweep = Sweep::new();
        sweep.foreign_run_claim(1, age, Some("7_1"), restarts);
        assert_eq!(held(&sweep, &mut again), is_held, "{age:?} {restarts:?}");
    }
    sweep.foreign_run_claim(1, MISSED + Duration::from_secs(1), Some("7_1"), Some(0));
    assert!(matches!(sweep.take(&mut again), ClaimOutcome::Mine(..)));
}

#[test]
fn a_done_that_its_successor_came_too_early_for_is_the_state() {
    let sweep = Sweep::new();
    sweep.start(1);
    sweep.end(1, Outcome::Lost);
    sweep.start(2);
    sweep.end(1, Outcome::Done);
    assert_eq!(sweep.state(), JobState::Done);
    sweep.end(2, Outcome::Cancelled);
    assert_eq!(sweep.state(), JobState::Done);
    assert!(matches!(sweep.take(&mut Claimant::new().unwrap()), ClaimOutcome::Unwanted(_)));
}

#[test]
fn a_half_written_claim_is_judged_by_its_heartbeat() {
    let sweep = Sweep::new();
    sweep.foreign_claim(1, Duration::ZERO);
    fs::write_atomic(&sweep.dir.claim(JOB, 1), b"{\"host").unwrap();
    assert!(matches!(sweep.take(&mut Claimant::new().unwrap()), ClaimOutcome::Held(None)));
}

#[test]
fn an_open_attempt_without_a_claim_is_lost_and_its_number_is_used() {
    let sweep = Sweep::new();
    sweep.start(1);
    assert_eq!(sweep.state(), JobState::Lost);
    assert_eq!(sweep.claim().attempt, 2);
}

#[test]
fn an_end_recorded_since_the_attempts_were_read_is_the_state() {
    let sweep = Sweep::new();
    sweep.start(1);
    let read_before = read_attempts(&sweep.dir.attempts(JOB)).unwrap();
    sweep.end(1, Outcome::Done);
    assert_eq!(
        job_state(&sweep.dir, JOB, &read_before, &SlurmEvidence::none()).unwrap(),
        JobState::Done
    );
}

#[test]
fn a_holder_learns_that_it_was_superseded() {
    let sweep = Sweep::new();
    let claim = sweep.claim();
    claim.beat().unwrap();
    assert!(!claim.is_superseded());
    sweep.foreign_claim(2, Duration::ZERO);
    assert!(claim.is_superseded());
    fs::remove_file(&sweep.dir.claim(JOB, 2)).unwrap();
    assert!(!claim.is_superseded());
    fs::remove_file(&sweep.dir.claim(JOB, 1)).unwrap();
    assert!(claim.is_superseded(), "the successor has ended");
    fs::write_atomic(&sweep.dir.claim(JOB, 1), b"").unwrap();
    assert!(!claim.is_superseded(), "nobody has said anything");
    sweep.foreign_claim(1, Duration::ZERO);
    assert!(claim.is_superseded(), "another sweep has the place of a directory that was moved");
}

/// Many threads, each a claimant of its own, race for one job whose attempts all fail. The
/// numbers they get must all differ, and no two may be inside at once.
#[test]
fn of_many_claimants_one_at_a_time_has_the_job() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let sweep = Sweep::new();
    let (inside, turns) = (AtomicU32::new(0), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut claimant = Claimant::new().unwrap();
                while turns.load(Ordering::SeqCst) < 200 {
                    let ClaimOutcome::Mine(claim, _) = sweep.take(&mut claimant) else { continue };
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    sweep.start(claim.attempt);
                    // Once the end is recorded the next one may have the job.
                    assert_eq!(inside.fetch_sub(1, Ordering::SeqCst), 1);
                    sweep.end(claim.attempt, Outcome::Failed);
                    turns.fetch_add(1, Ordering::SeqCst);
                    claim.finish().unwrap();
                }
            });
        }
    });
    let attempts = read_attempts(&sweep.dir.attempts(JOB)).unwrap();
    let numbers: Vec<u32> = attempts.iter().map(|a| a.start.attempt).collect();
    let last = u32::try_from(numbers.len()).unwrap();
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
}
