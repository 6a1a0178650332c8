//! When two candidates are the same job.
//!
//! They are if their programs get the same config but for its description: of a network the network
//! itself counts, not the numbers that it was made from.

use std::hash::{DefaultHasher, Hash, Hasher};

use sweep_config::Value;

use crate::models::ModelField;
use crate::setup::param_list::ParamList;

/// The sections of a job config that say how a regnet is generated, not what it is.
const RECIPES: [&str; 3] = ["REGNET", "MODEL.SCALING_TYPE", "MODEL.SCALING_FACTOR"];

/// Two hashes of 64 bits, salted apart.
///
/// Two of a sweep's configs share one with probability n^2 / 2^129: for a thousand million
/// candidates, 10^-21. Whole configs would need a hundred times the memory.
pub(crate) type JobFingerprint = u128;

/// Returns the fingerprint of drawn values.
pub(crate) fn of_values(values: &[Option<Value>]) -> JobFingerprint {
    fingerprint(|hasher| {
        for value in values {
            hash_drawn(value.as_ref(), hasher);
        }
    })
}

/// Hashes a value or its absence, which differs from every value.
fn hash_drawn(value: Option<&Value>, hasher: &mut DefaultHasher) {
    value.is_some().hash(hasher);
    if let Some(value) = value {
        hash(value, hasher);
    }
}

/// The parts of a candidate's values that make its job.
#[derive(Debug)]
pub(crate) struct JobIdentity<'a> {
    /// For each parameter its value in the base config, where a candidate may lack it; `None` for a
    /// parameter that is in no job config.
    params: Vec<Option<(String, Option<&'a Value>)>>,
    /// True if the values alone tell jobs apart: every candidate has a value for each parameter.
    is_plain: bool,
}

impl<'a> JobIdentity<'a> {
    /// Prepares the comparison of candidates over a base config. `is_plain` says that every candidate has
    /// a value for each parameter.
    pub(crate) fn new(params: &ParamList, base: &'a Value, is_plain: bool) -> Self {
        let param = |(place, name): (usize, &String)| {
            (!params.is_label(place)).then(|| (name.clone(), base.get_path(name)))
        };
        Self {
            params: params.names().iter().enumerate().map(param).collect(),
            is_plain: is_plain && params.have_no_label(),
        }
    }

    /// Returns the fingerprint of the job that drawn values make; `salt` tells jobs apart that are otherwise the
    /// same.
    pub(crate) fn fingerprint(
        &self,
        values: &[Option<Value>],
        changes: &[(ModelField, Value)],
        salt: u64,
    ) -> JobFingerprint {
        if changes.is_empty() && self.is_plain && salt == 0 {
            return of_values(values);
        }
        let replaced = |param: &str| {
            changes.iter().any(|(field, _)| field.path() == param)
                || (!changes.is_empty() && RECIPES.iter().any(|recipe| is_within(param, recipe)))
        };
        fingerprint(|hasher| {
            salt.hash(hasher);
            for (param, drawn) in self.params.iter().zip(values) {
                let Some((param, base)) = param.as_ref().filter(|(param, _)| !replaced(param))
                else {
                    continue;
                };
                if let Some(value) = drawn.as_ref().or(*base) {
                    param.hash(hasher);
                    hash(value, hasher);
                }
            }
            for (field, value) in changes {
                field.path().hash(hasher);
                hash(value, hasher);
            }
        })
    }
}

/// Returns true if a parameter is a key or lies below it.
fn is_within(param: &str, key: &str) -> bool {
    param.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Returns the fingerprint of a job config: of everything in it but the description and the key `but`,
/// in whatever order the keys stand.
pub(crate) fn of_config(config: &Value, but: Option<&str>) -> JobFingerprint {
    let mut leaves = Vec::new();
    gather(config, "", &mut leaves);
    leaves.retain(|(path, _)| path != "DESC" && Some(path.as_str()) != but);
    leaves.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    fingerprint(|hasher| {
        for (path, value) in &leaves {
            path.hash(hasher);
            hash(value, hasher);
        }
    })
}

/// Gathers everything in a config that is no mapping, by its path.
pub(crate) fn gather<'a>(value: &'a Value, path: &str, leaves: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Map(map) if path.is_empty() || !map.is_empty() => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                gather(value, &path, leaves);
            }
        }
        value => leaves.push((path.to_owned(), value)),
    }
}

