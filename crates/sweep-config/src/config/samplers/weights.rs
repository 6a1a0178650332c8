//! `WEIGHTS`: how often each value or branch is drawn beside the others.

use crate::Value;
use crate::config::given::GivenValue;
use crate::config::suggest;

/// Decodes the weights of `count` values; returns their probabilities, in all 1.
pub(super) fn of_values(given: &GivenValue<'_>, count: usize) -> Option<Vec<f64>> {
    let items = given.list("a list with the weight of each value")?;
    if items.len() != count {
        given.problem(format!("has {} weights for {count} values", items.len()), None);
        return None;
    }
    probabilities(given, &items)
}

/// Decodes the weights of branches, by name or in their order; returns their probabilities, in all 1.
pub(super) fn of_branches(given: &GivenValue<'_>, names: &[&Value]) -> Option<Vec<f64>> {
    let Some(entries) = given.node.entries() else { return of_values(given, names.len()) };
    let texts: Vec<String> = names.iter().map(|name| crate::python::text(name)).collect();
    let mut items = vec![None; names.len()];
    for (entry, (key, item)) in entries.iter().zip(given.section().all()) {
        let Some(place) = names.iter().position(|name| **name == entry.key_value()) else {
            let known: Vec<&str> = texts.iter().map(String::as_str).collect();
            item.problem(format!("there is no branch `{key}`"), suggest::word(key, &known));
            return None;
        };
        items[place] = Some(item);
    }
    if let Some(place) = items.iter().position(Option::is_none) {
        given.problem(format!("has no weight for the branch `{}`", texts[place]), None);
        return None;
    }
    probabilities(given, &items.into_iter().flatten().collect::<Vec<_>>())
}

fn probabilities(given: &GivenValue<'_>, items: &[GivenValue<'_>]) -> Option<Vec<f64>> {
    let weights: Vec<f64> = items.iter().map(GivenValue::number).collect::<Option<_>>()?;
    if let Some(place) = weights.iter().position(|weight| *weight < 0.0) {
        items[place].problem("a weight is not negative", None);
        return None;
    }
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 || !sum.is_finite() {
        given.problem("its weights are to add up to more than 0", None);
        return None;
    }
    Some(weights.iter().map(|weight| weight / sum).collect())
}
