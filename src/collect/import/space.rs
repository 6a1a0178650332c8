//! Finds the design space of the runs of a source: parameters that vary count as sampled, all others are the base config (pure).

use std::collections::{BTreeSet, HashMap, HashSet};

use sweep_config::{Map, Value};

use super::imported_run::{ImportedRun, ImportedSource};
use super::observed_law::observed;

/// The least number of runs that show that a text of which each has its own is a name, and no choice.
const ENOUGH: usize = 20;

/// The design space that the runs of a source show.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ImportedSpace {
    /// The parameters that vary, in the order in which the runs have them.
    pub(super) sampled: Vec<SampledParameter>,
    /// The parameters that are the same in all runs.
    pub(super) constants: Vec<(String, Value)>,
    /// The texts of which each run has its own.
    pub(super) labels: Vec<String>,
}

/// A parameter that varies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SampledParameter {
    pub(super) name: String,
    /// The sampler that may have drawn it.
    pub(super) sampler: Option<Value>,
    /// The number of runs that have it.
    pub(super) runs: usize,
}

/// The values of one parameter.
#[derive(Debug, Default)]
struct SeenValues<'r> {
    distinct: Vec<&'r Value>,
    known: HashSet<String>,
    runs: usize,
}

impl ImportedSpace {
    /// Finds what varies among the runs of a source.
    pub(super) fn of(source: &ImportedSource) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut seen: HashMap<&str, SeenValues<'_>> = HashMap::new();
        for (name, value) in source.runs.iter().flat_map(params) {
            let values = seen.entry(name).or_insert_with(|| {
                names.push(name);
                SeenValues::default()
            });
            values.runs += 1;
            if values.known.insert(format!("{value:?}")) {
                values.distinct.push(value);
            }
        }
        let dependent: BTreeSet<&str> = source.dependent.iter().map(String::as_str).collect();
        let mut space = Self::default();
        for name in names.into_iter().filter(|name| !dependent.contains(name)) {
            space.add(name, &seen[name], source);
        }
        space
    }

    fn add(&mut self, name: &str, values: &SeenValues<'_>, source: &ImportedSource) {
        let declared = source.declared.get(name);
        let is_text = values.distinct.iter().all(|value| matches!(value, Value::Str(_)));
        let is_own = values.distinct.len() == values.runs && values.runs >= ENOUGH;
        match values.distinct.as_slice() {
            [only] if declared.is_none() => {
                if values.runs == source.runs.len() {
                    self.constants.push((name.to_owned(), (*only).clone()));
                }
            }
            _ if is_text && is_own && declared.is_none() => self.labels.push(name.to_owned()),
            distinct => self.sampled.push(SampledParameter {
                name: name.to_owned(),
                sampler: declared
                    .cloned()
                    .or_else(|| observed(distinct, values.runs / distinct.len())),
                runs: values.runs,
            }),
        }
    }

    /// Returns the values of a run that count as sampled.
    pub(super) fn sampled_of<'r>(
        &'r self,
        run: &'r ImportedRun,
    ) -> impl Iterator<Item = (&'r str, &'r Value)> {
        let values: HashMap<&str, &Value> = params(run).collect();
        self.sampled.iter().filter_map(move |sampled| {
            Some((sampled.name.as_str(), *values.get(sampled.name.as_str())?))
        })
    }

    /// Returns the samplers of a sweep config. A parameter that is part of another's path cannot have one there.
    pub(super) fn samplers(&self) -> Map {
        let apart = self.sampled.iter().filter(|sampled| !self.is_entangled(&sampled.name));
        apart.filter_map(|sampled| Some((sampled.name.clone(), sampled.sampler.clone()?))).collect()
    }

    /// Returns the parameters that have no sampler, since their paths lead through another's.
    pub(super) fn entangled(&self) -> Vec<String> {
        let names = self.sampled.iter().map(|sampled| &sampled.name);
        names.filter(|name| self.is_entangled(name)).cloned().collect()
    }

    /// True if a path leads through that of another parameter, or another's through it.
    fn is_entangled(&self, name: &str) -> bool {
        let sampled = self.sampled.iter().map(|sampled| &sampled.name);
        let mut others = sampled.chain(self.constants.iter().map(|(name, _)| name));
        others.any(|other| is_below(other, name) || is_below(name, other))
    }

    /// Returns the base config.
    pub(super) fn base(&self) -> Map {
        nested(self.constants.iter().map(|(name, value)| (name.as_str(), value)))
    }
}

