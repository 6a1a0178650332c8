//! File operations whose errors say what was done to which path, and writes that are whole or not.

#![expect(clippy::disallowed_methods, reason = "this is where the path is put into the error")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// A file operation that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`", path.display())]
pub struct FsError {
    /// The operation: "read", "write", "create the directory", …
    pub action: &'static str,
    /// The path.
    pub path: PathBuf,
    /// The error of the system.
    #[source]
    pub source: io::Error,
}

impl FsError {
    /// Wraps an error of the system with the operation and the path.
    pub fn new(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self { action, path: path.to_owned(), source }
    }

    /// True if and only if the path did not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }

    /// Returns true if and only if the same operation may succeed later: the disk or the quota is full,
    /// or the file system does not answer as it should.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        may_pass(&self.source)
    }
}

/// Returns true if and only if an error of the system may pass by itself: no space (`ENOSPC`,
/// `EDQUOT`), a failing disk or server (`EIO`), a stale handle (`ESTALE`).
#[must_use]
pub fn may_pass(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let passing = [Errno::NOSPC, Errno::DQUOT, Errno::IO, Errno::STALE];
    error.raw_os_error().is_some_and(|code| passing.iter().any(|it| it.raw_os_error() == code))
}

/// Reads a whole file as bytes.
pub fn read(path: &Path) -> Result<Vec<u8>, FsError> {
    fs::read(path).map_err(|e| FsError::new("read", path, e))
}

/// Reads a whole file as text; bytes that are not UTF-8 are an error.
pub fn read_to_string(path: &Path) -> Result<String, FsError> {
    fs::read_to_string(path).map_err(|e| FsError::new("read", path, e))
}

/// Makes a directory and those above it; one that exists is fine.
pub fn create_dir_all(path: &Path) -> Result<(), FsError> {
    fs::create_dir_all(path).map_err(|e| FsError::new("create the directory", path, e))
}

/// Renames a file or directory; an existing file is replaced.
pub fn rename(from: &Path, to: &Path) -> Result<(), FsError> {
    fs::rename(from, to).map_err(|e| FsError::new("rename", from, e))
}

/// Removes a file; one that is not there is fine.
pub fn remove_file(path: &Path) -> Result<(), FsError> {
    ignore_missing(fs::remove_file(path)).map_err(|e| FsError::new("remove", path, e))
}

/// Removes a file; true for the one of several processes that removed it.
pub fn remove_once(path: &Path) -> Result<bool, FsError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(FsError::new("remove", path, e)),
    }
}

/// Removes a directory and all below it; one that is not there is fine.
pub fn remove_dir_all(path: &Path) -> Result<(), FsError> {
    ignore_missing(fs::remove_dir_all(path)).map_err(|e| FsError::new("remove", path, e))
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Returns the absolute path of a file that exists, with all links resolved.
///
/// # Errors
///
/// Names the path.
pub fn canonicalize(path: &Path) -> Result<PathBuf, FsError> {
    path.canonicalize().map_err(|e| FsError::new("find", path, e))
}

/// Makes `link` a link to `target`.
///
/// # Errors
///
/// Names the link, above all when something is there.
pub fn symlink(target: &Path, link: &Path) -> Result<(), FsError> {
    std::os::unix::fs::symlink(target, link).map_err(|e| FsError::new("link", link, e))
}

/// Lists the names of a directory's entries, sorted; a missing directory is an error.
///
/// Names that are not UTF-8 cannot be ours and are left out.
pub fn list(dir: &Path) -> Result<Vec<String>, FsError> {
    let failed = |e| FsError::new("list", dir, e);
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        if let Ok(name) = entry.map_err(failed)?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Lists the names of a directory's entries, sorted; a missing directory has none.
pub fn list_or_empty(dir: &Path) -> Result<Vec<String>, FsError> {
    match list(dir) {
        Err(e) if e.is_not_found() => Ok(Vec::new()),
        names => names,
    }
}

/// The readers of a new file; the umask may leave fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileAccess {
    /// All users.
    Everyone,
    /// Its owner and group.
    Group,
    /// Its owner.
    Owner,
}

impl FileAccess {
    /// Returns who may read a file; its owner only if nobody knows.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let mode = fs::metadata(path).map_or(0, |meta| meta.permissions().mode());
        match mode {
            mode if mode & 0o004 != 0 => Self::Everyone,
            mode if mode & 0o040 != 0 => Self::Group,
            _ => Self::Owner,
        }
    }

    fn mode(self) -> u32 {
        match self {
            Self::Everyone => 0o666,
            Self::Group => 0o660,
            Self::Owner => 0o600,
        }
    }
}

