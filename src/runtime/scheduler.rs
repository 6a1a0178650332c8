//! Reaches the user's cluster: the one place that decides which scheduler is asked, and how patiently.

use std::time::Duration;

use crate::slurm::Slurm;

/// How long SLURM may take to answer a question whose answer the caller can do without.
const HASTE: Duration = Duration::from_secs(10);

/// Returns the scheduler for requests that must succeed: it is asked again while it is busy.
pub(crate) fn scheduler() -> Slurm {
    Slurm::default()
}

/// Returns the scheduler for questions whose answer the caller can do without: it is asked once.
pub(crate) fn hasty_scheduler() -> Slurm {
    scheduler().within(HASTE).once()
}
