//! Times and hosts as records name them.

use jiff::{Timestamp, Unit};

/// Returns the current time, RFC 3339 in UTC with milliseconds.
#[must_use]
pub fn now() -> String {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now).to_string()
}

/// Returns the current time in seconds since 1970.
#[must_use]
pub fn unix_seconds() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)
}

/// Returns the name of this host.
#[must_use]
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
