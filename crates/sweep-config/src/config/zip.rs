//! `SETUP.ZIP`: parameters that take their values step by step together.

use indexmap::IndexMap;

use super::given::GivenValue;
use super::names::ExpressionNames;
use super::samplers::Sampler;
use super::section::ConfigSection;
use super::suggest;

/// Decodes groups of sampled parameters, each in one group at most; all of a group side by side, or in branches of
/// choices that stand beside one of them.
pub(super) fn decode(
    section: &ConfigSection<'_>,
    samplers: &IndexMap<String, Sampler>,
    names: &ExpressionNames<'_>,
    is_broken: bool,
) -> Vec<Vec<String>> {
    let Some(given) = section.get("ZIP") else { return Vec::new() };
    let mut levels = Vec::new();
    gather_levels(samplers, &mut levels);
    let example = "a list of groups, e.g. [[OPTIM.BASE_LR, OPTIM.WEIGHT_DECAY]]";
    let mut seen = Vec::new();
    let mut groups = Vec::new();
    for group in given.list(example).unwrap_or_default() {
        let mut members = Vec::new();
        for given in group.list("a list of parameters").unwrap_or_default() {
            let Some(name) = given.text().and_then(|name| names.path(&given, &name)) else {
                continue;
            };
            if is_broken && !levels.iter().any(|level| level.contains_key(&name)) {
                // The problem of its sampler was reported.
                continue;
            }
            check_zipped(&given, &name, &levels, &seen);
            seen.push(name.clone());
            members.push(name);
        }
        let is_level = |level: &&IndexMap<String, Sampler>| {
            members.iter().any(|name| level.contains_key(name))
                && members.iter().all(|name| reaches(level, name))
        };
        if !is_broken && !levels.iter().any(is_level) {
            let hint = "move one of them out of the branches that contain the others";
            let message =
                "its parameters never occur in the same job, or are in unrelated branches";
            group.problem(message, Some(hint.to_owned()));
        }
        groups.push(members);
    }
    groups
}

/// Reports a parameter that cannot be a member of a group.
fn check_zipped(
    given: &GivenValue<'_>,
    name: &str,
    levels: &[&IndexMap<String, Sampler>],
    seen: &[String],
) {
    match levels.iter().find_map(|level| level.get(name)).map(Sampler::unconditional) {
        None => {
            let known: Vec<&str> =
                levels.iter().flat_map(|level| level.keys()).map(String::as_str).collect();
            given.problem(format!("`{name}` has no sampler"), suggest::word(name, &known));
        }
        Some(Sampler::Regnet(_) | Sampler::Choice(_)) => {
            given.problem("it sets several parameters and cannot be zipped", None);
        }
        Some(Sampler::Derived(_)) => {
            given.problem("it is derived, so it has no values of its own", None);
        }
        Some(_) if seen.iter().any(|other| other == name) => {
            given.problem(format!("`{name}` is already in a group"), None);
        }
        Some(_) => {}
    }
}

/// Gathers the samplers that are drawn together: all at the top, and those of each branch.
fn gather_levels<'a>(
    samplers: &'a IndexMap<String, Sampler>,
    levels: &mut Vec<&'a IndexMap<String, Sampler>>,
) {
    levels.push(samplers);
    for sampler in samplers.values() {
        if let Sampler::Choice(choice) = sampler.unconditional() {
            choice.branches.iter().for_each(|branch| gather_levels(&branch.samplers, levels));
        }
    }
}

/// True if a level or a branch within it has a sampler.
fn reaches(level: &IndexMap<String, Sampler>, name: &str) -> bool {
    level.contains_key(name)
        || level.values().any(|sampler| match sampler.unconditional() {
            Sampler::Choice(choice) => {
                choice.branches.iter().any(|branch| reaches(&branch.samplers, name))
            }
            _ => false,
        })
}
