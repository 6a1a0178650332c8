//! `SETUP.TREE`: Dysweep's form of a design space, a tree in the shape of the base config.
//!
//! A mapping with `sweep: true` is swept; all else is set in every job. The tree is *upserted* into the
//! base config: mappings merge, lists of equal length merge item by item, anything else replaces. On
//! one level come the plain keys, then the groups (`sweep_group*`), then `dy__upsert` in its order, so
//! that what comes later has the last word.
//!
//! The tree is turned into a base config and samplers, as if those had been written.

mod leaf;
mod operations;
mod remarks;
mod wandb;

use indexmap::IndexMap;

use super::decoder::join;
use super::given::GivenValue;
use super::notation;
use super::paths::is_within;
use super::samplers::Sampler;
use super::section::ConfigSection;
use crate::yaml::{NodeForm, NodeKind, YamlEntry};
use crate::{Map, Value};

/// A tree, and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignTree {
    /// The tree as it was written.
    pub source: Value,
    /// The base config with what the tree sets in every job.
    pub base_cfg: Value,
    /// The samplers that the tree stands for.
    pub samplers: IndexMap<String, Sampler>,
}

pub(super) use leaf::{KEYS as LEAF_KEYS, WORDS as SWEPT_WORDS};
pub(super) use operations::LIST_WORDS;

/// Keys that are words of the grammar.
pub(super) const SWEEP: &str = "sweep";
const GROUP: &str = "sweep_group";
pub(super) const UPSERT: &str = "dy__upsert";
pub(super) const OPERATIONS: &str = "dy__list__operations";
const INDEX: &str = "__IDX__";

/// The tree of a setup, if it has one.
pub(super) fn decode(
    section: &ConfigSection<'_>,
    base_cfg: &Value,
    is_grid: bool,
) -> Option<DesignTree> {
    let given = section.get("TREE").filter(|given| !given.is_nothing())?;
    if given.node.entries().is_none() {
        given.expected("a mapping in the shape of BASE_CFG");
        return None;
    }
    let mut grower = TreeExpander::new(base_cfg.clone());
    grower.is_grid = is_grid;
    grower.known = (!section.has("DEFAULTS")).then(|| base_cfg.clone());
    if let Some(parameters) = whole_sweep(&given, base_cfg) {
        grower.upsert(&parameters, "");
    } else {
        grower.upsert(&given, "");
    }
    let TreeExpander { state, items, .. } = grower;
    Some(DesignTree { source: given.node.to_value(), base_cfg: state, samplers: items })
}

/// The base config and samplers that a tree has been expanded to so far.
#[derive(Debug, Clone)]
struct TreeExpander {
    /// The base config with the constants.
    state: Value,
    /// The samplers, and constants that must come after them.
    items: IndexMap<String, Sampler>,
    /// The paths that differ from job to job.
    swept: Vec<String>,
    /// True if this is one of several swept values: then constants are its own.
    in_branch: bool,
    /// True if the candidates are the points of a grid.
    is_grid: bool,
    /// The base config alone, where no defaults complete it.
    known: Option<Value>,
}

impl TreeExpander {
    fn new(state: Value) -> Self {
        let (items, swept) = (IndexMap::new(), Vec::new());
        Self { state, items, swept, in_branch: false, is_grid: false, known: None }
    }

    /// Puts a part of the tree at its path.
    fn upsert(&mut self, given: &GivenValue<'_>, path: &str) {
        match &given.node.kind {
            NodeKind::Map(entries) => match is_swept(given, entries) {
                Some(true) => self.leaf(given, path, &format!("{path}.*")),
                Some(false) => {}
                None if self.is_parameter(given, entries, path) => {
                    self.leaf(given, path, &format!("{path}.*"));
                }
                None => match self.nested(given, entries, path) {
                    Some(parameters) => self.upsert(&parameters, path),
                    None => self.mapping(given, entries, path),
                },
            },
            NodeKind::List(_) if !path.is_empty() => self.list(given, path),
            NodeKind::Scalar(value) if !path.is_empty() => {
                given.check_data();
                self.constant(path, value.clone());
            }
            NodeKind::Faulty => {}
            _ => given.expected("a mapping, because it is merged into one"),
        }
    }

