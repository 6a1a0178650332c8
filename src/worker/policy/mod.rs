//! Decides what follows from how attempts ended: whether a job is tried again, whether this worker or
//! the whole submission goes on.
//!
//! It does not find out how an attempt ended or why: that is the room `attempt`.
//!
//! - `retry`: whether a job is tried again, and how soon (pure),
//! - `budget`: how much more a worker may do (pure),
//! - `stand_in`: whether a task goes on in place of others that are gone (pure),
//! - `node_watch`: whether the node is fit, and whether a task leaves its jobs to others,
//! - `breaker`: stops a submission whose jobs all fail in the same way.

pub(super) mod breaker;
pub(super) mod budget;
pub(super) mod node_watch;
pub(super) mod retry;
pub(super) mod stand_in;
