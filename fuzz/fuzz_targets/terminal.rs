//! Whatever a text holds, a terminal shows it and does not act on it, and JSON keeps its meaning.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    sweepkit::app::check_visible(&String::from_utf8_lossy(bytes));
});