/// Returns what was chosen for a run and the leaves of its config; a choice wins over a leaf of its name.
fn params(run: &ImportedRun) -> impl Iterator<Item = (&str, &Value)> {
    let is_chosen = |name: &str| run.choices.iter().any(|(choice, _)| choice == name);
    let leaves = run.params.iter().filter(move |(name, _)| !is_chosen(name));
    run.choices.iter().chain(leaves).map(|(name, value)| (name.as_str(), value))
}

/// True if a dotted path leads below another.
fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// Returns the mapping with these leaves. One whose path leads through another stands at the top, by its whole path.
pub(super) fn nested<'l>(leaves: impl Iterator<Item = (&'l str, &'l Value)> + Clone) -> Map {
    let names: HashSet<&str> = leaves.clone().map(|(name, _)| name).collect();
    let is_through = |name: &str| {
        let ends = name.match_indices('.').map(|(at, _)| &name[..at]);
        ends.into_iter().any(|above| names.contains(above))
    };
    let (mut config, mut flat) = (Value::Map(Map::new()), Vec::new());
    for (name, value) in leaves {
        if is_through(name) || name.split('.').any(str::is_empty) {
            flat.push((name.to_owned(), value.clone()));
        } else {
            config.set_path(name, value.clone());
        }
    }
    let Value::Map(mut config) = config else { return Map::new() };
    config.extend(flat);
    config
}

/// Returns the leaves of a mapping by their dotted paths; an empty mapping is one.
pub(super) fn leaves(config: Map) -> Vec<(String, Value)> {
    fn push(found: &mut Vec<(String, Value)>, path: String, value: Value) {
        match value {
            Value::Map(map) if !map.is_empty() => {
                for (key, value) in map {
                    push(found, format!("{path}.{key}"), value);
                }
            }
            Value::Keyed(_) => push(found, path, value.with_text_keys()),
            leaf => found.push((path, leaf)),
        }
    }
    let mut found = Vec::new();
    for (key, value) in config {
        push(&mut found, key, value);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(runs: &[&[(&str, Value)]]) -> ImportedSource {
        let run = |params: &&[(&str, Value)]| ImportedRun {
            params: params
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            ..ImportedRun::default()
        };
        ImportedSource { runs: runs.iter().map(run).collect(), ..ImportedSource::default() }
    }

    fn word(text: &str) -> Value {
        Value::Str(text.to_owned())
    }

    #[test]
    fn what_varies_is_sampled_and_what_is_missing_somewhere_is_not_the_base() {
        let source = source(&[
            &[("opt", word("sgd")), ("n", Value::Int(1)), ("momentum", Value::Float(0.9))],
            &[("opt", word("adam")), ("n", Value::Int(1)), ("beta", Value::Float(0.5))],
            &[("opt", word("adam")), ("n", Value::Int(1)), ("beta", Value::Float(0.7))],
        ]);
        let space = ImportedSpace::of(&source);
        let names: Vec<_> = space.sampled.iter().map(|it| (it.name.as_str(), it.runs)).collect();
        assert_eq!(names, [("opt", 3), ("beta", 2)]);
        assert_eq!(space.constants, [("n".to_owned(), Value::Int(1))]);
        let first: Vec<_> = space.sampled_of(&source.runs[0]).collect();
        assert_eq!(first, [("opt", &word("sgd"))]);
    }

    #[test]
    fn a_text_of_which_each_run_has_its_own_is_a_name() {
        let names: Vec<[(&str, Value); 1]> =
            (0..20).map(|i| [("out", word(&i.to_string()))]).collect();
        let runs: Vec<&[(&str, Value)]> = names.iter().map(|run| &run[..]).collect();
        assert_eq!(ImportedSpace::of(&source(&runs)).labels, ["out"]);
        assert_eq!(ImportedSpace::of(&source(&runs[..19])).sampled.len(), 1);
    }

    #[test]
    fn a_path_through_another_leaf_keeps_its_name() {
        let (sgd, lr) = (word("sgd"), Value::Float(0.1));
        let map = nested([("opt", &sgd), ("opt.lr", &lr), ("a.b", &lr)].into_iter());
        let keys: Vec<&String> = map.keys().collect();
        assert_eq!(keys, ["opt", "a", "opt.lr"]);
        assert_eq!(leaves(map).len(), 3);
    }
}
