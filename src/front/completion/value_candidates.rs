//! Values that only a sweep knows: its jobs, their states, its parameters, the keys of its config.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use clap::Command;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter};
use sweep_config::config_keys;
use sweep_config::records::JobState;

use super::typed_line::TypedLine;

/// The most jobs that are listed; more digits find the others.
const MOST_JOBS: usize = 200;

/// Gives the arguments of a stage their candidates.
pub(super) fn with_values(command: Command, typed: &Arc<TypedLine>) -> Command {
    command.mut_args(|arg| {
        let name = arg.get_id().as_str();
        if ["config", "sweep_cfg"].contains(&name) {
            return arg.add(ArgValueCompleter::new(PathCompleter::any().filter(is_config)));
        }
        match ARGUMENTS.into_iter().find(|(known, _)| *known == name) {
            Some((_, values)) => {
                let typed = Arc::clone(typed);
                arg.add(ArgValueCompleter::new(move |current: &OsStr| {
                    matching(values, &typed, current)
                }))
            }
            None => arg,
        }
    })
}

fn matching(values: ValueLister, typed: &TypedLine, current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_str().unwrap_or_default();
    let mut found = values(typed, current);
    found.retain(|candidate| candidate.get_value().to_string_lossy().starts_with(current));
    found
}

/// A source of candidates, those that begin with what is typed and perhaps others.
type ValueLister = fn(&TypedLine, &str) -> Vec<CompletionCandidate>;

/// The arguments by their names in the command lines.
const ARGUMENTS: [(&str, ValueLister); 6] = [
    ("only", jobs),
    ("job", jobs),
    ("state", states),
    ("condition", parameters),
    ("overrides", keys),
    ("sweeps", parameters_to_set),
];

fn jobs(typed: &TypedLine, current: &str) -> Vec<CompletionCandidate> {
    let Some(jobs) = typed.sweep().and_then(|sweep| sweep.dir().jobs().ok()) else { return vec![] };
    let before = current.rfind([',', '-']).map_or("", |end| &current[..=end]);
    let numbers = jobs.into_iter().map(|job| format!("{before}{}", job.0));
    let matching = numbers.filter(|number| number.starts_with(current));
    matching.take(MOST_JOBS).map(CompletionCandidate::new).collect()
}

fn states(_: &TypedLine, current: &str) -> Vec<CompletionCandidate> {
    let before = current.rfind(',').map_or("", |end| &current[..=end]);
    let names = JobState::NAMED.map(|state| state.name().replace(' ', "-"));
    names.iter().map(|name| CompletionCandidate::new(format!("{before}{name}"))).collect()
}

fn parameters(typed: &TypedLine, _: &str) -> Vec<CompletionCandidate> {
    parameter_names(typed).into_iter().map(CompletionCandidate::new).collect()
}

fn parameters_to_set(typed: &TypedLine, _: &str) -> Vec<CompletionCandidate> {
    let names = parameter_names(typed).into_iter();
    names.map(|name| CompletionCandidate::new(format!("{name}="))).collect()
}

fn parameter_names(typed: &TypedLine) -> Vec<String> {
    let Some(sweep) = typed.sweep() else { return vec![] };
    let setup = &sweep.setup;
    let names = setup.samplers.keys().chain(setup.derived.keys());
    names.filter(|name| !setup.helpers.contains(name)).cloned().collect()
}

/// Returns the keys of the config, section by section: `LAUNCH.` before what is in it.
fn keys(_: &TypedLine, current: &str) -> Vec<CompletionCandidate> {
    let keys: Vec<(String, String)> = config_keys().collect();
    let depth = current.matches('.').count();
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for (key, meaning) in &keys {
        let dots: Vec<usize> = key.match_indices('.').map(|(at, _)| at).collect();
        let (word, is_section) = match dots.get(depth) {
            Some(end) => (&key[..=*end], true),
            None => (key.as_str(), false),
        };
        let is_own_section = keys
            .iter()
            .any(|(other, _)| other.strip_prefix(key).is_some_and(|it| it.starts_with('.')));
        if !word.starts_with(current) || dots.len() < depth || is_own_section || !told.insert(word)
        {
            continue;
        }
        let candidate = if is_section {
            CompletionCandidate::new(word)
        } else {
            CompletionCandidate::new(format!("{word}="))
                .help(Some(first_sentence(meaning).to_owned().into()))
        };
        found.push(candidate);
    }
    found
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(sentence, _)| sentence)
}

fn is_config(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "yaml" || end == "yml") || is_sweep(path)
}

fn is_sweep(path: &Path) -> bool {
    path.join("sweep_cfg.yaml").is_file()
}
