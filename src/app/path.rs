//! Programs: in `PATH`, and this one.

use std::ffi::OsString;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Finds the program of that name in `PATH`.
#[must_use]
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| {
        file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    })
}

/// Returns the words that start this very program again: its file, and in the binary of several stages the name of the
/// one that it is.
///
/// # Errors
///
/// When the file of this process cannot be found.
pub fn this_program(binary: &str) -> io::Result<Vec<OsString>> {
    let stage = std::env::args_os().nth(1).filter(|word| word == binary);
    Ok(std::iter::once(std::env::current_exe()?.into()).chain(stage).collect())
}
