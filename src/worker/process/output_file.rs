//! Opens the files that have what programs print.

use std::fs::File;
use std::io;
use std::path::Path;

use sweep_config::fs;

/// Opens a file to which the output of a program is appended.
///
/// # Errors
///
/// When it cannot be, above all if it is a link.
pub(super) fn append_to(path: &Path) -> io::Result<File> {
    fs::open_to_append(path).map_err(|error| match error.source.raw_os_error() {
        // Whoever waits for a full disk knows it by its number.
        Some(_) if error.may_pass() => error.source,
        _ => io::Error::other(format!("{error}: {}", error.source)),
    })
}
