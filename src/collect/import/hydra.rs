//! Jobs of Hydra: directories with `.hydra/{config,hydra,overrides}.yaml` and whatever the program wrote.
//!
//! The readers of logs read the files of a job through links to them. Hydra records no ends: a job is done if it
//! logged something, unless it lacks a file that most others have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sweep_config::records::JobState;
use sweep_config::{Map, Value, yaml};
use walkdir::WalkDir;

use super::imported_run::{ImportedRun, ImportedSource};
use super::space::leaves;
use crate::app::Failure;
use crate::collect::log_walk::natural;

/// The folder that Hydra makes in the directory of each job.
const HYDRA: &str = ".hydra";

/// How deep jobs are looked for: `multirun/DATE/TIME/0` and more.
const DEPTH: usize = 7;

/// The most files of a job that are linked.
const MOST_FILES: usize = 2000;

/// Folders that hold no logs and may hold very many files.
const PASSED_OVER: [&str; 4] = ["checkpoints", "code", "__pycache__", HYDRA];

/// A job as Hydra left it.
struct HydraJob {
    run: ImportedRun,
    /// The multirun that it belongs to.
    folder: PathBuf,
    /// The keys that its command line set.
    overridden: BTreeSet<String>,
    /// The jobs of its multirun ran one after the other.
    is_sequential: bool,
}

/// True if a directory has jobs.
pub(super) fn is_folder(path: &Path) -> bool {
    job_folders(path).next().is_some()
}

/// Finds the directories of jobs below a directory, or that itself.
fn job_folders(path: &Path) -> impl Iterator<Item = PathBuf> {
    let is_open = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.file_type().is_dir()
            && (entry.depth() == 0
                || !(name.starts_with('.') || PASSED_OVER.contains(&name.as_ref())))
    };
    let walk = WalkDir::new(path).max_depth(DEPTH).into_iter().filter_entry(is_open);
    let folders = walk.filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    folders.filter(|folder| folder.join(HYDRA).join("config.yaml").is_file())
}

/// Reads all jobs below a directory.
///
/// # Errors
///
/// When a config cannot be read.
pub(super) fn read(path: &Path) -> Result<ImportedSource, Failure> {
    let mut folders: Vec<(Vec<(u64, String)>, PathBuf)> =
        job_folders(path).map(|folder| (natural(&below(path, &folder)), folder)).collect();
    folders.sort();
    let read = |(_, folder): &(_, PathBuf)| job(path, folder);
    let mut jobs: Vec<HydraJob> = folders.par_iter().map(read).collect::<Result<_, _>>()?;
    judge(&mut jobs);
    let groups = varying_groups(&jobs);
    let mut source = ImportedSource::default();
    for job in &mut jobs {
        job.run.choices.retain(|(name, _)| groups.contains(name));
    }
    source.dependent = dependent(&jobs, &groups);
    source.runs = jobs.into_iter().map(|job| job.run).collect();
    Ok(source)
}

fn below(path: &Path, folder: &Path) -> String {
    let below = folder.strip_prefix(path).unwrap_or(folder).to_string_lossy().into_owned();
    if below.is_empty() { ".".to_owned() } else { below }
}

fn job(path: &Path, folder: &Path) -> Result<HydraJob, Failure> {
    let part = |name: &str| folder.join(HYDRA).join(name);
    let config = match yaml::read_file(&part("config.yaml"))? {
        Value::Map(config) => config,
        _ => Map::new(),
    };
    let hydra = yaml::read_file(&part("hydra.yaml")).unwrap_or(Value::Null);
    let overrides = yaml::read_file(&part("overrides.yaml")).unwrap_or(Value::Null);
    let launcher = hydra.get_path("hydra.launcher._target_");
    let is_sequential =
        matches!(launcher, Some(Value::Str(name)) if name.ends_with("BasicLauncher"));
    let choices = match hydra.get_path("hydra.runtime.choices") {
        Some(Value::Map(choices)) => choices.clone(),
        _ => Map::new(),
    };
    let own = choices.into_iter().filter(|(name, _)| !name.starts_with("hydra/"));
    let id = below(path, folder);
    Ok(HydraJob {
        run: ImportedRun {
            name: id.clone(),
            id,
            params: leaves(config),
            choices: own.collect(),
            links: files(folder),
            ..ImportedRun::default()
        },
        folder: folder.parent().unwrap_or(folder).to_owned(),
        overridden: overridden(&overrides),
        is_sequential,
    })
}

