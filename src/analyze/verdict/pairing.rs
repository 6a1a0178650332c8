//! Finds the configs that two groups share: the same sampled values, or seeds, in another design space.
//!
//! Whoever runs the same 64 configs in two spaces has 64 experiments with a control each. Compared as two crowds, the
//! differences between the configs hide those between the spaces.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::group::JobGroup;

/// The sampled values of a group's configs, spelled.
struct SampledTexts<'a> {
    /// By config, in the group's order: the value of each parameter.
    configs: Vec<BTreeMap<&'a str, String>>,
    /// By parameter: its values.
    values: BTreeMap<&'a str, BTreeSet<String>>,
}

impl<'a> SampledTexts<'a> {
    fn of(group: &'a JobGroup<'_>) -> Self {
        let mut values: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut configs = Vec::with_capacity(group.configs().len());
        for config in group.configs() {
            let sampled = &group.job(config.rows[0]).sampled;
            let texts: BTreeMap<&str, String> =
                sampled.iter().map(|(key, value)| (key, value.spelled().into_owned())).collect();
            for (key, text) in &texts {
                values.entry(key).or_default().insert(text.clone());
            }
            configs.push(texts);
        }
        Self { configs, values }
    }

    /// Returns the config of each combination of the values of some parameters; `None` if one is of several configs.
    fn by(&self, keys: &[&'a str]) -> Option<BTreeMap<Vec<Option<&String>>, usize>> {
        let mut places = BTreeMap::new();
        for (at, texts) in self.configs.iter().enumerate() {
            let value = keys.iter().map(|key| texts.get(key)).collect();
            if places.insert(value, at).is_some() {
                return None;
            }
        }
        Some(places)
    }
}

/// Returns the configs that two groups have in common, as places among their configs; `None` unless most of the smaller
/// group's are.
///
/// Two configs are one if all sampled values are equal, but for parameters that are the same in all configs of a group: these
/// are what makes the difference between the groups.
pub(super) fn shared_configs(a: &JobGroup<'_>, b: &JobGroup<'_>) -> Option<Vec<(usize, usize)>> {
    let (first, second) = (SampledTexts::of(a), SampledTexts::of(b));
    let mut keys = Vec::new();
    for &key in first.values.keys().chain(second.values.keys()).collect::<BTreeSet<_>>() {
        let [in_a, in_b] = [&first, &second].map(|group| group.values.get(key));
        let count = |values: Option<&BTreeSet<String>>| values.map_or(0, BTreeSet::len);
        let is_common = in_a.zip(in_b).is_some_and(|(a, b)| !a.is_disjoint(b));
        if is_common {
            keys.push(key);
        } else if count(in_a) > 1 || count(in_b) > 1 {
            return None;
        }
    }
    if keys.is_empty() {
        return None;
    }
    let (in_a, in_b) = (first.by(&keys)?, second.by(&keys)?);
    let pairs: Vec<(usize, usize)> =
        in_a.iter().filter_map(|(value, &at)| Some((at, *in_b.get(value)?))).collect();
    let smaller = in_a.len().min(in_b.len());
    (pairs.len() > 1 && 2 * pairs.len() > smaller).then_some(pairs)
}
