//! Files that a sweep config names and whose text belongs to it: `BASE_CFG: base.yaml`, and a file of `DEFAULTS`.
//!
//! They lie beside the sweep config, or below the directory of the call. Wherever a copy of the sweep config is kept,
//! a copy of each lies beside it, so that what was set up stays what it was, whatever becomes of the files. The first
//! line of a copy says which file it is of; a copy of another one is left alone.

use std::path::{Path, PathBuf};

use super::Sweep;
use crate::ConfigProblems;
use crate::yaml::read_text;

/// A key of the sweep config whose value may be the path of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncludingKey {
    /// `SETUP.BASE_CFG`.
    BaseCfg,
    /// `SETUP.DEFAULTS`.
    Defaults,
}

impl IncludingKey {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::BaseCfg, Self::Defaults];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BaseCfg => "SETUP.BASE_CFG",
            Self::Defaults => "SETUP.DEFAULTS",
        }
    }

    /// Returns the place of the copy that belongs to a copy of the sweep config: `sweep_cfg.base.yaml`.
    #[must_use]
    pub fn copy_beside(self, sweep_cfg: &Path) -> PathBuf {
        sweep_cfg.with_extension(match self {
            Self::BaseCfg => "base.yaml",
            Self::Defaults => "defaults.yaml",
        })
    }
}

/// A file that a sweep config names, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncludedFile {
    /// The key that names it.
    pub key: IncludingKey,
    /// The path as the config has it.
    pub name: String,
    /// The file that was read, which may be a copy.
    pub path: PathBuf,
    /// The text of that file.
    pub text: String,
}

impl IncludedFile {
    /// Returns the copy that was kept beside a copy of the sweep config, if there is one of this file.
    fn kept(sweep_cfg: &Path, key: IncludingKey, name: &str) -> Option<Self> {
        let path = key.copy_beside(sweep_cfg);
        let text = read_text(&path).ok()?;
        let is_of_this = text.lines().next() == Some(&first_line(key, name));
        is_of_this.then(|| Self { key, name: name.to_owned(), path, text })
    }

    /// Reads the file that a sweep config names, or its copy.
    pub(super) fn read(
        sweep_cfg: &Path,
        key: IncludingKey,
        name: &str,
    ) -> Result<Self, ConfigProblems> {
        if let Some(kept) = Self::kept(sweep_cfg, key, name) {
            return Ok(kept);
        }
        let path = find(sweep_cfg, name)?;
        let text = read_text(&path)?;
        Ok(Self { key, name: name.to_owned(), path, text })
    }

    /// Returns the text of its copy.
    #[must_use]
    pub fn copy(&self) -> String {
        let first = first_line(self.key, &self.name);
        if self.text.lines().next() == Some(&first) {
            return self.text.clone();
        }
        format!("{first}\n{}", self.text.trim_start_matches('\u{feff}'))
    }
}

/// Returns the line by which a copy is known.
fn first_line(key: IncludingKey, name: &str) -> String {
    format!("# The copy of {}: {name:?} that this sweep keeps", key.name())
}

/// Finds a file beside the sweep config, or else below the directory of the call; or says where it is not.
fn find(sweep_cfg: &Path, name: &str) -> Result<PathBuf, ConfigProblems> {
    let mut places = vec![sweep_cfg.with_file_name(name)];
    if places[0] != Path::new(name) {
        places.push(name.into());
    }
    if let Some(found) = places.iter().find(|place| place.exists()) {
        return Ok(found.clone());
    }
    let places: Vec<String> = places.iter().map(|place| format!("`{}`", place.display())).collect();
    let message = format!("file not found: looked for {}", places.join(" and "));
    Err(ConfigProblems::of_file(Path::new(name), message, None))
}

impl Sweep {
    /// Reads the file that `SETUP.DEFAULTS` names.
    ///
    /// # Errors
    ///
    /// When it cannot be read, with the places where it was looked for.
    pub fn defaults_file(&self) -> Result<IncludedFile, ConfigProblems> {
        let found = self.included.iter().find(|file| file.key == IncludingKey::Defaults);
        let read =
            || IncludedFile::read(&self.source, IncludingKey::Defaults, &self.setup.defaults);
        found.cloned().map_or_else(read, Ok)
    }

    /// Reads the file that `SETUP.DEFAULTS` names as it was when the sweep was set up; as it is now where the
    /// sweep directory has no copy.
    ///
    /// # Errors
    ///
    /// When it cannot be read, with the places where it was looked for.
    pub fn kept_defaults_file(&self) -> Result<IncludedFile, ConfigProblems> {
        let (cfg, name) = (self.dir().sweep_cfg(), &self.setup.defaults);
        let kept = IncludedFile::kept(&cfg, IncludingKey::Defaults, name);
        kept.map_or_else(|| self.defaults_file(), Ok)
    }
}

/// Reads the file of `DEFAULTS`, if it names one that is there. Only who needs it reports that it is not.
pub(super) fn defaults(sweep_cfg: &Path, name: &str) -> Option<IncludedFile> {
    let is_file = !matches!(name, "" | "pycls");
    is_file.then(|| IncludedFile::read(sweep_cfg, IncludingKey::Defaults, name).ok()).flatten()
}
