//! Holds the keys of given values against all else that sets a job config: nothing is to remove another.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use sweep_config::notation::foreign_value;
use sweep_config::paths::{
    PathFault, inside_of_value, is_within, near_path, removed_keys, replaced_shape,
};
use sweep_config::{Sampler, SetupConfig, TypeFault, Value, type_fault};

use super::row::GivenTable;
use crate::app::Failure;

/// Checks the keys of all tables; returns remarks on keys that are no mistake for certain.
///
/// # Errors
///
/// Names the first key that cannot be set beside another one, or in the base config.
pub(super) fn check(tables: &[GivenTable], setup: &SetupConfig) -> Result<Vec<String>, Failure> {
    let mut warnings = Vec::new();
    for (number, table) in tables.iter().enumerate() {
        beside_tables(table, &tables[..number])?;
        beside_samplers(table, setup)?;
        in_base_config(table, setup)?;
        let near = |key: &&str| Some((key.to_string(), near_path(key, &setup.base_cfg)?));
        let new = keys(table).into_iter().filter(|_| !table.adds);
        warnings.extend(new.filter_map(|key| near(&key)).map(|(key, near)| {
            format!(
                "{}: `{key}` is not in BASE_CFG\n  hint: did you mean `{near}`? To add a new key, write `+` \
                 before it",
                table.source
            )
        }));
        warnings.extend(types(table, setup));
        warnings.extend(table.remarks.iter().map(|remark| format!("{}: {remark}", table.source)));
        warnings.extend(unzipped(table, setup));
        let odd = table.rows.iter().flatten().filter(|_| !table.is_argument);
        let odd = odd.filter_map(|(key, value)| Some((key, foreign_value(value)?))).take(1);
        warnings.extend(odd.map(|(key, what)| format!("{}: `{key}`: {what}", table.source)));
    }
    Ok(warnings)
}

/// Returns a remark on each group of `ZIP` of which a table gives a part: its steps are no longer taken together.
fn unzipped(table: &GivenTable, setup: &SetupConfig) -> Vec<String> {
    let given = keys(table);
    let remark = |group: &Vec<String>| {
        let key = group.iter().find(|key| given.contains(key.as_str()))?;
        let other = group.iter().find(|key| !given.contains(key.as_str()))?;
        Some(format!(
            "{}: `{key}` is zipped with `{other}` (SETUP.ZIP), but the values given here would be combined \
             with all of the other's\n  hint: give both in the rows of one entrypoint (SETUP.ENTRYPOINTS), \
             or change SETUP.SAMPLERS",
            table.source
        ))
    };
    setup.zip.iter().filter_map(remark).collect()
}

fn keys(table: &GivenTable) -> BTreeSet<&str> {
    table.rows.iter().flatten().map(|(key, _)| key.as_str()).collect()
}

fn refusal(table: &GivenTable, message: &str, hint: &str) -> Failure {
    Failure::usage(format!("{}: {message}", table.source), hint)
}

/// Refuses a key that lies inside of another one of the same row or of an earlier table.
fn beside_tables(table: &GivenTable, earlier: &[GivenTable]) -> Result<(), Failure> {
    let clash =
        |key: &str, other: &str| key != other && (is_within(key, other) || is_within(other, key));
    let hint = "give either the whole or its parts";
    for row in &table.rows {
        for (number, (key, _)) in row.iter().enumerate() {
            if let Some((other, _)) = row[..number].iter().find(|(other, _)| clash(key, other)) {
                let message =
                    format!("`{key}` and `{other}` in one row overlap: one is part of the other");
                return Err(refusal(table, &message, hint));
            }
        }
    }
    for other in earlier {
        let others = keys(other);
        for key in keys(table) {
            if table.is_argument && other.is_argument && others.contains(key) {
                let message = format!("`{key}` is given twice ({})", other.source);
                return Err(refusal(table, &message, "give all values in one argument: `KEY=a,b`"));
            }
            if let Some(inner) = others.iter().find(|other| clash(key, other)) {
                let message = format!(
                    "`{key}` and `{inner}` ({}) overlap: one is part of the other",
                    other.source
                );
                return Err(refusal(table, &message, hint));
            }
        }
    }
    Ok(())
}

