//! Swept leaves of a tree: a mapping with `sweep: true`, else in the form of Weights & Biases.

use indexmap::IndexMap;

use super::TreeExpander;
use super::wandb::WandbParameter;
use crate::config::given::GivenValue;
use crate::config::notation;
use crate::config::samplers::{BranchChoice, ChoiceBranch, Sampler};
use crate::yaml::NodeKind;
use crate::{Value, python};

/// Keys by which a mapping shows that it is to be swept.
pub(in crate::config) const KEYS: [&str; 5] = ["values", "value", "min", "max", "distribution"];

/// Words of the grammar beside those of Weights & Biases.
pub(in crate::config) const WORDS: [&str; 3] = ["sweep", "sweep_identifier", "sweep_alias"];

impl TreeExpander {
    /// Sweeps what is at a path. A choice between values with parameters of their own is described by
    /// its `sweep_identifier`, or by `name`.
    pub(super) fn leaf(&mut self, given: &GivenValue<'_>, path: &str, name: &str) {
        self.check_near(given, path);
        let section = given.section();
        let [_, identifier, aliases] = WORDS.map(|word| section.get(word));
        let identifier = identifier.and_then(|given| given.text());
        let parameter = WandbParameter::read(&section);
        let swept = match parameter.values() {
            Some(values) if values.is_empty() => {
                given.problem("has no values to sweep", None);
                None
            }
            Some(values) => {
                let is_named = identifier.is_some() || aliases.is_some();
                let branches: Vec<_> =
                    values.iter().map(|value| self.branch(value, path)).collect();
                let plain = plain(&branches, path);
                if plain.is_some() {
                    self.check_values(given, path, &values);
                }
                match plain.filter(|_| !is_named) {
                    Some(plain) => parameter.weighted(plain).map(|plain| (path.to_owned(), plain)),
                    None if parameter.refuses_weights() => None,
                    None => named(&values, branches, aliases.as_ref())
                        .map(|choice| (identifier.unwrap_or_else(|| name.to_owned()), choice)),
                }
            }
            None => parameter.law(self.is_grid).map(|sampler| (path.to_owned(), sampler)),
        };
        section.finish();
        if let Some((key, sampler)) = swept {
            self.insert(given, key, sampler);
        }
    }

    fn insert(&mut self, given: &GivenValue<'_>, key: String, sampler: Sampler) {
        let params = sampler.params(&key);
        let is_own = params[1..].contains(&key);
        if self.items.contains_key(&key) || is_own {
            let hint = "give each its own `sweep_identifier`".to_owned();
            given.problem(format!("`{key}` is swept twice"), Some(hint));
            return;
        }
        self.swept.extend(params);
        self.items.insert(key, sampler);
    }

    /// Returns what one of several values sets.
    fn branch(&self, value: &GivenValue<'_>, path: &str) -> IndexMap<String, Sampler> {
        let mut branch = Self { items: IndexMap::new(), in_branch: true, ..self.clone() };
        // What is swept within one of several values says so by `sweep`: a mapping may be a value itself.
        if value.node.entries().is_some_and(notation::is_wandb) {
            value.check_data();
        } else {
            branch.upsert(value, path);
        }
        branch.items
    }
}

/// The values as they are, if each of them sets the path itself and nothing else.
fn plain(branches: &[IndexMap<String, Sampler>], path: &str) -> Option<Vec<Value>> {
    let value = |branch: &IndexMap<String, Sampler>| match (branch.len(), branch.get(path)) {
        (1, Some(Sampler::Value(values))) if values.len() == 1 => Some(values[0].clone()),
        _ => None,
    };
    branches.iter().map(value).collect()
}

/// The values by their names.
fn named(
    values: &[GivenValue<'_>],
    branches: Vec<IndexMap<String, Sampler>>,
    aliases: Option<&GivenValue<'_>>,
) -> Option<Sampler> {
    let names: Vec<String> = match aliases {
        None => values.iter().enumerate().map(|(i, value)| name(i, value)).collect(),
        Some(given) => {
            let items = given.list("a list with a name for each value")?;
            if items.len() != values.len() {
                let message = format!("has {} names for {} values", items.len(), values.len());
                given.problem(message, None);
                return None;
            }
            items.iter().map(GivenValue::text).collect::<Option<_>>()?
        }
    };
    let mut by_name: Vec<ChoiceBranch> = Vec::new();
    for ((name, samplers), value) in names.into_iter().zip(branches).zip(values) {
        let name = Value::Str(name);
        if by_name.iter().any(|branch| branch.name == name) {
            let hint = "give each value a different name in `sweep_alias`".to_owned();
            let message = format!("`{}` is also the name of another value", python::text(&name));
            value.problem(message, Some(hint));
            return None;
        }
        by_name.push(ChoiceBranch { name, samplers });
    }
    Some(Sampler::Choice(BranchChoice {
        branches: by_name,
        in_config: false,
        probabilities: None,
        counts: None,
    }))
}

/// The name of a value without alias: itself, or its number.
fn name(number: usize, value: &GivenValue<'_>) -> String {
    match (&value.node.kind, &value.node.spelt) {
        (NodeKind::Scalar(Value::Str(text)), _) => text.clone(),
        (NodeKind::Scalar(_), Some(spelt)) => spelt.to_string(),
        _ => number.to_string(),
    }
}
