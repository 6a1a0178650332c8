//! Finds the past sweeps that `TUNE.PRIOR_SWEEPS` names.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use sweep_config::records::PriorIndex;
use sweep_config::{PriorSource, Sweep, SweepDir, fs};

use crate::app::Failure;
use crate::app::sweep_source::is_sweep_dir;

/// The key, in messages.
pub(super) const KEY: &str = "SETUP.TUNE.PRIOR_SWEEPS";

/// The number of directories, one below the other, in which `all` and `**` search.
const DEEPEST: usize = 3;

/// The directory of a past sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PriorPlace {
    /// The name: the path below `ROOT_DIR`, or the whole path.
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// The item of `PRIOR_SWEEPS` that names it.
    pub(super) source: String,
    /// True if it was read before and there is no such sweep any more.
    pub(super) is_gone: bool,
}

/// The past sweeps that were found, sorted by their names, and remarks on items that name none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FoundPriors {
    pub(super) places: Vec<PriorPlace>,
    pub(super) remarks: Vec<String>,
}

impl FoundPriors {
    /// Finds the past sweeps; `known` are those that were read before.
    ///
    /// # Errors
    ///
    /// When an item is no glob and there is no such sweep, nor ever was.
    pub(super) fn find(sweep: &Sweep, known: &PriorIndex) -> Result<Self, Failure> {
        let root = absolute(&sweep.root_dir);
        let own = absolute(sweep.dir().path());
        let mut found = Self::default();
        for source in &sweep.setup.tune.prior_sweeps {
            let gone = gone(source, known);
            let mut paths = named(source, &root)?;
            if paths.is_empty() {
                // The call comes from another directory than the one before.
                paths.extend(read_before(source, known).filter(|path| is_sweep(path)));
            }
            if paths.is_empty() && gone.is_empty() {
                found.remarks.push(none_of(source)?);
            }
            paths.retain(|path| {
                let is_own = *path == own;
                if is_own && source.text != PriorSource::ALL && !is_glob(&source.text) {
                    let PriorSource { text, place } = source;
                    found.remarks.push(format!("{place}: {KEY}: `{text}` is the sweep itself"));
                }
                !is_own
            });
            let place = |path: PathBuf| PriorPlace {
                name: path.strip_prefix(&root).unwrap_or(&path).display().to_string(),
                path,
                source: source.text.clone(),
                is_gone: false,
            };
            found.places.extend(paths.into_iter().map(place));
            found.places.extend(gone);
        }
        found.places.sort_by(|a, b| (&a.name, &a.source).cmp(&(&b.name, &b.source)));
        found.places.dedup_by(|a, b| a.path == b.path);
        Ok(found)
    }
}

/// Returns the directories of sweeps that an item names.
fn named(source: &PriorSource, root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let PriorSource { text, place } = source;
    let mut paths = Vec::new();
    if text == PriorSource::ALL {
        gather(root, DEEPEST, &mut paths);
        return Ok(paths);
    }
    for base in [root.to_owned(), absolute(Path::new("."))] {
        if is_glob(text) {
            let glob = GlobBuilder::new(text).literal_separator(true).build().map_err(|error| {
                Failure::usage(format!("{place}: {KEY}: {error}"), "correct the glob")
            })?;
            let glob = glob.compile_matcher();
            let (first, deepest) = range_of(text);
            gather(&base.join(first), deepest, &mut paths);
            paths.retain(|path| {
                glob.is_match(path.strip_prefix(&base).unwrap_or(path)) || glob.is_match(path)
            });
        } else if is_sweep_dir(&SweepDir::new(base.join(text))) {
            paths.push(absolute(&base.join(text)));
        }
        if !paths.is_empty() {
            break;
        }
    }
    Ok(paths)
}

/// Returns the directory that a glob begins with, and how deep below it the paths that it matches may lie.
fn range_of(glob: &str) -> (PathBuf, usize) {
    let parts: Vec<&str> = glob.split('/').collect();
    let plain = parts.iter().take_while(|part| !is_glob(part)).count();
    let rest = &parts[plain..];
    let deepest = if rest.contains(&"**") { DEEPEST + rest.len() } else { rest.len() };
    // A path from the root begins with nothing.
    let first = if glob.starts_with('/') {
        Path::new("/").join(parts[1..plain.max(1)].join("/"))
    } else {
        parts[..plain].join("/").into()
    };
    (first, deepest)
}

/// Gathers the sweep directories below a directory. What begins with a dot is none, nor what lies in one.
fn gather(dir: &Path, deepest: usize, paths: &mut Vec<PathBuf>) {
    let Ok(mut names) = fs::list(dir) else { return };
    names.sort();
    for path in names.iter().filter(|name| !name.starts_with('.')).map(|name| dir.join(name)) {
        if !path.is_dir() {
            continue;
        }
        if is_sweep_dir(&SweepDir::new(&path)) {
            paths.push(absolute(&path));
        } else if deepest > 1 {
            gather(&path, deepest - 1, paths);
        }
    }
}

/// Returns the directories of the sweeps that an item named before.
fn read_before<'k>(
    source: &'k PriorSource,
    known: &'k PriorIndex,
) -> impl Iterator<Item = PathBuf> + 'k {
    let of_source = known.sweeps.iter().filter(|prior| prior.source == source.text);
    of_source.map(|prior| prior.path.clone())
}

fn is_sweep(path: &Path) -> bool {
    is_sweep_dir(&SweepDir::new(path))
}

/// Returns the sweeps that an item named before and that are there no more.
fn gone(source: &PriorSource, known: &PriorIndex) -> Vec<PriorPlace> {
    let of_source = known.sweeps.iter().filter(|prior| prior.source == source.text);
    let gone = of_source.filter(|prior| !is_sweep(&prior.path));
    let place = |prior: &sweep_config::records::IndexedPrior| PriorPlace {
        name: prior.sweep.clone(),
        path: prior.path.clone(),
        source: prior.source.clone(),
        is_gone: true,
    };
    gone.map(place).collect()
}

/// Returns the remark on an item that names no sweep.
///
/// # Errors
///
/// When it names one sweep, which must be there.
fn none_of(source: &PriorSource) -> Result<String, Failure> {
    let PriorSource { text, place } = source;
    if text == PriorSource::ALL {
        return Ok(format!("{place}: {KEY}: there is no sweep below ROOT_DIR"));
    }
    if is_glob(text) {
        return Ok(format!("{place}: {KEY}: `{text}` matches no sweep directory"));
    }
    Err(Failure::usage(
        format!(
            "{place}: {KEY}: `{text}` is not a sweep directory, neither below ROOT_DIR nor from here"
        ),
        "name the directory of a sweep, by its path or its NAME below ROOT_DIR",
    ))
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// Returns the path without links, as far as there is one.
fn absolute(path: &Path) -> PathBuf {
    let made = || std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    fs::canonicalize(path).unwrap_or_else(|_| made())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_is_searched_no_deeper_than_it_may_match() {
        for (glob, first, deepest) in [
            ("digits-*", "", 1),
            ("a/b/*/c", "a/b", 2),
            ("a/**", "a", 4),
            ("/data/x*/y", "/data", 2),
            ("/*", "/", 1),
        ] {
            assert_eq!(range_of(glob), (PathBuf::from(first), deepest), "{glob}");
        }
    }
}