    /// True if a mapping without `sweep` is a parameter of Weights & Biases, not data of the base config:
    /// that would have its keys.
    fn is_parameter(&self, given: &GivenValue<'_>, entries: &[YamlEntry], path: &str) -> bool {
        let is_constant = matches!(entries, [only] if only.key == "value");
        !path.is_empty()
            && given.node.form != NodeForm::Tagged
            && !self.has_keys(entries, path)
            && (is_constant || notation::is_wandb(entries))
    }

    /// True if the base config has a mapping with these keys at a path: then it is data.
    fn has_keys(&self, entries: &[YamlEntry], path: &str) -> bool {
        match self.state.get_path(path) {
            Some(Value::Map(map)) => entries.iter().all(|entry| map.contains_key(&entry.key)),
            _ => false,
        }
    }

    /// Returns what stands under `parameters`, where that is the word of Weights & Biases for what lies below.
    fn nested<'a>(
        &self,
        given: &GivenValue<'a>,
        entries: &'a [YamlEntry],
        path: &str,
    ) -> Option<GivenValue<'a>> {
        let [only] = entries else { return None };
        let is_word = only.key == "parameters" && only.node.entries().is_some();
        let is_key = self.state.get_path(&join(path, "parameters")).is_some();
        (is_word && !is_key).then(|| below(given, only))
    }

    /// Handles a mapping that is one value: with keys that are no text, or plainly another notation. True if it was
    /// one.
    fn whole(&mut self, given: &GivenValue<'_>, entries: &[YamlEntry], path: &str) -> bool {
        let is_keyed = matches!(self.state.get_path(path), Some(Value::Keyed(_)));
        let is_typed = entries.iter().any(|entry| entry.typed.is_some()) && !is_keyed;
        if is_typed && operations::has_sweep(given.node) {
            let hint = "put the mapping into BASE_CFG, where keys keep their types".to_owned();
            given.problem("a mapping with keys that are not text cannot be swept", Some(hint));
            return true;
        }
        let is_foreign = notation::foreign(given.node).is_some() && !self.has_keys(entries, path);
        if is_typed || is_foreign {
            given.check_data();
            self.constant(path, given.node.to_value());
            return true;
        }
        for entry in entries {
            given.check_key(entry);
        }
        false
    }

    fn mapping(&mut self, given: &GivenValue<'_>, entries: &[YamlEntry], path: &str) {
        if self.whole(given, entries, path) {
            return;
        }
        self.check_odd(given, entries, path);
        if entries.iter().any(|entry| entry.key == OPERATIONS) {
            return self.operations(given, entries, path);
        }
        if entries.is_empty() && !path.is_empty() && self.state.get_path(path).is_none() {
            return self.constant(path, Value::Map(Map::new()));
        }
        let mut sorted: Vec<&YamlEntry> = entries.iter().collect();
        sorted.sort_by_key(|entry| (order(&entry.key), entry.key.as_str()));
        for entry in sorted {
            let below = below(given, entry);
            match entry.key.as_str() {
                SWEEP => {}
                UPSERT => {
                    for item in below.list("a list of trees").unwrap_or_default() {
                        self.upsert(&item, path);
                    }
                }
                key if key.starts_with(GROUP) => self.group(&below, path, key),
                key if key.starts_with("dy__") => {
                    let hint = (key == "dy__eval")
                        .then(|| "compute values from others under DERIVED".to_owned());
                    below.problem("is not allowed here", hint);
                }
                key => {
                    if let Some(key) = self.segment(&below, path, key) {
                        self.upsert(&below, &join(path, &key));
                    }
                }
            }
        }
    }

    /// Upserts a group on the level of its siblings; its own name is what describes the choice.
    fn group(&mut self, given: &GivenValue<'_>, path: &str, name: &str) {
        match &given.node.kind {
            NodeKind::Map(entries) if is_swept(given, entries) == Some(true) => {
                self.leaf(given, path, name);
            }
            _ => self.upsert(given, path),
        }
    }

    /// The part of a path that a key stands for: `__IDX__2` is item 2 of a list.
    fn segment(&self, given: &GivenValue<'_>, path: &str, key: &str) -> Option<String> {
        let Some(index) = key.strip_prefix(INDEX) else {
            let base = if path.is_empty() { Some(&self.state) } else { self.state.get_path(path) };
            let is_whole = matches!(base, Some(Value::Map(map)) if map.contains_key(key));
            if key.contains('.') && is_whole {
                let hint = "write both as mappings: `optim.lr` is `{optim: {lr: ...}}`".to_owned();
                let message = "BASE_CFG has this key with a dot in it, which a path cannot address";
                given.problem(message, Some(hint));
                return None;
            }
            return Some(key.to_owned());
        };
        let length = match self.state.get_path(path) {
            Some(Value::List(items)) => items.len(),
            _ => 0,
        };
        if index.parse::<usize>().is_ok_and(|index| index < length) {
            return Some(index.to_owned());
        }
        let hint = format!("the list has {length} items, numbered from 0");
        given.problem(format!("`{path}` has no item `{index}`"), Some(hint));
        None
    }

    /// A list merges with one of the same length item by item.
    fn list(&mut self, given: &GivenValue<'_>, path: &str) {
        let items = given.list("a list").unwrap_or_default();
        let is_plain = items.iter().all(|item| matches!(item.node.kind, NodeKind::Scalar(_)));
        match self.state.get_path(path) {
            Some(Value::List(old)) if old.len() != items.len() => {
                let message = format!(
                    "a list of {} cannot be merged with the existing list of {}",
                    items.len(),
                    old.len()
                );
                let hint = format!("change its length by `{OPERATIONS}`");
                given.problem(message, Some(hint));
            }
            _ if is_plain => {
                given.check_data();
                self.constant(path, given.node.to_value());
            }
            Some(Value::List(_)) => self.items_of(&items, path),
            _ => {
                self.constant(path, Value::List(vec![Value::Null; items.len()]));
                self.items_of(&items, path);
            }
        }
    }

    fn items_of(&mut self, items: &[GivenValue<'_>], path: &str) {
        for (i, item) in items.iter().enumerate() {
            self.upsert(item, &format!("{path}.{i}"));
        }
    }

    /// Sets a value in every job, or in every job of a branch.
    fn constant(&mut self, path: &str, value: Value) {
        if self.in_branch || self.is_swept(path) {
            self.items.insert(path.to_owned(), Sampler::Value(vec![value.clone()]));
        }
        self.state.set_path(path, value);
    }

    /// True if the value at a path may differ from job to job.
    fn is_swept(&self, path: &str) -> bool {
        self.swept.iter().any(|swept| is_within(swept, path) || is_within(path, swept))
    }
}

