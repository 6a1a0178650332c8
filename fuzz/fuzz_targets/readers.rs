//! Whatever a job's log holds, every reader of it ends, and reading it in two pieces is reading it.
//!
//! The first byte of the input says which reader, the second where the log is cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let [reader, cut, log @ ..] = bytes {
        sweepkit::collect::fuzzing::read(*reader, *cut, log);
    }
});
