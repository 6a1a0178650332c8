//! `--cancel`, `--hold`, `--release`: actions on tasks that are in the queue already.

use sweep_config::{Sweep, SweepDir};

use crate::app::{Exit, Failure, Printer, count};
use crate::ledger::{ArraySnapshot, QueueSnapshot};
use crate::slurm::Slurm;

/// An action on the tasks of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueAction {
    /// Ends running tasks, and removes the others from the queue.
    Cancel,
    /// Starts none of the waiting tasks.
    Hold,
    /// Starts held tasks after all.
    Release,
}

/// Applies an action to all tasks that the ledger names and SLURM still has.
///
/// SLURM reuses numbers of arrays after a long time; so the unique name is compared too.
///
/// # Errors
///
/// When SLURM does not answer or refuses.
pub(in crate::launch) fn control(
    sweep: &Sweep,
    action: QueueAction,
    slurm: &Slurm,
    printer: Printer,
) -> Result<Exit, Failure> {
    let dir = SweepDir::new(sweep.dir().path());
    let snapshot = QueueSnapshot::take(&dir, slurm)?;
    snapshot.remarks().into_iter().for_each(|remark| printer.note(remark));
    let has = |array: &&ArraySnapshot| match action {
        QueueAction::Cancel => !array.pending.is_empty() || !array.active.is_empty(),
        QueueAction::Hold | QueueAction::Release => !array.pending.is_empty(),
    };
    let arrays: Vec<&ArraySnapshot> = snapshot.arrays.iter().filter(has).collect();
    if arrays.is_empty() {
        printer.note("This sweep has no tasks in the queue.");
        return Ok(Exit::Done);
    }
    let ids: Vec<u64> = arrays.iter().map(|array| array.id).collect();
    let waiting: usize = arrays.iter().map(|array| array.pending.len()).sum();
    let running: usize = arrays.iter().map(|array| array.active.len()).sum();
    match action {
        QueueAction::Cancel => slurm.cancel(&ids, false)?,
        QueueAction::Hold => slurm.hold(&ids)?,
        QueueAction::Release => slurm.release(&ids)?,
    }
    let waiting = count(waiting, "waiting task");
    printer.data(match action {
        QueueAction::Cancel => format!("cancelled: {waiting}, {running} running"),
        QueueAction::Hold => format!("held: {waiting}; {running} running tasks continue"),
        QueueAction::Release => format!("released: {waiting}"),
    });
    Ok(Exit::Done)
}
