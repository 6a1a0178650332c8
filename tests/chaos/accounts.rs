//! Whether the outcomes that follow from the end of a task agree with SLURM's accounts.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use jiff::Timestamp;
use serde_json::Value;

use crate::arena::Arena;
use crate::journals::JobHistory;
use sweep_config::records::{Attempt, JobState, Outcome};

/// How many outcomes agree with `sacct`.
#[derive(Debug, Default)]
pub struct AccountAgreement {
    pub agree: u32,
    /// The others: `preempted, and sacct says COMPLETED`.
    pub differ: BTreeMap<String, u32>,
    /// Attempts of whose run `sacct` knows no end.
    pub unknown: u32,
    /// The jobs of those that differ, and the tasks in which their attempts ran.
    pub disputed: Vec<(u32, String)>,
}

/// A run of a task by `sacct`: when it began and ended, in seconds of the epoch where it did, and its state.
struct TaskRun {
    began: Option<i64>,
    ended: Option<i64>,
    state: String,
}

/// The runs of a task in their order.
type TaskRuns = Vec<TaskRun>;

/// Finds the run of an attempt: the one after as many restarts, since the worker of a node that is out of reach begins
/// attempts when its run is over for SLURM. Where that one had not begun by then, a run is missing from the
/// accounts, and time decides.
fn run_of<'a>(attempt: &Attempt, runs: &'a TaskRuns) -> Option<&'a TaskRun> {
    let at = attempt.start.started.parse::<Timestamp>().unwrap().as_second();
    let had_begun = |run: &&TaskRun| run.began.is_none_or(|began| began <= at);
    let goes_on = |run: &&TaskRun| {
        had_begun(run) && run.began.is_some() && run.ended.is_none_or(|it| at <= it)
    };
    let by_count = runs.get(attempt.start.restarts as usize).filter(had_begun);
    by_count.or_else(|| runs.iter().find(goes_on))
}

impl Arena<'_> {
    /// Compares all preempted, cancelled and node-failure attempts in tasks of the cluster that keeps accounts.
    pub fn compare_accounts(&self, histories: &[JobHistory]) -> AccountAgreement {
        let runs = self.task_runs();
        let mut agreement = AccountAgreement::default();
        let mut here = HashMap::new();
        for (job, attempt) in
            histories.iter().flat_map(|it| it.attempts.iter().map(|attempt| (it.job, attempt)))
        {
            let submission = attempt.start.submission.clone();
            let is_here =
                here.entry(submission).or_insert_with_key(|it| self.was_submitted_here(it));
            if let (Some(words), true) = (words_of_slurm(attempt), *is_here) {
                agreement.note((job, attempt), words, &runs);
            }
        }
        agreement
    }

    fn task_runs(&self) -> HashMap<String, TaskRuns> {
        let mut runs: HashMap<String, TaskRuns> = HashMap::new();
        for line in self.accounts("JobID,State,Start,End", &[]).lines() {
            let [task, state, began, ended] = line.split('|').collect::<Vec<_>>()[..] else {
                continue;
            };
            let state = state.split(' ').next().unwrap_or_default().to_owned();
            let run = TaskRun { began: began.parse().ok(), ended: ended.parse().ok(), state };
            runs.entry(task.to_owned()).or_default().push(run);
        }
        runs
    }

    /// Returns the lines of `sacct` on all runs of all tasks.
    fn accounts(&self, fields: &str, which: &[&str]) -> String {
        let words = ["-n", "-P", "-X", "-D", "-a", "-S", "now-1days", "-o", fields];
        let mut command = self.cluster.command("sacct");
        let output =
            command.env("SLURM_TIME_FORMAT", "%s").args(words).args(which).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Prints what was written down about jobs of which `sacct` says something else, and its accounts of their tasks.
    pub fn show_disputes(&self, agreement: &AccountAgreement) {
        for (job, task) in &agreement.disputed {
            self.show(&[*job]);
            let fields = "JobID,State,ExitCode,NodeList,Submit,Start,End";
            println!("task {task} by sacct:\n{}", self.accounts(fields, &["-j", task]));
        }
    }

    fn was_submitted_here(&self, submission: &str) -> bool {
        let record = self.study.dir().submissions().join(submission).join("submission.json");
        let record = fs::read(record).unwrap_or_default();
        let record: Value = serde_json::from_slice(&record).unwrap_or_default();
        record["cluster"] == "testbed"
    }
}

impl AccountAgreement {
    /// The share that agrees, in per cent of those that `sacct` knows.
    pub fn per_cent(&self) -> f64 {
        let differ: u32 = self.differ.values().sum();
        100.0 * f64::from(self.agree) / f64::from((self.agree + differ).max(1))
    }

    fn note(
        &mut self,
        (job, attempt): (u32, &Attempt),
        words: &[&str],
        runs: &HashMap<String, TaskRuns>,
    ) {
        let task = attempt.start.slurm.clone().unwrap_or_default();
        let run = runs.get(&task).and_then(|runs| run_of(attempt, runs));
        match run.map(|run| run.state.as_str()) {
            None | Some("RUNNING" | "PENDING" | "SUSPENDED") => self.unknown += 1,
            Some(state) if words.contains(&state) => self.agree += 1,
            Some(state) => {
                let outcome = attempt.end.as_ref().unwrap().outcome;
                let word = format!("{}, and sacct says {state}", JobState::from(outcome).name());
                *self.differ.entry(word).or_default() += 1;
                self.disputed.push((job, task));
            }
        }
    }
}

/// The states of SLURM's that an outcome agrees with; none if it does not follow from the end of a task.
fn words_of_slurm(attempt: &Attempt) -> Option<&'static [&'static str]> {
    match attempt.end.as_ref()?.outcome {
        Outcome::Preempted => Some(&["PREEMPTED", "REQUEUED"]),
        Outcome::Cancelled => Some(&["CANCELLED"]),
        Outcome::NodeFailure => Some(&["NODE_FAIL"]),
        _ => None,
    }
}
