//! When two candidates are the same job.
//!
//! They are if their programs get the same config but for its description: of a network the network
//! itself counts, not the numbers that it was made from.

use std::hash::{DefaultHasher, Hash, Hasher};

use sweep_config::paths::is_within;
use sweep_config::{Value, yaml};

use crate::models::ModelField;
use crate::setup::candidate::DESCRIPTION;
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
    /// The base config, where a parameter lies inside of another one that other branches have: then the job
    /// configs are compared.
    whole: Option<&'a Value>,
}

impl<'a> JobIdentity<'a> {
    /// Prepares the comparison of candidates over a base config. `is_plain` says that every candidate has
    /// a value for each parameter.
    pub(crate) fn new(params: &ParamList, base: &'a Value, is_plain: bool) -> Self {
        let param = |(place, name): (usize, &String)| {
            (!params.is_label(place)).then(|| (name.clone(), base.get_path(name)))
        };
        let in_config = || params.names().iter().enumerate().filter(|(i, _)| !params.is_label(*i));
        let is_nested = |(_, name): (usize, &String)| {
            in_config().any(|(_, other)| other != name && is_within(name, other))
        };
        Self {
            whole: in_config().any(is_nested).then_some(base),
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
        if let Some(base) = self.whole {
            return self.of_whole(base, values, changes, salt);
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

    /// Returns the fingerprint of the config that values make.
    fn of_whole(
        &self,
        base: &Value,
        values: &[Option<Value>],
        changes: &[(ModelField, Value)],
        salt: u64,
    ) -> JobFingerprint {
        let mut config = base.clone();
        for (param, value) in self.params.iter().zip(values) {
            if let (Some((param, _)), Some(value)) = (param, value) {
                config.set_path(param, value.clone());
            }
        }
        for (field, value) in changes {
            config.set_path(field.path(), value.clone());
        }
        let mut leaves = Vec::new();
        gather(&config, "", &mut leaves);
        let is_recipe = |path: &str| RECIPES.iter().any(|recipe| is_within(path, recipe));
        leaves.retain(|(path, _)| changes.is_empty() || !is_recipe(path));
        leaves.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        fingerprint(|hasher| {
            salt.hash(hasher);
            for (path, value) in &leaves {
                path.hash(hasher);
                hash(value, hasher);
            }
        })
    }
}

/// Returns the fingerprint of the job config of a sweep with some parameters: of everything in it but the key
/// `but`, and the description, which is no parameter; in whatever order the keys stand.
pub(crate) fn of_config(config: &Value, params: &[String], but: Option<&str>) -> JobFingerprint {
    let is_described = !params.iter().any(|param| param == DESCRIPTION);
    let mut leaves = Vec::new();
    gather(config, "", &mut leaves);
    leaves.retain(|(path, _)| !(is_described && path == DESCRIPTION) && Some(path.as_str()) != but);
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

/// Hashes a value. Two values that a program in Python finds equal are hashed alike, since they are one job to
/// it: 1, 1.0 and true (and -0.0 and 0.0). Text is equal to no number.
fn hash(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => hasher.write_u8(0),
        Value::Bool(flag) => hash_whole(i64::from(*flag), hasher),
        Value::Int(number) => hash_whole(*number, hasher),
        Value::Float(number) => hash_float(*number, hasher),
        Value::Str(text) => {
            hasher.write_u8(3);
            text.hash(hasher);
        }
        Value::Timestamp(text) => {
            hasher.write_u8(4);
            yaml::moment(text).hash(hasher);
        }
        Value::List(items) => {
            hasher.write_u8(5);
            items.len().hash(hasher);
            for item in items {
                hash(item, hasher);
            }
        }
        Value::Map(_) | Value::Keyed(_) => hash_mapping(value, hasher),
    }
}

fn hash_whole(number: i64, hasher: &mut DefaultHasher) {
    hasher.write_u8(1);
    number.hash(hasher);
}

fn hash_float(number: f64, hasher: &mut DefaultHasher) {
    if let Some(whole) = whole(number) {
        return hash_whole(whole, hasher);
    }
    hasher.write_u8(2);
    number.to_bits().hash(hasher);
}

/// Returns the whole number that a float is equal to, if it is one of 64 bits.
fn whole(number: f64) -> Option<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    let is_whole = number.fract() == 0.0 && (-BEYOND..BEYOND).contains(&number);
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 64 bits")]
    is_whole.then_some(number as i64)
}

/// Hashes a mapping, in whatever order its keys stand.
fn hash_mapping(value: &Value, hasher: &mut DefaultHasher) {
    let half = |feed: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        feed(&mut hasher);
        hasher.finish()
    };
    let mut entries: Vec<(u64, &Value)> = match value {
        Value::Map(map) => {
            let key = |key: &String| half(&|hasher| hash(&Value::Str(key.clone()), hasher));
            map.iter().map(|(name, value)| (key(name), value)).collect()
        }
        Value::Keyed(entries) => {
            entries.iter().map(|(key, value)| (half(&|hasher| hash(key, hasher)), value)).collect()
        }
        _ => Vec::new(),
    };
    entries.sort_unstable_by_key(|(key, _)| *key);
    hasher.write_u8(6);
    entries.len().hash(hasher);
    for (key, value) in entries {
        key.hash(hasher);
        hash(value, hasher);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_one_job_if_python_finds_them_equal_and_else_differ() {
        let read = |text: &str| sweep_config::yaml::read(std::path::Path::new("x"), text).unwrap();
        let print = |text: &str| of_values(&[Some(read(text))]);
        for (a, b) in [
            ("1", "1.0"),
            ("1", "true"),
            ("0.1", "1e-1"),
            ("-0.0", "0"),
            ("[1, 2]", "[1.0, 2]"),
            ("{a: 1, b: 2}", "{b: 2.0, a: 1}"),
            ("{0: a, 1: b}", "{1: b, 0: a}"),
            ("2024-01-01T12:00:00Z", "2024-01-01 14:00:00.00 +02:00"),
        ] {
            assert_eq!(print(a), print(b), "{a} {b}");
        }
        for (a, b) in [
            ("1", "'1'"),
            ("null", "0"),
            ("null", "''"),
            ("{0: a}", "{'0': a}"),
            ("[1, 2]", "[2, 1]"),
            ("9007199254740993", "9007199254740992.0"),
            ("true", "'true'"),
            ("{}", "[]"),
            ("2024-01-01", "2024-01-01 00:00:00"),
            ("{a: [1]}", "{a: 1}"),
        ] {
            assert_ne!(print(a), print(b), "{a} {b}");
        }
        let text = |text: &str| Value::Str(text.into());
        let all = [
            vec![Value::Int(1), Value::Int(2)],
            vec![Value::Int(12)],
            vec![Value::Float(12.5)],
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
            of_config(&config, &["SEED".to_owned()], Some("SEED"))
        };
        let one = config(&[("A.X", 1), ("B", 2), ("DESC", 3), ("SEED", 4)]);
        assert_eq!(config(&[("B", 2), ("SEED", 5), ("A.X", 1)]), one);
        assert_ne!(config(&[("B", 2), ("A.Y", 1)]), one);
        assert_ne!(config(&[("B", 2)]), one);
    }

    #[test]
    fn a_key_that_is_called_like_the_description_counts_where_it_is_a_parameter() {
        let job = |desc: i64, params: &[&str]| {
            let mut config = Value::Null;
            config.set_path("DESC", Value::Int(desc));
            of_config(&config, &params.iter().map(|&name| name.into()).collect::<Vec<_>>(), None)
        };
        assert_eq!(job(1, &["A"]), job(2, &["A"]));
        assert_ne!(job(1, &["DESC"]), job(2, &["DESC"]));
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
