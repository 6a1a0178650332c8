//! The folder of the claims of one thing: a job's directory, or that of the suggestions.

use std::path::PathBuf;

use crate::dir::{claim_draft_in, claim_in};
use crate::{JobId, SweepDir};

/// The place where claims of one thing lie.
#[derive(Debug)]
pub(super) struct ClaimFolder<'a> {
    pub(super) dir: &'a SweepDir,
    pub(super) path: PathBuf,
}

impl<'a> ClaimFolder<'a> {
    /// Returns the folder of a job's claims.
    pub(super) fn of_job(dir: &'a SweepDir, job: JobId) -> Self {
        Self { dir, path: dir.out_dir(job) }
    }

    /// Returns the folder of the claims of suggestions.
    pub(super) fn of_suggestions(dir: &'a SweepDir) -> Self {
        Self { dir, path: dir.suggestions() }
    }

    /// Returns the path of a claim.
    pub(super) fn claim(&self, number: u32) -> PathBuf {
        claim_in(&self.path, number)
    }

    /// Returns the path of the file that is linked to the name of a claim; `token` is the claim's own.
    pub(super) fn draft(&self, token: &str) -> PathBuf {
        claim_draft_in(&self.path, token)
    }
}
