//! Finds out whether a job exists already: in the sweep that is being drawn, in the sweep directory, or
//! in another sweep.
//!
//! - `fingerprint` says when two candidates or configs are the same job,
//! - `deduplicator` lets each job into the population once,
//! - `quota` counts the configs of each branch where that is said,
//! - `existing` are the jobs of a sweep directory,
//! - `digest` tells whether its files are those that setup wrote, and its design space the same,
//! - `extension` appends jobs to it,
//! - `lattice` knows the steps that older versions drew numbers in,
//! - `reuse` finds the jobs that other sweeps have done.

mod deduplicator;
mod digest;
mod existing;
pub(crate) mod extension;
pub(crate) mod fingerprint;
mod lattice;
mod quota;
mod reuse;

pub(crate) use deduplicator::{JobDeduplicator, JudgedCandidate};
pub(crate) use digest::{ContentDigest, config_digest, configs_digest};
pub(crate) use existing::ExistingJobs;
pub(crate) use extension::EarlierSetup;
pub(crate) use fingerprint::{JobFingerprint, JobIdentity};
pub(crate) use quota::BranchQuotas;
pub(crate) use reuse::ReusableResults;
