//! The turn to append configs to a sweep that is tuned, which workers take, too.

use std::thread;
use std::time::Duration;

use sweep_config::SweepDir;
use sweep_config::claim::{Claim, Claimant, TurnOutcome};
use sweep_config::fs::FsError;
use sweep_config::records::SetupRecord;

use crate::app::num::saturated;

/// The time between two looks whether another process has made its suggestion.
const POLL: Duration = Duration::from_millis(100);

/// Returns the number of the next job of a sweep.
///
/// # Errors
///
/// When its record cannot be read.
pub(super) fn next_job(dir: &SweepDir) -> Result<u32, FsError> {
    Ok(SetupRecord::read(&dir.setup_json())?.map_or(0, |record| saturated(record.kept)))
}

/// Waits for another process.
pub(super) fn pause() {
    thread::sleep(POLL);
}

/// Waits until it is this process's turn, and takes it.
///
/// # Errors
///
/// When the claims cannot be read or written.
pub(in crate::setup) fn await_turn(dir: &SweepDir) -> Result<Claim, FsError> {
    let mut claimant = Claimant::new()?;
    loop {
        match claimant.take_turn(dir, || next_job(dir))? {
            TurnOutcome::Mine(claim) => return Ok(claim),
            TurnOutcome::Held(_) => pause(),
        }
    }
}