/// Writes a whole file: to a temporary file beside it, synced, then renamed over `path`.
///
/// A reader sees the old bytes or the new ones, and so does whoever comes after a crash.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), FsError> {
    write_atomic_with(path, |file| file.write_all(bytes))
}

/// Writes a whole file as [`write_atomic`] does, piece by piece.
pub fn write_atomic_with(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), FsError> {
    put_synced(path, FileAccess::Everyone, write)
}

/// Writes a whole file as [`write_atomic`] does, for these readers, whoever could read the one before.
///
/// # Errors
///
/// Names the path.
pub fn write_atomic_for(path: &Path, bytes: &[u8], readers: FileAccess) -> Result<(), FsError> {
    put_synced(path, readers, |file| file.write_all(bytes))
}

fn put_synced(
    path: &Path,
    readers: FileAccess,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), FsError> {
    put_in_place(path, readers, |file| {
        write(file)?;
        file.sync_all()
    })?;
    sync_dir(parent(path));
    Ok(())
}

/// Replaces a file as [`write_atomic_with`] does, without waiting for the disk: for derived files.
///
/// A reader sees the old bytes or the new ones; after a crash of the machine the file may be damaged.
pub fn replace_with(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), FsError> {
    put_in_place(path, FileAccess::Everyone, write)
}

fn put_in_place(
    path: &Path,
    readers: FileAccess,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), FsError> {
    let failed = |e| FsError::new("write", path, e);
    let mut file = draft_beside(path, readers).map_err(failed)?;
    write(file.as_file_mut()).map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

fn draft_beside(path: &Path, readers: FileAccess) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".tmp-")
        .permissions(fs::Permissions::from_mode(readers.mode()))
        .tempfile_in(parent(path))
}

/// Writes a whole file, synced, if there is none of that name; true if one of those bytes is there then, by whoever wrote it.
///
/// # Errors
///
/// Names the path.
pub fn write_once(path: &Path, bytes: &[u8]) -> Result<bool, FsError> {
    let failed = |e| FsError::new("write", path, e);
    let mut file = draft_beside(path, FileAccess::Everyone).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => sync_dir(parent(path)),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => return Ok(read(path)? == bytes),
        Err(e) => return Err(failed(e.error)),
    }
    Ok(true)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates an empty file; true for the one of several processes that made it.
pub fn create_once(path: &Path) -> Result<bool, FsError> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(FsError::new("create", path, e)),
    }
}

/// Writes a file where no one looks yet, such as a directory that is renamed into place when it is
/// whole: neither atomic nor synced, as fast as the file system goes.
pub fn write_staged(path: &Path, bytes: &[u8]) -> Result<(), FsError> {
    write_staged_for(path, bytes, FileAccess::Everyone)
}

/// Writes a file as [`write_staged`] does, for these readers if there is none of that name.
///
/// # Errors
///
/// Names the path.
pub fn write_staged_for(path: &Path, bytes: &[u8], readers: FileAccess) -> Result<(), FsError> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true).mode(readers.mode());
    let file = unfollowed(&mut options, path, "write")?;
    (&file).write_all(bytes).map_err(|e| FsError::new("write", path, e))
}

/// Opens a file to append to it, and makes it if there is none. A link in its place is an error.
///
/// # Errors
///
/// Names the path and, of a link, where it leads to and what to do.
pub fn open_to_append(path: &Path) -> Result<File, FsError> {
    unfollowed(OpenOptions::new().create(true).read(true).append(true), path, "append to")
}

/// Fails if the path itself is a link: whoever may write beside it could have put it there, to have us write
/// elsewhere with our rights.
///
/// # Errors
///
/// Says where the link leads to and what to do.
pub fn refuse_link(path: &Path) -> Result<(), FsError> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_symlink() => Err(FsError::new("write in", path, link_error(path))),
        _ => Ok(()),
    }
}

