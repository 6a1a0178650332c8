use std::slice::from_ref;

use sweep_config::records::{AttemptStart, PermanentCause};

use super::*;

fn policy(submission: &str, max_retry: u32) -> RetryPolicy {
    let identity = WorkerIdentity {
        submission: submission.into(),
        host: "here".into(),
        pid: 7,
        slurm_task: None,
    };
    RetryPolicy { identity, memory: None, max_retry, max_requeue: 2 }
}

fn attempt(submission: &str, outcome: Option<Outcome>) -> Attempt {
    let start = AttemptStart {
        attempt: 1,
        submission: submission.into(),
        host: "here".into(),
        pid: 7,
        ..AttemptStart::default()
    };
    let end = outcome.map(|outcome| AttemptEnd {
        attempt: 1,
        ended: String::new(),
        seconds: 100.0,
        outcome,
        exit_code: None,
        signal: None,
        reason: String::new(),
        cause: None,
        progress: None,
    });
    Attempt { start, end }
}

fn ended(outcome: Outcome, change: impl Fn(&mut AttemptEnd)) -> Attempt {
    let mut attempt = attempt("000002", Some(outcome));
    attempt.end.as_mut().into_iter().for_each(change);
    attempt
}

fn after(tries: u32) -> RetryDecision {
    RetryDecision::Run(RetryRank { died_here: false, tries, before: 0 })
}

#[test]
fn a_failed_job_comes_again_after_the_others_until_its_retries_are_used_up() {
    let policy = policy("000002", 1);
    let failed = attempt("000002", Some(Outcome::Failed));
    assert_eq!(policy.decide(&[]), RetryDecision::Run(RetryRank::UNTRIED));
    assert_eq!(policy.decide(from_ref(&failed)), after(1));
    assert_eq!(policy.decide(&[failed.clone(), failed]), RetryDecision::Nothing);
    assert!(RetryRank::UNTRIED < RetryRank { died_here: false, tries: 1, before: 0 });
}

#[test]
fn attempts_of_an_earlier_submission_and_what_others_stopped_cost_no_retry() {
    let policy = policy("000002", 0);
    let earlier = attempt("000001", Some(Outcome::Failed));
    let cancelled = attempt("000002", Some(Outcome::Cancelled));
    let preempted = attempt("000002", Some(Outcome::Preempted));
    assert_eq!(policy.decide(&[earlier, cancelled, preempted]), failed_before(1));
}

fn failed_before(before: u32) -> RetryDecision {
    RetryDecision::Run(RetryRank { died_here: false, tries: 0, before })
}

#[test]
fn what_no_submission_has_tried_comes_before_what_an_earlier_one_has() {
    let policy = policy("000002", 3);
    let earlier = |outcome| attempt("000001", Some(outcome));
    assert_eq!(policy.decide(&vec![earlier(Outcome::Failed); 2]), failed_before(2));
    for interrupted in [Outcome::Preempted, Outcome::Cancelled, Outcome::NodeFailure] {
        assert_eq!(policy.decide(&[earlier(interrupted)]), after(0), "{interrupted:?}");
    }
    assert!(after_rank(0) < after_rank(2));
    assert!(after_rank(9) < RetryRank { died_here: false, tries: 1, before: 0 });
}

fn after_rank(before: u32) -> RetryRank {
    RetryRank { died_here: false, tries: 0, before }
}

#[test]
fn a_worker_that_died_on_this_host_counts_as_a_try() {
    assert_eq!(policy("000002", 3).decide(&[attempt("000002", None)]), after(1));
}

#[test]
fn a_node_that_went_away_costs_no_retry_until_the_fifth() {
    let policy = policy("000002", 0);
    let mut open = attempt("000002", None);
    open.start.host = "far".into();
    let mut restarted = attempt("000002", None);
    restarted.start.slurm = Some("77_1".into());
    let mut again = policy.clone();
    again.identity.slurm_task = Some("77_1".into());
    assert_eq!(again.decide(from_ref(&restarted)), after(0), "SLURM started its task again");
    let failed = |outcome| attempt("000002", Some(outcome));
    let mut attempts = vec![failed(Outcome::NodeFailure); 2];
    attempts.push(failed(Outcome::Open));
    attempts.push(open.clone());
    assert_eq!(policy.decide(&attempts), after(0));
    attempts.push(open);
    assert_eq!(policy.decide(&attempts), RetryDecision::Nothing);
}

