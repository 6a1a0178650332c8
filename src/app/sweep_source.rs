//! Finds the sweep config: the file that was named, the copy that a sweep directory keeps, or the only one of a folder.

use std::path::{Path, PathBuf};

use sweep_config::records::SetupRecord;
use sweep_config::{Sweep, SweepDir, escape_variables, fs};

use crate::app::{Failure, Printer};

/// The greatest size of a file that is looked into, to see if it is a sweep config.
const MOST_BYTES: u64 = 1 << 20;

/// The most files that a message lists.
const LISTED: usize = 5;

/// The place of a sweep config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SweepSource {
    /// A file.
    File(PathBuf),
    /// A sweep directory, which keeps a copy.
    Kept(PathBuf),
}

impl SweepSource {
    /// Finds the sweep config that is meant by a path, or without one by the present folder.
    ///
    /// # Errors
    ///
    /// When a folder is no sweep directory and has none, or several.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self, Failure> {
        let folder = match named {
            Some(path) if !path.is_dir() => return Ok(Self::File(path.to_owned())),
            Some(folder) => folder,
            None => Path::new("."),
        };
        let mut found = Self::all_in(folder)?;
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(none_in(named)),
            _ => Err(several_in(folder, &found)),
        }
    }

    /// Lists what a folder has: itself if it is a sweep directory, or else its sweep configs in the order of their names.
    ///
    /// # Errors
    ///
    /// When the folder cannot be listed.
    pub(crate) fn all_in(folder: &Path) -> Result<Vec<Self>, Failure> {
        if is_sweep_dir(&SweepDir::new(folder)) {
            return Ok(vec![Self::Kept(folder.to_owned())]);
        }
        let names = fs::list(folder)?;
        let is_yaml = |name: &String| [".yaml", ".yml"].iter().any(|end| name.ends_with(end));
        let paths = names.into_iter().filter(is_yaml).map(|name| match folder.to_str() {
            Some(".") => PathBuf::from(name),
            _ => folder.join(name),
        });
        let mut found: Vec<PathBuf> = paths.filter(|path| is_sweep_config(path)).collect();
        found.sort();
        Ok(found.into_iter().map(Self::File).collect())
    }

    /// Returns the path by which it is named.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Kept(path) => path,
        }
    }

    /// Loads the config with overrides: of a kept one after those that its sweep was set up with. Nothing prints its
    /// secrets from then on.
    ///
    /// # Errors
    ///
    /// All problems of the config.
    pub(crate) fn load(&self, overrides: &[String]) -> Result<Sweep, Failure> {
        let sweep = match self {
            Self::File(path) => Sweep::load(path, overrides)?,
            Self::Kept(folder) => load_kept(folder, overrides)?,
        };
        Printer::hide(&sweep.secret_values());
        Ok(sweep)
    }

    /// Refuses to run, or add to, jobs that another tool ran: their results are there, and nobody knows their program.
    ///
    /// # Errors
    ///
    /// When the sweep was imported.
    pub(crate) fn refuse_imported(sweep: &Sweep) -> Result<(), Failure> {
        let dir = sweep.dir();
        if !dir.is_imported() {
            return Ok(());
        }
        Err(Failure::usage(
            format!(
                "`{}` was imported: its jobs ran elsewhere and are never run again",
                dir.path().display()
            ),
            format!(
                "to run more configs of its design space, copy `{}`, and give it another NAME and a LAUNCH.COMMAND",
                dir.sweep_cfg().display()
            ),
        ))
    }

    /// Refuses to run jobs whose commands would run below the sweep directory itself.
    ///
    /// # Errors
    ///
    /// When the config is a sweep directory's own and the call comes from within.
    pub(crate) fn refuse_to_run_inside(sweep: &Sweep) -> Result<(), Failure> {
        let (Ok(here), Ok(dir)) = (std::env::current_dir(), fs::canonicalize(sweep.dir().path()))
        else {
            return Ok(());
        };
        let is_kept = sweep.named != sweep.source;
        if !is_kept || sweep.launch.code_dir.is_absolute() || !here.starts_with(&dir) {
            return Ok(());
        }
        let message = "jobs run in the current directory, and this is the sweep directory itself";
        let hint = format!(
            "change to the directory of your program and name the sweep: `{}`",
            dir.display()
        );
        Err(Failure::usage(message, hint))
    }
}

