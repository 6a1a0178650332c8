//! Why jobs failed: the error that ended each of them, and what those with one error have in common
//! (pure).
//!
//! [`fingerprint`] finds the one telling error in the end of a job's `stderr.log`, and a text that is
//! the same for failures that have one reason. [`common`] compares a group of such jobs with the
//! others: which value of their configs they have, or which node, that the others have not. Neither
//! says what to do; neither decides whether a job is tried again (that is the worker's affair).

mod chosen;
mod cluster;
mod common;
mod crash;
mod fingerprint;
mod fisher;
mod group;
mod line;
mod said;
mod traceback;

use crate::app::normal;
use common::{Column, Feature, Trait, common};
pub(crate) use fingerprint::{Cause, cause};
pub(crate) use group::{Group, Sampled, groups};