/// Returns the keys that overrides set: `+model.width=3` sets `model.width`.
fn overridden(overrides: &Value) -> BTreeSet<String> {
    let Value::List(words) = overrides else { return BTreeSet::new() };
    let key = |word: &Value| match word {
        Value::Str(word) => {
            let key = word.split_once('=').map_or(word.as_str(), |(key, _)| key);
            Some(key.trim_start_matches(['+', '~']).to_owned())
        }
        _ => None,
    };
    words.iter().filter_map(key).collect()
}

/// Lists the files of a job, but for those of Hydra and large folders.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let is_open = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !entry.file_type().is_dir() || !PASSED_OVER.contains(&name.as_ref())
    };
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_open);
    let files = entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    let named = files.filter_map(|entry| {
        let name = entry.path().strip_prefix(folder).ok()?.to_str()?.to_owned();
        Some((name, entry.into_path()))
    });
    named.take(MOST_FILES).collect()
}

/// Says of jobs that lack a file which most have that they are not done: failed if a later one was started after them.
fn judge(jobs: &mut [HydraJob]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in jobs.iter().flat_map(|job| &job.run.links) {
        *counts.entry(name).or_default() += 1;
    }
    let usual: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| 2 * count > jobs.len())
        .map(|(name, _)| name.to_owned())
        .collect();
    for at in 0..jobs.len() {
        let run = &jobs[at].run;
        let is_missing = |name: &&String| run.links.iter().all(|(known, _)| known != *name);
        let missing: Vec<String> =
            usual.iter().filter(is_missing).map(|name| format!("`{name}`")).collect();
        if missing.is_empty() {
            continue;
        }
        let is_followed = jobs[at].is_sequential
            && jobs.get(at + 1).is_some_and(|next| next.folder == jobs[at].folder);
        let run = &mut jobs[at].run;
        run.state = Some(if is_followed {
            JobState::Failed
        } else {
            JobState::Other("unfinished".to_owned())
        });
        run.reason = format!("wrote no {}, which most other jobs have", missing.join(", "));
    }
}

/// Returns the groups of which the jobs have several options.
fn varying_groups(jobs: &[HydraJob]) -> BTreeSet<String> {
    let mut options: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, option) in jobs.iter().flat_map(|job| &job.run.choices) {
        options.entry(name).or_default().insert(format!("{option:?}"));
    }
    let varying = options.into_iter().filter(|(_, options)| options.len() > 1);
    varying.map(|(name, _)| name.to_owned()).collect()
}

/// Returns the leaves that come with the option of a group that varies, unless a command line sets them.
fn dependent(jobs: &[HydraJob], groups: &BTreeSet<String>) -> Vec<String> {
    let packages: Vec<String> = groups
        .iter()
        .map(|group| {
            group.split_once('@').map_or(group.as_str(), |(_, package)| package).replace('/', ".")
        })
        .collect();
    let overridden: BTreeSet<&String> = jobs.iter().flat_map(|job| &job.overridden).collect();
    let names: BTreeSet<&String> =
        jobs.iter().flat_map(|job| &job.run.params).map(|(name, _)| name).collect();
    let is_below = |name: &str| {
        packages.iter().any(|package| {
            name.strip_prefix(package.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
    };
    let dependent = names.into_iter().filter(|name| is_below(name) && !overridden.contains(name));
    dependent.cloned().collect()
}