fn fingerprint(feed: impl Fn(&mut DefaultHasher)) -> JobFingerprint {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(salt);
        feed(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// Hashes a value. Values that are written differently are hashed differently: 1 is not 1.0.
fn hash(value: &Value, hasher: &mut DefaultHasher) {
    std::mem::discriminant(value).hash(hasher);
    match value {
        Value::Null => {}
        Value::Bool(flag) => flag.hash(hasher),
        Value::Int(number) => number.hash(hasher),
        Value::Float(number) => number.to_bits().hash(hasher),
        Value::Str(text) | Value::Timestamp(text) => text.hash(hasher),
        Value::List(items) => {
            items.len().hash(hasher);
            for item in items {
                hash(item, hasher);
            }
        }
        Value::Map(map) => {
            map.len().hash(hasher);
            for (key, item) in map {
                key.hash(hasher);
                hash(item, hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_written_differently_differ() {
        let text = |text: &str| Value::Str(text.into());
        let all = [
            vec![Value::Int(1), Value::Int(2)],
            vec![Value::Int(12)],
            vec![Value::Float(12.0)],
            vec![text("12")],
            vec![text("1"), text("2")],
            vec![Value::List(vec![text("1"), text("2")])],
            vec![Value::List(vec![text("1")]), text("2")],
        ];
        for (i, a) in all.iter().enumerate() {
            for b in &all[..i] {
                let some =
                    |all: &[Value]| of_values(&all.iter().cloned().map(Some).collect::<Vec<_>>());
                assert_ne!(some(a), some(b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_config_is_what_its_program_gets() {
        let config = |entries: &[(&str, i64)]| {
            let mut config = Value::Null;
            for (path, value) in entries {
                config.set_path(path, Value::Int(*value));
            }
            of_config(&config, Some("SEED"))
        };
        let one = config(&[("A.X", 1), ("B", 2), ("DESC", 3), ("SEED", 4)]);
        assert_eq!(config(&[("B", 2), ("SEED", 5), ("A.X", 1)]), one);
        assert_ne!(config(&[("B", 2), ("A.Y", 1)]), one);
        assert_ne!(config(&[("B", 2)]), one);
    }

    fn params(names: &[&str]) -> ParamList {
        ParamList::new(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn of_a_network_its_recipe_does_not_count_but_all_else_does() {
        let params = params(&["REGNET.WA", "ANYNET.WIDTHS", "OPTIM.BASE_LR"]);
        let jobs = JobIdentity::new(&params, &Value::Null, true);
        let changes = [(ModelField::AnyWidths, Value::List(vec![Value::Int(8)]))];
        let job = |wa: f64, width: i64, rate: f64| {
            let values = [Value::Float(wa), Value::Int(width), Value::Float(rate)].map(Some);
            jobs.fingerprint(&values, &changes, 0)
        };
        assert_eq!(job(1.0, 5, 0.1), job(2.0, 6, 0.1));
        assert_ne!(job(1.0, 5, 0.1), job(1.0, 5, 0.2));
    }

    #[test]
    fn a_parameter_that_is_not_there_is_as_the_base_config_has_it() {
        let mut base = Value::Null;
        base.set_path("A.X", Value::Int(1));
        let mut params = params(&["A.X", "B", "LABEL"]);
        params.label(2);
        let jobs = JobIdentity::new(&params, &base, false);
        let job = |x: Option<Value>, b: Option<Value>, label: i64| {
            jobs.fingerprint(&[x, b, Some(Value::Int(label))], &[], 0)
        };
        assert_eq!(job(None, None, 0), job(Some(Value::Int(1)), None, 1));
        assert_ne!(job(None, None, 0), job(Some(Value::Int(2)), None, 0));
        assert_ne!(job(None, None, 0), job(None, Some(Value::Int(1)), 0));
    }
}