/// True if and only if a directory is that of a sweep.
pub(crate) fn is_sweep_dir(dir: &SweepDir) -> bool {
    dir.sweep_cfg().is_file() && (dir.setup_json().is_file() || dir.cfgs().is_dir())
}

/// True if and only if a file has the key `SETUP` at its top.
fn is_sweep_config(path: &Path) -> bool {
    let is_small = |meta: std::fs::Metadata| meta.is_file() && meta.len() <= MOST_BYTES;
    if !path.metadata().is_ok_and(is_small) {
        return false;
    }
    let Ok(text) = fs::read_to_string(path) else { return false };
    text.lines().any(|line| {
        let key = line.split_once(':').map_or("", |(key, _)| key.trim_end());
        matches!(key.trim_matches(['"', '\'']), "SETUP" | "setup")
    })
}

/// Loads the copy of a sweep directory such that its place is that directory, wherever the call comes from.
fn load_kept(folder: &Path, typed: &[String]) -> Result<Sweep, Failure> {
    if let Some(set) = typed.iter().find(|set| is_place(set)) {
        let message = format!(
            "`--set {set}`: `{}` is a sweep directory, which cannot be moved by an override",
            folder.display()
        );
        return Err(Failure::usage(
            message,
            "to set up another sweep, name its sweep config instead",
        ));
    }
    let dir = fs::canonicalize(folder)?;
    let kept = SweepDir::new(&dir);
    let record = SetupRecord::read(&kept.setup_json())?;
    let mut overrides = record.map(|record| record.overrides).unwrap_or_default();
    overrides.retain(|set| !is_place(set));
    overrides.extend_from_slice(typed);
    let with =
        |place: Vec<String>| Sweep::load(&kept.sweep_cfg(), &[overrides.clone(), place].concat());
    let name = PathBuf::from(with(vec!["ROOT_DIR=.".to_owned()])?.name);
    let place = match name_below(&dir, &name) {
        Some(root) => vec![root_dir(root)],
        // The directory was renamed.
        None => vec![
            root_dir(dir.parent().unwrap_or(&dir)),
            format!("NAME={}", quoted(&dir.file_name().unwrap_or_default().to_string_lossy())),
        ],
    };
    let mut sweep = with(place)?;
    folder.clone_into(&mut sweep.named);
    sweep.typed = typed.to_vec();
    Ok(sweep)
}

/// True if and only if an override says where the sweep directory is.
fn is_place(set: &str) -> bool {
    let key = set.split_once('=').map_or("", |(key, _)| key).to_uppercase();
    key == "ROOT_DIR" || key == "NAME"
}

/// Returns the directory below which a path has this name.
fn name_below<'p>(dir: &'p Path, name: &Path) -> Option<&'p Path> {
    dir.ends_with(name).then(|| dir.ancestors().nth(name.components().count())).flatten()
}

fn root_dir(root: &Path) -> String {
    format!("ROOT_DIR={}", quoted(&escape_variables(&root.to_string_lossy())))
}

/// Quotes a text as JSON, which is YAML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn none_in(named: Option<&Path>) -> Failure {
    let hint = "name one (`sweepkit setup sweep.yaml`) or create one (`sweepkit init`)";
    let message = match named {
        Some(folder) => {
            format!("`{}` is not a sweep directory and contains no sweep config", folder.display())
        }
        None => "no sweep config was given, and this folder has none (a *.yaml file with `SETUP`)"
            .to_owned(),
    };
    Failure::usage(message, hint)
}

fn several_in(folder: &Path, found: &[SweepSource]) -> Failure {
    let names = found.iter().take(LISTED).map(|source| format!("`{}`", source.path().display()));
    let more = if found.len() > LISTED { ", …" } else { "" };
    let names = names.collect::<Vec<_>>().join(", ");
    let place = if folder == Path::new(".") {
        "this folder".into()
    } else {
        format!("`{}`", folder.display())
    };
    let message = format!("{place} contains {} sweep configs: {names}{more}", found.len());
    Failure::usage(message, "name the one you want")
}