/// Keys of a whole sweep of Weights & Biases, beside its `parameters`.
const WANDB_SWEEP: [&str; 12] = [
    "method",
    "metric",
    "metrics",
    "program",
    "command",
    "project",
    "entity",
    "name",
    "description",
    "early_terminate",
    "run_cap",
    "controller",
];

/// Returns the parameters of a whole sweep of Weights & Biases that was put in place of a tree; its other keys are
/// told of.
fn whole_sweep<'a>(given: &GivenValue<'a>, base_cfg: &Value) -> Option<GivenValue<'a>> {
    let entries = given.node.entries()?;
    let parameters = entries.iter().find(|entry| entry.key == "parameters")?;
    let other = entries.iter().find(|entry| WANDB_SWEEP.contains(&entry.key.as_str()))?;
    if base_cfg.get_path("parameters").is_some() {
        return None;
    }
    let hint = "put only `parameters` here; move `method` to SETUP.STRATEGY, `program` and `command` to \
        LAUNCH.COMMAND, `metric` to ANALYZE.OBJECTIVE";
    below(given, other).problem("belongs to a whole Weights & Biases sweep", Some(hint.to_owned()));
    Some(below(given, parameters))
}

/// Returns whether a mapping is swept; `Some(false)` if it would be, but is switched off.
fn is_swept(given: &GivenValue<'_>, entries: &[YamlEntry]) -> Option<bool> {
    let sweep = entries.iter().find(|entry| entry.key == SWEEP)?;
    match sweep.node.kind {
        NodeKind::Scalar(Value::Bool(true)) => Some(true),
        NodeKind::Scalar(Value::Bool(false)) => {
            let is_leaf = entries.iter().any(|entry| leaf::KEYS.contains(&entry.key.as_str()));
            is_leaf.then_some(false)
        }
        _ => {
            below(given, sweep).expected("true or false");
            Some(false)
        }
    }
}

/// Plain keys come first, then groups, then upserts.
fn order(key: &str) -> u8 {
    match key {
        UPSERT => 2,
        key if key.starts_with(GROUP) => 1,
        _ => 0,
    }
}

fn below<'a>(given: &GivenValue<'a>, entry: &'a YamlEntry) -> GivenValue<'a> {
    GivenValue { decoder: given.decoder, path: join(&given.path, &entry.key), node: &entry.node }
}
