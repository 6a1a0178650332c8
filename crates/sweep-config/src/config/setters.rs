//! The paths that a setup sets in job configs, held against each other and against the base config.

use std::collections::HashMap;

use super::given::GivenValue;
use super::paths::{
    PathFault, inside_of_value, is_within, near_path, removed_keys, replaced_shape,
};
use super::samplers::{BranchChoice, ChoiceBranch, Sampler};
use super::value_types::{TypeFault, type_fault};
use crate::Value;
use crate::yaml::NodeForm;

/// A place of the config that sets a path of job configs.
pub(super) struct PathSetter<'a> {
    path: String,
    given: GivenValue<'a>,
    /// The values that it may set, as far as they are listed.
    values: Vec<Value>,
    /// True if it only describes the job, so that nothing can lie inside of it.
    is_label: bool,
}

/// The paths that one entry of the config sets in a job: some always, and those of one branch.
pub(super) struct SetterGroup<'a> {
    own: Vec<PathSetter<'a>>,
    branches: Vec<Vec<SetterGroup<'a>>>,
}

/// The config that the paths are put into.
pub(super) struct PathTarget<'a, 'b> {
    pub(super) base_cfg: &'b Value,
    /// `BASE_CFG` as it was written.
    pub(super) given: Option<GivenValue<'a>>,
    /// True if a key that the base config lacks may be one that defaults have.
    pub(super) has_defaults: bool,
}

impl<'a> SetterGroup<'a> {
    /// Returns the group of one path, such as a derived one.
    pub(super) fn single(path: String, given: GivenValue<'a>) -> Self {
        let own = vec![PathSetter { path, given, values: Vec::new(), is_label: false }];
        Self { own, branches: Vec::new() }
    }

    /// Returns the paths of a sampler under its key; where it was given as a tree, all are placed there.
    pub(super) fn of_sampler(key: &str, sampler: &Sampler, given: &GivenValue<'a>) -> Self {
        let setter = |path: String, values: Vec<Value>| PathSetter {
            path,
            given: given.clone(),
            values,
            is_label: false,
        };
        let sampler = sampler.unconditional();
        let Sampler::Choice(choice) = sampler else {
            let values = match sampler {
                Sampler::Value(values) => values.clone(),
                Sampler::Weighted(weighted) => weighted.values.clone(),
                Sampler::List { .. } => vec![Value::List(Vec::new())],
                Sampler::Derived(_) => Vec::new(),
                // One number stands for all of them.
                _ => vec![Value::Int(0)],
            };
            let own = sampler.params(key).into_iter().map(|path| setter(path, values.clone()));
            return Self { own: own.collect(), branches: Vec::new() };
        };
        let names = choice.branches.iter().map(|branch| branch.name.clone()).collect();
        let own = setter(key.to_owned(), names);
        let own = PathSetter { is_label: !choice.in_config, ..own };
        let written = given.section().peek("BRANCHES").map(|branches| entries(&branches));
        let branch = |(number, branch): (usize, &ChoiceBranch)| {
            let written = written.as_ref().and_then(|all| all.get(number));
            let group = |(key, sampler): (&String, &Sampler)| {
                let place = written.and_then(|written| entry_of(written, key));
                Self::of_sampler(key, sampler, place.as_ref().or(written).unwrap_or(given))
            };
            branch.samplers.iter().map(group).collect()
        };
        let branches = choice.branches.iter().enumerate().map(branch).collect();
        Self { own: vec![own], branches }
    }

    /// Returns one group of several whose order is said otherwise, so that each may stand beside the others.
    pub(super) fn ordered(groups: Vec<Self>) -> Self {
        Self { own: Vec::new(), branches: groups.into_iter().map(|group| vec![group]).collect() }
    }

    /// Marks the paths of helpers, which are in no job config.
    pub(super) fn label(&mut self, helpers: &[String]) {
        for setter in &mut self.own {
            setter.is_label |= helpers.contains(&setter.path);
        }
        self.branches.iter_mut().flatten().for_each(|group| group.label(helpers));
    }

    /// Returns all paths that it may set.
    fn all<'s>(&'s self, into: &mut Vec<&'s PathSetter<'a>>) {
        into.extend(&self.own);
        self.branches.iter().flatten().for_each(|group| group.all(into));
    }
}

/// Returns the entries of a mapping, in their order.
fn entries<'a>(given: &GivenValue<'a>) -> Vec<GivenValue<'a>> {
    if given.is_mapping() {
        given.section().all().map(|(_, item)| item).collect()
    } else {
        Vec::new()
    }
}

/// Returns the entry of a branch that sets a path, as one of its own keys or as a derived one.
fn entry_of<'a>(branch: &GivenValue<'a>, path: &str) -> Option<GivenValue<'a>> {
    let derived = branch.section().peek("DERIVED").filter(GivenValue::is_mapping);
    [Some(branch.clone()), derived].into_iter().flatten().find_map(|part| {
        let item = part.section().all().find(|(key, _)| is_path(key, path));
        item.map(|(_, item)| item)
    })
}

/// True if a key stands for a path: `layers[0].w` for `layers.0.w`.
fn is_path(key: &str, path: &str) -> bool {
    key == path || key.replace('[', ".").replace(']', "") == path
}

