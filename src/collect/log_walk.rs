//! Walks through a job's directory for logs: how deep, and into which folders.

use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::cache::FileStamp;

/// The greatest depth of a log that nobody named: four directories below the job's
/// (`runs/a/lightning_logs/version_0/metrics.csv`).
const DEPTH: usize = 5;

/// The number of entries of a job's directories that are looked at: a data set that somebody unpacked
/// there holds no logs.
const ENTRIES: usize = 10_000;

/// Their number where `FILES` lead somewhere.
const NAMED_ENTRIES: usize = 200_000;

/// Directories that hold no logs and may hold very many files.
const PASSED_OVER: [&str; 4] = ["checkpoints", "code", "wandb", "__pycache__"];

/// Those of them that are looked through for a job that has no record elsewhere, and how deep.
const OPENED: [&str; 2] = ["checkpoints", "wandb"];
const FURTHER_DEPTH: usize = 8;

/// The folders that logs are looked for in.
#[derive(Debug, Default)]
pub(super) struct WalkReach {
    /// Usual files are wanted, down to [`DEPTH`].
    has_usual: bool,
    /// Folders that may hold very many files are looked through, too.
    is_further: bool,
    named: Vec<NamedFolder>,
}

/// The folder that a pattern of `FILES` leads to.
#[derive(Debug)]
struct NamedFolder {
    /// The folders before the first wildcard.
    parts: Vec<String>,
    /// All folders below it may hold the file.
    goes_on: bool,
    /// The pattern has `**`, so that hidden folders are meant as well.
    is_deep: bool,
}

impl WalkReach {
    /// Returns the folders of a job that has no record in the usual files.
    pub(super) fn further() -> Self {
        Self { has_usual: true, is_further: true, named: Vec::new() }
    }

    /// Adds the usual files of a format.
    pub(super) fn add_usual(&mut self) {
        self.has_usual = true;
    }

    /// Adds a pattern of `FILES`.
    pub(super) fn add(&mut self, glob: &str) {
        let is_plain = |part: &&str| !part.contains(['*', '?', '[', '{']);
        let parts: Vec<&str> = glob.split('/').collect();
        let folders = &parts[..parts.len() - 1];
        let plain: Vec<String> =
            folders.iter().copied().take_while(|part| is_plain(part)).map(str::to_owned).collect();
        // A star stands for slashes, too.
        let goes_on = plain.len() < folders.len() || !parts.last().is_none_or(is_plain);
        self.named.push(NamedFolder { parts: plain, goes_on, is_deep: glob.contains("**") });
    }

    fn entries(&self) -> usize {
        if self.named.is_empty() { ENTRIES } else { NAMED_ENTRIES }
    }

    /// True if a folder may hold a log.
    fn contains(&self, folder: &DirEntry, below: &Path) -> bool {
        let is_hidden = |name: &str| name.starts_with('.') || PASSED_OVER.contains(&name);
        let parts: Vec<&str> = below.iter().filter_map(|part| part.to_str()).collect();
        let is_open = !parts.last().is_none_or(|name| is_hidden(name));
        let is_opened = self.is_further && parts.last().is_some_and(|name| OPENED.contains(name));
        let depth = if self.is_further { FURTHER_DEPTH } else { DEPTH };
        let is_usual = self.has_usual && (is_open || is_opened) && folder.depth() < depth;
        is_usual || self.named.iter().any(|named| named.leads_to(&parts, is_open))
    }
}

impl NamedFolder {
    fn leads_to(&self, parts: &[&str], is_open: bool) -> bool {
        let is_same = self.parts.iter().zip(parts).all(|(mine, part)| mine == part);
        let is_below = parts.len() > self.parts.len();
        is_same && (!is_below || (self.goes_on && (is_open || self.is_deep)))
    }
}

/// The files of a job's directory, as far as they were looked at.
pub(super) struct WalkedFiles {
    pub(super) files: Vec<String>,
    pub(super) has_more: bool,
}

/// Returns the files of a job's directory; links to directories are not followed.
pub(super) fn walk(
    out_dir: &Path,
    reach: &WalkReach,
    now: i64,
    folders: &mut Vec<(String, FileStamp)>,
) -> WalkedFiles {
    let (mut files, mut entries_left) = (Vec::new(), reach.entries());
    // The job's own directory may be a link to that of another sweep.
    let entries = WalkDir::new(out_dir).follow_root_links(true).into_iter();
    let wanted = entries.filter_entry(|entry| {
        entry.depth() == 0
            || !entry.file_type().is_dir()
            || reach.contains(entry, below(out_dir, entry))
    });
    for entry in wanted.filter_map(Result::ok) {
        let Some(left) = entries_left.checked_sub(1) else {
            return WalkedFiles { files, has_more: true };
        };
        entries_left = left;
        let Some(path) = below(out_dir, &entry).to_str().map(str::to_owned) else { continue };
        if entry.file_type().is_dir() || entry.depth() == 0 {
            folders.push((path, FileStamp::of_path(entry.path(), now)));
        } else {
            files.push(path);
        }
    }
    WalkedFiles { files, has_more: false }
}

fn below<'e>(out_dir: &Path, entry: &'e DirEntry) -> &'e Path {
    entry.path().strip_prefix(out_dir).unwrap_or(entry.path())
}

/// Keeps the last of the states that a trainer leaves with every checkpoint, which tells all: that of the
/// directory itself, or else of the last checkpoint.
pub(super) fn newest_only(paths: &mut Vec<&String>) {
    let depth = |path: &&&String| path.matches('/').count();
    let Some(least) = paths.iter().map(|path| depth(&path)).min() else { return };
    let newest = paths.iter().rev().find(|path| depth(path) == least).copied();
    *paths = newest.into_iter().collect();
}

/// Orders `version_10` behind `version_9`.
pub(super) fn natural(path: &str) -> Vec<(u64, String)> {
    let mut key = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let text = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(text);
        let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(digits);
        key.push((u64::MAX, word.to_owned()));
        key.push((number.parse().unwrap_or(u64::MAX), number.to_owned()));
        rest = tail;
    }
    key
}
