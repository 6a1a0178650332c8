//! The paths of the ledger: the folders of the submissions and the files in them.

use std::path::PathBuf;

use super::SweepDir;
use crate::{JobId, SubmissionId};

impl SweepDir {
    /// The ledger: one folder a submission.
    #[must_use]
    pub fn submissions(&self) -> PathBuf {
        self.root.join("launches")
    }

    /// The folder of one submission.
    #[must_use]
    pub fn submission_dir(&self, submission: SubmissionId) -> PathBuf {
        self.submissions().join(submission.to_string())
    }

    /// The record of a submission ([`SubmissionRecord`](crate::records::SubmissionRecord)).
    #[must_use]
    pub fn submission_record(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("submission.json")
    }

    /// The sweep config that a submission runs with, byte for byte.
    #[must_use]
    pub fn submission_cfg(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("sweep_cfg.yaml")
    }

    /// The script of a job array of a submission ([`JobArray`](crate::records::JobArray)).
    #[must_use]
    pub fn array_script(&self, submission: SubmissionId, array: u32) -> PathBuf {
        self.submission_dir(submission).join(format!("{array:04}.sbatch"))
    }

    /// The record of SLURM's answer to a job array ([`AcceptedArray`](crate::records::AcceptedArray)).
    #[must_use]
    pub fn array_accepted(&self, submission: SubmissionId, array: u32) -> PathBuf {
        self.submission_dir(submission).join(format!("{array:04}.json"))
    }

    /// The task that runs an attempt once more with more memory
    /// ([`AcceptedArray`](crate::records::AcceptedArray)).
    #[must_use]
    pub fn memory_accepted(&self, submission: SubmissionId, job: JobId, attempt: u32) -> PathBuf {
        self.submission_dir(submission).join(format!("memory-{job}-{attempt}.json"))
    }

    /// Why a submission was stopped ([`SubmissionStop`](crate::records::SubmissionStop)); not there while it goes
    /// on.
    #[must_use]
    pub fn stopped(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("stopped.json")
    }

    /// The first failures of a submission, a file a job, until one of its jobs is done.
    #[must_use]
    pub fn first_failures(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("failures")
    }

    /// An empty file that is there once a job of the submission is done.
    #[must_use]
    pub fn proven(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("proven")
    }

    /// An empty file that is there once no job of the submission is left that a task could begin.
    #[must_use]
    pub fn drained(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("drained")
    }

    /// An empty file that is there once a worker of the submission found no further config to suggest.
    #[must_use]
    pub fn exhausted(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("exhausted")
    }

    /// The nodes that failed during a submission: a directory for each.
    #[must_use]
    pub fn nodes(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("nodes")
    }

    /// The attempts of a submission that a node took with it: an empty file for each, whose name
    /// begins with the time.
    #[must_use]
    pub fn node_failures(&self, submission: SubmissionId, node: &str) -> PathBuf {
        self.nodes(submission).join(node)
    }

    /// The jobs that died at once on a node or lived there, for each node of a submission: a directory
    /// with empty files.
    #[must_use]
    pub fn crashes(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("crashes")
    }

    /// The jobs that tasks of a submission were to settle and left to others: an empty file for each.
    #[must_use]
    pub fn left_jobs(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("left")
    }

    /// The tasks of a submission that ended before their worker started: a directory for each node, with an
    /// empty file for each task.
    #[must_use]
    pub fn silent_tasks(&self, submission: SubmissionId) -> PathBuf {
        self.submission_dir(submission).join("silent")
    }

    /// The records of what jobs ran on, for all attempts of a submission or those of workers that
    /// were started by hand.
    #[must_use]
    pub fn environments(&self, submission: Option<SubmissionId>) -> PathBuf {
        submission
            .map_or_else(|| self.logs(), |submission| self.submission_dir(submission))
            .join("environments")
    }
}