/// Refuses a key that is derived, tells replicates apart, or lies inside of a sampled one or around it.
fn beside_samplers(table: &GivenTable, setup: &SetupConfig) -> Result<(), Failure> {
    let sampled: Vec<String> = in_configs(setup.samplers.iter()).collect();
    for key in keys(table) {
        let around = |other: &&String| is_within(other, key) || is_within(key, other);
        if setup.replicates > 1 && around(&&setup.seed_key) {
            let message = format!(
                "`{key}` is the seed of the replicates (SETUP.SEED_KEY: {})",
                setup.seed_key
            );
            return Err(refusal(table, &message, "remove it from one of the two"));
        }
        let of_branches = derived_in_branches(&setup.samplers);
        if let Some(derived) = setup.derived.keys().chain(of_branches).find(around) {
            let message = format!("`{key}` is given, but `{derived}` is derived (DERIVED)");
            return Err(refusal(table, &message, "remove it from one of the two"));
        }
        if let Some(other) = sampled.iter().find(|other| around(other) && *other != key) {
            let message =
                format!("`{key}` and `{other}` (SETUP.SAMPLERS) overlap: one is part of the other");
            return Err(refusal(table, &message, "give the parameter that is sampled"));
        }
    }
    Ok(())
}

/// Returns the parameters that are derived in branches.
pub(crate) fn derived_in_branches(samplers: &IndexMap<String, Sampler>) -> Vec<&String> {
    let inner = |(key, sampler)| match Sampler::unconditional(sampler) {
        Sampler::Derived(_) => vec![key],
        Sampler::Choice(choice) => {
            let branches = choice.branches.iter();
            branches.flat_map(|branch| derived_in_branches(&branch.samplers)).collect()
        }
        _ => Vec::new(),
    };
    samplers.iter().flat_map(inner).collect()
}

/// Returns the paths that samplers set in job configs.
fn in_configs<'a>(
    samplers: impl Iterator<Item = (&'a String, &'a Sampler)> + 'a,
) -> Box<dyn Iterator<Item = String> + 'a> {
    Box::new(samplers.flat_map(|(key, sampler)| match sampler.unconditional() {
        Sampler::Choice(choice) => {
            let own = choice.in_config.then(|| key.clone()).into_iter();
            own.chain(choice.branches.iter().flat_map(|branch| in_configs(branch.samplers.iter())))
                .collect()
        }
        _ => sampler.params(key),
    }))
}

/// Returns remarks on values whose type is not that of the base config's value.
fn types(table: &GivenTable, setup: &SetupConfig) -> Vec<String> {
    let remark = |key: &str| {
        let base = setup.base_cfg.get_path(key)?;
        let given = table.rows.iter().flatten().filter(|(name, _)| name == key);
        let values: Vec<Value> = given.map(|(_, value)| value.clone()).collect();
        let removed = values.iter().map(|value| removed_keys(key, value, &setup.base_cfg));
        if let Some(removed) = removed.into_iter().find(|removed| !removed.is_empty()) {
            let removed = removed.join("`, `");
            return Some(format!(
                "{}: `{key}` replaces the mapping in BASE_CFG and drops its `{removed}`",
                table.source
            ));
        }
        let TypeFault { message, .. } = type_fault(&values, base)?;
        Some(format!("{}: `{key}` {message}", table.source))
    };
    keys(table).into_iter().filter_map(remark).collect()
}

/// Refuses a value that would remove another one of the base config.
fn in_base_config(table: &GivenTable, setup: &SetupConfig) -> Result<(), Failure> {
    let base = &setup.base_cfg;
    for (key, value) in table.rows.iter().flatten() {
        let fault = inside_of_value(key, base).or_else(|| replaced_shape(key, value, base));
        if let Some(PathFault { message, hint, .. }) = fault {
            return Err(refusal(table, &format!("`{key}` {message}"), &hint.unwrap_or_default()));
        }
    }
    Ok(())
}
