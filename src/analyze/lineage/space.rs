//! Tells whether two sweeps draw from one design space, by their stored configs.

use sweep_config::records::SetupRecord;
use sweep_config::{Sweep, SweepDir};

use super::changes::{ChangedKey, FlatConfig, changes, flat};

/// Returns true if two sweeps draw their configs from the same design space; false if that is not known.
pub(crate) fn is_same_space(one: &SweepDir, other: &SweepDir) -> bool {
    let both = stored(one).zip(stored(other));
    both.is_some_and(|(from, to)| !changes(&from, &to).iter().any(ChangedKey::is_of_space))
}

/// Returns the stored config of a sweep with its overrides; `None` where it cannot be read.
fn stored(dir: &SweepDir) -> Option<FlatConfig> {
    let record = SetupRecord::read(&dir.setup_json()).ok().flatten();
    let overrides = record.map(|record| record.overrides).unwrap_or_default();
    Some(flat(&Sweep::load(&dir.sweep_cfg(), &overrides).ok()?))
}
