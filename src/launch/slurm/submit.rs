//! Submits the arrays of a submission to SLURM, and records its answer to each.

use std::path::PathBuf;

use sweep_config::records::{AcceptedArray, JobArray};
use sweep_config::{SubmissionId, SweepDir};

use crate::app::{Failure, Printer, now, progress};
use crate::ledger::write_accepted;
use crate::slurm::Slurm;

const TEMPLATE: &str = "{wide_bar} {pos}/{len} arrays submitted";

/// The outcome of submitting the arrays.
#[derive(Debug)]
pub(super) struct SubmitOutcome {
    /// SLURM's numbers of the arrays that it took, in order.
    pub(super) ids: Vec<u64>,
    /// The refusal of the next array, after which no more were submitted.
    pub(super) refused: Option<Failure>,
    /// True if SLURM certainly did not take that one.
    pub(super) is_certain: bool,
}

/// Submits all arrays in turn, until one is refused.
///
/// The entry of the ledger, with the unique name of each array, is on disk before the first call,
/// and each number right after its own, so that whatever ends this process loses none: an array
/// whose number could not be written down is found again by its name.
///
/// # Errors
///
/// When the ledger cannot be written. What was submitted stays submitted.
pub(super) fn submit(
    slurm: &Slurm,
    dir: &SweepDir,
    submission: SubmissionId,
    parts: &[JobArray],
    printer: Printer,
) -> Result<SubmitOutcome, Failure> {
    // A login that breaks off must not stop half-way: there is nobody to go on.
    let _ignored =
        signal_hook::flag::register(signal_hook::consts::SIGHUP, std::sync::Arc::default());
    let bar = progress::bar(parts.len() as u64, TEMPLATE, printer.is_quiet() || parts.len() < 2);
    let mut submitted = SubmitOutcome { ids: Vec::new(), refused: None, is_certain: false };
    let mut canary = None;
    for part in parts {
        let script: PathBuf = dir.array_script(submission, part.number);
        let accepted = match slurm.submit(&script, &options(part, canary), &[], &part.name) {
            Ok(accepted) => accepted,
            Err(error) => {
                submitted.is_certain = error.is_refusal();
                submitted.refused = Some(error.into());
                break;
            }
        };
        let record = AcceptedArray {
            name: part.name.clone(),
            job_id: accepted.id,
            cluster: accepted.cluster,
            submitted: now(),
        };
        write_accepted(&dir.array_accepted(submission, part.number), &record)?;
        submitted.ids.push(record.job_id);
        if part.canary {
            canary = Some(record.job_id);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(submitted)
}

/// Returns the dependency on the canary: the other arrays wait for it, and are removed if it fails.
fn options(part: &JobArray, canary: Option<u64>) -> Vec<String> {
    match canary {
        Some(id) if !part.canary => {
            vec![format!("--dependency=afterok:{id}"), "--kill-on-invalid-dep=yes".to_owned()]
        }
        _ => Vec::new(),
    }
}
