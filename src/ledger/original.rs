//! Says what a copy of a sweep directory makes of the tasks of its original (pure): nothing.

use std::collections::BTreeMap;

use sweep_config::claim::{ClusterSign, SlurmEvidence};
use sweep_config::{DirRelation, SubmissionId};

use super::entry::LedgerEntry;

/// Adds that nothing can be known here of the arrays of other directories: claims in their tasks are kept where
/// they do not show by themselves that they were copied.
pub(super) fn add_foreign_arrays(entries: &[LedgerEntry], evidence: &mut SlurmEvidence) {
    for entry in entries.iter().filter(|entry| !entry.is_own()) {
        for array in entry.accepted_arrays() {
            evidence.add_array(&entry.id.to_string(), array.job_id, ClusterSign::Another, false);
        }
    }
}

/// Returns a sentence for each directory of which this one is a copy, or may be.
pub(super) fn sentences(entries: &[LedgerEntry]) -> Vec<String> {
    let mut originals: BTreeMap<(&str, bool), Vec<SubmissionId>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !entry.is_own()) {
        let named = entry.submission.sweep_dir.as_deref().unwrap_or_default();
        let is_copy = entry.relation == DirRelation::Copied;
        originals.entry((named, is_copy)).or_default().push(entry.id);
    }
    let sentence = |((named, is_copy), ids): (&(&str, bool), &Vec<SubmissionId>)| {
        let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if *is_copy {
            format!(
                "this directory is a copy of `{named}`: the tasks and workers of the original (submission \
                 {ids}) are left alone"
            )
        } else {
            format!(
                "submission {ids} was launched in `{named}`, which is not visible from here: its tasks are \
                 left alone, since this directory may be a copy"
            )
        }
    };
    originals.iter().map(sentence).collect()
}
