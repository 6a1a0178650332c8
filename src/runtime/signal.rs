//! Names the signals that a sweep config may choose as the warning before a time limit.

use rustix::process::Signal;

/// Returns the signal of this name, given without `SIG`; none if the name is not one of `LAUNCH.SIGNAL`.
pub(crate) fn signal_by_name(name: &str) -> Option<Signal> {
    Some(match name {
        "USR1" => Signal::USR1,
        "USR2" => Signal::USR2,
        "TERM" => Signal::TERM,
        "INT" => Signal::INT,
        "HUP" => Signal::HUP,
        "CONT" => Signal::CONT,
        _ => return None,
    })
}
