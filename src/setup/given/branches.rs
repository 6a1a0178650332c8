//! Given values and the branches of choices: a value of a choice selects its branch, and a parameter of a branch is
//! set only where the branch is.

use indexmap::IndexMap;
use sweep_config::{BranchChoice, Sampler, SetupConfig, Value, python};

use super::row::{GivenRow, GivenTable};
use crate::app::Failure;

/// The branches that a job must have for a sampler to be drawn, from the outermost: choice and branch.
type BranchChain<'a> = Vec<(&'a str, &'a Value)>;

/// Checks the values of choices and the parameters of branches in all tables.
///
/// # Errors
///
/// Names the first value that is no branch, and the first parameter whose branch no job can have.
pub(super) fn check(tables: &[GivenTable], setup: &SetupConfig) -> Result<(), Failure> {
    for table in tables {
        for (key, value) in table.rows.iter().flatten() {
            let choices = choices(&setup.samplers, key);
            if choices.iter().any(|choice| choice.counts.is_some()) {
                return Err(Failure::usage(
                    format!(
                        "{}: the sampler of `{key}` already fixes the number of configs per branch",
                        table.source
                    ),
                    format!(
                        "remove one of the two: this value or SETUP.SAMPLERS.{key}.NUM_CONFIGS"
                    ),
                ));
            }
            if !choices.is_empty() && !choices.iter().any(|choice| has_branch(choice, value)) {
                return Err(no_branch(table, key, value, &choices));
            }
        }
        for row in &table.rows {
            for (key, _) in row {
                let chains = chains(&setup.samplers, key);
                if !chains.is_empty() && !chains.iter().any(|chain| may_be(chain, row, tables)) {
                    return Err(no_such_job(table, key, &chains[0]));
                }
            }
        }
    }
    Ok(())
}

/// Puts the name of a branch in place of a number that spells it: a tree names its values by their texts.
pub(super) fn name_numbers(tables: &mut [GivenTable], setup: &SetupConfig) {
    for (key, value) in tables.iter_mut().flat_map(|table| &mut table.rows).flatten() {
        let Some(number) = value.as_f64() else { continue };
        let choices = choices(&setup.samplers, key);
        if choices.iter().any(|choice| has_branch(choice, value)) {
            continue;
        }
        let mut names = choices.iter().flat_map(|choice| &choice.branches).map(|it| &it.name);
        let is_spelt = |name: &&Value| match name {
            Value::Str(text) => text.parse().is_ok_and(|spelt: f64| (spelt - number).abs() == 0.0),
            _ => false,
        };
        if let Some(name) = names.find(is_spelt) {
            *value = name.clone();
        }
    }
}

/// True if a value is the name of a branch; 1 is 1.0.
fn has_branch(choice: &BranchChoice, value: &Value) -> bool {
    choice.branches.iter().any(|branch| is_branch(&branch.name, value))
}

/// True if a value selects the branch of this name; a number may be spelt as a float.
pub(crate) fn is_branch(name: &Value, value: &Value) -> bool {
    match (name.as_f64(), value.as_f64()) {
        (Some(name), Some(value)) => {
            name.to_bits() == value.to_bits() || (name - value).abs() == 0.0
        }
        _ => name == value,
    }
}

fn no_branch(table: &GivenTable, key: &str, value: &Value, choices: &[&BranchChoice]) -> Failure {
    let names = choices.iter().flat_map(|choice| &choice.branches);
    let names: Vec<String> = names.map(|branch| python::repr(&branch.name)).collect();
    Failure::usage(
        format!("{}: `{key}` has no branch {}", table.source, python::repr(value)),
        format!("its branches are {}", names.join(", ")),
    )
}

fn no_such_job(table: &GivenTable, key: &str, chain: &BranchChain<'_>) -> Failure {
    let (choice, branch) = chain.last().copied().unwrap_or(("", &Value::Null));
    let branch = python::repr(branch);
    Failure::usage(
        format!(
            "{}: `{key}` belongs to branch {branch} of `{choice}`, which no job of this row uses",
            table.source
        ),
        format!("also give `{choice}` the value {branch}, or remove `{key}`"),
    )
}

/// Returns the choices of a key, at the top or in branches.
fn choices<'a>(samplers: &'a IndexMap<String, Sampler>, wanted: &str) -> Vec<&'a BranchChoice> {
    let mut found = Vec::new();
    for (key, sampler) in samplers {
        if let Sampler::Choice(choice) = sampler.unconditional() {
            if key == wanted {
                found.push(choice);
            }
            for branch in &choice.branches {
                found.extend(choices(&branch.samplers, wanted));
            }
        }
    }
    found
}

/// Returns for each sampler of a key the branches that it lies in; nothing if one lies in none.
fn chains<'a>(samplers: &'a IndexMap<String, Sampler>, wanted: &str) -> Vec<BranchChain<'a>> {
    let mut found = Vec::new();
    gather(samplers, wanted, &mut Vec::new(), &mut found);
    if found.iter().any(Vec::is_empty) { Vec::new() } else { found }
}

fn gather<'a>(
    samplers: &'a IndexMap<String, Sampler>,
    wanted: &str,
    chain: &mut BranchChain<'a>,
    found: &mut Vec<BranchChain<'a>>,
) {
    for (key, sampler) in samplers {
        match sampler.unconditional() {
            Sampler::Choice(choice) => {
                if key == wanted {
                    found.push(chain.clone());
                }
                for branch in &choice.branches {
                    chain.push((key, &branch.name));
                    gather(&branch.samplers, wanted, chain, found);
                    chain.pop();
                }
            }
            _ if sampler.params(key).iter().any(|param| param == wanted) => {
                found.push(chain.clone());
            }
            _ => {}
        }
    }
}

/// True if a job that has a row may have all branches of a chain: no value that is given says otherwise.
fn may_be(chain: &BranchChain<'_>, row: &GivenRow, tables: &[GivenTable]) -> bool {
    chain.iter().all(|(choice, branch)| {
        if let Some((_, value)) = row.iter().find(|(key, _)| key == choice) {
            return is_branch(branch, value);
        }
        let sets =
            |table: &&GivenTable| table.rows.iter().all(|row| value_of(row, choice).is_some());
        // The first table that has the key decides.
        tables.iter().find(sets).is_none_or(|table| {
            table
                .rows
                .iter()
                .filter_map(|row| value_of(row, choice))
                .any(|value| is_branch(branch, value))
        })
    })
}

fn value_of<'r>(row: &'r GivenRow, wanted: &str) -> Option<&'r Value> {
    row.iter().find(|(key, _)| key == wanted).map(|(_, value)| value)
}
