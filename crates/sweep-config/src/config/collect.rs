//! `COLLECT`: how to gather what the jobs logged.

use super::section::Section;

/// `COLLECT`.
#[derive(Debug, Clone, PartialEq)]
pub struct Collect {
    /// `CHECKPOINTS_KEEP`.
    pub checkpoints_keep: CheckpointsKeep,
}

/// `COLLECT.CHECKPOINTS_KEEP`: which checkpoints of a job that is done stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointsKeep {
    /// All.
    All,
    /// The last one of each job.
    Last,
    /// None.
    None,
}

const KEEP: [(&str, CheckpointsKeep); 3] = [
    ("all", CheckpointsKeep::All),
    ("last", CheckpointsKeep::Last),
    ("none", CheckpointsKeep::None),
];

pub(super) fn decode(section: Section<'_>) -> Collect {
    let checkpoints_keep = section.one_of("CHECKPOINTS_KEEP", &KEEP, CheckpointsKeep::Last);
    section.finish();
    Collect { checkpoints_keep }
}
