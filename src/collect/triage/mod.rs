//! Groups the failed jobs by cause, and finds what each group has in common (pure).
//!
//! [`groups`] puts together the jobs whose failures are alike. `common` compares each group with the
//! other jobs: which value of their configs, or which node, its jobs have that the others have not.
//! Neither says what to do, nor decides whether a job is tried again, which is the worker's affair.

mod common;
mod fisher;
mod group;

pub(crate) use group::{FailureGroup, groups};
