//! `choice_sampler` and `union_sampler`: branches with samplers, constants and derived parameters of their own.

use indexmap::IndexMap;

use super::scope::{MOST_NESTED, SamplerScope};
use super::{BranchChoice, ChoiceBranch, Sampler, weights};
use crate::Value;
use crate::config::derived;
use crate::config::given::GivenValue;
use crate::config::notation::{self, ShortForm};
use crate::config::section::ConfigSection;
use crate::config::value_types::equal_values;
use crate::yaml::{self, NodeForm, NodeKind};

/// Decodes the sampler of a parameter within a branch.
pub(super) type SamplerDecoder = fn(&str, &GivenValue<'_>, &SamplerScope<'_>) -> Option<Sampler>;

/// Returns the `TYPE` of a mapping that is a sampler.
pub(super) fn kind_of(given: &GivenValue<'_>) -> Option<String> {
    let long = match notation::short_form(given.node) {
        Some(ShortForm::Sampler(long)) => Some(long),
        // Decoding says what is wrong with it.
        Some(ShortForm::Ambiguous(_)) => return Some(String::new()),
        None => None,
    };
    let NodeKind::Map(entries) = &long.as_ref().unwrap_or(given.node).kind else { return None };
    match entries.iter().find(|entry| entry.key == "TYPE")?.node.to_value() {
        Value::Str(kind) if kind.ends_with("_sampler") => Some(kind),
        _ => None,
    }
}

/// Decodes branches, each with samplers and constants of its own.
pub(super) fn choice(
    parameter: &str,
    section: &ConfigSection<'_>,
    scope: &SamplerScope<'_>,
    decode: SamplerDecoder,
) -> Option<BranchChoice> {
    let given = section.required("BRANCHES", "the branches to choose from, by name")?;
    given.node.entries().or_else(|| {
        given.expected("a mapping from names to parameters, e.g. {sgd: {OPTIM.MOMENTUM: 0.9}}");
        None
    })?;
    let Some(nested) = scope.nested.checked_sub(1) else {
        given.problem(format!("choices are nested more than {MOST_NESTED} levels deep"), None);
        return None;
    };
    let outer = scope;
    let scope = SamplerScope { nested, ..scope.after(&[parameter.to_owned()]) };
    let mut branches = Vec::new();
    for (entry, (_, given)) in given.node.entries()?.iter().zip(given.section().all()) {
        branches.push(ChoiceBranch {
            name: entry.key_value(),
            samplers: branch(&given, &scope, decode)?,
        });
    }
    if branches.is_empty() {
        given.problem("has no branches", None);
        return None;
    }
    if let Some((one, other)) = equal_values(branches.iter().map(|branch| &branch.name)) {
        let hint = "rename one of them".to_owned();
        let message = format!("the branches {one} and {other} are equal in Python");
        given.problem(message, Some(hint));
        return None;
    }
    let names: Vec<&Value> = branches.iter().map(|branch| &branch.name).collect();
    let probabilities = match section.get("WEIGHTS") {
        None => None,
        Some(given) => Some(weights::of_branches(&given, &names)?),
    };
    let counts = match section.get("NUM_CONFIGS") {
        None => None,
        Some(given) => Some(counts(&given, &names, outer, section.has("WEIGHTS"))?),
    };
    let probabilities = counts.as_deref().map(shares).or(probabilities);
    Some(BranchChoice { branches, in_config: true, probabilities, counts })
}

/// Decodes how many configs there are of each branch.
fn counts(
    given: &GivenValue<'_>,
    names: &[&Value],
    scope: &SamplerScope<'_>,
    has_weights: bool,
) -> Option<Vec<u64>> {
    if !scope.is_outermost() {
        let hint = "use WEIGHTS to set how often a branch is drawn".to_owned();
        let message = "a choice inside another choice or a list takes no NUM_CONFIGS";
        given.problem(message, Some(hint));
        return None;
    }
    if has_weights {
        given.problem("cannot be combined with WEIGHTS", Some("keep one of the two".to_owned()));
        return None;
    }
    weights::counts_of_branches(given, names)
}

/// Returns the share of each branch of all configs.
#[expect(clippy::cast_precision_loss, reason = "at most ten million")]
fn shares(counts: &[u64]) -> Vec<f64> {
    let sum: u64 = counts.iter().sum();
    counts.iter().map(|count| *count as f64 / sum as f64).collect()
}

/// Decodes what a branch sets in each of its jobs.
fn constant(key: &str, item: &GivenValue<'_>, scope: &SamplerScope<'_>) -> Sampler {
    item.check_data();
    let value = item.node.to_value();
    let is_meant = item.node.form == NodeForm::Tagged
        || matches!(scope.names.base_cfg.get_path(key), Some(Value::List(_)));
    if let (Value::List(items), false) = (&value, is_meant)
        && items.len() > 1
    {
        let hint = format!(
            "one of its values: `{{TYPE: value_sampler, VALUES: {}}}`; for a literal list, write `!!seq [...]`",
            yaml::flow(&value)
        );
        item.warn(
            "a list in a branch is a single value, not a choice as under SAMPLERS",
            Some(hint),
        );
    }
    Sampler::Value(vec![value])
}

fn branch(
    given: &GivenValue<'_>,
    scope: &SamplerScope<'_>,
    decode: SamplerDecoder,
) -> Option<IndexMap<String, Sampler>> {
    given.check_names();
    let mut items = IndexMap::new();
    let mut set = Vec::new();
    let section = given.section();
    let derived = section.peek("DERIVED").filter(GivenValue::is_mapping);
    for (key, item) in section.all() {
        if key == "DERIVED" && derived.is_some() {
            continue;
        }
        let key = scope.path(&item, key)?;
        let sampler = if kind_of(&item).is_some() {
            decode(&key, &item, &scope.after(&set))?
        } else {
            constant(&key, &item, scope)
        };
        set.extend(sampler.params(&key));
        if items.insert(key.clone(), sampler).is_some() {
            item.problem(format!("`{key}` is set twice in this branch"), None);
            return None;
        }
    }
    if let Some(given) = derived {
        let names = &scope.after(&set).names;
        for (key, expr) in derived::in_order_of_need(&given, names, &mut Vec::new()) {
            if items.insert(key.clone(), Sampler::Derived(expr)).is_some() {
                given.problem(format!("`{key}` is set twice in this branch"), None);
                return None;
            }
        }
    }
    Some(items)
}
