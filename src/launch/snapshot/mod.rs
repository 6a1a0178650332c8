//! The copy of the user's code that the jobs run from.
//!
//! - `mod`: which files (by `.gitignore` and `.sweepignore`) and whether they are few enough,
//! - `copy`: makes the copy, whole or not at all,
//! - `changes`: how it differs from the one that is there,
//! - `git`: which commit it is, and what is not committed.

mod changes;
mod copy;
mod git;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use sweep_config::SweepDir;

use crate::app::{Failure, count};

pub(super) use changes::SnapshotChanges;

/// The file of further ignore rules in the syntax of `.gitignore`, over which they win.
const OWN_RULES: &str = ".sweepignore";

/// The number of the largest paths that are named if the copy would be too large.
const NAMED: usize = 5;

/// The files and links to copy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SnapshotPlan {
    /// The directory of the code, absolute.
    source: PathBuf,
    /// The items in the order of their paths.
    items: Vec<SnapshotItem>,
    bytes: u64,
}

/// A file or link below the source.
#[derive(Debug, Clone, PartialEq)]
struct SnapshotItem {
    /// The path relative to the source.
    path: PathBuf,
    kind: ItemKind,
}

#[derive(Debug, Clone, PartialEq)]
enum ItemKind {
    File { bytes: u64 },
    Link { target: PathBuf },
}

impl SnapshotPlan {
    /// Plans to copy everything below `source` that no rule leaves out, but for `.git` and the sweep's own
    /// directory. Links stay links; what is neither file nor link nor directory is left out.
    ///
    /// # Errors
    ///
    /// When something cannot be read, or it is more than `max_mb` millions of bytes.
    pub(super) fn new(source: &Path, dir: &SweepDir, max_mb: u64) -> Result<Self, Failure> {
        let source = sweep_config::fs::canonicalize(source)?;
        let sweep = dir.path().canonicalize().unwrap_or_else(|_| dir.path().to_owned());
        let mut items = Vec::new();
        for entry in walk(&source, sweep) {
            let entry = entry.map_err(|e| unreadable(&source, &e.to_string()))?;
            items.extend(item(&source, &entry)?);
        }
        items.sort_by(|a, b| a.path.cmp(&b.path));
        let bytes = items.iter().map(SnapshotItem::bytes).sum();
        let plan = Self { source, items, bytes };
        if bytes > max_mb.saturating_mul(1_000_000) {
            return Err(plan.too_large(max_mb));
        }
        Ok(plan)
    }

    /// Formats the size: `214 files, 1.3 MB`.
    pub(super) fn size(&self) -> String {
        format!("{}, {}", count(self.items.len(), "file"), megabytes(self.bytes))
    }

    fn too_large(&self, max_mb: u64) -> Failure {
        let mut sizes: BTreeMap<PathBuf, u64> = BTreeMap::new();
        for item in &self.items {
            // A directory with much in it says more than each of its files.
            let top = item.path.components().take(2).collect();
            *sizes.entry(top).or_default() += item.bytes();
        }
        let mut largest: Vec<(PathBuf, u64)> = sizes.into_iter().collect();
        largest.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let named = largest.iter().take(NAMED);
        let named =
            named.map(|(path, bytes)| format!("`{}` ({})", path.display(), megabytes(*bytes)));
        let message = format!(
            "LAUNCH.CODE_DIR: the copy of `{}` would be {}, more than LAUNCH.CODE_MAX_MB {max_mb}; the \
             largest files are {}",
            self.source.display(),
            self.size(),
            named.collect::<Vec<_>>().join(", ")
        );
        let hint = format!(
            "list what the jobs do not need in a file `{OWN_RULES}` there (same syntax as .gitignore)"
        );
        Failure::usage(message, hint)
    }
}

impl SnapshotItem {
    fn bytes(&self) -> u64 {
        match self.kind {
            ItemKind::File { bytes } => bytes,
            ItemKind::Link { .. } => 0,
        }
    }
}

fn walk(source: &Path, sweep: PathBuf) -> impl Iterator<Item = Result<DirEntry, ignore::Error>> {
    let wanted = move |entry: &DirEntry| entry.file_name() != ".git" && entry.path() != sweep;
    let mut builder = WalkBuilder::new(source);
    builder.hidden(false).ignore(false).require_git(false).follow_links(false);
    // Rules further up are those of a repository, not of a home directory above the code.
    builder.parents(source.ancestors().any(|dir| dir.join(".git").exists()));
    builder.add_custom_ignore_filename(OWN_RULES).filter_entry(wanted);
    builder.build()
}

/// Lists every file and link below a directory, whatever the ignore rules.
fn walk_all(source: &Path) -> Result<Vec<SnapshotItem>, Failure> {
    let mut items = Vec::new();
    for entry in WalkBuilder::new(source).standard_filters(false).build() {
        let entry = entry.map_err(|e| unreadable(source, &e.to_string()))?;
        items.extend(item(source, &entry)?);
    }
    Ok(items)
}

fn item(source: &Path, entry: &DirEntry) -> Result<Option<SnapshotItem>, Failure> {
    let Some(kind) = entry.file_type() else { return Ok(None) };
    let Ok(path) = entry.path().strip_prefix(source) else { return Ok(None) };
    let failed = |e: &dyn std::fmt::Display| unreadable(entry.path(), &e.to_string());
    let kind = if kind.is_file() {
        ItemKind::File { bytes: entry.metadata().map_err(|e| failed(&e))?.len() }
    } else if kind.is_symlink() {
        let target = std::fs::read_link(entry.path()).map_err(|e| failed(&e))?;
        ItemKind::Link { target: from_the_copy(source, entry.path(), target) }
    } else {
        return Ok(None);
    };
    Ok(Some(SnapshotItem { path: path.to_owned(), kind }))
}

/// Returns the target by which a link leads to the same place from the copy: a relative one out of
/// the code would lead elsewhere.
fn from_the_copy(source: &Path, link: &Path, target: PathBuf) -> PathBuf {
    let mut place = link.parent().unwrap_or(source).to_owned();
    for part in target.components() {
        match part {
            Component::ParentDir => drop(place.pop()),
            Component::CurDir => {}
            part => place.push(part),
        }
    }
    if place.starts_with(source) { target } else { place }
}

fn unreadable(path: &Path, why: &str) -> Failure {
    let message = format!("LAUNCH.CODE_DIR: cannot read `{}`: {why}", path.display());
    Failure::usage(message, format!("make it readable, or list it in `{OWN_RULES}`"))
}

/// Formats bytes in millions, as `CODE_MAX_MB` counts.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests;
