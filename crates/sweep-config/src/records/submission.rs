//! The records of a submission: what was to run, and what became of it.

use serde::{Deserialize, Serialize};

use crate::JobId;

/// `launches/000001/submission.json`: one call of `sweep_launch` that was confirmed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SubmissionRecord {
    /// [`FORMAT_VERSION`](super::FORMAT_VERSION) of the writer.
    pub format_version: u32,
    /// The version of the toolkit.
    pub tool_version: String,
    /// `local` or `slurm`.
    pub executor: String,
    /// The time of the confirmation, RFC 3339 in UTC.
    pub submitted: String,
    /// The host of the call.
    pub host: String,
    /// The cluster that it was submitted on, as SLURM calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The user who submitted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The sweep directory at that time, an absolute path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep_dir: Option<String>,
    /// The command template, as the config has it (or the default).
    pub command: String,
    /// The directory that the jobs run in.
    pub code_dir: String,
    /// The number of workers at once.
    pub workers: usize,
    /// The numbers of its jobs, as sorted, inclusive ranges.
    pub jobs: Vec<(u32, u32)>,
    /// True if jobs that are appended to the sweep later are its own too: it was to run all.
    #[serde(default)]
    pub takes_new: bool,
    /// The job arrays that it is to be submitted as, in their order; none on this machine.
    #[serde(default, rename = "parts", skip_serializing_if = "Vec::is_empty")]
    pub arrays: Vec<JobArray>,
    /// The `--set` arguments, as typed.
    pub overrides: Vec<String>,
}

/// A job array of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobArray {
    /// Its number in the submission, from 0.
    pub number: u32,
    /// The job name that SLURM knows it by; no other submission has it.
    pub name: String,
    /// The partition; empty for the cluster's default.
    pub partition: String,
    /// The number of its tasks, whose indices count from 0.
    pub tasks: u32,
    /// The number of tasks that may run at once.
    pub parallel: u32,
    /// The number of jobs that a task runs side by side.
    #[serde(default = "one")]
    pub slots: u32,
    /// The number of jobs that each slot may settle; 0 for as many as its time allows, and to start again
    /// while there are more, where the cluster takes fewer tasks than the jobs would need.
    pub quota: u32,
    /// Its jobs, as sorted, inclusive ranges: task `i` begins with the `i`-th portion of them.
    pub jobs: Vec<(u32, u32)>,
    /// True if it runs its own jobs only, and the arrays after it wait until all of them are done.
    #[serde(default)]
    pub canary: bool,
}

fn one() -> u32 {
    1
}

impl JobArray {
    /// Returns the numbers of the jobs that a task begins with, in order; empty beyond the last task.
    #[must_use]
    pub fn portion(&self, task: u32) -> Vec<u32> {
        let jobs = || self.jobs.iter().flat_map(|&(first, last)| first..=last);
        let total: usize = self.jobs.iter().map(|(first, last)| (last - first) as usize + 1).sum();
        let size = total.div_ceil(self.tasks.max(1) as usize);
        jobs().skip(size.saturating_mul(task as usize)).take(size).collect()
    }
}

impl SubmissionRecord {
    /// True if a job is one of its jobs.
    #[must_use]
    pub fn has(&self, job: JobId) -> bool {
        let after = self.jobs.partition_point(|(first, _)| *first <= job.0);
        after > 0 && job.0 <= self.jobs[after - 1].1
    }
}

/// `launches/000001/0000.json`: SLURM's answer to a [`JobArray`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedArray {
    /// The array's unique name.
    pub name: String,
    /// The number of the array.
    pub job_id: u64,
    /// The cluster, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The time, RFC 3339 in UTC.
    pub submitted: String,
}

/// `launches/000001/stopped.json`: why no job of a submission is started any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionStop {
    /// The reason, in a sentence.
    pub reason: String,
    /// A job that shows it.
    pub example: u32,
    /// The time, RFC 3339 in UTC.
    pub stopped: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tasks_of_a_part_share_its_jobs() {
        let part = JobArray {
            number: 0,
            name: String::new(),
            partition: String::new(),
            tasks: 3,
            parallel: 3,
            slots: 1,
            quota: 1,
            jobs: vec![(0, 1), (5, 6), (9, 9)],
            canary: false,
        };
        let portions: Vec<Vec<u32>> = (0..4).map(|task| part.portion(task)).collect();
        assert_eq!(portions, [vec![0, 1], vec![5, 6], vec![9], vec![]]);
    }
}