/// Reports every path that another one, or the base config, cannot stand beside. The first group is the
/// tree, which may put anything in place of anything.
pub(super) fn check(groups: &[SetterGroup<'_>], target: &PathTarget<'_, '_>) {
    check_level(groups);
    let mut all = Vec::new();
    groups.iter().skip(1).for_each(|group| group.all(&mut all));
    for setter in all.iter().filter(|setter| !setter.is_label) {
        check_against_base(setter, target);
        check_types(setter, target.base_cfg);
        let near = near_path(&setter.path, target.base_cfg).filter(|_| !target.has_defaults);
        if let Some(near) =
            near.filter(|near| !all.iter().any(|other| is_within(&other.path, near)))
        {
            let message = format!("`{}` is not in BASE_CFG", setter.path);
            setter.given.warn(message, Some(format!("did you mean `{near}`?")));
        }
    }
}

/// Reports every path within an item of a list that another one there cannot stand beside.
pub(super) fn check_item(key: &str, choice: &BranchChoice, given: &GivenValue<'_>) {
    check_level(&[SetterGroup::of_sampler(key, &Sampler::Choice(choice.clone()), given)]);
}

fn check_against_base(setter: &PathSetter<'_>, target: &PathTarget<'_, '_>) {
    let PathSetter { path, given, values, .. } = setter;
    let base = target.base_cfg;
    let replaced = || values.iter().find_map(|value| replaced_shape(path, value, base));
    let removed =
        values.iter().map(|value| removed_keys(path, value, base)).find(|r| !r.is_empty());
    if let Some(removed) = removed {
        let hint = format!(
            "write each key by its path, e.g. `{path}.{}`, or give all of them",
            removed[0]
        );
        let message =
            format!("replaces the mapping in BASE_CFG and drops its `{}`", removed.join("`, `"));
        given.warn(message, Some(hint));
    }
    let Some(fault) = inside_of_value(path, base).or_else(replaced) else { return };
    let PathFault { message, hint, in_the_way } = fault;
    let place = in_the_way.and_then(|path| target.given.as_ref()?.below(&path));
    let place = place.map(|found| format!(" ({})", found.decoder.place(found.node.mark)));
    given.problem(format!("{message}{}", place.unwrap_or_default()), hint);
}

/// Reports values whose type is not that of the base config's value.
fn check_types(setter: &PathSetter<'_>, base_cfg: &Value) {
    let PathSetter { path, given, values, .. } = setter;
    let Some(base) = base_cfg.get_path(path) else { return };
    if matches!(base, Value::Map(_)) {
        // A mapping has its own check.
        return;
    }
    let items = given.section_or_list("VALUES");
    let is_tagged = |number: usize| {
        let node = items.as_ref().and_then(|items| items.get(number)).unwrap_or(given).node;
        node.form == NodeForm::Tagged
    };
    let meant = values.iter().enumerate().filter(|(number, _)| !is_tagged(*number));
    let meant: Vec<Value> = meant.map(|(_, value)| value.clone()).collect();
    match type_fault(&meant, base) {
        Some(TypeFault { is_certain: true, message, hint }) => given.problem(message, Some(hint)),
        Some(TypeFault { message, hint, .. }) => given.warn(message, Some(hint)),
        None => {}
    }
}

/// Reports the paths of one level that are set twice or lie inside of each other, then those of the
/// branches: of two branches of a choice a job has one.
fn check_level(groups: &[SetterGroup<'_>]) {
    let mut set: HashMap<&str, &PathSetter<'_>> = HashMap::new();
    let mut above: HashMap<&str, &PathSetter<'_>> = HashMap::new();
    for group in groups {
        let mut own = Vec::new();
        group.all(&mut own);
        for setter in &own {
            let outer = prefixes(&setter.path).filter_map(|path| set.get(path));
            let inner = above.get(setter.path.as_str());
            let mut around = outer.chain(inner).filter(|other| !other.is_label && !setter.is_label);
            if let Some(other) = set.get(setter.path.as_str()).or_else(|| around.next()) {
                report(setter, other);
            }
        }
        for branch in &group.branches {
            check_own(&group.own, branch);
            check_level(branch);
        }
        for setter in own {
            set.entry(&setter.path).or_insert(setter);
            if setter.is_label {
                continue;
            }
            prefixes(&setter.path).for_each(|path| {
                above.entry(path).or_insert(setter);
            });
        }
    }
}

/// Reports what a branch sets inside of the key of its choice, or around it.
fn check_own(own: &[PathSetter<'_>], branch: &[SetterGroup<'_>]) {
    let mut inner = Vec::new();
    for group in branch {
        group.all(&mut inner);
    }
    for choice in own {
        let clash = |setter: &&&PathSetter<'_>| {
            let is_around =
                is_within(&setter.path, &choice.path) || is_within(&choice.path, &setter.path);
            setter.path == choice.path || (is_around && !choice.is_label && !setter.is_label)
        };
        if let Some(setter) = inner.iter().find(clash) {
            report(setter, choice);
        }
    }
}

fn report(setter: &PathSetter<'_>, other: &PathSetter<'_>) {
    let PathSetter { path, given, .. } = setter;
    let place =
        format!("{}, {}", other.given.path, other.given.decoder.place(other.given.node.mark));
    let (message, hint) = if *path == other.path {
        let hint = "remove one of the two: a parameter is either sampled or derived, once";
        (format!("`{path}` is also set elsewhere ({place})"), hint)
    } else if is_within(path, &other.path) {
        let hint = "write each key separately; if the choice itself should not be a key, use a union_sampler";
        (format!("`{path}` is part of `{}`, which is set as a whole ({place})", other.path), hint)
    } else {
        let hint = "write each key separately";
        (format!("`{path}` is set as a whole, but `{}` is part of it ({place})", other.path), hint)
    };
    given.problem(message, Some(hint.to_owned()));
}

/// Returns the paths above a path, from the top.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('.').map(|(at, _)| &path[..at])
}