#[test]
fn what_is_done_or_timed_out_is_left() {
    let policy = policy("000002", 5);
    assert_eq!(policy.decide(&[attempt("000001", Some(Outcome::Done))]), RetryDecision::Nothing);
    assert_eq!(
        policy.decide(&[attempt("000002", Some(Outcome::TimedOut))]),
        RetryDecision::Nothing
    );
    assert_eq!(policy.decide(&[attempt("000001", Some(Outcome::TimedOut))]), failed_before(1));
}

#[test]
fn what_goes_on_after_the_time_limit_costs_no_retry_but_ends_after_max_requeue() {
    let policy = policy("000002", 0);
    let goes_on = ended(Outcome::TimedOut, |end| end.progress = Some("epoch 3".into()));
    assert_eq!(policy.decide(&vec![goes_on.clone(); 2]), after(0));
    assert_eq!(policy.decide(&vec![goes_on; 3]), RetryDecision::Nothing);
}

#[test]
fn a_job_whose_config_is_at_fault_is_not_tried_again() {
    let nan = ended(Outcome::Failed, |end| end.cause = Some(PermanentCause::NotANumber));
    assert_eq!(policy("000002", 5).decide(from_ref(&nan)), RetryDecision::Nothing);
    assert_eq!(
        policy("000003", 5).decide(from_ref(&nan)),
        failed_before(1),
        "another submission may"
    );
}

#[test]
fn what_died_here_at_once_comes_after_all_else_and_elsewhere_it_does_not() {
    let quick = ended(Outcome::Failed, |end| end.seconds = 2.0);
    let here = policy("000002", 3);
    let RetryDecision::Run(rank) = here.decide(from_ref(&quick)) else { panic!("it is wanted") };
    assert!(rank > RetryRank { died_here: false, tries: 3, before: 9 });
    let mut there = here;
    there.identity.host = "there".into();
    assert_eq!(there.decide(from_ref(&quick)), after(1));
}

#[test]
fn a_job_out_of_memory_is_run_once_more_by_a_worker_that_has_more() {
    let with = |memory| RetryPolicy { memory, ..policy("000002", 3) };
    let mut oom = attempt("000002", Some(Outcome::OutOfMemory));
    assert_eq!(with(Some(2000)).decide(from_ref(&oom)), RetryDecision::Nothing, "it had no limit");
    oom.start.memory = Some(1000);
    assert_eq!(with(None).decide(from_ref(&oom)), RetryDecision::Nothing);
    assert_eq!(with(Some(1000)).decide(from_ref(&oom)), RetryDecision::Elsewhere);
    assert_eq!(with(Some(1500)).decide(from_ref(&oom)), after(0));
    assert_eq!(with(Some(3000)).decide(&[oom.clone(), oom]), RetryDecision::Nothing);
}

#[test]
fn a_worker_started_by_hand_counts_its_own_attempts_only() {
    let by_hand = policy("", 0);
    let mut other = attempt("", Some(Outcome::Failed));
    assert_eq!(by_hand.decide(from_ref(&other)), RetryDecision::Nothing);
    other.start.pid = 8;
    assert_eq!(by_hand.decide(&[other]), failed_before(1));
}

#[test]
fn code_that_cannot_run_is_tried_once_here_and_on_two_nodes_of_a_cluster() {
    let policy = RetryPolicy { max_retry: 3, ..policy("000002", 3) };
    let broken = |host: &str, slurm: Option<&str>| {
        let mut attempt = ended(Outcome::Failed, |end| end.cause = Some(PermanentCause::Code));
        attempt.start.host = host.into();
        attempt.start.slurm = slurm.map(str::to_owned);
        attempt
    };
    assert_eq!(policy.decide(&[broken("here", None)]), RetryDecision::Nothing);
    let one = broken("n1", Some("7_1"));
    assert_eq!(policy.decide(from_ref(&one)), after(1), "another node may have what it lacks");
    assert_eq!(policy.decide(&[one, broken("n2", Some("7_2"))]), RetryDecision::Nothing);
}
