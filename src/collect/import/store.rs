//! Puts the files of an import into a sweep directory, all or none of them.
//!
//! A first import is written beside the directory and renamed. A later one writes what has changed to `.import-new`, with
//! a mark when it is whole; then each file takes its place. A kill before the mark leaves the directory as it was; after it,
//! whoever comes next puts the rest in place. No file is ever written through a link.

use std::path::{Path, PathBuf};

use sweep_config::SweepDir;
use sweep_config::fs::{self, FsError};
use sweep_config::lock::FileLock;
use walkdir::WalkDir;

use super::job_files::{ImportedFile, ImportedFiles};
use crate::app::Failure;

/// The mark of a set of files that is whole.
const WHOLE: &str = ".whole";

/// Returns the directory beside a sweep directory in which that is made.
pub(super) fn staging_beside(dir: &Path) -> PathBuf {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    dir.with_file_name(format!(".tmp-import-{name}"))
}

/// Takes the lock of an import into a directory, which is held until it is dropped.
///
/// # Errors
///
/// When another process has it.
pub(super) fn lock(dir: &Path) -> Result<FileLock, Failure> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let path = dir.with_file_name(format!(".tmp-import-{name}.lock"));
    FileLock::try_take(&path)?.ok_or_else(|| {
        Failure::usage(
            format!("another import is writing to `{}`", dir.display()),
            "wait until it has finished",
        )
    })
}

/// Makes a new sweep directory from files that are to be in it, which are named by their paths in `staging`.
///
/// # Errors
///
/// When the file system fails; then there is no sweep directory.
pub(super) fn create(dir: &Path, staging: &Path, files: &ImportedFiles) -> Result<(), FsError> {
    let is_any = |(_, file): &&(PathBuf, ImportedFile)| !file.is_none();
    write(files.iter().filter(is_any))?;
    fs::sync_file_system(staging)?;
    fs::rename(staging, dir)
}

/// Replaces the files of a sweep directory that have changed; returns their number.
///
/// # Errors
///
/// When the file system fails.
pub(super) fn update(dir: &SweepDir, files: ImportedFiles) -> Result<usize, FsError> {
    let staging = dir.import_staging();
    let changed = files.into_iter().filter(|(path, file)| !is_there(path, file));
    let staged = changed.map(|(path, file)| {
        let below = path.strip_prefix(dir.path()).unwrap_or(&path);
        (staging.path().join(below), file)
    });
    let staged: ImportedFiles = staged.collect();
    if staged.is_empty() {
        return Ok(0);
    }
    fs::create_dir_all(staging.path())?;
    write(staged.iter())?;
    fs::sync_file_system(staging.path())?;
    fs::create_once(&staging.path().join(WHOLE))?;
    fs::sync_dir(staging.path());
    finish(dir)?;
    Ok(staged.len())
}

/// Puts the rest of an import that was killed in place, if its files are whole; removes them if not.
///
/// # Errors
///
/// When the file system fails.
pub(super) fn finish(dir: &SweepDir) -> Result<(), FsError> {
    let staging = dir.import_staging();
    if staging.path().join(WHOLE).is_file() {
        let entries = WalkDir::new(staging.path()).into_iter().filter_map(Result::ok);
        let files = entries.filter(|entry| !entry.file_type().is_dir());
        let mut files: Vec<PathBuf> = files
            .filter_map(|entry| entry.path().strip_prefix(staging.path()).ok().map(Path::to_owned))
            .filter(|path| path != Path::new(WHOLE))
            .collect();
        files.sort_by_key(|path| (rank(path), path.clone()));
        for path in files {
            let target = dir.path().join(&path);
            fs::create_dir_all(target.parent().unwrap_or(dir.path()))?;
            let staged = staging.path().join(&path);
            if is_empty(&staged) {
                fs::remove_file(&target)?;
                fs::remove_file(&staged)?;
            } else {
                fs::rename(&staged, &target)?;
            }
        }
        fs::sync_dir(dir.path());
    }
    fs::remove_dir_all(staging.path())
}

/// True if a file stands for one that is to be removed.
fn is_empty(staged: &Path) -> bool {
    staged.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() == 0)
}

/// Returns the place of a file in the order in which they change: first the logs, last what says which jobs there are.
fn rank(path: &Path) -> u8 {
    match path.iter().next().and_then(|first| first.to_str()) {
        Some("logs") => 0,
        Some("cfgs") => 1,
        Some("import.json") => 3,
        _ => 2,
    }
}

/// Writes files where nobody looks yet.
fn write<'f>(files: impl Iterator<Item = &'f (PathBuf, ImportedFile)>) -> Result<(), FsError> {
    let mut folder = PathBuf::new();
    for (path, file) in files {
        let parent = path.parent().unwrap_or(path);
        if parent != folder {
            fs::create_dir_all(parent)?;
            parent.clone_into(&mut folder);
        }
        match file {
            ImportedFile::Text(bytes) => fs::write_staged(path, bytes)?,
            ImportedFile::Link(target) => {
                fs::remove_file(path)?;
                fs::symlink(target, path)?;
            }
        }
    }
    Ok(())
}

/// True if a file is there as it should be.
fn is_there(path: &Path, file: &ImportedFile) -> bool {
    match file {
        file if file.is_none() => path.symlink_metadata().is_err(),
        ImportedFile::Text(bytes) => {
            !path.is_symlink() && fs::read(path).is_ok_and(|there| there == *bytes)
        }
        ImportedFile::Link(target) => path.read_link().is_ok_and(|there| there == *target),
    }
}
