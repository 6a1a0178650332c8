//! Finds the source files of the workspace's members and tells their crate, module and room.

use std::path::{Path, PathBuf};
use std::{fs, io};

use walkdir::{DirEntry, WalkDir};

/// A failure to read the sources.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// A file or folder cannot be read.
    #[error("{}: {error}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// A file is not Rust.
    #[error("{}: {error}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// The parser's reason.
        error: syn::Error,
    },
    /// A file lies in no crate.
    #[error("{}: no Cargo.toml above it", .0.display())]
    NoCrate(PathBuf),
    /// The output cannot be written.
    #[error("stdout: {0}")]
    Output(#[from] io::Error),
}

/// A source file before it is parsed.
#[derive(Debug)]
pub(crate) struct SourceText {
    /// The path below the root of the workspace.
    pub(crate) path: PathBuf,
    /// The folder of its crate below the root, `.` for the root itself.
    pub(crate) member: String,
    /// Its module path in the crate, empty for the crate's root.
    pub(crate) module: Vec<String>,
    /// Its text.
    pub(crate) text: String,
}

/// Returns the sources of all crates below `root`, in the order of their paths. Tests and benches are
/// left out.
pub(crate) fn sources(root: &Path) -> Result<Vec<SourceText>, SourceError> {
    let mut found = Vec::new();
    let entries = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || is_wanted(entry)) {
        let entry = entry.map_err(|error| SourceError::Read {
            path: error.path().unwrap_or(root).to_path_buf(),
            error: error.into(),
        })?;
        if entry.file_type().is_file() {
            found.push(source(root, entry.path())?);
        }
    }
    Ok(found)
}

/// Tells folders to enter and files to read from the rest.
fn is_wanted(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    if entry.file_type().is_dir() {
        return !name.starts_with('.')
            && !matches!(&*name, "target" | "tests" | "benches" | "fuzz" | "node_modules");
    }
    name.ends_with(".rs") && name != "tests.rs" && name != "build.rs"
}

/// Reads a file and places it in its crate.
fn source(root: &Path, file: &Path) -> Result<SourceText, SourceError> {
    let text = read(file)?;
    let path = file.strip_prefix(root).unwrap_or(file).to_path_buf();
    let member = path
        .ancestors()
        .skip(1)
        .find(|folder| root.join(folder).join("Cargo.toml").is_file())
        .ok_or_else(|| SourceError::NoCrate(path.clone()))?;
    let inner = path.strip_prefix(member.join("src")).unwrap_or(&path);
    let module = module_of(inner);
    let member =
        if member.as_os_str().is_empty() { ".".into() } else { member.to_string_lossy().into() };
    Ok(SourceText { path, member, module, text })
}

/// Reads a file as text.
pub(crate) fn read(path: &Path) -> Result<String, SourceError> {
    let bytes =
        fs::read(path).map_err(|error| SourceError::Read { path: path.to_path_buf(), error })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the module path of a file below `src`.
fn module_of(inner: &Path) -> Vec<String> {
    let mut module: Vec<String> =
        inner.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}
