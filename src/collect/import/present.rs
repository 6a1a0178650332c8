//! Says what an import found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sweep_config::records::JobState;
use sweep_config::{Value, yaml};

use super::imported_run::ImportedSource;
use super::options::FoundSource;
use super::space::{ImportedSpace, SampledParameter};
use crate::app::{count, thousands};

/// The most parameters that are named.
const NAMED: usize = 12;

/// The most choices of a parameter that are spelled.
const CHOICES: usize = 6;

/// Returns what was imported: the runs by state, those that became no job, and the design space.
pub(super) fn summary(
    found: &FoundSource,
    dir: &Path,
    source: &ImportedSource,
    space: &ImportedSpace,
    earlier: usize,
) -> String {
    let (title, path) = (found.kind.title(), found.path.display());
    let new = source.runs.len() - earlier;
    let mut out = match earlier {
        0 => {
            format!("{} imported from {title} `{path}` into `{}`", count(new, "run"), dir.display())
        }
        earlier => format!(
            "{} of {title} `{path}`: {} new, {} imported before",
            count(source.runs.len(), "run"),
            thousands(new),
            thousands(earlier)
        ),
    };
    out.push_str(&states(source));
    for omitted in &source.left_out {
        let _ = write!(out, "\n  left out: {} {}", count(omitted.runs, "run"), omitted.reason);
    }
    let all = source.runs.len();
    let words: Vec<String> = space.sampled.iter().map(|sampled| spelled(sampled, all)).collect();
    list(&mut out, "sampled, since it varies", &words);
    list(&mut out, "not sampled, a different string in each run", &space.labels);
    let entangled = space.entangled();
    list(&mut out, "without a sampler, the path of one being part of another's", &entangled);
    if !space.constants.is_empty() {
        let _ = write!(out, "\n  the same in all: {}", count(space.constants.len(), "key"));
    }
    for note in &source.notes {
        let _ = write!(out, "\n  {note}");
    }
    out
}

/// Returns the number of runs in each state.
fn states(source: &ImportedSource) -> String {
    let mut counts: BTreeMap<&JobState, usize> = BTreeMap::new();
    let mut by_log = 0;
    for run in &source.runs {
        match &run.state {
            Some(state) => *counts.entry(state).or_default() += 1,
            None => by_log += 1,
        }
    }
    let mut words: Vec<String> = counts
        .into_iter()
        .map(|(state, runs)| format!("{} {}", thousands(runs), state.name()))
        .collect();
    if by_log > 0 {
        words.push(format!("{} done if they logged anything", thousands(by_log)));
    }
    format!(": {}", words.join(", "))
}

fn spelled(parameter: &SampledParameter, all: usize) -> String {
    let sampler = match &parameter.sampler {
        None => String::new(),
        Some(Value::List(values)) if values.len() > CHOICES => format!(" {} values", values.len()),
        Some(sampler) => format!(" {}", yaml::flow(sampler)),
    };
    let runs = if parameter.runs < all {
        format!(" (in {} of {})", thousands(parameter.runs), thousands(all))
    } else {
        String::new()
    };
    format!("{}{sampler}{runs}", parameter.name)
}

fn list(out: &mut String, what: &str, words: &[String]) {
    if words.is_empty() {
        return;
    }
    let shown = words.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = words.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let _ = write!(out, "\n  {what}: {shown}{more}");
}
