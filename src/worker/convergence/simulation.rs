//! The simulation of one launch: its tasks take turns at random, and each decides as a worker does.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use sweep_config::records::{
    Attempt, AttemptEvent, AttemptStart, JobArray, Outcome, SubmissionRecord, is_done,
    read_attempts,
};
use sweep_config::{JobId, SubmissionId, fs};

use super::cluster::SimCluster;
use super::troubles::{Troubles, end_of, name};
use crate::ledger::{NodeCrashes, SilentTasks, is_quick_death, left_out_nodes};
use crate::runtime::JobContext;
use crate::worker::policy::budget::TaskBudget;
use crate::worker::policy::node_watch::{CrashResponse, NodeWatch};
use crate::worker::policy::retry::{RetryDecision, RetryPolicy};
use crate::worker::policy::stand_in::StandIn;
use crate::worker::queue::job_pick::JobPick;
use crate::worker::queue::job_queue::JobQueue;
use crate::worker::queue::left_jobs::LeftJobs;
use crate::worker::queue::scope::JobScope;
use crate::worker::task::hooks::ClusterHooks;

/// The first launches, in which workers are killed.
pub(super) const DISTURBED: u32 = 2;

/// One launch of a simulation.
pub(super) struct SimLaunch<'a> {
    pub(super) troubles: &'a Troubles,
    pub(super) context: &'a JobContext,
    pub(super) cluster: &'a SimCluster,
    pub(super) id: SubmissionId,
    pub(super) running: RefCell<BTreeSet<JobId>>,
    /// How often each job has failed by its own fault.
    pub(super) faults: &'a RefCell<BTreeMap<u32, u32>>,
}

/// A task of a simulation with its worker.
struct SimTask<'a> {
    policy: &'a RetryPolicy,
    queue: JobQueue<'a>,
    watch: NodeWatch<'a>,
    left: LeftJobs,
    budget: TaskBudget,
    stand_in: StandIn,
    current: Option<(JobId, Vec<Attempt>)>,
}

#[derive(Debug, PartialEq, Eq)]
enum TaskStep {
    GoesOn,
    Ends,
}

impl<'a> SimLaunch<'a> {
    pub(super) fn attempts(&self, job: JobId) -> Vec<Attempt> {
        read_attempts(&self.context.dir.attempts(job)).unwrap()
    }

    fn write(&self, job: JobId, event: &AttemptEvent) {
        let dir = &self.context.dir;
        fs::create_dir_all(&dir.out_dir(job)).unwrap();
        let line = serde_json::to_string(event).unwrap();
        fs::append_line(&dir.attempts(job), &line, false).unwrap();
    }

    /// Records that the workers of open attempts are dead, as a launch does.
    pub(super) fn close_open(&self) {
        for job in self.jobs() {
            if let Some(Attempt { start, end: None }) = self.attempts(job).pop() {
                self.write(job, &end_of(start.attempt, Outcome::Lost, 0.0));
            }
        }
    }

    pub(super) fn jobs(&self) -> impl Iterator<Item = JobId> {
        (0..self.troubles.jobs).map(JobId)
    }

    /// Leaves out the nodes that a launch leaves out when it is planned.
    pub(super) fn leave_out_nodes(&self) {
        let open: Vec<JobId> = self.jobs().filter(|job| !is_done(&self.attempts(*job))).collect();
        let last = SubmissionId(self.id.0 - 1);
        let silent = SilentTasks::read(&self.context.dir).unwrap();
        let nodes = left_out_nodes(&self.context.dir, last, &open, &silent).unwrap();
        self.cluster.excluded.borrow_mut().extend(nodes.into_iter().map(|node| node.name));
    }

