//! Tells a worker about the SLURM task that it runs in, and asks SLURM on its behalf.
//!
//! A worker outside of SLURM has no task. Which jobs a task runs is decided in the room `queue`.
//!
//! - `slurm_task`: the task, as its environment variables describe it,
//! - `deadline`: when a program is warned and asked to end before the task does (pure),
//! - `pack`, `binding`: several jobs of a task side by side, each with its share of it,
//! - `hooks`, `slurm_hooks`: what a worker asks of its cluster, and how SLURM is asked.

pub(super) mod binding;
pub(super) mod deadline;
pub(super) mod hooks;
pub(super) mod pack;
pub(super) mod slurm_hooks;
pub(super) mod slurm_task;
