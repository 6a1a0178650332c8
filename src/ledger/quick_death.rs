//! Tells attempts that died at once, as any job would on a broken node, from those that lived (pure).

use sweep_config::records::{AttemptEnd, Outcome, PermanentCause};

/// The seconds within which a program that fails may have met a broken node: another node tries its
/// job first.
pub(crate) const QUICK_DEATH: f64 = 10.0;

/// Returns true if and only if an attempt that has ended was such a quick death.
pub(crate) fn died_at_once(end: &AttemptEnd) -> bool {
    is_quick_death(end.outcome, end.seconds, end.cause)
}

/// Returns true if an attempt failed as any job would on a broken node; a loss that is not a number
/// is the job's own fault.
pub(crate) fn is_quick_death(
    outcome: Outcome,
    seconds: f64,
    cause: Option<PermanentCause>,
) -> bool {
    outcome == Outcome::Failed && seconds < QUICK_DEATH && cause != Some(PermanentCause::NotANumber)
}

/// Returns true if and only if an attempt shows that its node runs jobs, however it ended.
pub(crate) fn has_lived(outcome: Outcome, seconds: f64) -> bool {
    outcome == Outcome::Done || seconds >= QUICK_DEATH
}