    /// Returns the record of a launch of all jobs that are not done; none if there is nothing to do.
    fn record(&self) -> Option<SubmissionRecord> {
        let open = (0..self.troubles.jobs).filter(|job| !is_done(&self.attempts(JobId(*job))));
        let jobs = crate::app::ranges(open);
        let number: u32 = jobs.iter().map(|(first, last)| last - first + 1).sum();
        let tasks = number.div_ceil(self.troubles.per_task);
        let array = JobArray {
            number: 0,
            name: "s".into(),
            partition: String::new(),
            tasks,
            parallel: tasks,
            slots: 1,
            quota: self.troubles.per_task,
            jobs: jobs.clone(),
            canary: false,
        };
        (number > 0).then(|| SubmissionRecord {
            format_version: 1,
            executor: "slurm".into(),
            workers: tasks as usize,
            jobs,
            takes_new: false,
            arrays: vec![array],
            ..SubmissionRecord::default()
        })
    }

    fn task(&self, record: &SubmissionRecord, index: u32, policy: &'a RetryPolicy) -> SimTask<'a> {
        let array = &record.arrays[0];
        let scope = JobScope::of_array(record, array, index, 0);
        let crashes = NodeCrashes::new(&self.context.dir, self.id);
        SimTask {
            policy,
            queue: JobQueue::new(self.context, policy, scope, u64::from(index)),
            watch: NodeWatch::new(Some(crashes), &policy.identity.host, self.cluster),
            left: LeftJobs::new(&self.context.dir, Some(self.id), &format!("task{index}")),
            budget: TaskBudget::new(array.quota, Instant::now(), None),
            stand_in: StandIn::new(array, Instant::now()).unwrap(),
            current: None,
        }
    }

    /// Notes what the next launch finds of this one in SLURM's accounting.
    pub(super) fn note_silent(&self) {
        let mut silent = SilentTasks::default();
        silent.add_all(self.id, &self.cluster.others.borrow().silent);
        silent.write(&self.context.dir).unwrap();
    }

    /// Runs all tasks to their end, a random one a step at a time; `at_once` of them at most.
    pub(super) fn run(&self, policies: &'a [RetryPolicy], random: &mut ChaCha8Rng) {
        let Some(record) = self.record() else { return };
        let mut waiting: Vec<u32> = (0..record.arrays[0].tasks).rev().collect();
        let mut active: Vec<SimTask<'a>> = Vec::new();
        while !(waiting.is_empty() && active.is_empty()) {
            let room = active.len() < 2 * self.troubles.nodes as usize;
            if room && (active.is_empty() || random.random_bool(0.5)) {
                let excluded = self.cluster.excluded.borrow();
                let open: Vec<&RetryPolicy> =
                    policies.iter().filter(|it| !excluded.contains(&it.identity.host)).collect();
                assert!(!open.is_empty(), "no node is left");
                let policy = open[random.random_range(0..open.len())];
                if let Some(index) = waiting.pop() {
                    if self.is_silent(&policy.identity.host) {
                        let silent = (policy.identity.host.clone(), format!("7_{index}"));
                        self.cluster.others.borrow_mut().silent.push(silent);
                    } else {
                        active.push(self.task(&record, index, policy));
                    }
                }
            }
            let Some(at) = (!active.is_empty()).then(|| random.random_range(0..active.len()))
            else {
                continue;
            };
            let mut others = self.cluster.others.borrow_mut();
            (others.waiting, others.active) = (waiting.len(), active.len() - 1);
            drop(others);
            let is_killed = self.id.0 <= DISTURBED && random.random_bool(0.02);
            if is_killed || self.step(&mut active[at]) == TaskStep::Ends {
                let ended = active.swap_remove(at);
                ended.current.map(|(job, _)| self.running.borrow_mut().remove(&job));
            }
        }
    }

    /// Does what a worker does between two events.
    fn step(&self, task: &mut SimTask<'a>) -> TaskStep {
        if let Some((job, before)) = task.current.take() {
            self.end(task, job, &before);
            return TaskStep::GoesOn;
        }
        if !task.budget.has_quota() && task.left.take().unwrap() {
            task.budget.note_taken_over();
        }
        if !task.budget.has_quota() && !self.stands_in(task) {
            return TaskStep::Ends;
        }
        // A wait is over at the task's next turn.
        if task.watch.response().unwrap() == CrashResponse::Leave {
            return leave(task);
        }
        let Some(pick) = task.queue.next().unwrap() else { return TaskStep::Ends };
        if pick.is_for_another_node() && task.watch.leaves_retries().unwrap() {
            return leave(task);
        }
        self.begin(task, pick);
        TaskStep::GoesOn
    }

    /// Decides as a worker does that has asked SLURM just now.
    fn stands_in(&self, task: &mut SimTask<'a>) -> bool {
        let others = self.cluster.other_tasks().unwrap();
        task.watch.note_silent(&others).unwrap();
        let left = task.queue.count_left(others.waiting == 0).unwrap();
        task.stand_in.decide(Instant::now(), left, &others);
        if task.stand_in.goes_on() {
            task.budget.note_taken_over();
        }
        task.stand_in.goes_on()
    }

    fn begin(&self, task: &mut SimTask<'a>, pick: JobPick) {
        if self.running.borrow().contains(&pick.job) {
            return task.queue.note_missed(pick, true).unwrap();
        }
        let before = self.attempts(pick.job);
        let wanted =
            matches!(task.policy.decide(&before), RetryDecision::Run(rank) if rank <= pick.rank);
        if !wanted {
            task.queue.note_missed(pick, false).unwrap();
            return task.queue.note_state(pick.job, is_done(&before));
        }
        let attempt = u32::try_from(before.len()).unwrap() + 1;
        let start = AttemptStart {
            attempt,
            submission: task.policy.identity.submission.clone(),
            host: task.policy.identity.host.clone(),
            slurm: Some("7_1".to_owned()),
            ..AttemptStart::default()
        };
        self.write(pick.job, &AttemptEvent::Start(start));
        self.running.borrow_mut().insert(pick.job);
        task.current = Some((pick.job, before));
    }

    fn end(&self, task: &mut SimTask<'a>, job: JobId, before: &[Attempt]) {
        let (outcome, seconds) = self.truth(&task.policy.identity.host, job);
        let attempt = u32::try_from(before.len()).unwrap() + 1;
        self.write(job, &end_of(attempt, outcome, seconds));
        self.running.borrow_mut().remove(&job);
        let end = (outcome, seconds, is_quick_death(outcome, seconds, None));
        task.watch.note_end(job, before, end).unwrap();
        task.queue.note_ran(job, outcome == Outcome::Done);
        if outcome == Outcome::Done {
            task.budget.note_done(Duration::from_secs(1));
        } else if task.policy.decide(&self.attempts(job)) == RetryDecision::Nothing {
            task.budget.note_settled();
        }
    }

    /// Returns true if and only if tasks end on a node before their worker starts.
    pub(super) fn is_silent(&self, node: &str) -> bool {
        self.is_one_of(&self.troubles.silent, node)
    }

    /// Returns true if and only if tasks of this launch have ended so.
    pub(super) fn has_silent(&self) -> bool {
        !self.cluster.others.borrow().silent.is_empty()
    }

    fn is_one_of(&self, nodes: &BTreeMap<u32, RangeInclusive<u32>>, node: &str) -> bool {
        nodes.iter().any(|(one, during)| name(*one) == node && during.contains(&self.id.0))
    }

    /// Returns how a job ends on a node, and after how many seconds.
    fn truth(&self, node: &str, job: JobId) -> (Outcome, f64) {
        if self.is_one_of(&self.troubles.bad, node) {
            return (Outcome::Failed, 0.1);
        }
        let mut faults = self.faults.borrow_mut();
        let so_far = faults.entry(job.0).or_default();
        match self.troubles.failing.get(&job.0) {
            Some((times, at_once)) if *so_far < *times => {
                *so_far += 1;
                (Outcome::Failed, if *at_once { 0.5 } else { 60.0 })
            }
            _ => (Outcome::Done, 30.0),
        }
    }
}

fn leave(task: &mut SimTask<'_>) -> TaskStep {
    task.left.leave(task.budget.give_up()).unwrap();
    TaskStep::Ends
}
