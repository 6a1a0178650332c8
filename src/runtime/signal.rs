//! Names the signals that a sweep config may choose as the warning before a time limit.

use rustix::process::Signal;

const NAMED: [(&str, Signal); 6] = [
    ("USR1", Signal::USR1),
    ("USR2", Signal::USR2),
    ("TERM", Signal::TERM),
    ("INT", Signal::INT),
    ("HUP", Signal::HUP),
    ("CONT", Signal::CONT),
];

/// Returns the signal of this name, given without `SIG`; none if the name is not one of `LAUNCH.SIGNAL`.
pub(crate) fn signal_by_name(name: &str) -> Option<Signal> {
    NAMED.into_iter().find(|(known, _)| *known == name).map(|(_, signal)| signal)
}

/// Returns the name of such a signal.
pub(crate) fn signal_name(signal: Signal) -> Option<&'static str> {
    NAMED.into_iter().find(|(_, known)| *known == signal).map(|(name, _)| name)
}
