//! Whether the outcomes that follow from the end of a task agree with SLURM's accounts.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use jiff::Timestamp;
use serde_json::Value;

use crate::arena::Arena;
use crate::journals::JobHistory;
use sweep_config::records::{Attempt, Outcome};

/// How many outcomes agree with `sacct`.
#[derive(Debug, Default)]
pub struct AccountAgreement {
    pub agree: u32,
    /// The others: `preempted, and sacct says COMPLETED`.
    pub differ: BTreeMap<String, u32>,
    /// Attempts of whose run `sacct` knows no end.
    pub unknown: u32,
}

/// One run of a task: when it began and ended, in seconds of the epoch, and its state.
type TaskRun = (i64, i64, String);

impl Arena<'_> {
    /// Compares all preempted, cancelled and node-failure attempts in tasks of the cluster that keeps accounts.
    pub fn compare_accounts(&self, histories: &[JobHistory]) -> AccountAgreement {
        let runs = self.task_runs();
        let mut agreement = AccountAgreement::default();
        let mut here = HashMap::new();
        for attempt in histories.iter().flat_map(|it| &it.attempts) {
            let submission = attempt.start.submission.clone();
            let is_here =
                here.entry(submission).or_insert_with_key(|it| self.was_submitted_here(it));
            if let (Some(words), true) = (words_of_slurm(attempt), *is_here) {
                agreement.note(attempt, words, &runs);
            }
        }
        agreement
    }

    fn task_runs(&self) -> HashMap<String, Vec<TaskRun>> {
        let fields = "JobID,State,Start,End";
        let words = ["-n", "-P", "-X", "-D", "-a", "-S", "now-1days", "-o", fields];
        let mut command = self.cluster.command("sacct");
        let output = command.env("SLURM_TIME_FORMAT", "%s").args(words).output().unwrap();
        let mut runs: HashMap<String, Vec<TaskRun>> = HashMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let [task, state, start, end] = line.split('|').collect::<Vec<_>>()[..] else {
                continue;
            };
            if let (Ok(start), Ok(end)) = (start.parse(), end.parse()) {
                let state = state.split(' ').next().unwrap_or_default().to_owned();
                runs.entry(task.to_owned()).or_default().push((start, end, state));
            }
        }
        runs
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

    fn note(&mut self, attempt: &Attempt, words: &[&str], runs: &HashMap<String, Vec<TaskRun>>) {
        let began = attempt.start.started.parse::<Timestamp>().unwrap().as_second();
        let of_task = attempt.start.slurm.as_ref().and_then(|task| runs.get(task));
        let run = of_task.and_then(|runs| {
            runs.iter().rev().find(|(start, end, _)| (*start..=*end).contains(&began))
        });
        match run {
            None => self.unknown += 1,
            Some((.., state)) if words.contains(&state.as_str()) => self.agree += 1,
            Some((.., state)) => {
                let outcome = attempt.end.as_ref().map(|end| end.outcome);
                let word = format!("{outcome:?}, and sacct says {state}");
                *self.differ.entry(word).or_default() += 1;
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