/// Opens a file, but not through a link as its last part.
fn unfollowed(
    options: &mut OpenOptions,
    path: &Path,
    action: &'static str,
) -> Result<File, FsError> {
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    options.custom_flags(flags).open(path).map_err(|e| {
        let is_link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
        FsError::new(action, path, if is_link { link_error(path) } else { e })
    })
}

fn link_error(path: &Path) -> io::Error {
    let target = fs::read_link(path).unwrap_or_default();
    io::Error::other(format!(
        "it is a symbolic link to `{}`, and sweepkit does not write its own files through links; check who \
         made it (`ls -l`), remove it and try again",
        target.display()
    ))
}

/// Brings all that was written to the file system of `dir` to the disk: one call instead of one
/// `fsync` for each of a hundred thousand files.
///
/// A file system that cannot do so is left to its own ways.
pub fn sync_file_system(dir: &Path) -> Result<(), FsError> {
    let file = File::open(dir).map_err(|e| FsError::new("open", dir, e))?;
    match rustix::fs::syncfs(&file) {
        Ok(()) | Err(rustix::io::Errno::NOSYS | rustix::io::Errno::INVAL) => Ok(()),
        Err(e) => Err(FsError::new("sync the file system of", dir, e.into())),
    }
}

/// Makes a rename in `dir` last through a power cut, where the file system can.
///
/// Some network file systems cannot sync a directory; the rename itself has happened all the same.
pub fn sync_dir(dir: &Path) {
    if let Ok(dir) = File::open(dir) {
        let _ = dir.sync_all();
    }
}

/// Appends one line to a journal in a single write, and starts on a fresh line where a writer that
/// was killed left half a line behind.
///
/// `line` must not hold a line break. The bytes have reached the kernel when this returns, so that
/// no kill loses them; `sync` asks for the disk as well.
pub fn append_line(path: &Path, line: &str, sync: bool) -> Result<(), FsError> {
    let failed = |e| FsError::new("append to", path, e);
    let mut file = open_to_append(path)?;
    let mut bytes = Vec::with_capacity(line.len() + 2);
    if ends_mid_line(&file).map_err(failed)? {
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    file.write_all(&bytes).map_err(failed)?;
    if sync {
        file.sync_data().map_err(failed)?;
    }
    Ok(())
}

fn ends_mid_line(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::FileExt;
    let len = file.metadata()?.len();
    let mut last = [b'\n'];
    if len > 0 {
        file.read_exact_at(&mut last, len - 1)?;
    }
    Ok(last != [b'\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_once_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        assert!(write_once(&path, b"one").unwrap() && write_once(&path, b"one").unwrap());
        assert!(!write_once(&path, b"two").unwrap());
        assert_eq!(read(&path).unwrap(), b"one");
        assert_eq!(list(dir.path()).unwrap(), ["file"]);
    }

    #[test]
    fn a_line_appended_after_a_torn_one_starts_afresh() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        append_line(&path, "one", false).unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"torn").unwrap();
        append_line(&path, "two", true).unwrap();
        assert_eq!(read_to_string(&path).unwrap(), "one\n{\"torn\ntwo\n");
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("table");
        write_atomic(&path, b"old").unwrap();
        let failed = write_atomic_with(&path, |file| {
            file.write_all(b"half of the n")?;
            Err(io::Error::other("disk full"))
        });
        assert_eq!(failed.unwrap_err().to_string(), format!("cannot write `{}`", path.display()));
        assert_eq!(read(&path).unwrap(), b"old");
        assert_eq!(list(dir.path()).unwrap(), ["table"]);
    }

    #[test]
    fn a_written_file_may_be_read_by_the_group() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (ours, plain) = (dir.path().join("ours"), dir.path().join("plain"));
        write_atomic(&ours, b"").unwrap();
        File::create(&plain).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain), "the user's umask decides, as for any other file");
    }

    #[test]
    fn removing_what_is_not_there_is_fine_and_listing_it_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("gone");
        remove_file(&gone).unwrap();
        remove_dir_all(&gone).unwrap();
        assert!(list(&gone).unwrap_err().is_not_found());
    }
}
